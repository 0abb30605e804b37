"""Memory of processes that stream one document each."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.goals import Goal, Measured, quotient
from perfkit.bench.paired import Interval, difference, trimmed
from perfkit.bench.records import Peak
from perfkit.trackers.memory import peak_of_fresh_process

__all__ = ["measure"]

ABOVE = Goal("1,000 pages streamed, above import perfkit", "MiB", "at most", 25)
GROWTH = Goal("1,000 pages streamed against 15 pages, peak", "x", "at most", 1.3)
ABOVE_ALL = Goal("the same by the fixed method, all items kept", "MiB", "at most", 25)


def measure(bench: Bench) -> Iterator[Measured]:
    """All goals of this part."""
    peaks = {
        (job, pages): [_peak(bench, job, pages) for _ in range(bench.rounds(5, 3))]
        for job, pages in (("iterate", 15), ("iterate", 1000), ("collect", 1000))
    }
    yield ABOVE.against(_above(peaks["iterate", 1000]))
    small, large = (trimmed([of.peak_mb for of in peaks["iterate", n]]) for n in (15, 1000))
    yield GROWTH.against(quotient(large, small))
    yield ABOVE_ALL.against(_above(peaks["collect", 1000]))


def _above(peaks: list[Peak]) -> Interval:
    return difference([of.peak_mb for of in peaks], [of.before_mb for of in peaks])


def _peak(bench: Bench, job: str, pages: int) -> Peak:
    path = bench.document(pages)
    bench.tell(f"streaming {path.name}")
    peak = Peak(job, path.name, *peak_of_fresh_process(f"benchmarks.jobs:{job}", [str(path)]))
    bench.recorder.add(peak)
    return peak
