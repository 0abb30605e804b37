"""How right an extraction is: against a truth, or against itself.

Field accuracy is the share of all true fields that are exactly right. Rows are matched by
product code in order; the fields of a row that is missing count as wrong, and so does a
value where the truth has none. Rows too many lower the precision.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from perfkit.errors import TruthError
from perfkit.json_files import read_json
from perfkit.model import ITEM_FIELDS, Extraction, LineItem

__all__ = ["Accuracy", "Difference", "assess", "read_items", "score", "self_check"]

_MONEY = frozenset({"list_price", "your_price", "extended_price"})
_WHOLE = frozenset({"qty_ordered", "qty_allocated", "qty_shipped", "qty_backordered", "page"})

Row = LineItem | Mapping[str, Any]


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
        checks that hold (see :class:`perfkit.model.Ledger`), which says nothing of rows that
        were never seen.
    score : float or None
        0 to 1: the field accuracy, or the share of checks; None where there was nothing to
        check.
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
        names = ("kind", "score", "checks", "held", "recall", "precision")
        return {name: getattr(self, name) for name in names}


def score(found: Sequence[Row], truth: Sequence[Row]) -> Accuracy:
    """Compare line items with the true ones.

    Parameters
    ----------
    found, truth : sequence of LineItem or of mapping
        Mappings have the keys of :data:`perfkit.model.ITEM_FIELDS`; a key that the truth
        lacks in every row is not compared.
    """
    known = {key for row in truth for key in (ITEM_FIELDS if isinstance(row, LineItem) else row)}
    fields = [name for name in ITEM_FIELDS if name in known]
    pairs = _align(found, truth, fields)
    checks = held = 0
    differences: list[Difference] = []
    for index, row in enumerate(truth):
        partner = found[pairs[index]] if index in pairs else {}
        if not partner:
            differences.append(Difference(index + 1, _code(row), "row", "present", None))
        for name in fields:
            right, ours = _value(row, name), _value(partner, name)
            checks += right is not None or ours is not None
            held += right is not None and right == ours
            if right != ours and partner:
                differences.append(Difference(index + 1, _code(row), name, right, ours))
    extra = sorted(set(range(len(found))) - set(pairs.values()))
    differences += [Difference(k + 1, _code(found[k]), "row", None, "extra") for k in extra]
    return Accuracy(
        kind="truth",
        score=held / checks if checks else float(not found),
        checks=checks,
        held=held,
        recall=len(pairs) / len(truth) if truth else 1.0,
        precision=len(pairs) / len(found) if found else float(not truth),
        differences=tuple(differences),
    )


def self_check(extraction: Extraction) -> Accuracy:
    """The share of the vendor's checks that hold, by the extraction's ledger.

    A check that cannot be made because a row lacks a declared field counts as failed. A check
    with known exceptions does not count.
    """
    counted = [check for check in extraction.ledger.checks if check.counts]
    held = sum(check.held for check in counted)
    checks = held + sum(check.failed + check.impossible for check in counted)
    return Accuracy("self-check", held / checks if checks else None, checks, held)


def assess(extraction: Extraction) -> Accuracy:
    """Against the truth where ``NAME.json`` stands beside ``NAME.pdf``, else the self-check.

    What ``perfkit extract`` wrote is no truth, wherever it stands.

    Raises
    ------
    TruthError
        If the file beside it cannot be read as a truth.
    """
    beside = Path(extraction.source).with_suffix(".json")
    if extraction.source.startswith("<") or not beside.is_file():
        return self_check(extraction)
    content = read_json(beside, _replacing(extraction.line_items))
    if is_result(content):
        return self_check(extraction)
    return score(extraction.line_items, items_of(content, beside))


def read_items(path: Path | str) -> list[Row]:
    """Line items from a truth file, or from what ``perfkit extract --format json`` wrote.

    Raises
    ------
    TruthError
        If the file is not JSON, or holds no list of line items, or several.
    """
    content = read_json(path)
    documents = content["documents"] if is_result(content) else [content]
    return items_of(documents[0] if len(documents) == 1 else None, path)


def is_result(content: Any) -> bool:
    """Whether ``perfkit extract`` wrote this; it may hold any number of documents."""
    return isinstance(content, dict) and isinstance(content.get("documents"), list)


def items_of(content: Any, path: Path | str) -> list[Row]:
    """The line items of one document; ``TruthError`` if it has no list of them."""
    rows = content.get("line_items") if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(map(_is_row, rows)):
        raise TruthError(
            f"{path}: no line items here. Expected a JSON object whose line_items is a list of "
            "objects with a product_code, as perfkit extract --format json writes it."
        )
    return rows


def _is_row(row: object) -> bool:
    code = row.get("product_code") if isinstance(row, dict) else None
    return isinstance(row, LineItem) or isinstance(code, str)


def _replacing(known: Sequence[LineItem]) -> Callable[[dict[str, Any]], Any]:
    """Puts a known item in its equal's place at once: a truth takes several times its memory."""
    places: defaultdict[object, list[LineItem]] = defaultdict(list)

    def hook(content: dict[str, Any]) -> Any:
        if not places:  # not before the file has been read, which takes memory of its own
            for item in known:
                places[item.product_code].append(item)
        code = content.get("product_code")
        for item in places.get(code, ()) if isinstance(code, str) else ():
            if item.as_dict() == content:
                return item
        return content

    return hook


