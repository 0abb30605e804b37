"""Profile a work: where its time and its memory go."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from perfkit.bench.environment import collect
from perfkit.bench.progress import Progress
from perfkit.errors import ParameterError
from perfkit.nearest import did_you_mean
from perfkit.profiling.rendering import Part
from perfkit.profiling.result import Profile
from perfkit.profiling.time_profile import time_profile
from perfkit.profiling.work import Document, Given, Work, work_of

__all__ = ["KINDS", "profile"]

Tell = Callable[[float], object]


def profile(
    work: Given,
    document: Document = None,
    *,
    kind: str | Sequence[str] = "time",
    seconds: float = 2.0,
    interval_ms: float = 1.0,
    progress: bool = False,
) -> Profile:
    """Where the time and the memory of a work go, to the line, its worker processes included.

    The work is done over and over, in rounds with and without the profiler in turns, so that
    what the profiler costs is measured too.

    Parameters
    ----------
    work : Recipe, callable or str
        A recipe, a pipeline of one's own (a callable of a document, or an installed one's name);
        without a document a callable without arguments.
    document : path, optional
        A bare name is also looked for in ``test_invoices``.
    kind : str or sequence of str
        ``time``, or ``all``.
    seconds : float
        For the runs of each kind under its profiler, at least; about as many run without.
    interval_ms : float
        Between two looks of a time profile, on average.
    progress : bool
        Show how much is done.

    Returns
    -------
    Profile
        Prints as sentences; :meth:`~Profile.frame`, :meth:`~Profile.to_json`,
        :meth:`~Profile.html`, :meth:`~Profile.speedscope`.

    Raises
    ------
    ParameterError
        If an argument makes no sense.
    MeasurementError
        If a comparison is timed or another profiler runs in this process, or the platform lacks
        what a kind needs.
    DocumentError
        If the document cannot be read.
    """
    kinds = _kinds(kind)
    for name, value in (("seconds", seconds), ("interval_ms", interval_ms)):
        if value <= 0:
            raise ParameterError(f"{name} must be above 0, not {value!r}.")
    done = work_of(work, document)
    options = {"seconds": seconds, "interval_ms": interval_ms}
    with Progress(progress) as show:
        parts = tuple(
            KINDS[each](done, options, partial(show, f"profile of {each}")) for each in kinds
        )
    return Profile(
        id=uuid.uuid4().hex[:12],
        work=done.title,
        recipe=None if done.recipe is None else done.recipe.as_dict(),
        environment=collect(),
        parts=parts,
    )


def _kinds(kind: str | Sequence[str]) -> list[str]:
    wanted = [kind] if isinstance(kind, str) else list(kind)
    if "all" in wanted:
        return list(KINDS)
    for name in wanted:
        if name not in KINDS:
            raise ParameterError(f"There is no profile {name!r}{did_you_mean(name, KINDS)}")
    return list(dict.fromkeys(wanted)) or ["time"]


def _time(work: Work, options: dict[str, Any], tell: Tell) -> Part:
    return time_profile(
        work, seconds=options["seconds"], interval_ms=options["interval_ms"], tell=tell
    )


#: Each kind, and what takes it.
KINDS: dict[str, Callable[[Work, dict[str, Any], Tell], Part]] = {"time": _time}
