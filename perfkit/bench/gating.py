"""Run a gate: this checkout against another revision, in live interleaved processes."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from perfkit.bench.compare import prove, verdict_of
from perfkit.bench.correction import adjusted, p_value
from perfkit.bench.environment import collect
from perfkit.bench.gate import Gate, GateLine
from perfkit.bench.isolated import proved
from perfkit.bench.launches import observe_launches
from perfkit.bench.paired import Interval, PairedRules
from perfkit.bench.progress import Progress
from perfkit.bench.revision import Tree, checkout_root, other_revision, this_checkout
from perfkit.bench.verdict import Verdict
from perfkit.bench.workloads import Workload
from perfkit.errors import MeasurementError, OutputsDifferError, WorkersError

__all__ = ["against_revision"]


def against_revision(
    revision: str,
    workloads: Sequence[Workload],
    *,
    budget_seconds: float = 60.0,
    alpha: float = 0.01,
    margin: float = 0.01,
    python: str | None = None,
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
        for place, workload in enumerate(workloads):
            tell = partial(_tell, show, workload.name, place, len(workloads))
            budget = budget_seconds / len(workloads)
            lines.append(_line(workload, old, new, rules, budget, tell))
        names = new.name, old.name
    return Gate(
        candidate=names[0],
        baseline=names[1],
        against=revision,
        alpha=alpha,
        margin=margin,
        environment=collect(),
        lines=tuple(_corrected(lines, rules, alpha)),
    )


def _tell(show: Progress | None, name: str, place: int, of: int, share: float) -> None:
    if show is not None:
        show(f"{place + 1} of {of}: {name}", (place + share) / of)


def _line(
    workload: Workload, old: Tree, new: Tree, rules: PairedRules, budget: float, tell: Any
) -> GateLine:
    sides = workload.side(old), workload.side(new)
    names = old.name, new.name
    tell(0.0)
    try:
        output, repeats = proved(sides, partial(prove, check=None, names=names))
        observed = observe_launches(
            sides, repeats=repeats, budget_seconds=budget, rules=rules, tell=tell
        )
    except OutputsDifferError as error:
        return GateLine(workload.name, None, "not measured", error=f"{workload.name}: {error}")
    except (MeasurementError, WorkersError) as error:
        return GateLine(workload.name, None, "not measured", error=str(error))
    verdict = verdict_of(observed, rules, output, names)
    return GateLine(workload.name, verdict, verdict.word)


def _corrected(lines: Sequence[GateLine], rules: PairedRules, alpha: float) -> Iterator[GateLine]:
    """With p-values by Holm; what does not hold among all workloads is undecided."""
    found = [line.verdict for line in lines if line.verdict is not None]
    values = iter(adjusted([p_value(_interval(of), rules) for of in found], "holm"))
    for line in lines:
        if line.verdict is None:
            yield line
            continue
        p_adjusted = next(values)
        claims = line.word in ("slower", "faster")
        word = "undecided" if claims and p_adjusted > alpha else line.word
        yield dataclasses.replace(line, word=word, p_adjusted=p_adjusted)


def _interval(of: Verdict) -> Interval:
    return Interval(of.ratio, of.low, of.high, of.launches, of.confidence)


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
