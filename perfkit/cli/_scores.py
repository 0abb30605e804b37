"""Scores of one or many documents: read, matched by name, added up and shown."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from perfkit.accuracy import Accuracy, Difference, Row, is_result, items_of, score
from perfkit.cli._text import printable
from perfkit.errors import TruthError
from perfkit.json_files import read_json
from perfkit.model import SCHEMA_VERSION

__all__ = ["Scores", "compare", "show_json", "show_table"]

_FIRST_DIFFERENCES = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Scores:
    """Accuracy of each document by name, and of all their rows and fields together.

    ``missing`` are truths whose document was not read: all their rows count as missing.
    Left out are those ``as_expected``, which failed as their truth says they do, and those
    ``without_truth`` or ``without_document``.
    """

    documents: Mapping[str, Accuracy]
    recall: float
    precision: float
    field_accuracy: float
    missing: Sequence[str]
    as_expected: Sequence[str]
    without_truth: Sequence[str]
    without_document: Sequence[str]

    @property
    def lowest(self) -> float:
        """The lowest of the three figures."""
        return min(self.recall, self.precision, self.field_accuracy)


def compare(found: str, truth: str) -> Scores:
    """Score a file or folder against another.

    Two files of one document each are compared whatever their names are; else documents
    are matched by the stem of the PDF's name.

    Raises
    ------
    TruthError
        If a file cannot be read as line items, or nothing matches.
    """
    ours, truths = _read(Path(found)), _read(Path(truth))
    theirs, rows, failed = truths.rows, dict(ours.rows), dict(ours.failed)
    folders = Path(found).is_dir() or Path(truth).is_dir()
    if not folders and len(theirs) == 1 and len(rows) + len(failed) == 1:
        (name,) = theirs
        rows = dict(zip([name], rows.values(), strict=False))
        failed = dict(zip([name], failed.values(), strict=False))
    if Path(found).is_dir():
        failed = {name: truths.expected.get(name, "") for name in theirs if name not in rows}
    as_expected = [name for name, error in failed.items() if truths.expected.get(name) == error]
    missing = [name for name in failed if theirs.get(name) and name not in as_expected]
    compared = [name for name in theirs if name in rows or name in missing]
    if not compared and not as_expected:
        raise TruthError(
            f"{found}: no document here has the name of a truth in {truth}: "
            f"{_some(rows) or 'none'} here, {_some(theirs) or 'none'} there."
        )
    documents = {name: score(rows.get(name, []), theirs[name]) for name in compared}
    rows_found = sum(len(rows.get(name, [])) for name in compared)
    rows_true = sum(len(theirs[name]) for name in compared)
    matched = sum(
        round((accuracy.recall or 0) * len(theirs[name])) for name, accuracy in documents.items()
    )
    fields = sum(accuracy.checks for accuracy in documents.values())
    held = sum(accuracy.held for accuracy in documents.values())
    return Scores(
        documents,
        recall=matched / rows_true if rows_true else 1.0,
        precision=matched / rows_found if rows_found else float(not rows_true),
        field_accuracy=held / fields if fields else float(not rows_found),
        missing=missing,
        as_expected=as_expected,
        without_truth=sorted(rows.keys() - theirs.keys()),
        without_document=sorted(theirs.keys() - {*compared, *as_expected}),
    )


class _Files(NamedTuple):
    """What stands in the files: all by the document's name."""

    rows: dict[str, list[Row]]
    failed: dict[str, str]
    expected: dict[str, str]


def _read(path: Path) -> _Files:
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise TruthError(f"{path}: there is no .json file in this folder.")
    read = _Files({}, {}, {})
    for file in files:
        content = read_json(file)
        documents = [(file.stem, content)]
        if is_result(content):
            documents = [(_stem(each, "source"), each) for each in content["documents"]]
            failures = [each for each in content.get("failures") or () if isinstance(each, dict)]
            read.failed.update({_stem(each, "file"): str(each.get("error")) for each in failures})
        elif isinstance(content, dict) and content.get("expected_error"):
            read.expected[file.stem] = str(content["expected_error"])
        for name, document in documents:
            if name in read.rows:
                raise TruthError(
                    f"{file}: a second document named {name}; score those of one name one by one."
                )
            read.rows[name] = items_of(document, file)
    return read


def _stem(document: Any, key: str) -> str:
    return Path(str(document.get(key)) if isinstance(document, dict) else "").stem


def _some(names: Iterable[str]) -> str:
    first, *more = [*sorted(names), "", "", ""][:4]
    return ", ".join(filter(None, [first, *more[:2]])) + (", ..." if more[2] else "")


def show_table(scores: Scores, *, show_all: bool) -> str:
    """Text for a reader: a line a document, and its first differences."""
    left = sum(len(accuracy.differences) for accuracy in scores.documents.values())
    room = left if show_all else _FIRST_DIFFERENCES
    lines: list[str] = []
    for name, accuracy in scores.documents.items():
        lines.append(f"{name}: {_figures(accuracy.recall, accuracy.precision, accuracy.score)}")
        shown = accuracy.differences[:room]
        lines += [f"  {_difference(each)}" for each in shown]
        room, left = room - len(shown), left - len(shown)
    if left:
        lines.append(f"  {left} more differences; --all shows them")
    for text, names in (
        ("not read, all rows count as missing", scores.missing),
        ("left out, failed as expected", scores.as_expected),
        ("left out, no truth", scores.without_truth),
        ("left out, truth without a document", scores.without_document),
    ):
        if names:
            lines.append(f"{text}: {', '.join(names)}")
    if len(scores.documents) > 1:
        figures = _figures(scores.recall, scores.precision, scores.field_accuracy)
        lines.append(f"{len(scores.documents)} documents: {figures}")
    return "\n".join([printable(line) for line in lines])


def _figures(recall: float | None, precision: float | None, fields: float | None) -> str:
    return f"recall {recall:.4f}, precision {precision:.4f}, field accuracy {fields:.4f}"


def _difference(each: Difference) -> str:
    row = f"row {each.row} {each.product_code}"
    if each.field != "row":
        return f"{row}, {each.field}: expected {_shown(each.expected)}, found {_shown(each.found)}"
    return f"{row}: " + ("missing" if each.found is None else "not in the truth")


def _shown(value: object) -> str:
    return "nothing" if value is None else repr(value) if isinstance(value, str) else str(value)


def show_json(scores: Scores) -> str:
    """All of it, with every difference, for a program."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "recall": scores.recall,
        "precision": scores.precision,
        "field_accuracy": scores.field_accuracy,
        "documents": [
            {
                "name": name,
                "recall": accuracy.recall,
                "precision": accuracy.precision,
                "field_accuracy": accuracy.score,
                "fields": accuracy.checks,
                "right": accuracy.held,
                "differences": [dataclasses.asdict(each) for each in accuracy.differences],
            }
            for name, accuracy in scores.documents.items()
        ],
        "missing": list(scores.missing),
        "as_expected": list(scores.as_expected),
        "without_truth": list(scores.without_truth),
        "without_document": list(scores.without_document),
    }
    return json.dumps(content, indent=1, default=str)
