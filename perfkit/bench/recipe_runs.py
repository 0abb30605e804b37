"""Process documents as a recipe says, with what it keeps from call to call: its cache."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from typing import TYPE_CHECKING, Any

from perfkit.model import Extraction
from perfkit.recipe import Recipe

if TYPE_CHECKING:
    from perfkit.optimizers.cached import IntelligentCachingSystem

__all__ = ["RecipeRuns", "ServedResult", "accuracy_of", "plain_result"]

#: What tells only who read a document, from where, and what it was held against.
_NO_PART_OF_IT = (
    "source", "engine", "warnings", "accuracy_score", "accuracy_kind", "ledger", "doubtful",
    "doubts",
)  # fmt: skip


class ServedResult:
    """A result as a cache hands it out; equal to any other result that says the same."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (ServedResult, Extraction)):
            return NotImplemented
        return plain_result(self) == plain_result(other)


def plain_result(result: Extraction | ServedResult) -> dict[str, Any]:
    """All that a document says, as plain values, without what tells only who read it."""
    data = result.data if isinstance(result, ServedResult) else result.as_dict()
    return {name: value for name, value in data.items() if name not in _NO_PART_OF_IT}


def accuracy_of(result: Extraction | ServedResult) -> tuple[float | None, str]:
    """Score, 0 to 1 (None where nothing can be checked), and its kind."""
    if isinstance(result, ServedResult):
        return result.data["accuracy_score"], result.data["accuracy_kind"]
    from perfkit.accuracy import assess

    accuracy = assess(result)
    return accuracy.score, accuracy.kind


class RecipeRuns:
    """Runs recipes; each that names a cache has one of its own from its first document on.

    A disk cache lies in a folder of this object and goes with it, so that what other runs
    have kept is no part of a measurement.
    """

    def __init__(self) -> None:
        self._caches: dict[Recipe, IntelligentCachingSystem] = {}
        self._folder = ""

    def __call__(self, document: str, recipe: Recipe) -> Extraction | ServedResult:
        """Process a document, or have it served."""
        if recipe.cache in {"auto", "none"}:
            from perfkit.pipeline import extract

            return extract(document, recipe)
        return ServedResult(self._cache(recipe).get_processed_data(document))

    def _cache(self, recipe: Recipe) -> IntelligentCachingSystem:
        if recipe not in self._caches:
            from perfkit.optimizers.cached import IntelligentCachingSystem

            directory = self._new_folder() if recipe.cache == "disk" else None
            self._caches[recipe] = IntelligentCachingSystem(
                recipe.cache_ttl, store=recipe.cache, directory=directory, recipe=recipe
            )
        return self._caches[recipe]

    def _new_folder(self) -> str:
        if not self._folder:
            self._folder = tempfile.mkdtemp(prefix="perfkit-cache-")
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return f"{self._folder}/{len(self._caches)}"
