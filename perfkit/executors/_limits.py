"""Limits that a worker process sets itself before it opens what may be hostile.

In any other process they do nothing: there is no one to take over from it.
"""

from __future__ import annotations

import signal
import sys

__all__ = [
    "begin_worker",
    "grant_memory",
    "is_worker",
    "limit_memory",
    "near_limit",
    "set_deadline",
]

_MIB = 1 << 20
#: A worker that holds more than this share of its limit between calls is replaced.
_WORN_SHARE = 0.5

_is_worker = False
_limit_mb = 0.0


def begin_worker() -> None:
    """Make this process a worker, for good."""
    global _is_worker
    _is_worker = True


def is_worker() -> bool:
    """Whether this process is a worker."""
    return _is_worker


def limit_memory(most_mb: float) -> None:
    """Let this worker have so much address space (MiB), 0 for any.

    What asks for more gets none: Python raises MemoryError, a library reports it or aborts.
    """
    global _limit_mb
    if not _is_worker or most_mb == _limit_mb:
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = int(most_mb * _MIB) if most_mb else hard
    if hard != resource.RLIM_INFINITY:
        soft = hard if soft == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    _limit_mb = most_mb


def grant_memory(least_mb: float) -> None:
    """Raise this worker's limit to what an engine needs at least (MiB)."""
    if _limit_mb and least_mb > _limit_mb:
        limit_memory(least_mb)


def near_limit() -> bool:
    """Whether this worker holds so much of its limit that the next document might lack it."""
    if not _limit_mb or not sys.platform.startswith("linux"):
        return False
    import mmap

    with open("/proc/self/statm", "rb", buffering=0) as file:
        held = int(file.read().split(None, 1)[0]) * mmap.PAGESIZE
    return held > _WORN_SHARE * _limit_mb * _MIB


def set_deadline(seconds: float) -> None:
    """Have the system end this worker after so many seconds from now; 0 takes that back.

    The signal's own action ends it, wherever it is: no code of a library can hold it up.
    """
    if _is_worker:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
