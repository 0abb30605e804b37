"""A clock and a profiler never run at once: a time taken under a profiler says nothing."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from perfkit.errors import MeasurementError

__all__ = ["profiling", "timing"]

_lock = threading.Lock()
_profilers: list[str] = []
_clocks = 0


@contextmanager
def timing() -> Iterator[None]:
    """While a run is timed that is to be compared.

    Raises
    ------
    MeasurementError
        If a profiler runs in this process.
    """
    global _clocks
    with _lock:
        if _profilers or sys.getprofile() is not None:
            running = _profilers[0] if _profilers else "that sys.getprofile() tells of"
            raise MeasurementError(
                f"Nothing is timed while a profiler runs ({running}): its own work would be in "
                "the time. Compare first, profile after."
            )
        _clocks += 1
    try:
        yield
    finally:
        with _lock:
            _clocks -= 1


@contextmanager
def profiling(what: str) -> Iterator[None]:
    """While a profiler runs; ``what`` names it in messages.

    Raises
    ------
    MeasurementError
        If a run is timed in this process, or another profiler runs.
    """
    with _lock:
        if _clocks:
            raise MeasurementError(
                "Nothing is profiled while a comparison is timed: it would be slowed, and its "
                "verdict wrong. Profile before or after."
            )
        if _profilers:
            raise MeasurementError(
                f"One profiler at a time: {_profilers[0]} runs, and would see {what}."
            )
        _profilers.append(what)
    try:
        yield
    finally:
        with _lock:
            _profilers.remove(what)
