"""What is learned of a document's table from its first rows, and what rows are read by."""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from perfkit.model import PlainWord
from perfkit.reading.columns import find_columns
from perfkit.reading.fields import assign_fields, counts
from perfkit.reading.headings import Block, Evidence, evidence_for, find_block
from perfkit.reading.rows import CodeColumn, Row, Sheet, find_code_column, find_rows
from perfkit.reading.words import Numbers, Style, bare, numbers_for, space_of, upc_of
from perfkit.vendors import Vendor

__all__ = ["ROW_NUMBERS", "Slot", "Template", "learn"]

#: Title of a column that numbers the rows.
ROW_NUMBERS = "row numbers"
#: A unit column is filled with known units in at least this share of the rows.
UNIT_SHARE = 0.3
#: Words of one column are no further apart than this, in points.
SAME_PLACE_POINTS = 3.0
#: A column of text needs clear space of so many points on its left.
TEXT_GAP_POINTS = 2.0
#: Short codes of a narrow column: so many different ones at most, in so many of the rows that
#: have a word there.
FLAG_KINDS, FLAG_SHARE = 4, 0.6
#: ... and so many heights from their neighbours.
FLAG_GAP_HEIGHTS = 0.5
#: Places on a page are compared in steps of so many points.
STEP_POINTS = 2.0
#: A numeric cell may stick out of its column by so many points.
CELL_POINTS = 4.0
_FLAG = re.compile(r"[A-Z*]{1,3}", re.ASCII).fullmatch
_DECIMALS = {
    ".": re.compile(r".*[0-9]\.[0-9]{2}\W*").fullmatch,
    ",": re.compile(r".*[0-9],[0-9]{2}\W*").fullmatch,
}


class Slot(NamedTuple):
    """A column by its place, in points; ``field`` is None for one that is read over."""

    x0: float
    x1: float
    field: str | None
    title: str


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

    def slot_of(self, word: PlainWord) -> int | None:
        """Index of the column that a number stands in; None where it stands in none, or in two."""
        _, x0, _, x1, _ = word
        k = bisect_right(self.starts, x1) - 1
        if k < 0:
            return None
        slots = self.slots
        if slots[k].x1 > x0:
            return k if not k or slots[k - 1].x1 <= x0 else None
        return None


def _left(word: PlainWord) -> float:
    return word[1]


def _right(word: PlainWord) -> float:
    return word[3]


