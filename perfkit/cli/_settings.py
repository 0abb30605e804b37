"""Settings as they are typed: NAME=VALUE for a field of a Recipe, NAME=A,B for an axis."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from perfkit.bench.sweep_results import PAGES
from perfkit.errors import ParameterError
from perfkit.nearest import did_you_mean
from perfkit.recipe import Recipe
from perfkit.report.types import fits, from_text

__all__ = ["axes_from", "recipe_from", "settings_from"]


def settings_from(pairs: Iterable[str], *, own: bool = False) -> dict[str, Any]:
    """Fields of a Recipe from ``engine=pypdf,workers=2``, repeatable.

    With ``own`` they are the arguments of one's own pipeline: numbers, truth values or text.

    Raises
    ------
    ParameterError
        If one is no NAME=VALUE, there is no such field, or its value is of another type.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        for part in pair.split(","):
            name, text = _split(part)
            found[name] = _value(name, text, own=own)
    return found


def recipe_from(given: str) -> Recipe:
    """A recipe from ``engine=pypdf,workers=2``, or from a file, ``best.toml``.

    Raises
    ------
    ParameterError, RecipeError
        As :func:`settings_from`, and if the file is no recipe.
    """
    if given.endswith(".toml"):
        return Recipe.from_toml(given)
    return Recipe(**settings_from([given]))


def axes_from(pairs: Iterable[str], *, own: bool = False) -> dict[str, list[Any]]:
    """Axes from ``workers=1,2,4``, each once; ``pages`` is the axis of document size.

    Raises
    ------
    ParameterError
        As :func:`settings_from`, or if an axis comes twice.
    """
    found: dict[str, list[Any]] = {}
    for pair in pairs:
        name, text = _split(pair)
        if name in found:
            raise ParameterError(f"The axis {name} is given twice; write --axis {name}=A,B,C.")
        found[name] = [
            _value(name, each.strip(), own=own) for each in text.split(",") if each.strip()
        ]
    return found


def _split(pair: str) -> tuple[str, str]:
    name, equals, text = pair.partition("=")
    if not (equals and name.strip()):
        raise ParameterError(f"{pair!r} is no NAME=VALUE, as in workers=2.")
    return name.strip(), text.strip()


def _value(name: str, text: str, *, own: bool) -> Any:
    if own and name != PAGES:
        return from_text(text, "bool | int | float | str")
    types = {field.name: str(field.type) for field in dataclasses.fields(Recipe)} | {PAGES: "int"}
    if name not in types:
        raise ParameterError(f"Recipe has no field {name!r}{did_you_mean(name, types)}")
    value = from_text(text, types[name])
    if not fits(value, types[name]):
        raise ParameterError(f"{name} has to be of the type {types[name]}, not {text!r}.")
    return value
