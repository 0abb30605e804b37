"""Pages of a file to documents: where one begins, in which order its pages are, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from perfkit.geometry import Line
from perfkit.model import Doubt, Extraction, ExtraValue, Ignored, Ledger, LineItem, line_item
from perfkit.reading.facts import Facts, complete_totals, page_label, read_facts
from perfkit.reading.ledger import Accounting
from perfkit.reading.rows import Row, Sheet, sheet_of_lines
from perfkit.reading.table import (
    KEPT_PAGES,
    PageTable,
    TableReader,
    quality,
    read_all,
    surcharges_of,
)
from perfkit.reading.text_columns import Slot
from perfkit.reading.words import join_text, quantity
from perfkit.vendors import Vendor

__all__ = ["DocumentReader", "sides"]

#: Two pages stand side by side on a sheet where codes are so far apart, as a share of its width.
SIDE_SHARE = 0.3
#: Page numbers stand at the same height on all pages, within so many points.
SAME_PLACE_POINTS = 3.0
#: A row has at least so many numbers.
FEWEST_NUMBERS = 2
#: Pages with the same rows are copies where they have so many.
FEWEST_ROWS = 2

Label = tuple[int, int | None]


class DocumentReader:
    """Reads one document whose pages are given in the order of the file.

    Attributes
    ----------
    vendor : Vendor
    facts : Facts
        Number, date and vendor's name, as far as they have been printed.
    """

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.facts = Facts()
        self._reader = TableReader(vendor)
        self._accounting = Accounting(vendor)
        self._kept: list[Sheet] | None = []
        self._labels: dict[int, Label] = {}
        self._label_bottom = -1e9
        #: What each sheet prints, of which one page of the file may hold two.
        self._printed: list[Label | None] = []
        self._given = 0
        self._has_codes = False
        self._warnings: list[str] = []
        self._doubts: list[Doubt] = []
        self._words = 0
        self.last_page = 0

    @property
    def has_rows(self) -> bool:
        """Whether a page has held something like a row so far."""
        return self._has_codes

    def is_another(self, sheet: Sheet) -> str | None:
        """The number of another document that begins with this page; None where this one goes on.

        A page belongs to another document if it holds rows and prints another number of the same
        form, and does not say that it goes on.
        """
        number = self.facts.number
        if number is None or any(word[0] == number for line in sheet.lines for word in line.words):
            return None
        other = read_facts(sheet.lines, self.vendor).number
        if other is None or other == number or _form(other) != _form(number):
            return None
        label = page_label(sheet.lines, self.vendor)
        if label is not None and label[0] > 1:
            return None
        return other if sheet.codes else None

    def add(self, sheet: Sheet) -> None:
        """Take the next page."""
        self.last_page = sheet.number
        if None in self.facts:
            self.facts = self.facts.completed(read_facts(sheet.lines, self.vendor))
        label = self._label_of(sheet)
        if label is not None:
            self._labels.setdefault(sheet.number, label)
        self._printed.append(label)
        self._has_codes = self._has_codes or bool(sheet.codes)
        self._words += sum(len(line.words) for line in sheet.lines)
        if self._kept is not None:
            self._kept.append(sheet)
            if len(self._kept) > KEPT_PAGES:
                kept = self._kept
                self._settle()
                self._kept = None
                del kept
                return
        self._reader.add(sheet)

    def _label_of(self, sheet: Sheet) -> Label | None:
        """The page's printed number: mostly where the page before has it."""
        near = [
            line for line in sheet.lines if abs(line[1] - self._label_bottom) < SAME_PLACE_POINTS
        ]
        label = page_label(near, self.vendor) if near else None
        if label is not None and label[1] is not None:
            return label
        for line in sheet.lines:
            found = page_label([line], self.vendor)
            if found is not None and (found[1] is not None or label is None):
                self._label_bottom, label = line.bottom, found
                if found[1] is not None:
                    break
        return label

    def ready(self) -> Iterator[LineItem]:
        """Line items that no later page can change, each once."""
        if self._kept is None:
            yield from self._emit(len(self._reader.pages) - 1)

    def end(self) -> Iterator[LineItem]:
        """The line items that are still to come, after the last page."""
        if self._kept is None:
            yield from self._emit(len(self._reader.pages))
            return
        trial = self._settle()
        self._kept, self._accounting = None, trial.accounting
        for page in self._reader.pages:
            page.row_count, page.rows = len(page.rows), []
        yield from trial.items

    def _emit(self, stop: int) -> Iterator[LineItem]:
        """Items of the pages before ``stop``; a page's rows are let go of."""
        pages = self._reader.pages
        for k in range(self._given, stop):
            page = pages[k]
            for row in page.rows:
                item = _item(row, page.number, self.vendor)
                self._accounting.add(item, row.values)
                yield item
            page.row_count, page.rows = len(page.rows), []
        self._given = max(self._given, stop)

    # -- the pages of a document as a whole

    def _settle(self) -> _Trial:
        """Put pages in order, count copies once, and read again what the first look left open."""
        sheets = self._kept or []
        first = self._reader
        if len(first.pages) < len(sheets) and len(sheets) > KEPT_PAGES:
            first.add(sheets[-1])
        first.end()
        pages = first.pages
        kept = self._without_copies(pages)
        order = self._in_printed_order([pages[k].number for k in kept])
        by_number: dict[int, list[Sheet]] = {}
        for k in kept:
            by_number.setdefault(pages[k].number, []).append(sheets[k])
        arranged = [sheet for number in dict.fromkeys(order) for sheet in by_number[number]]
        moved = [sheet.number for sheet in arranged] != [page.number for page in pages]
        trial = self._trial(first)
        if moved or trial.ledger.doubts:
            again = self._trial(read_all(arranged, self.vendor))
            if moved or again.worth(self.vendor) > trial.worth(self.vendor):
                trial = again
        self._reader = trial.reader
        return trial

    def _trial(self, reader: TableReader) -> _Trial:
        """The document as it would be if it ended here."""
        accounting = Accounting(self.vendor)
        items = []
        for page in reader.pages:
            for row in page.rows:
                item = _item(row, page.number, self.vendor)
                accounting.add(item, row.values)
                items.append(item)
        return _Trial(reader, accounting, items, self._ledger_of(accounting, reader, ()))

    def _without_copies(self, pages: Sequence[PageTable]) -> list[int]:
        """Places of the pages that are no copies of earlier ones."""
        kept: list[int] = []
        unsure: list[tuple[int, int]] = []
        seen: dict[tuple[object, ...], int] = {}
        for k, page in enumerate(pages):
            key = tuple((row.code[0], *sorted(row.values.items())) for row in page.rows)
            before = seen.setdefault(key, k) if len(key) >= FEWEST_ROWS else k
            if before != k:
                label = self._labels.get(page.number)
                if label is not None and label == self._labels.get(pages[before].number):
                    self._tell_copy(page.number, pages[before].number)
                    continue
                if label is None:
                    unsure.append((k, before))
            kept.append(k)
        if unsure:
            without = [k for k in kept if k not in dict(unsure)]
            if self._sum_holds([pages[k] for k in without]) and not self._sum_holds(
                [pages[k] for k in kept]
            ):
                for k, before in unsure:
                    self._tell_copy(pages[k].number, pages[before].number)
                return without
        return kept

    def _tell_copy(self, page: int, before: int) -> None:
        self._warnings.append(f"page {page} is a copy of page {before}; its rows are counted once")

    def _sum_holds(self, pages: Sequence[PageTable]) -> bool:
        checks = [c for c in self.vendor.document_checks if c.kind == "column"]
        totals = self._totals(pages)
        charges = surcharges_of(pages)
        for check in checks:
            field, total = check.fields
            whole = sum(
                (row.values.get(field, Decimal(0)) for page in pages for row in page.rows),
                Decimal(0),
            )
            if totals.get(total) in (whole, whole + charges):
                return True
        return False

    def _in_printed_order(self, numbers: Sequence[int]) -> list[int]:
        labels = [self._labels.get(number) for number in numbers]
        printed = [label[0] for label in labels if label is not None]
        if len(printed) < len(labels) or len(set(printed)) < len(printed):
            return list(numbers)
        if all(a < b for a, b in pairwise(printed)):
            return list(numbers)
        order = [number for _, number in sorted(zip(printed, numbers, strict=True))]
        told = ", ".join(map(str, order))
        self._warnings.append(f"the pages are out of order; they were read as printed: {told}")
        return order

    def _pages_missing(self) -> Iterator[Doubt]:
        labels = [each for each in self._printed if each is not None]
        wholes = {whole for _, whole in labels if whole is not None}
        unlabelled = len(self._printed) - len(labels)
        if len(wholes) != 1:
            return
        whole = wholes.pop()
        missing = sorted(set(range(1, whole + 1)) - {page for page, _ in labels})
        if missing and unlabelled < len(missing):
            few = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
            one = len(missing) == 1
            told = f"page {few} of {whole} is" if one else f"pages {few} of {whole} are"
            yield Doubt("page_missing", f"{told} missing from the file; get the whole document")

    def _totals(self, pages: Sequence[PageTable]) -> dict[str, Decimal]:
        """Totals under known labels: of pages with rows, and of pages that go on with them."""
        totals: dict[str, Decimal] = {}
        for page in pages:
            if page.rows or page.row_count:
                totals.update(page.totals)
        for page in pages:
            if not (page.rows or page.row_count) and self._goes_on(page.number):
                for name, value in page.totals.items():
                    totals.setdefault(name, value)
        return totals

    def _all_totals(self, pages: Sequence[PageTable], accounting: Accounting) -> dict[str, Decimal]:
        """Totals under known labels, and those that what they add up to tells."""
        amounts = [
            amount
            for page in pages
            if page.rows or page.row_count or self._goes_on(page.number)
            for amount in page.amounts
        ]
        return complete_totals(
            self._totals(pages), amounts, accounting.sums, surcharges_of(pages), self.vendor
        )

    def _goes_on(self, number: int) -> bool:
        """Whether a page without rows says that it is a later page of the document."""
        label = self._labels.get(number)
        others = [each for page, each in self._labels.items() if page != number]
        if label is None:
            return not others and number > 1
        return label[0] > 1 and any(each[1] == label[1] and each[0] != label[0] for each in others)

    # -- the result

    def _ledger_of(
        self, accounting: Accounting, reader: TableReader, ignored: Sequence[Ignored]
    ) -> Ledger:
        templates = {id(page.template): page.template for page in reader.pages if page.template}
        slots: dict[str | tuple[object, ...], Slot] = {}
        spoken: set[str] = set()
        for template in templates.values():
            for slot in template.slots:
                slots.setdefault(slot.field or (slot.title, round(slot.x0)), slot)
            spoken |= template.spoken
        totals = self._all_totals(reader.pages, accounting)
        surcharges = surcharges_of(reader.pages)
        loose = [each for page in reader.pages for each in page.loose]
        words = sum(page.words for page in reader.pages)
        return accounting.ledger(
            list(slots.values()), frozenset(spoken), totals, surcharges, loose, ignored, words
        )

    def extraction(
        self, name: str, engine: str, pages: int, items: tuple[LineItem, ...],
        warnings: Sequence[str], ignored: Sequence[Ignored],
    ) -> Extraction:  # fmt: skip
        """The result, once :meth:`end` has given the last items."""
        reader = self._reader
        ledger = self._ledger_of(self._accounting, reader, ignored)
        doubts = (*self._pages_missing(), *self._doubts, *ledger.doubts)
        ledger = Ledger(ledger.used, ledger.ignored, ledger.left_over, ledger.checks, doubts)
        totals = self._all_totals(reader.pages, self._accounting)
        bare = [page.number for page in reader.pages if not (page.rows or page.row_count)]
        return Extraction(
            source=name,
            layout=self.vendor.layout,
            engine=engine,
            pages=pages,
            line_items=items,
            invoice_number=self.facts.number,
            invoice_date=self.facts.date,
            vendor=self.facts.vendor,
            subtotal=totals.get("subtotal"),
            freight=totals.get("freight"),
            total=totals.get("total"),
            surcharges=surcharges_of(reader.pages),
            warnings=(
                *warnings,
                *self._warnings,
                *(f"page {number} has no table of line items" for number in bare),
                *(doubt.message for doubt in doubts),
            ),
            ledger=ledger,
        )


