"""Words to lines: pure geometry, no knowledge of any document.

Reading order is never used: a PDF may draw its words in any order. A word's box is the upright
one around it, also where the word is turned.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from perfkit.model import Ignored, Page, PlainWord, Words

__all__ = [
    "Line",
    "PageLines",
    "group_lines",
    "lines_of",
    "plain_words",
    "segments",
]

#: Words whose lower edges differ by less than this share of their height stand on one
#: line. Half a line's pitch, which a vertically centred cell is off by, must stay above.
SAME_LINE_SHARE = 0.38
#: A word this many times as tall as the page's middle one is a watermark or a logo.
GIANT_FACTOR = 4.0
#: Cells are further apart than this share of the line's height; words of one are not.
SEGMENT_GAP_SHARE = 0.75

#: A word drawn again is moved by less than this share of its height.
DRAWN_AGAIN_SHARE = 0.15
#: A baseline so many times as tall as the page's middle one may hold words printed sideways,
SIDEWAYS_FACTOR = 1.25
#: which are narrower than so much of their height for each letter; a narrow one that stands
#: upright, "illi", is not. Short ones are told by those they stand in line with.
SIDEWAYS_LETTER_SHARE, _SIDEWAYS_LETTERS = 0.18, 4
#: Words of one sideways line are no further apart than so many times its height.
SIDEWAYS_REACH, SIDEWAYS_EDGE_SHARE = 3.0, 0.2
#: Raised and lowered words are smaller than this share of the one that they touch, ...
SMALL_SHARE = 0.87
#: ... which is no further off than this share of its height.
TOUCH_SHARE, HALF = 0.25, 0.5
#: They stand beside it by at least this share of their own height.
INSIDE_SHARE = 0.6
#: Of turned text, words closer than this share of their height are one: no space is so narrow.
TORN_SHARE = 0.08
#: On a straight page more words than not share their lower edge with others.
LEVEL_SHARE = 0.5
#: What a page is turned by, as the tangent: at least, for less is not seen, and at most.
LEAST_TURN, MOST_TURN = 0.0006, 0.115
#: Neighbours on a line are no further apart than these shares of their height, near ones first.
_REACHES, _FEWEST_PAIRS = (0.7, 3.0, 12.0), 12
#: On so many words of lines of at least so many the angle is told by their middles alone.
_LINE_WORDS, _FEWEST_WORDS = 3, 9
#: Along straight lines words scatter by less than this share of what they do on the turned page.
SCATTER_SHARE = 0.5
_LONGEST_SAMPLE = 40
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
    """Lines of a page, whichever engine read it.

    Text that is turned by up to some five degrees is turned back about the page's middle first;
    what is printed sideways stands on no line and is told in ``ignored``, as are giant words.
    """
    words = plain_words(page.words)
    by_bottom, heights = _by_bottom(words)
    ignored = page.ignored
    lines: list[Line] = []
    if by_bottom:
        turned = 0.0
        limit = SIDEWAYS_FACTOR * _middle(heights.values())
        tall = [bottom for bottom, height in heights.items() if height > limit]
        if tall and any(_is_sideways(word) for bottom in tall for word in by_bottom[bottom]):
            words, aside = _without_sideways(list(words), limit)
            if aside:
                ignored += (_ignored("printed sideways", aside),)
                by_bottom, heights = _by_bottom(words)
        if len(by_bottom) > LEVEL_SHARE * len(page.words):
            # Words of a straight page share their lower edges: nearly all pages end here.
            words = list(words)
            turned = _angle(words)
            if turned:
                words = _turned_back(words, turned, (page.width / 2, page.height / 2))
                by_bottom, heights = _by_bottom(words)
        lines, giant = _lines(by_bottom, heights)
        if turned:
            lines = [_line(_joined(line.words)) for line in lines]
        if giant:
            ignored += (_ignored("far taller than the rest", giant),)
    number, width, height, _, has_graphics, confidences, warnings, _ = page
    return PageLines(number, width, height, lines, has_graphics, confidences, warnings, ignored)


def _ignored(reason: str, words: list[PlainWord]) -> Ignored:
    return Ignored(reason, len(words), words[0][0][:_LONGEST_SAMPLE])


def plain_words(words: Iterable[PlainWord]) -> Iterable[PlainWord]:
    """The same words, without making a :class:`~perfkit.model.Word` of each."""
    return words.plain if isinstance(words, Words) else words


def group_lines(words: Iterable[PlainWord]) -> list[Line]:
    """Lines of words that stand upright, from top to bottom.

    Words are gathered by their lower edges, which cells of one row share even when their
    fonts differ in size.
    """
    by_bottom, heights = _by_bottom(plain_words(words))
    return _lines(by_bottom, heights)[0] if by_bottom else []


def _by_bottom(
    words: Iterable[PlainWord],
) -> tuple[dict[float, list[PlainWord]], dict[float, float]]:
    """Words by their lower edge, and the height of the tallest at each.

    It stands for its baseline, whichever was drawn first.
    """
    by_bottom: dict[float, list[PlainWord]] = {}
    tops: dict[float, float] = {}
    lower = upper = math.nan
    add = list[PlainWord]().append
    for word in words:
        _, _, top, _, bottom = word
        if bottom != lower or top != upper:
            # Words come in runs along a line: only the first of each is looked up.
            lower, upper = bottom, top
            found = by_bottom.get(bottom)
            if found is None:
                found = by_bottom[bottom] = []
                tops[bottom] = top
            elif top < tops[bottom]:
                tops[bottom] = top
            add = found.append
        add(word)
    return by_bottom, {bottom: bottom - top for bottom, top in tops.items()}


def _middle(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def _lines(
    by_bottom: dict[float, list[PlainWord]], heights: dict[float, float]
) -> tuple[list[Line], list[PlainWord]]:
    """Lines, and words too tall to stand on one."""
    limit = GIANT_FACTOR * _middle(heights.values())
    giant: list[PlainWord] = []
    lines: list[Line] = []
    current: list[PlainWord] = []
    start = height = 0.0
    for bottom in sorted(by_bottom):
        found, own = by_bottom[bottom], heights[bottom]
        if own > limit:
            giant += [word for word in found if word[4] - word[2] > limit]
            found = [word for word in found if word[4] - word[2] <= limit]
            if not found:
                continue
            own = bottom - min(map(_top, found))
        if own <= 0:
            continue  # nobody sees letters of no height
        if not current:
            current, start, height = found, bottom, own
        elif bottom - start > SAME_LINE_SHARE * (min(own, height)):
            lines.append(_line(current))
            current, start, height = found, bottom, own
        else:
            current += found
    if current:
        lines.append(_line(current))
    before = high = -math.inf
    near = []
    for k, (top, bottom, _) in enumerate(lines):
        if before > top and before - top > INSIDE_SHARE * min(bottom - top, high):
            near.append(k)
        before, high = bottom, bottom - top
    for k in reversed(near):
        lines[k - 1 : k + 1] = _with_small(lines[k - 1], lines[k])
    return lines, giant


def _with_small(upper: Line, lower: Line) -> list[Line]:
    """Two lines, with raised and lowered words on that of the larger word which they touch."""
    small, tall = (upper, lower) if upper.height < lower.height else (lower, upper)
    inside = min(upper.bottom, lower.bottom) - max(upper.top, lower.top)
    if small.height > SMALL_SHARE * tall.height or inside < INSIDE_SHARE * small.height:
        return [upper, lower]
    reach = TOUCH_SHARE * tall.height
    least = small.height / SMALL_SHARE
    ends = [word[3] for word in tall.words if word[4] - word[2] >= least]
    touching: list[PlainWord] = []
    rest: list[PlainWord] = []
    for word in small.words:
        touches = any(-reach < word[1] - end < reach for end in ends)
        (touching if touches else rest).append(word)
    if not touching:
        return [upper, lower]
    whole = _line(tall.words + touching)
    if not rest:
        return [whole]
    return [_line(rest), whole] if small is upper else [whole, _line(rest)]


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


def _is_sideways(word: PlainWord) -> bool:
    """Whether a word is surely printed sideways: tall, and narrow for its letters."""
    text, x0, top, x1, bottom = word
    high = bottom - top
    letters = len(text)
    return (
        letters >= _SIDEWAYS_LETTERS
        and x1 - x0 < high
        and x1 - x0 < SIDEWAYS_LETTER_SHARE * letters * high
    )


def _without_sideways(
    words: list[PlainWord], tall: float
) -> tuple[list[PlainWord], list[PlainWord]]:
    """Words that stand upright, and those printed sideways, of which some are so tall."""
    aside = {k for k, word in enumerate(words) if word[4] - word[2] > tall and _is_sideways(word)}
    if not aside or len(aside) > HALF * len(words):
        return words, []
    more = list(aside)
    while more:
        _, x0, top, x1, bottom = words[more.pop()]
        edge, reach = SIDEWAYS_EDGE_SHARE * (x1 - x0), SIDEWAYS_REACH * (x1 - x0)
        for k, (_, left, upper, right, lower) in enumerate(words):
            if (
                abs(left - x0) < edge
                and abs(right - x1) < edge
                and upper - bottom < reach
                and top - lower < reach
                and k not in aside
            ):
                aside.add(k)
                more.append(k)
    upright = [word for k, word in enumerate(words) if k not in aside]
    return upright, [words[k] for k in sorted(aside)]


class _Spot(NamedTuple):
    """A word's middle, its left and right edge, and its height."""

    x: float
    y: float
    left: float
    right: float
    height: float


