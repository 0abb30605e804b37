"""From the lines that OCR found in a picture to words on the page: straight, joined, mended.

A scan is never quite straight: its lines say by how much it is turned, and all places are
turned back about the picture's middle. Pieces of one line are set on one baseline.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

from perfkit.engines._ocr_mend import mend
from perfkit.model import Word

__all__ = ["DOUBTFUL", "Piece", "Read", "place"]

#: A word read with less confidence is named as doubtful.
DOUBTFUL = 0.8
#: Pieces at least so many times as wide as high tell the angle.
_LONG = 6.0
#: Pieces whose middles differ by less than this share of their height stand on one line.
_ONE_LINE_SHARE = 0.32
Quad = Sequence[Sequence[float]]


class Piece(NamedTuple):
    """A word that OCR found: text, confidence 0 to 1, its corners and those of its line.

    Corners are x and y in pixels, from the top left one clockwise.
    """

    text: str
    confidence: float
    corners: Quad
    line: Quad


class Read(NamedTuple):
    """Words in points, each with its confidence, and by how many degrees the page was turned."""

    words: list[Word]
    confidences: list[float]
    degrees: float


def place(pieces: Sequence[Piece], width: float, height: float, scale: float) -> Read:
    """Words on the page.

    Parameters
    ----------
    pieces : sequence of Piece
        In any order.
    width, height : float
        Of the picture, in pixels.
    scale : float
        Pixels a point.
    """
    angle = _angle([piece.line for piece in pieces])
    turn = _Turn(angle, width / 2, height / 2)
    placed = [(piece, _spread(piece, turn)) for piece in pieces]
    words: list[Word] = []
    confidences: list[float] = []
    for line in _lines(placed):
        top = statistics.median([box.top for _, box in line])
        bottom = statistics.median([box.bottom for _, box in line])
        from_left = []
        for piece, box in sorted(line, key=lambda each: each[1].left):
            corners = (pixels / scale for pixels in (box.left, top, box.right, bottom))
            from_left.append((Word(piece.text, *corners), piece.confidence))
        for word, sure in mend(from_left):
            words.append(word)
            confidences.append(sure)
    return Read(words, confidences, math.degrees(angle))


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


class _Turn(NamedTuple):
    """Turns a point back by an angle about a middle."""

    angle: float
    x: float
    y: float

    def __call__(self, point: Sequence[float]) -> tuple[float, float]:
        x, y = float(point[0]) - self.x, float(point[1]) - self.y
        cos, sin = math.cos(-self.angle), math.sin(-self.angle)
        return self.x + x * cos - y * sin, self.y + x * sin + y * cos


def _angle(lines: Sequence[Quad]) -> float:
    """The angle that most long lines share, in radians; 0 where there is none."""
    angles = []
    for (x0, y0), (x1, y1), *_, (x3, y3) in lines:
        length, high = math.hypot(x1 - x0, y1 - y0), math.hypot(x3 - x0, y3 - y0)
        if length >= _LONG * max(high, 1.0):
            angles.append(math.atan2(float(y1 - y0), float(x1 - x0)))
    return statistics.median(angles) if angles else 0.0


def _spread(piece: Piece, turn: _Turn) -> _Box:
    xs = [turn(corner)[0] for corner in piece.corners]
    ys = [turn(corner)[1] for corner in piece.line]
    # The upper two corners tell the top, the lower two the bottom: a mean of two is steadier.
    top, bottom = (ys[0] + ys[1]) / 2, (ys[2] + ys[3]) / 2
    return _Box(min(xs), top, max(xs), bottom)


def _lines(placed: Sequence[tuple[Piece, _Box]]) -> list[list[tuple[Piece, _Box]]]:
    """Pieces that stand side by side."""
    lines: list[list[tuple[Piece, _Box]]] = []
    middle = height = 0.0
    for each in sorted(placed, key=lambda each: each[1].top + each[1].bottom):
        box = each[1]
        own, own_height = (box.top + box.bottom) / 2, box.bottom - box.top
        if lines and own - middle < _ONE_LINE_SHARE * min(height, own_height):
            lines[-1].append(each)
            count = len(lines[-1])
            middle += (own - middle) / count
            height += (own_height - height) / count
        else:
            lines.append([each])
            middle, height = own, own_height
    return lines
