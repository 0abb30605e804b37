"""``python -m benchmarks.optimizers``: what streaming, workers and ``auto`` give and cost.

Exit code: 0 every goal met, 1 one or more missed. ``--quick`` measures less.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.arms import Times, measure
from benchmarks.goals import Goal, Measured
from perfkit.bench.documents import find_document
from perfkit.bench.paired import Interval, difference, trimmed
from perfkit.bench.progress import Progress
from perfkit.bench.records import Recorder
from perfkit.corpus import make
from perfkit.errors import MeasurementError
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from perfkit.trackers.memory import MemoryUsageTracker, peak_of_fresh_process
from tests.executor_jobs import hold_together

__all__ = ["auto", "concurrent", "main", "stream", "streaming", "tracker"]

ORDER = "CS003837319.pdf"
WORKERS = 2
SEQUENTIAL, CONCURRENT, AUTO = "sequential", "concurrent", "auto"
#: Engine, pages, and the most that two workers may take of the sequential time.
SHARES = (("pdfium", 15, 0.65), ("pdfium", 100, 0.55), ("pypdf", 15, 0.58))
LENGTHS = (1, 2, 5, 15, 40, 100, 1000)
ABOVE = Goal("1,000 pages streamed, above import perfkit", "MiB", "at most", 25)
GROWTH = Goal("1,000 pages streamed against 15 pages, peak", "x", "at most", 1.3)
SEEN = Goal("tracked of 200 MiB held by each of two workers", "x", "at least", 0.95)

#: So long is memory held that a tracker is to see by itself.
_HELD_SECONDS = 0.1

Paths = dict[int, Path]


def stream(path: str) -> None:
    """Read a document item by item, and keep none."""
    from perfkit.optimizers.streaming import StreamingDocumentProcessor

    for _ in StreamingDocumentProcessor().iterate(path):
        pass


def concurrent(paths: Paths, rounds: int, recorder: Recorder, show: Progress) -> Iterator[Measured]:
    """Two warm workers against none."""
    for engine, pages, share in SHARES:
        times = _times(engine, paths[pages], (SEQUENTIAL, CONCURRENT), rounds, recorder, show)
        goal = Goal(f"{engine}, {pages} pages, two workers against none", "x", "at most", share)
        yield goal.against(times.ratio(CONCURRENT, SEQUENTIAL))


def auto(paths: Paths, rounds: int, recorder: Recorder, show: Progress) -> Iterator[Measured]:
    """``auto`` against the better of both."""
    for engine in ("pdfium", "pypdf"):
        for pages in LENGTHS:
            long = pages * (10 if engine == "pypdf" else 1) > 1000
            times = _times(
                engine,
                paths[pages],
                (SEQUENTIAL, CONCURRENT, AUTO),
                max(3, rounds // 8) if long else rounds,
                recorder,
                show,
            )
            each = times.each_ms()
            better = min((SEQUENTIAL, CONCURRENT), key=lambda arm: each[arm].value)
            goal = Goal(f"{engine}, {pages} pages, auto against {better}", "x", "at most", 1.05)
            yield goal.against(times.ratio(AUTO, better))


def streaming(paths: Paths, rounds: int) -> Iterator[Measured]:
    """Peaks of processes that stream one document each."""
    marks = {
        pages: [
            peak_of_fresh_process("benchmarks.optimizers:stream", [str(paths[pages])])
            for _ in range(rounds)
        ]
        for pages in (15, 1000)
    }
    yield ABOVE.against(
        difference([m.peak_mb for m in marks[1000]], [m.before_mb for m in marks[1000]])
    )
    small = trimmed([m.peak_mb for m in marks[15]])
    large = trimmed([m.peak_mb for m in marks[1000]])
    yield GROWTH.against(
        Interval(
            large.value / small.value,
            large.low / small.high,
            large.high / small.low,
            rounds,
            large.confidence,
        )
    )


def tracker(rounds: int) -> Iterator[Measured]:
    """Tracked growth over what two workers are known to hold."""
    size_mb, shares = 200, []
    hold_together(1, WORKERS)  # so that they no longer share what any work takes
    for _ in range(rounds):
        with MemoryUsageTracker() as watching:
            before = watching.get_peak_memory_mb()
            hold_together(size_mb, WORKERS, partial(time.sleep, _HELD_SECONDS))
        shares.append((watching.get_peak_memory_mb() - before) / (size_mb * WORKERS))
    yield SEEN.against(trimmed(shares))


def _times(
    engine: str,
    path: Path,
    arms: tuple[str, ...],
    rounds: int,
    recorder: Recorder,
    show: Progress,
) -> Times:
    recipes = {
        SEQUENTIAL: Recipe(engine=engine),
        CONCURRENT: Recipe(engine=engine, executor="processes", workers=WORKERS),
        AUTO: Recipe(engine=engine, executor="auto", workers=WORKERS),
    }
    expected = extract(path, recipes[SEQUENTIAL])
    for arm in arms:
        if extract(path, recipes[arm]) != expected:
            raise MeasurementError(f"{arm} gives another result, so its time says nothing.")
    calls = [(arm, path.name, partial(extract, path, recipes[arm])) for arm in arms]
    return measure(
        calls, rounds, recorder, lambda doing: show(f"{engine}, {path.name}: {doing}", 0.5)
    )


def main() -> int:
    """Run all parts and print them beside their goals; 1 if one is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.optimizers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, wider intervals")
    parser.add_argument("--out", type=Path, default=Path("reports"), help="folder of the raw runs")
    options = parser.parse_args()
    rounds = 9 if options.quick else 41
    options.out.mkdir(parents=True, exist_ok=True)
    missed = False
    with (
        tempfile.TemporaryDirectory(prefix="perfkit-bench-") as folder,
        Recorder(options.out / "bench_optimizers.jsonl") as recorder,
        Progress() as show,
    ):
        paths = {15: find_document(ORDER)}
        for pages in LENGTHS:
            show(f"making a document of {pages} pages", 0.0)
            if pages not in paths:
                paths[pages] = Path(folder) / f"order_{pages}.pdf"
                make(paths[pages], layout="order", pages=pages, seed=1)
        for part in (
            concurrent(paths, rounds, recorder, show),
            auto(paths, rounds, recorder, show),
            streaming(paths, 3 if options.quick else 5),
            tracker(3 if options.quick else 5),
        ):
            for found in part:
                name, figure, goal, verdict = found.cells()
                show.line(f"{name}: {figure} (wanted: {goal}) {verdict}")
                missed |= "MISSED" in verdict
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