class _Trial(NamedTuple):
    """A reading of all pages, its items and its account."""

    reader: TableReader
    accounting: Accounting
    items: list[LineItem]
    ledger: Ledger

    def worth(self, vendor: Vendor) -> tuple[float, int]:
        """How good it is: by its checks and doubts, then by what is left over."""
        whole = sum(quality(page, vendor) for page in self.reader.pages if page.template)
        return whole - 5 * len(self.ledger.doubts), -len(self.ledger.left_over)


def _form(number: str) -> str:
    """A number's letters, and how long it is: numbers of one series agree in both."""
    return "".join("9" if c.isdigit() else c for c in number)


def _item(row: Row, page: int, vendor: Vendor) -> LineItem:
    values = row.values.get
    return line_item(
        row.code[0],
        row.upc,
        join_text(row.text),
        (
            quantity(values("qty_ordered")),
            quantity(values("qty_allocated")),
            quantity(values("qty_shipped")),
            quantity(values("qty_backordered")),
        ),
        row.unit,
        (values("list_price"), values("your_price"), values("extended_price")),
        page,
        tuple([(name, _extra(row, name, vendor.kinds[name])) for name in vendor.extra]),
    )


def _extra(row: Row, name: str, kind: str) -> ExtraValue:
    if kind == "text":
        return row.own.get(name)
    value = row.values.get(name)
    return quantity(value) if kind == "quantity" else value


