"""Run a gate: this checkout against another revision, in live interleaved processes."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from perfkit.bench.compare import prove, verdict_of
from perfkit.bench.environment import collect
from perfkit.bench.gate import Gate, GateLine, corrected
from perfkit.bench.isolated import proved
from perfkit.bench.launches import observe_launches
from perfkit.bench.paired import PairedRules
from perfkit.bench.pairs import BASELINE, CANDIDATE
from perfkit.bench.progress import Progress
from perfkit.bench.records import Recorder, Run
from perfkit.bench.revision import Tree, checkout_root, other_revision, this_checkout
from perfkit.bench.workloads import Workload
from perfkit.errors import MeasurementError, OutputsDifferError, WorkersError

__all__ = ["against_revision"]

_Keep = Callable[[str, Run], None]


def against_revision(
    revision: str,
    workloads: Sequence[Workload],
    *,
    budget_seconds: float = 60.0,
    alpha: float = 0.01,
    margin: float = 0.01,
    python: str | None = None,
    record: str | os.PathLike[str] | None = None,
    show: Progress | None = None,
) -> Gate:
    """Each workload of this checkout against that of another revision.

    Parameters
    ----------
    revision : str
        Any name of a commit that git knows.
    workloads : sequence of Workload
    budget_seconds : float
        For all of them together; six launches are made of each, whatever it says.
    alpha : float
        Chance of a false alarm, over all workloads together.
    margin : float
        Relative: smaller differences are of no interest.
    python : str, optional
        An interpreter that has what the other revision needs.
    record : path, optional
        JSON-lines file that every run is appended to, a session for each revision.

    Raises
    ------
    ParameterError
        If there is no checkout here, or no such revision.
    MeasurementError
        If the other revision cannot be set up.
    """
    root = checkout_root()
    # Each interval as narrow as all of them together need: Bonferroni, of which Holm is a part.
    each = alpha / len(workloads)
    rules = PairedRules(confidence=1 - each, margin=margin, same=max(0.02, 2 * margin))
    lines = []
    with other_revision(root, revision, python) as old, _importable(root):
        new = this_checkout(root)
        names = new.name, old.name
        with _keeping(record, old.name, new.name) as keep:
            for place, workload in enumerate(workloads):
                tell = partial(_tell, show, workload.name, place, len(workloads))
                budget = budget_seconds / len(workloads)
                lines.append(_line(workload, old, new, rules, budget, tell, keep))
    return Gate(
        candidate=names[0],
        baseline=names[1],
        against=revision,
        alpha=alpha,
        margin=margin,
        environment=collect(),
        lines=tuple(corrected(lines, rules, alpha)),
    )


def _tell(show: Progress | None, name: str, place: int, of: int, share: float) -> None:
    if show is not None:
        show(f"{place + 1} of {of}: {name}", (place + share) / of)


@contextlib.contextmanager
def _keeping(path: str | os.PathLike[str] | None, old: str, new: str) -> Iterator[_Keep | None]:
    """What keeps runs as they are taken, in a session for each revision; None without a path."""
    if path is None:
        yield None
        return
    here = collect()
    with contextlib.ExitStack() as stack:
        recorders = {
            arm: stack.enter_context(Recorder(path, dataclasses.replace(here, revision=revision)))
            for arm, revision in ((BASELINE, old), (CANDIDATE, new))
        }

        def keep(workload: str, run: Run) -> None:
            recorder = recorders[run.arm]
            recorder.add(dataclasses.replace(run, arm=workload, launch=recorder.launch))

        yield keep


def _line(
    workload: Workload,
    old: Tree,
    new: Tree,
    rules: PairedRules,
    budget: float,
    tell: Callable[[float], object],
    keep: _Keep | None,
) -> GateLine:
    sides = workload.side(old), workload.side(new)
    names = old.name, new.name
    tell(0.0)
    try:
        output, repeats = proved(sides, partial(prove, check=None, names=names))
        observed = observe_launches(
            sides,
            repeats=repeats,
            budget_seconds=budget,
            rules=rules,
            tell=tell,
            keep=partial(keep, workload.name) if keep else None,
        )
    except OutputsDifferError as error:
        return GateLine(workload.name, None, "not measured", error=f"{workload.name}: {error}")
    except (MeasurementError, WorkersError) as error:
        return GateLine(workload.name, None, "not measured", error=str(error))
    verdict = verdict_of(observed, rules, output, names)
    return GateLine(workload.name, verdict, verdict.word)


@contextlib.contextmanager
def _importable(root: Path) -> Iterator[None]:
    """Have classes of this checkout importable: outputs of both revisions are read as such."""
    places = [os.fspath(place) for place in (root, root / "src") if place.is_dir()]
    before = list(sys.path)
    sys.path[:0] = places
    try:
        yield
    finally:
        sys.path[:] = before
