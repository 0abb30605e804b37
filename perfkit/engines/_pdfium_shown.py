"""Which words of a page a viewer shows: asked of pdfium, which draws the page small.

A word is shown where the page looks different with it and without it. So the page is drawn
with its text and without, and the pictures are compared inside each word's box. This one test
holds for a layer that is off, for clipped or covered text, for the colour of the paper and for
the box of a form, whoever made the file. Words that overlap are drawn in pictures of their own.
"""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from perfkit.engines._left_out import CLIPPED, COLOUR, COVERED, INVISIBLE, LAYER, TRANSPARENT
from perfkit.engines._pdfium_signs import Bounds, bounds_of, has_layer, is_clipped

__all__ = ["Hidden", "Look", "area_of"]

#: Pixels of the picture of a page, about one for each point of a letter.
PICTURE_PIXELS = 500_000
#: Shades of grey this near to each other are one: what nobody sees.
GREY_STEP = 16
#: So many pictures of words that stand over each other.
MOST_PICTURES = 5
#: A word's box is looked at but for this share of its height: its neighbours reach into it.
EDGE_SHARE = 0.1
#: Pictures that cover this share of a page are a scan, and hidden words on it are its OCR.
SCAN_SHARE = 0.5

_TEXT, _IMAGE, _FORM = 1, 3, 5
_INVISIBLE_MODES = {3, 7}
_FAINT, _DARK, _NEAR = 0x20, 0x40, 0x18
_GREY, _WHITE = 1, 0xFFFFFFFF
_CELL_POINTS = 24.0
_SHADES = bytes((value + GREY_STEP // 2) // GREY_STEP for value in range(256))


class Hidden(NamedTuple):
    """A word that is not shown: its index among those of the page, and why.

    ``stays`` tells that its text object draws a word that is shown, too, and is not made inactive.
    ``area`` is its box in the units of the page.
    """

    word: int
    reason: str
    stays: bool
    area: Bounds


class _Text(NamedTuple):
    """A text object: how it is painted."""

    mode: int
    grey: int | None
    alpha: int


class Look:
    """A careful look at one page.

    Parameters
    ----------
    page, document : int
        Handles of pdfium.
    box : tuple of float
        Left, top, right and bottom of the page, before it is turned.
    turns : int
        Clockwise quarter turns that the page says it has.
    """

    def __init__(
        self,
        pdfium: ctypes.PyDLL,
        document: int,
        page: int,
        box: tuple[float, float, float, float],
        turns: int,
    ) -> None:
        self._pdfium, self._document, self._page = pdfium, document, page
        self._box, self._turns = box, turns
        width, height = max(box[2] - box[0], 1e-3), max(box[1] - box[3], 1e-3)
        self._scale = (PICTURE_PIXELS / (width * height)) ** 0.5
        self._columns = max(1, round(width * self._scale))
        self._rows = max(1, round(height * self._scale))
        self._texts: dict[int, _Text] = {}
        self._others: list[int] = []
        self._scanned = 0.0
        for item, kind, is_inside in self._objects():
            if kind == _TEXT:
                self._texts[item] = self._painted(item)
            elif kind != _FORM:
                self._others.append(item)
                bounds = bounds_of(pdfium, item) if kind == _IMAGE and not is_inside else None
                if bounds is not None:
                    share = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]) / (width * height)
                    self._scanned = max(self._scanned, share)

    def _objects(self) -> Iterator[tuple[int, int, bool]]:
        """Every object with its kind, those of forms, too, and whether it lies in a form."""
        pdfium = self._pdfium
        count = pdfium.FPDFPage_CountObjects(self._page)
        left = [(pdfium.FPDFPage_GetObject(self._page, k), False) for k in reversed(range(count))]
        while left:
            item, is_inside = left.pop()
            kind = pdfium.FPDFPageObj_GetType(item)
            yield item, kind, is_inside
            if kind == _FORM:
                count = pdfium.FPDFFormObj_CountObjects(item)
                left += [(pdfium.FPDFFormObj_GetObject(item, k), True) for k in range(count)]

    def _painted(self, item: int) -> _Text:
        colour = (ctypes.c_uint * 4)()
        parts = [ctypes.byref(colour, 4 * k) for k in range(4)]
        known = self._pdfium.FPDFPageObj_GetFillColor(item, *parts)
        red, green, blue, alpha = colour
        grey = (30 * red + 59 * green + 11 * blue) // 100 if known else None
        mode = self._pdfium.FPDFTextObj_GetTextRenderMode(item)
        return _Text(mode, grey if mode == 0 else None, alpha if known else 255)

    def hidden(self, text_page: int, ends: Sequence[int], boxes: Sequence[float]) -> list[Hidden]:
        """Words that are not shown. Texts all of whose words are hidden are made inactive.

        So a text page that is loaded after that does not hold them, nor leaves out what it
        took for the same text drawn again.

        Parameters
        ----------
        ends : sequence of int
            Indices of the first and last character of each word.
        boxes : sequence of float
            Eight numbers a word, as for :func:`place_words`.
        """
        of = self._pdfium.FPDFText_GetTextObject
        owners = [
            {item for k in range(first, last + 1) if (item := of(text_page, k)) is not None}
            for first, last in zip(ends[0::2], ends[1::2], strict=True)
        ]
        areas = [area_of(boxes[k : k + 8]) for k in range(0, len(boxes), 8)]
        unseen = [
            k
            for k, items in enumerate(owners)
            if items and all(self._texts[item].mode in _INVISIBLE_MODES for item in items)
        ]
        visible = [k for k in range(len(areas)) if owners[k] and k not in set(unseen)]
        found = dict.fromkeys(unseen, INVISIBLE)
        found |= self._without_ink(visible, owners, areas)
        kept = set().union(*(owners[k] for k in range(len(areas)) if k not in found), set())
        if self._scanned >= SCAN_SHARE and 2 * len(found) > len(areas):
            found = {}  # the text that was put into or behind a scan
        for items in [owners[k] for k in found]:
            for item in items - kept:
                self._pdfium.FPDFPageObj_SetIsActive(item, 0)
        return [
            Hidden(k, reason, owners[k] <= kept, areas[k]) for k, reason in sorted(found.items())
        ]

    def _without_ink(
        self, words: list[int], owners: list[set[int]], areas: list[Bounds]
    ) -> dict[int, str]:
        """Of these words, those that leave no mark, and why."""
        self._activate(self._texts, active=False)
        empty = self._picture()
        blank: list[int] = []
        for apart in _apart(words, owners, areas):
            items = set().union(*(owners[k] for k in apart), set())
            self._activate(items, active=True)
            picture = self._picture()
            self._activate(items, active=False)
            blank += [k for k in apart if not self._differ(picture, empty, areas[k])]
        found = {}
        if blank:
            # On white paper, without all that may lie over it or bring out its colour.
            self._activate(self._others, active=False)
            paper = self._picture()
            items = set().union(*(owners[k] for k in blank))
            self._activate(items, active=True)
            alone = self._picture()
            self._activate(self._others, active=True)
            for k in blank:
                texts = [self._texts[item] for item in owners[k]]
                behind = self._shade(empty, areas[k])
                reason = self._reason(texts, behind, self._differ(alone, paper, areas[k]))
                if reason is None and not has_layer(self._pdfium, owners[k]):
                    reason = CLIPPED if is_clipped(self._pdfium, owners[k]) else None
                if reason is None and self._has_glyphs(owners[k]):
                    reason = LAYER
                if reason is not None:
                    found[k] = reason
        self._activate(self._texts, active=True)
        return found

    @staticmethod
    def _reason(texts: list[_Text], behind: int, is_seen_alone: bool) -> str | None:
        if all(text.alpha < _FAINT for text in texts):
            return TRANSPARENT
        if all(text.grey is not None and abs(text.grey - behind) < _NEAR for text in texts):
            return COVERED if is_seen_alone and behind < _DARK else COLOUR
        return COVERED if is_seen_alone else None

    def _has_glyphs(self, items: Collection[int]) -> bool:
        """Whether a text leaves ink where nothing hides it: not every font can be drawn."""
        pdfium = self._pdfium
        for item in items:
            bitmap = pdfium.FPDFTextObj_GetRenderedBitmap(self._document, self._page, item, 1.0)
            if bitmap:
                size = pdfium.FPDFBitmap_GetStride(bitmap) * pdfium.FPDFBitmap_GetHeight(bitmap)
                ink = any(ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), size))
                pdfium.FPDFBitmap_Destroy(bitmap)
                if ink:
                    return True
        return False

    def _activate(self, items: Collection[int], *, active: bool) -> None:
        for item in items:
            self._pdfium.FPDFPageObj_SetIsActive(item, active)

    def _picture(self) -> bytes:
        """The page in shades of grey, not turned."""
        pdfium, columns, rows = self._pdfium, self._columns, self._rows
        picture = ctypes.create_string_buffer(columns * rows)
        bitmap = pdfium.FPDFBitmap_CreateEx(columns, rows, _GREY, picture, columns)
        if not bitmap:
            raise MemoryError("no room for a picture of the page")
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, columns, rows, _WHITE)
        pdfium.FPDF_RenderPageBitmap(bitmap, self._page, 0, 0, columns, rows, -self._turns % 4, 0)
        pdfium.FPDFBitmap_Destroy(bitmap)
        return picture.raw.translate(_SHADES)

    def _pixels(self, area: Bounds) -> tuple[int, int, int, int]:
        left, bottom, right, top = area
        scale, edge = self._scale, EDGE_SHARE * (top - bottom)
        x0, x1 = (left - self._box[0]) * scale, (right - self._box[0]) * scale
        y0, y1 = (self._box[1] - top + edge) * scale, (self._box[1] - bottom - edge) * scale
        return max(0, int(x0)), max(0, int(x1) + 1), max(0, int(y0)), min(self._rows, int(y1) + 1)

    def _differ(self, one: bytes, other: bytes, area: Bounds) -> bool:
        x0, x1, y0, y1 = self._pixels(area)
        rows = range(y0 * self._columns, y1 * self._columns, self._columns)
        x1 = min(x1, self._columns)
        return any(one[row + x0 : row + x1] != other[row + x0 : row + x1] for row in rows)

    def _shade(self, picture: bytes, area: Bounds) -> int:
        """Grey, 0 to 255, of the middle of an area."""
        x0, x1, y0, y1 = self._pixels(area)
        place = (y0 + y1) // 2 * self._columns + min((x0 + x1) // 2, self._columns - 1)
        shade: int = picture[min(place, len(picture) - 1)]
        return min(255, shade * GREY_STEP)


