"""What a worker does with a document: it reads a range of pages, knowing no other page."""

from __future__ import annotations

import functools
import os
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from perfkit import plugins
from perfkit.executors._limits import grant_memory, is_worker
from perfkit.executors._outcome import pack_error
from perfkit.executors._plan import plan
from perfkit.geometry import group_lines
from perfkit.model import Page
from perfkit.recipe import Recipe
from perfkit.source import Source
from perfkit.tables.facts import DocumentKind, Facts, read_facts
from perfkit.tables.flow import SURE
from perfkit.tables.headings import Headings
from perfkit.tables.plain import (
    facts_to_plain,
    headings_from_plain,
    headings_to_plain,
    table_to_plain,
)
from perfkit.tables.reader import read_page

if TYPE_CHECKING:
    from perfkit.engines import OpenDocument

__all__ = ["Job", "Known", "let_go_when_idle", "read_range"]


class Job(NamedTuple):
    """A document and how to read it; plain, so that it can travel.

    ``settings`` are the values of a recipe, ``workers`` of which is how many there really are.

    ``token`` tells one run from all others: an open document is kept for the calls of one.
    """

    token: str
    name: str
    path: str | None
    data: bytes | None
    password: str
    settings: tuple[Any, ...]
    chunk_pages: int

    @property
    def recipe(self) -> Recipe:
        """The recipe, from its values."""
        return _recipe(self.settings)


@functools.lru_cache(maxsize=8)
def _recipe(settings: tuple[Any, ...]) -> Recipe:
    return Recipe(*settings)


class Known(NamedTuple):
    """What the pages before have shown; plain.

    ``layout`` is None while it is not chosen. ``headings`` are those of an earlier page:
    a guess unless ``exact``. ``first`` asks for how sure each layout is of the page, as it is
    asked of a document's first one.
    """

    layout: str | None = None
    facts_wanted: bool = True
    headings: tuple[Any, ...] | None = None
    exact: bool = False
    first: bool = False


class _Open(threading.local):
    """The document that a thread keeps open between the calls of one run."""

    token = ""
    document: OpenDocument | None = None
    first_headings: Headings | None = None

    def get(self, job: Job) -> OpenDocument:
        if self.token != job.token or self.document is None:
            self.close()
            engine = plugins.load("engines", job.recipe.engine)
            grant_memory(getattr(engine, "WORKER_MEMORY_MB", 0.0))
            source = Source(job.name, job.path, job.data)
            document = engine.open_document(source, job.password, job.recipe)
            self.token, self.document = job.token, document
        assert self.document is not None
        return self.document

    def close(self) -> None:
        document, self.document, self.first_headings = self.document, None, None
        if document is not None:
            document.close()


_open = _Open()


def let_go_when_idle() -> None:
    """Close what is kept open; called when no call has come for a while."""
    _open.close()


def read_range(
    job: tuple[Any, ...], place: int | tuple[int, int], known: tuple[Any, ...]
) -> tuple[Any, ...]:
    """Read some pages of a document.

    Parameters
    ----------
    job : Job, as a tuple
    place : int, or first and last page
        An int is the place in the plan of a document whose pages nobody has counted yet.
    known : Known, as a tuple

    Returns
    -------
    tuple
        Pages of the document, one entry a page that was read, the packed error that the next
        page ended with or None, seconds, process id.
    """
    begun = time.perf_counter()
    task = Job(*job)
    document = _open.get(task)
    count = document.page_count
    ranges = (
        plan(count, task.recipe.workers, task.chunk_pages) if isinstance(place, int) else [place]
    )
    index = place if isinstance(place, int) else 0
    first, last = ranges[index] if index < len(ranges) else (count + 1, count)
    found: list[tuple[Any, ...]] = []
    error = None
    if count <= task.recipe.max_pages and first <= last:
        reader = _RangeReader(task, Known(*known), document, first)
        try:
            for page in document.pages(first, last):
                found.append(reader.read(page))  # noqa: PERF401 - what was read before an error
        except MemoryError as raised:
            if is_worker():
                raise  # nothing that was read is sure to be whole, and the worker is to be left
            error = pack_error(raised)
        except Exception as raised:  # noqa: BLE001 - it is told, with the pages before it
            error = pack_error(raised)
    if first <= last >= count:
        _open.close()
    return count, found, error, time.perf_counter() - begun, os.getpid()


