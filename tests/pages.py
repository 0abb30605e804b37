"""Pages of words for tests, made from a text picture that reads as the page looks."""

from __future__ import annotations

import re

from perfkit.model import Page, Word

__all__ = ["cells", "moved", "picture", "scaled", "words_of"]

#: A character of a picture takes this much, in points; so does a line of it.
LETTER, PITCH, HEIGHT = 4.0, 10.0, 8.0
#: How far a word's last letter reaches into its cell's space: one space is then as narrow
#: as in print (0.27 of the height), and two are a gap between cells.
REACH = 1.8


def words_of(
    text: str, *, pitch: float = PITCH, left: float = 20.0, top: float = 40.0
) -> list[Word]:
    """The words of a picture: a character for 4 points, a line for ``pitch`` points.

    With ``pitch=5`` every line is half a line, so that cells can stand beside the middle
    of a taller one.
    """
    return [
        Word(
            found[0],
            left + LETTER * found.start(),
            top + pitch * row,
            left + LETTER * found.end() + REACH,
            top + pitch * row + HEIGHT,
        )
        for row, line in enumerate(text.strip("\n").split("\n"))
        for found in re.finditer(r"\S+", line)
    ]


def picture(text: str, *, number: int = 1, pitch: float = PITCH, top: float = 40.0) -> Page:
    """A page that looks as the picture does."""
    return Page(number, 612.0, 792.0, words_of(text, pitch=pitch, top=top))


def cells(*placed: tuple[float, float, str], number: int = 1, size: float = HEIGHT) -> Page:
    """A page of cells given as (left edge, upper edge, text), in points.

    A cell's letters are half as wide as high, its spaces a quarter.
    """
    found = []
    for left, top, text in placed:
        x0 = left
        for word in text.split():
            x1 = x0 + len(word) * size / 2
            found.append(Word(word, x0, top, x1, top + size))
            x0 = x1 + size / 4
    return Page(number, 612.0, 792.0, found)


def moved(page: Page, right: float, down: float) -> Page:
    """The same page with every word elsewhere by so many points."""
    return page._replace(
        words=[
            Word(text, x0 + right, top + down, x1 + right, bottom + down)
            for text, x0, top, x1, bottom in page.words
        ]
    )


def scaled(page: Page, factor: float) -> Page:
    """The same page drawn larger or smaller."""
    return Page(
        page.number,
        page.width * factor,
        page.height * factor,
        [Word(word.text, *(factor * edge for edge in word[1:])) for word in page.words],
        page.has_graphics,
    )
