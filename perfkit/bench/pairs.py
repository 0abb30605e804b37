"""Time two pieces of work pair by pair until their ratio is known, or the budget is spent."""

from __future__ import annotations

import dataclasses
import math
import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from perfkit.bench.interleave import Arm, old_objects_set_aside, run_once
from perfkit.bench.paired import Interval, PairedRules, exponential, holds, trimmed
from perfkit.bench.records import Run

__all__ = ["BASELINE", "CANDIDATE", "Observed", "StoppingRule", "observe"]

BASELINE, CANDIDATE = "baseline", "candidate"
_FEWEST_ROUNDS = 3
_PLACEBO_SURER = 10


@dataclasses.dataclass(frozen=True, slots=True)
class StoppingRule:
    """When a comparison ends before its budget does; part of the method, not peeking.

    It ends once the ratio is clear of the margin with at most ``clear`` as the interval's
    half-width, or once the half-width is at most ``narrow_share`` of the margin, whatever the
    ratio is; and never while the placebo fails. Looking at the interval over and over, and
    stopping at the first that is clear, would raise false alarms in one of four comparisons of
    a thing with itself.

    Parameters
    ----------
    fewest_pairs : int
        No look before so many pairs.
    pairs_between : int
        Pairs from one look to the next.
    clear : float
        Relative half-width from which a clear ratio is believed.
    narrow_share : float
        Share of the margin at which the half-width is as narrow as anyone needs.
    narrow_pairs : int
        Not before so many pairs: a few that happen to lie close together promise too much,
        and the interval would hold the true ratio in 98 % of verdicts instead of 99 %.
    """

    fewest_pairs: int = 20
    pairs_between: int = 4
    clear: float = 0.0075
    narrow_share: float = 0.5
    narrow_pairs: int = 60

    def ends(self, ratio: Interval, rules: PairedRules) -> bool:
        """Whether a ratio is known well enough."""
        half = ratio.half_width / ratio.value
        if half <= self.narrow_share * rules.margin and ratio.observations >= self.narrow_pairs:
            return True
        is_clear = ratio.low > 1 + rules.margin or ratio.high < 1 - rules.margin
        # A large effect needs no narrow interval: its own size is the scale.
        return is_clear and half <= max(self.clear, abs(ratio.value - 1) / 10)


@dataclasses.dataclass(slots=True)
class Observed:
    """Runs of two arms, paired as they were taken: logarithms of candidate / baseline.

    ``own`` holds those of wall times less what other processes took, ``cpu`` those of CPU
    times, ``placebo`` those of the baseline against itself.
    """

    own: list[float] = dataclasses.field(default_factory=list)
    cpu: list[float] = dataclasses.field(default_factory=list)
    placebo: list[float] = dataclasses.field(default_factory=list)
    seconds: dict[str, list[float]] = dataclasses.field(
        default_factory=lambda: {BASELINE: [], CANDIDATE: []}
    )
    runs: int = 0
    held_up: int = 0
    preempted: int = 0
    elapsed: float = 0.0

    def add(self, runs: Sequence[Run]) -> None:
        """Take a round of four runs: two pairs, and the baseline against itself."""
        own = {name: [run for run in runs if run.arm == name] for name in self.seconds}
        for baseline, candidate in zip(own[BASELINE], own[CANDIDATE], strict=True):
            self.own.append(math.log(candidate.own_seconds / baseline.own_seconds))
            if candidate.cpu_seconds > 0 and baseline.cpu_seconds > 0:
                self.cpu.append(math.log(candidate.cpu_seconds / baseline.cpu_seconds))
        first, second = own[BASELINE]
        self.placebo.append(math.log(second.own_seconds / first.own_seconds))
        self.count(runs)

    def count(self, runs: Sequence[Run]) -> None:
        """Take what each run tells on its own."""
        for run in runs:
            self.runs += 1
            self.held_up += run.was_held_up
            self.preempted += run.was_held_up and run.was_preempted
            self.seconds[run.arm].append(run.own_seconds / run.repeats)

    @property
    def pairs(self) -> int:
        """Pairs of runs behind it."""
        return len(self.own)

    @property
    def launches(self) -> int:
        """Pairs of processes behind it; 1 where all ran in this process."""
        return 1

    def ratio(self, rules: PairedRules) -> Interval:
        """Candidate / baseline, wall time less what other processes took."""
        return exponential(trimmed(self.own, rules))

    def cpu_ratio(self, rules: PairedRules) -> Interval | None:
        """Candidate / baseline, CPU time; None where the clock was too coarse to tell."""
        return exponential(trimmed(self.cpu, rules)) if len(self.cpu) == len(self.own) else None

    def placebo_ratio(self, rules: PairedRules) -> Interval:
        """The baseline against itself.

        Its interval is as sure as that of ten verdicts together: else one verdict in a hundred
        would be given up for nothing.
        """
        sure = dataclasses.replace(rules, confidence=1 - (1 - rules.confidence) / _PLACEBO_SURER)
        return exponential(trimmed(self.placebo, sure))

    def is_settled(self, stopping: StoppingRule, rules: PairedRules) -> bool:
        """Whether it is time to look, and the ratio is known, and the placebo holds."""
        looks = len(self.own)
        due = looks >= stopping.fewest_pairs and looks % stopping.pairs_between == 0
        return (
            due
            and stopping.ends(self.ratio(rules), rules)
            and holds(self.placebo_ratio(rules), rules.margin)
        )


