"""Rounds of the work with and without a profiler, interleaved: the profile, and what it costs."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable
from statistics import median
from typing import Any, NamedTuple

from perfkit.bench import alone
from perfkit.bench.paired import Interval, log_ratio
from perfkit.trackers.time import Stopwatch

__all__ = ["Rounds", "in_rounds"]

#: A round's runs last so long together, where one is shorter.
_ROUND_SECONDS = 0.05
_FEWEST, _MOST = 5, 400
#: Of runs that last longer, so many rounds will do: fewer carry no interval.
_LONG_SECONDS, _FEWEST_LONG = 0.1, 3


class Rounds(NamedTuple):
    """What rounds of profiled and plain runs came to."""

    runs: int
    slowdown: Interval
    run_seconds: float


def in_rounds(
    what: str,
    call: Callable[[], Any],
    profiled: Callable[[Callable[[], Any]], Any],
    *,
    seconds: float,
    tell: Callable[[float], object] | None = None,
    fewest: int = _FEWEST,
    repeats: int = 0,
) -> Rounds:
    """Do the work in rounds: some runs without the profiler and as many with it, in turns.

    Parameters
    ----------
    what : str
        The profiler's name, for messages.
    call : callable
        The work, once.
    profiled : callable
        Does what it is given under the profiler.
    seconds : float
        For the profiled runs, at least; ``fewest`` rounds are taken in any case.
    repeats : int
        Runs of a round; 0 for as many as make a round long enough.
    tell : callable, optional
        Is told the share of it that is spent, between rounds.

    Raises
    ------
    MeasurementError
        If a comparison is timed, or another profiler runs, in this process.
    """
    with alone.profiling(what):
        call()  # what it imports and keeps is no part of a run
    with Stopwatch() as once:
        call()
    if once.elapsed.wall_seconds > _LONG_SECONDS:
        fewest = min(fewest, _FEWEST_LONG)
    repeats = repeats or max(1, round(_ROUND_SECONDS / max(once.elapsed.wall_seconds, 1e-6)))

    def runs() -> None:
        for _ in range(repeats):
            call()

    plain: list[float] = []
    slow: list[float] = []
    draw = random.Random(0)
    gc.collect()
    until = time.perf_counter() + 3600
    while len(plain) < fewest or (sum(slow) < seconds and time.perf_counter() < until):
        for is_profiled in draw.sample((False, True), 2):
            with Stopwatch() as watch:
                if is_profiled:
                    with alone.profiling(what):
                        profiled(runs)
                else:
                    runs()
            (slow if is_profiled else plain).append(watch.elapsed.wall_seconds)
        if tell is not None:
            tell(min(1.0, len(plain) / fewest, sum(slow) / (seconds or 1e-9)))
        if len(plain) >= _MOST:
            break
    return Rounds(repeats * len(slow), log_ratio(slow, plain), median(plain) / repeats)
