"""Work whose amount is exactly known: what a verdict on it has to be is known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from perfkit.trackers.time import Stopwatch

__all__ = ["counted", "units_lasting", "work_of"]

#: Steps of arithmetic in a unit: some 10 microseconds.
_STEPS = 200
#: A linear congruential generator (Park and Miller 1988, Communications of the ACM 31, 1192),
#: so that each step needs the one before and none can be left out.
_FACTOR, _MODULUS = 16807, 2**31 - 1
_TRIALS = 5


def counted(units: int) -> tuple[int, int]:
    """Do so many units of arithmetic; give how many were done, and what came out."""
    state = 1
    done = 0
    for _ in range(units):
        for _ in range(_STEPS):
            state = state * _FACTOR % _MODULUS
        done += 1
    return done, state


def work_of(units: int) -> Callable[[], tuple[int, int]]:
    """A callable without arguments that does so many units."""
    return partial(counted, units)


def units_lasting(seconds: float) -> int:
    """Units that take about so long on this machine, by the fastest of a few trials."""
    trial = 200
    fastest = float("inf")
    for _ in range(_TRIALS):
        with Stopwatch() as watch:
            counted(trial)
        fastest = min(fastest, watch.elapsed.wall_seconds)
    return max(1, round(seconds * trial / fastest))
