"""Boxes of one height for fonts that do not state how high they are.

Of such a font pdfium gives the box of each glyph's ink: an "x" is not as high as its line, and a
"y" hangs lower. Here they reach from as far above the baseline to as far below it as those of
other fonts do.
"""

from __future__ import annotations

import ctypes
import math
from array import array
from collections.abc import Container, Sequence
from typing import NamedTuple

__all__ = ["Font", "are_level", "even_heights", "ink_fonts"]

#: How far usual fonts reach above and below the baseline, as shares of their size.
ASCENT_SHARE, DESCENT_SHARE = 0.9, 0.21
#: Text is upright, or on its side, that is turned by no more than this, as the tangent.
TURN_SHARE = 0.001
#: Ink is so high, as a share of the size, where the size is what it says. That of a Type 3 font
#: may be in units of its own.
LEAST_INK_SHARE, MOST_INK_SHARE = 0.4, 1.6
#: Boxes of a font that states its height reach equally far, but for that turn.
EQUAL_SHARE = 0.005

#: A font's handle, and its size in points.
Font = tuple[int, float]


class _Style(NamedTuple):
    """The font of a text object, and which way is up.

    ``along`` is 1 where up is along the y axis, 0 along the x axis; ``way`` is -1 where it is
    against it.
    """

    font: Font
    along: int
    way: float


def are_level(boxes: array[float]) -> bool:
    """Whether each word ends as high and as low as it starts.

    ``boxes`` has eight numbers a word: left, top, right and bottom of its first and last
    character, with the y axis up.
    """
    # Numbers would be made of an array to compare it, but not of bytes.
    return (
        boxes[1::8].tobytes() == boxes[5::8].tobytes()
        and boxes[3::8].tobytes() == boxes[7::8].tobytes()
    )


def ink_fonts(
    pdfium: ctypes.PyDLL, text_page: int, indices: Sequence[int], boxes: array[float]
) -> set[Font]:
    """Fonts of some characters, if the boxes of one of them are those of the glyphs' ink.

    All of a page get boxes of one kind then, so that lines are level; but for those in a size
    that is not what it says.

    Parameters
    ----------
    indices : sequence of int
        Of the characters in the text page.
    boxes : array of float
        Left, top, right and bottom of each, one after the other, with the y axis up.
    """
    reaches: dict[Font, set[tuple[float, float]]] = {}
    styles = _styles(pdfium, text_page, indices)
    for k, (style, origin) in enumerate(
        zip(styles, _origins(pdfium, text_page, indices), strict=True)
    ):
        if style is not None:
            reach = _reach(style, origin, boxes[4 * k : 4 * k + 4])
            reaches.setdefault(style.font, set()).add(reach)
    if not any(map(_are_of_ink, reaches.values())):
        return set()
    return {font for font, found in reaches.items() if _is_size(found)}


def even_heights(
    pdfium: ctypes.PyDLL,
    text_page: int,
    indices: Sequence[int],
    boxes: array[float],
    fonts: Container[Font],
) -> array[float]:
    """The boxes of characters, those of these fonts as high as their size says."""
    evened = boxes[:]
    styles = _styles(pdfium, text_page, indices)
    for k, (style, origin) in enumerate(
        zip(styles, _origins(pdfium, text_page, indices), strict=True)
    ):
        if style is not None and style.font in fonts:
            base, size = origin[style.along], style.way * style.font[1]
            edges = base - DESCENT_SHARE * size, base + ASCENT_SHARE * size
            low, high = (4 * k + 3, 4 * k + 1) if style.along else (4 * k, 4 * k + 2)
            evened[low], evened[high] = min(edges), max(edges)
    return evened


def _are_of_ink(reaches: set[tuple[float, float]]) -> bool:
    """Whether boxes that reach so far are of ink, in a size that is what it says."""
    downs, ups = zip(*reaches, strict=True)
    differ: float = max(max(downs) - min(downs), max(ups) - min(ups))
    return differ > EQUAL_SHARE and _is_size(reaches)


def _is_size(reaches: set[tuple[float, float]]) -> bool:
    """Whether boxes that reach so far are of the size that the font says."""
    high: float = max(up for _, up in reaches) + max(down for down, _ in reaches)
    return LEAST_INK_SHARE < high < MOST_INK_SHARE


def _reach(style: _Style, origin: tuple[float, float], box: Sequence[float]) -> tuple[float, float]:
    """How far a box reaches below and above its baseline, as shares of the size."""
    low, high = (box[3], box[1]) if style.along else (box[0], box[2])
    base = origin[style.along]
    down, up = base - low, high - base
    if style.way < 0:
        down, up = up, down
    size = style.font[1]
    return down / size, up / size


def _styles(pdfium: ctypes.PyDLL, text_page: int, indices: Sequence[int]) -> list[_Style | None]:
    """Of each character; None where its text is turned, or cannot be told."""
    known: dict[int | None, _Style | None] = {None: None}
    found = []
    for index in indices:
        item = pdfium.FPDFText_GetTextObject(text_page, index)
        if item not in known:
            known[item] = _style(pdfium, text_page, index, item)
        found.append(known[item])
    return found


def _style(pdfium: ctypes.PyDLL, text_page: int, index: int, item: int) -> _Style | None:
    matrix = (ctypes.c_float * 6)()
    if not pdfium.FPDFText_GetMatrix(text_page, index, matrix):
        return None
    a, b, c, d = matrix[:4]
    size = pdfium.FPDFText_GetFontSize(text_page, index)
    scaled = abs(size) * math.hypot(c, d)
    if scaled <= 0:
        return None
    font = pdfium.FPDFTextObj_GetFont(item) or 0
    if abs(b) <= TURN_SHARE * abs(a):
        return _Style((font, scaled), 1, math.copysign(1.0, d * size))
    if abs(a) <= TURN_SHARE * abs(b):
        return _Style((font, scaled), 0, math.copysign(1.0, c * size))
    return None


def _origins(
    pdfium: ctypes.PyDLL, text_page: int, indices: Sequence[int]
) -> list[tuple[float, float]]:
    x, y = ctypes.c_double(), ctypes.c_double()
    to_x, to_y = ctypes.byref(x), ctypes.byref(y)
    found = []
    for index in indices:
        pdfium.FPDFText_GetCharOrigin(text_page, index, to_x, to_y)
        found.append((x.value, y.value))
    return found
