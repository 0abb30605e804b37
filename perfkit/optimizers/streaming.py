"""Page by page: of a document of any length, nothing is kept but its line items."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Generator, Iterator
from typing import Any

from perfkit.errors import MemoryOptimizationError, PerfkitError
from perfkit.model import LineItem, Page
from perfkit.optimizers._results import described, keeping_what_was_read, plain_items
from perfkit.pipeline import Reading, page_range, read
from perfkit.recipe import Recipe
from perfkit.source import Invoice, Source, open_source
from perfkit.trackers.memory import MemoryUsageTracker

__all__ = ["MemoryOptimizer", "PageChunk", "StreamingDocumentProcessor"]

#: The document is opened anew after so many pages, and what the engine kept of them let go.
PAGES_BETWEEN_RELEASES = 100
#: Peak that counts as perfect, in MiB: the floor of the product.
_PEAK_WANTED_MB = 800.0


class StreamingDocumentProcessor:
    """Reads a document page by page.

    Parameters
    ----------
    recipe : Recipe, optional
        Engine, layout and limits; pages are read in this process, one after the other,
        whatever its executor.
    """

    def __init__(self, recipe: Recipe | None = None) -> None:
        self._recipe = (recipe or Recipe()).with_(executor="inline")

    def iterate(self, invoice: Invoice, *, password: str = "") -> Generator[LineItem, None, None]:
        """Line items as soon as no later page can change them; none of them is kept.

        Parameters
        ----------
        invoice : path, open binary file or bytes

        Raises
        ------
        DocumentError
            Over a page: once the items of the pages before it have been given.
        """
        with self._read(invoice, password) as reading:
            yield from reading

    def process_with_streaming(self, invoice: Invoice, *, password: str = "") -> dict[str, Any]:
        """Read a whole document; see :meth:`iterate` for the items one at a time.

        Returns
        -------
        dict
            ``line_items``, ``pages_processed``, ``memory_peak_mb`` (MiB of the process tree),
            ``accuracy_score`` and its kind, ``invoice_number``, ``doubtful`` and ``doubts`` (the
            reasons, a sentence each), ``warnings``.

        Raises
        ------
        DocumentError
            Its ``partial`` holds ``line_items`` and ``pages_processed`` before the page it names.
        MeasurementError
            If this platform has no source for the peak.
        """
        with MemoryUsageTracker() as tracker:
            result = self.collect(invoice, password)
        return result | {"memory_peak_mb": tracker.get_peak_memory_mb()}

    def collect(
        self, invoice: Invoice, password: str = "", check: Callable[[], None] | None = None
    ) -> dict[str, Any]:
        """As :meth:`process_with_streaming`, unmeasured; ``check`` is called between pages."""
        items: list[LineItem] = []
        with (
            self._read(invoice, password, check) as reading,
            keeping_what_was_read(reading, items),
        ):
            items.extend(reading)
            extraction = reading.extraction(tuple(items))
        result = described(extraction)
        # What follows takes the items apart: none of them may be held here any more.
        del extraction
        return {"line_items": plain_items(items), **result, "processing_successful": True}

    @contextlib.contextmanager
    def _read(
        self, invoice: Invoice, password: str, check: Callable[[], None] | None = None
    ) -> Iterator[Reading]:
        with read(
            invoice,
            self._recipe,
            password=password,
            check=check,
            release_pages=PAGES_BETWEEN_RELEASES,
        ) as reading:
            yield reading


@dataclasses.dataclass(frozen=True, slots=True)
class PageChunk:
    """Pages of a document that is not held in memory; both ends included."""

    first_page: int
    last_page: int
    _source: Source = dataclasses.field(repr=False)
    _recipe: Recipe = dataclasses.field(repr=False)
    _password: str = dataclasses.field(repr=False, default="")

    def pages(self) -> Iterator[Page]:
        """Read them, one at a time; the document is open only meanwhile.

        Raises
        ------
        DamagedPdfError
            If a page cannot be read.
        """
        return page_range(
            self._source, self._recipe, self._password, self.first_page, self.last_page
        )


class MemoryOptimizer:
    """Keeps the memory of a document's processing small, and under a limit.

    Parameters
    ----------
    recipe : Recipe, optional
        Engine, layout and limits; ``max_memory_mb`` is held while it runs.
    chunk_pages : int
        Pages of a chunk that :meth:`load_document_efficiently` gives.
    """

    def __init__(self, recipe: Recipe | None = None, *, chunk_pages: int = 1) -> None:
        self._recipe = recipe or Recipe()
        self._chunk_pages = chunk_pages
        self._streaming = StreamingDocumentProcessor(self._recipe)

    def load_document_efficiently(self, invoice: Invoice, *, password: str = "") -> dict[str, Any]:
        """Open a document, count its pages, and close it again; nothing of it is held.

        Returns
        -------
        dict
            ``document_chunks`` (list of :class:`PageChunk`, one a page unless the optimizer was
            given ``chunk_pages``; a chunk reads its pages when it is asked for them),
            ``total_pages``, ``memory_optimized``.

        Raises
        ------
        MemoryOptimizationError
            If it cannot be opened.
        """
        try:
            source = open_source(invoice, max_file_mb=self._recipe.max_file_mb)
            inline = self._recipe.with_(executor="inline")
            with read(source, inline, password=password) as reading:
                total = reading.page_count
        except PerfkitError as error:
            raise MemoryOptimizationError(str(error)) from error
        chunks = [
            PageChunk(
                first, min(total, first + self._chunk_pages - 1), source, self._recipe, password
            )
            for first in range(1, total + 1, self._chunk_pages)
        ]
        return {"document_chunks": chunks, "total_pages": total, "memory_optimized": True}

    def process_with_memory_optimization(
        self, invoice: Invoice, *, password: str = ""
    ) -> dict[str, Any]:
        """Read a document page by page, under the recipe's limit of memory.

        Returns
        -------
        dict
            ``line_items``, ``accuracy_score``, ``memory_peak_mb`` (MiB of the process tree),
            ``memory_efficiency_score`` (min(1, 800 / peak)), ``pages_processed``, ``doubtful``
            and ``doubts``, ``processing_successful``.

        Raises
        ------
        MemoryOptimizationError
            If the document cannot be read, or the limit is passed; ``partial`` holds what was
            read before.
        """
        limit = self._recipe.max_memory_mb
        tracker = MemoryUsageTracker()

        def check() -> None:
            if tracker.last_seen_mb() > limit:
                raise MemoryOptimizationError(
                    f"The process tree holds {tracker.last_seen_mb():.0f} MiB, the limit is "
                    f"{limit:g} MiB. Raise Recipe.max_memory_mb, or process in a fresh process."
                )

        try:
            with tracker:
                check()
                result = self._streaming.collect(invoice, password, check)
            check()
        except MemoryOptimizationError:
            raise
        except PerfkitError as error:
            failure = MemoryOptimizationError(str(error))
            failure.partial = getattr(error, "partial", None)
            raise failure from error
        peak = tracker.get_peak_memory_mb()
        return result | {
            "memory_peak_mb": peak,
            "memory_efficiency_score": min(1.0, _PEAK_WANTED_MB / peak),
        }
