"""Profile a work: where its time and its memory go."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from perfkit.bench.environment import collect
from perfkit.bench.profile_choice import chosen
from perfkit.bench.progress import Progress
from perfkit.errors import ParameterError
from perfkit.nearest import did_you_mean
from perfkit.profiling.allocation_profile import allocation_profile
from perfkit.profiling.difference import Difference
from perfkit.profiling.differing import against_revision, against_work
from perfkit.profiling.line_profile import line_profile
from perfkit.profiling.memory_profile import memory_profile
from perfkit.profiling.rendering import Part
from perfkit.profiling.result import Profile
from perfkit.profiling.stacks import StackProfile
from perfkit.profiling.time_profile import time_profile
from perfkit.profiling.work import Document, Given, Work, work_of

__all__ = ["KINDS", "profile"]

#: In the order that ``all`` takes them.
KINDS = ("time", "line", "memory", "allocations")


def profile(
    work: Given,
    document: Document = None,
    *,
    kind: str | Sequence[str] = "time",
    against: Given | None = None,
    seconds: float = 2.0,
    interval_ms: float = 1.0,
    function: str = "",
    profile: str = "quick",
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
        ``time``, ``line`` (every line of the hot functions counted), ``memory`` (the process
        tree over time and by page), ``allocations`` (who holds it at the peak), or ``all``.
    function : str
        Of a memory profile: ``FILE:NAME`` as profiles tell it, whose lines are looked at one by
        one; slow.
    against : Recipe, callable or str, optional
        A baseline of the same kind; or a git revision, of which the recipe is profiled in fresh
        processes. Then it is told which functions and lines take more than in it, of ``time`` or
        ``allocations``, from repeated profiles in turns. One's own pipeline's name holds a colon.
    seconds : float
        For the runs of each kind under its profiler, at least; about as many run without. 0 leaves
        it to ``profile``.
    interval_ms : float
        Between two looks of a time profile, on average.
    profile : {"quick", "full"}
        Of a notebook: 0.6 s, or 6.
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
    if function and "memory" not in kinds:
        raise ParameterError("function= is looked at by a memory profile: kind='memory'.")
    for name, value, least in (("seconds", seconds, 0), ("interval_ms", interval_ms, 0.05)):
        if value < least:
            raise ParameterError(f"{name} must be {least} or more, not {value!r}.")
    seconds = chosen(profile, seconds, quick=0.6, full=6.0)
    done = work_of(work, document)
    options = Options(seconds, interval_ms, function)
    with Progress(progress) as show:
        if against is None:
            parts = tuple(_parts(done, kinds, options, show))
        else:
            parts = (_difference(done, document, against, kinds, options, show),)
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
        usable = KINDS if sys.platform != "win32" else KINDS[:-1]
        return list(usable)
    for name in wanted:
        if name not in KINDS:
            raise ParameterError(f"There is no profile {name!r}{did_you_mean(name, KINDS)}")
    return list(dict.fromkeys(wanted)) or ["time"]


class Options(NamedTuple):
    """What the kinds are told."""

    seconds: float
    interval_ms: float
    function: str


def _parts(work: Work, kinds: Sequence[str], options: Options, show: Progress) -> Iterator[Part]:
    """The parts in the order asked for; the time profile first where lines need one."""
    times: StackProfile | None = None
    for kind in kinds:
        tell = partial(show, f"profile: {kind}")
        if kind in ("time", "line") and times is None:
            # Lines are counted of what is hot: that shows in a moment.
            share = 1.0 if "time" in kinds else 0.3
            times = time_profile(
                work,
                seconds=share * options.seconds,
                interval_ms=options.interval_ms,
                tell=tell,
            )
        if kind == "time" and times is not None:
            yield times
        elif kind == "line" and times is not None:
            yield line_profile(work, times, seconds=options.seconds, tell=tell)
        elif kind == "memory":
            yield memory_profile(
                work, function=options.function, seconds=options.seconds / 4, tell=tell
            )
        elif kind == "allocations":
            yield allocation_profile(work, tell=tell)


def _difference(
    work: Work,
    document: Document,
    against: Given,
    kinds: Sequence[str],
    options: Options,
    show: Progress,
) -> Difference:
    if len(kinds) != 1:
        raise ParameterError("A difference is taken of one kind at a time: time or allocations.")
    tell = partial(show, "profiles in turns")
    how: dict[str, Any] = {"kind": kinds[0], "seconds": options.seconds, "tell": tell}
    if isinstance(against, str) and ":" not in against:
        return against_revision(work, against, **how)
    return against_work(work, work_of(against, document), **how)
