"""Take a time profile: looks at where the work is, in this process and in its workers."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from perfkit.executors._watch import Watch, watched
from perfkit.profiling._sampling import Sampler
from perfkit.profiling.rounds import in_rounds
from perfkit.profiling.stacks import HERE, StackProfile, stacks_from
from perfkit.profiling.work import Work

__all__ = ["around_call", "time_profile"]

_AROUND = f"{__name__}:around_call"


def time_profile(
    work: Work,
    *,
    seconds: float = 2.0,
    interval_ms: float = 1.0,
    fewest: int = 5,
    tell: Callable[[float], object] | None = None,
) -> StackProfile:
    """Where the time of a work goes, to the line.

    Parameters
    ----------
    work : Work
    seconds : float
        For the runs under the sampler; as many again run without it.
    interval_ms : float
        Between two looks, on average.
    fewest : int
        Rounds that are taken, at least.
    tell : callable, optional
        Is told the share that is done.

    Raises
    ------
    MeasurementError
        If a comparison is timed, or another profiler runs, in this process.
    """
    sampler = Sampler(interval_ms / 1000)
    workers: dict[int, list[tuple[Any, ...]]] = {}

    def take(seen: tuple[int, list[tuple[Any, ...]]]) -> None:
        workers.setdefault(seen[0], []).extend(seen[1])

    def profiled(runs: Callable[[], None]) -> None:
        with watched(Watch(_AROUND, (interval_ms,), take)):
            sampler.run(runs)

    rounds = in_rounds(
        "a time profile", work.call, profiled, seconds=seconds, fewest=fewest, tell=tell
    )
    seen = [(HERE, _inside(sampler.stacks()))]
    seen += [
        (f"worker process {number}", stacks)
        for number, stacks in enumerate(workers.values(), start=1)
    ]
    functions, places, stacks, sources = stacks_from(seen)
    return StackProfile("time", work.title, functions, places, stacks, sources, *rounds)


def _inside(stacks: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Without the loop over runs, which is the profiler's own."""
    own = os.path.join(os.path.dirname(__file__), "rounds.py")
    return [
        (codes[1:] if codes[0][1] == own else codes, *rest)
        for codes, *rest in stacks
        if codes[0][1] != own or len(codes) > 1
    ]


def around_call(
    settings: tuple[float], function: str, arguments: tuple[Any, ...]
) -> tuple[Any, tuple[int, list[tuple[Any, ...]]]]:
    """In a worker process: a call under a sampler of its own; see :class:`Watch`."""
    from perfkit.executors._outcome import find

    sampler = Sampler(settings[0] / 1000)
    value = sampler.run(lambda: find(function)(*arguments))
    return value, (os.getpid(), _unwrapped(sampler.stacks()))


def _unwrapped(stacks: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Without the lambda around the call."""
    return [(codes[1:], *rest) for codes, *rest in stacks if len(codes) > 1]
