"""Words to lines: pure geometry, no knowledge of any document.

Reading order is never used: a PDF may draw its words in any order.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from perfkit.model import Ignored, Page, PlainWord, Words

__all__ = ["Line", "PageLines", "group_lines", "lines_of", "plain_words", "segments"]

#: Words whose lower edges differ by less than this share of their height stand on one
#: line. Half a line's pitch, which a vertically centred cell is off by, must stay above.
SAME_LINE_SHARE = 0.38
#: A word this many times as tall as the page's middle one is a watermark or a logo.
GIANT_FACTOR = 4.0
#: Cells are further apart than this share of the line's height; words of one are not.
SEGMENT_GAP_SHARE = 0.75

#: A word drawn again is moved by less than this share of its height.
DRAWN_AGAIN_SHARE = 0.15
#: Words of so many letters may be lower than their line.
_SHORT_WORD = 2

_left, _top = itemgetter(1), itemgetter(2)
#: Of named tuples, without the call of their own ``__new__``, which takes half of the time.
_new = tuple.__new__


class Line(NamedTuple):
    """Words that stand side by side, from left to right."""

    top: float
    bottom: float
    words: list[PlainWord]

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join([word[0] for word in self.words])

    @property
    def height(self) -> float:
        """In points."""
        return self.bottom - self.top


class PageLines(NamedTuple):
    """A page whose words have been gathered into upright lines, from top to bottom.

    The other fields are those of :class:`perfkit.model.Page`.
    """

    number: int
    width: float
    height: float
    lines: list[Line]
    has_graphics: bool = True
    confidences: list[float] | None = None
    warnings: tuple[str, ...] = ()
    ignored: tuple[Ignored, ...] = ()


def lines_of(page: Page) -> PageLines:
    """Lines of a page, whichever engine read it."""
    return PageLines(
        page.number,
        page.width,
        page.height,
        group_lines(page.words),
        page.has_graphics,
        page.confidences,
        page.warnings,
        page.ignored,
    )


def plain_words(words: Iterable[PlainWord]) -> Iterable[PlainWord]:
    """The same words, without making a :class:`~perfkit.model.Word` of each."""
    return words.plain if isinstance(words, Words) else words


def group_lines(words: Iterable[PlainWord]) -> list[Line]:
    """Lines of a page, from top to bottom.

    Words are gathered by their lower edges, which cells of one row share even when their
    fonts differ in size.
    """
    by_bottom: dict[float, list[PlainWord]] = {}
    before: float | None = None
    add = list[PlainWord]().append
    for word in plain_words(words):
        bottom = word[4]
        if bottom != before:
            # Words come in runs along a line: only the first of each is looked up.
            before = bottom
            found = by_bottom.get(bottom)
            if found is None:
                found = by_bottom[bottom] = []
            add = found.append
        add(word)
    if not by_bottom:
        return []
    # The tallest word stands for its baseline, whichever was drawn first.
    heights = {bottom: bottom - min(map(_top, found)) for bottom, found in by_bottom.items()}
    giant = GIANT_FACTOR * sorted(heights.values())[len(heights) // 2]
    lines: list[Line] = []
    current: list[PlainWord] = []
    start = height = 0.0
    for bottom in sorted(by_bottom):
        found, own = by_bottom[bottom], heights[bottom]
        if own > giant:
            found = [word for word in found if word[4] - word[2] <= giant]
            if not found:
                continue
            own = bottom - min(map(_top, found))
        if own <= 0:
            continue  # nobody sees letters of no height
        if not current:
            current, start, height = found, bottom, own
        elif bottom - start > SAME_LINE_SHARE * min(height, own):
            lines.append(_line(current))
            current, start, height = found, bottom, own
        else:
            current += found
    if current:
        lines.append(_line(current))
    return lines


def _line(words: list[PlainWord]) -> Line:
    words.sort(key=_left)
    first = words[0]
    if len(words) > 1:
        second, last, before = words[1], words[-1], words[-2]
        if (first[0] == second[0] and _is_drawn_again(first, second)) or (
            before[0] == last[0] and _is_drawn_again(before, last)
        ):
            words = _once(words)
        if len(first[0]) <= _SHORT_WORD and second[2] < first[2]:
            # Some fonts give each letter a height of its own: an "x" is not as high as its line.
            first = second
    if first[4] <= first[2]:
        first = max(words, key=lambda word: word[4] - word[2])
    return _new(Line, (first[2], first[4], words))


def _is_drawn_again(before: PlainWord, word: PlainWord) -> bool:
    """Whether a word stands where the same word stands already: bold letters are faked so."""
    return word[1] - before[1] < DRAWN_AGAIN_SHARE * (before[4] - before[2])


def _once(words: list[PlainWord]) -> list[PlainWord]:
    """Words without those drawn again, of a line that begins or ends with such a one."""
    kept: list[PlainWord] = []
    for word in words:
        if not any(word[0] == one[0] and _is_drawn_again(one, word) for one in kept[-2:]):
            kept.append(word)
    return kept


def segments(line: Line) -> list[list[PlainWord]]:
    """Split a line where the gap between two words is too wide for a space."""
    limit = SEGMENT_GAP_SHARE * line.height
    found = [[line.words[0]]]
    for before, word in itertools.pairwise(line.words):
        if word[1] - before[3] > limit:
            found.append([word])
        else:
            found[-1].append(word)
    return found
