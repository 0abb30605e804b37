"""Compare ways to run the one flow on a document: in turn, streamed, concurrent, cached."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from perfkit import plugins
from perfkit.bench.documents import find_document
from perfkit.bench.interleave import Arm, interleave, repeats_for
from perfkit.bench.profile_choice import chosen
from perfkit.bench.progress import Progress
from perfkit.bench.records import Check, Recorder
from perfkit.bench.results import PLACEBO
from perfkit.bench.strategy_comparison import StrategyComparison
from perfkit.bench.strategy_documents import Unseen
from perfkit.bench.strategy_jobs import Job, Setting, jobs, sequential
from perfkit.bench.strategy_memory import peak_of
from perfkit.errors import (
    CacheError,
    DocumentNotFoundError,
    MeasurementError,
    ParameterError,
    WorkersError,
)
from perfkit.trackers.time import Stopwatch, cpu_seconds, tree_cpu_seconds

__all__ = ["compare_strategies"]

_FEWEST_ROUNDS = 3
_CHECKS = 2
#: A strategy that this machine does not allow (no workers, no private folder, no /proc) is
#: shown as failed with its reason; the others go on.
_NOT_HERE = (MeasurementError, CacheError, WorkersError)

Show = Callable[[str, float], None]


def compare_strategies(
    document: str | os.PathLike[str],
    engine: str = "pdfium",
    workers: int = 2,
    rounds: int = 0,
    record: str | os.PathLike[str] | None = None,
    progress: bool = True,
    *,
    memory: bool = True,
    seed: int = 0,
    profile: str = "quick",
) -> StrategyComparison:
    """Time, memory and accuracy of every optimizer on a document, against sequential pypdf.

    Every strategy first does its job twice, untimed: no time is shown unless its line items
    equal the baseline's. Then all are timed in every round, in random order, with garbage
    collection off while the clock runs. Workers and caches are kept from call to call, as in a
    service; a cold cache is handed a document that it has never seen.

    Parameters
    ----------
    document : path
        A PDF file; a bare name is also looked for in ``test_invoices``.
    engine : str
        What the strategies read with; the baseline is pypdf in any case.
    workers : int
        Worker processes of the concurrent strategy, and the most that the optimizer may take.
    rounds : int
        Timed rounds, at least 3: fewer carry no interval; 0 leaves it to the profile.
    record : path, optional
        JSON-lines file that every raw run is appended to as it is taken.
    progress : bool
        Show what is being done, on the terminal or in the notebook.
    memory : bool
        Measure each strategy's peak with its workers, in a fresh process each.
    seed : int
        Of the order within the rounds.
    profile : {"quick", "full"}
        A look within seconds, 7 rounds; or figures for a report, 31.

    Raises
    ------
    DocumentError
        If the document is not there or the baseline cannot read it.
    ParameterError
        If there are fewer than three rounds.
    RecipeError
        If there is no such engine, or ``workers`` is not a whole number above 0.
    MeasurementError
        If a strategy gives another output when it is run again, or goes another way than
        its name says, or memory can't be measured.
    """
    rounds = chosen(profile, rounds, quick=7, full=31)
    if rounds < _FEWEST_ROUNDS:
        raise ParameterError(f"rounds must be at least {_FEWEST_ROUNDS}, not {rounds!r}.")
    path = find_document(document)
    if not path.exists():
        raise DocumentNotFoundError(os.fspath(path))
    plugins.load("engines", engine)
    with (
        Recorder(record) as recorder,
        Progress(progress) as show,
        tempfile.TemporaryDirectory(prefix="perfkit-strategies-") as place,
    ):
        copies = Path(place) / "documents"
        copies.mkdir()
        setting = Setting(os.fspath(path), engine, workers, os.path.join(place, "cache"))
        unseen = Unseen(path, copies)
        arms = list(_checks(jobs(setting, unseen), path.name, recorder, show))
        unseen.stock(_CHECKS + rounds * max(arm.repeats for arm in arms if arm.name != PLACEBO))
        _time([*arms, *_placebo(arms, engine)], rounds, seed, recorder, show)
        if memory:
            _weigh(arms, setting, recorder, show)
    return StrategyComparison(recorder.session)


def _checks(
    makers: Mapping[str, Callable[[], Job]], label: str, recorder: Recorder, show: Show
) -> Iterator[Arm]:
    """Do every job twice and compare what it gives; the arms that can be timed."""
    reference: Mapping[str, Any] | None = None
    for done, (name, make) in enumerate(makers.items()):
        show(f"checking {name}", done / len(makers))
        try:
            job = make()
            found = job()
            with Stopwatch() as watch:
                again = job()
        except _NOT_HERE as error:
            recorder.add(Check(name, label, 0, 0, None, None, None, None, str(error)))
            continue
        if again["line_items"] != found["line_items"]:
            raise MeasurementError(
                f"{name} reads {label} differently each time; such times prove nothing."
            )
        reference = reference or found  # the baseline is the first
        recorder.add(_check(name, label, found, reference))
        yield Arm(name, label, job, repeats_for(watch.elapsed.wall_seconds))


def _check(name: str, label: str, found: Mapping[str, Any], reference: Mapping[str, Any]) -> Check:
    ours, theirs = (Counter(map(_as_text, each["line_items"])) for each in (found, reference))
    return Check(
        arm=name,
        document=label,
        pages=found["pages_processed"] if "pages_processed" in found else found["pages"],
        items=len(found["line_items"]),
        accuracy=found["accuracy_score"],
        accuracy_kind=found["accuracy_kind"],
        same_as_baseline=found["line_items"] == reference["line_items"],
        rows_differing=max((ours - theirs).total(), (theirs - ours).total()),
    )


def _as_text(item: Mapping[str, Any]) -> str:
    return repr(sorted(item.items()))


def _placebo(arms: Sequence[Arm], engine: str) -> list[Arm]:
    """The sequential strategy once more: with a quick engine it costs little."""
    return [arm._replace(name=PLACEBO) for arm in arms if arm.name == sequential(engine)]


def _time(arms: Sequence[Arm], rounds: int, seed: int, recorder: Recorder, show: Show) -> None:
    # What workers do counts as this document's CPU time, where the platform can tell.
    clock = tree_cpu_seconds if sys.platform.startswith("linux") else cpu_seconds
    runs = interleave(arms, rounds=rounds, seed=seed, launch=recorder.launch, cpu_clock=clock)
    for run in runs:
        recorder.add(run)
        if run.order == len(arms) - 1:  # never more often: to show costs time as well
            show(f"timing, round {run.round} of {rounds}", run.round / rounds)


def _weigh(arms: Sequence[Arm], setting: Setting, recorder: Recorder, show: Show) -> None:
    for done, arm in enumerate(arms, 1):
        show(f"memory of {arm.name}", done / len(arms))
        recorder.add(peak_of(arm.name, setting))
