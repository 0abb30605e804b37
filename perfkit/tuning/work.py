"""A tuning while it runs: search, then judge the best by comparison, then tell."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal

from perfkit.bench.compare import compare
from perfkit.bench.paired import RULES, Interval
from perfkit.bench.points import EXTRACTION, digest_of, point_id
from perfkit.bench.progress import Progress
from perfkit.bench.recipe_runs import ServedResult, accuracy_of
from perfkit.bench.verdict import Verdict
from perfkit.errors import OutputsDifferError
from perfkit.recipe import Recipe
from perfkit.tuning.limits import Limits, Miss
from perfkit.tuning.measuring import BASELINE, Measuring
from perfkit.tuning.recommendation import Binding, Recommendation
from perfkit.tuning.search import Search
from perfkit.tuning.space import Space
from perfkit.tuning.trials import Trial

if TYPE_CHECKING:
    from perfkit.bench.environment import Environment
    from perfkit.model import Extraction

__all__ = ["Minimise", "Tuning"]

Minimise = Literal["time", "memory", "cost"]

#: Recipes that come so near to the best by their few rounds are compared with it, so many of
#: them at most: their few rounds alone would leave out the best one time in three.
_CLOSE, _FINALISTS = 1.2, 6
#: The comparison with the baseline has time for so many pairs, the winner at most as slow, or
#: for so many seconds: it is what the recommendation says.
_ENOUGH_PAIRS, _MOST_SECONDS = 8, 60.0
#: The share of the work that searching is, for progress.
_SEARCHING = 0.75


@dataclasses.dataclass
class Tuning:
    """One tuning while it runs.

    Attributes
    ----------
    space : Space
    limits : Limits
    minimise : {"time", "memory", "cost"}
    measuring : Measuring
    paths : mapping
        Path by label of each document.
    show : Progress
    most : int
        Recipes to try.
    trials : dict
        What was found so far, by name.
    """

    space: Space
    limits: Limits
    minimise: Minimise
    measuring: Measuring
    paths: Mapping[str, str]
    show: Progress
    most: int
    trials: dict[str, Trial] = dataclasses.field(default_factory=dict)

    def run(self, judge_seconds: float, seed: int, environment: Environment) -> Recommendation:
        """Search, judge, and tell; Ctrl-C tells the best so far, where there is one."""
        best: Trial | None = None
        speedup, proof, more_mb, interrupted = None, "", None, False
        try:
            search = Search(self.space, self._value_of, most=self.most, seed=seed)
            search.run(self._starts())
            best = self._judged(self._finalists(), judge_seconds)
            speedup, proof = self._against_baseline(best, judge_seconds)
        except KeyboardInterrupt:
            interrupted = True
            best = best or min(filter(self._is_known, self._meets()), key=self._key, default=None)
            if best is None:
                raise
        if best is not None and not interrupted:
            best = self._weighed(best)
            assert best.peak_mb is not None
            self.show("memory of the baseline", 0.95)
            if speedup is not None:
                more_mb = best.peak_mb - self.measuring.peak_mb(BASELINE, self.measuring.baseline)
        nearest, missed = (None, []) if best else self._nearest()
        return Recommendation(
            taken=datetime.now().astimezone().isoformat(timespec="seconds"),
            minimised=self.minimise,
            limits=self.limits,
            documents=tuple(self.paths),
            environment=environment,
            best=best,
            speedup=speedup,
            proof=proof,
            more_mb=more_mb,
            nearest=nearest,
            misses=tuple(f"{miss.told}, beyond {miss.limit}" for miss in missed),
            binding=tuple(self._binding(best)) if best else (),
            trials=tuple(self.trials.values()),
            possible=len(self.space),
            points={
                label: point_id(EXTRACTION, best.recipe, digest_of(path))
                for label, path in self.paths.items()
            }
            if best
            else {},
            interrupted=interrupted,
        )

    def _starts(self) -> list[Recipe]:
        """The recipe as it is given, as far as the axes have it; then the baseline."""
        usual = self.space.full_settings(self.space.recipe)
        baseline = {
            axis: getattr(self.measuring.baseline, axis)
            for axis, values in self.space.axes.items()
            if getattr(self.measuring.baseline, axis) in values
        }
        return [self.space.canonical(each) for each in (usual, {**usual, **baseline})]

    def _value_of(self, name: str, recipe: Recipe) -> float:
        """What is to be made small; infinite where it cannot win, more where a limit is missed."""
        self.show(f"recipe {len(self.trials) + 1} of {self.most}: {name}", self._share())
        trial = self.measuring.trial(name, self.space.settings(recipe), recipe)
        self.trials[name] = trial
        if not trial.can_win:
            return math.inf
        needs_memory = self.minimise == "memory" or (
            self.limits.max_memory_mb is not None and self._key(trial) < self._least()
        )
        if needs_memory:
            trial = self._weighed(trial)
        excess = sum(miss.excess for miss in self.limits.misses(trial))
        return self._scalar(trial) * (1 + excess)

    def _share(self) -> float:
        return _SEARCHING * len(self.trials) / self.most

    def _weighed(self, trial: Trial) -> Trial:
        if trial.peak_mb is None:
            trial = self.trials[trial.name] = self.measuring.weighed(trial)
        return trial

    def _key(self, trial: Trial) -> tuple[float, float]:
        """What a trial is sorted by: what is minimised, then its time."""
        assert trial.time_ratio is not None
        return {
            "time": 0.0,
            "memory": round(trial.peak_mb or 0.0),
            "cost": trial.cost_usd or 0.0,
        }[self.minimise], trial.time_ratio

    def _scalar(self, trial: Trial) -> float:
        """The same as one number: time counts for little where it is not what is minimised."""
        first, ratio = self._key(trial)
        if self.minimise == "time":
            return ratio
        return (first + 1e-6) * ratio**0.01 if first else 1e-6 * ratio

    def _meets(self) -> Iterable[Trial]:
        """Those that can win and meet all limits, as far as they were measured."""
        return (of for of in self.trials.values() if of.can_win and not self.limits.misses(of))

    def _least(self) -> tuple[float, float]:
        meeting = (of for of in self._meets() if self._is_known(of))
        return min(map(self._key, meeting), default=(math.inf, math.inf))

    def _is_known(self, trial: Trial) -> bool:
        return self.limits.max_memory_mb is None or trial.peak_mb is not None

    def _finalists(self) -> list[Trial]:
        """Those within a few percent of the best, the best first, all weighed as needed."""
        found: list[Trial] = []
        for trial in sorted(self._meets(), key=self._key):
            first = found[0] if found else trial
            near = self._key(trial)[0] == self._key(first)[0] and (
                self._key(trial)[1] <= _CLOSE * self._key(first)[1]
            )
            if len(found) == _FINALISTS or not near:
                break
            known = self._weighed(trial) if self.limits.max_memory_mb is not None else trial
            if not self.limits.misses(known):
                found.append(known)
        return found

    def _judged(self, finalists: Sequence[Trial], seconds: float) -> Trial | None:
        """The winner: each finalist is compared with the best so far, and has to take less time."""
        best = next(iter(finalists), None)
        for place, rival in enumerate(finalists[1:]):
            assert best is not None
            self.show(f"judging {rival.name}", _SEARCHING + 0.1 * place / len(finalists))
            verdict = self._compared(Recipe(**best.recipe), Recipe(**rival.recipe), seconds)
            if verdict.ratio < 1 - RULES.margin:
                best = rival
        return best

    def _compared(self, one: Recipe, other: Recipe, seconds: float) -> Verdict:
        """A verdict; where outputs differ, each has to be as right as it was when it was tried."""
        paths = list(self.paths.values())
        try:
            return compare(one, other, documents=paths, budget_seconds=seconds)
        except OutputsDifferError:
            least = 1.0 if self.limits.min_accuracy is None else self.limits.min_accuracy
            check = partial(_are_right, least)
            return compare(one, other, documents=paths, budget_seconds=seconds, check=check)

    def _against_baseline(self, best: Trial | None, seconds: float) -> tuple[Interval | None, str]:
        if best is None or not self.measuring.baseline_reads:
            return None, ""
        self.show("against the sequential baseline", 0.88)
        if Recipe(**best.recipe) == self.measuring.baseline:
            one = Interval(1.0, 1.0, 1.0, 0, RULES.confidence)
            return one, "It is the sequential baseline itself."
        pair = self.measuring.baseline_seconds * 2
        enough = max(seconds, min(_ENOUGH_PAIRS * pair, _MOST_SECONDS))
        verdict = self._compared(self.measuring.baseline, Recipe(**best.recipe), enough)
        pairs, confidence = verdict.pairs, verdict.confidence
        ratio = Interval(verdict.ratio, verdict.low, verdict.high, pairs, confidence)
        return ratio.inverse(), f"Against the baseline: {verdict}"

    def _nearest(self) -> tuple[Trial | None, list[Miss]]:
        """The recipe that misses the limits by the least share in all."""
        able = [self._weighed(of) for of in self.trials.values() if of.can_win]
        if not able:
            return None, []
        best = min(able, key=lambda of: sum(miss.excess for miss in self.limits.misses(of)))
        return best, self.limits.misses(best)

    def _binding(self, best: Trial) -> Iterable[Binding]:
        """For each limit the best of the recipes that it alone or with others shuts out."""
        told: set[str] = set()
        able = (of for of in self.trials.values() if of.can_win)
        for trial in sorted(able, key=self._key):
            if self._key(trial) >= self._key(best):
                return
            for miss in self.limits.misses(trial):
                if miss.limit not in told:
                    told.add(miss.limit)
                    yield Binding(miss.limit, trial.name, self._gain(trial, best))

    def _gain(self, trial: Trial, best: Trial) -> float:
        ours, theirs = self._key(trial), self._key(best)
        place = 1 if self.minimise == "time" or not theirs[0] else 0
        return ours[place] / theirs[place]


def _are_right(
    least: float,
    one: Sequence[Extraction | ServedResult],
    other: Sequence[Extraction | ServedResult],
) -> bool:
    """Whether all results of both are as accurate as they have to be."""
    scores = [accuracy_of(each)[0] for each in (*one, *other)]
    return all(score is not None and score >= least for score in scores)
