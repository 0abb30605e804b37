"""What a worker does with a document: it gathers the lines of a range of its pages."""

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
from perfkit.geometry import Line, PageLines, lines_of
from perfkit.model import Ignored, PlainWord
from perfkit.recipe import Recipe
from perfkit.source import Source

if TYPE_CHECKING:
    from perfkit.engines import OpenDocument

__all__ = ["Job", "from_plain", "let_go_when_idle", "lines_of_pages", "read_range", "to_plain"]


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


class _Open(threading.local):
    """The document that a thread keeps open between the calls of one run."""

    token = ""
    document: OpenDocument | None = None

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
        document, self.document = self.document, None
        if document is not None:
            document.close()


_open = _Open()


def let_go_when_idle() -> None:
    """Close what is kept open; called when no call has come for a while."""
    _open.close()


def lines_of_pages(
    document: OpenDocument, name: str, recipe: Recipe, first: int = 1, last: int | None = None
) -> Iterator[PageLines]:
    """Lines of a document's pages, one page at a time, wherever it is read.

    Raises
    ------
    DocumentError
        If a page cannot be read, or holds more characters than the recipe allows.
    """
    for page in document.pages(first, last):
        recipe.check_characters(name, page.number, page.words)
        yield lines_of(page)


def to_plain(page: PageLines) -> tuple[Any, ...]:
    """A page of lines as it travels.

    ``marshal`` packs tuples of a text and floats as they are. Columns of doubles and joined
    texts are no smaller work: the words have to be taken apart and put together again.
    """
    sure = page.confidences
    return (
        page.number,
        float(page.width),
        float(page.height),
        [(float(top), float(bottom), _plain_words(words)) for top, bottom, words in page.lines],
        page.has_graphics,
        None if sure is None else list(map(float, sure)),
        tuple(page.warnings),
        list(map(tuple, page.ignored)),
    )


def _plain_words(words: list[PlainWord]) -> list[PlainWord]:
    """Words as plain tuples, where the engine gives another kind of tuple or of number."""
    if set(map(type, words)) == {tuple} and type(words[0][1]) is float:
        return words
    return [(str(text), *map(float, edges)) for text, *edges in words]  # type: ignore[misc]


def from_plain(plain: tuple[Any, ...]) -> PageLines:
    """The page of lines again, equal to the last bit."""
    number, width, height, lines, has_graphics, confidences, warnings, ignored = plain
    return PageLines(
        number,
        width,
        height,
        list(map(_line, lines)),
        has_graphics,
        confidences,
        warnings,
        tuple(map(Ignored._make, ignored)),
    )


#: A line from its fields, without the call of its own ``__new__``.
_line = functools.partial(tuple.__new__, Line)


def read_range(job: tuple[Any, ...], place: int | tuple[int, int]) -> tuple[Any, ...]:
    """Read some pages of a document.

    Parameters
    ----------
    job : Job, as a tuple
    place : int, or first and last page
        An int is the place in the plan of a document whose pages nobody has counted yet.

    Returns
    -------
    tuple
        Pages of the document, the pages that were read as :func:`to_plain` gives them, the packed
        error that the next page ended with or None, seconds, process id.
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
        try:
            found.extend(
                map(to_plain, lines_of_pages(document, task.name, task.recipe, first, last))
            )
        except MemoryError as raised:
            if is_worker():
                raise  # nothing that was read is sure to be whole, and the worker is to be left
            error = pack_error(raised)
        except Exception as raised:  # noqa: BLE001 - it is told, with the pages before it
            error = pack_error(raised)
    if first <= last >= count:
        _open.close()
    return count, found, error, time.perf_counter() - begun, os.getpid()
