"""Peak memory of a recipe on a document, with its worker processes, in a fresh process."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from perfkit.bench.records import Peak
from perfkit.recipe import Recipe
from perfkit.trackers.memory import MemoryUsageTracker, peak_of_fresh_process

__all__ = ["peak_of", "weigh"]


def peak_of(arm: str, label: str, path: str, recipe: Recipe) -> Peak:
    """MiB of the process tree before and at the peak of one extraction.

    Raises
    ------
    MeasurementError
        If it fails there, or the platform has no source for the memory of a tree.
    """
    with tempfile.TemporaryDirectory(prefix="perfkit-peak-") as folder:
        marks = Path(folder) / "marks.json"
        fields = json.dumps(recipe.as_dict())
        peak_of_fresh_process(f"{__name__}:weigh", [path, fields, str(marks)])
        before, peak = json.loads(marks.read_text(encoding="utf-8"))
    return Peak(arm, label, before, peak)


def weigh(path: str, fields: str, marks: str) -> None:
    """What runs in the fresh process: one extraction, watched; its marks go to a file."""
    recipe = Recipe(**json.loads(fields))
    with MemoryUsageTracker() as tracker:
        before_mb = tracker.get_peak_memory_mb()
        from perfkit.bench.recipe_runs import RecipeRuns

        RecipeRuns()(path, recipe)
    with open(marks, "w", encoding="utf-8") as file:
        json.dump([before_mb, tracker.get_peak_memory_mb()], file)
