"""Which executor is fastest for a document: by its length and by what pages have cost so far."""

from __future__ import annotations

import contextlib
import math
import os
import statistics
import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from perfkit.errors import DocumentError
from perfkit.executors import processes
from perfkit.geometry import lines_of

if TYPE_CHECKING:
    from perfkit.engines import OpenDocument

__all__ = ["Choice", "Pace", "pace", "seconds_a_page", "usable_cores"]

#: Handing pages over and joining them takes about so long in all, and a page.
_HAND_OVER_SECONDS, _HAND_OVER_PAGE_SECONDS = 0.0005, 0.00015
#: Start to first answer of workers that are not there yet; imports are most of it.
_START_SECONDS = 0.09
#: Shorter documents gain nothing from workers at the pace of any engine worth the name: from
#: workers that are there, and from those that have to be started.
_FEWEST_WARM, _FEWEST_COLD = 8, 20
#: Of the latest so many documents the middle one tells the pace: a stolen time slice does not.
_LATEST = 5
#: What was reckoned gives way to what was measured after so many documents.
_ENOUGH = 3
#: After so many documents at one place the other is tried, for times change; sooner the first
#: time, and until it was tried often enough if it should be less than so many times as slow.
_TRY_AGAIN, _TRY_EARLY, _CLOSE = 64, 8, 1.5
_MS = 1000


class Choice(NamedTuple):
    """An executor, how many workers, and why, in words."""

    executor: str
    workers: int
    reason: str


def usable_cores() -> int:
    """Cores that this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


class Pace:
    """What pages have cost in this process, by engine and executor, and the choice it leads to.

    Safe to share between threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: Seconds a page of the latest documents read in this process, by engine.
        self._pages: dict[str, _Latest] = {}
        #: The same by engine, executor and about the document's length.
        self._like: dict[tuple[str, str, int], _Latest] = {}
        self._forgone_seconds = 0.0

    def record(self, engine: str, executor: str, pages: int, seconds: float) -> None:
        """A document of so many pages took so long in all."""
        if pages < 1:
            return
        with self._lock:
            self._latest(engine, executor, pages).append(seconds / pages)
            if executor == "inline":
                self._pages.setdefault(engine, _Latest()).append(seconds / pages)
            other = "inline" if executor == "processes" else "processes"
            self._latest(engine, other, pages).age += 1

    def price(self, engine: str, page_seconds: float) -> None:
        """A first price for a page, until whole documents have been read."""
        with self._lock:
            if engine not in self._pages:
                self._pages[engine] = _Latest([page_seconds])

    def needs_price(self, engine: str, pages: int) -> bool:
        """Whether a page has to be priced before it can be said who should read so many."""
        fewest = _FEWEST_WARM if processes.is_warm() else _FEWEST_COLD
        return pages >= fewest and engine not in self._pages

    def expected_inline(self, engine: str, pages: int) -> float:
        """Seconds that so many pages should take here; 0 while no page has a price."""
        with self._lock:
            like = self._latest(engine, "inline", pages) or self._pages.get(engine)
            return pages * like.middle if like else 0.0

    def choose(self, engine: str, pages: int, workers: int = 0) -> Choice:
        """The executor that should be fastest."""
        cores = usable_cores()
        workers = workers or cores
        side_by_side = min(workers, cores, pages)
        if side_by_side < 2:  # noqa: PLR2004 - one has nobody beside it
            what = "1 page" if pages == 1 else "1 usable core" if cores == 1 else "1 worker"
            return Choice("inline", 1, f"{what}: nothing can run side by side")
        inline = self.expected_inline(engine, pages)
        if not inline:
            return Choice("inline", 1, f"the pace of {engine} is not known yet")
        with self._lock:
            apart = self._expected_apart(engine, pages, inline, side_by_side)
            told = (
                f"{pages} pages at {inline / pages * _MS:.2f} ms: expected {inline * _MS:.1f} ms "
                f"here, {apart * _MS:.1f} ms with {workers} workers"
            )
            here, there = Choice("inline", 1, told), Choice("processes", workers, told)
            best, other, loss = (here, there, apart) if inline <= apart else (there, here, inline)
            if not processes.is_warm():
                return self._cold(here, there, inline - apart)
            seen = self._latest(engine, other.executor, pages)
            times = loss / min(inline, apart)
            early = not seen or (len(seen) < _ENOUGH and times < _CLOSE)
            # The more trying costs, the more seldom, so that it never costs much.
            patience = times * (_TRY_EARLY if early else _TRY_AGAIN)
            if seen.age > patience:
                return other._replace(reason=f"{told}; tried to see")
            return best

    def _cold(self, here: Choice, there: Choice, gain_seconds: float) -> Choice:
        """Rent or buy: once the time forgone comes to the price of a start, start."""
        if gain_seconds <= 0:
            return here
        self._forgone_seconds += gain_seconds
        if self._forgone_seconds >= _START_SECONDS:
            return there
        return here._replace(
            reason=f"{here.reason}, and {_START_SECONDS * _MS:.0f} ms to start them"
        )

    def _latest(self, engine: str, executor: str, pages: int) -> _Latest:
        return self._like.setdefault((engine, executor, pages.bit_length()), _Latest())

    def _expected_apart(self, engine: str, pages: int, inline: float, side_by_side: int) -> float:
        """Seconds with workers: measured at about this length, else reckoned."""
        like = self._latest(engine, "processes", pages)
        if len(like) >= _ENOUGH:
            return like.middle * pages
        return inline / side_by_side + _HAND_OVER_SECONDS + pages * _HAND_OVER_PAGE_SECONDS


class _Latest(deque[float]):
    """Seconds a page of the latest documents, and how many have gone the other way since."""

    def __init__(self, seconds: Iterable[float] = ()) -> None:
        super().__init__(seconds, _LATEST)
        self.age = 0

    def append(self, seconds: float) -> None:
        super().append(seconds)
        self.age = 0

    @property
    def middle(self) -> float:
        return statistics.median(self)


#: Of this process.
pace = Pace()


def seconds_a_page(document: OpenDocument) -> float:
    """Seconds that it takes to gather a page's lines: the least of a few, the first warms up.

    What is read out of the lines afterwards is done here whoever gathers them.
    """
    seconds = [math.inf]
    begun = time.perf_counter()
    with contextlib.suppress(DocumentError):
        for page in document.pages(1, 3):
            lines_of(page)
            seconds.append(time.perf_counter() - begun)
            begun = time.perf_counter()
    return min(seconds)


def _after_fork() -> None:
    global pace
    pace = Pace()  # another thread may have been at it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
