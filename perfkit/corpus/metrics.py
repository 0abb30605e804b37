"""Width of text, so that a plan can wrap it before any producer draws it."""

from __future__ import annotations

from functools import cache, lru_cache

from perfkit.errors import MissingExtraError

__all__ = ["FACES", "width", "wrap"]

#: Font of a style to the names of its regular and bold face.
FACES = {
    "helvetica": ("Helvetica", "Helvetica-Bold"),
    "times": ("Times-Roman", "Times-Bold"),
    "courier": ("Courier", "Courier-Bold"),
    "vera": ("Vera", "VeraBd"),
}


@cache
def _face(font: str, bold: bool) -> str:
    try:
        from reportlab.pdfbase import pdfmetrics, ttfonts
    except ImportError as error:
        raise MissingExtraError("reportlab", "workbench", "Making test documents") from error
    name = FACES[font][bold]
    if font == "vera" and name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(ttfonts.TTFont(name, f"{name}.ttf"))
    return name


@lru_cache(maxsize=50_000)
def width(text: str, font: str, size: float, bold: bool = False) -> float:
    """Width of a run of text in points.

    Parameters
    ----------
    text, font : str
        The text, and a key of :data:`FACES`.
    size : float
        In points.
    """
    face = _face(font, bold)
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(text, face, size))


def wrap(text: str, font: str, size: float, first: float, later: float) -> list[str]:
    """Break text into lines at spaces.

    Parameters
    ----------
    first, later : float
        Room of the first line and of all others, in points. A word wider than the room
        gets a line of its own; a first room of 0 leaves the first line empty.
    """
    lines: list[str] = []
    line, room = "", first
    if first <= 0:
        lines, room = [""], later
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and width(longer, font, size) > room:
            lines.append(line)
            line, room = word, later
        else:
            line = longer
    return [*lines, line]