def sides(sheet: Sheet, vendor: Vendor) -> list[Sheet]:
    """A sheet as the pages that stand on it side by side: mostly one."""
    codes = [word for _, word in sheet.codes]
    if len(codes) < 2 * FEWEST_ROWS:
        return [sheet]
    middle = sheet.width / 2
    left = [word for word in codes if word[1] < middle]
    right = [word for word in codes if word[1] >= middle]
    if len(left) < FEWEST_ROWS or len(right) < FEWEST_ROWS:
        return [sheet]
    if min(w[1] for w in right) - min(w[1] for w in left) < SIDE_SHARE * sheet.width:
        return [sheet]
    # Of both halves, most codes have numbers of their own behind them.
    cut = min(word[1] for word in right) - 1
    parts = [_part(sheet, -1e9, cut, vendor), _part(sheet, cut, 1e9, vendor)]
    crossing = sum(
        word[1] < cut - 1 and word[3] > cut + 1 for line in sheet.lines for word in line.words
    )
    numbered = [
        sum(
            sum(c.isdigit() for c in word[0]) > 0 and "." in word[0] and word[1] > code[3]
            for word in part.lines[index].words
        )
        >= FEWEST_NUMBERS
        for part in parts
        for index, code in part.codes
    ]
    tally = Counter(numbered)
    if crossing or tally[False] > 0.2 * len(numbered):
        return [sheet]
    return parts


def _part(sheet: Sheet, left: float, right: float, vendor: Vendor) -> Sheet:
    """The words of a sheet between two points."""
    lines = []
    for line in sheet.lines:
        words = [word for word in line.words if left <= word[1] < right]
        if words:
            lines.append(Line(line.top, line.bottom, words))
    return sheet_of_lines(sheet.number, sheet.width, sheet.height, lines, vendor)
