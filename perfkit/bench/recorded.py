"""A recorded baseline: launches of one checkout, kept, and held against those of another day.

Two days differ in how fast the machine is. So each launch also times arithmetic that never
changes, and what is compared is work / arithmetic. That is weaker than live pairs of both
revisions: prefer those wherever the other revision can be run.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

from perfkit.bench.environment import Environment, collect
from perfkit.bench.gate import Gate, GateLine, corrected
from perfkit.bench.interleave import repeats_for
from perfkit.bench.live_pair import LiveWorker, live_pair
from perfkit.bench.paired import PairedRules, exponential, trimmed
from perfkit.bench.progress import Progress
from perfkit.bench.records import Point, Recorder, Run, Session, read
from perfkit.bench.revision import Tree, checkout_root, this_checkout
from perfkit.bench.unpaired import ratio_of_samples
from perfkit.bench.verdict import Verdict, judge
from perfkit.bench.workloads import Workload
from perfkit.errors import MeasurementError, WorkersError

__all__ = ["REFERENCE", "against_record", "record_checkout"]

#: Arm of the arithmetic that never changes.
REFERENCE = "reference"
_PAIRS = 5
_FEWEST_LAUNCHES = 10


def record_checkout(
    path: str | os.PathLike[str],
    workloads: Sequence[Workload],
    *,
    budget_seconds: float = 60.0,
    show: Progress | None = None,
) -> Session:
    """Launches of each workload of this checkout, appended to a file; at least ten of each.

    Raises
    ------
    ParameterError
        If there is no checkout here.
    MeasurementError
        If a workload fails, or gives another output each time.
    """
    tree = this_checkout(checkout_root())
    environment = dataclasses.replace(collect(), revision=tree.name)
    with Recorder(path, environment) as recorder:
        for place, workload in enumerate(workloads):
            tell = partial(_tell, show, workload.name, place, len(workloads))
            _launches(workload, tree, recorder, budget_seconds / len(workloads), tell)
    return recorder.session


def against_record(
    path: str | os.PathLike[str],
    workloads: Sequence[Workload],
    *,
    budget_seconds: float = 60.0,
    alpha: float = 0.01,
    margin: float = 0.01,
    show: Progress | None = None,
) -> Gate:
    """Each workload of this checkout against what was recorded of it on this machine.

    Raises
    ------
    MeasurementError
        If the file holds no such record, or only of another machine or interpreter.
    """
    old = _newest(path, collect())
    rules = PairedRules(
        confidence=1 - alpha / len(workloads), margin=margin, same=max(0.02, 2 * margin)
    )
    tree = this_checkout(checkout_root())
    lines = []
    with Recorder(None, dataclasses.replace(collect(), revision=tree.name)) as recorder:
        for place, workload in enumerate(workloads):
            tell = partial(_tell, show, workload.name, place, len(workloads))
            try:
                seconds = _launches(workload, tree, recorder, budget_seconds / len(workloads), tell)
                verdict = _verdict(workload.name, recorder.session, old, rules, seconds)
            except (MeasurementError, WorkersError) as error:
                lines.append(GateLine(workload.name, None, "not measured", error=str(error)))
            else:
                lines.append(GateLine(workload.name, verdict, verdict.word))
    return Gate(
        candidate=tree.name,
        baseline=old.environment.revision or "an installed package",
        against=os.fspath(path),
        alpha=alpha,
        margin=margin,
        environment=recorder.environment,
        lines=tuple(corrected(lines, rules, alpha)),
    )


def _tell(show: Progress | None, name: str, place: int, of: int, share: float) -> None:
    if show is not None:
        show(f"{place + 1} of {of}: {name}", (place + share) / of)


def _newest(path: str | os.PathLike[str], here: Environment) -> Session:
    sessions = [
        session
        for session in read(path)
        if any(isinstance(of, Run) and of.arm == REFERENCE for of in session.records)
    ]
    if not sessions:
        raise MeasurementError(
            f"{os.fspath(path)} holds no recorded baseline; perfkit gate --record writes one."
        )
    own = [session for session in sessions if session.environment.machine == here.machine]
    if not own:
        other = sessions[-1].environment
        raise MeasurementError(
            f"{os.fspath(path)} was recorded elsewhere ({other.cpu}, {other.cores:g} cores, "
            f"{other.python}); times of unlike machines say nothing about each other. "
            "Record a baseline on this one."
        )
    return own[-1]


def _launches(
    workload: Workload,
    tree: Tree,
    recorder: Recorder,
    budget_seconds: float,
    tell: Callable[[float], object],
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Take launches until the budget is spent; give the seconds that they took."""
    side, draw = workload.side(tree), random.Random(0)
    started, number, repeats = clock(), 0, 0
    while number < _FEWEST_LAUNCHES or clock() - started < budget_seconds:
        tell(min(1.0, (clock() - started) / budget_seconds))
        with live_pair([side], number) as [worker]:
            digests = {_digest(worker.output()) for _ in range(2)}
            worker.settle()
            if not number:
                if len(digests) > 1:
                    raise MeasurementError(f"{workload.name} gives another output each time.")
                repeats = repeats_for(worker.time("", 1).wall_seconds)
                recorder.add(Point(workload.name, {"output": digests.pop()}, {}))
            for run in _runs(worker, workload.name, number, repeats, draw):
                recorder.add(dataclasses.replace(run, launch=recorder.launch))
        number += 1
    return clock() - started


