"""What is learned of a document's table from its first rows, and what rows are read by."""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

from perfkit.geometry import Line
from perfkit.model import PlainWord
from perfkit.reading.columns import are_apart, find_columns
from perfkit.reading.fields import assign_fields, counts
from perfkit.reading.headings import Block, Evidence, evidence_for, find_block
from perfkit.reading.rows import (
    CodeColumn,
    Row,
    Sheet,
    count_numbers,
    find_code_column,
    find_rows,
)
from perfkit.reading.text_columns import ROW_NUMBERS, Slot, TextColumns
from perfkit.reading.words import Numbers, Style, numbers_for, space_of
from perfkit.vendors import Vendor

__all__ = ["ROW_NUMBERS", "Slot", "Template", "learn"]

#: Places on a page are compared in steps of so many points.
STEP_POINTS = 2.0
#: A numeric cell may stick out of its column by so many points.
CELL_POINTS = 4.0
_DECIMALS = {
    ".": re.compile(r".*[0-9]\.[0-9]{2}\W*").fullmatch,
    ",": re.compile(r".*[0-9],[0-9]{2}\W*").fullmatch,
}


@dataclasses.dataclass(frozen=True)
class Template:
    """Where the parts of a row stand.

    Attributes
    ----------
    style : Style
    code : CodeColumn
    slots : tuple of Slot
        Columns of numbers, from left to right.
    left : float
        Numbers behind the code begin here, in points.
    unit : tuple of float or None
        Between which points units stand.
    ignored : tuple of Slot
        Columns of text that are no field: flags, locations, the customer's own numbers.
    furniture : frozenset
        Words that stand at the same place on several pages, as :func:`place_of` gives them.
    block : Block or None
        The headings it was learned with.
    headings : frozenset of str
        Words of the headings.
    """

    style: Style
    code: CodeColumn
    slots: tuple[Slot, ...]
    left: float
    unit: tuple[float, float] | None
    ignored: tuple[Slot, ...]
    furniture: frozenset[tuple[str, int, int]]
    block: Block | None
    headings: frozenset[str]
    evidence: Evidence
    #: Left edges of the slots.
    starts: tuple[float, ...]
    #: Whether descriptions stand left of the codes.
    text_left: bool = False
    #: How many columns of numbers stand left of the descriptions.
    zone: int = 0
    #: Whether each page has columns of its own.
    apart: bool = False

    @property
    def vendor(self) -> Vendor:
        """Whose layout it is."""
        return self.style.vendor

    @property
    def numbers(self) -> Numbers:
        """By the document's decimal sign."""
        return self.style.numbers

    @property
    def spoken(self) -> frozenset[str]:
        """Fields that the headings name; empty where there are none."""
        beside = (self.vendor.speaks_for(word[0]) for word in self.evidence.beside)
        says = (*self.evidence.weights, *beside)
        return frozenset(max(each, key=each.__getitem__) for each in says if each)

    def count_cells(self, line: Line, code: PlainWord | None) -> int:
        """How many numbers of a line stand in columns."""
        found, starts, slots, numbers = 0, self.starts, self.slots, self.numbers
        for word in reversed(line[2]):
            x1 = word[3]
            if x1 <= starts[0]:
                break
            if (
                numbers[word[0]] is not None
                and slots[bisect_right(starts, x1) - 1][1] > word[1]
                and word is not code
            ):
                found += 1
        return found

    def slot_of(self, word: PlainWord) -> int | None:
        """Index of the column that a number stands in; None where it stands in none, or in two."""
        _, x0, _, x1, _ = word
        k = bisect_right(self.starts, x1) - 1
        if k < 0 or self.slots[k].x1 <= x0 or (k and self.slots[k - 1].x1 > x0):
            return None
        return k


def place_of(word: PlainWord) -> tuple[str, int, int]:
    """A word with about where it stands, to find it again on other pages."""
    return word[0], round(word[1] / STEP_POINTS), round(word[4] / STEP_POINTS)


