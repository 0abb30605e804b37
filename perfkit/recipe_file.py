"""A recipe as a TOML file: one line a field, as it is written in Python."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from perfkit.errors import RecipeError

__all__ = ["read_recipe_fields", "recipe_as_toml"]

#: A recipe is a few lines; what is larger is something else.
_LARGEST_BYTES = 1 << 16


def read_recipe_fields(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The fields that a TOML file names, unchecked but for their being plain.

    Raises
    ------
    RecipeError
        If the file cannot be read, or is not TOML.
    """
    import tomllib

    shown = os.fspath(path)
    try:
        with open(path, "rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RecipeError(f"{shown}: the recipe cannot be read ({reason}).") from error
    if len(content) > _LARGEST_BYTES:
        raise RecipeError(f"{shown}: this is no recipe: it is larger than 64 KiB.")
    try:
        fields = tomllib.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise RecipeError(f"{shown}: the recipe is not TOML ({error}).") from error
    for name, value in fields.items():
        if not isinstance(value, str | int | float):
            raise RecipeError(
                f"{shown}: {name} must be a text or a number; a recipe has no tables or lists."
            )
    return fields


def recipe_as_toml(fields: Mapping[str, str | float]) -> str:
    """One line a field; texts and numbers are written in JSON as in TOML, but for one sign."""
    return "".join(
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items()
    ).replace("\x7f", "\\u007f")
