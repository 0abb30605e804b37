"""The one flow: document -> pages of words -> lines -> rows -> line items -> extraction."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from perfkit import plugins
from perfkit.attachments import attached_pdfs
from perfkit.engines import Engine, OpenDocument
from perfkit.engines._service import asks_a_service, attach, keeping_others
from perfkit.errors import (
    AttachmentsOnlyError,
    DocumentError,
    NoLineItemsError,
    NoTextLayerError,
    UnknownVendorError,
)
from perfkit.executors._pages import lines_of_pages
from perfkit.geometry import PageLines, lines_of
from perfkit.model import Doubt, Extraction, LineItem, Page
from perfkit.reading.flow import Flow
from perfkit.recipe import Recipe
from perfkit.source import Invoice, Source, open_source

if TYPE_CHECKING:
    from perfkit.executors._choice import Choice
    from perfkit.executors._results import PagesApart

__all__ = ["Reading", "extract", "extract_all", "page_range", "read"]

Check = Callable[[], None]
T = TypeVar("T")
#: An attached file may have files attached to it, and these are read; theirs are not.
_DEEPEST = 2
#: Errors of which the file may show a better reason than its pages do.
_REFUSALS = (NoLineItemsError, NoTextLayerError, UnknownVendorError)


def extract(invoice: Invoice, recipe: Recipe = Recipe(), *, password: str = "") -> Extraction:
    """Line items of one invoice, with what else it says of itself.

    Parameters
    ----------
    invoice : path, open binary file or bytes
        The PDF.
    recipe : Recipe
        Engine, layout, limits on size, and where pages are read.
    password : str
        For an encrypted document; never kept.

    Raises
    ------
    DocumentError
        One class for each thing that can be wrong; see :mod:`perfkit.errors`.
    RecipeError
        If the recipe names an engine, layout or executor that does not exist.
    WorkersError
        If the recipe asks for worker processes and there can be none.
    """
    with read(invoice, recipe, password=password) as reading:
        return reading.extract()


def extract_all(
    invoice: Invoice, recipe: Recipe = Recipe(), *, password: str = "", attachments: bool = False
) -> list[Extraction]:
    """Every invoice or order of a file, in the order of its pages; at least one.

    :func:`extract` refuses a file that holds several documents; this reads them all.

    Parameters
    ----------
    invoice, recipe, password
        See :func:`extract`.
    attachments : bool
        Read the PDFs that are attached to the file as well, as documents of their own; their
        ``source`` is ``FILE#NAME``. One that is no order or invoice is named in a warning of the
        first document, one that cannot be read in a doubt.

    Raises
    ------
    DocumentError, RecipeError, WorkersError
        See :func:`extract`.
    """
    if attachments:
        return _with_attached(
            open_source(invoice, max_file_mb=recipe.max_file_mb), recipe, password
        )
    with read(invoice, recipe, password=password) as reading:
        return reading.extract_all()


def _with_attached(
    source: Source, recipe: Recipe, password: str, depth: int = 0
) -> list[Extraction]:
    """The documents of a file and of the PDFs that are attached to it."""
    found: list[Extraction] = []
    refused: list[DocumentError] = []
    only_attached = False
    try:
        with read(source, recipe, password=password) as reading:
            found += reading.extract_all()
    except AttachmentsOnlyError:
        only_attached = True
        if depth == _DEEPEST:
            raise
    attached = attached_pdfs(source, password, max_file_mb=recipe.max_file_mb)
    for each in attached if depth < _DEEPEST else ():
        if isinstance(each, DocumentError):
            refused.append(each)
            continue
        try:
            found += _with_attached(each, recipe, password, depth + 1)
        except DocumentError as error:
            refused.append(error)
    if not found and (only_attached or refused):
        raise refused[0]
    if refused:
        found[0] = _telling(found[0], refused)
    return found


def _telling(first: Extraction, refused: Iterable[DocumentError]) -> Extraction:
    """A document that tells of files attached beside it that were not read."""
    doubts, warnings = list(first.ledger.doubts), list(first.warnings)
    for error in refused:
        message = f"an attached PDF was not read: {error}"
        if not isinstance(error, (NoLineItemsError, UnknownVendorError)):
            doubts.append(Doubt("attachment", message))
        warnings.append(message)
    ledger = replace(first.ledger, doubts=tuple(doubts))
    return replace(first, ledger=ledger, warnings=tuple(warnings))


class Reading:
    """A document while it is read: an iterator of its line items, in order.

    Attributes
    ----------
    name : str
        The document's path, or a description where it has none.
    executor : str
        Where its pages are read.
    workers : int
        How many of them are read at a time, at most.
    reason : str
        Why there, in words.
    """

    def __init__(
        self,
        flow: Flow,
        pages: Iterable[PageLines],
        count: Callable[[], int],
        choice: tuple[str, int, str],
        apart: PagesApart | None = None,
    ) -> None:
        self._flow, self._pages, self._count, self._apart = flow, pages, count, apart
        self._items = flow.line_items(pages)
        self._documents: Generator[Extraction, None, None] | None = None
        self.executor, self.workers, self.reason = choice
        #: Takes pages and seconds of a document that was read in one go.
        self.note_pace: Callable[[int, float], None] | None = None
        #: Adds what a service told besides words.
        self.complete: Callable[[Extraction], Extraction] | None = None
        #: Reads the document again, with a look at every word: is it shown. None for an engine
        #: that cannot tell.
        self.read_closely: Callable[[], Extraction | None] | None = None
        #: What reading it here should take, by the measured pace; 0 where that is unknown.
        self.expected_inline_seconds = 0.0
        self._begun = time.perf_counter()

    def __iter__(self) -> Iterator[LineItem]:
        return self._items

    def close(self) -> None:
        """Stop reading, and end the workers that are at it."""
        self._items.close()
        if self._documents is not None:
            self._documents.close()

    @property
    def pages_done(self) -> int:
        """Pages that have been read so far."""
        return self._flow.pages_done

    @property
    def has_rows(self) -> bool:
        """Whether something like a row has been found so far."""
        return self._flow.has_rows

    @property
    def page_count(self) -> int:
        """Pages of the document; 0 while no worker has opened it."""
        return self._count()

    @property
    def retried(self) -> list[str]:
        """Pages that lost their worker process and were read again, and how it was lost."""
        return [] if self._apart is None else list(self._apart.retried)

    @property
    def worker_seconds(self) -> dict[int, float]:
        """Seconds that each worker process spent reading, by its id."""
        return {} if self._apart is None else dict(self._apart.worker_seconds)

    def extract(self) -> Extraction:
        """Read the whole document, and remember what its pages cost.

        Raises
        ------
        DocumentError
            See :func:`extract`.
        """
        found: list[LineItem] = []
        with keeping_others(found, lambda: self.pages_done):
            found.extend(self._items)
        self.took(time.perf_counter() - self._begun)
        extraction = self.extraction(tuple(found))
        if self.read_closely is None or not extraction.ledger.conflicts:
            return extraction
        again = self.read_closely()
        better = again is not None and len(again.ledger.doubts) < len(extraction.ledger.doubts)
        return again if again is not None and better else extraction

    def extract_all(self) -> list[Extraction]:
        """Read every document of the file, instead of the items of its only one.

        Raises
        ------
        DocumentError
            See :func:`extract`.
        """
        found: list[Extraction] = []
        self._documents = self._flow.documents(self._pages)
        items = (item for each in found for item in each.line_items)
        with keeping_others(items, lambda: self.pages_done):
            found.extend(self._documents)
        self.took(time.perf_counter() - self._begun)
        if self.complete is not None:
            told = self.complete(found[0])
            # What a service told is of the file: of several documents, the first has its cost.
            found[0] = told if len(found) == 1 else replace(found[0], service=told.service)
        return found

    def took(self, seconds: float) -> None:
        """Remember what a whole document's pages cost, for the choices of ``auto``."""
        if self.note_pace is not None:
            self.note_pace(self.pages_done, seconds)

    def extraction(self, items: tuple[LineItem, ...]) -> Extraction:
        """All that was found, once ``items`` are all there are.

        Raises
        ------
        DocumentError
            If a page holds no text, or the document no line item.
        """
        found = self._flow.extraction(items, self._count())
        return found if self.complete is None else self.complete(found)


