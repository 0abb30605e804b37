"""Time one piece of work: an interval, and how restless the machine was."""

from __future__ import annotations

import dataclasses
import html
import time
from collections.abc import Callable
from statistics import median

from perfkit.bench.formatting import figure, percent, tied
from perfkit.bench.interleave import Arm, old_objects_set_aside, repeats_for, run_once
from perfkit.bench.paired import RULES, Interval, PairedRules, trimmed
from perfkit.bench.records import Run
from perfkit.errors import ParameterError
from perfkit.trackers.time import Stopwatch

__all__ = ["Timing", "time_work"]

_FEWEST_RUNS = 3
#: CPU time below this share of wall time: the run waited, or something held the processor.
_BUSY = 0.97
_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (0.0, "ns"))


@dataclasses.dataclass(frozen=True, slots=True)
class Timing:
    """What a piece of work takes; prints as one line.

    Attributes
    ----------
    seconds : Interval
        Wall time of one call: trimmed mean with its interval.
    noise : float
        Relative: half of all runs lie within so much of their median.
    held_up_share : float
        Share of runs that had the processor for less than 97 % of their time.
    repeats : int
        Calls that were timed together as one run.
    """

    seconds: Interval
    noise: float
    held_up_share: float
    repeats: int

    def __str__(self) -> str:
        scale, unit = _unit(self.seconds.value)
        value, low, high = (
            figure(max(seconds, 0.0) / scale)
            for seconds in (self.seconds.value, self.seconds.low, self.seconds.high)
        )
        runs = f"{self.seconds.observations} runs"
        if self.repeats > 1:
            runs += f" of {self.repeats:,} calls"
        confidence = percent(self.seconds.confidence)
        noise, held_up = percent(round(self.noise, 4)), percent(round(self.held_up_share, 3))
        return (
            f"{value} {unit} [{low}, {high}], {confidence} interval of {runs}; "
            f"noise {noise}, {held_up} of runs held up"
        )

    def __repr__(self) -> str:
        return f"<Timing: {self}>"

    def _repr_html_(self) -> str:
        return f'<p class="perfkit-timing">{html.escape(tied(str(self)))}</p>'


def _unit(seconds: float) -> tuple[float, str]:
    scale, unit = next((scale, unit) for scale, unit in _UNITS if seconds >= scale)
    return scale or 1e-9, unit


def time_work(
    work: Callable[[], object],
    *,
    budget_seconds: float = 2.0,
    gc_off: bool = True,
    rules: PairedRules = RULES,
    tell: Callable[[float], object] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Timing:
    """Time work over and over until the budget is spent, three times at least.

    It is called twice before, untimed. Garbage is collected between runs, and not while the
    clock runs. To find which of two works is faster, compare them side by side instead
    (:func:`perfkit.compare`): two times taken one after the other mistake a change of the
    machine for a change of the work.

    Parameters
    ----------
    work : callable without arguments
        Calls shorter than 5 ms are timed many together.
    budget_seconds : float
        Seconds for the timed runs.
    gc_off : bool
        False leaves garbage collection on, for work whose own garbage is part of its cost.
    tell : callable, optional
        Is told the share of the budget that is spent, between runs.

    Raises
    ------
    ParameterError
        If the budget is not above 0.

    Examples
    --------
    >>> timing = time_work(lambda: sum(range(20000)), budget_seconds=0.2)
    >>> timing.seconds.low < timing.seconds.high
    True
    """
    if not budget_seconds > 0:
        raise ParameterError(f"budget_seconds must be above 0, not {budget_seconds!r}.")
    work()
    with Stopwatch() as watch:
        work()
    arm = Arm("work", "", work, repeats_for(watch.elapsed.wall_seconds))
    runs: list[Run] = []
    started = clock()
    with old_objects_set_aside():
        while len(runs) < _FEWEST_RUNS or clock() - started < budget_seconds:
            runs.append(run_once(arm, gc_off=gc_off))
            if tell is not None:
                tell(min(1.0, (clock() - started) / budget_seconds))
    calls = [run.wall_seconds / run.repeats for run in runs]
    middle = median(calls)
    held_up = sum(run.cpu_seconds < _BUSY * run.wall_seconds for run in runs)
    return Timing(
        seconds=trimmed(calls, rules),
        noise=median(abs(call - middle) for call in calls) / middle,
        held_up_share=held_up / len(runs),
        repeats=arm.repeats,
    )
