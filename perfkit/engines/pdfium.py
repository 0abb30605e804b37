"""pdfium: the fast engine.

The library that the package ``pypdfium2_raw`` ships is called through ``ctypes.PyDLL``:
pdfium is not thread-safe, not even on separate documents, and ``PyDLL`` holds the
interpreter's lock through every call, so that threads take turns. Own prototypes for
the twenty functions used spare the import of bindings for some four hundred.
"""

from __future__ import annotations

import ctypes
import importlib.util
import itertools
import os
import re
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from perfkit.errors import DamagedPdfError, EncryptedPdfError, MissingExtraError
from perfkit.model import Page, Word
from perfkit.source import Source

__all__ = ["PdfiumDocument", "library", "open_document"]

#: Of FPDF_GetLastError, in fpdfview.h.
_ERROR_PASSWORD, _ERROR_SECURITY = 4, 5
_ROTATION_TURNS = 4
#: What pdfium gives for a hyphen at the end of a line, after which it leaves out the break.
_LINE_END_HYPHENS = ("\ufffe", "\x02")
_GAPS = re.compile(r"(\s+|(?<=[\ufffe\x02]))").split

#: A word is no wider than its letters' number times this share of its height.
WIDEST_LETTER_SHARE = 0.85
#: ... and no narrower than this, but for two letters.
NARROWEST_LETTER_SHARE = 0.15
#: ... nor does its end stand higher or lower than its start by this share.
STEP_SHARE = 0.6
#: Characters of one word are no further apart than this share of their height ...
GLUE_SHARE = 0.35
#: ... nor over each other by more than this.
GLUE_BACK_SHARE = 1.2
#: Words closer than this share of their height are one: no space is so narrow.
PARTED_SHARE = 0.08
#: ... also where kerning draws them over each other by up to this share.
PARTED_BACK_SHARE = 1.0

_POINTER, _INT, _TEXT = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
#: name -> (result, arguments), from pdfium's public headers fpdfview.h, fpdf_text.h, fpdf_edit.h.
_PROTOTYPES: dict[str, tuple[Any, list[Any]]] = {
    "FPDF_InitLibrary": (None, []),
    "FPDF_LoadDocument": (_POINTER, [_TEXT, _TEXT]),
    "FPDF_LoadMemDocument64": (_POINTER, [_TEXT, ctypes.c_size_t, _TEXT]),
    "FPDF_GetLastError": (ctypes.c_ulong, []),
    "FPDF_CloseDocument": (None, [_POINTER]),
    "FPDF_GetPageCount": (_INT, [_POINTER]),
    "FPDF_LoadPage": (_POINTER, [_POINTER, _INT]),
    "FPDF_ClosePage": (None, [_POINTER]),
    "FPDF_GetPageBoundingBox": (_INT, [_POINTER, _POINTER]),
    "FPDFPage_GetRotation": (_INT, [_POINTER]),
    "FPDFPage_CountObjects": (_INT, [_POINTER]),
    "FPDFText_LoadPage": (_POINTER, [_POINTER]),
    "FPDFText_ClosePage": (None, [_POINTER]),
    "FPDFText_CountChars": (_INT, [_POINTER]),
    "FPDFText_GetText": (_INT, [_POINTER, _INT, _INT, _POINTER]),
    "FPDFText_GetCharIndexFromTextIndex": (_INT, [_POINTER, _INT]),
}

_library: ctypes.PyDLL | None = None


def library() -> ctypes.PyDLL:
    """The pdfium library with its prototypes set, loaded and initialised once a process.

    Raises
    ------
    MissingExtraError
        If the package that ships the library is not installed.
    """
    global _library
    if _library is None:
        found = importlib.util.find_spec("pypdfium2_raw")
        if found is None or not found.submodule_search_locations:
            raise MissingExtraError("pypdfium2", "all", "The engine pdfium")
        folder = Path(found.submodule_search_locations[0])
        name = {"win32": "pdfium.dll", "darwin": "libpdfium.dylib"}.get(
            sys.platform, "libpdfium.so"
        )
        loaded = ctypes.PyDLL(str(folder / name))
        for function, (result, arguments) in _PROTOTYPES.items():
            prototype = getattr(loaded, function)
            prototype.restype, prototype.argtypes = result, arguments
        loaded.FPDF_InitLibrary()
        _library = loaded
    return _library


def open_document(source: Source, password: str = "") -> PdfiumDocument:
    """Open a checked document; see :class:`perfkit.engines.Engine`."""
    return PdfiumDocument(source, password)


