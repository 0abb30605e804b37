"""The recipes that a tuning chooses from: every combination of its axes, each once."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from perfkit.errors import ParameterError
from perfkit.recipe import Recipe

__all__ = ["Space", "usual_axes"]

#: An axis of numbers is first looked at in so many places: its ends and its middle.
_FIRST_PLACES = 3
#: What has no effect where pages are read one after the other, here.
_OF_WORKERS = ("workers", "chunk_pages")
_NO_WORKERS = ("inline",)


def usual_axes() -> dict[str, list[Any]]:
    """Engines of local files, where pages are read, by how many workers, in calls of which size."""
    cores = os.cpu_count() or 1
    return {
        "engine": ["pypdf", "pdfium"],
        "executor": ["inline", "processes", "auto"],
        "workers": sorted({1, 2, 3, cores, 2 * cores}),
        "chunk_pages": [0, 1, 2, 4, 8],
    }


class Space:
    """Every combination of the axes' values, as recipes of which no two do the same.

    Parameters
    ----------
    recipe : Recipe
        Has the fields that no axis names.
    axes : mapping of str to sequence
        Values of each field.

    Raises
    ------
    ParameterError
        If there is no axis, or one has no values.
    RecipeError
        If a recipe has no such field, or cannot have such a value.
    """

    def __init__(self, recipe: Recipe, axes: Mapping[str, Sequence[Any]]) -> None:
        if not axes:
            raise ParameterError('There is no axis to tune; give one, as axes={"workers": [1, 2]}.')
        for axis, values in axes.items():
            if isinstance(values, str) or not len(values):
                raise ParameterError(f"The axis {axis!r} needs a list of values, not {values!r}.")
        self.recipe = recipe
        self.axes = {axis: list(dict.fromkeys(values)) for axis, values in axes.items()}
        #: Name -> recipe, in the order of the axes.
        self.recipes = {self.name(each): each for each in self._combinations()}

    def __len__(self) -> int:
        return len(self.recipes)

    def _combinations(self) -> Iterator[Recipe]:
        for values in itertools.product(*self.axes.values()):
            yield self.canonical(dict(zip(self.axes, values, strict=True)))

    def canonical(self, settings: Mapping[str, Any]) -> Recipe:
        """The recipe of these values, without those that have no effect beside the others."""
        found = self.recipe.with_(**settings)
        if found.executor in _NO_WORKERS:
            return found.with_(**{name: getattr(Recipe(), name) for name in _OF_WORKERS})
        return found

    def settings(self, recipe: Recipe) -> dict[str, Any]:
        """The axes' values of a recipe, but for those that have no effect."""
        idle = _OF_WORKERS if recipe.executor in _NO_WORKERS else ()
        return {axis: getattr(recipe, axis) for axis in self.axes if axis not in idle}

    def full_settings(self, recipe: Recipe) -> dict[str, Any]:
        """A value of each axis; for one that has no effect, the one that it would begin with."""
        return {
            axis: here if (here := getattr(recipe, axis)) in values else self._usual(axis)
            for axis, values in self.axes.items()
        }

    def _usual(self, axis: str) -> Any:
        """As many workers as there are cores, or what comes next to it; of others the default."""
        values = self.axes[axis]
        default = getattr(self.recipe, axis)
        if default in values:
            return default
        if axis == "workers":
            cores = os.cpu_count() or 1
            return min(values, key=lambda workers: abs(workers - cores))
        return values[0]

    def name(self, recipe: Recipe) -> str:
        """A recipe by its axes' values."""
        told = self.settings(recipe) or {axis: getattr(recipe, axis) for axis in self.axes}
        return ", ".join(f"{axis}={value}" for axis, value in told.items())

    def first_values(self, axis: str) -> list[Any]:
        """Values of an axis that are looked at first: all names; of many numbers some."""
        values = self.axes[axis]
        numbers = all(isinstance(value, int | float) for value in values)
        if not numbers or len(values) <= _FIRST_PLACES:
            return values
        last = len(values) - 1
        return [values[round(last * k / (_FIRST_PLACES - 1))] for k in range(_FIRST_PLACES)]

    def neighbours(self, recipe: Recipe) -> list[Recipe]:
        """Recipes that differ in one axis, next to it where the axis is one of numbers."""
        found: dict[str, Recipe] = {}
        for axis, values in self.axes.items():
            here = getattr(recipe, axis)
            near = values
            if here in values and all(isinstance(value, int | float) for value in values):
                ordered = sorted(values)
                place = ordered.index(here)
                near = ordered[max(0, place - 1) : place + 2]
            for value in near:
                each = self.canonical({**self.full_settings(recipe), axis: value})
                found.setdefault(self.name(each), each)
        found.pop(self.name(recipe), None)
        return list(found.values())
