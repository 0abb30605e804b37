"""Take a difference: profiles of two arms, round by round in turns."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from perfkit.bench import alone
from perfkit.bench.paired import Interval
from perfkit.bench.revision import Tree, checkout_root, other_revision, this_checkout
from perfkit.errors import MeasurementError, ParameterError
from perfkit.profiling import revision_worker
from perfkit.profiling.allocation_profile import allocation_profile
from perfkit.profiling.changes import Where, changes
from perfkit.profiling.difference import Difference
from perfkit.profiling.stacks import HERE, Stack, StackProfile, stacks_from
from perfkit.profiling.time_profile import time_profile
from perfkit.profiling.work import Work
from perfkit.recipe import Recipe

__all__ = ["against_revision", "against_work"]

Tell = Callable[[float], object]
_ROUNDS = {"time": 12, "allocations": 6}
_LAUNCHES = 10
_PATIENCE_SECONDS = 300.0


def against_work(
    candidate: Work, baseline: Work, *, kind: str, seconds: float, tell: Tell | None = None
) -> Difference:
    """Two works in this process, profiled in turns.

    Parameters
    ----------
    kind : {"time", "allocations"}
    seconds : float
        For each of both, under the profiler, over all rounds.
    """
    rounds = _rounds_of(kind)
    draw, taken = random.Random(0), _Taken(([], []))
    for number in range(rounds):
        for arm in draw.sample((0, 1), 2):
            work = (baseline, candidate)[arm]
            if kind == "time":
                part = time_profile(work, seconds=seconds / rounds, fewest=3)
            else:
                part = allocation_profile(work, rounds=3)
            taken.arms[arm].append(part)
        if tell is not None:
            tell((number + 1) / rounds)
    return taken.difference(candidate.title, baseline.title, launches=False)


def _rounds_of(kind: str) -> int:
    if kind not in _ROUNDS:
        raise ParameterError(
            f"A difference is taken of time or of allocations, not of {kind!r}; lines are in both."
        )
    return _ROUNDS[kind]


def against_revision(
    work: Work, revision: str, *, kind: str, seconds: float, tell: Tell | None = None
) -> Difference:
    """This checkout against another revision of it, in fresh processes in turns.

    Two processes of the same code differ, so that the process is what is counted. Pages are read
    in one process each, whatever the recipe says: the other revision's workers tell nothing.

    Raises
    ------
    ParameterError
        If there is no checkout here or no such revision, or the work is no recipe.
    MeasurementError
        If the other revision cannot be set up, or fails.
    """
    if kind != "time":
        raise ParameterError(f"Revisions are compared in time, not in {kind!r}.")
    if work.recipe is None:
        raise ParameterError("Of another revision a recipe can be profiled, no callable.")
    root = checkout_root()
    draw, taken = random.Random(0), _Taken(([], []))
    order = {
        "document": os.path.abspath(work.path),
        "recipe": _told(work.recipe.with_(executor="inline")),
        "seconds": seconds / _LAUNCHES,
        "interval_ms": 1.0,
    }
    with ExitStack() as stack:
        old = stack.enter_context(other_revision(root, revision))
        new = this_checkout(root)
        for number in range(_LAUNCHES):
            for arm in draw.sample((0, 1), 2):
                tree = (old, new)[arm]
                with alone.profiling("a profile of another revision"):
                    taken.arms[arm].append(_launched(tree, order, work.title))
            if tell is not None:
                tell((number + 1) / _LAUNCHES)
        return taken.difference(f"{work.title} at {new.name}", old.name, launches=True)


def _told(recipe: Recipe) -> dict[str, Any]:
    """Fields that are not as usual: another revision may not know the others."""
    usual = Recipe().as_dict()
    return {name: value for name, value in recipe.as_dict().items() if value != usual[name]}


def _launched(tree: Tree, order: dict[str, Any], title: str) -> StackProfile:
    """A profile from a fresh process of a checkout."""
    script = str(Path(revision_worker.__file__).resolve())
    try:
        done = subprocess.run(
            [tree.interpreter, "-P", script],
            input=json.dumps({**order, "path": list(tree.search_path)}),
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=True,
        )
        answer = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        raise MeasurementError(f"{tree.name}: {said[-1] if said else error}") from error
    functions, places, stacks, sources = stacks_from(
        [(HERE, answer["stacks"])], folder=os.fspath(tree.folder)
    )
    # What the sampler costs cancels: both sides bear it.
    even = Interval(1.0, 1.0, 1.0, 0, 0.0)
    return StackProfile(
        "time", title, functions, places, stacks, sources, answer["runs"], even, 0.0
    )


class _Taken(NamedTuple):
    """Profiles of the baseline and of the candidate, by round."""

    arms: tuple[list[StackProfile], list[StackProfile]]

    def difference(self, candidate: str, baseline: str, *, launches: bool) -> Difference:
        """What they come to."""
        before, after = self.arms
        return Difference(
            work=candidate,
            baseline=baseline,
            before=_together(before),
            after=_together(after),
            functions=changes(*(list(map(_by_function, arm)) for arm in self.arms)),
            lines=changes(*(list(map(_by_line, arm)) for arm in self.arms)),
            rounds=len(before),
            launches=launches,
        )


def _by_function(profile: StackProfile) -> dict[Where, float]:
    sums: dict[Where, float] = {}
    for each in profile.lines:
        where = Where(each.function.name, each.function.file)
        sums[where] = sums.get(where, 0.0) + each.amount
    return sums


def _by_line(profile: StackProfile) -> dict[Where, float]:
    sums: dict[Where, float] = {}
    for each in profile.lines:
        where = Where(each.function.name, each.function.file, each.source or str(each.line))
        sums[where] = sums.get(where, 0.0) + each.amount
    return sums


def _together(profiles: Sequence[StackProfile]) -> StackProfile:
    """All rounds as one profile."""
    first = profiles[0]
    functions: dict[Any, int] = {}
    places: dict[str, int] = {}
    sums: dict[Any, list[float]] = {}
    sources: dict[tuple[str, int], str] = {}
    for profile in profiles:
        sources.update(profile.sources)
        for stack in profile.stacks:
            chain = tuple(
                functions.setdefault(profile.functions[number], len(functions))
                for number in stack.functions
            )
            place = places.setdefault(profile.places[stack.place], len(places))
            found = sums.setdefault((place, chain, stack.line), [0.0, 0])
            found[0] += stack.amount
            found[1] += stack.looks
    return StackProfile(
        first.kind,
        first.work,
        tuple(functions),
        tuple(places),
        tuple(
            Stack(place, chain, line, round(amount, 7), int(looks))
            for (place, chain, line), (amount, looks) in sums.items()
        ),
        sources,
        sum(profile.runs for profile in profiles),
        first.slowdown,
        median(profile.run_seconds for profile in profiles),
    )