class PdfiumDocument:
    """An open document; fulfils :class:`perfkit.engines.OpenDocument`."""

    def __init__(self, source: Source, password: str = "") -> None:
        self._pdfium = library()
        self._source = source
        self._boxes = _Boxes(self._pdfium)
        secret = password.encode("utf-8")
        if source.path is not None:
            # By path pdfium reads what it needs; the file never lies in memory whole.
            handle = self._pdfium.FPDF_LoadDocument(os.fsencode(source.path), secret)
        else:
            data = source.data or b""
            handle = self._pdfium.FPDF_LoadMemDocument64(data, len(data), secret)
        if not handle:
            raise self._open_error()
        self._handle: int | None = handle
        self.page_count: int = self._pdfium.FPDF_GetPageCount(handle)
        if self.page_count < 1:
            self.close()
            raise DamagedPdfError(source.name, problem="the PDF holds no page")

    def _open_error(self) -> Exception:
        code = self._pdfium.FPDF_GetLastError()
        if code in (_ERROR_PASSWORD, _ERROR_SECURITY):
            return EncryptedPdfError(self._source.name)
        return DamagedPdfError(self._source.name)

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
        left, top, right, bottom = box = tuple(self._boxes.array[:4])
        turns = pdfium.FPDFPage_GetRotation(page) % _ROTATION_TURNS
        width, height = right - left, top - bottom
        if turns % 2:
            width, height = height, width
        text = self._text(text_page)
        texts, ends = _ends_of_words(text)
        if not texts:
            return Page(number, width, height, [], pdfium.FPDFPage_CountObjects(page) > 0)
        words = _place(texts, self._boxes_of(text_page, text, ends), box, turns)
        if _look_glued(words) or self._boxes.has_steps(len(texts)):
            texts, ends = self._unglue(text_page, text)
            words = _place(texts, self._boxes_of(text_page, text, ends), box, turns)
        if _look_parted(words):
            words = _join_parted(words)
        return Page(number, width, height, words)

    def _text(self, text_page: int) -> str:
        count = self._pdfium.FPDFText_CountChars(text_page)
        if count < 1:
            return ""
        buffer = ctypes.create_string_buffer(2 * (count + 1))
        units = max(0, self._pdfium.FPDFText_GetText(text_page, 0, count, buffer) - 1)
        text = buffer.raw[: 2 * units].decode("utf-16-le", "replace")
        self._same_indices = units == count and len(text) == units
        return text

    def _boxes_of(self, text_page: int, text: str, indices: list[int]) -> memoryview:
        if not self._same_indices:
            # Characters that have no text, or need two code units: ask for each index.
            indices = _char_indices(self._pdfium, text_page, text, indices)
        return self._boxes.read(text_page, indices)

    def _unglue(self, text_page: int, text: str) -> tuple[list[str], list[int]]:
        """Words by the place of every character.

        Where cells are drawn from right to left, or far apart, pdfium sets no space
        between them.
        """
        places = [index for index, character in enumerate(text) if not character.isspace()]
        boxes = self._boxes_of(text_page, text, places)
        left, top, right, bottom = (boxes[start::4].tolist() for start in range(4))
        starts = []
        for k, index in enumerate(places):
            height = max(abs(top[k] - bottom[k]), abs(right[k] - left[k]))
            joined = (
                k > 0
                and places[k - 1] == index - 1
                and text[index - 1] not in _LINE_END_HYPHENS
                and abs(top[k] - top[k - 1]) < STEP_SHARE * height
                and -GLUE_BACK_SHARE * height < left[k] - right[k - 1] < GLUE_SHARE * height
            )
            if not joined:
                starts.append(k)
        texts, ends = [], []
        for first, following in zip(starts, [*starts[1:], len(places)], strict=True):
            word = "".join([text[index] for index in places[first:following]])
            texts.append(_with_hyphens(word))
            ends += (places[first], places[following - 1])
        return texts, ends

    def close(self) -> None:
        """Release the document; safe to call twice."""
        handle, self._handle = getattr(self, "_handle", None), None
        if handle:
            self._pdfium.FPDF_CloseDocument(handle)

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
        self.close()


def _ends_of_words(text: str) -> tuple[list[str], list[int]]:
    """Texts of the words, and the indices of each one's first and last character."""
    # Words and the gaps between them in turn: their lengths add up to the positions.
    parts = _GAPS(text)
    edges = list(itertools.accumulate(map(len, parts), initial=0))
    first = 0 if parts[0] else 2
    last = len(parts) if parts[-1] else len(parts) - 2
    texts, ends = parts[first:last:2], edges[first : last + 1]
    ends[1::2] = [edge - 1 for edge in ends[1::2]]
    if any(hyphen in text for hyphen in _LINE_END_HYPHENS):
        texts = list(map(_with_hyphens, texts))
    return texts, ends


def _with_hyphens(word: str) -> str:
    for hyphen in _LINE_END_HYPHENS:
        word = word.replace(hyphen, "-")
    return word


