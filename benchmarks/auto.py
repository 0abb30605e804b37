"""``executor="auto"`` against the better of sequential and concurrent, over lengths and engines."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.goals import Goal, Measured
from benchmarks.workers import AUTO, CONCURRENT, SEQUENTIAL, time_executors

__all__ = ["measure"]

LENGTHS = (1, 2, 5, 15, 40, 100, 1000)
ENGINES = ("pdfium", "pypdf")


def measure(bench: Bench) -> Iterator[Measured]:
    """All goals of this part."""
    seconds = 2.0 if bench.quick else 8.0
    for engine in ENGINES:
        for pages in LENGTHS:
            if bench.quick and (engine, pages) == ("pypdf", 1000):
                continue  # a minute by itself
            arms = (SEQUENTIAL, CONCURRENT, AUTO)
            times = time_executors(bench, "auto", engine, pages, arms, 61, seconds)
            each = times.each_ms()
            better = min((SEQUENTIAL, CONCURRENT), key=lambda arm: each[arm].value)
            goal = Goal(f"{engine}, {pages} pages, auto against {better}", "x", "at most", 1.05)
            yield goal.against(times.ratio(AUTO, better))
