"""One file on its way through: pages of lines in order, to line items and what else it says."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from itertools import chain

from perfkit.errors import (
    NoLineItemsError,
    NoTextLayerError,
    SeveralDocumentsError,
    UnknownVendorError,
)
from perfkit.geometry import PageLines
from perfkit.model import Extraction, Ignored, LineItem
from perfkit.reading.document import DocumentReader, sides
from perfkit.reading.facts import fits_vendor
from perfkit.reading.rows import Sheet, sheet_of
from perfkit.recipe import Recipe
from perfkit.vendors import Vendor
from perfkit.vendors.declaration import vendors_for

__all__ = ["SURE", "Flow"]

#: A page that a layout is this sure of need not be shown to others, nor later pages.
SURE = 0.7


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
        self._warnings: list[str] = []
        self._ignored: list[Ignored] = []
        self._without_words: list[int] = []
        self._error: Exception | None = None
        self._vendors: list[Vendor] | None = None
        self._document: DocumentReader | None = None
        self._ended = False
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
        before = 0
        items: list[LineItem] = []
        given = 0
        for document, whole in self._documents(pages):
            if not whole:
                items += document.ready()
                continue
            items += document.end()
            found, items = tuple(items), []
            if found:
                given += 1
                last = self.pages_done if self._ended else document.last_page
                yield self._extraction_of(document, found, last - before)
                before, self._warnings, self._ignored = document.last_page, [], []
            self._document = document
        if self._error is not None:
            raise self._error
        if self._without_words:
            raise NoTextLayerError(self._name, self._without_words[0])
        if not given:
            raise self._nothing_found()

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
        return self._extraction_of(self._document, items, pages)

    def _extraction_of(
        self, document: DocumentReader, items: tuple[LineItem, ...], pages: int
    ) -> Extraction:
        return document.extraction(
            self._name, self._recipe.engine, pages, items, self._warnings, self._ignored
        )

    def _documents(self, pages: Iterable[PageLines]) -> Iterator[tuple[DocumentReader, bool]]:
        """The document that each page belongs to, after the page; True once it is whole."""
        with_words = self._with_words(pages)
        vendor, seen = self._choose(with_words)
        document = DocumentReader(vendor)
        for page in chain(seen, with_words):
            for sheet in sides(sheet_of(page, vendor), vendor):
                if document.has_rows and document.is_another(sheet):
                    yield document, True
                    vendor = self._vendor_of(sheet) or vendor
                    document = DocumentReader(vendor)
                document.add(sheet)
                yield document, False
        self._ended = True
        if document.last_page:
            yield document, True

    def _with_words(self, pages: Iterable[PageLines]) -> Iterator[PageLines]:
        try:
            for page in pages:
                self.pages_done += 1
                self._warnings += page.warnings
                self._ignored += page.ignored
                if page.lines:
                    yield page
                elif page.has_graphics:
                    self._without_words.append(page.number)
                else:
                    self._warnings.append(f"page {page.number} is blank")
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
        if not document.has_rows:
            seen = f"no word is {code}"
        if self._recipe.layout != "auto":
            return NoLineItemsError(
                self._name,
                problem=f"the layout {self._recipe.layout!r} does not fit it: {seen}",
                remedy="Use --layout auto if the vendor may be another. If it is the vendor, mend "
                "row.code and row.fields in the layout's TOML file: perfkit vendor new FILE --out "
                "NAME.toml proposes one that fits.",
            )
        if document.has_rows:
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
