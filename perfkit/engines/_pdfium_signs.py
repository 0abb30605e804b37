"""Signs that a page may hold text that no viewer shows: a cheap look at some of its objects.

To know for sure takes several times as long as reading the page
(:mod:`perfkit.engines._pdfium_shown`). Here every tenth word is asked for how it is drawn, in
what colour and within what clip, and the page's last objects (all of a short page) whether one
covers such a word. A row of a table has about ten words, so that a row that is not shown is
mostly seen; a single word may not be, nor what is covered early on a long page.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, ClassVar

__all__ = ["Bounds", "Signs", "bounds_of", "has_layer", "is_clipped"]

#: Every so many words one is looked at.
SAMPLE_STEP = 10
MOST_SAMPLES = 128
#: A page of so many objects has all looked at for one that covers text, a longer one the last.
SHORT_PAGE, MOST_PROBES = 96, 24
#: A shape less high or wide than this, in points, is a rule and covers no word.
LEAST_COVER_POINTS = 3.0
#: Colours this light may be those of the paper; fills less opaque than this may not be seen.
LIGHT, FAINT = 0xD0, 0x20
#: A text may reach out of its clip by this share of its height: nothing is cut off it.
CLIP_SHARE = 0.5

_TEXT, _FORM = 1, 5
#: Of text that is not painted, or that clips what follows.
_FIRST_ODD_MODE = 3
_MOST_IDLE = 4
#: The name of marks of layers, as pdfium gives it.
_LAYER = "OC\0".encode("utf-16-le")

#: Left, bottom, right and top of an object.
Bounds = tuple[float, float, float, float]


class _Pointer(ctypes.c_void_p):
    """A pointer that is handed on as it comes: a result of plain type is made an integer."""


def _references(array: Any) -> list[Any]:
    return [ctypes.byref(array, 4 * k) for k in range(len(array))]


class Signs:
    """What looks at pages of one library. It has entries of its own without argument types.

    Objects that are passed on unchecked take 0.6 of the time of integers checked at every call.
    :meth:`borrow` one and :meth:`give_back`, as with :class:`Boxes`.
    """

    _idle: ClassVar[list[Signs]] = []

    @classmethod
    def borrow(cls, pdfium: ctypes.PyDLL) -> Signs:
        """One that nobody uses; documents that are open side by side have one each."""
        try:
            return cls._idle.pop()  # one step, whatever other threads do
        except IndexError:
            return cls(pdfium)

    def give_back(self) -> None:
        """Leave it to the next document."""
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(self)

    def __init__(self, pdfium: ctypes.PyDLL) -> None:
        self._pdfium = pdfium
        results = {
            "FPDFText_GetTextObject": _Pointer,
            "FPDFTextObj_GetTextRenderMode": ctypes.c_int,
            "FPDFPageObj_GetFillColor": ctypes.c_int,
            "FPDFPageObj_CountMarks": ctypes.c_int,
            "FPDFPageObj_GetClipPath": _Pointer,
            "FPDFClipPath_CountPaths": ctypes.c_int,
            "FPDFPage_GetObject": _Pointer,
            "FPDFPageObj_GetType": ctypes.c_int,
        }
        entries: dict[str, Any] = {}
        for name, result in results.items():
            entries[name] = pdfium[name]
            entries[name].restype = result
        self._text_object = entries["FPDFText_GetTextObject"]
        self._mode = entries["FPDFTextObj_GetTextRenderMode"]
        self._colour = entries["FPDFPageObj_GetFillColor"]
        self._marks = entries["FPDFPageObj_CountMarks"]
        self._clip = entries["FPDFPageObj_GetClipPath"]
        self._clips = entries["FPDFClipPath_CountPaths"]
        self._object = entries["FPDFPage_GetObject"]
        self._type = entries["FPDFPageObj_GetType"]
        self._colours = (ctypes.c_uint * (4 * MOST_SAMPLES))()
        references = _references(self._colours)
        self._colour_references = [references[part::4] for part in range(4)]

    def need_look(
        self, page: int, text_page: int, firsts: Sequence[int], boxes: Sequence[float]
    ) -> bool:
        """Whether a sample of the page shows a sign of text that is not shown.

        Parameters
        ----------
        firsts : sequence of int
            Index of the first character of each word.
        boxes : sequence of float
            Eight numbers a word: left, top, right and bottom of its first and last character.
        """
        step = max(SAMPLE_STEP, len(firsts) // MOST_SAMPLES + 1)
        texts = list(map(self._text_object, repeat(_Pointer(text_page)), firsts[::step]))
        return (
            max(map(self._mode, texts), default=0) >= _FIRST_ODD_MODE
            or self._is_light(texts)
            or (any(map(self._marks, texts)) and has_layer(self._pdfium, texts))
            or self._is_clipped(texts)
            or self._is_covered(page, texts, boxes, 8 * step)
        )

    def _is_light(self, texts: list[Any]) -> bool:
        # Of a pattern no colour is given: what stands there must not be that of another page.
        ctypes.memset(self._colours, 0, ctypes.sizeof(self._colours))
        known = sum(map(self._colour, texts, *self._colour_references))
        colours = self._colours[: 4 * len(texts)]
        if known == len(texts) and min(colours[3::4]) >= FAINT and max(colours[0::4]) < LIGHT:
            return False
        red, green, blue, alpha = (colours[part::4] for part in range(4))
        return any(
            0 < a < FAINT or min(r, g, b) >= LIGHT or (known == len(texts) and not a)
            for r, g, b, a in zip(red, green, blue, alpha, strict=True)
        )

    def _is_clipped(self, texts: list[Any]) -> bool:
        counts = map(self._clips, map(self._clip, texts))
        clipped = [text for text, count in zip(texts, counts, strict=True) if count > 0]
        return bool(clipped) and is_clipped(self._pdfium, clipped)

    def _is_covered(self, page: int, texts: list[Any], boxes: Sequence[float], step: int) -> bool:
        """Whether a shape or a picture is drawn over a word that was drawn before it."""
        count = self._pdfium.FPDFPage_CountObjects(page)
        start = 0 if count <= SHORT_PAGE else count - MOST_PROBES
        items = list(map(self._object, repeat(_Pointer(page)), range(start, count)))
        kinds = list(map(self._type, items))
        first = 0 if start else min(map(kinds.index, {_TEXT, _FORM} & {*kinds}), default=count)
        covers = [k for k, kind in enumerate(kinds[first:], first) if kind not in {_TEXT, _FORM}]
        if not covers:
            return False
        middles = [
            ((left + right) / 2, (top + bottom) / 2)
            for left, top, bottom, right in zip(
                boxes[0::step], boxes[1::step], boxes[3::step], boxes[6::step], strict=True
            )
        ]
        order: dict[int | None, int] = {}
        for k in covers:
            bounds = bounds_of(self._pdfium, items[k])
            if bounds is None:
                continue
            left, bottom, right, top = bounds
            if top - bottom < LEAST_COVER_POINTS or right - left < LEAST_COVER_POINTS:
                continue
            for (x, y), text in zip(middles, texts, strict=True):
                if left < x < right and bottom < y < top:
                    order = order or {item.value: place for place, item in enumerate(items)}
                    if order.get(text.value, -1) < k:
                        return True
        return False


def has_layer(pdfium: ctypes.PyDLL, items: Iterable[Any]) -> bool:
    """Whether some object is marked as part of a layer."""
    name, size = ctypes.create_string_buffer(16), ctypes.c_ulong()
    for item in items:
        for k in range(pdfium.FPDFPageObj_CountMarks(item)):
            mark = pdfium.FPDFPageObj_GetMark(item, k)
            pdfium.FPDFPageObjMark_GetName(mark, name, len(name), ctypes.byref(size))
            if name.raw[: size.value] == _LAYER:
                return True
    return False


def is_clipped(pdfium: ctypes.PyDLL, texts: Iterable[Any]) -> bool:
    """Whether the clip of some text object cuts off a part of it."""
    known: dict[int, Bounds] = {}
    for text in texts:
        clip = pdfium.FPDFPageObj_GetClipPath(text)
        bounds = bounds_of(pdfium, text)
        if bounds is None:
            continue
        slack = CLIP_SHARE * (bounds[3] - bounds[1])
        for index in range(pdfium.FPDFClipPath_CountPaths(clip)):
            # Objects within one clip share its points: the first stands for all of it.
            key = pdfium.FPDFClipPath_GetPathSegment(clip, index, 0)
            if key not in known:
                known[key] = _clip_bounds(pdfium, clip, index)
            left, bottom, right, top = known[key]
            if (
                bounds[0] < left - slack
                or bounds[1] < bottom - slack
                or bounds[2] > right + slack
                or bounds[3] > top + slack
            ):
                return True
    return False


def _clip_bounds(pdfium: ctypes.PyDLL, clip: Any, index: int) -> Bounds:
    point = (ctypes.c_float * 2)()
    x, y = ctypes.byref(point), ctypes.byref(point, 4)
    corners = []
    for k in range(pdfium.FPDFClipPath_CountPathSegments(clip, index)):
        segment = pdfium.FPDFClipPath_GetPathSegment(clip, index, k)
        if pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            corners.append((point[0], point[1]))
    if not corners:
        return 0.0, 0.0, 0.0, 0.0
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def bounds_of(pdfium: ctypes.PyDLL, item: Any) -> Bounds | None:
    """Bounds of an object, in the space that it is drawn in; None if it has none."""
    box = (ctypes.c_float * 4)()
    if not pdfium.FPDFPageObj_GetBounds(item, *_references(box)):
        return None
    left, bottom, right, top = box
    return left, bottom, right, top
