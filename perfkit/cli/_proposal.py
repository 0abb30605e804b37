"""What an unknown vendor's document shows of its layout: the start of a TOML file.

The reader's own functions look at it with a vendor of whom only the form of the codes is known;
its arithmetic tells quantities from prices where the headings are in another language.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from perfkit.cli._code_shapes import (
    ALIGNED_POINTS,
    CodeShape,
    find_code_shape,
    has_letters,
    slug,
)
from perfkit.errors import NoTableError
from perfkit.geometry import Line, PageLines, segments
from perfkit.model import PlainWord
from perfkit.reading.fields import holds
from perfkit.reading.rows import Row, Sheet, sheet_of
from perfkit.reading.template import ROW_NUMBERS, Slot, Template, learn
from perfkit.reading.words import bare, upc_of
from perfkit.vendors import Check, Vendor
from perfkit.vendors._parse import parse_vendor

__all__ = ["Column", "Table", "find_table"]

#: A check is worth a line where it holds in this share of the rows.
HELD_SHARE = 0.9
#: A line of headings has them over so many columns. They stand on at most so many lines, no
#: further apart than so many of their heights, and so many points beside the numbers under them.
FEWEST_HEADINGS = 2
MOST_HEADING_LINES, HEADING_GAP_HEIGHTS, BESIDE_POINTS = 4, 2.5, 14.0
#: A column of units: words of at most so many letters, in this share of the rows; so many kinds,
#: and so many even in a few rows.
LONGEST_UNIT, UNIT_SHARE, UNIT_KINDS, FEW_KINDS = 8, 0.6, 8, 2
_UNIT_HEADING = re.compile(
    r"unit|\bu/?m\b|uom|einh|\bvp?e\b|\bme\b|udm|unid|unité|eenh|enhe", re.IGNORECASE
)
_DRAFT = """
vendor = "unknown"
decimal = "."
[document]
name = '(?!)'
title = "unknown"
number_labels = []
[row]
code = '''{code}'''
fields = [
    "product_code", "upc", "description", "qty_ordered", "qty_allocated", "qty_shipped",
    "qty_backordered", "unit", "list_price", "your_price", "extended_price",
]
[checks]
row = [
    "{quantity} * your_price = extended_price", "your_price <= list_price",
    "qty_ordered = qty_shipped + qty_backordered",
]
"""
_QUANTITIES = ("qty_shipped", "qty_ordered")


class Column(NamedTuple):
    """A column as it is proposed: its place in points, field, kind where it is new, and headings.

    ``field`` is empty for a column that is read over.
    """

    x0: float
    x1: float
    field: str
    kind: str
    title: str


class Table(NamedTuple):
    """What is known of a document's table.

    ``columns`` are sorted from left to right, those of text among them. ``checks`` hold in the
    rows, those of ``weak`` not in all. ``unplaced`` are headings that stand over no column,
    ``units`` those in use. ``sheets`` begin with the table's first page, on whose line ``first``
    its headings begin; ``below`` are the lines under its last row.
    """

    code: CodeShape
    decimal: str
    columns: tuple[Column, ...]
    checks: tuple[str, ...]
    weak: tuple[str, ...]
    unplaced: tuple[str, ...]
    units: tuple[str, ...]
    rows: int
    sheets: tuple[Sheet, ...]
    first: int
    below: tuple[Line, ...]
    draft: Vendor


def find_table(name: str, pages: Sequence[PageLines]) -> Table:
    """The table on a document's pages; ``name`` is the document's.

    Raises
    ------
    NoTableError
        If no line looks like a row.
    """
    code = find_code_shape(pages)
    learned = None if code is None else _learn(code, pages)
    if code is None or learned is None:
        raise NoTableError(
            name,
            problem="nothing can be proposed: no lines hold a product code and two numbers, at "
            "the same place in each",
            remedy="Give a document with more rows, or write the file by hand (CONTRIBUTING.md).",
        )
    vendor, sheets, template, rows = learned
    return _table(code, vendor, sheets, template, rows)


Learned = tuple[Vendor, list[Sheet], Template, list[Row]]


def _learn(code: CodeShape, pages: Sequence[PageLines]) -> Learned | None:
    """What the reader learns with the quantity that more rows can be multiplied with."""
    best: tuple[float, Learned] | None = None
    for quantity in _QUANTITIES:
        vendor = parse_vendor(Path("draft"), _DRAFT.format(code=code.pattern, quantity=quantity))
        sheets = [sheet_of(page, vendor) for page in pages]
        found = learn(sheets, vendor)
        if found is None:
            return None
        template, rows = found
        share = _share(vendor.row_checks[0], _values(sheets, template, rows))
        if best is None or share > best[0]:
            best = share, (vendor, sheets, template, rows)
    return None if best is None else best[1]


def _values(
    sheets: Sequence[Sheet], template: Template, rows: Sequence[Row]
) -> list[dict[str, Decimal]]:
    """Field -> number of each row."""
    found = []
    for row in rows:
        values: dict[str, Decimal] = {}
        for word in sheets[row.sheet].lines[row.number_line].words:
            value, k = template.numbers[word[0]], template.slot_of(word)
            if value is not None and k is not None and word is not row.code:
                values.setdefault(template.slots[k].field or "", value)
        found.append(values)
    return found


def _share(check: Check, rows: Sequence[Mapping[str, Decimal]]) -> float:
    """The share of all rows in which a check can be made and holds."""
    held = sum(
        holds(check, [row[field] for field in check.fields])
        for row in rows
        if all(field in row for field in check.fields)
    )
    return held / len(rows) if rows else 0.0


def _table(
    code: CodeShape, vendor: Vendor, sheets: list[Sheet], template: Template, rows: list[Row]
) -> Table:
    values = _values(sheets, template, rows)
    checks = [check for check in vendor.row_checks if _share(check, values) >= HELD_SHARE]
    weak = tuple(check.text for check in checks if _share(check, values) < 1)
    at = min(row.code[1] for row in rows), max(row.code[3] for row in rows)
    heads, first = _headings(sheets[rows[0].sheet], rows[0], template, at)
    unit = _unit_span(sheets, template, rows)
    units = _units_in(sheets, rows, unit)
    titles, unplaced = _placed(heads, template, at, unit)
    needed = {field for check in checks for field in check.fields}
    columns = [
        _column(slot, titles[k], vendor, values, needed) for k, slot in enumerate(template.slots)
    ]
    own_texts = [phrase for phrase in unplaced if _is_over_texts(phrase, sheets, template, rows)]
    columns += [
        Column(
            phrase[0][1], phrase[-1][3], slug(_text_of(phrase)) or "text", "text", _text_of(phrase)
        )
        for phrase in own_texts
    ]
    beside = at[0] - 1 if template.text_left else at[1] + 1
    columns.append(Column(*at, "product_code", "", titles[-3]))
    columns.append(Column(beside, beside, "description", "", titles[-2]))
    if unit is not None and _are_units(units, titles[-1], template):
        columns.append(Column(*unit, "unit", "", titles[-1]))
    elif unit is not None:
        units = ()
        columns.append(Column(*unit, slug(titles[-1]) or "text", "text", titles[-1]))
    if any(upc_of(word[0]) for row in rows for word in sheets[row.sheet].lines[row.line].words):
        columns.append(Column(at[1] + 0.5, at[1] + 0.5, "upc", "", ""))
    left_out = tuple(_text_of(phrase) for phrase in unplaced if phrase not in own_texts)
    end = rows[-1].sheet
    last = max(row.last for row in rows if row.sheet == end)
    rest = sheets[end].lines[last + 1 :]
    below = (*rest, *(line for sheet in sheets[end + 1 :] for line in sheet.lines))
    return Table(
        code, template.numbers.decimal, tuple(_once_each(sorted(columns))),
        tuple(check.text for check in checks), weak, left_out, units, len(rows),
        tuple(sheets[rows[0].sheet :]), first, below, vendor,
    )  # fmt: skip


def _column(
    slot: Slot, title: str, vendor: Vendor, values: Sequence[Mapping[str, Decimal]],
    needed: set[str],
) -> Column:  # fmt: skip
    """A column of numbers: its field if a check or its heading confirms it, else one of its own."""
    said = Counter[str]()
    for word in title.split():
        said.update(vendor.speaks_for(word))
    field = slot.field
    if field and (field in needed or said[field] > 0):
        return Column(slot.x0, slot.x1, field, "", title)
    if slot.title == ROW_NUMBERS or (said["other"] > 0 and "%" not in title):
        return Column(slot.x0, slot.x1, "", "", title)
    own = [row[field] for row in values if field in row] if field else []
    kind = "number"
    if own:
        whole = all(value.as_tuple().exponent == 0 for value in own)
        kind = "quantity" if whole else "money"
    return Column(slot.x0, slot.x1, slug(title) or "number", kind, title)


def _once_each(columns: Iterable[Column]) -> list[Column]:
    """Columns whose fields differ: of two with one name the later gets a number."""
    taken = Counter[str]()
    found = []
    for column in columns:
        taken[column.field] += 1
        again = column.field and taken[column.field] > 1
        name = f"{column.field}_{taken[column.field]}" if again else column.field
        found.append(column._replace(field=name))
    return found


def _headings(
    sheet: Sheet, row: Row, template: Template, code: tuple[float, float]
) -> tuple[list[list[PlainWord]], int]:
    """Phrases over the first row of a page, and the line that they begin on."""
    found: list[list[PlainWord]] = []
    first = below = row.first
    for index in range(row.first - 1, -1, -1):
        line, under = sheet.lines[index], sheet.lines[below]
        is_far = line.height and under.top - line.bottom > HEADING_GAP_HEIGHTS * line.height
        is_heading = not any(c.isdigit() for c in line.text) and has_letters(line.text)
        if is_heading and not (found and is_far):
            phrases = segments(line)
            over = sum(any(_is_over(p, s.x0, s.x1) for p in phrases) for s in template.slots)
            over += any(_is_over(phrase, *code) for phrase in phrases)
            if over >= FEWEST_HEADINGS or (found and over):
                found = [*phrases, *found]
                first = below = index
                continue
        if found or row.first - index > MOST_HEADING_LINES:
            break
    return found, first


def _is_over(phrase: Sequence[PlainWord], x0: float, x1: float) -> bool:
    return phrase[0][1] < x1 and x0 < phrase[-1][3]


def _are_units(words: Sequence[str], title: str, template: Template) -> bool:
    """Whether short words are units: by their heading, or else by some that are known."""
    if _UNIT_HEADING.search(title):
        return True
    return not title or not template.vendor.units.isdisjoint(words)


def _text_of(phrase: Sequence[PlainWord]) -> str:
    return " ".join(word[0] for word in phrase)


def _is_over_texts(
    phrase: Sequence[PlainWord], sheets: Sequence[Sheet], template: Template, rows: Sequence[Row]
) -> bool:
    """Whether a heading stands over a column of text: words that begin with it in most rows."""
    if any(template.vendor.speaks_for(word[0]) for word in phrase):
        return False  # it is known to be something else
    under = [
        word
        for row in rows
        for word in sheets[row.sheet].lines[row.number_line].words
        if abs(word[1] - phrase[0][1]) < ALIGNED_POINTS and has_letters(word[0])
    ]
    return len(under) >= UNIT_SHARE * len(rows)


def _placed(
    phrases: Sequence[Sequence[PlainWord]], template: Template, code: tuple[float, float],
    unit: tuple[float, float] | None,
) -> tuple[list[str], list[Sequence[PlainWord]]]:  # fmt: skip
    """Headings of each slot, then of code, description and unit; and those of none of them."""
    slots = template.slots
    titles = [""] * (len(slots) + 3)
    unplaced: list[Sequence[PlainWord]] = []
    for phrase in phrases:
        text = _text_of(phrase)
        middle = (phrase[0][1] + phrase[-1][3]) / 2
        spans = [(slot.x0, slot.x1) for slot in slots]
        places = [*enumerate(spans), (len(slots), code)]
        if unit is not None:
            places.append((len(slots) + 2, unit))
        over = [(abs(middle - sum(at) / 2), k) for k, at in places if _is_over(phrase, *at)]
        near = [
            (abs(middle - sum(at) / 2), k)
            for k, at in places
            if _is_over(phrase, at[0] - BESIDE_POINTS, at[1] + BESIDE_POINTS)
        ]
        is_text = phrase[-1][3] < code[0] if template.text_left else middle > code[1]
        is_text = is_text and (template.text_left or middle < template.left)
        says = {field for word in phrase for field in template.vendor.speaks_for(word[0])}
        if over:
            k = min(over)[1]
        elif says and says <= {"upc", "other"}:
            unplaced.append(phrase)
            continue
        elif is_text and not titles[len(slots) + 1]:
            k = len(slots) + 1
        elif near:
            k = min(near)[1]
        else:
            unplaced.append(phrase)
            continue
        titles[k] = f"{titles[k]} {text}".strip()
    return titles, unplaced


def _other_words(
    sheets: Sequence[Sheet], template: Template, rows: Sequence[Row]
) -> Iterator[tuple[int, PlainWord]]:
    """Words of the rows that are set apart and are neither code nor number, with their row."""
    for k, row in enumerate(rows):
        words = sheets[row.sheet].lines[row.number_line].words
        for phrase in segments(Line(0.0, words[0][4] - words[0][2], words)):
            if len(phrase) == 1 and phrase[0] is not row.code:
                word = phrase[0]
                if template.numbers[word[0]] is None and word[0].replace(".", "").isalpha():
                    yield k, word


def _unit_span(
    sheets: Sequence[Sheet], template: Template, rows: Sequence[Row]
) -> tuple[float, float] | None:
    """Between which points units stand in most rows: few short words, or what the reader found."""
    places: dict[int, dict[int, PlainWord]] = defaultdict(dict)
    for k, word in _other_words(sheets, template, rows):
        if len(word[0]) <= LONGEST_UNIT:
            for edge in (word[1], word[3]):
                for near in (-1, 0, 1):
                    places[round(edge / 3) + near].setdefault(k, word)
    best = max(places.values(), key=len, default={})
    known = bool(best) and all(bare(word[0]) in template.vendor.units for word in best.values())
    kinds = {bare(word[0]) for word in best.values()}
    many = len(best)
    few = known or len(kinds) <= min(UNIT_KINDS, max(many // 2, min(many - 1, FEW_KINDS)))
    if not few or len(best) < max(1.0, UNIT_SHARE * len(rows)):
        span = template.unit
        units = template.vendor.units
        inside = sum(not units.isdisjoint(_units_in(sheets, [row], span)) for row in rows)
        return span if inside >= HELD_SHARE * len(rows) else None
    return min(word[1] for word in best.values()), max(word[3] for word in best.values())


def _units_in(
    sheets: Sequence[Sheet], rows: Sequence[Row], span: tuple[float, float] | None
) -> tuple[str, ...]:
    if span is None:
        return ()
    found = {
        bare(word[0])
        for row in rows
        for word in sheets[row.sheet].lines[row.number_line].words
        if word[1] < span[1] and span[0] < word[3] and has_letters(word[0])
    }
    return tuple(sorted(found))