class _RangeReader:
    """Reads pages one after the other, and takes along what each leaves for the next."""

    def __init__(self, job: Job, known: Known, document: OpenDocument, first: int) -> None:
        self._job, self._known, self._document = job, known, document
        layout = job.recipe.layout
        self._layout = known.layout or (layout if layout != "auto" else None)
        self._recognising = self._layout is None and (first == 1 or known.first)
        names = [self._layout] if self._layout else plugins.names("layouts")
        self._layouts = {name: plugins.load("layouts", name) for name in names}
        self._best = (0.0, "")
        # Inside a document whose layout nobody knows yet, the first page has most likely told
        # all facts: whoever joins the pages asks again where it has not.
        self._reads_facts = known.facts_wanted and (len(names) == 1 or self._recognising)
        self._facts = {name: Facts() for name in names}
        self._headings = headings_from_plain(known.headings) if known.exact else None
        self._guess, self._sent = False, known.headings if known.exact else None

    def read(self, page: Page) -> tuple[Any, ...]:
        """Number, kind of page, scores, facts by layout, table, headings if new, warnings.

        Of a page without words: number, kind and warnings.
        """
        if not page.words:
            state = "picture" if page.has_graphics else "blank"
            return (page.number, state, page.warnings)
        self._job.recipe.check_characters(self._job.name, page.number, page.words)
        scores = self._recognise(page)
        kinds = dict(self._kinds_wanted())
        some = next(iter(kinds.values()), None) or next(iter(self._layouts.values())).KIND
        table = read_page(page, some, facts=bool(kinds))
        facts = {name: table.facts for name, kind in kinds.items() if kind is some}
        state = "own"
        if table.headings is not None:
            self._headings, self._guess = table.headings, False
        elif table.unread is not None:
            if self._headings is None:
                self._headings, self._guess = self._guessed(), True
            if self._headings is not None:
                table = read_page(page, some, headings=self._headings, facts=False)
                state = "guessed" if self._guess else "own"
            else:
                state = "unread"
        for name, kind in kinds.items():
            if name not in facts:
                facts[name] = read_facts(group_lines(page.words), kind)
            self._note(name, facts[name])
        headings = headings_to_plain(table.headings)
        same = headings is not None and headings == self._sent
        self._sent = headings or self._sent
        return (
            page.number,
            state,
            scores,
            [(name, facts_to_plain(each)) for name, each in facts.items()]
            if self._reads_facts
            else None,
            table_to_plain(table),
            True if same else headings,
            page.warnings,
        )

    def _recognise(self, page: Page) -> list[tuple[str, float]]:
        """How sure each layout is; nothing once one of them is sure enough."""
        if not self._recognising:
            return []
        scores = [(name, layout.recognises(page)) for name, layout in self._layouts.items()]
        for name, sure in scores:
            if sure > self._best[0]:
                self._best = (sure, name)
        if self._best[0] >= SURE:
            self._recognising = False
            chosen = self._best[1]
            self._layouts = {chosen: self._layouts[chosen]}
        return scores

    def _kinds_wanted(self) -> Iterator[tuple[str, DocumentKind]]:
        """Layouts whose facts are still to be found, with how each names them."""
        if self._reads_facts:
            for name, layout in self._layouts.items():
                if None in self._facts[name]:
                    yield name, layout.KIND

    def _note(self, name: str, theirs: Facts) -> None:
        ours = self._facts[name]
        self._facts[name] = Facts(
            ours.number or theirs.number, ours.date or theirs.date, ours.vendor or theirs.vendor
        )

    def _guessed(self) -> Headings | None:
        """Headings that an earlier page has, where nobody could say which were the last."""
        if self._known.headings is not None:
            return headings_from_plain(self._known.headings)
        if _open.first_headings is None:
            for page in self._document.pages(1, 1):
                kind = next(iter(self._layouts.values())).KIND
                _open.first_headings = read_page(page, kind, facts=False).headings
        return _open.first_headings