def _look_glued(words: list[Word]) -> bool:
    """Whether some word is too wide for its letters, or ends left of its start."""
    return any(
        [
            not NARROWEST_LETTER_SHARE * (len(text) - 2)
            <= (x1 - x0) / (bottom - top)
            <= WIDEST_LETTER_SHARE * len(text)
            for text, x0, top, x1, bottom in words
            if len(text) > 1 and bottom > top
        ]
    )


def _join_parted(words: list[Word]) -> list[Word]:
    """Join what pdfium parted although no gap is there (``Re fill``: a ligature's width)."""
    joined = words[:1]
    for word in words[1:]:
        before = joined[-1]
        if _is_parted(before, word):
            joined[-1] = before._replace(text=before.text + word.text, x1=word.x1)
        else:
            joined.append(word)
    return joined


def _is_parted(before: Word, word: Word) -> bool:
    height = word.bottom - word.top
    return (
        -PARTED_BACK_SHARE * height < word.x0 - before.x1 < PARTED_SHARE * height
        and abs(word.bottom - before.bottom) < 0.4 * height
        and word.x0 > before.x0
    )


def _look_parted(words: list[Word]) -> bool:
    """Whether some word begins where another on its line ends, with no room for a space."""
    return any(
        [
            -12.0 < x0 - end < 0.8 and -3.0 < here - bottom < 3.0
            for (_, _, _, end, bottom), (_, x0, _, _, here) in zip(words, words[1:])
        ]
    )


class _Boxes:
    """Boxes of many characters, read through one buffer that grows as needed."""

    def __init__(self, pdfium: ctypes.PyDLL) -> None:
        # An entry of its own without argument types: by-reference objects made once and
        # passed as they are take 0.6 of the time of integers checked at every call.
        self._get_box = pdfium["FPDFText_GetLooseCharBox"]
        self._resize(1024)

    def _resize(self, capacity: int) -> None:
        self.array = (ctypes.c_float * (4 * capacity))()
        self._floats = memoryview(self.array).cast("B").cast("f")
        self._references = [ctypes.byref(self.array, 16 * k) for k in range(capacity)]

    def read(self, text_page: int, indices: list[int]) -> memoryview:
        """Left, top, right and bottom of each character in points, one after the other."""
        if len(indices) > len(self._references):
            self._resize(2 * len(indices))
        page = itertools.repeat(ctypes.c_void_p(text_page))
        deque(map(self._get_box, page, indices, self._references), maxlen=0)
        return self._floats[: 4 * len(indices)]

    def has_steps(self, words: int) -> bool:
        """Whether some word of those read last ends on another line than it starts on."""
        top1, bottom1, top2 = (self._floats[start : 8 * words : 8].tolist() for start in (1, 3, 5))
        if top1 == top2:
            return False
        return any(
            [
                abs(first - last) > STEP_SHARE * abs(first - bottom)
                for first, bottom, last in zip(top1, bottom1, top2, strict=True)
            ]
        )


def _place(
    texts: list[str],
    corners: memoryview,
    box: tuple[float, float, float, float],
    turns: int,
) -> list[Word]:
    """Words in reading coordinates, from the boxes of their first and last characters."""
    left, top, right, bottom = box
    if turns == 0 and left == 0:
        # The common case, and most of the time of making words: as little as possible.
        x0, x1 = corners[0::8].tolist(), corners[6::8].tolist()
        y0 = [top - y for y in corners[1::8].tolist()]
        y1 = [top - y for y in corners[3::8].tolist()]
    else:
        left1, top1, right1, bottom1, left2, top2, right2, bottom2 = (
            corners[start::8].tolist() for start in range(8)
        )
        low_x, high_x = list(map(min, left1, left2)), list(map(max, right1, right2))
        low_y, high_y = list(map(min, bottom1, bottom2)), list(map(max, top1, top2))
        if turns == 0:
            x0, x1 = [x - left for x in low_x], [x - left for x in high_x]
            y0, y1 = [top - y for y in high_y], [top - y for y in low_y]
        elif turns == 1:
            x0, x1 = [y - bottom for y in low_y], [y - bottom for y in high_y]
            y0, y1 = [x - left for x in low_x], [x - left for x in high_x]
        elif turns == 2:
            x0, x1 = [right - x for x in high_x], [right - x for x in low_x]
            y0, y1 = [y - bottom for y in low_y], [y - bottom for y in high_y]
        else:
            x0, x1 = [top - y for y in high_y], [top - y for y in low_y]
            y0, y1 = [right - x for x in high_x], [right - x for x in low_x]
    return list(
        map(tuple.__new__, itertools.repeat(Word), zip(texts, x0, y0, x1, y1, strict=True))
    )


def _char_indices(pdfium: ctypes.PyDLL, text_page: int, text: str, ends: list[int]) -> list[int]:
    """Indices of pdfium's characters for indices into the text it gave."""
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
    to_char = pdfium.FPDFText_GetCharIndexFromTextIndex
    return [max(0, to_char(text_page, units[index])) for index in ends]
