"""What of a page's text is shown, for the engine pypdf: it paints nothing, but keeps account.

Layers, clips, colours, and the shapes and pictures that are drawn are followed operation by
operation; what they do to a word is told when the page is done. Boxes are kept of what is no
rectangle: a curved clip cuts nothing off inside its box, and only rectangles cover text.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Any, NamedTuple

from pypdf.generic import ArrayObject, DictionaryObject

from perfkit.engines._left_out import CLIPPED, COLOUR, COVERED, INVISIBLE, LAYER, TRANSPARENT
from perfkit.engines._pypdf_fonts import entry, number
from perfkit.engines._pypdf_words import Matrix
from perfkit.model import Word

__all__ = ["Layers", "Paint"]

#: Left, top, right and bottom as a reader sees the page.
Box = tuple[float, float, float, float]
Points = Sequence[tuple[float, float]]

#: Shades of grey, 0 to 1, this near to each other are one; less opaque than this is not seen.
NEAR, FAINT = 0.09, 0.12
#: Pictures that cover this share of a page are a scan, and hidden words on it are its OCR.
SCAN_SHARE = 0.5
_EVERYWHERE: Box = (-1e9, -1e9, 1e9, 1e9)
_INVISIBLE_MODES = {3, 7}
_RECTANGLE_POINTS = {4, 5}
#: Edges are straight, and corners where they should be, but for this.
STRAIGHT_POINTS = 0.5
_FILLS = frozenset(b"f F f* B B* b b*".split())
_ENDS = frozenset(b"S s n".split()) | _FILLS


class _State(NamedTuple):
    """What q saves and Q restores: shades are of grey, None where it is not known."""

    mode: int = 0
    shade: float | None = 0.0
    alpha: float = 1.0
    clip: Box = _EVERYWHERE


class Tag(NamedTuple):
    """How a word was drawn: why it is not shown, if that is known already, and over what."""

    reason: str | None
    shade: float | None
    clip: Box
    shapes: int


class Shape(NamedTuple):
    """What covers a part of the page: the box around it, its corners if turned, its shade."""

    box: Box
    corners: Points
    shade: float | None

    def covers(self, word: Word) -> bool:
        """Whether it lies on the middle of a word, over most of its height: no line through it."""
        x, part = (word.x0 + word.x1) / 2, (word.bottom - word.top) / 4
        return self._holds(x, word.top + part) and self._holds(x, word.bottom - part)

    def _holds(self, x: float, y: float) -> bool:
        if not _holds(self.box, x, y):
            return False
        sides = [
            (x1 - x0) * (y - y0) > (y1 - y0) * (x - x0)
            for (x0, y0), (x1, y1) in pairwise(self.corners)
        ]
        return all(sides) or not any(sides)


class Layers:
    """The layers of a document that are off."""

    def __init__(self, catalog: Any) -> None:
        known = entry(catalog, "/OCProperties")
        default = entry(known, "/D")
        all_off = entry(default, "/BaseState") == "/OFF"
        self._off = _numbers(entry(known, "/OCGs")) if all_off else set()
        self._off |= _numbers(entry(default, "/OFF"))
        self._off -= _numbers(entry(default, "/ON"))

    def is_off(self, holder: Any, key: Any) -> bool:
        """Whether what a dictionary names under a key is a layer that is off, or several."""
        if not self._off or not isinstance(holder, DictionaryObject) or key not in holder:
            return False
        layer = entry(holder, key)
        if entry(layer, "/Type") != "/OCMD":
            return _number_of(holder.raw_get(key)) in self._off
        groups = layer.raw_get("/OCGs") if "/OCGs" in layer else None
        found = entry(layer, "/OCGs")
        members = list(found) if isinstance(found, ArrayObject) else [groups]
        off = [_number_of(member) in self._off for member in members if member is not None]
        policy = entry(layer, "/P")
        if policy == "/AllOn":
            return any(off)
        if policy == "/AnyOff":
            return not any(off)
        if policy == "/AllOff":
            return not all(off)
        return bool(off) and all(off)


class Paint:
    """What is painted on one page, and how text is."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._state = _State()
        self._saved: list[_State] = []
        #: Of each part of marked content that is open: whether it is on a layer that is off.
        self._marks: list[bool] = []
        self._points: list[tuple[float, float]] = []
        self._boxes: list[Box] = []
        #: Corners of rectangles that are turned, the first one again at the end.
        self._turned: list[Points] = []
        self._is_clip = False
        #: Opaque shapes in the order they were drawn, with their shade; None of a picture.
        self._shapes: list[Shape] = []
        self._pictures: list[Box] = []

    def begin(self) -> None:
        """Start anew what is set, above what is drawn."""
        self._state = _State()
        self._saved.clear()
        self._marks.clear()

    def tag(self) -> Tag:
        """How text is drawn now."""
        mode, shade, alpha, clip = self._state
        reason = None
        if any(self._marks):
            reason = LAYER
        elif mode in _INVISIBLE_MODES:
            reason = INVISIBLE
        elif alpha < FAINT:
            reason = TRANSPARENT
        return Tag(reason, shade if mode == 0 else None, clip, len(self._shapes))

    def reason(self, word: Word, tag: Tag) -> str | None:
        """Why a word is not shown, now that the page is done; None if it is."""
        if tag.reason is not None:
            return tag.reason
        if not _holds(tag.clip, (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2):
            return CLIPPED
        if any(shape.covers(word) for shape in self._shapes[tag.shapes :]):
            return COVERED
        behind: float | None = 1.0
        for shape in self._shapes[: tag.shapes]:
            if shape.covers(word):
                behind = shape.shade
        if tag.shade is not None and behind is not None and abs(tag.shade - behind) < NEAR:
            return COLOUR
        return None

    def is_scan(self, width: float, height: float) -> bool:
        """Whether a picture takes most of a page of this size."""
        return any(
            (min(right, width) - max(left, 0)) * (min(bottom, height) - max(top, 0))
            > SCAN_SHARE * width * height
            for left, top, right, bottom in self._pictures
        )

    # ---- Operations; ``page`` leads from their coordinates to a reader's.

    def save(self) -> None:
        self._saved.append(self._state)

    def restore(self) -> None:
        if self._saved:
            self._state = self._saved.pop()

    def enter(self, form: Any, page: Matrix) -> int:
        """Begin a form, which is clipped to its box; give the answer to :meth:`leave`."""
        self.save()
        self._marks.append(self._layers.is_off(form, "/OC"))
        box = entry(form, "/BBox")
        corners = [number(edge.get_object(), 0.0) for edge in box or ()]
        if len(corners) == len(_EVERYWHERE):
            self._clip(_box(_corners(*corners), page))
        return len(self._saved)

    def leave(self, depth: int) -> None:
        """End a form, whatever it has left open."""
        if depth <= len(self._saved):
            self._state = self._saved[depth - 1]
            del self._saved[depth - 1 :]
        if self._marks:
            self._marks.pop()

    def picture(self, picture: Any, page: Matrix) -> None:
        """Take a picture that is drawn: it covers what lies under it."""
        corners = [_at(x, y, page) for x, y in _corners(0, 0, 1, 1)]
        box = _around(corners)
        if any(self._marks) or self._layers.is_off(picture, "/OC"):
            return
        self._pictures.append(box)
        is_opaque = not any(
            key in picture for key in ("/SMask", "/Mask", "/ImageMask", "/SMaskInData")
        )
        if is_opaque and self._state.alpha > 1 - FAINT:
            turned = () if _is_upright(corners) else (*corners, corners[0])
            self._shapes.append(Shape(_both(box, self._state.clip), turned, None))

    def mark(self, operands: Sequence[Any], resources: Any) -> None:
        """Begin marked content."""
        is_off = False
        if len(operands) > 1 and operands[0] == "/OC":
            is_off = self._layers.is_off(entry(resources, "/Properties"), operands[1])
        self._marks.append(is_off)

    def end_mark(self) -> None:
        if self._marks:
            self._marks.pop()

    def operate(
        self, operator: bytes, operands: Sequence[Any], page: Matrix, resources: Any
    ) -> None:
        """Take any other operation that sets colours, or draws or clips by paths."""
        values = [float(value) for value in operands if isinstance(value, (int, float))]
        if operator == b"re" and len(values) == len(_EVERYWHERE):
            x, y, width, height = values
            corners = [_at(*corner, page) for corner in _corners(x, y, x + width, y + height)]
            if _is_upright(corners):
                self._boxes.append(_around(corners))
            else:
                self._turned.append((*corners, corners[0]))
        elif operator in {b"m", b"l", b"c", b"v", b"y"}:
            points = zip(values[0::2], values[1::2], strict=False)
            self._points += [_at(x, y, page) for x, y in points]
        elif operator in {b"W", b"W*"}:
            self._is_clip = True
        elif operator in _ENDS:
            self._end_path(is_filled=operator in _FILLS)
        elif operator == b"Tr" and values:
            self._state = self._state._replace(mode=int(values[0]))
        elif operator == b"gs" and operands:
            states = entry(entry(resources, "/ExtGState"), operands[0])
            self._state = self._state._replace(
                alpha=number(entry(states, "/ca"), self._state.alpha)
            )
        elif operator == b"cs":
            self._state = self._state._replace(shade=0.0)
        elif operator in {b"g", b"rg", b"k", b"sc", b"scn"}:
            self._state = self._state._replace(shade=_shade(values))

    def _end_path(self, *, is_filled: bool) -> None:
        boxes, points, turned = self._boxes, self._points, self._turned
        if is_filled and self._state.alpha > 1 - FAINT and not any(self._marks):
            if len(points) in _RECTANGLE_POINTS and _is_rectangle(points):
                if _is_upright(points):
                    boxes.append(_around(points))
                else:
                    turned.append((*points[:4], points[0]))
            shapes = [(box, ()) for box in boxes] + [(_around(each), each) for each in turned]
            # One inside another is the hole of a frame: neither covers what stands in it.
            self._shapes += [
                Shape(_both(box, self._state.clip), corners, self._state.shade)
                for box, corners in shapes
                if not any(_is_within(box, other) or _is_within(other, box) for other, _ in shapes)
            ]
        if self._is_clip:
            corners = [corner for x0, y0, x1, y1 in boxes for corner in ((x0, y0), (x1, y1))]
            self._clip(_around([*corners, *points, *chain(*turned)]))
        self._is_clip, self._boxes, self._points, self._turned = False, [], [], []

    def _clip(self, box: Box) -> None:
        self._state = self._state._replace(clip=_both(self._state.clip, box))


def _shade(values: Sequence[float]) -> float | None:
    """The grey of a colour of one, three or four parts; None of a pattern."""
    if len(values) == 1:
        return values[0]
    if len(values) == 3:  # noqa: PLR2004 - red, green and blue
        return 0.3 * values[0] + 0.59 * values[1] + 0.11 * values[2]
    if len(values) == 4:  # noqa: PLR2004 - cyan, magenta, yellow and black
        cyan, magenta, yellow, black = values
        return (1 - min(1.0, 0.3 * cyan + 0.59 * magenta + 0.11 * yellow)) * (1 - black)
    return None


def _at(x: float, y: float, page: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = page
    return a * x + c * y + e, b * x + d * y + f


def _corners(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def _box(points: Points, page: Matrix) -> Box:
    return _around([_at(x, y, page) for x, y in points])


def _around(points: Points) -> Box:
    if not points:
        return 0.0, 0.0, 0.0, 0.0
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _is_upright(corners: Points) -> bool:
    """Whether each edge runs along the page's, or nearly so."""
    return all(
        min(abs(x1 - x0), abs(y1 - y0)) < STRAIGHT_POINTS
        for (x0, y0), (x1, y1) in pairwise(corners)
    )


def _is_rectangle(points: Points) -> bool:
    """Whether four corners, maybe with the first one again, are those of a parallelogram."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[:4]
    return abs(x0 + x2 - x1 - x3) + abs(y0 + y2 - y1 - y3) < STRAIGHT_POINTS


def _both(one: Box, other: Box) -> Box:
    return (
        max(one[0], other[0]),
        max(one[1], other[1]),
        min(one[2], other[2]),
        min(one[3], other[3]),
    )


def _is_within(box: Box, other: Box) -> bool:
    return box != other and _both(box, other) == box


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] < x < box[2] and box[1] < y < box[3]


def _number_of(reference: Any) -> int | None:
    return getattr(reference, "idnum", None)


def _numbers(array: Any) -> set[int | None]:
    return {_number_of(each) for each in array} if isinstance(array, ArrayObject) else set()
