"""Time several arms side by side: in every round each of them once, in random order.

Whatever slows the machine for a while then slows all arms alike. Interleaved pairs raised
no false alarm in the trials where timing one arm after the other raised 55 %.
"""

from __future__ import annotations

import gc
import os
import random
import sys
import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from perfkit.bench import alone
from perfkit.bench.records import Run
from perfkit.trackers.time import Stopwatch, cpu_seconds

__all__ = ["Arm", "interleave", "old_objects_set_aside", "repeats_for", "run_once"]

#: A run shorter than this is repeated until it lasts twice as long: the clock and a single
#: interrupt would weigh too much in it.
SHORTEST_SECONDS = 0.005
BATCH_SECONDS = 0.010


class Arm(NamedTuple):
    """What is timed: a callable without arguments, under the names its records carry.

    ``repeats`` calls are timed together as one run.
    """

    name: str
    document: str
    call: Callable[[], object]
    repeats: int = 1


def repeats_for(seconds: float) -> int:
    """Calls to time together, for a call that takes so long."""
    if seconds >= SHORTEST_SECONDS:
        return 1
    return max(2, round(BATCH_SECONDS / max(seconds, 1e-6)))


def run_once(
    arm: Arm,
    *,
    launch: str = "",
    round_number: int = 0,
    order: int = 0,
    gc_off: bool = True,
    cpu_clock: Callable[[], float] | None = None,
) -> Run:
    """Time one arm once. Garbage is collected before, untimed, and not while the clock runs.

    Parameters
    ----------
    gc_off : bool
        False leaves the collector on, for work whose own garbage is part of its cost.
    cpu_clock : callable, optional
        Gives CPU seconds; by default those of this process and the children it waited for.

    Raises
    ------
    MeasurementError
        If a profiler runs in this process.
    """
    call, was_on = arm.call, gc.isenabled()
    gc.collect()
    if gc_off:
        gc.disable()
    try:
        before = _switches()
        started = time.time()
        with alone.timing(), Stopwatch(cpu_clock=cpu_clock or cpu_seconds) as watch:
            for _ in range(arm.repeats):
                call()
        after = _switches()
    finally:
        if was_on:
            gc.enable()
    voluntary, involuntary = (
        (None, None)
        if before is None or after is None
        else (after[0] - before[0], after[1] - before[1])
    )
    return Run(
        launch=launch,
        arm=arm.name,
        document=arm.document,
        round=round_number,
        order=order,
        started=started,
        wall_seconds=watch.elapsed.wall_seconds,
        cpu_seconds=watch.elapsed.cpu_seconds,
        repeats=arm.repeats,
        pid=os.getpid(),
        voluntary_switches=voluntary,
        involuntary_switches=involuntary,
    )


def interleave(
    arms: Sequence[Arm],
    *,
    rounds: int,
    seed: int = 0,
    launch: str = "",
    gc_off: bool = True,
    cpu_clock: Callable[[], float] | None = None,
    done: Container[tuple[int, str, str]] = frozenset(),
) -> Iterator[Run]:
    """Runs as they are taken: ``rounds`` rounds of every arm, each in an order of its own.

    The arms must have been warmed up. The order is drawn from ``seed``, so that it can be
    repeated; runs that are ``done`` already (round, arm, document) are left out.
    """
    draw = random.Random(seed)
    with old_objects_set_aside():
        for round_number in range(1, rounds + 1):
            for order, arm in enumerate(draw.sample(arms, len(arms))):
                if (round_number, arm.name, arm.document) in done:
                    continue
                yield run_once(
                    arm,
                    launch=launch,
                    round_number=round_number,
                    order=order,
                    gc_off=gc_off,
                    cpu_clock=cpu_clock,
                )


@contextmanager
def old_objects_set_aside() -> Iterator[None]:
    """Spare the collector what was there before: in a notebook each pass took 0.1 s else."""
    if gc.get_freeze_count():  # someone else's, to be left as it is
        yield
        return
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _switches() -> tuple[int, int] | None:
    if sys.platform == "win32":
        return None
    import resource

    # Of the thread that works, where the system tells: a notebook's kernel has others, whose
    # waiting is no part of the work.
    usage = resource.getrusage(getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF))
    return usage.ru_nvcsw, usage.ru_nivcsw
