"""One document from its pages: where another begins, their order, copies, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.model import Doubt, Extraction, ExtraValue, Ignored, Ledger, LineItem, line_item
from perfkit.reading.facts import Facts, complete_totals, read_facts
from perfkit.reading.ledger import Accounting
from perfkit.reading.pages import (
    Label,
    LabelReader,
    follows,
    has_table_row,
    header_numbers,
    missing_labels,
    named_pages,
    number_form,
)
from perfkit.reading.rows import Row, Sheet
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

__all__ = ["DocumentReader"]

#: Of pages before the rows, and others without any, so many are asked for number and date.
PAGES_BESIDE = 8


class DocumentReader:
    """Reads one document whose pages are given in the order of the file.

    Attributes
    ----------
    vendor : Vendor
    has_codes, has_rows : bool
        Whether a page has held a word of the form of a product code; one with numbers near it.
    """

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        #: Of the pages with rows, and of those without, in order.
        self._facts = Facts()
        self._beside: list[Facts] = []
        self._header: set[str] = set()
        self._reader = TableReader(vendor)
        self._accounting = Accounting(vendor)
        self._kept: list[Sheet] | None = []
        self._labels = LabelReader(vendor)
        self._labelled: tuple[Sheet, Label | None] | None = None
        #: Page in the file, and what it prints, of each sheet: a page may hold two.
        self._numbers: list[int] = []
        self._printed: list[Label | None] = []
        self._given = 0
        self._warnings: list[str] = []
        self._doubts: list[Doubt] = []
        self.has_codes = self.has_rows = False
        #: Whether printed numbers count the pages of the file, whatever documents it holds.
        self.counts_file = False

    @property
    def facts(self) -> Facts:
        """Number, date and vendor's name, as far as they have been printed.

        A letter or statement before the rows has its own: they count where the pages with rows
        print no number, or the same.
        """
        facts = self._facts
        for beside in self._beside:
            if facts.number in (None, beside.number):
                facts = facts.completed(beside)
        return facts._replace(
            vendor=facts.vendor or next((b.vendor for b in self._beside if b.vendor), None)
        )

    @property
    def page_numbers(self) -> list[int]:
        """Pages of the file that have been given, each once."""
        return list(dict.fromkeys(self._numbers))

    @property
    def labels(self) -> dict[int, Label]:
        """What each page of the file prints of its number, by its place in the file."""
        pairs = zip(self._numbers, self._printed, strict=True)
        return {page: label for page, label in pairs if label is not None}

    @property
    def last_page(self) -> int:
        """The page that was given last; 0 before the first."""
        return self._numbers[-1] if self._numbers else 0

    @property
    def is_whole(self) -> bool:
        """Whether no page is missing, as far as the pages so far tell."""
        return not missing_labels(self._printed)[0]

    def is_another(self, sheet: Sheet) -> str | None:
        """The number of another document that begins with this page; None where this one goes on.

        A page belongs to another document if it holds rows, does not print this one's number and
        prints another: of the same form, or on a page that is the first one again.
        """
        number = self.facts.number
        if number is None or any(word[0] == number for line in sheet.lines for word in line.words):
            return None
        other = read_facts(sheet.lines, self.vendor).number
        if other is None or other in self._header or not has_table_row(sheet):
            return None
        return other if self._is_first_again(sheet) or self._is_like(other) else None

    def is_of_another_kind(self, sheet: Sheet) -> bool:
        """Whether a page might begin a document of another layout, which may name this one's.

        It prints numbers that are new, or is the first page again.
        """
        if header_numbers(sheet) <= self._header and not self._is_first_again(sheet):
            return False
        return not sheet.codes or has_table_row(sheet)

    def _is_like(self, other: str) -> bool:
        return number_form(other) == number_form(self.facts.number or "")

    def _is_first_again(self, sheet: Sheet) -> bool:
        label = self._label_of(sheet)
        return label is not None and label[0] == 1 and label in self._printed

    def _label_of(self, sheet: Sheet) -> Label | None:
        if self._labelled is None or self._labelled[0] is not sheet:
            self._labelled = sheet, self._labels.read(sheet)
        return self._labelled[1]

    def add(self, sheet: Sheet) -> None:
        """Take the next page."""
        holds_rows = bool(sheet.codes) and has_table_row(sheet)
        if holds_rows and None in self._facts:
            self._facts = self._facts.completed(read_facts(sheet.lines, self.vendor))
        elif not holds_rows and len(self._beside) < PAGES_BESIDE:
            self._beside.append(read_facts(sheet.lines, self.vendor))
        if holds_rows:
            self._header |= header_numbers(sheet)
        self.has_codes = self.has_codes or bool(sheet.codes)
        self.has_rows = self.has_rows or holds_rows
        self._numbers.append(sheet.number)
        self._printed.append(self._label_of(sheet))
        if self._kept is not None:
            self._kept.append(sheet)
            if len(self._kept) > KEPT_PAGES:
                kept = self._kept
                self._settle()
                self._kept = None
                del kept
                return
        self._reader.add(sheet)

    def tell(self, warning: str, doubt: Doubt | None = None) -> None:
        """Add a warning, or a doubt, that the other documents of the file give reason for."""
        if doubt is None:
            self._warnings.append(warning)
        else:
            self._doubts.append(doubt)

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
        kept = self._without_copies(first.pages)
        order = self._in_printed_order(kept)
        moved = order != list(range(len(sheets)))
        arranged = [sheets[k] for k in order]
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
        """Places of the pages that are no copies of earlier ones.

        Pages with the same rows are copies if they print the same number. Without a number, what
        the rows add up to tells; where nothing does, that is a doubt.
        """
        kept: list[int] = []
        unsure: dict[int, int] = {}
        seen: dict[tuple[object, ...], int] = {}
        for k, page in enumerate(pages):
            key = tuple((row.code[0], *sorted(row.values.items())) for row in page.rows)
            before = seen.setdefault(key, k) if key else k
            label = self._printed[k]
            if before != k and label is not None and label == self._printed[before]:
                self._tell_copy(page.number, pages[before].number)
                continue
            if before != k and label is None:
                unsure[k] = before
            kept.append(k)
        if not unsure or self._sum_holds([pages[k] for k in kept]):
            return kept
        without = [k for k in kept if k not in unsure]
        if self._sum_holds([pages[k] for k in without]):
            for k, before in unsure.items():
                self._tell_copy(pages[k].number, pages[before].number)
            return without
        copies = [pages[k].number for k in unsure]
        told = f"{named_pages(copies)} hold" + "s" * (len(copies) == 1)
        message = (
            f"{told} the same rows as earlier pages, and no printed subtotal tells whether they "
            "are copies: they were counted; look at the pages"
        )
        self._doubts.append(Doubt("copy", message, pages=tuple(copies)))
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

    def _in_printed_order(self, places: Sequence[int]) -> list[int]:
        found = follows([self._printed[k] for k in places])
        if found is None:
            return list(places)
        order = [places[k] for k in found]
        told = ", ".join(str(each) for each in dict.fromkeys(self._numbers[k] for k in order))
        self._warnings.append(f"the pages are out of order; they were read as printed: {told}")
        return order

    def _pages_missing(self) -> Iterator[Doubt]:
        missing, whole = missing_labels(self._printed)
        if missing and not self.counts_file:
            told = named_pages(missing) + (f" of {whole}" if whole is not None else "")
            verb = "is" if len(missing) == 1 else "are"
            message = f"{told} {verb} missing from the file; get the whole document"
            yield Doubt("page_missing", message)

    def _out_of_order(self, pages: Sequence[PageTable]) -> Iterator[Doubt]:
        """Signs that rows are not in the order of the document, or some of them twice."""
        # Those of a long document are handed on before later pages are seen.
        known = [(k, label[0]) for k, label in enumerate(self._printed) if label is not None]
        most = max((page for k, page in known if k <= KEPT_PAGES), default=0)
        for k, page in known:
            if k > KEPT_PAGES and page <= most:
                message = (
                    f"page {self._numbers[k]} prints the number {page} behind {most}, in "
                    f"a document of more than {KEPT_PAGES} pages: they were read in the order of "
                    "the file, and copies counted; sort the pages"
                )
                yield Doubt("page_order", message, pages=(self._numbers[k],))
                return
            most = max(most, page)
        if any(self._printed):
            return
        table = [page for page in pages if page.rows or page.row_count]
        ends = [page.number for page in table if {"subtotal", "total"} & page.totals.keys()]
        if len(ends) == 1 and ends[0] != table[-1].number:
            message = (
                f"the totals are printed on page {ends[0]}, and page {table[-1].number} has more "
                "rows: the pages may be out of order; look at them"
            )
            yield Doubt("page_order", message, pages=(ends[0], table[-1].number))

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
        pairs = list(zip(self._numbers, self._printed, strict=True))
        label = next((label for page, label in pairs if page == number), None)
        others = [each for page, each in pairs if page != number and each is not None]
        if label is None:
            return not others and number > self._numbers[0]
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
        pages_odd = *self._pages_missing(), *self._out_of_order(reader.pages)
        doubts = (*pages_odd, *self._doubts, *ledger.doubts)
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
