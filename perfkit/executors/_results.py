"""The pages of a document that workers read: in order, each lost one tried once more."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

from perfkit import plugins
from perfkit.errors import (
    OutOfMemoryError,
    PageLostError,
    TimedOutError,
    WorkerHungError,
    WorkerLostError,
    WorkerMemoryError,
)
from perfkit.executors import Executor
from perfkit.executors._outcome import Outcome, unpack_error
from perfkit.executors._pages import Job, from_plain, let_go_when_idle
from perfkit.executors._plan import plan
from perfkit.geometry import PageLines
from perfkit.recipe import Recipe
from perfkit.source import Source

__all__ = ["PagesApart", "document_to_share"]

_FUNCTION = "perfkit.executors._pages:read_range"
_tokens = itertools.count()


#: Values of a recipe, without the deep copy of each that ``dataclasses.astuple`` makes.
_settings = attrgetter(*(field.name for field in dataclasses.fields(Recipe)))


@contextlib.contextmanager
def document_to_share(source: Source) -> Iterator[Source]:
    """A document that worker processes can open too; nothing of it is left on a disk."""
    if source.path is not None:
        # A worker's working folder may be another one.
        yield source._replace(path=os.path.abspath(source.path))
    elif sys.platform.startswith("linux"):
        descriptor = os.memfd_create("perfkit-document")
        try:
            with open(descriptor, "wb", closefd=False) as file:
                file.write(source.data or b"")
            yield Source(source.name, f"/proc/{os.getpid()}/fd/{descriptor}", None)
        finally:
            os.close(descriptor)
    else:
        yield source  # sent along with every call


class PagesApart:
    """Lines of a document's pages, which the workers of an executor read.

    Parameters
    ----------
    source : Source
        A document that workers can open.
    check : callable, optional
        See :class:`perfkit.executors.Executor`.

    Attributes
    ----------
    count : int
        Pages of the document; 0 while nobody has opened it.
    retried : list of str
        Pages that lost their worker and were read again, and how it was lost.
    worker_seconds : dict of int to float
        Time that each process spent reading, by its id.
    """

    def __init__(
        self,
        source: Source,
        recipe: Recipe,
        executor: str,
        workers: int,
        password: str,
        check: Callable[[], None] | None = None,
    ) -> None:
        self._name, self._recipe, self._check = source.name, recipe, check
        self._executor: Executor = plugins.load("executors", executor)
        self._workers = workers
        # Of slow engines a page makes a call, and may take its time; see perfkit.engines.Engine.
        engine = plugins.load("engines", recipe.engine)
        self._chunk_pages: int = recipe.chunk_pages or getattr(engine, "PAGES_A_CALL", 0)
        page_seconds: float = getattr(engine, "PAGE_SECONDS", 0.0)
        self._deadline_seconds = max(recipe.stall_seconds, page_seconds * self._chunk_pages)
        self._job = Job(
            f"{os.getpid()}-{next(_tokens)}",
            *source,
            password,
            _settings(recipe.with_(workers=workers)),
            self._chunk_pages,
        )
        self.count = 0
        self.retried: list[str] = []
        self.worker_seconds: dict[int, float] = {}

    def __iter__(self) -> Iterator[PageLines]:
        done = 0  # the last page that was handed on
        again = 0  # pages up to this one are being read for the second time, each on its own
        while True:
            try:
                for page in self._run(done, again):
                    yield page
                    done = page.number
            except WorkerLostError as error:
                if done < again or (again < 0 and not self.count):
                    raise self._lost(done + 1, error) from error
                again = self._end_of_call(done + 1) if self.count else -1
                self.retried.append(f"page {done + 1}: {error}" if self.count else str(error))
            else:
                return
            finally:
                let_go_when_idle()  # what an executor that works here opened

    def _lost(self, page: int, error: WorkerLostError) -> PageLostError:
        doing = "reading it" if self.count else "opening it"
        kinds = {WorkerHungError: TimedOutError, WorkerMemoryError: OutOfMemoryError}
        return kinds.get(type(error), PageLostError)(
            self._name,
            page if self.count else None,
            problem=f"{doing} was tried twice: {str(error).rstrip('.')}",
        )

    def _end_of_call(self, page: int) -> int:
        ranges = plan(self.count, self._workers, self._chunk_pages)
        return next((last for first, last in ranges if first <= page <= last), page)

    def _run(self, done: int, again: int) -> Iterator[PageLines]:
        outcomes = self._executor.ordered_map(
            _FUNCTION,
            self._calls(done, again),
            workers=self._workers,
            deadline_seconds=self._deadline_seconds,
            check=self._check,
            arrived=self._arrived,
            memory_mb=self._recipe.worker_memory_mb,
        )
        with contextlib.closing(outcomes):
            for outcome in outcomes:
                if outcome.error is not None:
                    raise outcome.error
                yield from self._unpack(outcome.value)

    def _arrived(self, outcome: Outcome) -> None:
        if outcome.error is None:
            self.count = outcome.value[0]

    def _calls(self, done: int, again: int) -> Iterator[tuple[Any, ...]]:
        """Calls from the page after ``done`` on; the pages up to ``again`` one by one."""
        for page in range(done + 1, again + 1):
            yield self._call((page, page))
        if done or self.count:
            start = max(done, again) + 1
            for first, last in plan(self.count, self._workers, self._chunk_pages):
                if last >= start:
                    yield self._call((max(first, start), last))
            return
        # Nobody knows yet how many pages there are: each worker finds its share itself.
        if again:
            yield self._call((1, 0))  # how many there are, at least
        for place in itertools.count():
            if self.count and place >= len(plan(self.count, self._workers, self._chunk_pages)):
                return
            yield self._call(place)

    def _call(self, place: int | tuple[int, int]) -> tuple[Any, ...]:
        return tuple(self._job), place

    def _unpack(self, value: tuple[Any, ...]) -> Iterator[PageLines]:
        count, found, error, seconds, pid = value
        self.count = count
        self.worker_seconds[pid] = self.worker_seconds.get(pid, 0.0) + seconds
        self._recipe.check_pages(self._name, count)
        yield from map(from_plain, found)
        if error is not None:
            raise unpack_error(*error)
