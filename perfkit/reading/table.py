"""The table of one document: columns learned from its first rows, further rows by position.

A page whose rows do not fit is read with columns of its own; the better reading of a page is
the one in which more of the vendor's checks hold.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.geometry import Line
from perfkit.reading.cells import read_cells
from perfkit.reading.facts import has_total, read_totals
from perfkit.reading.fields import holds
from perfkit.reading.rows import Row, Sheet, find_rows
from perfkit.reading.template import Template, learn
from perfkit.reading.text import TextReader, TextRules
from perfkit.reading.text_rules import learn_text
from perfkit.reading.words import UPC_DIGITS, is_total
from perfkit.vendors import Vendor

__all__ = ["PageTable", "TableReader"]

#: Rows that a table is learned from at first, and pages that are waited for them.
ENOUGH_ROWS, MOST_PAGES = 16, 8
#: Pages that are kept to be read again with what all their rows teach.
KEPT_PAGES = 64
#: A line of numbers that has no code holds at least so many of them in the columns.
FEWEST_NUMBERS = 3


class Loose(NamedTuple):
    """A number or code inside the table that has no place in a row."""

    page: int
    text: str
    reason: str


@dataclasses.dataclass
class PageTable:
    """What one page holds of the table; ``rows`` may still gain text from the next page."""

    number: int
    rows: list[Row]
    charges: list[Decimal] = dataclasses.field(default_factory=list)
    #: A charge that stands apart from the rows: it may be the sum of the others.
    charge_apart: Decimal | None = None
    totals: dict[str, Decimal] = dataclasses.field(default_factory=dict)
    #: Amounts at the ends of the lines behind the rows, in the order of the lines.
    amounts: list[Decimal] = dataclasses.field(default_factory=list)
    loose: list[Loose] = dataclasses.field(default_factory=list)
    words: int = 0
    template: Template | None = None
    #: Rows that it had, once they have been let go of.
    row_count: int = 0


class TableReader:
    """Reads the pages of one document in order.

    Attributes
    ----------
    pages : list of PageTable
        Pages read so far.
    """

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._waiting: list[Sheet] = []
        self._template: Template | None = None
        self._rules: TextRules | None = None
        self._own: tuple[Template, TextRules] | None = None
        self._before: Row | None = None
        self.pages: list[PageTable] = []

    @property
    def template(self) -> Template | None:
        """What was learned; None while no row has been found."""
        return self._template

    def add(self, sheet: Sheet) -> None:
        """Read a page, or keep it until there are rows enough to learn from."""
        if self._template is not None:
            self._read(sheet)
            return
        self._waiting.append(sheet)
        codes = [len(each.codes) for each in self._waiting if each.codes]
        if (sum(codes) >= ENOUGH_ROWS and len(codes) > 1) or len(self._waiting) >= MOST_PAGES:
            self.end()

    def wait(self, sheets: Sequence[Sheet]) -> None:
        """Keep pages until :meth:`end`, so that all of them are learned from."""
        self._waiting += sheets

    def end(self) -> None:
        """Learn from what there is, and read the pages that have waited."""
        waiting, self._waiting = self._waiting, []
        if self._template is None:
            self._learn(waiting)
        for sheet in waiting:
            self._read(sheet)

    def _learn(self, sheets: Sequence[Sheet]) -> None:
        learned = _learned(sheets, self._vendor)
        if learned is not None:
            self._template, self._rules = learned

    def _read(self, sheet: Sheet) -> None:
        if self._template is None or self._rules is None:
            self.pages.append(
                PageTable(sheet.number, [], words=sum(len(line.words) for line in sheet.lines))
            )
            return
        best = read_sheet(sheet, self._template)
        if self._template.apart or not is_clean(best, sheet, self._vendor):
            others = [self._own] if self._own else []
            alone = _learned([sheet], self._vendor)
            if alone is not None:
                others.append(alone)
            for template, rules in others:
                other = read_sheet(sheet, template)
                gain = quality(other, self._vendor) - quality(best, self._vendor)
                if gain > 0 or (gain == 0 and self._template.apart):
                    best, self._own = other, (template, rules)
        own = self._own is not None and best.template is self._own[0]
        template, rules = self._own if own and self._own else (self._template, self._rules)
        assert template is not None
        reader = TextReader(template, rules)
        reader.read(sheet, best.rows, self._before)
        best.loose += _loose_of_rows(best.rows, sheet, template)
        best.loose += [
            Loose(sheet.number, line.text, "a line of text that is in no row")
            for line in reader.left_over(sheet, best.rows)
        ]
        if best.rows:
            self._before = best.rows[-1]
        self.pages.append(best)


def read_all(sheets: Sequence[Sheet], vendor: Vendor) -> TableReader:
    """Read pages with what the rows of all of them teach."""
    reader = TableReader(vendor)
    reader.wait(sheets)
    reader.end()
    return reader


def _learned(sheets: Sequence[Sheet], vendor: Vendor) -> tuple[Template, TextRules] | None:
    learned = learn(sheets, vendor)
    if learned is None:
        return None
    template, rows = learned
    for row in rows:
        read_cells(row, sheets[row.sheet].lines, template)
    return template, learn_text(sheets, rows, template)


def read_sheet(sheet: Sheet, template: Template) -> PageTable:
    """Read a page's rows by position, without the text under them."""
    vendor, lines, numbers = template.vendor, sheet.lines, template.numbers
    rows = find_rows(sheet, 0, template.code, template.count_cells)
    for row in rows:
        read_cells(row, lines, template)
    page = PageTable(sheet.number, rows, template=template)
    page.words = sum([len(line[2]) for line in lines])
    last = rows[-1].last if rows else -1
    first = rows[0].first if rows else -1
    own = {index for row in rows for index in (row.line, row.number_line)}
    totals, behind = sheet.totals - own, False
    if totals:
        between = [line for k, line in enumerate(lines) if k > first and k not in own]
        page.totals = read_totals(between, vendor, numbers)
    for index, line in enumerate(lines):
        end = line[2][-1][0]
        value = None if index in own else numbers[end]
        if value is None:
            continue
        if index > last and numbers.decimal in end:
            page.amounts.append(value)
        if index in sheet.charges and not behind:
            charge = _charge_of(line, template)
            if charge is not None:
                if index > last and (not rows or _is_apart(lines, index)):
                    page.charge_apart = charge
                else:
                    page.charges.append(charge)
                continue
        if index in totals and index > last:
            # What follows the totals is no part of the table.
            behind = behind or has_total(line, vendor)
        elif index in totals and rows and vendor.totals["subtotal"].search(line.text):
            page.loose.append(Loose(page.number, line.text, "a subtotal with rows behind it"))
            continue
        if rows and first < index and not behind:
            _note_loose(page, line, template, inside=index < last)
    return page


