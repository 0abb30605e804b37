"""What is different about engines that ask a service."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, cast

from perfkit import plugins
from perfkit.errors import PagesFailedError
from perfkit.model import Extraction, LineItem
from perfkit.recipe import Recipe

if TYPE_CHECKING:
    from perfkit.engines import OpenDocument, OpenService

__all__ = ["asks_a_service", "attach", "fingerprint", "keeping_others"]


#: Read files; known without loading them, which a hit in a result cache need not wait for.
_READ_FILES = frozenset({"auto", "ocr", "pdfium", "pypdf"})


class _Reading(Protocol):
    """A document while it is read; of :mod:`perfkit.pipeline`."""

    complete: Callable[[Extraction], Extraction] | None
    executor: str
    workers: int
    reason: str


def asks_a_service(recipe: Recipe) -> bool:
    """Whether the recipe's engine does; see :class:`perfkit.engines.ServiceEngine`."""
    if recipe.engine in _READ_FILES:
        return False
    return getattr(plugins.load("engines", recipe.engine), "ASKS_A_SERVICE", False)


def fingerprint(recipe: Recipe) -> dict[str, Any]:
    """All that can change a result: of the recipe, and what an engine takes from elsewhere."""
    if not asks_a_service(recipe):
        return recipe.result_fields()
    outside: dict[str, Any] = plugins.load("engines", recipe.engine).outside(recipe)
    return recipe.result_fields() | outside


def attach(reading: _Reading, document: OpenDocument, engine: str) -> None:
    """Let a reading tell what the service told, and who reads the pages."""
    if hasattr(document, "completed"):
        service = cast("OpenService", document)
        reading.complete, reading.workers = service.completed, service.workers
        reading.executor = "threads" if service.workers > 1 else "inline"
        reading.reason = f"{engine} waits for a service, on threads of its own"


@contextlib.contextmanager
def keeping_others(items: Iterable[LineItem], pages: Callable[[], int]) -> Iterator[None]:
    """Put the items of all other pages on an error that names those without an answer."""
    try:
        yield
    except PagesFailedError as error:
        error.partial = {
            "line_items": [item.as_dict() for item in items],
            "pages_processed": pages(),
            "pages_failed": list(error.pages),
        }
        raise
