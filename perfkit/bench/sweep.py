"""Sweep: many settings on many documents, interleaved round by round, resumed where cut short."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from perfkit.bench.correction import Correction, adjusted
from perfkit.bench.documents import find_document
from perfkit.bench.environment import collect
from perfkit.bench.interleave import Arm, interleave, repeats_for
from perfkit.bench.progress import Progress
from perfkit.bench.records import Check, Peak, Plan, Point, Recorder, Run, read
from perfkit.bench.results import PLACEBO
from perfkit.bench.sized_documents import document_of
from perfkit.bench.subjects import Subject, subject_of
from perfkit.bench.sweep_results import PAGES, Sweep
from perfkit.bench.weighing import peak_of
from perfkit.errors import DocumentNotFoundError, MeasurementError, ParameterError, PerfkitError
from perfkit.recipe import Recipe
from perfkit.trackers.time import Stopwatch, cpu_seconds, tree_cpu_seconds

__all__ = ["sweep"]

_FEWEST_ROUNDS = 3

Documents = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def sweep(
    recipe: Recipe | Callable[..., Any] | str,
    axes: Mapping[str, Sequence[Any]],
    documents: Documents | None = None,
    *,
    rounds: int = 7,
    baseline: Mapping[str, Any] | None = None,
    correction: Correction = "holm",
    record: str | os.PathLike[str] | None = None,
    memory: bool = True,
    progress: bool = True,
    score: Callable[[Any], float] | None = None,
    seed: int = 0,
) -> Sweep:
    """Time, memory and accuracy at every point of a grid, against a baseline.

    Each point first processes each document twice, untimed, and its output is compared with
    the baseline's. Then all points and documents are timed in every round, in random order.
    With ``record``, a sweep that was cut short goes on where it stopped.

    Parameters
    ----------
    recipe : Recipe, callable or str
        What is swept: the fields of a recipe, the keyword arguments of a callable
        ``work(document, **settings)``, or those of an installed pipeline's, by its name.
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
    name, settings = subject.baseline() if baseline is None else ("baseline", dict(baseline))
    points = {name: settings, **{_label(each): each for each in grid}}
    for each in points.values():
        subject.recipe(each)  # refused now, not after minutes
    with Progress(progress) as show:
        paths = _paths(axes, documents, show)
        plan = _plan(subject, name, axes, paths, points)
        with _recorder(record, plan) as recorder:
            _measure(subject, points, paths, name, rounds, recorder, show, memory, seed)
    return Sweep(recorder.session, name, correction=correction)


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
) -> dict[str, str]:
    """Label -> path. The label is the file's name, or the path where names repeat."""
    if PAGES in axes:
        if documents is not None:
            raise ParameterError("Give documents or an axis pages, not both.")
        sizes = sorted(set(axes[PAGES]))
        made = {}
        for done, pages in enumerate(sizes):
            show(f"making a document of {pages} pages", done / len(sizes))
            path = document_of(pages)
            made[path.name] = os.fspath(path)
        return made
    given = [documents] if isinstance(documents, (str, os.PathLike)) else list(documents or ())
    paths = list(dict.fromkeys(find_document(name) for name in given))
    if not paths:
        raise ParameterError("There is no document to sweep over; name at least one.")
    for path in paths:
        if not path.exists():
            raise DocumentNotFoundError(os.fspath(path))
    names = Counter(path.name for path in paths)
    return {
        path.name if names[path.name] == 1 else os.fspath(path): os.fspath(path) for path in paths
    }


def _plan(
    subject: Subject,
    baseline: str,
    axes: Mapping[str, Sequence[Any]],
    paths: Mapping[str, str],
    points: Mapping[str, Mapping[str, Any]],
) -> Plan:
    digests = {
        label: hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]
        for label, path in paths.items()
    }
    recipes = {label: subject.recipe(settings) for label, settings in points.items()}
    whole = json.dumps([subject.name, baseline, recipes, digests], sort_keys=True, default=str)
    digest = hashlib.sha256(whole.encode()).hexdigest()[:16]
    plain = {axis: [_plain(value) for value in values] for axis, values in axes.items()}
    return Plan(digest, subject.name, baseline, plain, digests)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (bool, int, float, str)) or value is None else str(value)


