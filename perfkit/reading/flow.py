"""One file on its way through: pages of lines in order, to line items and what else it says."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from itertools import chain

from perfkit.errors import (
    NoLineItemsError,
    NoTextLayerError,
    SeveralDocumentsError,
    UnknownVendorError,
)
from perfkit.geometry import PageLines
from perfkit.model import Doubt, Extraction, Ignored, LineItem
from perfkit.reading.document import DocumentReader
from perfkit.reading.facts import fits_vendor, read_facts
from perfkit.reading.pages import has_table_row, named_pages, sheet_again, sides
from perfkit.reading.rows import Sheet, sheet_of
from perfkit.recipe import Recipe
from perfkit.vendors import Vendor
from perfkit.vendors.declaration import vendors_for

__all__ = ["SURE", "Flow"]

#: A page that a layout is this sure of need not be shown to others, nor later pages.
SURE = 0.7
#: A page is of another layout than the pages before if that is surer by so much.
SURER = 0.15


class Flow:
    """Reads the pages of one file.

    Attributes
    ----------
    layout : str
        Name of the layout, once it is chosen.
    pages_done : int
        Pages that have come so far.
    """

    def __init__(self, name: str, recipe: Recipe) -> None:
        self._name, self._recipe = name, recipe
        #: What pages give reason to tell, with their numbers.
        self._warnings: list[tuple[int, str]] = []
        self._ignored: list[tuple[int, Ignored]] = []
        self._without_words: list[int] = []
        self._error: Exception | None = None
        self._vendors: list[Vendor] | None = None
        self._document: DocumentReader | None = None
        self.layout = ""
        self.pages_done = 0

    @property
    def has_rows(self) -> bool:
        """Whether something like a row has been found so far."""
        return self._document is not None and self._document.has_rows

    def line_items(self, pages: Iterable[PageLines]) -> Generator[LineItem, None, None]:
        """Line items of the file's only document, as soon as no later page can change them.

        What the pages end with is raised once the items before it have been handed on.

        Raises
        ------
        SeveralDocumentsError
            If the file holds more than one document.
        UnknownVendorError
            If no layout knows it.
        """
        for document, whole in self._documents(pages):
            if self._document is None:
                self._document = document
            elif document is not self._document:
                raise self._several(self._document, document)
            yield from document.end() if whole else document.ready()
        if self._error is not None:
            raise self._error

    def documents(self, pages: Iterable[PageLines]) -> Generator[Extraction, None, None]:
        """Each document of the file, in order.

        Raises
        ------
        DocumentError
            If the file holds none, or a page is a picture.
        """
        items: dict[DocumentReader, list[LineItem]] = {}
        for document, whole in self._documents(pages):
            mine = items.setdefault(document, [])
            mine += document.end() if whole else document.ready()
            self._document = self._document or document
        found = {document: tuple(mine) for document, mine in items.items() if mine}
        self._compare(found)
        counts = {label for each in found for label in each.labels.items()}
        if counts == {(page, (page, len(counts))) for page in range(1, len(counts) + 1)}:
            for document in found:
                document.counts_file = True
        for document in sorted(found, key=lambda each: each.page_numbers[0]):
            own = self._pages_of(document, list(found))
            yield self._extraction_of(document, found[document], len(own), own)
        if self._error is not None:
            raise self._error
        if self._without_words:
            raise NoTextLayerError(self._name, self._without_words[0])
        if not found:
            raise self._nothing_found()

    def _compare(self, found: dict[DocumentReader, tuple[LineItem, ...]]) -> None:
        """Leave out documents that are copies of earlier ones; tell of others with their number."""
        first: dict[str, DocumentReader] = {}
        for document, items in list(found.items()):
            number = document.facts.number
            before = first.setdefault(number, document) if number else document
            if before is document:
                continue
            here, there = named_pages(document.page_numbers), named_pages(before.page_numbers)
            if _rows_of(items) == _rows_of(found[before]):
                before.tell(f"{here}: a copy of {there}; its rows are counted once")
                del found[document]
                continue
            for one, other in ((before, here), (document, there)):
                message = f"{other} hold other rows under the same number, {number}: compare them"
                one.tell("", Doubt("same_number", message))

    def _pages_of(self, document: DocumentReader, every: list[DocumentReader]) -> set[int]:
        """Pages of the file that are a document's: its own, and blank ones behind them."""
        own = {page: each for each in every for page in each.page_numbers}
        pages = set(document.page_numbers)
        owner = every[0]
        for page in range(1, self.pages_done + 1):
            owner = own.get(page, owner)
            if owner is document:
                pages.add(page)
        return pages

    def extraction(self, items: tuple[LineItem, ...], pages: int) -> Extraction:
        """The result, once all pages have passed.

        Raises
        ------
        NoTextLayerError, NoLineItemsError
            If a page is a picture, or the document has no row.
        """
        if self._without_words:
            raise NoTextLayerError(self._name, self._without_words[0])
        if not items:
            raise self._nothing_found()
        assert self._document is not None
        return self._extraction_of(self._document, items, pages, None)

    def _extraction_of(
        self,
        document: DocumentReader,
        items: tuple[LineItem, ...],
        pages: int,
        own: set[int] | None,
    ) -> Extraction:
        """The result; ``own`` are the pages that are its own, None for all."""
        return document.extraction(
            self._name,
            self._recipe.engine,
            pages,
            items,
            [warning for page, warning in self._warnings if own is None or page in own],
            [each for page, each in self._ignored if own is None or page in own],
        )

    def _documents(self, pages: Iterable[PageLines]) -> Iterator[tuple[DocumentReader, bool]]:
        """The document that each page belongs to, after the page; True once it is whole.

        A document of which pages are missing waits for them to the end of the file.
        """
        with_words = self._with_words(pages)
        vendor, seen = self._choose(with_words)
        document = DocumentReader(vendor)
        waiting: dict[str, DocumentReader] = {}
        for page in chain(seen, with_words):
            for sheet in sides(sheet_of(page, document.vendor), document.vendor):
                other = self._other(document, sheet)
                if other is None:
                    document.add(sheet)
                    yield document, False
                    continue
                number, vendor = other
                if document.is_whole or document.facts.number is None:
                    yield document, True
                else:
                    waiting[document.facts.number] = document
                document = waiting.pop(number) if number in waiting else DocumentReader(vendor)
                document.add(sheet_again(sheet, vendor))
                yield document, False
        for each in (*waiting.values(), document):
            if each.last_page:
                yield each, True

    def _other(self, document: DocumentReader, sheet: Sheet) -> tuple[str, Vendor] | None:
        """Number and layout of another document that a page belongs to; None where it goes on."""
        if not document.has_rows:
            return None
        number = document.is_another(sheet)
        if number is not None:
            return number, self._vendor_of(sheet) or document.vendor
        if self._recipe.layout != "auto" or not document.is_of_another_kind(sheet):
            return None
        vendor = self._vendor_of(sheet)
        if vendor is None or vendor is document.vendor:
            return None
        if not has_table_row(sheet_again(sheet, vendor)):
            return None
        sure, here = (fits_vendor(sheet.lines, each) for each in (vendor, document.vendor))
        number = read_facts(sheet.lines, vendor).number
        if sure < SURE or sure - here < SURER or number in (None, document.facts.number):
            return None
        return number, vendor

    def _with_words(self, pages: Iterable[PageLines]) -> Iterator[PageLines]:
        try:
            for page in pages:
                self.pages_done += 1
                self._warnings += ((page.number, warning) for warning in page.warnings)
                self._ignored += ((page.number, each) for each in page.ignored)
                if page.lines:
                    yield page
                elif page.has_graphics:
                    self._without_words.append(page.number)
                else:
                    self._warnings.append((page.number, f"page {page.number} is blank"))
        except Exception as error:  # noqa: BLE001 - raised after the rows before it
            self._error = error

    def _choose(self, pages: Iterator[PageLines]) -> tuple[Vendor, list[PageLines]]:
        """The layout that knows the file best, and the pages looked at to know."""
        self._vendors = vendors_for(self._recipe.layout)
        if self._recipe.layout != "auto":
            self.layout = self._vendors[0].layout
            return self._vendors[0], []
        seen: list[PageLines] = []
        best: tuple[float, Vendor] | None = None
        for page in pages:
            seen.append(page)
            for vendor in self._vendors:
                sure = fits_vendor(page.lines, vendor)
                if sure and (best is None or sure > best[0]):
                    best = sure, vendor
            if best is not None and best[0] >= SURE:
                break
            if best is None and 0 < self._recipe.vendor_pages <= len(seen):
                break
        if self._error is not None and best is None:
            raise self._error
        if best is not None:
            self.layout = best[1].layout
            return best[1], seen
        raise self._refusal(seen)

    def _vendor_of(self, sheet: Sheet) -> Vendor | None:
        """The layout that fits one page best; None where none does."""
        if self._recipe.layout != "auto":
            return None
        sure, vendor = max(
            ((fits_vendor(sheet.lines, each), each) for each in self._vendors or ()),
            key=lambda pair: pair[0],
        )
        return vendor if sure else None

    def _refusal(self, seen: list[PageLines]) -> Exception:
        if seen:
            looked = len(seen)
            if looked == self._recipe.vendor_pages:
                return UnknownVendorError(
                    self._name,
                    problem=f"no layout recognises it by its first {looked} pages",
                    remedy="If the order or invoice begins later in the file, use --all-pages "
                    "(Recipe.vendor_pages=0). For a new vendor: perfkit vendor new FILE --out "
                    "NAME.toml proposes a layout, and --layout NAME.toml reads with it.",
                )
            return UnknownVendorError(self._name)
        if self._without_words:
            return NoTextLayerError(self._name, self._without_words[0])
        return self._nothing_found()

    def _nothing_found(self) -> Exception:
        document = self._document
        if document is None or not document.last_page:
            return NoLineItemsError(
                self._name, problem="every page is blank", remedy="Check that it is the right file."
            )
        vendor = document.vendor
        code = f"a product code of the form {vendor.code.pattern}"
        seen = f"words have the form of {code}, but no numbers of a row stand beside them"
        if not document.has_codes:
            seen = f"no word is {code}"
        if self._recipe.layout != "auto":
            return NoLineItemsError(
                self._name,
                problem=f"the layout {self._recipe.layout!r} does not fit it: {seen}",
                remedy="Use --layout auto if the vendor may be another. If it is the vendor, mend "
                "row.code and row.fields in the layout's TOML file: perfkit vendor new FILE --out "
                "NAME.toml proposes one that fits.",
            )
        if document.has_codes:
            return NoLineItemsError(self._name, problem=f"the table holds no line item: {seen}")
        return NoLineItemsError(
            self._name,
            problem=f"it names {vendor.vendor}, and holds no line item: {seen}",
            remedy="Check that it is the right file: a letter or a statement has none.",
        )

    def _several(self, first: DocumentReader, other: DocumentReader) -> Exception:
        return SeveralDocumentsError(
            self._name,
            problem=f"the file holds more than one document: {first.facts.number} and, from "
            f"page {other.last_page} on, {other.facts.number}",
        )


def _rows_of(items: tuple[LineItem, ...]) -> list[LineItem]:
    """Line items without their pages."""
    return [replace(item, page=0) for item in items]