@contextlib.contextmanager
def read(
    invoice: Invoice | Source,
    recipe: Recipe = Recipe(),
    *,
    password: str = "",
    check: Check | None = None,
    release_pages: int = 0,
) -> Iterator[Reading]:
    """Read a document item by item, as the recipe's executor does it.

    Parameters
    ----------
    invoice, recipe, password
        See :func:`extract`; a document that is checked already will do.
    check : callable, optional
        Called between pages, and often while workers read; what it raises ends the reading
        and the workers that are at it.
    release_pages : int
        Where pages are read here: the document is opened anew after so many of them, so that
        the engine lets go of what it keeps; 0 for never.

    Raises
    ------
    DocumentError, RecipeError, WorkersError
        See :func:`extract`. An error over a page is raised by the iterator, after the items
        before it.
    """
    if isinstance(invoice, Source):
        source = invoice
    else:
        source = open_source(invoice, max_file_mb=recipe.max_file_mb)
    if recipe.executor == "inline" or asks_a_service(recipe):
        manager = _read_inline(source, recipe, password, check, release_pages)
    elif recipe.executor == "auto":
        manager = _read_auto(source, recipe, password, check)
    else:
        from perfkit.executors._choice import Choice, usable_cores

        workers = recipe.workers or usable_cores()
        choice = Choice(recipe.executor, workers, "as the recipe says")
        manager = _read_apart(source, recipe, password, check, choice)
    with manager as reading:
        if not asks_a_service(recipe):
            reading.read_closely = partial(_read_closely, source, recipe, password)
        try:
            yield reading
        except _REFUSALS as error:
            if error.file != source.name or (
                isinstance(error, NoTextLayerError) and reading.has_rows
            ):
                raise
            from perfkit.refusals import explained

            better = explained(error, source, password)
            if better is error:
                raise
            raise better from error