def _recorder(record: str | os.PathLike[str] | None, plan: Plan) -> Recorder:
    """A recorder that goes on with the same sweep of the same environment, if there is one."""
    if record is not None and Path(record).exists() and Path(record).stat().st_size:
        here = collect()
        for session in reversed(read(record)):
            plans = [of for of in session.records if isinstance(of, Plan)]
            if plans and plans[0].digest == plan.digest and session.environment.id == here.id:
                return Recorder(record, go_on=session)
    recorder = Recorder(record)
    recorder.add(plan)
    return recorder


def _measure(
    subject: Subject,
    points: Mapping[str, Mapping[str, Any]],
    paths: Mapping[str, str],
    baseline: str,
    rounds: int,
    recorder: Recorder,
    show: Progress,
    memory: bool,
    seed: int,
) -> None:
    told = {of.arm for of in recorder.records if isinstance(of, Point)}
    for label, settings in points.items():
        if label not in told:
            plain = {field: _plain(value) for field, value in settings.items()}
            recorder.add(Point(label, plain, _all_plain(subject.recipe(settings))))
    arms = list(_checked(subject, points, paths, baseline, recorder, show))
    smallest = min((arm for arm in arms if arm[0].name == baseline), key=_seconds, default=None)
    timed = [arm for arm, _ in arms]
    expected = {(arm.name, arm.document): seconds for arm, seconds in arms}
    if smallest is not None:
        timed.append(smallest[0]._replace(name=PLACEBO))
        expected[PLACEBO, smallest[0].document] = smallest[1]
    has_workers = any(subject.has_workers(settings) for settings in points.values())
    done = {(of.round, of.arm, of.document) for of in recorder.records if isinstance(of, Run)}
    left = sum(
        expected[arm.name, arm.document] * arm.repeats
        for number in range(1, rounds + 1)
        for arm in timed
        if (number, arm.name, arm.document) not in done
    )
    total = left
    for run in interleave(
        timed,
        rounds=rounds,
        seed=seed,
        launch=recorder.launch,
        cpu_clock=tree_cpu_seconds if has_workers else cpu_seconds,
        done=done,
    ):
        recorder.add(run)
        left -= expected[run.arm, run.document] * run.repeats
        show(f"round {run.round} of {rounds}, {max(left, 0):.0f} s left", 1 - left / total)
    if memory and isinstance(getattr(subject, "recipe_", None), Recipe):
        _weigh(subject, points, paths, [arm for arm, _ in arms], recorder, show)


def _seconds(arm: tuple[Arm, float]) -> float:
    return arm[1]


def _all_plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _checked(
    subject: Subject,
    points: Mapping[str, Mapping[str, Any]],
    paths: Mapping[str, str],
    baseline: str,
    recorder: Recorder,
    show: Progress,
) -> Iterator[tuple[Arm, float]]:
    """Warm every point up on every document; give those that can be timed, with their pace."""
    known = {(of.arm, of.document) for of in recorder.records if isinstance(of, Check)}
    done, total = 0, len(paths) * len(points)
    for label, path in paths.items():
        reference: Any = None
        for name, settings in points.items():
            show(f"checking {name} on {label}", done / total)
            done += 1
            call = partial(subject.run, path, settings)
            try:
                found = call()
            except PerfkitError as error:
                if (name, label) not in known:
                    recorder.add(Check(name, label, 0, 0, None, None, None, None, str(error)))
                continue
            if name == baseline:
                reference = found
            with Stopwatch() as watch:
                again = call()
            if again != found:
                raise MeasurementError(
                    f"{name} reads {label} differently each time; such times prove nothing."
                )
            if (name, label) not in known:
                recorder.add(subject.check(name, label, found, reference))
            seconds = watch.elapsed.wall_seconds
            yield Arm(name, label, call, repeats_for(seconds)), seconds


def _weigh(
    subject: Subject,
    points: Mapping[str, Mapping[str, Any]],
    paths: Mapping[str, str],
    arms: Sequence[Arm],
    recorder: Recorder,
    show: Progress,
) -> None:
    known = {(of.arm, of.document) for of in recorder.records if isinstance(of, Peak)}
    for done, arm in enumerate(arms):
        show(f"memory of {arm.name} on {arm.document}", done / len(arms))
        if (arm.name, arm.document) not in known:
            recipe = Recipe(**subject.recipe(points[arm.name]))
            recorder.add(peak_of(arm.name, arm.document, paths[arm.document], recipe))