def _charge_of(line: Line, template: Template) -> Decimal | None:
    """The amount of a charge that a line prints; None where it prints none."""
    if not template.vendor.charges.search(line.text) or is_total(line.text):
        return None
    amounts = [template.numbers[word[0]] for word in line.words]
    return next((amount for amount in reversed(amounts) if amount is not None), None)


def _is_apart(lines: Sequence[Line], index: int) -> bool:
    """Whether a line stands further from the one above than lines of a row do."""
    line, above = lines[index], lines[index - 1]
    return line.top - above.bottom > 0.9 * line.height


def surcharges_of(pages: Sequence[PageTable]) -> Decimal:
    """The sum of the charges under rows; one that is printed apart may be that sum."""
    whole = Decimal("0.00")
    for page in pages:
        whole += sum(page.charges, Decimal(0))
        if page.charge_apart is not None and page.charge_apart != whole:
            whole += page.charge_apart
    return whole


def _note_loose(page: PageTable, line: Line, template: Template, *, inside: bool) -> None:
    """Note a line that holds numbers as a row does, and no code."""
    numbers = template.numbers
    in_columns = [
        word
        for word in line.words
        if numbers[word[0]] is not None and template.slot_of(word) is not None
    ]
    fields = {template.slots[template.slot_of(word) or 0].field for word in in_columns}
    if len(in_columns) >= FEWEST_NUMBERS and len(fields - {None}) >= FEWEST_NUMBERS - (not inside):
        page.loose.append(Loose(page.number, line.text, "a line of numbers without a product code"))


def _loose_of_rows(rows: Sequence[Row], sheet: Sheet, template: Template) -> list[Loose]:
    """Numbers of rows that stand in no column, and that no text took."""
    numbers = template.numbers
    return [
        Loose(sheet.number, word[0], "a number in no column")
        for row in rows
        for word in dict.fromkeys(
            (*row.strays, *(word for word in row.left_over if numbers[word[0]] is not None))
        )
        if len(word[0]) < UPC_DIGITS and not any(word is each for text in row.text for each in text)
    ]


def is_clean(page: PageTable, sheet: Sheet, vendor: Vendor) -> bool:
    """Whether a page's rows fit the columns they were read by."""
    template = page.template
    assert template is not None
    held, failed, missing = _tally(page, vendor)
    if failed or missing:
        return False
    stray = any(row.strays for row in page.rows)
    codes = len(sheet.codes)
    return not stray and (held > 0 or not codes) and codes <= len(page.rows) + 1


def quality(page: PageTable, vendor: Vendor) -> float:
    """How well a page was read: checks that hold, less what fails, is missing or stands beside."""
    template = page.template
    assert template is not None
    held, failed, missing = _tally(page, vendor)
    stray = sum(len(row.strays) for row in page.rows)
    return held - failed - 0.5 * missing - 0.5 * stray


def _tally(page: PageTable, vendor: Vendor) -> tuple[int, int, int]:
    """Strong checks that hold and that fail over a page's rows, and number fields missing."""
    held = failed = missing = 0
    for row in page.rows:
        values = row.values
        for check in vendor.row_checks:
            if check.weak or check.kind == "upc":
                continue
            known = [values[field] for field in check.fields if field in values]
            if len(known) < len(check.fields):
                missing += 1
            elif holds(check, known):
                held += 1
            else:
                failed += 1
    return held, failed, missing
