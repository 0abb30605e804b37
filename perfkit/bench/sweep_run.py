"""The measuring of a sweep: only what its record does not hold yet, in one interleaved order."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any

from perfkit.bench.formatting import count
from perfkit.bench.interleave import Arm, interleave, repeats_for
from perfkit.bench.progress import Progress
from perfkit.bench.records import Check, Peak, Point, Recorder, Run
from perfkit.bench.results import PLACEBO
from perfkit.bench.subjects import RecipeSubject, Subject
from perfkit.bench.weighing import peak_of
from perfkit.errors import MeasurementError, PerfkitError
from perfkit.recipe import Recipe
from perfkit.trackers.time import Stopwatch, cpu_seconds, tree_cpu_seconds

__all__ = ["Measuring", "plain"]

#: Arm and document.
_Key = tuple[str, str]


def plain(value: Any) -> Any:
    """A setting as JSON can hold it."""
    return value if isinstance(value, (bool, int, float, str)) or value is None else str(value)


def _all_plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items()}


@dataclasses.dataclass(frozen=True)
class Measuring:
    """Everything that is fixed before a sweep begins.

    Attributes
    ----------
    subject : Subject
    points : mapping
        Settings by name, the baseline first.
    paths : mapping
        Path by label of a document.
    baseline : str
    rounds : int
    recorder : Recorder
        Holds what was measured before, and gets what is measured now.
    show : Progress
    pages : mapping
        By label, of the documents that were made for the sweep.
    """

    subject: Subject
    points: Mapping[str, Mapping[str, Any]]
    paths: Mapping[str, str]
    baseline: str
    rounds: int
    recorder: Recorder
    show: Progress
    pages: Mapping[str, int] = dataclasses.field(default_factory=dict)

    def run(self, *, memory: bool, seed: int) -> None:
        """Prove, time and weigh what is missing."""
        told = {of.arm for of in self.recorder.records if isinstance(of, Point)}
        for label, settings in self.points.items():
            if label not in told:
                recipe = self.subject.recipe(settings)
                self.recorder.add(Point(label, _all_plain(settings), _all_plain(recipe)))
        arms = self._proved()
        self._time([*arms.values(), *self._placebo(arms)], seed)
        if memory and isinstance(self.subject, RecipeSubject):
            self._weigh(arms)

    @cached_property
    def _had(self) -> dict[_Key, list[Run]]:
        """Runs of the record, as it was when the sweep began."""
        found: dict[_Key, list[Run]] = {}
        for run in self.recorder.records:
            if isinstance(run, Run) and run.round <= self.rounds:
                found.setdefault((run.arm, run.document), []).append(run)
        return found

    @cached_property
    def _pace(self) -> dict[_Key, float]:
        """Seconds of a call: by the record, and by the last call before the timing."""
        return {
            key: min(run.wall_seconds / run.repeats for run in runs)
            for key, runs in self._had.items()
        }

    def _proved(self) -> dict[_Key, Arm]:
        """Every arm that can be timed; those that have runs to come are warm."""
        checks = {
            (of.arm, of.document): of for of in self.recorder.records if isinstance(of, Check)
        }
        wanted = {
            (name, label)
            for label in self.paths
            for name in self.points
            if (name, label) not in checks
            or (checks[name, label].error is None and self._is_due(name, label))
        }
        arms: dict[_Key, Arm] = {}
        begun = time.monotonic()
        for label, path in self.paths.items():
            reference: Any = None
            unproved = any((name, label) not in checks for name in self.points)
            for name, settings in self.points.items():
                key = name, label
                known = checks.get(key)
                call = partial(self.subject.run, path, settings)
                is_reference = name == self.baseline and unproved
                if key not in wanted and not is_reference:
                    if known is not None and known.error is None:
                        arms[key] = Arm(name, label, call, self._had[key][0].repeats)
                    continue
                self._tell(f"checking {name} on {label}", len(arms), len(wanted), begun)
                found = self._twice(key, call, known)
                if found is None:
                    continue
                if name == self.baseline:
                    reference = found
                if known is None:
                    check = self.subject.check(name, label, found, reference)
                    pages = self.pages.get(label, check.pages)
                    self.recorder.add(dataclasses.replace(check, pages=pages))
                runs = self._had.get(key)
                repeats = runs[0].repeats if runs else repeats_for(self._pace[key])
                arms[key] = Arm(name, label, call, repeats)
        return arms

    def _is_due(self, name: str, label: str) -> bool:
        """Whether a run of an arm is still to come, or one of the placebo that may call it."""
        if name == self.baseline:
            placebos = [runs for (arm, _), runs in self._had.items() if arm == PLACEBO]
            if not any(len(runs) == self.rounds for runs in placebos):
                return True
        return len(self._had.get((name, label), ())) < self.rounds

    def _twice(self, key: _Key, call: Callable[[], Any], known: Check | None) -> Any:
        """What an arm gives, the second call timed; None where it fails, which is recorded."""
        name, label = key
        try:
            found = call()
        except PerfkitError as error:
            if known is None:
                self.recorder.add(Check(name, label, 0, 0, None, None, None, None, str(error)))
            return None
        with Stopwatch() as watch:
            again = call()
        if again != found:
            raise MeasurementError(
                f"{name} reads {label} differently each time; such times prove nothing."
            )
        self._pace[key] = watch.elapsed.wall_seconds
        return found

    def _placebo(self, arms: Mapping[_Key, Arm]) -> list[Arm]:
        """The baseline once more, on the document it is quickest with (or was, in the record)."""
        own = [arm for arm in arms.values() if arm.name == self.baseline]
        before = [arm for arm in own if (PLACEBO, arm.document) in self._had]
        chosen = min(before or own, key=lambda arm: self._pace[arm[:2]], default=None)
        if chosen is None:
            return []
        self._pace[PLACEBO, chosen.document] = self._pace[chosen[:2]]
        return [chosen._replace(name=PLACEBO)]

    def _time(self, arms: list[Arm], seed: int) -> None:
        done = {(run.round, run.arm, run.document) for runs in self._had.values() for run in runs}
        left = total = sum(
            self._pace[arm[:2]] * arm.repeats
            for number in range(1, self.rounds + 1)
            for arm in arms
            if (number, *arm[:2]) not in done
        )
        has_workers = any(map(self.subject.has_workers, self.points.values()))
        for run in interleave(
            arms,
            rounds=self.rounds,
            seed=seed,
            launch=self.recorder.launch,
            cpu_clock=tree_cpu_seconds if has_workers else cpu_seconds,
            done=done,
        ):
            self.recorder.add(run)
            left -= self._pace[run.arm, run.document] * run.repeats
            doing = f"round {run.round} of {self.rounds}, {_left(left)}"
            self.show(doing, 1 - left / total)

    def _weigh(self, arms: Mapping[_Key, Arm]) -> None:
        known = {(of.arm, of.document) for of in self.recorder.records if isinstance(of, Peak)}
        missing = [arm for key, arm in arms.items() if key not in known]
        begun = time.monotonic()
        for done, arm in enumerate(missing):
            self._tell(f"memory of {arm.name} on {arm.document}", done, len(missing), begun)
            recipe = Recipe(**self.subject.recipe(self.points[arm.name]))
            self.recorder.add(peak_of(arm.name, arm.document, self.paths[arm.document], recipe))

    def _tell(self, doing: str, done: int, total: int, begun: float) -> None:
        """Progress of a phase whose steps take about the same time."""
        left = ""
        if done:
            left = f", {_left((time.monotonic() - begun) * (total - done) / done)}"
        self.show(f"{doing}{left}", min(1.0, done / total) if total else 1.0)


def _left(seconds: float) -> str:
    minutes, rest = divmod(round(max(seconds, 0.0)), 60)
    return f"{count(minutes, 'minute')} {rest} s left" if minutes else f"{rest} s left"
