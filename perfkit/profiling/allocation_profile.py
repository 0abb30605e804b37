"""Allocation profiles: what is held at the peak of memory, by who allocated it; from memray."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

from perfkit.errors import MeasurementError, MissingExtraError
from perfkit.executors._watch import Watch, watched
from perfkit.profiling.rounds import in_rounds
from perfkit.profiling.stacks import HERE, StackProfile, stacks_from
from perfkit.profiling.work import Work

__all__ = ["Peak", "allocation_profile", "around_call", "held_at_peak"]

_AROUND = f"{__name__}:around_call"
_MIB = 1 << 20
#: Records of a peak that are kept, the largest first; the others together are told as one.
_MOST_RECORDS = 2000
_REST = ("(smaller ones)", "", 0)

#: As :meth:`perfkit.profiling._sampling.Sampler.stacks` gives them, in MiB.
Peak = list[tuple[Any, ...]]


def allocation_profile(
    work: Work,
    *,
    rounds: int = 5,
    tell: Callable[[float], object] | None = None,
) -> StackProfile:
    """What is held when memory is at its peak, by stack; the round of the highest peak.

    Worker processes have a peak of their own each.

    Raises
    ------
    MissingExtraError
        If memray is not installed.
    MeasurementError
        On a platform that memray does not run on.
    """
    check_platform()
    peaks: list[Peak] = []
    workers: dict[int, Peak] = {}

    def take(seen: tuple[int, Peak]) -> None:
        pid, peak = seen
        if total(peak) > total(workers.get(pid, [])):
            workers[pid] = peak

    def profiled(runs: Callable[[], None]) -> None:
        with watched(Watch(_AROUND, (), take)):
            peaks.append(held_at_peak(runs)[1])

    found = in_rounds(
        "an allocation profile",
        work.call,
        profiled,
        seconds=0.0,
        fewest=rounds,
        repeats=1,
        tell=tell,
    )
    seen = [(HERE, max(peaks, key=total))]
    seen += [
        (f"worker process {number}", peak) for number, peak in enumerate(workers.values(), start=1)
    ]
    functions, places, stacks, sources = stacks_from(seen)
    return StackProfile(
        "allocations",
        work.title,
        functions,
        places,
        stacks,
        sources,
        1,
        found.slowdown,
        found.run_seconds,
    )


def check_platform() -> None:
    """Refuse where memray cannot run.

    Raises
    ------
    MissingExtraError, MeasurementError
        See :func:`allocation_profile`.
    """
    if sys.platform == "win32":
        raise MeasurementError(
            "Allocations are profiled with memray, which runs on Linux and macOS only. "
            "--kind memory works here."
        )
    try:
        import memray  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("memray", "workbench", "An allocation profile") from error


def held_at_peak(call: Callable[[], Any]) -> tuple[Any, Peak]:
    """What a call gives, and what was held at the peak while it ran."""
    import memray

    with tempfile.TemporaryDirectory(prefix="perfkit-memray-") as folder:
        path = os.path.join(folder, "allocations.bin")
        with memray.Tracker(path):
            value = call()
        reader = memray.FileReader(path)
        records = sorted(
            reader.get_high_watermark_allocation_records(merge_threads=True),
            key=lambda record: -record.size,
        )
        peak = [
            stack
            for record in records[:_MOST_RECORDS]
            if (stack := _stack(record.stack_trace(), record.size, record.n_allocations))
        ]
        left = records[_MOST_RECORDS:]
        reader.close()
    if left:
        size, number = sum(each.size for each in left), sum(each.n_allocations for each in left)
        peak.append(((_REST,), 0, size / _MIB, number, False))
    return value, peak


def _stack(
    trace: Sequence[tuple[str, str, int]], size: int, allocations: int
) -> tuple[Any, ...] | None:
    """A record as a sampler tells a stack; None for what was no part of the work."""
    inner = []
    in_thread = False
    for function, file, line in trace:
        if os.path.dirname(file) == os.path.dirname(__file__):
            break
        if file.endswith("threading.py") and function in ("Thread._bootstrap", "_bootstrap"):
            in_thread = True
        inner.append((function, file, line))
    else:
        if not in_thread:
            return None
        inner = [each for each in inner if not each[1].endswith(("threading.py", "thread.py"))]
    if not inner:
        return None
    # memray tells the line that ran, not the function's first: none is made up for it.
    codes = tuple((function, file, 0) for function, file, _ in reversed(inner))
    return codes, inner[0][2], size / _MIB, allocations, in_thread


def total(peak: Peak) -> float:
    """MiB of all stacks."""
    return float(sum(amount for _, _, amount, *_ in peak))


def around_call(
    settings: tuple[()], function: str, arguments: tuple[Any, ...]
) -> tuple[Any, tuple[int, Peak]]:
    """In a worker process: a call with its allocations tracked; see :class:`Watch`."""
    del settings  # there are none
    from perfkit.executors._outcome import find

    called = find(function)
    value, peak = held_at_peak(lambda: called(*arguments))
    return value, (os.getpid(), peak)
