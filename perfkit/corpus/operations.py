"""What a page is drawn with: positioned text, lines, boxes and pictures.

Points, origin top left, y downwards; the y of a text is its baseline.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Box", "Drawing", "Line", "Operation", "Picture", "Text"]


class Text(NamedTuple):
    """One run of text; ``x`` is its left end, centre or right end as ``anchor`` says."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    anchor: str = "left"


class Line(NamedTuple):
    """A straight line."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float = 0.5


class Box(NamedTuple):
    """A filled rectangle; ``gray`` is 0 for black and 1 for white."""

    x: float
    y: float
    width: float
    height: float
    gray: float


class Picture(NamedTuple):
    """Picture ``image`` of :func:`perfkit.corpus.pictures.picture`, scaled to the box."""

    x: float
    y: float
    width: float
    height: float
    image: int


Operation = Text | Line | Box | Picture


class Drawing(NamedTuple):
    """One page, ready to be drawn by any producer."""

    number: int
    width: float
    height: float
    operations: list[Operation]
