"""Tunings beside an exhaustive sweep of the same grid: how near they come to its optimum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.bench import ORDER, Bench
from benchmarks.goals import Goal, Measured, counted
from perfkit.bench.compare import compare
from perfkit.bench.paired import Interval
from perfkit.bench.sweep import sweep
from perfkit.errors import MeasurementError
from perfkit.recipe import Recipe
from perfkit.tuning.tune import tune

__all__ = ["measure"]

GRID = Goal("recipes of the grid", "recipes", "at least", 60)
SHARE = Goal("tuning: recipes tried, of all", "%", "at most", 25)
NEAR = Goal("tunings of 10 that end within 5 % of the sweep's optimum", "tunings", "at least", 9)

_AXES: dict[str, list[Any]] = {
    "engine": ["pypdf", "pdfium"],
    "executor": ["inline", "processes", "auto"],
    "workers": [1, 2, 3, 4],
    "chunk_pages": [0, 1, 2, 4, 8],
}
_TUNINGS = 10
_WITHIN = 1.05


def measure(bench: Bench) -> Iterator[Measured]:
    """All goals of this part."""
    bench.tell("sweeping the whole grid")
    swept = sweep(Recipe(), _AXES, ORDER, rounds=bench.rounds(9, 4), memory=False, progress=False)
    fastest = min(
        (result for result in swept.results if result.time_ratio is not None),
        key=lambda result: result.time_ratio.value if result.time_ratio else 0.0,
    )
    optimum = Recipe(**swept.points[fastest.arm].recipe)
    tunings = _TUNINGS if not bench.quick else 3
    good, shares, possible = 0, [], 0
    for seed in range(tunings):
        bench.tell(f"tuning {seed + 1} of {tunings}")
        found = tune(ORDER, _AXES, seed=seed, judge_seconds=bench.rounds(3, 1), progress=False)
        if found.recipe is None:
            raise MeasurementError(f"Nothing was recommended: {found.sentence()}")
        possible = found.possible
        shares.append(100 * len(found.trials) / found.possible)
        verdict = compare(optimum, found.recipe, documents=ORDER, budget_seconds=4.0)
        good += verdict.ratio <= _WITHIN
    yield GRID.against(counted(possible))
    yield SHARE.against(counted(round(max(shares))))
    scaled = _TUNINGS * good / tunings
    yield NEAR.against(Interval(scaled, scaled, scaled, tunings, 1.0))
