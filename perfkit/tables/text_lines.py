"""Lines of descriptions: their text, and where they stand."""

from __future__ import annotations

from typing import NamedTuple

from perfkit.model import PlainWord

__all__ = ["SPACE_SHARE", "TextLine", "are_even", "height_of", "overlap", "text_line"]

#: A space takes about this share of a line's height.
SPACE_SHARE = 0.25
#: A named tuple without the call of its own ``__new__``, which takes half of the time.
_new = tuple.__new__
#: Words that are equally high differ by less than this, in points.
EVEN_POINTS = 0.3


class TextLine(NamedTuple):
    """A line of a description: its text and, in points, its edges, height and first word.

    ``is_close`` tells of a line over a page's first row that it stands as close to it as if
    it were its own.
    """

    text: str
    x0: float
    x1: float
    height: float
    first_width: float
    is_close: bool = False


def text_line(words: list[PlainWord]) -> TextLine:
    """Words that stand side by side, from left to right, as a line."""
    first = words[0]
    text = " ".join([word[0] for word in words])
    height, width = height_of(words), first[3] - first[1]
    return _new(TextLine, (text, first[1], words[-1][3], height, width, False))


def overlap(line: TextLine, words: list[PlainWord]) -> bool:
    """Whether words stand under a line of text, be it in part."""
    return words[0][1] < line.x1 and line.x0 < words[-1][3]


def are_even(texts: list[list[PlainWord]]) -> bool:
    """Whether the words of each text are equally high: some fonts give each letter a height."""
    return all(
        abs(word[4] - word[2] - (words[0][4] - words[0][2])) < EVEN_POINTS
        for words in texts
        for word in words
    )


def height_of(words: list[PlainWord]) -> float:
    """The middle one of three words' heights: single letters may be higher or lower."""
    first, last = words[0], words[-1]
    one, three = first[4] - first[2], last[4] - last[2]
    if one == three:
        return one
    middle = words[len(words) // 2]
    two = middle[4] - middle[2]
    return max(min(one, two), min(max(one, two), three))