def learn(
    sheets: Sequence[Sheet], vendor: Vendor, code: CodeColumn | None = None
) -> tuple[Template, list[Row]] | None:
    """Learn a table from pages that hold rows of it; None where no row can be found.

    Returns
    -------
    Template and list of Row
        The rows that it was learned from, with their lines but not yet read.
    """
    space = space_of(sheets[0].lines if len(sheets) == 1 else sheets[1].lines)
    style = Style(vendor, numbers_for(_decimal_of(sheets, vendor)), space)
    code = code or find_code_column(sheets, style)
    if code is None:
        return None
    rows = [
        row
        for place, sheet in enumerate(sheets)
        for row in find_rows(sheet, place, code, partial(count_numbers, style))
    ]
    if not rows:
        return None
    columns = find_columns(sheets, rows, style)
    if not columns:
        return None
    block = _block_of(sheets, rows, vendor)
    at = min(row.code[1] for row in rows), max(row.code[3] for row in rows)
    evidence = evidence_for(columns, block, at, vendor)
    fields = assign_fields(columns, evidence, vendor)
    slots = tuple(
        Slot(
            column.x0,
            column.x1,
            fields.get(k),
            ROW_NUMBERS if k not in fields and counts(column) else evidence.titles[k],
        )
        for k, column in enumerate(columns)
    )
    right = max(row.code[3] for row in rows)
    left = min((slot.x0 for slot in slots if slot.x1 > right), default=1e9)
    texts = TextColumns(sheets, rows, columns, style, evidence.beside)
    template = Template(
        style, code, slots, left, texts.unit, texts.ignored(), _furniture(sheets, rows), block,
        frozenset(word[0] for word in block.words) if block else frozenset(), evidence,
        tuple(slot.x0 for slot in slots), texts.is_left(), texts.zone([slot.x0 for slot in slots]),
        are_apart(columns, rows),
    )  # fmt: skip
    return template, rows


def _lines_with_codes(sheets: Sequence[Sheet]) -> Iterator[Line]:
    """Lines that hold something like a code, and those under them: where rows are."""
    for sheet in sheets:
        last = len(sheet.lines) - 1
        for index in {near for k, _ in sheet.codes for near in (k, min(k + 1, last))}:
            yield sheet.lines[index]


def _decimal_of(sheets: Sequence[Sheet], vendor: Vendor) -> str:
    """The decimal sign that most numbers with two decimals have; else the vendor's."""
    tally = Counter(
        sign
        for line in _lines_with_codes(sheets)
        for word in line.words
        if word[0][-1:].isdigit() and ("," in word[0] or "." in word[0])
        for sign, is_one in _DECIMALS.items()
        if is_one(word[0])
    )
    other = "," if vendor.decimal == "." else "."
    return other if tally[other] > 2 * tally[vendor.decimal] else vendor.decimal


def _block_of(sheets: Sequence[Sheet], rows: Sequence[Row], vendor: Vendor) -> Block | None:
    """The headings over the first row of the first page that has some."""
    seen: set[int] = set()
    for row in rows:
        if row.sheet not in seen:
            seen.add(row.sheet)
            block = find_block(sheets[row.sheet].lines, row.first, vendor)
            if block:
                return block
    for place, sheet in enumerate(sheets):
        if place not in seen:
            block = find_block(sheet.lines, len(sheet.lines), vendor)
            if block:
                return block
    return None


def _furniture(sheets: Sequence[Sheet], rows: Sequence[Row]) -> frozenset[tuple[str, int, int]]:
    """Words at the same place on most pages, outside the rows."""
    ends: dict[int, tuple[int, int]] = {}
    for row in rows:
        first, last = ends.get(row.sheet, (row.first, row.last))
        ends[row.sheet] = min(first, row.first), max(last, row.last)
    if len(ends) < 2:
        return frozenset()
    seen: dict[tuple[str, int, int], set[int]] = defaultdict(set)
    for place, (first, last) in ends.items():
        lines = sheets[place].lines
        for index in (*range(first), *range(last + 1, len(lines))):
            for word in lines[index].words:
                seen[place_of(word)].add(place)
    return frozenset(key for key, on in seen.items() if len(on) > 1 and 2 * len(on) >= len(ends))
