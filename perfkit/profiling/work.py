"""What is profiled, as a call without arguments and the words for it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from functools import partial
from typing import Any

from perfkit.bench.documents import find_document
from perfkit.bench.subjects import RecipeSubject, subject_of
from perfkit.errors import DocumentNotFoundError, ParameterError
from perfkit.recipe import Recipe

__all__ = ["Work", "work_of"]

Given = Recipe | Callable[..., Any] | str
Document = str | os.PathLike[str] | None


@dataclasses.dataclass(frozen=True)
class Work:
    """A piece of work that can be done over and over.

    Attributes
    ----------
    name : str
        What does it: the recipe's fields that matter, or the callable's name.
    document : str
        File name; empty for a callable without arguments.
    call : callable
    recipe : Recipe or None
        With the executor that ``auto`` has chosen, so that all runs are alike.
    path : str
        Of the document.
    """

    name: str
    document: str
    call: Callable[[], Any]
    recipe: Recipe | None = None
    path: str = ""

    def on_one_thread(self, apart: tuple[str, ...] = ("threads",)) -> Callable[[], Any]:
        """The call for a profiler that sees one thread only: pages are read here.

        ``apart`` are executors whose threads or processes it does not see.
        """
        if self.recipe is None or self.recipe.executor not in apart:
            return self.call
        from perfkit.pipeline import extract

        return partial(extract, self.path, self.recipe.with_(executor="inline"))

    @property
    def title(self) -> str:
        """Name and document."""
        return f"{self.document} ({self.name})" if self.document else self.name


def work_of(given: Given, document: Document = None) -> Work:
    """The work that a recipe, a pipeline of one's own or a callable stands for.

    Parameters
    ----------
    given : Recipe, callable or str
        Of a document; a callable without arguments where there is none.

    Raises
    ------
    ParameterError
        If it is none of them, or a recipe has no document.
    RecipeError
        If it names what does not exist.
    DocumentNotFoundError
        If there is no such document.
    """
    if document is None:
        if isinstance(given, Recipe) or not callable(given):
            raise ParameterError(
                f"{given!r} needs a document to be profiled on; a callable without arguments "
                "needs none."
            )
        return Work(_name(given), "", given)
    path = find_document(document)
    if not path.exists():
        raise DocumentNotFoundError(os.fspath(path))
    subject = subject_of(given)
    if not isinstance(subject, RecipeSubject):
        return Work(subject.name, path.name, partial(subject.run, os.fspath(path), {}))
    subject.recipe({})  # refuses what does not exist
    recipe = _settled(subject.recipe_, os.fspath(path))
    if recipe.cache in {"auto", "none"}:
        from perfkit.pipeline import extract

        call: Callable[[], Any] = partial(extract, os.fspath(path), recipe)
    else:
        call = partial(subject.run, os.fspath(path), dataclasses.asdict(recipe))
    return Work(_fields(recipe), path.name, call, recipe, os.fspath(path))


def _name(given: Any) -> str:
    while isinstance(given, partial):
        given = given.func
    return str(getattr(given, "__qualname__", type(given).__name__))


def _settled(recipe: Recipe, path: str) -> Recipe:
    """With the executor that ``auto`` takes for this document."""
    if recipe.executor != "auto":
        return recipe
    from perfkit.pipeline import read

    with read(path, recipe) as reading:
        return recipe.with_(executor=reading.executor, workers=reading.workers)


def _fields(recipe: Recipe) -> str:
    """Engine and executor, and whatever else is not as usual."""
    usual = Recipe().as_dict()
    told = {
        name: value
        for name, value in recipe.as_dict().items()
        if name in {"engine", "executor"} or value != usual[name]
    }
    return ", ".join(f"{name}={value}" for name, value in told.items())
