"""Compare PDF engines on one's own documents, against the sequential pypdf baseline."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit import plugins
from perfkit.bench.documents import find_document
from perfkit.bench.engine_comparison import EngineComparison
from perfkit.bench.interleave import Arm, interleave, repeats_for
from perfkit.bench.profile_choice import chosen
from perfkit.bench.progress import Progress
from perfkit.bench.records import Check, Peak, Recorder
from perfkit.bench.results import PLACEBO
from perfkit.errors import DocumentError, DocumentNotFoundError, MeasurementError, ParameterError
from perfkit.trackers.memory import peak_of_fresh_process
from perfkit.trackers.time import Stopwatch

if TYPE_CHECKING:
    from perfkit.model import Extraction

__all__ = ["compare_engines"]

_JOB = "perfkit.bench.job:extract_once"
_FEWEST_ROUNDS = 3

Documents = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def compare_engines(
    documents: Documents,
    engines: Sequence[str] = ("pypdf", "pdfium"),
    rounds: int = 0,
    baseline: str = "pypdf",
    record: str | os.PathLike[str] | None = None,
    progress: bool = True,
    *,
    memory: bool = True,
    placebo: bool = True,
    seed: int = 0,
    profile: str = "quick",
) -> EngineComparison:
    """Time, memory and accuracy of engines on documents, against a baseline engine.

    Every engine first reads every document twice, untimed: the first reading is compared
    with the baseline's and with the truth file. Then all engines and documents are timed in
    every round, in random order, with garbage collection off while the clock runs.

    Parameters
    ----------
    documents : path or sequence of paths
        PDF files; a bare name is also looked for in ``test_invoices``.
    engines : sequence of str
        Names of engines; the baseline is added where it is missing.
    rounds : int
        Timed rounds, at least 3: fewer carry no interval; 0 leaves it to the profile.
    baseline : str
        Engine that the others are held against.
    record : path, optional
        JSON-lines file that every raw run is appended to as it is taken.
    progress : bool
        Show what is being done, on the terminal or in the notebook.
    memory : bool
        Measure each engine's peak on each document, in a fresh process each.
    placebo : bool
        Time the baseline's smallest document a second time in each round: noise shows
        there first, and it costs least.
    seed : int
        Of the order within the rounds.
    profile : {"quick", "full"}
        A look within seconds, 5 rounds; or figures for a report, 25.

    Raises
    ------
    DocumentNotFoundError
        If a document is not there. Other faults of a document are kept as its result.
    ParameterError
        If there is no document, or fewer than three rounds.
    RecipeError
        If there is no such engine; the message names the nearest.
    MeasurementError
        If an engine gives another output when it is run again, or memory can't be measured.
    """
    rounds = chosen(profile, rounds, quick=5, full=25)
    if rounds < _FEWEST_ROUNDS:
        raise ParameterError(f"rounds must be at least {_FEWEST_ROUNDS}, not {rounds!r}.")
    paths = _paths(documents)
    names = list(dict.fromkeys([baseline, *([engines] if isinstance(engines, str) else engines)]))
    for name in names:
        plugins.load("engines", name)
    with Recorder(record) as recorder, Progress(progress) as show:
        readable = list(_checks(paths, names, baseline, recorder, show))
        arms = [*readable, *_placebo(readable, recorder, baseline)] if placebo else readable
        for run in interleave(arms, rounds=rounds, seed=seed, launch=recorder.launch):
            recorder.add(run)
            if run.order == len(arms) - 1:  # never more often: to show costs time as well
                show(f"timing, round {run.round} of {rounds}", run.round / rounds)
        if memory:
            _peaks(readable, paths, recorder, show)
    return EngineComparison(recorder.session, baseline)


def _paths(documents: Documents) -> dict[str, Path]:
    """Label -> path. The label is the file's name, or the path where names repeat."""
    given = [documents] if isinstance(documents, (str, os.PathLike)) else list(documents)
    paths = list(dict.fromkeys(find_document(name) for name in given))
    if not paths:
        raise ParameterError("There is no document to compare engines on; name at least one.")
    for path in paths:
        if not path.exists():
            # Refused before anything is timed: a wrong path is a slip, not a result.
            raise DocumentNotFoundError(os.fspath(path))
    names = Counter(path.name for path in paths)
    return {path.name if names[path.name] == 1 else os.fspath(path): path for path in paths}


def _checks(
    paths: dict[str, Path],
    engines: Sequence[str],
    baseline: str,
    recorder: Recorder,
    show: Callable[[str, float], None],
) -> Iterator[Arm]:
    """Read every document twice with each engine; give the arms that can be timed."""
    from perfkit.bench.job import extract_once

    done, total = 0, len(paths) * len(engines)
    for label, path in paths.items():
        reference: Extraction | None = None
        for engine in engines:
            done += 1
            show(f"checking {engine} on {label}", done / total)
            call = partial(extract_once, os.fspath(path), engine)
            try:
                found = call()
            except DocumentError as error:
                recorder.add(Check(engine, label, 0, 0, None, None, None, None, str(error)))
                continue
            if engine == baseline:
                reference = found
            with Stopwatch() as watch:
                again = call()
            if again != found:
                raise MeasurementError(
                    f"{engine} reads {label} differently each time; such times prove nothing."
                )
            recorder.add(_check(engine, label, found, reference))
            yield Arm(engine, label, call, repeats_for(watch.elapsed.wall_seconds))


def _check(engine: str, label: str, found: Extraction, reference: Extraction | None) -> Check:
    from perfkit.accuracy import assess

    accuracy = assess(found)
    differing = None if reference is None else _rows_differing(found, reference)
    same = None if reference is None else _plain(found) == _plain(reference)
    return Check(
        arm=engine,
        document=label,
        pages=found.pages,
        items=len(found.line_items),
        accuracy=accuracy.score,
        accuracy_kind=accuracy.kind,
        same_as_baseline=same,
        rows_differing=differing,
    )


def _plain(extraction: Extraction) -> Extraction:
    """Without what tells only who read it."""
    return dataclasses.replace(extraction, engine="", warnings=())


def _rows_differing(found: Extraction, reference: Extraction) -> int:
    ours, theirs = Counter(found.line_items), Counter(reference.line_items)
    return max((ours - theirs).total(), (theirs - ours).total())


def _placebo(arms: Sequence[Arm], recorder: Recorder, baseline: str) -> list[Arm]:
    pages = {
        check.document: check.pages
        for check in recorder.records
        if isinstance(check, Check) and check.arm == baseline
    }
    own = [arm for arm in arms if arm.name == baseline]
    smallest = min(own, key=lambda arm: pages[arm.document], default=None)
    return [] if smallest is None else [smallest._replace(name=PLACEBO)]


def _peaks(
    arms: Sequence[Arm],
    paths: dict[str, Path],
    recorder: Recorder,
    show: Callable[[str, float], None],
) -> None:
    for done, arm in enumerate(arms, 1):
        show(f"memory of {arm.name} on {arm.document}", done / len(arms))
        marks = peak_of_fresh_process(_JOB, [os.fspath(paths[arm.document]), arm.name])
        recorder.add(Peak(arm.name, arm.document, marks.before_mb, marks.peak_mb))
