"""A point of a sweep as the command line names it: what to run, and where its profile is kept."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from perfkit.bench.kept_points import find_point, keep
from perfkit.bench.points import MeasuredPoint
from perfkit.cli._profiles import given
from perfkit.cli._sweeps import subject
from perfkit.errors import ParameterError, RecipeError
from perfkit.recipe import Recipe
from perfkit.report.points import link_points

if TYPE_CHECKING:
    from perfkit.profiling.result import Profile

__all__ = ["Asked", "asked", "keep_profile"]


class Asked(NamedTuple):
    """What is to be run on which document, and the point that it is, if it is one."""

    work: Recipe | Callable[..., Any]
    document: str
    point: MeasuredPoint | None = None


def asked(recipe: str | None, document: str | None, point: str | None, record: str | None) -> Asked:
    """A recipe on a document as both are named, or those of a point.

    Raises
    ------
    ParameterError
        If neither is there, or both; if there is no such point.
    MeasurementError
        If the point's document has changed.
    """
    if point is None:
        if recipe is None or document is None or record is not None:
            raise ParameterError("Name RECIPE and FILE, or a point of a sweep: --point ID.")
        return Asked(given(recipe), document)
    if recipe is not None:
        raise ParameterError(f"The point {point} has its recipe and document; name no others.")
    found = find_point(point, record)
    return Asked(_work_of(found), os.fspath(found.found_document()), found)


def _work_of(point: MeasuredPoint) -> Recipe | Callable[..., Any]:
    """What is run at a point: a recipe, or a pipeline of one's own with its arguments.

    Raises
    ------
    ParameterError
        If the pipeline was a function that no name leads to.
    """
    if point.is_extraction:
        return Recipe().with_(**point.recipe)
    try:
        return subject(point.subject, point.recipe)
    except RecipeError as error:
        raise ParameterError(
            f"The point {point.id} is of {point.subject}, which no name leads to ({error}) "
            "Sweep it by its name, MODULE:FUNCTION, or call perfkit.profile with the function."
        ) from error


def keep_profile(point: MeasuredPoint, profile: Profile, report: Path) -> str:
    """Keep a profile under a point's id, and link to it from a report's pages; tell where it is.

    Raises
    ------
    MeasurementError, ReportError
        If it cannot be written.
    """
    named = dataclasses.replace(profile, id=point.id)
    folder = keep(point, html=named.html(), json=named.to_json() + "\n")
    told = f"The profile of the point {point.id} is kept in {folder}"
    if not (report / "index.html").is_file():
        return f"{told}."
    link_points(report)
    page = report / "points" / f"{point.id}.html"
    return f"{told}; {page} leads to it." if page.is_file() else f"{told}."