def _read_closely(source: Source, recipe: Recipe, password: str) -> Extraction | None:
    """The document by an engine's slow look at what is shown; None where it has none, or fails."""
    with _opened(source, recipe, password) as document:
        look: Callable[[], Iterator[Page]] | None = getattr(document, "pages_shown", None)
        if look is None:
            return None
        flow = Flow(source.name, recipe)
        try:
            items = tuple(flow.line_items(map(lines_of, look())))
            return flow.extraction(items, document.page_count)
        except DocumentError:
            return None  # what the quick look gave stands, with its doubts


@contextlib.contextmanager
def _read_inline(
    source: Source, recipe: Recipe, password: str, check: Check | None, release_pages: int
) -> Iterator[Reading]:
    choice = ("inline", 1, "as the recipe says")
    with _opened(source, recipe, password) as document:
        count = document.page_count
        if not 0 < release_pages < count or asks_a_service(recipe):
            yield _inline(source, document, recipe, check, choice)
            return
    pages = itertools.chain.from_iterable(
        _lines_of_range(source, recipe, password, first, min(count, first + release_pages - 1))
        for first in range(1, count + 1, release_pages)
    )
    reading = _reading(source.name, recipe, pages, lambda: count, choice, check)
    with contextlib.closing(reading):
        yield reading


def _reading(
    name: str,
    recipe: Recipe,
    pages: Iterable[PageLines],
    count: Callable[[], int],
    choice: tuple[str, int, str],
    check: Check | None,
    apart: PagesApart | None = None,
) -> Reading:
    """Pages of lines to line items, wherever the pages come from."""
    flow = Flow(name, recipe)
    checked = pages if check is None else _checked(pages, check)
    return Reading(flow, checked, count, choice, apart)


def _lines_of_range(
    source: Source, recipe: Recipe, password: str, first: int, last: int
) -> Iterator[PageLines]:
    with _opened(source, recipe, password) as document:
        yield from lines_of_pages(document, source.name, recipe, first, last)


def page_range(
    source: Source, recipe: Recipe, password: str, first: int, last: int
) -> Iterator[Page]:
    """Pages of a document that is open only while they are read; both ends included.

    Raises
    ------
    DocumentError
        If the document cannot be opened, or a page cannot be read.
    """
    with _opened(source, recipe, password) as document:
        yield from document.pages(first, last)


def _opened(source: Source, recipe: Recipe, password: str) -> OpenDocument:
    engine: Engine = plugins.load("engines", recipe.engine)
    document = engine.open_document(source, password, recipe)
    try:
        recipe.check_pages(source.name, document.page_count)
    except Exception:
        document.close()
        raise
    return document


def _inline(
    source: Source,
    document: OpenDocument,
    recipe: Recipe,
    check: Check | None,
    choice: tuple[str, int, str],
) -> Reading:
    pages = lines_of_pages(document, source.name, recipe)
    reading = _reading(source.name, recipe, pages, lambda: document.page_count, choice, check)
    attach(reading, document, recipe.engine)
    return reading


def _checked(pages: Iterable[T], check: Check) -> Iterator[T]:
    for page in pages:
        check()
        yield page


@contextlib.contextmanager
def _read_apart(
    source: Source,
    recipe: Recipe,
    password: str,
    check: Check | None,
    choice: Choice,
    count: int = 0,
) -> Iterator[Reading]:
    from perfkit.executors._results import PagesApart, document_to_share

    with document_to_share(source) as shared:
        pages = PagesApart(shared, recipe, choice.executor, choice.workers, password, check)
        pages.count = count
        # The executor calls the check, far more often than once a page.
        reading = _reading(source.name, recipe, pages, lambda: pages.count, choice, None, pages)
        with contextlib.closing(reading):
            yield reading


@contextlib.contextmanager
def _read_auto(
    source: Source, recipe: Recipe, password: str, check: Check | None
) -> Iterator[Reading]:
    from perfkit.executors._choice import pace, seconds_a_page

    with _opened(source, recipe, password) as document:
        count = document.page_count
        if pace.needs_price(recipe.engine, count):
            pace.price(recipe.engine, seconds_a_page(document))
        choice = pace.choose(recipe.engine, count, recipe.workers)
        note = partial(pace.record, recipe.engine, choice.executor)
        if choice.executor == "inline":
            reading = _inline(source, document, recipe, check, choice)
            reading.note_pace = note
            yield reading
            return
    with _read_apart(source, recipe, password, check, choice, count) as reading:
        reading.note_pace = note
        reading.expected_inline_seconds = pace.expected_inline(recipe.engine, count)
        yield reading
