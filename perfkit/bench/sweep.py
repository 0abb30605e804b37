"""Sweep: many settings on many documents, interleaved round by round, resumed where cut short."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from perfkit.bench.correction import Correction, adjusted
from perfkit.bench.documents import Documents, labelled
from perfkit.bench.environment import collect
from perfkit.bench.formatting import count
from perfkit.bench.kept_points import keep_points
from perfkit.bench.points import digest_of
from perfkit.bench.progress import Progress
from perfkit.bench.records import Plan, Recorder, Run, Session, differing, read
from perfkit.bench.sized_documents import document_of
from perfkit.bench.subjects import Subject, subject_of
from perfkit.bench.sweep_results import PAGES, Sweep
from perfkit.bench.sweep_run import Measuring, plain
from perfkit.errors import MeasurementError, ParameterError
from perfkit.recipe import Recipe

__all__ = ["sweep"]

_FEWEST_ROUNDS = 3


def sweep(
    recipe: Recipe | Callable[..., Any] | str,
    axes: Mapping[str, Sequence[Any]],
    documents: Documents | None = None,
    *,
    rounds: int = 7,
    baseline: Mapping[str, Any] | None = None,
    correction: Correction = "holm",
    record: str | os.PathLike[str] | None = None,
    resume: bool = True,
    memory: bool = True,
    progress: bool = True,
    score: Callable[[Any], float] | None = None,
    seed: int = 0,
) -> Sweep:
    """Time, memory and accuracy at every point of a grid, against a baseline.

    Each point first processes each document twice, untimed, and its output is compared with
    the baseline's. Then all points and documents are timed in every round, in random order.
    With ``record``, a sweep that was cut short (Ctrl-C, kill -9) goes on where it stopped: the
    same call runs only what is missing. More ``rounds`` then add rounds.

    Parameters
    ----------
    recipe : Recipe, callable or str
        What is swept: the fields of a recipe, the keyword arguments of a callable
        ``work(document, **settings)``, or those of a pipeline by its name, ``module:function``
        or an entry point of ``perfkit.pipelines``.
    axes : mapping of str to sequence
        Values of each field. ``pages`` is the axis of document size: documents of so many
        pages are made for it.
    documents : path or sequence of paths, optional
        A bare name is also looked for in ``test_invoices``; not beside an axis ``pages``.
    rounds : int
        Timed rounds, at least 3: fewer carry no interval.
    baseline : mapping, optional
        Settings that all points are held against: by default the sequential engine pypdf,
        for a callable its defaults.
    correction : {"holm", "benjamini-hochberg", "none"}
        For the verdicts of many points: ``holm`` for gates, ``benjamini-hochberg`` to explore.
    record : path, optional
        JSON-lines file that every run is appended to as it is taken.
    resume : bool
        Go on with the same sweep (same points, documents' bytes, machine, packages and code) of
        that file; False measures everything anew, beside it.
    memory : bool
        Measure each point's peak on each document, in a fresh process each (recipes only).
    progress : bool
        Show what is being done, and the time left.
    score : callable, optional
        Accuracy, 0 to 1, of a callable's output.
    seed : int
        Of the order within the rounds.

    Raises
    ------
    ParameterError
        If there is no axis, no value, no document, or fewer than three rounds.
    RecipeError
        If a recipe has no such field; the message names the nearest.
    MeasurementError
        If a point gives another output when it is run again.
    """
    if rounds < _FEWEST_ROUNDS:
        raise ParameterError(f"rounds must be at least {_FEWEST_ROUNDS}, not {rounds!r}.")
    adjusted([], correction)
    subject = subject_of(recipe, score)
    grid = _grid(axes)
    name, settings = subject.baseline() if baseline is None else _named(baseline)
    points = {name: settings, **{_label(each): each for each in grid}}
    for each in points.values():
        subject.recipe(each)  # refused now, not after minutes
    with Progress(progress) as show:
        paths, pages = _paths(axes, documents, show)
        plan = _plan(subject, name, axes, paths, points)
        tell = show.line if progress else _silent
        with _recorder(record, plan, resume=resume, tell=tell) as recorder:
            measuring = Measuring(subject, points, paths, name, rounds, recorder, show, pages)
            measuring.run(memory=memory, seed=seed)
        found = Sweep(recorder.session, name, correction=correction)
        try:
            keep_points(found)
        except MeasurementError as error:
            # What was measured is worth more than that it is found again by its id.
            tell(f"perfkit profile --point will not know these points: {error}")
    return found


def _silent(_: str) -> None:
    """Where no progress is wanted."""


def _named(baseline: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return (_label(baseline) if baseline else "baseline"), dict(baseline)


def _grid(axes: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    for axis, values in axes.items():
        if isinstance(values, str) or not len(values):
            raise ParameterError(f"The axis {axis!r} needs a list of values, not {values!r}.")
    fields = [axis for axis in axes if axis != PAGES]
    if not axes:
        raise ParameterError('There is no axis to sweep; give one, as axes={"workers": [1, 2]}.')
    return [
        dict(zip(fields, values, strict=True))
        for values in itertools.product(*(axes[field] for field in fields))
    ]


def _label(settings: Mapping[str, Any]) -> str:
    return (
        ", ".join(f"{field}={value}" for field, value in settings.items())
        if settings
        else "as given"
    )


def _paths(
    axes: Mapping[str, Sequence[Any]], documents: Documents | None, show: Progress
) -> tuple[dict[str, str], dict[str, int]]:
    """Label -> path, and -> pages where they are known before."""
    if PAGES in axes:
        if documents is not None:
            raise ParameterError("Give documents or an axis pages, not both.")
        sizes = sorted(set(axes[PAGES]))
        made = {}
        for done, pages in enumerate(sizes):
            show(f"making a document of {pages} pages", done / len(sizes))
            made[pages] = document_of(pages)
        return (
            {path.name: os.fspath(path) for path in made.values()},
            {path.name: pages for pages, path in made.items()},
        )
    return labelled(documents or ()), {}


def _plan(
    subject: Subject,
    baseline: str,
    axes: Mapping[str, Sequence[Any]],
    paths: Mapping[str, str],
    points: Mapping[str, Mapping[str, Any]],
) -> Plan:
    digests = {label: digest_of(path) for label, path in paths.items()}
    recipes = {label: subject.recipe(settings) for label, settings in points.items()}
    whole = json.dumps([subject.name, baseline, recipes, digests], sort_keys=True, default=str)
    digest = hashlib.sha256(whole.encode()).hexdigest()[:16]
    told = {axis: [plain(value) for value in values] for axis, values in axes.items()}
    places = {label: os.path.abspath(path) for label, path in paths.items()}
    return Plan(digest, subject.name, baseline, told, digests, places)


def _recorder(
    record: str | os.PathLike[str] | None, plan: Plan, *, resume: bool, tell: Callable[[str], None]
) -> Recorder:
    """A recorder that goes on with the same sweep of the same environment, if there is one."""
    if resume and record is not None and Path(record).exists() and Path(record).stat().st_size:
        here, name = collect(), Path(record).name
        same = [of for of in read(record) if of.records and _digest(of) == plan.digest]
        for session in reversed(same):
            if session.environment.id == here.id:
                runs = sum(isinstance(of, Run) for of in session.records)
                tell(f"{name} holds {count(runs, 'run')} of this sweep; what is missing is run.")
                return Recorder(record, go_on=session)
        if same:
            apart = differing(same[-1].environment, here)
            tell(f"{name} holds this sweep of another environment, kept apart: {apart}.")
    recorder = Recorder(record)
    recorder.add(plan)
    return recorder


def _digest(session: Session) -> str:
    return next((of.digest for of in session.records if isinstance(of, Plan)), "")