def _middle(word: PlainWord) -> float:
    return (word[1] + word[3]) / 2


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
    space = space_of(line for sheet in sheets for line in sheet.lines)
    style = Style(vendor, numbers_for(_decimal_of(sheets, vendor)), space)
    code = code or find_code_column(sheets, style)
    if code is None:
        return None
    rows = [
        row for place, sheet in enumerate(sheets) for row in find_rows(sheet, place, code, style)
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
    unit = _unit_column(sheets, rows, vendor, evidence.beside)
    template = Template(
        style, code, slots, left, unit, (), _furniture(sheets, rows),
        block, frozenset(word[0] for word in block.words) if block else frozenset(), evidence,
        tuple(slot.x0 for slot in slots),
    )  # fmt: skip
    ignored = (*_text_columns(sheets, rows, template), *_flag_columns(sheets, rows, template))
    template = dataclasses.replace(template, ignored=ignored)
    return dataclasses.replace(template, text_left=_is_text_left(sheets, rows, template)), rows


def _decimal_of(sheets: Sequence[Sheet], vendor: Vendor) -> str:
    """The decimal sign that most numbers with two decimals have; else the vendor's."""
    tally = Counter(
        sign
        for sheet in sheets
        for line in sheet.lines
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


def _row_words(sheets: Sequence[Sheet], row: Row) -> Iterable[PlainWord]:
    """Words of a row's number line, and of its code's line, besides the code."""
    lines = sheets[row.sheet].lines
    for index in {row.number_line, row.line}:
        for word in lines[index].words:
            if word is not row.code:
                yield word


def _is_text_left(sheets: Sequence[Sheet], rows: Sequence[Row], template: Template) -> bool:
    """Whether more of the rows' text stands left of their codes than right of them."""
    balance = 0
    for row in rows:
        for word in _row_words(sheets, row):
            if (
                template.slot_of(word) is None
                and not _overlaps(word, template.unit)
                and not any(_overlaps(word, (slot.x0, slot.x1)) for slot in template.ignored)
                and upc_of(word[0]) is None
            ):
                balance += len(word[0]) if word[3] < row.code[1] else -len(word[0])
    return balance > 0


def _unit_column(
    sheets: Sequence[Sheet],
    rows: Sequence[Row],
    vendor: Vendor,
    beside: Sequence[PlainWord],
) -> tuple[float, float] | None:
    """Between which points units stand: where most rows have a known one, the headings' choice."""
    found = [
        (word, k)
        for k, row in enumerate(rows)
        for word in _row_words(sheets, row)
        if bare(word[0]) in vendor.units
    ]
    heads = [word for word in beside if vendor.speaks_for(word[0]).get("unit", 0) > 1]
    best: tuple[float, tuple[float, float]] | None = None
    for place_in in (_left, _right, _middle):
        places = defaultdict(list)
        for word, k in found:
            at = place_in(word)
            places[round(at / SAME_PLACE_POINTS)].append((word, k))
        for place, members in places.items():
            near = [*members, *places.get(place + 1, ())]
            x0, x1 = min(word[1] for word, _ in near), max(word[3] for word, _ in near)
            share = len({k for _, k in near}) / len(rows)
            share += 0.5 * any(word[1] < x1 and x0 < word[3] for word in heads)
            if x1 - x0 < 80 and (best is None or share > best[0] + 1e-9):
                best = share, (x0, x1)
    if best is None or best[0] < UNIT_SHARE:
        return (min(w[1] for w in heads) - 4, max(w[3] for w in heads) + 4) if heads else None
    return best[1]


def _flag_columns(sheets: Sequence[Sheet], rows: Sequence[Row], template: Template) -> list[Slot]:
    """Narrow columns of a few short codes, such as RT or a truck's mark."""
    words: list[PlainWord] = []
    places: dict[int, list[PlainWord]] = defaultdict(list)
    for row in rows:
        line = sheets[row.sheet].lines[row.number_line].words
        for k, word in enumerate(line):
            if word is row.code or _overlaps(word, template.unit) or upc_of(word[0]) is not None:
                continue
            words.append(word)
            if (_FLAG(word[0]) or (len(word[0]) <= 3 and word[0].islower())) and all(
                _is_apart(word, near, template) for near in line[max(0, k - 1) : k + 2]
            ):
                places[round(_middle(word) / STEP_POINTS)].append(word)
    found: list[Slot] = []
    for place in sorted(places):
        near = [word for step in (-1, 0, 1) for word in places.get(place + step, ())]
        x0, x1 = min(word[1] for word in near), max(word[3] for word in near)
        has_heading = any(
            _overlaps(word, (x0, x1)) and "other" in template.vendor.speaks_for(word[0])
            for word in template.evidence.beside
        )
        if len(near) < 2 - has_heading or len({word[0] for word in near}) > FLAG_KINDS:
            continue
        crossing = sum(word[1] < x1 and word[3] > x0 for word in words)
        if len(near) >= FLAG_SHARE * crossing:
            found.append(Slot(x0, x1, None, "flags"))
    return found


def _is_apart(word: PlainWord, near: PlainWord, template: Template) -> bool:
    """Whether a word and its neighbour are no words of one text: a gap parts them, or a column."""
    gap = max(near[1] - word[3], word[1] - near[3])
    return (
        near is word
        or gap > max(FLAG_GAP_HEIGHTS, 1.4 * template.style.space) * (word[4] - word[2])
        or template.numbers[near[0]] is not None
        or bare(near[0]) in template.vendor.units
        or template.vendor.code.fullmatch(near[0]) is not None
    )


def _text_columns(sheets: Sequence[Sheet], rows: Sequence[Row], template: Template) -> list[Slot]:
    """Columns of text that have headings of their own and are not the description."""
    vendor, heads = template.vendor, template.evidence.beside
    words = [
        word
        for row in rows
        for word in _row_words(sheets, row)
        if upc_of(word[0]) is None
        and not _overlaps(word, template.unit)
        and template.slot_of(word) is None
    ]
    bands: list[list[float]] = []
    for x0, x1 in sorted((word[1], word[3]) for word in words):
        if bands and x0 - bands[-1][1] < TEXT_GAP_POINTS:
            bands[-1][1] = max(bands[-1][1], x1)
        else:
            bands.append([x0, x1])
    found = []
    inside = [
        [
            (k, word)
            for k, row in enumerate(rows)
            for word in _row_words(sheets, row)
            if x0 <= word[1] and word[3] <= x1
        ]
        for x0, x1 in bands
    ]
    letters = [sum(len(word[0]) for _, word in there) for there in inside]
    for (x0, x1), there, many in zip(bands, inside, letters, strict=True):
        filled = len({k for k, _ in there})
        # What holds most of the text is the description, whatever stands over it.
        if 2 * filled < len(rows) or (many == max(letters) and len(there) > 1.5 * filled):
            continue
        over = [word for word in heads if word[1] < x1 + 1 and x0 - 1 < word[3]]
        says = Counter[str]()
        for word in over:
            says.update(vendor.speaks_for(word[0]))
        if says["other"] > max(says["description"], says["upc"], 2):
            found.append(Slot(x0, x1, None, " ".join(word[0] for word in over)))
    return found


def _overlaps(word: PlainWord, span: tuple[float, float] | None) -> bool:
    return span is not None and word[1] < span[1] and span[0] < word[3]


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