def observe(
    baseline: Callable[[], object],
    candidate: Callable[[], object],
    *,
    repeats: int,
    budget_seconds: float,
    rules: PairedRules,
    stopping: StoppingRule = StoppingRule(),
    seed: int = 0,
    gc_off: bool = True,
    cpu_clock: Callable[[], float] | None = None,
    keep: Callable[[Run], object] | None = None,
    tell: Callable[[float], object] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Observed:
    """Pairs of runs, until the stopping rule or the budget ends them.

    A round is baseline, candidate, candidate, baseline, or the other way about by lot:
    what drifts through a round weighs on both alike. At least three rounds are taken, whatever
    the budget: fewer carry no interval.

    Parameters
    ----------
    baseline, candidate : callable without arguments
        Warmed up already.
    repeats : int
        Calls that are timed together as one run.
    budget_seconds : float
        Seconds, from the first run on.
    keep : callable
        Is handed every run as it is taken.
    tell : callable
        Is told the share of the budget that is spent, between rounds.
    """
    observed, draw = Observed(), random.Random(seed)
    arms = (Arm(BASELINE, "", baseline, repeats), Arm(CANDIDATE, "", candidate, repeats))
    trimmed([0.0] * _FEWEST_ROUNDS, rules)  # what statistics import is imported now
    with old_objects_set_aside():
        started = clock()
        for number in _rounds(started, budget_seconds, clock):
            outer, inner = draw.sample(arms, 2)
            runs = [
                run_once(arm, round_number=number, order=order, gc_off=gc_off, cpu_clock=cpu_clock)
                for order, arm in enumerate((outer, inner, inner, outer))
            ]
            if keep is not None:
                deque(map(keep, runs), maxlen=0)
            observed.add(runs)
            observed.elapsed = clock() - started
            if tell is not None:
                tell(min(1.0, observed.elapsed / budget_seconds))
            if observed.is_settled(stopping, rules):
                break
    return observed


def _rounds(started: float, budget_seconds: float, clock: Callable[[], float]) -> Iterator[int]:
    """Numbers of rounds while there is time for one more, by the longest so far."""
    number, longest = 0, 0.0
    while True:
        began = clock()
        number += 1
        yield number
        longest = max(longest, clock() - began)
        if number >= _FEWEST_ROUNDS and clock() - started + longest > budget_seconds:
            return
