"""Pages on two warm worker processes against none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.arms import Times
from benchmarks.bench import Bench
from benchmarks.goals import Goal, Measured
from perfkit.errors import MeasurementError
from perfkit.pipeline import extract
from perfkit.recipe import Recipe

__all__ = ["AUTO", "CONCURRENT", "SEQUENTIAL", "measure", "time_executors"]

WORKERS = 2
SEQUENTIAL, CONCURRENT, AUTO = "sequential", "concurrent", "auto"
#: Engine, pages, and the most that two workers may take of the sequential time.
SHARES = (("pdfium", 15, 0.65), ("pdfium", 100, 0.55), ("pypdf", 15, 0.58))


def measure(bench: Bench) -> Iterator[Measured]:
    """All goals of this part."""
    for engine, pages, share in SHARES:
        arms = (SEQUENTIAL, CONCURRENT)
        times = time_executors(bench, "workers", engine, pages, arms, bench.rounds(41, 9))
        goal = Goal(f"{engine}, {pages} pages, two workers against none", "x", "at most", share)
        yield goal.against(times.ratio(CONCURRENT, SEQUENTIAL))


def time_executors(
    bench: Bench,
    part: str,
    engine: str,
    pages: int,
    arms: tuple[str, ...],
    rounds: int,
    seconds: float = 0.0,
) -> Times:
    """Time a document under several executors, whose results are the same."""
    path = bench.document(pages)
    recipes = {
        SEQUENTIAL: Recipe(engine=engine),
        CONCURRENT: Recipe(engine=engine, executor="processes", workers=WORKERS),
        AUTO: Recipe(engine=engine, executor="auto", workers=WORKERS),
    }
    bench.tell(f"{engine}, {pages} pages: checking")
    expected = extract(path, recipes[SEQUENTIAL])
    for arm in arms:
        if extract(path, recipes[arm]) != expected:
            raise MeasurementError(f"{arm} gives another result, so its time says nothing.")
    calls = [(arm, path.name, partial(extract, path, recipes[arm])) for arm in arms]
    return bench.time(f"{part}, {engine}, {pages} pages", calls, rounds, seconds)
