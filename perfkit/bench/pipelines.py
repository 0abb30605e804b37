"""One's own pipeline by name: ``module:function``, or an entry point of ``perfkit.pipelines``."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from perfkit.errors import RecipeError
from perfkit.nearest import did_you_mean

__all__ = ["GROUP", "find_pipeline", "load_pipeline", "work_of"]

#: Of the entry points that an installed package names its pipelines by.
GROUP = "perfkit.pipelines"


def load_pipeline(name: str) -> Callable[..., Any]:
    """The callable behind a name: ``work(document, **settings)``.

    Parameters
    ----------
    name : str
        ``package.module:function``, or the name of an entry point that leads to a callable, or
        to a module with one called ``run``.

    Raises
    ------
    RecipeError
        If there is no such pipeline, it cannot be imported, or it is no callable.
    """
    return work_of(find_pipeline(name), name)


def find_pipeline(name: str) -> Any:
    """What a pipeline's name leads to; see :func:`load_pipeline`."""
    try:
        if ":" in name:
            module, _, attribute = name.partition(":")
            found: Any = importlib.import_module(module)
            for part in attribute.split("."):
                found = getattr(found, part)
            return found
        points = {point.name: point for point in entry_points(group=GROUP)}
        if name not in points:
            raise RecipeError(
                f"There is no pipeline {name!r}{did_you_mean(name, points)} An own one is "
                "named module:function."
            )
        return points[name].load()
    except (ImportError, AttributeError, ValueError) as error:
        if isinstance(error, RecipeError):
            raise
        raise RecipeError(f"The pipeline {name!r} cannot be loaded: {error}.") from error


def work_of(found: Any, name: str) -> Callable[..., Any]:
    """The callable that a pipeline is, or that a module offers as ``run``."""
    work: Callable[..., Any] = getattr(found, "run", found)
    if not callable(work):
        raise RecipeError(
            f"The pipeline {name!r} is neither a callable nor has it run(document, **settings)."
        )
    return work
