"""Tune: search recipes for given documents, judge the best by comparison, recommend one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from perfkit.bench.documents import Documents, labelled
from perfkit.bench.environment import collect
from perfkit.bench.kept_points import keep_session
from perfkit.bench.points import digest_of
from perfkit.bench.progress import Progress
from perfkit.bench.records import Plan, Recorder, read
from perfkit.errors import MeasurementError, ParameterError
from perfkit.recipe import Recipe
from perfkit.tuning.limits import Limits
from perfkit.tuning.measuring import BASELINE, Measuring
from perfkit.tuning.recommendation import Recommendation
from perfkit.tuning.search import points_for
from perfkit.tuning.space import Space, usual_axes
from perfkit.tuning.work import Minimise, Tuning

__all__ = ["tune"]

_MINIMISED = ("time", "memory", "cost")
_FEWEST_ROUNDS = 3


def tune(
    documents: Documents,
    axes: Mapping[str, Sequence[Any]] | None = None,
    recipe: Recipe = Recipe(),
    *,
    max_seconds: float | None = None,
    max_memory_mb: float | None = None,
    min_accuracy: float | None = None,
    max_cost_usd: float | None = None,
    minimise: Minimise = "time",
    share: float = 0.25,
    rounds: int = 5,
    judge_seconds: float = 2.0,
    record: str | os.PathLike[str] | None = None,
    resume: bool = True,
    progress: bool = True,
    seed: int = 0,
) -> Recommendation:
    """The recipe to take for these documents on this machine, under limits.

    Each recipe that is tried first has to give the baseline's very output (or one that is as
    right by the truth beside the document). It is then timed in the same rounds as one other
    recipe, so that ratios hold although the machine's pace changes. Those that come near the
    best are compared with it as :func:`perfkit.compare` does, and what wins is compared with the
    sequential baseline.

    Parameters
    ----------
    documents : path or sequence of paths
        A bare name is also looked for in ``test_invoices``.
    axes : mapping of str to sequence, optional
        Values of each field of a recipe that may be chosen; by default engines of local files,
        executors, workers and the size of their calls.
    recipe : Recipe
        Has the fields that no axis names.
    max_seconds, max_memory_mb, min_accuracy, max_cost_usd : float, optional
        See :class:`~perfkit.tuning.limits.Limits`.
    minimise : {"time", "memory", "cost"}
        What is to be small; of recipes that are alike in it the quicker one is taken.
    share : float
        Of all recipes, 0 to 1: so many are tried, four at least.
    rounds : int
        Timed rounds of a recipe that is not slow beyond hope, at least 3.
    judge_seconds : float
        Seconds of each comparison at the end.
    record : path, optional
        JSON-lines file that everything is appended to as it is measured.
    resume : bool
        Go on with the same tuning of that file (same recipes, documents' bytes, machine,
        packages and code): what it holds is not measured again.
    progress : bool
        Show what is being done.
    seed : int
        Of the search and of the order within the rounds.

    Raises
    ------
    ParameterError
        If an argument makes no sense.
    RecipeError
        If a recipe has no such field or value.
    DocumentNotFoundError
        If a document is not there.
    MissingExtraError
        If optuna is not installed.
    """
    limits = Limits(max_seconds, max_memory_mb, min_accuracy, max_cost_usd)
    if minimise not in _MINIMISED:
        raise ParameterError(f"minimise must be one of {', '.join(_MINIMISED)}, not {minimise!r}.")
    if not 0 < share <= 1:
        raise ParameterError(f"share must lie above 0 and be 1 at most, not {share!r}.")
    if rounds < _FEWEST_ROUNDS:
        raise ParameterError(f"rounds must be at least {_FEWEST_ROUNDS}, not {rounds!r}.")
    if judge_seconds <= 0:
        raise ParameterError(f"judge_seconds must be above 0, not {judge_seconds!r}.")
    space = Space(recipe, axes or usual_axes())
    paths = labelled(documents)
    with Progress(progress) as show, _recorder(record, space, paths, resume=resume) as recorder:
        measuring = Measuring(
            paths, recorder, rounds=rounds, least_accuracy=min_accuracy, seed=seed
        )
        work = Tuning(space, limits, minimise, measuring, paths, show, points_for(space, share))
        found = work.run(judge_seconds, seed, recorder.environment)
        try:
            keep_session(recorder.session)
        except MeasurementError as error:
            # What was measured is worth more than that it is found again by its id.
            show.line(f"perfkit profile --point will not know these points: {error}")
    return found


def _recorder(
    record: str | os.PathLike[str] | None, space: Space, paths: Mapping[str, str], *, resume: bool
) -> Recorder:
    """A recorder that goes on with the same tuning of the same environment, if there is one."""
    digests = {label: digest_of(path) for label, path in paths.items()}
    recipes = {name: each.as_dict() for name, each in space.recipes.items()}
    whole = json.dumps(["tune", recipes, digests], sort_keys=True)
    digest = hashlib.sha256(whole.encode()).hexdigest()[:16]
    if resume and record is not None and Path(record).exists() and Path(record).stat().st_size:
        here = collect().id
        for session in reversed(read(record)):
            plans = [of for of in session.records if isinstance(of, Plan)]
            if session.environment.id == here and any(of.digest == digest for of in plans):
                return Recorder(record, go_on=session)
    recorder = Recorder(record)
    places = {label: os.path.abspath(path) for label, path in paths.items()}
    recorder.add(Plan(digest, "perfkit.extract", BASELINE, dict(space.axes), digests, places))
    return recorder
