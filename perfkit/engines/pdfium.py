"""pdfium: the fast engine.

One call gives a page's text, two more a word its box: those of its first and its last
character. Text order is drawing order and is never relied on. What a viewer does not show is
left out and told; what annotations and the fields of forms show is read with the page.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import sys
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import NamedTuple

from perfkit.engines._cents import is_raised, join_cents, raised_ends
from perfkit.engines._file_signs import may_have_layers, user_units
from perfkit.engines._left_out import drawn_once, left_out, without_outside
from perfkit.engines._pdfium_binding import Boxes, char_indices, library
from perfkit.engines._pdfium_heights import Font, are_level, even_heights, ink_fonts
from perfkit.engines._pdfium_open import opened
from perfkit.engines._pdfium_shown import Hidden, Look, area_of
from perfkit.engines._pdfium_signs import Bounds, Signs
from perfkit.engines._pdfium_words import (
    are_torn,
    ends_of_words,
    has_gaps,
    have_steps,
    join_parted,
    long_words,
    look_over,
    place_words,
    turns_of_text,
    words_of_characters,
)
from perfkit.engines._readable import check_readable
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
#: A page of which no side is longer than this, in its own unit, may have a larger one.
SMALL_PAGE = 600.0
#: Words of one text whose edges differ by less than this share of their height are one.
SAME_PLACE_SHARE = 0.4
#: What :c:func:`FPDFPage_Flatten` returns where it changed the page.
_FLATTENED = 1
#: Flags of annotations.
_HIDDEN, _NOT_VIEWED = 0x02, 0x20
#: Of the structure FPDF_FORMFILLINFO, whose calls are all left empty but for its version.
_FORM_INFO_BYTES = 1024


def open_document(
    source: Source,
    password: str = "",
    recipe: Recipe = Recipe(),  # noqa: ARG001 - there is nothing to set
) -> PdfiumDocument:
    """Open a checked document; see :class:`perfkit.engines.Engine`."""
    return PdfiumDocument(source, password)


class _Sheet(NamedTuple):
    """A page as it is: left, top, right and bottom of it, its quarter turns, points a unit."""

    number: int
    box: tuple[float, float, float, float]
    turns: int
    unit: float


class _Text(NamedTuple):
    """The text of a page, its words, the ends of each in it, and the boxes of these ends.

    ``level`` tells that each word ends as high and as low as it starts.
    """

    text: str
    words: list[str]
    ends: list[int]
    boxes: array.array[float]
    level: bool


class PdfiumDocument:
    """An open document; fulfils :class:`perfkit.engines.OpenDocument`."""

    def __init__(self, source: Source, password: str = "") -> None:
        self._pdfium = library()
        self._source, self._password = source, password
        self._handle: int | None = None
        self._form: int | None = None
        self._handle, self.page_count = opened(self._pdfium, source, password)
        self._boxes = Boxes.borrow(self._pdfium)
        self._signs = Signs.borrow(self._pdfium)
        self._text_buffer = ctypes.create_string_buffer(_FIRST_TEXT_BYTES)
        self._same_indices = True
        self._ink_fonts: set[Font] = set()
        self._has_layers: bool | None = None
        self._units: list[float] | None = None

    def pages(self, first: int = 1, last: int | None = None) -> Iterator[Page]:
        """Pages ``first`` to ``last``, one at a time; see :class:`OpenDocument`."""
        for number in range(first, (last or self.page_count) + 1):
            yield self._page(number, careful=False)

    def pages_shown(self, first: int = 1, last: int | None = None) -> Iterator[Page]:
        """The same pages, of which each word was looked at: is it shown.

        :meth:`pages` does so where a sample of a page's words gives a sign. This takes
        five to ten times as long, and is for a page whose figures contradict each other.
        """
        for number in range(first, (last or self.page_count) + 1):
            yield self._page(number, careful=True)

    def _page(self, number: int, *, careful: bool) -> Page:
        page = self._load(number)
        try:
            if self._pdfium.FPDFPage_GetAnnotCount(page) > 0 and self._flattened(page):
                self._pdfium.FPDF_ClosePage(page)
                page = self._load(number)
            return self._read(number, page, careful=careful)
        finally:
            self._pdfium.FPDF_ClosePage(page)

    def _load(self, number: int) -> int:
        if self._handle is None:
            raise ValueError("the document is closed")
        page: int | None = self._pdfium.FPDF_LoadPage(self._handle, number - 1)
        if not page:
            raise DamagedPdfError(self._source.name, number)
        return page

    def _flattened(self, page: int) -> bool:
        """Draw into a page what its annotations show, and the values of its fields.

        Whether it is to be loaded anew: that changed it.
        """
        pdfium = self._pdfium
        if self._form is None and pdfium.FPDF_GetFormType(self._handle):
            # It draws the values of fields that bring no appearance.
            self._form_info = ctypes.create_string_buffer(b"\x01", _FORM_INFO_BYTES)
            self._form = pdfium.FPDFDOC_InitFormFillEnvironment(self._handle, self._form_info)
        if self._form:
            pdfium.FORM_OnAfterLoadPage(page, self._form)
        for k in range(pdfium.FPDFPage_GetAnnotCount(page)):
            # Not viewed is not hidden to pdfium.
            note = pdfium.FPDFPage_GetAnnot(page, k)
            flags = pdfium.FPDFAnnot_GetFlags(note)
            if flags & _NOT_VIEWED:
                pdfium.FPDFAnnot_SetFlags(note, flags | _HIDDEN)
            pdfium.FPDFPage_CloseAnnot(note)
        changed: int = pdfium.FPDFPage_Flatten(page, 0)
        if self._form:
            pdfium.FORM_OnBeforeClosePage(page, self._form)
        return changed == _FLATTENED

    @contextlib.contextmanager
    def _text_page(self, number: int, page: int) -> Iterator[int]:
        text_page = self._pdfium.FPDFText_LoadPage(page)
        if not text_page:
            raise DamagedPdfError(self._source.name, number)
        try:
            yield text_page
        finally:
            self._pdfium.FPDFText_ClosePage(text_page)

    def _read(self, number: int, page: int, *, careful: bool) -> Page:
        pdfium = self._pdfium
        pdfium.FPDF_GetPageBoundingBox(page, self._boxes.array)
        left, top, right, bottom = self._boxes.array[:4]
        if self._has_layers is None:
            self._has_layers = may_have_layers(self._source)
        unit = self._unit(number) if max(right - left, top - bottom) < SMALL_PAGE else 1.0
        turns = pdfium.FPDFPage_GetRotation(page) % _QUARTER_TURNS
        sheet = _Sheet(number, (left, top, right, bottom), turns, unit)
        with self._text_page(number, page) as text_page:
            text = self._words(text_page, self._text(text_page))
            careful = careful or self._has_layers
            indices = self._indices(text_page, text.text, text.ends)
            if not text.words or not (
                careful or self._signs.need_look(page, text_page, indices[0::2], text.boxes)
            ):
                return self._placed(sheet, page, text_page, text)
            look = Look(pdfium, self._handle or 0, page, sheet.box, turns)
            hidden = look.hidden(text_page, indices, text.boxes)
            if not hidden:
                return self._placed(sheet, page, text_page, text, sure=True)
        with self._text_page(number, page) as text_page:
            shown = self._words(text_page, self._text(text_page))
            shown, told = self._without(text_page, shown, text.words, hidden)
            return self._placed(sheet, page, text_page, shown, told, sure=True)

    def _words(self, text_page: int, text: str) -> _Text:
        words, ends = ends_of_words(text)
        self._ink_fonts = set()
        boxes = self._boxes_of(text_page, text, ends)
        level = are_level(boxes)
        if not level:
            indices = self._indices(text_page, text, ends)
            self._ink_fonts = ink_fonts(self._pdfium, text_page, indices, boxes)
            boxes = self._boxes_of(text_page, text, ends)
        return _Text(text, words, ends, boxes, level)

    def _without(
        self, text_page: int, text: _Text, before: list[str], hidden: list[Hidden]
    ) -> tuple[_Text, list[tuple[str, str]]]:
        """A text with spaces for hidden words, and the reason and text of each.

        ``before`` are the words of the page when the hidden texts were still in it. A hidden word
        that stands there again and is shown was drawn twice, and is not told.
        """
        places: dict[str, list[tuple[Bounds, int]]] = {}
        for k, word in enumerate(text.words):
            places.setdefault(word, []).append((area_of(text.boxes[8 * k : 8 * k + 8]), k))
        told = []
        left = text.text
        for gone in hidden:
            name = before[gone.word]
            same = [k for area, k in places.get(name, ()) if _are_one(area, gone.area)]
            if same and not gone.stays:
                continue
            told.append((gone.reason, name))
            for k in same:
                first, last = text.ends[2 * k], text.ends[2 * k + 1] + 1
                left = left[:first] + " " * (last - first) + left[last:]
        return self._words(text_page, left), told

    def _unit(self, number: int) -> float:
        if self._units is None:
            self._units = user_units(self._source, self._password)
        unit = self._units[number - 1] if number <= len(self._units) else 1.0
        return unit if unit > 0 else 1.0

    def _placed(
        self,
        sheet: _Sheet,
        page: int,
        text_page: int,
        found: _Text,
        told: Sequence[tuple[str, str]] = (),
        *,
        sure: bool = False,
    ) -> Page:
        """The words of a page in reading coordinates; what was left out is told.

        ``sure`` tells that the page was looked at with care.
        """
        number, unit, turns = sheet.number, sheet.unit, sheet.turns
        left, top, right, bottom = (unit * edge for edge in sheet.box)
        box = left, top, right, bottom
        width, height = right - left, top - bottom
        if turns % 2:
            width, height = height, width
        text, texts, ends, corners, level = found
        if not texts:
            drawn = self._pdfium.FPDFPage_CountObjects(page) > 0
            return left_out(Page(number, width, height, [], drawn), told)
        check_readable(text, self._source.name, number)
        if not level and (raised := raised_ends(texts, corners)):
            texts = self._with_points(text_page, found, raised)
            corners = self._boxes_of(text_page, text, ends)
        if unit != 1.0:
            corners = array.array("f", [unit * edge for edge in corners])
        words = place_words(texts, corners, box, turns)
        spaced_out = len(text) < SPACED_OUT_LETTERS * len(texts) and are_torn(texts)
        look = look_over(words)
        slow = spaced_out or look.glued or (not level and have_steps(corners))
        if (slow or turns) and (needed := turns_of_text(texts, corners, turns)) != turns:
            # Read as a reader would who turns the page until its text stands upright.
            if (needed - turns) % 2:
                width, height = height, width
            turns = needed
            words = place_words(texts, corners, box, turns)
            look = look_over(words)
            slow = spaced_out or look.glued
        if slow or self._has_gaps(text_page, found):
            words = list(self._by_character(text_page, text, box, turns, unit, not spaced_out))
            look = look_over(words)
        if look.parted:
            words = list(join_parted(map(Word._make, words)))
        if look.raised:
            words = join_cents(words)
        if sure or 2 * len(set(texts)) <= len(texts):
            words = drawn_once(words)
        words, outside = without_outside(words, width, height)
        return left_out(Page(number, width, height, Words(words)), [*told, *outside])

    def _has_gaps(self, text_page: int, found: _Text) -> bool:
        """Whether spaces lack in some long word. Ink always has gaps, and tells nothing."""
        return not self._ink_fonts and any(
            has_gaps(self._boxes_of(text_page, found.text, characters))
            for characters in long_words(found.text, found.words, found.ends)
        )

    def _with_points(self, text_page: int, found: _Text, raised: list[int]) -> list[str]:
        """The words with a point before cents that are glued to their figure."""
        text, texts, ends, *_ = found
        lasts = [ends[2 * k + 1] for k in raised]
        pairs = [index for last in lasts for index in (last - 2, last - 1)]
        boxes = self._boxes_of(text_page, text, pairs)
        for k, word in enumerate(raised):
            if is_raised(*boxes[8 * k + 1 : 8 * k + 8 : 2]):
                texts[word] = f"{texts[word][:-2]}.{texts[word][-2:]}"
        return texts

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
        # Some fonts map the hyphen that they draw to the one that is not drawn.
        return text if text.isascii() else text.replace("\xad", "-")

    def _indices(self, text_page: int, text: str, indices: list[int]) -> list[int]:
        """Of characters, from those of their text."""
        if self._same_indices:
            return indices
        # Characters that have no text, or need two code units: ask for each index.
        return char_indices(self._pdfium, text_page, text, indices)

    def _boxes_of(
        self, text_page: int, text: str, indices: list[int], unit: float = 1.0
    ) -> array.array[float]:
        places = self._indices(text_page, text, indices)
        boxes = self._boxes.read(text_page, places)
        if self._ink_fonts:
            boxes = even_heights(self._pdfium, text_page, places, boxes, self._ink_fonts)
        if unit == 1.0:
            return boxes
        return array.array("f", [unit * edge for edge in boxes])

    def _by_character(
        self,
        text_page: int,
        text: str,
        box: tuple[float, float, float, float],
        turns: int,
        unit: float,
        spaces: bool,
    ) -> list[Word]:
        """Words by the place of every character, for a page where pdfium's spaces are wrong.

        ``spaces`` tells whether those that are there may be believed, and only some lack.
        """
        places = [index for index, character in enumerate(text) if not character.isspace()]
        twice = [index for index in places for _ in range(2)]
        boxes = self._boxes_of(text_page, text, twice, unit)
        characters = place_words([text[index] for index in places], boxes, box, turns)
        return words_of_characters(list(map(Word._make, characters)), places if spaces else None)

    def close(self) -> None:
        """Release the document; safe to call twice."""
        handle, self._handle = getattr(self, "_handle", None), None
        if handle:
            if self._form:
                self._pdfium.FPDFDOC_ExitFormFillEnvironment(self._form)
            self._pdfium.FPDF_CloseDocument(handle)
            self._boxes.give_back()
            self._signs.give_back()

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


def _are_one(area: Bounds, other: Bounds) -> bool:
    """Whether two boxes of one text lie so near that it was drawn twice."""
    height = SAME_PLACE_SHARE * (area[3] - area[1])
    return all(abs(one - two) < height for one, two in zip(area, other, strict=True))
