"""Measure recipes, each beside one anchor in the same rounds; only what the record lacks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from perfkit.bench.interleave import Arm, interleave, repeats_for
from perfkit.bench.records import Check, Peak, Point, Recorder, Run
from perfkit.bench.subjects import RecipeSubject
from perfkit.bench.weighing import peak_of
from perfkit.errors import PerfkitError
from perfkit.recipe import Recipe
from perfkit.trackers.time import Stopwatch, tree_cpu_seconds
from perfkit.tuning.trials import Trial, trial_of

__all__ = ["BASELINE", "Measuring"]

#: The sequential baseline's name among the arms.
BASELINE = "sequential pypdf"
#: A recipe that takes so many times the anchor's time is timed once.
_HOPELESS = 2.0


class Measuring:
    """Measures recipes on documents.

    Times are told against the anchor, the first recipe that reads all documents: its runs stand
    in the same rounds as everyone else's, so that a machine that slows down slows both.

    Parameters
    ----------
    documents : mapping
        Path by label.
    recorder : Recorder
        Holds what was measured before, and gets what is measured now.
    rounds : int
        Timed rounds of a recipe, at least 3.
    least_accuracy : float, optional
        See :func:`perfkit.tuning.trials.trial_of`.
    seed : int
        Of the order within the rounds.
    """

    def __init__(
        self,
        documents: Mapping[str, str],
        recorder: Recorder,
        *,
        rounds: int,
        least_accuracy: float | None = None,
        seed: int = 0,
    ) -> None:
        self._documents, self._recorder = documents, recorder
        self._rounds, self._least_accuracy, self._seed = rounds, least_accuracy, seed
        self._subject = RecipeSubject(Recipe())
        #: Settings that make each arm's recipe.
        self._arms = dict([self._subject.baseline()])
        self._reference: dict[str, Any] = {}
        self._pace: dict[tuple[str, str], float] = {}
        self._anchor = ""

    @property
    def baseline(self) -> Recipe:
        """The sequential baseline."""
        return Recipe(**self._arms[BASELINE])

    @property
    def baseline_reads(self) -> bool:
        """Whether the sequential baseline reads all documents."""
        return all(self._baseline_output(label) is not None for label in self._documents)

    @property
    def baseline_seconds(self) -> float:
        """About how long the baseline takes over all documents, if it reads them."""
        return self._seconds(BASELINE)

    def trial(self, name: str, settings: dict[str, Any], recipe: Recipe) -> Trial:
        """All but the memory of a recipe: measured, or from the record."""
        trial = Trial(name, settings, recipe.as_dict())
        self._arms[name] = trial.recipe
        found = self._known(trial)
        if found is None:
            if not any(isinstance(of, Point) and of.arm == name for of in self._recorder.records):
                self._recorder.add(Point(name, settings, trial.recipe))
            if self._proves(name):
                self._anchor = self._anchor or name
                self._time(name)
            found = self._known(trial)
            assert found is not None, name
        if found.error is None:
            self._anchor = self._anchor or name
        return found

    def weighed(self, trial: Trial) -> Trial:
        """With the peak of its memory on each document, in a fresh process each."""
        peak_mb = self.peak_mb(trial.name, Recipe(**trial.recipe))
        return dataclasses.replace(trial, peak_mb=peak_mb)

    def peak_mb(self, name: str, recipe: Recipe) -> float:
        """The highest on any document: measured, or from the record."""
        peaks = {
            of.document: of.peak_mb
            for of in self._recorder.records
            if isinstance(of, Peak) and of.arm == name
        }
        for label, path in self._documents.items():
            if label not in peaks:
                peak = peak_of(name, label, path, recipe)
                self._recorder.add(peak)
                peaks[label] = peak.peak_mb
        return max(peaks.values())

    def _known(self, trial: Trial) -> Trial | None:
        session = self._recorder.session
        own = [of for of in session.records if getattr(of, "arm", None) == trial.name]
        anchor = self._anchor or trial.name
        found = trial_of(
            trial, own, list(self._documents), anchor, session, self._rounds, self._least_accuracy
        )
        if found is None or found.error is not None:
            return found
        # One that a kill cut short has fewer rounds; one that is slow beyond hope has one alone.
        rounds = len({of.round for of in own if isinstance(of, Run)})
        return found if rounds >= self._rounds or found.ratio is None else None

    def _proves(self, name: str) -> bool:
        """Whether every document is read; what is read is held against the baseline's."""
        had = {
            of.document for of in self._recorder.records if isinstance(of, Check) and of.arm == name
        }
        for label in self._documents:
            call = self._call(name, label)
            try:
                found = call()
                with Stopwatch() as watch:
                    again = call()
            except PerfkitError as error:
                return self._fails(name, label, str(error))
            except Exception as error:  # noqa: BLE001 - someone else's engine raises what it likes
                return self._fails(name, label, f"{type(error).__name__}: {error}")
            if again != found:
                return self._fails(
                    name, label, f"It reads {label} differently each time; nothing is proved so."
                )
            self._pace[name, label] = watch.elapsed.wall_seconds
            if label not in had:
                reference = self._baseline_output(label)
                self._recorder.add(self._subject.check(name, label, found, reference))
        return True

    def _fails(self, name: str, label: str, why: str) -> bool:
        """Record why a recipe cannot win; the search goes on without it."""
        self._recorder.add(Check(name, label, 0, 0, None, None, None, None, why))
        return False

    def _baseline_output(self, label: str) -> Any:
        """What the baseline reads; None where it reads nothing."""
        if label not in self._reference:
            try:
                self._reference[label] = self._call(BASELINE, label)()
            except PerfkitError:
                self._reference[label] = None
        return self._reference[label]

    def _call(self, name: str, label: str) -> Callable[[], Any]:
        return partial(self._subject.run, self._documents[label], self._arms[name])

    def _time(self, name: str) -> None:
        """Rounds of the recipe and the anchor; one run where it is slower beyond hope."""
        before = [of.round for of in self._recorder.records if isinstance(of, Run)]
        offset = max(before, default=0)
        arms = [self._arm(name, label) for label in self._documents]
        rounds = self._rounds
        if name != self._anchor:
            theirs = [self._arm(self._anchor, label) for label in self._documents]
            if self._seconds(name) > _HOPELESS * self._seconds(self._anchor):
                rounds = 1
            else:
                arms += theirs
        for run in interleave(
            arms,
            rounds=rounds,
            seed=self._seed + offset,
            launch=self._recorder.launch,
            cpu_clock=tree_cpu_seconds,
        ):
            self._recorder.add(dataclasses.replace(run, round=run.round + offset))

    def _arm(self, name: str, label: str) -> Arm:
        repeats = repeats_for(self._pace_of(name, label))
        return Arm(name, label, self._call(name, label), repeats)

    def _pace_of(self, name: str, label: str) -> float:
        """Seconds of a call, by the record where it was measured before."""
        if (name, label) not in self._pace:
            runs = [
                of.own_seconds / of.repeats
                for of in self._recorder.records
                if isinstance(of, Run) and (of.arm, of.document) == (name, label)
            ]
            call = self._call(name, label)
            call()  # its caches and workers are warm again
            with Stopwatch() as watch:
                call()
            self._pace[name, label] = min([watch.elapsed.wall_seconds, *runs])
        return self._pace[name, label]

    def _seconds(self, name: str) -> float:
        return sum(self._pace_of(name, label) for label in self._documents)
