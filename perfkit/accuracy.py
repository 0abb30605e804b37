"""How right an extraction is: against a truth, or against itself.

Field accuracy is the share of all true fields that are exactly right. Rows are matched by
product code in order; the fields of a row that is missing count as wrong, and so does a
value where the truth has none. Rows too many lower the precision.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from perfkit.errors import TruthError
from perfkit.model import ITEM_FIELDS, Extraction, LineItem
from perfkit.patterns import is_upc

__all__ = ["Accuracy", "Difference", "assess", "read_items", "score", "self_check"]

_MONEY = frozenset({"list_price", "your_price", "extended_price"})
_WHOLE = frozenset({"qty_ordered", "qty_allocated", "qty_shipped", "qty_backordered", "page"})

Rows = Sequence[LineItem] | Sequence[Mapping[str, Any]]


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as the truth has it; ``field`` is ``row`` for a whole row."""

    row: int
    product_code: str
    field: str
    expected: Any
    found: Any


@dataclasses.dataclass(frozen=True, slots=True)
class Accuracy:
    """How right an extraction is.

    Attributes
    ----------
    kind : str
        ``"truth"``: measured against a truth. ``"self-check"``: the share of its own
        checks that hold (shipped x your price = extended price, UPC check digit, sum of
        the lines = printed subtotal), which says nothing of rows that were never seen.
    score : float or None
        0 to 1: the field accuracy, or the share of checks; None where nothing could be
        checked.
    recall, precision : float or None
        Of rows; only against a truth.
    checks, held : int
        Fields or checks counted, and those that are right.
    differences : tuple of Difference
        What is not right, in order of the rows.
    """

    kind: str
    score: float | None
    checks: int
    held: int
    recall: float | None = None
    precision: float | None = None
    differences: tuple[Difference, ...] = ()

    def __str__(self) -> str:
        if self.score is None:
            return "accuracy unknown (no truth file, and nothing to check)"
        if self.kind == "truth":
            return (
                f"field accuracy {self.score:.4f} ({self.held} of {self.checks} fields), "
                f"recall {self.recall:.4f}, precision {self.precision:.4f} against the truth"
            )
        return f"self-check {self.score:.4f} ({self.held} of {self.checks} checks hold)"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, without the differences."""
        return {
            "kind": self.kind,
            "score": self.score,
            "checks": self.checks,
            "held": self.held,
            "recall": self.recall,
            "precision": self.precision,
        }


def score(found: Rows, truth: Rows) -> Accuracy:
    """Compare line items with the true ones.

    Parameters
    ----------
    found, truth : sequence of LineItem or of mapping
        Mappings have the keys of :data:`perfkit.model.ITEM_FIELDS`; a key that the truth
        lacks in every row is not compared.
    """
    ours = [_plain(row) for row in found]
    theirs = [_plain(row) for row in truth]
    fields = [name for name in ITEM_FIELDS if any(name in row for row in theirs)]
    pairs = _match([row["product_code"] for row in ours], [row["product_code"] for row in theirs])
    checks = held = matched = 0
    differences: list[Difference] = []
    for index, row in enumerate(theirs):
        partner = ours[pairs[index]] if index in pairs else None
        matched += partner is not None
        if partner is None:
            differences.append(Difference(index + 1, row["product_code"], "row", "present", None))
        for name in fields:
            expected = row.get(name)
            value = partner.get(name) if partner else None
            if expected is None and value is None:
                continue
            checks += 1
            if partner is not None and value == expected:
                held += 1
            elif partner is not None:
                differences.append(
                    Difference(index + 1, row["product_code"], name, expected, value)
                )
    used = set(pairs.values())
    for index, row in enumerate(ours):
        if index not in used:
            differences.append(Difference(index + 1, row["product_code"], "row", None, "extra"))
    return Accuracy(
        kind="truth",
        score=held / checks if checks else float(not ours),
        checks=checks,
        held=held,
        recall=matched / len(theirs) if theirs else 1.0,
        precision=matched / len(ours) if ours else float(not theirs),
        differences=tuple(differences),
    )


def self_check(extraction: Extraction) -> Accuracy:
    """Check an extraction against itself: arithmetic, check digits, printed subtotal."""
    results: list[Difference | None] = []
    for index, item in enumerate(extraction.line_items, start=1):
        if item.upc is not None:
            wrong = Difference(index, item.product_code, "upc", "a valid check digit", item.upc)
            results.append(None if is_upc(item.upc) else wrong)
        if None not in (item.qty_shipped, item.your_price, item.extended_price):
            product = (item.qty_shipped or 0) * (item.your_price or Decimal(0))
            results.append(
                None
                if abs(product - (item.extended_price or 0)) < Decimal("0.01")
                else Difference(
                    index, item.product_code, "extended_price", product, item.extended_price
                )
            )
    if extraction.subtotal is not None:
        total = sum((item.extended_price or Decimal(0) for item in extraction.line_items), Decimal(0))
        sums = (total, total + extraction.surcharges)
        wrong = Difference(0, "", "subtotal", total, extraction.subtotal)
        results.append(None if extraction.subtotal in sums else wrong)
    differences = tuple(result for result in results if result is not None)
    held = len(results) - len(differences)
    share = held / len(results) if results else None
    return Accuracy("self-check", share, len(results), held, differences=differences)


def assess(extraction: Extraction) -> Accuracy:
    """Against the truth where ``NAME.json`` stands beside ``NAME.pdf``, else the self-check.

    Raises
    ------
    TruthError
        If the file beside it cannot be read as a truth.
    """
    beside = Path(extraction.source).with_suffix(".json")
    if extraction.source.startswith("<") or not beside.is_file():
        return self_check(extraction)
    return score(extraction.line_items, read_items(beside))


def read_items(path: Path | str) -> list[dict[str, Any]]:
    """Line items from a truth file, or from what ``perfkit extract --format json`` wrote.

    Raises
    ------
    TruthError
        If the file is not JSON, or holds no list of line items with product codes.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise TruthError(f"{path}: the file cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise TruthError(f"{path}: this is not JSON ({error}).") from error
    rows = _find_rows(content)
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and isinstance(row.get("product_code"), str) for row in rows
    ):
        raise TruthError(
            f"{path}: no line items here. Expected a JSON object whose line_items is a list of "
            "objects with a product_code, as perfkit extract --format json writes it."
        )
    return rows


def _find_rows(content: Any) -> Any:
    if isinstance(content, dict) and "documents" in content:
        documents = content["documents"]
        if isinstance(documents, list) and len(documents) == 1:
            content = documents[0]
    if isinstance(content, dict):
        return content.get("line_items", content.get("items"))
    return content


def _plain(row: LineItem | Mapping[str, Any]) -> dict[str, Any]:
    values = dataclasses.asdict(row) if isinstance(row, LineItem) else dict(row)
    return {name: _value(name, value) for name, value in values.items()}


def _value(name: str, value: Any) -> Any:
    """A value as it is compared: money by amount, whole numbers as such, text with single spaces."""
    if value is None or value == "":
        return None
    if name in _MONEY or name in _WHOLE:
        try:
            return Decimal(str(value).replace(",", "").lstrip("$"))
        except InvalidOperation:
            return value
    return " ".join(str(value).split())


def _match(found: Sequence[str], truth: Sequence[str]) -> dict[int, int]:
    """Index in the truth -> index in what was found, in order."""
    blocks = SequenceMatcher(None, truth, found, autojunk=False).get_matching_blocks()
    return {block.a + k: block.b + k for block in blocks for k in range(block.size)}

