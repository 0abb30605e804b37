"""Wall and CPU time of a piece of work, with the processes it waited for."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple

from perfkit.trackers._tree import processes

__all__ = ["Elapsed", "Stopwatch", "cpu_seconds", "tree_cpu_seconds"]

_NANOSECONDS = 1e-9
#: Fields of /proc/PID/stat behind the name: time of children that were waited for, in ticks.
_CUTIME, _CSTIME = 13, 14


class Elapsed(NamedTuple):
    """What a piece of work took, in seconds. Wall time is the claim, CPU time the witness."""

    wall_seconds: float
    cpu_seconds: float


def cpu_seconds() -> float:
    """CPU time of this process and of all child processes that it has waited for.

    A child still running is not in it: the kernel adds its time when it is waited for.
    Where the platform keeps no account of children (Windows), it is this process alone.
    """
    own = time.process_time()
    if sys.platform == "win32":
        return own
    import resource

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own + children.ru_utime + children.ru_stime


def tree_cpu_seconds() -> float:
    """CPU time of this process and of all its descendants, those still at work included.

    For ``Stopwatch(cpu_clock=tree_cpu_seconds)`` around work that kept worker processes do.

    Raises
    ------
    MeasurementError
        Where there is no /proc to tell: it is Linux's own.
    """
    total = cpu_seconds()
    for pid in processes()[1:]:
        try:
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/schedstat", "rb") as file:
                    total += int(file.read().split()[0]) * _NANOSECONDS
            with open(f"/proc/{pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except (OSError, IndexError):
            continue  # it has ended; who waited for it has its time
        total += (int(fields[_CUTIME]) + int(fields[_CSTIME])) / os.sysconf("SC_CLK_TCK")
    return total


class Stopwatch:
    """Times the body of a ``with`` statement.

    Parameters
    ----------
    wall_clock, cpu_clock : callable without arguments, optional
        Give seconds from any fixed start; tests hand in clocks of their own.

    Examples
    --------
    >>> with Stopwatch() as watch:
    ...     total = sum(range(1000))
    >>> watch.elapsed.wall_seconds > 0
    True
    """

    def __init__(
        self,
        wall_clock: Callable[[], float] = time.perf_counter,
        cpu_clock: Callable[[], float] = cpu_seconds,
    ) -> None:
        self._wall_clock, self._cpu_clock = wall_clock, cpu_clock
        self.elapsed = Elapsed(0.0, 0.0)

    def __enter__(self) -> Stopwatch:
        # CPU outside, wall inside: the wall interval holds no reading of the other clock.
        self._cpu = self._cpu_clock()
        self._wall = self._wall_clock()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        wall = self._wall_clock() - self._wall
        self.elapsed = Elapsed(wall, self._cpu_clock() - self._cpu)
