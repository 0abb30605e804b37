"""Where the files of a batch are read: an executor by its name, with the recipe's limits."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from functools import partial
from typing import Any, NamedTuple

from perfkit import plugins
from perfkit.batches._document import deadline_factor
from perfkit.errors import RecipeError
from perfkit.executors._choice import usable_cores
from perfkit.executors._outcome import Completed
from perfkit.recipe import Recipe

__all__ = ["Calls", "executor_of"]

_READ = "perfkit.batches._document:read_document"
#: A worker ends itself at its deadline; one that cannot is ended so much later.
_GRACE_SECONDS = 0.5


class Calls(NamedTuple):
    """Makes calls of :func:`perfkit.batches._document.read_document`; gives each as it ends."""

    completed_map: Callable[..., Generator[Completed, None, None]]
    workers: int

    def __call__(self, calls: Iterable[tuple[Any, ...]]) -> Generator[Completed, None, None]:
        """What became of each call, as soon as it has ended."""
        return self.completed_map(_READ, calls)


def executor_of(
    executor: str, recipe: Recipe, workers: int, check: Callable[[], None] | None
) -> Calls:
    """An executor, by ``NAME`` or ``NAME://ADDRESS``.

    Raises
    ------
    RecipeError
        If there is none of that name that gives calls as they end.
    """
    name, _, address = executor.partition("://")
    completed_map = getattr(plugins.load("executors", name), "completed_map", None)
    if completed_map is None:
        raise RecipeError(
            f"The executor {name!r} runs in this process, which a hostile file could end; a batch "
            "takes 'processes' or 'dask://ADDRESS'."
        )
    most = workers or usable_cores()
    made = partial(
        completed_map,
        workers=most,
        deadline_seconds=recipe.max_seconds * deadline_factor(recipe.engine) + _GRACE_SECONDS,
        check=check,
        memory_mb=recipe.worker_memory_mb,
    )
    return Calls(partial(made, address=address) if address else made, most)
