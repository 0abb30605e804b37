"""auto: a page's own text where it has some, else OCR.

Text is read by the engine pdfium, pictures by the engine ocr, page by page, and text that
cannot be decoded as well; OCR is loaded when the first of them comes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import cast

from perfkit import plugins
from perfkit.engines import CarefulDocument, Engine, OpenDocument
from perfkit.errors import (
    DocumentError,
    MissingExtraError,
    NoTextLayerError,
    UndecodableTextError,
)
from perfkit.model import Page
from perfkit.recipe import Recipe
from perfkit.source import Source

__all__ = [
    "DEADLINE_FACTOR",
    "PAGES_A_CALL",
    "PAGE_SECONDS",
    "WORKER_MEMORY_MB",
    "AutoDocument",
    "open_document",
]

#: A page may turn out to be a picture; see :mod:`perfkit.engines.ocr`.
PAGES_A_CALL, PAGE_SECONDS = 1, 120.0
#: Address space of a worker, MiB: models, what they work with, and the libraries' own.
WORKER_MEMORY_MB = 6144.0
#: A document's deadline is so many times that of a text engine.
DEADLINE_FACTOR = 100.0
#: A picture with less text than this upon it is a scan with a stamp, or a blank form.
_FEWEST_WORDS = 8


def open_document(source: Source, password: str = "", recipe: Recipe = Recipe()) -> AutoDocument:
    """Open a checked document; see :class:`perfkit.engines.Engine`."""
    return AutoDocument(source, password, recipe)


class AutoDocument:
    """An open document; fulfils :class:`perfkit.engines.OpenDocument`."""

    def __init__(self, source: Source, password: str, recipe: Recipe) -> None:
        self._given = source, password, recipe
        with contextlib.ExitStack() as stack:
            self._text = stack.enter_context(_engine("pdfium").open_document(*self._given))
            self._open = stack.pop_all()
        self._ocr: OpenDocument | None = None
        self.page_count = self._text.page_count

    def pages(self, first: int = 1, last: int | None = None) -> Iterator[Page]:
        """Pages ``first`` to ``last``, one at a time; see :class:`OpenDocument`.

        Raises
        ------
        NoTextLayerError, UndecodableTextError
            At a picture, or text without characters, if OCR is not installed.
        """
        for number in range(first, (last or self.page_count) + 1):
            yield self._page(number, careful=False)

    def pages_shown(self, first: int = 1, last: int | None = None) -> Iterator[Page]:
        """The same pages, of which each word was looked at: is it shown."""
        for number in range(first, (last or self.page_count) + 1):
            yield self._page(number, careful=True)

    def _page(self, number: int, *, careful: bool) -> Page:
        text = self._text
        read_text = cast("CarefulDocument", text).pages_shown if careful else text.pages
        page: Page | None = None
        failed: DocumentError = NoTextLayerError(self._given[0].name, number)
        try:
            page = next(read_text(number, number))
        except UndecodableTextError as error:
            failed = error
        if page is not None and (len(page.words) >= _FEWEST_WORDS or not page.has_graphics):
            return page
        try:
            read = next(self._pictures().pages(number, number))
        except MissingExtraError as error:
            if page is not None and page.words:
                return page
            raise type(failed)(
                failed.file,
                number,
                problem=failed.problem,
                remedy=f'Install OCR, with: pip install "perfkit[{error.extra}]"',
            ) from error
        return read if page is None or len(read.words) > len(page.words) else page

    def _pictures(self) -> OpenDocument:
        if self._ocr is None:
            self._ocr = self._open.enter_context(_engine("ocr").open_document(*self._given))
        return self._ocr

    def close(self) -> None:
        """Release the document; safe to call twice."""
        self._open.close()

    def __enter__(self) -> AutoDocument:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _engine(name: str) -> Engine:
    engine: Engine = plugins.load("engines", name)
    return engine