def area_of(box: Sequence[float]) -> Bounds:
    """Left, bottom, right and top of a word, from the boxes of its first and last character."""
    left1, top1, right1, bottom1, left2, top2, right2, bottom2 = box
    return min(left1, left2), min(bottom1, bottom2), max(right1, right2), max(top1, top2)


def _apart(words: Sequence[int], owners: list[set[int]], areas: list[Bounds]) -> list[list[int]]:
    """The words in so many groups that no two of one overlap, unless one text draws both."""
    groups: list[list[int]] = []
    taken: list[dict[tuple[int, int], list[int]]] = []
    group_of: dict[int, int] = {}
    for word in words:
        left, bottom, right, top = areas[word]
        edge = EDGE_SHARE * (top - bottom)
        bottom, top = bottom + edge, top - edge
        cells = [
            (column, row)
            for column in range(int(left // _CELL_POINTS), int(right // _CELL_POINTS) + 1)
            for row in range(int(bottom // _CELL_POINTS), int(top // _CELL_POINTS) + 1)
        ]
        own = [group_of[item] for item in owners[word] if item in group_of]
        number = own[0] if own else 0
        while not own and number < min(len(groups), MOST_PICTURES - 1):
            near = {other for cell in cells for other in taken[number].get(cell, ())}
            if not any(_overlap(areas[other], (left, bottom, right, top)) for other in near):
                break
            number += 1
        if number == len(groups):
            groups.append([])
            taken.append({})
        groups[number].append(word)
        for cell in cells:
            taken[number].setdefault(cell, []).append(word)
        group_of |= dict.fromkeys(owners[word], number)
    return groups


def _overlap(one: Bounds, other: Bounds) -> bool:
    edge = EDGE_SHARE * (one[3] - one[1])
    return (
        one[0] < other[2]
        and other[0] < one[2]
        and one[1] + edge < other[3]
        and other[1] < one[3] - edge
    )