def _angle(words: list[PlainWord]) -> float:
    """The tangent of the angle that a page's lines run down by; 0 where they are straight.

    Neighbours tell it roughly, whole lines that are gathered by it tell it well.
    """
    spots = sorted(
        [
            _Spot((x0 + x1) / 2, (top + bottom) / 2, x0, x1, bottom - top)
            for _, x0, top, x1, bottom in words
            if bottom > top
        ],
        key=itemgetter(2),
    )
    if len(spots) < _FEWEST_WORDS:
        return 0.0
    found: list[tuple[float, float]] = []
    for reach in _REACHES:
        found = _slopes_of_neighbours(spots, reach)
        if len(found) >= _FEWEST_PAIRS:
            break
    if not found:
        return 0.0
    slope = _weighted_middle(found)
    lines: list[list[_Spot]] = []
    for _ in range(2):
        lines = _along(spots, slope)
        slope = _weighted_middle([pair for line in lines for pair in _slopes_along(line)])
    if not LEAST_TURN < abs(slope) < MOST_TURN:
        return 0.0
    if sum([len(line) for line in lines if len(line) >= _LINE_WORDS]) < _FEWEST_WORDS:
        # Two words may stand askew on a straight page; then their boxes are no taller.
        return slope if _are_boxes_around(words, abs(math.sin(math.atan(slope)))) else 0.0
    turned, level = (sum([_scatter(line, by) for line in lines]) for by in (slope, 0.0))
    return slope if turned < SCATTER_SHARE * level else 0.0


