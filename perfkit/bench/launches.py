"""Pairs of runs in pairs of live processes, relaunched again and again.

Two processes of identical code differ by one percent and more, for as long as they live: where
they were put in memory, which seed their hashes have. So the launch is the statistical unit,
and many runs of few launches prove nothing.
"""

from __future__ import annotations

import dataclasses
import math
import random
import time
from collections.abc import Callable, Sequence

from perfkit.bench.live_pair import LiveWorker, Side, live_pair
from perfkit.bench.paired import PairedRules, trimmed
from perfkit.bench.pairs import BASELINE, CANDIDATE, Observed, StoppingRule
from perfkit.bench.records import Run

__all__ = ["LAUNCH_STOPPING", "PAIRS_A_LAUNCH", "Launched", "observe_launches"]

PAIRS_A_LAUNCH = 5
#: Fewer launches carry no interval that anyone could use.
_FEWEST_LAUNCHES = 6
#: Looks are at launches, not at pairs.
LAUNCH_STOPPING = StoppingRule(fewest_pairs=10, pairs_between=2, narrow_pairs=30)


@dataclasses.dataclass(slots=True)
class Launched(Observed):
    """As :class:`Observed`, with a launch where that has a pair."""

    pair_count: int = 0
    _last: float | None = None

    def add(self, runs: Sequence[Run]) -> None:
        """Take the runs of one launch."""
        own = {name: [run for run in runs if run.arm == name] for name in self.seconds}
        pairs = list(zip(own[BASELINE], own[CANDIDATE], strict=True))
        self.pair_count += len(pairs)
        self.own.append(_mean([math.log(new.own_seconds / old.own_seconds) for old, new in pairs]))
        if all(run.cpu_seconds > 0 for run in runs):
            logs = [math.log(new.cpu_seconds / old.cpu_seconds) for old, new in pairs]
            self.cpu.append(_mean(logs))
        here = _mean([math.log(old.own_seconds) for old, _ in pairs])
        if self._last is None:
            self._last = here
        else:
            # Disjoint pairs of launches: each says on its own how far two launches differ.
            self.placebo.append(here - self._last)
            self._last = None
        self.count(runs)

    @property
    def pairs(self) -> int:
        """Pairs of runs behind it."""
        return self.pair_count

    @property
    def launches(self) -> int:
        """Pairs of processes behind it."""
        return len(self.own)


def _mean(values: Sequence[float]) -> float:
    return trimmed(values).value


def observe_launches(
    sides: tuple[Side, Side],
    *,
    repeats: int,
    budget_seconds: float,
    rules: PairedRules,
    stopping: StoppingRule = LAUNCH_STOPPING,
    seed: int = 0,
    gc_off: bool = True,
    keep: Callable[[Run], object] | None = None,
    tell: Callable[[float], object] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Launched:
    """Launches of baseline and candidate, until the stopping rule or the budget ends them.

    Each launch starts both processes, warms them up and times five pairs in random order. At
    least six launches are made, whatever the budget.

    Raises
    ------
    MeasurementError
        If the work of a side cannot be loaded, or fails.
    WorkerLostError
        If a process dies or hangs.
    """
    observed, draw = Launched(), random.Random(seed)
    started, longest = clock(), 0.0
    while True:
        began = clock()
        number = observed.launches
        with live_pair(sides, number) as workers:
            for worker in workers:
                worker.settle()
            runs = list(_pairs(workers, number, repeats, draw, gc_off))
        for run in runs:
            if keep is not None:
                keep(run)
        observed.add(runs)
        observed.elapsed = clock() - started
        longest = max(longest, clock() - began)
        if tell is not None:
            tell(min(1.0, observed.elapsed / budget_seconds))
        if observed.launches < _FEWEST_LAUNCHES:
            continue
        if observed.is_settled(stopping, rules):
            return observed
        if observed.elapsed + longest > budget_seconds:
            return observed


def _pairs(
    workers: Sequence[LiveWorker],
    launch: int,
    repeats: int,
    draw: random.Random,
    gc_off: bool,
) -> list[Run]:
    arms = list(zip((BASELINE, CANDIDATE), workers, strict=True))
    runs = []
    for pair in range(PAIRS_A_LAUNCH):
        number = launch * PAIRS_A_LAUNCH + pair + 1
        for order, (arm, worker) in enumerate(draw.sample(arms, 2)):
            runs.append(worker.time(arm, repeats, gc_off=gc_off, round=number, order=order))
    return runs