def _runs(
    worker: LiveWorker, name: str, launch: int, repeats: int, draw: random.Random
) -> list[Run]:
    runs = []
    for pair in range(_PAIRS):
        place = launch * _PAIRS + pair + 1
        for order, arm in enumerate(draw.sample((name, REFERENCE), 2)):
            if arm == REFERENCE:
                runs.append(worker.reference(arm, document=name, round=place, order=order))
            else:
                runs.append(worker.time(arm, repeats, round=place, order=order))
    return runs


def _digest(output: object) -> str:
    try:
        text = json.dumps(output, sort_keys=True)
    except TypeError:
        text = repr(output)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _values(session: Session, name: str) -> list[float]:
    """Logarithms of work / arithmetic, one a launch, which is a process."""
    runs = [of for of in session.records if isinstance(of, Run)]
    work = {(of.pid, of.round): of for of in runs if of.arm == name}
    arithmetic = {(of.pid, of.round): of for of in runs if of.document == name}
    launches: dict[int, list[float]] = {}
    for key in sorted(work.keys() & arithmetic.keys(), key=lambda key: work[key].started):
        ratio = work[key].own_seconds / work[key].repeats / arithmetic[key].own_seconds
        launches.setdefault(key[0], []).append(math.log(ratio))
    return [trimmed(logs).value for logs in launches.values() if len(logs) == _PAIRS]


def _verdict(name: str, new: Session, old: Session, rules: PairedRules, seconds: float) -> Verdict:
    ours, theirs = _values(new, name), _values(old, name)
    if not theirs:
        raise MeasurementError(f"{name} is not in the recorded baseline; record it anew.")
    outputs = [
        {
            of.settings["output"]
            for of in session.records
            if isinstance(of, Point) and of.arm == name
        }
        for session in (old, new)
    ]
    if outputs[0] != outputs[1]:
        raise MeasurementError(
            f"{name} gives another output than what was recorded, so no time is shown. "
            "Record the baseline anew where it is meant to."
        )
    ratio = ratio_of_samples(ours, theirs, rules)
    steps = [later - first for first, later in zip(ours[::2], ours[1::2], strict=False)]
    placebo = exponential(trimmed(steps, rules))
    word, smallest = judge(ratio, placebo, rules)
    runs = [of for of in new.records if isinstance(of, Run) and of.arm == name]
    before = [of for of in old.records if isinstance(of, Run) and of.arm == name]
    lost = [of for of in runs if of.was_held_up]
    return Verdict(
        word=word,
        ratio=ratio.value,
        low=ratio.low,
        high=ratio.high,
        confidence=rules.confidence,
        margin=rules.margin,
        pairs=len(runs),
        launches=len(ours),
        seconds=seconds,
        placebo=placebo,
        cpu=None,
        held_up_share=len(lost) / len(runs),
        preempted_share=sum(of.was_preempted for of in lost) / len(runs),
        smallest_effect=smallest,
        baseline_seconds=median(of.own_seconds / of.repeats for of in before),
        candidate_seconds=median(of.own_seconds / of.repeats for of in runs),
        output="outputs equal, each beside arithmetic of its own day",
        baseline=old.environment.revision or "the record",
        candidate=new.environment.revision or "this checkout",
    )