def _slopes_of_neighbours(spots: list[_Spot], reach: float) -> list[tuple[float, float]]:
    """Slopes between words and their nearest neighbours at the right, and the way between."""
    lefts = [spot.left for spot in spots]
    found = []
    for x, y, _, right, height in spots:
        first = bisect_left(lefts, right - TOUCH_SHARE * height)
        last = bisect_right(lefts, right + reach * height)
        best = math.inf
        way = 0.0
        for other in spots[first:last]:
            down, across = other.y - y, other.x - x
            if across > 0 and abs(down) < abs(best):
                best, way = down, across
        if abs(best) < HALF * height + MOST_TURN * way:
            found.append((best / way, way))
    return found


def _weighted_middle(found: list[tuple[float, float]]) -> float:
    """The first of the values at which half of the weights are reached; 0.0 of none."""
    left = sum([weight for _, weight in found]) / 2
    for value, weight in sorted(found):
        left -= weight
        if left <= 0:
            return value
    return 0.0


def _along(spots: list[_Spot], slope: float) -> list[list[_Spot]]:
    """Lines of several words that run down by this slope."""
    level = sorted([(spot.y - slope * spot.x, spot) for spot in spots])
    limit = SAME_LINE_SHARE * _middle([spot.height for spot in spots])
    lines: list[list[_Spot]] = []
    before = -math.inf
    for y, spot in level:
        if y - before > limit:
            lines.append([])
            before = y
        lines[-1].append(spot)
    return [line for line in lines if len(line) > 1]