def _value(row: Row, name: str) -> Any:
    """A value as it is compared: numbers by amount, text with single spaces."""
    value = getattr(row, name) if isinstance(row, LineItem) else row.get(name)
    if value is None or value == "":
        return None
    if name in _MONEY or name in _WHOLE:
        if isinstance(value, Decimal | int):
            return value
        try:
            return Decimal(str(value).replace(",", "").lstrip("$"))
        except InvalidOperation:
            return str(value)
    return " ".join(str(value).split()) or None


def _values(row: Row, fields: Sequence[str]) -> list[Any]:
    return [_value(row, name) for name in fields]


def _code(row: Row) -> str:
    return str(_value(row, "product_code"))


def _align(found: Sequence[Row], truth: Sequence[Row], fields: Sequence[str]) -> dict[int, int]:
    """Index in the truth -> index in what was found: rows of equal codes, in order.

    As many as possible, and of those choices the one with most fields alike. This is a heaviest
    increasing subsequence, found with a tree of prefix maxima (P. M. Fenwick, 1994); what is
    alike at both ends is set aside first.
    """
    least = min(len(found), len(truth))
    start = end = 0
    while start < least and _values(found[start], fields) == _values(truth[start], fields):
        start += 1
    while end < least - start and _values(found[~end], fields) == _values(truth[~end], fields):
        end += 1
    pairs = {index: index for index in range(start)}
    pairs |= {len(truth) - 1 - k: len(found) - 1 - k for k in range(end)}
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place in reversed(range(start, len(found) - end)):
        places[_code(found[place])].append(place)
    one_row = len(fields) * least + 1  # outweighs all fields
    size = len(found) - end - start
    best = [(0, -1)] * (size + 1)  # weight, and the chain's last link
    links: list[tuple[int, int, int]] = []  # in the truth, in what was found, link before

    def heaviest(rows: int) -> tuple[int, int]:
        chain = (0, -1)
        while rows:
            chain, rows = max(chain, best[rows]), rows & (rows - 1)
        return chain

    for index in range(start, len(truth) - end):
        expected = _values(truth[index], fields)
        # From the last place to the first, so that no chain takes this row twice.
        for place in places.get(_code(truth[index]), ()):
            values = _values(found[place], fields)
            alike = sum(a == b for a, b in zip(expected, values, strict=True))
            weight, before = heaviest(place - start)
            chain = (weight + one_row + alike, len(links))
            links.append((index, place, before))
            rows = place - start + 1
            while rows <= size:
                best[rows], rows = max(best[rows], chain), rows + (rows & -rows)
    _, link = heaviest(size)
    while link >= 0:
        index, place, link = links[link]
        pairs[index] = place
    return pairs
