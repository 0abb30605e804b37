"""What a comparison takes beside the work that it compares."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.goals import Goal, Measured
from perfkit.bench.counted import units_lasting, work_of
from perfkit.bench.paired import Interval, PairedRules, trimmed
from perfkit.bench.pairs import observe
from perfkit.bench.records import Run

__all__ = ["measure"]

OVERHEAD = Goal("a comparison's own time, runs of 5 ms", "%", "at most", 1)

_ARM_SECONDS, _BUDGET_SECONDS = 0.005, 1.0
_TIMES, _TIMES_QUICK = 9, 5


def measure(bench: Bench) -> Iterator[Measured]:
    """A goal; it compares real work with itself, so there is no output to check."""
    bench.tell("a comparison's own time")
    yield OVERHEAD.against(_overhead_percent(_TIMES_QUICK if bench.quick else _TIMES))


def _overhead_percent(times: int) -> Interval:
    """Wall time of a comparison above that of its runs, of 5 ms each, per cent."""
    work = work_of(units_lasting(_ARM_SECONDS))
    found = []
    for seed in range(times):
        runs: list[Run] = []
        observed = observe(
            work,
            work,
            repeats=1,
            budget_seconds=_BUDGET_SECONDS,
            rules=PairedRules(),
            seed=seed,
            keep=runs.append,
        )
        found.append(100 * (observed.elapsed / sum(run.wall_seconds for run in runs) - 1))
    return trimmed(found)
