"""Engines: from a PDF file to a lazy stream of pages of words.

An engine is a module of this folder (or an entry point of the group ``perfkit.engines``)
with one function, :func:`open_document`, as :class:`Engine` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Protocol

from perfkit.model import Extraction, Page
from perfkit.recipe import Recipe
from perfkit.source import Source

__all__ = ["CarefulDocument", "Engine", "OpenDocument", "OpenService", "ServiceEngine"]


class OpenDocument(Protocol):
    """A document that an engine has opened; close it, or use it in a ``with`` statement."""

    @property
    def page_count(self) -> int:
        """Pages that the document holds."""
        ...

    def pages(self, first: int = 1, last: int | None = None) -> Iterator[Page]:
        """Pages ``first`` to ``last`` (counted from 1, both included), one at a time.

        Nothing of a page is held once the next one is asked for.

        Raises
        ------
        DamagedPdfError
            If a page cannot be read; the error names it.
        """
        ...

    def close(self) -> None:
        """Release the document; safe to call twice."""
        ...

    def __enter__(self) -> OpenDocument: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class CarefulDocument(OpenDocument, Protocol):
    """A document whose pages can be read a second time with more care, and more time."""

    def pages_shown(self, first: int = 1, last: int | None = None) -> Iterator[Page]:
        """The same pages, of which each word was looked at: is it shown.

        :meth:`pages` looks that closely only where something hints at words that are not shown.
        """
        ...


class Engine(Protocol):
    """What a module of this folder offers.

    An engine that is slow a page also says so: ``PAGES_A_CALL``, the pages that a worker is
    given at once; ``PAGE_SECONDS``, how long one of them may take before its worker is thought to
    hang; ``DEADLINE_FACTOR``, by which a batch's deadlines are multiplied. One that needs more
    memory than a worker is given says ``WORKER_MEMORY_MB``, in MiB of address space.
    """

    def open_document(
        self, source: Source, password: str = "", recipe: Recipe = Recipe()
    ) -> OpenDocument:
        """Open a document that :func:`perfkit.source.open_source` has checked.

        ``recipe`` holds what the engine may be set to; most have nothing to set.

        Raises
        ------
        EncryptedPdfError
            If it is encrypted and the password does not open it.
        DamagedPdfError
            If it cannot be opened or holds no page.
        """
        ...


class OpenService(OpenDocument, Protocol):
    """A document that a service reads."""

    @property
    def workers(self) -> int:
        """Requests that are made at a time, at most."""
        ...

    def completed(self, extraction: Extraction) -> Extraction:
        """The extraction with what the service told besides words, and what it took."""
        ...


class ServiceEngine(Protocol):
    """An engine that asks a service: it waits, on threads of its own, rather than works.

    So no executor is put in front of it; it heeds ``workers`` and ``chunk_pages`` itself.
    """

    #: True; tells it from an engine that works.
    ASKS_A_SERVICE: bool

    def open_document(
        self, source: Source, password: str = "", recipe: Recipe = Recipe()
    ) -> OpenService:
        """Open a document as a recipe says; see :meth:`Engine.open_document`.

        Raises
        ------
        ServiceError
            If the service cannot be asked as the recipe and the environment say.
        """
        ...

    def outside(self, recipe: Recipe) -> dict[str, str]:
        """What the environment sets where the recipe is silent: part of the keys of results."""
        ...
