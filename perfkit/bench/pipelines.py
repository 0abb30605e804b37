"""One's own pipeline by name: ``module:function``, or an entry point of ``perfkit.pipelines``."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from perfkit.errors import RecipeError
from perfkit.nearest import did_you_mean

__all__ = ["GROUP", "load_pipeline"]

#: Of the entry points that an installed package names its pipelines by.
GROUP = "perfkit.pipelines"


def load_pipeline(name: str) -> Callable[..., Any]:
    """The callable behind a name: ``work(document, **settings)``.

    Parameters
    ----------
    name : str
        ``package.module:function``, or the name of an entry point that leads to a callable.

    Raises
    ------
    RecipeError
        If there is no such pipeline, it cannot be imported, or it is no callable.
    """
    try:
        if ":" in name:
            module, _, attribute = name.partition(":")
            found: Any = importlib.import_module(module)
            for part in attribute.split("."):
                found = getattr(found, part)
        else:
            points = {point.name: point for point in entry_points(group=GROUP)}
            if name not in points:
                raise RecipeError(
                    f"There is no pipeline {name!r}{did_you_mean(name, points)} An own one is "
                    "named module:function."
                )
            found = points[name].load()
    except (ImportError, AttributeError, ValueError) as error:
        raise RecipeError(f"The pipeline {name!r} cannot be loaded: {error}.") from error
    if not callable(found):
        raise RecipeError(f"The pipeline {name!r} is no callable of a document.")
    work: Callable[..., Any] = found
    return work
