"""The one flow: document -> pages of words -> rows -> line items -> extraction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from perfkit import plugins
from perfkit.engines import Engine, OpenDocument
from perfkit.errors import (
    DocumentTooLargeError,
    NoLineItemsError,
    NoTableError,
    NoTextLayerError,
    UnknownVendorError,
)
from perfkit.layouts import Layout
from perfkit.model import Extraction, LineItem, Page
from perfkit.recipe import Recipe
from perfkit.source import Invoice, open_source
from perfkit.tables.assembly import Assembly
from perfkit.tables.reader import PageTable, read_page

__all__ = ["extract", "open_invoice"]

#: A page that a layout is this sure of need not be shown to others, nor later pages.
SURE = 0.7


def open_invoice(
    invoice: Invoice, recipe: Recipe, *, password: str = ""
) -> tuple[str, OpenDocument]:
    """Check and open a document with the recipe's engine; its name and the open document.

    Raises
    ------
    DocumentError
        If it cannot be opened, or has more pages than the recipe allows.
    """
    source = open_source(invoice, max_file_mb=recipe.max_file_mb)
    engine: Engine = plugins.load("engines", recipe.engine)
    document = engine.open_document(source, password)
    if document.page_count > recipe.max_pages:
        count = document.page_count
        document.close()
        raise DocumentTooLargeError(
            source.name,
            problem=f"the document claims {count} pages, the limit is {recipe.max_pages}",
            remedy="Split it, or raise Recipe.max_pages.",
        )
    return source.name, document


def extract(invoice: Invoice, recipe: Recipe = Recipe(), *, password: str = "") -> Extraction:
    """Line items of one invoice, with what else it says of itself.

    Parameters
    ----------
    invoice : path, open binary file or bytes
        The PDF.
    recipe : Recipe
        Engine, layout and limits.
    password : str
        For an encrypted document; never kept.

    Raises
    ------
    DocumentError
        One class for each thing that can be wrong; see :mod:`perfkit.errors`.
    RecipeError
        If the recipe names an engine or layout that does not exist.
    """
    name, document = open_invoice(invoice, recipe, password=password)
    with document:
        flow = _Flow(name, recipe)
        items = tuple(flow.line_items(document.pages()))
        return flow.extraction(items, document.page_count)


class _Flow:
    """One document on its way through; keeps what is not a line item."""

    def __init__(self, name: str, recipe: Recipe) -> None:
        self._name, self._recipe = name, recipe
        self._assembly: Assembly | None = None
        self._layout = ""
        self._warnings: list[str] = []
        self._without_words: list[int] = []

    def line_items(self, pages: Iterable[Page]) -> Iterator[LineItem]:
        with_words = self._with_words(iter(pages))
        name, layout, seen = self._choose(with_words)
        self._layout = name
        self._assembly = Assembly(self._name, layout.KIND)
        yield from self._assembly.items(self._tables(layout, seen, with_words))

    def _with_words(self, pages: Iterator[Page]) -> Iterator[Page]:
        for page in pages:
            if page.words:
                yield page
            elif page.has_graphics:
                self._without_words.append(page.number)
            else:
                self._warnings.append(f"page {page.number} is blank")

    def _choose(self, pages: Iterator[Page]) -> tuple[str, Layout, list[Page]]:
        """The layout that knows the document best, and the pages looked at to know."""
        if self._recipe.layout != "auto":
            layout: Layout = plugins.load("layouts", self._recipe.layout)
            return self._recipe.layout, layout, []
        layouts: dict[str, Layout] = {
            name: plugins.load("layouts", name) for name in plugins.names("layouts")
        }
        seen: list[Page] = []
        best, best_name = 0.0, ""
        for page in pages:
            seen.append(page)
            for name, layout in layouts.items():
                sure = layout.recognises(page)
                if sure > best:
                    best, best_name = sure, name
            if best >= SURE:
                break
        if best_name:
            return best_name, layouts[best_name], seen
        if not seen:
            self._refuse_pictures()
        raise UnknownVendorError(self._name)

    def _tables(
        self, layout: Layout, seen: list[Page], pages: Iterator[Page]
    ) -> Iterator[PageTable]:
        assert self._assembly is not None
        for source in (seen, pages):
            for page in source:
                facts = self._assembly.facts
                wanted = None in facts
                yield read_page(page, layout.KIND, facts=wanted)

    def _refuse_pictures(self) -> None:
        if self._without_words:
            raise NoTextLayerError(self._name, self._without_words[0])
        raise NoLineItemsError(
            self._name, problem="every page is blank", remedy="Check that it is the right file."
        )

    def extraction(self, items: tuple[LineItem, ...], pages: int) -> Extraction:
        """What was found, once all pages have passed."""
        assembly = self._assembly
        assert assembly is not None
        if self._without_words:
            raise NoTextLayerError(self._name, self._without_words[0])
        if not items:
            raise self._nothing_found(assembly)
        for number in assembly.without_table:
            self._warnings.append(f"page {number} has no table of line items")
        facts = assembly.facts
        return Extraction(
            source=self._name,
            layout=self._layout,
            engine=self._recipe.engine,
            pages=pages,
            line_items=items,
            invoice_number=facts.number,
            invoice_date=facts.date,
            vendor=facts.vendor,
            subtotal=assembly.totals.get("subtotal"),
            freight=assembly.totals.get("freight"),
            total=assembly.totals.get("total"),
            surcharges=assembly.surcharges,
            warnings=tuple(self._warnings),
        )

    def _nothing_found(self, assembly: Assembly) -> Exception:
        if assembly.lines_of_numbers:
            return UnknownVendorError(
                self._name,
                problem="the rows of its table hold no product code of Creative Co-Op",
            )
        if assembly.has_table:
            return NoLineItemsError(self._name)
        return NoTableError(self._name, 1)
