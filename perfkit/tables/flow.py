"""One document on its way through: its pages in order, to line items and what else it says."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from perfkit import plugins
from perfkit.errors import NoLineItemsError, NoTableError, NoTextLayerError, UnknownVendorError
from perfkit.model import Extraction, LineItem, Page
from perfkit.recipe import Recipe
from perfkit.tables.assembly import Assembly
from perfkit.tables.reader import PageTable, read_page

if TYPE_CHECKING:
    from perfkit.layouts import Layout

__all__ = ["SURE", "Flow", "PagesFlow"]

#: A page that a layout is this sure of need not be shown to others, nor later pages.
SURE = 0.7


class _Seen(Protocol):
    """A page, or what stands in for one that was read elsewhere."""

    @property
    def number(self) -> int: ...
    @property
    def words(self) -> Sequence[tuple[Any, ...]] | bool: ...
    @property
    def has_graphics(self) -> bool: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...


P = TypeVar("P", bound=_Seen)


class Flow(Generic[P]):
    """Keeps what is not a line item.

    Attributes
    ----------
    layout : str
        Name of the layout, once it is chosen.
    pages_done : int
        Pages that have come so far.
    """

    def __init__(self, name: str, recipe: Recipe) -> None:
        self._name, self._recipe = name, recipe
        self._assembly: Assembly | None = None
        self._warnings: list[str] = []
        self._without_words: list[int] = []
        self._last_page, self._after_gap = 0, set[int]()
        self._error: Exception | None = None
        self.layout = ""
        self.pages_done = 0

    def recognise(self, layouts: dict[str, Layout], page: P) -> Iterable[tuple[str, float]]:
        """How sure each layout is of a page, 0 to 1, in the order of the layouts."""
        raise NotImplementedError

    def table(self, layout: Layout, page: P, *, facts: bool) -> PageTable:
        """The table of a page; ``facts`` says whether number, date and vendor are wanted."""
        raise NotImplementedError

    def line_items(self, pages: Iterable[P]) -> Generator[LineItem, None, None]:
        """Line items as soon as no later page can change them.

        What the pages end with is raised once the items before it have been handed on.
        """
        with_words = self._with_words(pages)
        self.layout, layout, seen = self._choose(with_words)
        self._assembly = Assembly(self._name, layout.KIND)
        yield from self._assembly.items(self._tables(layout, seen, with_words))
        if self._error is not None:
            raise self._error

    def _with_words(self, pages: Iterable[P]) -> Iterator[P]:
        try:
            for page in pages:
                self.pages_done += 1
                if page.warnings:
                    self._warnings += page.warnings
                if self._last_page and page.number != self._last_page + 1:
                    self._after_gap.add(page.number)
                self._last_page = page.number
                if page.words:
                    if not isinstance(page.words, bool):  # else a worker has looked
                        self._recipe.check_characters(self._name, page.number, page.words)
                    yield page
                elif page.has_graphics:
                    self._without_words.append(page.number)
                else:
                    self._warnings.append(f"page {page.number} is blank")
        except Exception as error:  # noqa: BLE001 - raised after the rows before it
            self._error = error

    def _choose(self, pages: Iterator[P]) -> tuple[str, Layout, list[P]]:
        """The layout that knows the document best, and the pages looked at to know."""
        if self._recipe.layout != "auto":
            layout: Layout = plugins.load("layouts", self._recipe.layout)
            return self._recipe.layout, layout, []
        layouts: dict[str, Layout] = {
            name: plugins.load("layouts", name) for name in plugins.names("layouts")
        }
        seen: list[P] = []
        best, best_name = 0.0, ""
        for page in pages:
            seen.append(page)
            for name, sure in self.recognise(layouts, page):
                if sure > best:
                    best, best_name = sure, name
            if best >= SURE:
                break
        if self._error is not None:
            raise self._error
        if best_name:
            return best_name, layouts[best_name], seen
        if not seen:
            self._refuse_pictures()
        raise UnknownVendorError(self._name)

    def _tables(self, layout: Layout, seen: list[P], pages: Iterator[P]) -> Iterator[PageTable]:
        assert self._assembly is not None
        for source in (seen, pages):
            for page in source:
                table = self.table(layout, page, facts=None in self._assembly.facts)
                # What a page begins with goes on from the page before, which is missing here.
                yield table._replace(lead=[]) if page.number in self._after_gap else table

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
            layout=self.layout,
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


class PagesFlow(Flow[Page]):
    """Reads the pages itself."""

    def recognise(self, layouts: dict[str, Layout], page: Page) -> Iterable[tuple[str, float]]:
        """See :class:`Flow`."""
        return [(name, layout.recognises(page)) for name, layout in layouts.items()]

    def table(self, layout: Layout, page: Page, *, facts: bool) -> PageTable:
        """See :class:`Flow`."""
        return read_page(page, layout.KIND, facts=facts)
