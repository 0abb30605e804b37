"""Which executor is fastest for a document: by its length and by what pages have cost so far."""

from __future__ import annotations

import contextlib
import math
import os
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from perfkit.errors import DocumentError
from perfkit.executors import processes
from perfkit.tables.facts import DocumentKind
from perfkit.tables.reader import read_page

if TYPE_CHECKING:
    from perfkit.engines import OpenDocument

__all__ = ["FEWEST_TO_PROBE", "Choice", "Pace", "pace", "seconds_a_page", "usable_cores"]

#: Handing pages over and joining them takes about so long in all, and so much more a page.
_HAND_OVER_SECONDS, _HAND_OVER_SHARE = 0.0015, 0.06
#: Start to first answer of workers that are not there yet; imports are most of it.
_START_SECONDS = 0.09
#: Shorter documents gain nothing from workers at the pace of any engine worth the name.
FEWEST_TO_PROBE = 8
#: A new figure's weight against what was known before.
_NEWEST = 0.3
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
        self._page_seconds: dict[tuple[str, str, int], float] = {}
        self._inline_seconds: dict[str, float] = {}
        self._forgone_seconds = 0.0
        self._lock = threading.Lock()

    def record(self, engine: str, executor: str, pages: int, seconds: float) -> None:
        """A document of so many pages took so long in all."""
        if pages < 1:
            return
        each, key = seconds / pages, (engine, executor, pages.bit_length())
        with self._lock:
            known = self._page_seconds.get(key, each)
            self._page_seconds[key] = known + _NEWEST * (each - known)
            if executor == "inline":
                known = self._inline_seconds.get(engine, each)
                self._inline_seconds[engine] = known + _NEWEST * (each - known)

    def price(self, engine: str, page_seconds: float) -> None:
        """A first price for a page, until whole documents have been read."""
        with self._lock:
            self._inline_seconds.setdefault(engine, page_seconds)

    def knows(self, engine: str) -> bool:
        """Whether a page of this engine has a price yet."""
        return engine in self._inline_seconds

    def expected_inline(self, engine: str, pages: int) -> float:
        """Seconds that so many pages should take here; 0 while no page has a price."""
        with self._lock:
            page = self._inline_seconds.get(engine, 0.0)
            return pages * self._page_seconds.get((engine, "inline", pages.bit_length()), page)

    def choose(self, engine: str, pages: int, workers: int = 0) -> Choice:
        """The executor that should be fastest."""
        cores = usable_cores()
        workers = workers or cores
        side_by_side = min(workers, cores, pages)
        if side_by_side < 2:  # noqa: PLR2004 - one has nobody beside it
            what = "1 page" if pages == 1 else "1 usable core" if cores == 1 else "1 worker"
            return Choice("inline", 1, f"{what}: nothing can run side by side")
        with self._lock:
            page = self._inline_seconds.get(engine)
            if page is None:
                return Choice("inline", 1, f"the pace of {engine} is not known yet")
            inline, apart = self._expected(engine, pages, page, side_by_side)
            told = (
                f"{pages} pages at {page * _MS:.2f} ms: expected {inline * _MS:.1f} ms here, "
                f"{apart * _MS:.1f} ms with {workers} workers"
            )
            if apart >= inline:
                return Choice("inline", 1, told)
            if not processes.is_warm():
                # Rent or buy: once the time forgone comes to the price of a start, start.
                self._forgone_seconds += inline - apart
                if self._forgone_seconds < _START_SECONDS:
                    cold = f"{told}, and {_START_SECONDS * _MS:.0f} ms to start them"
                    return Choice("inline", 1, cold)
            return Choice("processes", workers, told)

    def _expected(
        self, engine: str, pages: int, page: float, side_by_side: int
    ) -> tuple[float, float]:
        """Seconds here and with workers: measured at about this length, else reckoned."""
        size = pages.bit_length()
        reckoned = page / side_by_side * (1 + _HAND_OVER_SHARE) + _HAND_OVER_SECONDS / pages
        inline = self._page_seconds.get((engine, "inline", size), page)
        apart = self._page_seconds.get((engine, "processes", size), reckoned)
        return inline * pages, apart * pages


#: Of this process.
pace = Pace()


def seconds_a_page(document: OpenDocument) -> float:
    """Seconds that a page takes: the least of a few, for the first one warms up."""
    kind = DocumentKind(())
    seconds = [math.inf]
    begun = time.perf_counter()
    with contextlib.suppress(DocumentError):
        for page in document.pages(1, 3):
            read_page(page, kind)
            seconds.append(time.perf_counter() - begun)
            begun = time.perf_counter()
    return min(seconds)
