"""ocr: words of scans, read on this machine by rapidocr.

Every page is drawn and read as a picture, also one that has a text layer; the engine
``auto`` does so only where there is none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import TracebackType

from perfkit.engines._ocr_reader import is_there, read_picture
from perfkit.engines._ocr_words import DOUBTFUL, Read, place
from perfkit.engines._pdfium_render import Pictures
from perfkit.errors import MissingExtraError
from perfkit.model import Page
from perfkit.recipe import Recipe
from perfkit.source import Source

__all__ = [
    "DEADLINE_FACTOR",
    "PAGES_A_CALL",
    "PAGE_SECONDS",
    "WORKER_MEMORY_MB",
    "OcrDocument",
    "open_document",
]

#: How pages are shared among workers: one a call, and so long may one take.
PAGES_A_CALL, PAGE_SECONDS = 1, 120.0
#: Address space of a worker, MiB: models, what they work with, and the libraries' own.
WORKER_MEMORY_MB = 6144.0
#: A document's deadline is so many times that of a text engine.
DEADLINE_FACTOR = 100.0
#: A picture of a page: single digits are lost below about 180 dpi, time grows with the pixels.
DPI = 200.0
_MOST_PIXELS = 24e6
_MOST_NAMED = 5


def open_document(source: Source, password: str = "", recipe: Recipe = Recipe()) -> OcrDocument:
    """Open a checked document; see :class:`perfkit.engines.Engine`.

    The recipe's worker processes share the machine's cores: each one's model takes its part.
    """
    side_by_side = recipe.workers or _usable_cores() if recipe.executor != "inline" else 1
    return OcrDocument(source, password, max(1, _usable_cores() // side_by_side))


class OcrDocument:
    """An open document; fulfils :class:`perfkit.engines.OpenDocument`.

    Raises
    ------
    MissingExtraError
        If the extra ``ocr`` is not installed.
    """

    def __init__(self, source: Source, password: str, threads: int) -> None:
        if not is_there():
            raise MissingExtraError("rapidocr", "ocr", "Reading scans")
        self._pictures = Pictures(source, password)
        self._threads = threads
        self.page_count = self._pictures.page_count

    def pages(self, first: int = 1, last: int | None = None) -> Iterator[Page]:
        """Pages ``first`` to ``last``, one at a time; see :class:`OpenDocument`."""
        for number in range(first, (last or self.page_count) + 1):
            yield self._page(number)

    def _page(self, number: int) -> Page:
        picture, scale = self._pictures.draw(number, DPI, _MOST_PIXELS)
        rows, columns = picture.shape
        drawn = bool(picture.min() < picture.max())
        read = place(read_picture(picture, self._threads) if drawn else [], columns, rows, scale)
        return Page(
            number,
            columns / scale,
            rows / scale,
            read.words,
            drawn,
            read.confidences,
            _doubts(number, read),
        )

    def close(self) -> None:
        """Release the document; safe to call twice."""
        self._pictures.close()

    def __enter__(self) -> OcrDocument:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _doubts(number: int, read: Read) -> tuple[str, ...]:
    """A warning that names the words that may be misread."""
    doubtful = [
        word.text
        for word, sure in zip(read.words, read.confidences, strict=True)
        if sure < DOUBTFUL
    ]
    if not doubtful:
        return ()
    named = ", ".join(repr(text) for text in doubtful[:_MOST_NAMED])
    more = f" and {len(doubtful) - _MOST_NAMED} more" if len(doubtful) > _MOST_NAMED else ""
    return (f"page {number}: read by OCR with little confidence: {named}{more}",)


def _usable_cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1