def _slopes_along(line: list[_Spot]) -> list[tuple[float, float]]:
    """Slopes between words of a line that are far apart, and the way between them."""
    line = sorted(line)
    count = len(line)
    return [
        ((other.y - spot.y) / way, way)
        for step in range(max(1, count // 3), count, max(1, count // 6))
        for spot, other in zip(line, line[step:], strict=False)
        if (way := other.x - spot.x) > 0
    ]


def _scatter(line: list[_Spot], slope: float) -> float:
    """How far words stand off a line of this slope, in all."""
    offs = [spot.y - slope * spot.x for spot in line]
    middle = _middle(offs)
    return sum([abs(off - middle) for off in offs])


def _turned_back(
    words: list[PlainWord], slope: float, about: tuple[float, float]
) -> list[PlainWord]:
    """Words of a page whose lines run down by this slope, as they stand on the straight one."""
    angle = math.atan(slope)
    cos, sin, tilt = math.cos(angle), math.sin(angle), abs(math.sin(angle))
    if not _are_boxes_around(words, tilt):
        tilt = 0.0  # boxes of upright letters, each word a step higher or lower
    least, shrink = HALF * HALF, 1.0 / (1.0 - 2.0 * tilt * tilt)
    middle_x, middle_y = about
    turned: list[PlainWord] = []
    for text, x0, top, x1, bottom in words:
        x, y = (x0 + x1) / 2 - middle_x, (top + bottom) / 2 - middle_y
        x, y = middle_x + x * cos + y * sin, middle_y + y * cos - x * sin
        wide, high = x1 - x0, bottom - top
        if tilt:
            # The box around a turned word is wider and taller than the word.
            wide, high = (
                max(least * wide, (wide * cos - high * tilt) * shrink),
                max(least * high, (high * cos - wide * tilt) * shrink),
            )
        turned.append((text, x - wide / 2, y - high / 2, x + wide / 2, y + high / 2))
    return turned


def _joined(words: list[PlainWord]) -> list[PlainWord]:
    """Words of a line of turned text with those joined that touch: engines tear some apart."""
    joined = words[:1]
    for word in words[1:]:
        text, x0, top, x1, bottom = joined[-1]
        high = bottom - top
        touches = -TOUCH_SHARE * high < word[1] - x1 < TORN_SHARE * high and word[3] > x1
        if touches and SMALL_SHARE * high < word[4] - word[2] < high / SMALL_SHARE:
            box = min(top, word[2]), word[3], max(bottom, word[4])
            joined[-1] = (text + word[0], x0, *box)
        else:
            joined.append(word)
    return joined


def _are_boxes_around(words: list[PlainWord], tilt: float) -> bool:
    """Whether long words have the taller boxes that they have if their letters are turned."""
    sizes = sorted([(x1 - x0, bottom - top) for _, x0, top, x1, bottom in words])
    third = len(sizes) // 3
    short, long = sizes[:third], sizes[-third:]
    wider = _middle([wide for wide, _ in long]) - _middle([wide for wide, _ in short])
    taller = _middle([high for _, high in long]) - _middle([high for _, high in short])
    return HALF * tilt * wider < taller < tilt * wider / HALF


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
