"""Recipe: how a document is to be processed, as plain names and numbers."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from typing import Any

from perfkit.errors import DocumentTooLargeError, RecipeError, TooManyPagesError
from perfkit.nearest import did_you_mean

__all__ = ["Recipe"]

#: Words are not counted letter by letter where they could only pass the limit by being longer.
_LONG_WORD = 100
_ABOVE_ZERO = (
    "max_file_mb",
    "max_pages",
    "max_page_characters",
    "stall_seconds",
    "max_seconds",
    "max_memory_mb",
    "cache_ttl",
    "deadline_seconds",
    "deadline_page_seconds",
    "worker_memory_mb",
    "docai_deadline_seconds",
    "docai_answers_days",
)
#: Where a result or an answer is kept, for how long, and what it costs cannot change it.
_NO_PART_IN_A_RESULT = (
    "cache",
    "cache_ttl",
    "docai_answers",
    "docai_answers_days",
    "docai_price",
)


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
        Name of a vendor's layout in ``perfkit/vendors``, the path of a TOML file of your own, or
        ``"auto"``: what the pages say.
    vendor_pages : int
        A file is given up as another vendor's after so many pages without a sign of a known
        one; 0 for never.
    max_file_mb : float
        Largest file that is opened, in MiB.
    max_pages : int
        Most pages that a document may claim.
    max_page_characters : int
        Most characters that a page may hold.
    executor : str
        Where pages are read: name of a module in :mod:`perfkit.executors` (``"inline"``: one
        after the other, here; ``"processes"``; ``"threads"``), or ``"auto"``: what is fastest
        for the document's length and the engine's measured pace.
    workers : int
        Workers of an executor that has some; 0 for as many as there are usable cores.
    chunk_pages : int
        Pages of one call to a worker; 0 for long calls first and short ones last.
    stall_seconds : float
        A worker process that takes longer over one call is ended, and its pages are read
        again, once.
    max_seconds, max_memory_mb : float
        Limits of time, and of memory in MiB for this process with its workers, that
        :class:`~perfkit.optimizers.creative_coop.CreativeCoopPerformanceOptimizer` holds a
        document to.
    cache : str
        Where results are kept between calls: name of a module in :mod:`perfkit.caches`
        (``"memory"``, ``"disk"``), ``"none"``, or ``"auto"``: in memory by the optimizer. Heeded
        by the optimizer, and where recipes are swept and compared; a call of ``extract`` always
        reads.
    cache_ttl : float
        Seconds that a kept result is served.
    deadline_seconds, deadline_page_seconds : float
        A document of a batch has so many seconds, and so many more a page; ``max_seconds`` at
        most. A slow engine has a multiple: its ``DEADLINE_FACTOR``.
    worker_memory_mb : float
        Address space that a worker process may have, in MiB; what an engine needs at least (its
        ``WORKER_MEMORY_MB``) is granted in any case.

    docai_processor, docai_endpoint : str
        Of the engine ``documentai``: the processor's full name, and where it answers; if empty,
        what the environment says (``PERFKIT_DOCAI_PROCESSOR``, ``PERFKIT_DOCAI_ENDPOINT``),
        else Google's own endpoint. Credentials come from Google's default chain, never from here.
    docai_mode : str
        ``"select"``: the whole document is sent, with the numbers of the pages that are wanted;
        ``"split"``: it is cut up here, and each request holds its pages only.
    docai_imageless : bool
        Without page images the service takes 30 pages at once, from the first one on.
    docai_field_mask : str
        What answers hold, paths parted by commas; empty for what the engine needs.
    docai_deadline_seconds : float
        For a request with all its attempts and pauses.
    docai_quota : int
        Requests a minute that this process does not go beyond; 0 for the service's usual 600,
        and for no limit where a stand-in on this machine is asked.
    docai_answers : str
        Cache that answers are kept in: name of a module in :mod:`perfkit.caches`; empty for
        none.
    docai_answers_days : float
        How long an answer is kept.
    docai_price : str
        Which line of the price table holds; see :mod:`perfkit.docai.cost`.

    Raises
    ------
    RecipeError
        If a limit is not positive or a name is empty.
    """

    engine: str = "pdfium"
    layout: str = "auto"
    vendor_pages: int = 3
    max_file_mb: float = 100.0
    max_pages: int = 2000
    max_page_characters: int = 2_000_000
    executor: str = "inline"
    workers: int = 0
    chunk_pages: int = 0
    stall_seconds: float = 10.0
    max_seconds: float = 60.0
    max_memory_mb: float = 800.0
    cache: str = "auto"
    cache_ttl: float = 3600.0
    deadline_seconds: float = 5.0
    deadline_page_seconds: float = 0.1
    worker_memory_mb: float = 512.0
    docai_processor: str = ""
    docai_endpoint: str = ""
    docai_mode: str = "select"
    docai_imageless: bool = False
    docai_field_mask: str = ""
    docai_deadline_seconds: float = 120.0
    docai_quota: int = 0
    docai_answers: str = ""
    docai_answers_days: float = 30.0
    docai_price: str = "invoice"

    def __post_init__(self) -> None:
        for name in ("engine", "layout", "executor", "cache"):
            value = getattr(self, name)
            if not (isinstance(value, str) and value):
                raise RecipeError(f"Recipe.{name} must be a name, not {value!r}.")
        for name in _ABOVE_ZERO:
            value = getattr(self, name)
            if not (isinstance(value, int | float) and value > 0):
                raise RecipeError(f"Recipe.{name} must be a number above 0, not {value!r}.")
        for name in ("workers", "chunk_pages", "docai_quota"):
            value = getattr(self, name)
            if not (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
                raise RecipeError(f"Recipe.{name} must be a whole number from 0, not {value!r}.")
        if self.docai_mode not in ("select", "split"):
            raise RecipeError(
                f'Recipe.docai_mode must be "select" or "split", not {self.docai_mode!r}.'
            )

    def with_(self, **changes: Any) -> Recipe:
        """A copy with some fields changed; a misspelt field names its nearest."""
        known = [field.name for field in dataclasses.fields(self)]
        for name in changes:
            if name not in known:
                raise RecipeError(f"Recipe has no field {name!r}{did_you_mean(name, known)}")
        return dataclasses.replace(self, **changes)

    def check_pages(self, name: str, count: int) -> None:
        """Refuse a document of more pages than the limit.

        Raises
        ------
        TooManyPagesError
            If it has.
        """
        if count > self.max_pages:
            raise TooManyPagesError(
                name,
                problem=f"the document claims {count} pages, the limit is {self.max_pages}",
            )

    def check_characters(self, name: str, page: int, words: Sequence[tuple[Any, ...]]) -> None:
        """Refuse a page of more characters than the limit; ``words`` begin with their text.

        Raises
        ------
        DocumentTooLargeError
            If it has.
        """
        if len(words) * _LONG_WORD < self.max_page_characters:
            return  # as any page that is meant to be read
        count = sum(len(word[0]) for word in words)
        if count > self.max_page_characters:
            raise DocumentTooLargeError(
                name,
                page,
                problem=f"it holds {count} characters, the limit is {self.max_page_characters}",
                remedy="If the file is honest, raise Recipe.max_page_characters.",
            )

    @classmethod
    def from_toml(cls, path: str | os.PathLike[str]) -> Recipe:
        """The recipe of a TOML file; a field that it does not name has its default.

        Raises
        ------
        RecipeError
            If the file cannot be read, or names or holds what a recipe cannot have.
        """
        from perfkit.recipe_file import read_recipe_fields

        return cls().with_(**read_recipe_fields(path))

    def to_toml(self) -> str:
        """The recipe as text that :meth:`from_toml` reads again."""
        from perfkit.recipe_file import recipe_as_toml

        return recipe_as_toml(self.as_dict())

    def as_dict(self) -> dict[str, Any]:
        """The fields as a plain dict."""
        return dataclasses.asdict(self)

    def result_fields(self) -> dict[str, Any]:
        """The fields that are part of a result's cache key: all but those of the cache."""
        fields = self.as_dict()
        for name in _NO_PART_IN_A_RESULT:
            del fields[name]
        return fields
