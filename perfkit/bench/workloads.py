"""What a gate measures: documents by recipes, and functions of one's own."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from typing import Any

from perfkit.bench.documents import find_document
from perfkit.bench.live_pair import Side
from perfkit.bench.revision import Tree
from perfkit.errors import DocumentNotFoundError, ParameterError
from perfkit.recipe import Recipe

__all__ = ["Workload", "parse_recipe", "workloads"]


@dataclasses.dataclass(frozen=True, slots=True)
class Workload:
    """Something that both revisions do.

    Attributes
    ----------
    name : str
        For the table: recipe and document, or ``module:function``.
    kind : {"extract", "import"}
    work : str or dict
        As :class:`~perfkit.bench.live_pair.Side` takes it.
    has_workers : bool
    """

    name: str
    kind: str
    work: str | dict[str, Any]
    has_workers: bool = False

    def side(self, tree: Tree) -> Side:
        """It, as a checkout does it."""
        return Side(
            f"{self.name} at {tree.name}",
            self.kind,
            self.work,
            tree.search_path,
            tree.interpreter,
            os.fspath(tree.folder) if tree.holds_perfkit else None,
            self.has_workers,
        )


def workloads(
    documents: Sequence[str], recipes: Sequence[Recipe], functions: Sequence[str]
) -> list[Workload]:
    """Each recipe on each document, then each function.

    Raises
    ------
    DocumentNotFoundError
        If a document is not there.
    ParameterError
        If there is nothing to do, or a function is not named as ``module:function``.
    """
    found = []
    for document in documents:
        path = find_document(document)
        if not path.exists():
            raise DocumentNotFoundError(document)
        for recipe in recipes:
            # Only what is set: an older revision may not know every field.
            fields = {k: v for k, v in recipe.as_dict().items() if getattr(Recipe(), k) != v}
            label = ", ".join(f"{name}={value}" for name, value in fields.items()) or "as given"
            work = {"documents": [os.fspath(path.resolve())], "recipe": fields}
            name = f"{path.name} ({label})"
            found.append(Workload(name, "extract", work, recipe.executor != "inline"))
    for function in functions:
        module, colon, name = function.partition(":")
        if not (module and colon and name):
            raise ParameterError(f"{function!r} does not name a function as module:function.")
        found.append(Workload(function, "import", function, has_workers=False))
    if not found:
        raise ParameterError("There is nothing to measure: name a document or a function.")
    return found


def parse_recipe(text: str) -> Recipe:
    """A recipe from ``name=value,name=value``, or from the TOML file that is named.

    Raises
    ------
    RecipeError
        If a field does not exist, a value cannot be, or the file is no recipe.
    ParameterError
        If a part is no ``name=value``.
    """
    if text.endswith(".toml"):
        return Recipe.from_toml(text)
    changes: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = part.partition("=")
        if not equals:
            raise ParameterError(f"{part!r} is not name=value.")
        Recipe().with_(**{name: value} if name in ("engine", "layout", "executor") else {name: 1})
        kind = type(getattr(Recipe(), name))
        try:
            changes[name] = kind(value)
        except ValueError as error:
            raise ParameterError(f"{name} takes a number, not {value!r}.") from error
    return Recipe().with_(**changes)
