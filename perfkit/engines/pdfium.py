"""pdfium: the fast engine.

One call gives a page's text, two more a word its box: those of its first and its last
character. Text order is drawing order and is never relied on.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from types import TracebackType

from perfkit.engines._pdfium_binding import Boxes, char_indices, library
from perfkit.engines._pdfium_open import opened
from perfkit.engines._pdfium_words import (
    are_torn,
    ends_of_words,
    has_gaps,
    have_steps,
    join_parted,
    look_glued,
    look_parted,
    place_words,
    seams_of,
    turns_of_text,
    words_of_characters,
)
from perfkit.errors import DamagedPdfError
from perfkit.model import Page, Word, Words
from perfkit.recipe import Recipe
from perfkit.source import Source

__all__ = ["PdfiumDocument", "library", "open_document"]

_QUARTER_TURNS = 4
#: Of the text of one page, in UTF-16; it grows as needed.
_FIRST_TEXT_BYTES = 1 << 14
#: Words shorter than this on average, with the gap behind them, are words torn apart.
SPACED_OUT_LETTERS = 4.0


def open_document(
    source: Source,
    password: str = "",
    recipe: Recipe = Recipe(),  # noqa: ARG001 - there is nothing to set
) -> PdfiumDocument:
    """Open a checked document; see :class:`perfkit.engines.Engine`."""
    return PdfiumDocument(source, password)


class PdfiumDocument:
    """An open document; fulfils :class:`perfkit.engines.OpenDocument`."""

    def __init__(self, source: Source, password: str = "") -> None:
        self._pdfium = library()
        self._source = source
        self._handle: int | None = None
        self._handle, self.page_count = opened(self._pdfium, source, password)
        self._boxes = Boxes.borrow(self._pdfium)
        self._text_buffer = ctypes.create_string_buffer(_FIRST_TEXT_BYTES)
        self._same_indices = True

    def pages(self, first: int = 1, last: int | None = None) -> Iterator[Page]:
        """Pages ``first`` to ``last``, one at a time; see :class:`OpenDocument`."""
        for number in range(first, (last or self.page_count) + 1):
            yield self._page(number)

    def _page(self, number: int) -> Page:
        pdfium = self._pdfium
        if self._handle is None:
            raise ValueError("the document is closed")
        page = pdfium.FPDF_LoadPage(self._handle, number - 1)
        if not page:
            raise DamagedPdfError(self._source.name, number)
        try:
            text_page = pdfium.FPDFText_LoadPage(page)
            if not text_page:
                raise DamagedPdfError(self._source.name, number)
            try:
                return self._read(number, page, text_page)
            finally:
                pdfium.FPDFText_ClosePage(text_page)
        finally:
            pdfium.FPDF_ClosePage(page)

    def _read(self, number: int, page: int, text_page: int) -> Page:
        pdfium = self._pdfium
        pdfium.FPDF_GetPageBoundingBox(page, self._boxes.array)
        left, top, right, bottom = self._boxes.array[:4]
        box = (left, top, right, bottom)
        turns = pdfium.FPDFPage_GetRotation(page) % _QUARTER_TURNS
        width, height = right - left, top - bottom
        if turns % 2:
            width, height = height, width
        text = self._text(text_page)
        texts, ends = ends_of_words(text)
        if not texts:
            return Page(number, width, height, [], pdfium.FPDFPage_CountObjects(page) > 0)
        corners = self._boxes_of(text_page, text, ends)
        words = place_words(texts, corners, box, turns)
        spaced_out = len(text) < SPACED_OUT_LETTERS * len(texts) and are_torn(texts)
        slow = spaced_out or look_glued(words) or have_steps(corners)
        if (slow or turns) and (needed := turns_of_text(texts, corners, turns)) != turns:
            # Read as a reader would who turns the page until its text stands upright.
            if (needed - turns) % 2:
                width, height = height, width
            turns = needed
            words = place_words(texts, corners, box, turns)
            slow = spaced_out or look_glued(words)
        if slow or has_gaps(self._boxes_of(text_page, text, seams_of(text))):
            words = list(self._by_character(text_page, text, box, turns, spaces=not spaced_out))
        if look_parted(words):
            return Page(number, width, height, join_parted(map(Word._make, words)))
        return Page(number, width, height, Words(words))

    def _text(self, text_page: int) -> str:
        count = self._pdfium.FPDFText_CountChars(text_page)
        if count < 1:
            return ""
        if 2 * (count + 1) > len(self._text_buffer):
            self._text_buffer = ctypes.create_string_buffer(4 * (count + 1))
        buffer = self._text_buffer
        units = max(0, self._pdfium.FPDFText_GetText(text_page, 0, count, buffer) - 1)
        text = str(memoryview(buffer)[: 2 * units], "utf-16-le", "replace")
        self._same_indices = units == count and len(text) == units
        return text

    def _boxes_of(self, text_page: int, text: str, indices: list[int]) -> memoryview[float]:
        if not self._same_indices:
            # Characters that have no text, or need two code units: ask for each index.
            indices = char_indices(self._pdfium, text_page, text, indices)
        return self._boxes.read(text_page, indices)

    def _by_character(
        self,
        text_page: int,
        text: str,
        box: tuple[float, float, float, float],
        turns: int,
        *,
        spaces: bool,
    ) -> list[Word]:
        """Words by the place of every character, for a page where pdfium's spaces are wrong.

        ``spaces`` tells whether those that are there may be believed, and only some lack.
        """
        places = [index for index, character in enumerate(text) if not character.isspace()]
        twice = [index for index in places for _ in range(2)]
        boxes = self._boxes_of(text_page, text, twice)
        characters = place_words([text[index] for index in places], boxes, box, turns)
        return words_of_characters(list(map(Word._make, characters)), places if spaces else None)

    def close(self) -> None:
        """Release the document; safe to call twice."""
        handle, self._handle = getattr(self, "_handle", None), None
        if handle:
            self._pdfium.FPDF_CloseDocument(handle)
            self._boxes.give_back()

    def __enter__(self) -> PdfiumDocument:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        # At the very end another user of the library may have shut it down already.
        if not sys.is_finalizing():
            self.close()
