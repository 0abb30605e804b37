"""Recipe: how a document is to be processed, as plain names and numbers."""

from __future__ import annotations

import dataclasses
from typing import Any

from perfkit.errors import RecipeError
from perfkit.nearest import did_you_mean

__all__ = ["Recipe"]


@dataclasses.dataclass(frozen=True, slots=True)
class Recipe:
    """How a document is to be processed.

    It can be hashed, pickled and printed; what a sweep varies, a cache key holds and a
    result is labelled with.

    Parameters
    ----------
    engine : str
        Name of a module in :mod:`perfkit.engines` (or of an entry point).
    layout : str
        Name of a module in :mod:`perfkit.layouts`, or ``"auto"``: what the pages say.
    max_file_mb : float
        Largest file that is opened, in MiB.
    max_pages : int
        Most pages that a document may claim.

    Raises
    ------
    RecipeError
        If a limit is not positive or a name is empty.
    """

    engine: str = "pdfium"
    layout: str = "auto"
    max_file_mb: float = 100.0
    max_pages: int = 2000

    def __post_init__(self) -> None:
        for name in ("engine", "layout"):
            value = getattr(self, name)
            if not (isinstance(value, str) and value):
                raise RecipeError(f"Recipe.{name} must be a name, not {value!r}.")
        for name in ("max_file_mb", "max_pages"):
            value = getattr(self, name)
            if not (isinstance(value, int | float) and value > 0):
                raise RecipeError(f"Recipe.{name} must be a number above 0, not {value!r}.")

    def with_(self, **changes: Any) -> Recipe:
        """A copy with some fields changed; a misspelt field names its nearest."""
        known = [field.name for field in dataclasses.fields(self)]
        for name in changes:
            if name not in known:
                raise RecipeError(f"Recipe has no field {name!r}{did_you_mean(name, known)}")
        return dataclasses.replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """The fields as a plain dict."""
        return dataclasses.asdict(self)
