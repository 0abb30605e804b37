"""Find the headings of a table: which field stands where on the page."""

from __future__ import annotations

import itertools
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from perfkit.geometry import Line
from perfkit.model import PlainWord, Word
from perfkit.tables.heading_search import best_division
from perfkit.tables.phrases import (
    count_parted,
    is_dangling,
    left_edge,
    right_edge,
    split_line,
)
from perfkit.tables.vocabulary import (
    HEADING_WORDS,
    MONEY_FIELDS,
    QUANTITY_FIELDS,
    field_of_heading,
    heading_word,
)
from perfkit.tables.wordings import PARTICLES, reads_whole

__all__ = ["Heading", "Headings", "candidates", "find_headings"]

#: A heading takes at most so many lines.
MOST_LINES = 4
#: Lines of one heading are closer than this share of their height.
LINE_GAP_SHARE = 1.25
#: The usual width of a space as a share of the line's height, and the widest believed.
USUAL_SPACE_SHARE, WIDEST_SPACE_SHARE = 0.27, 0.7
#: Words closer than this touch; it is no space.
NARROWEST_SPACE_SHARE = 0.1
#: A table has at least so many columns that are understood.
FEWEST_FIELDS = 4
#: At least this share of a heading line's words are words of headings.
KNOWN_SHARE = 0.5
#: ... or this, of a line close to such a one: words may be broken, or ``of`` and ``#``.
PART_SHARE = 0.3
#: What a line of headings speaks of, whichever way it is divided.
_COUNTED = frozenset({"quantity", "ordered", "shipped", "allocated", "back"})
_PRICED = frozenset({"price", "list", "extended"})
_NAMED = frozenset({"code", "upc", "description"})


_text = itemgetter(0)


class Heading(NamedTuple):
    """One column's heading: its field (None where it has none) and its extent in points."""

    field: str | None
    x0: float
    x1: float
    text: str


class Headings(NamedTuple):
    """The headings of a table from left to right, and where they stand."""

    columns: tuple[Heading, ...]
    top: float
    bottom: float

    @property
    def fields(self) -> frozenset[str]:
        """The fields that are understood."""
        return frozenset(column.field for column in self.columns if column.field)


def find_headings(lines: list[Line]) -> list[Headings]:
    """All headings on a page, from top to bottom: one, usually; none on a page without table."""
    found: list[Headings] = []
    for block in _blocks(lines, candidates(lines)):
        headings = _read_block(tuple([tuple(filter(_has_height, line[2])) for line in block]))
        if headings is not None:
            found.append(headings)
    return found


def candidates(lines: list[Line]) -> list[int]:
    """Places of the lines that may be part of headings by their words."""
    holds_none = HEADING_WORDS.isdisjoint
    return [
        index
        for index, line in enumerate(lines)
        # Where at least half of a line's words are known, so is one of its first half and one.
        if not holds_none(map(_text, (words := line[2])[: len(words) // 2 + 1]))
        and _is_candidate(line)
    ]


def _has_height(word: PlainWord) -> bool:
    return word[4] > word[2]


def _is_candidate(line: Line) -> bool:
    words = line[2]
    return sum(map(HEADING_WORDS.__contains__, map(_text, words))) >= KNOWN_SHARE * len(words)


def _blocks(lines: list[Line], candidates: list[int]) -> list[list[Line]]:
    """Neighbouring lines that may be one heading."""
    blocks: list[list[int]] = []
    for index in candidates:
        if blocks and _reaches(lines, blocks[-1], index) and len(blocks[-1]) < MOST_LINES + 2:
            blocks[-1] += range(blocks[-1][-1] + 1, index + 1)
        else:
            blocks.append([index])
    return [[lines[index] for index in _with_particles(lines, block)] for block in blocks]


def _reaches(lines: list[Line], block: list[int], index: int) -> bool:
    """Whether a line goes on with the heading over it, be it past one of ``of`` or ``#``."""
    between = range(block[-1] + 1, index)
    return len(between) <= 1 and all(
        _is_near(lines, k) and (k == index or _holds_particles(lines[k]))
        for k in range(block[-1] + 1, index + 1)
    )


def _is_near(lines: list[Line], index: int) -> bool:
    """Whether a line is as close to the one over it as lines of one heading are."""
    line = lines[index]
    return line.top - lines[index - 1].bottom < LINE_GAP_SHARE * line.height


def _holds_particles(line: Line) -> bool:
    """Whether a line may be a part of the heading beside it that alone would not look so."""
    words = [word[0] for word in line.words]
    known = sum(word in HEADING_WORDS or word.lower() in PARTICLES for word in words)
    return known >= PART_SHARE * len(words) and not any(
        letter.isdigit() for word in words for letter in word
    )


def _with_particles(lines: list[Line], block: list[int]) -> list[int]:
    """A block with the lines at its ends that hold nothing but words like ``of`` and ``M``."""
    first, last = block[0], block[-1]
    if sum(len(lines[index].words) for index in block) < FEWEST_FIELDS:
        return block
    while first > 0 and _is_near(lines, first) and _holds_particles(lines[first - 1]):
        first -= 1
    while last + 1 < len(lines) and _is_near(lines, last + 1) and _holds_particles(lines[last + 1]):
        last += 1
    return list(range(first, last + 1))


@lru_cache(maxsize=256)
def _read_block(plain: tuple[tuple[PlainWord, ...], ...]) -> Headings | None:
    """The best reading of neighbouring lines as one heading.

    Pages repeat their headings, so that all but the first come from the cache.
    """
    block = tuple(tuple(map(Word._make, line)) for line in plain)
    best: Headings | None = None
    best_rank = (FEWEST_FIELDS - 1, 0, False, 0)
    ranges = [
        block[first:last]
        for first in range(len(block))
        for last in range(first + 1, min(first + MOST_LINES, len(block)) + 1)
    ]
    for lines, space in itertools.product(ranges, _spaces(block)):
        headings = _read(lines, space)
        fields = headings.fields
        if not _heads_a_table(fields):
            continue
        unread = sum(column.field is None for column in headings.columns)
        dangling = sum(is_dangling(column.text) for column in headings.columns)
        rank = (
            len(fields)
            - 2 * dangling
            - count_parted({column.x0 for column in headings.columns}, lines),
            -unread,
            space == USUAL_SPACE_SHARE,
            len(lines),
        )
        if rank > best_rank:
            best, best_rank = headings, rank
    if best is None or not reads_whole([column.text for column in best.columns]):
        return _searched(ranges) or best
    return best


def _heads_a_table(fields: frozenset[str]) -> bool:
    return bool(
        len(fields) >= FEWEST_FIELDS
        and fields & {*QUANTITY_FIELDS}
        and fields & {*MONEY_FIELDS}
        and fields & {"product_code", "upc", "description"}
    )


def _searched(ranges: list[tuple[tuple[Word, ...], ...]]) -> Headings | None:
    """The best division of any of the ranges of lines, where it heads a table.

    As many lines as possible are tried first: where all their headings are known as a whole,
    no other range is looked at.
    """
    best: Headings | None = None
    most = 0.0
    for lines in sorted(ranges, key=len, reverse=True):
        said = frozenset().union(*(heading_word(word[0]) for line in lines for word in line))
        if not (said & _COUNTED and said & _PRICED and said & _NAMED):
            continue
        worth, division = best_division(lines)
        if worth <= most:
            continue
        headings = _headings(list(division), lines)
        if _heads_a_table(headings.fields):
            best, most = headings, worth
            if reads_whole([text for text, _ in division]):
                break
    return best


def _spaces(block: tuple[tuple[Word, ...], ...]) -> list[float]:
    """How wide a space may be here: as usual, or as the narrowest gap of the lines."""
    gaps = [
        (word.x0 - before.x1) / (word.bottom - word.top)
        for line in block
        for before, word in itertools.pairwise(line)
    ]
    narrowest = min((gap for gap in gaps if gap > NARROWEST_SPACE_SHARE), default=USUAL_SPACE_SHARE)
    return sorted({USUAL_SPACE_SHARE, min(narrowest, WIDEST_SPACE_SHARE)})


def _read(lines: tuple[tuple[Word, ...], ...], space: float) -> Headings:
    stacks: list[list[Word]] = []
    for line in lines:
        pieces = split_line(line, space, stacks)
        for piece in pieces:
            x0, x1 = piece[0].x0, piece[-1].x1
            under = [
                stack
                for stack in stacks
                if min(x1, right_edge(stack)) - max(x0, left_edge(stack)) > 0
                and stack[-1] not in line
            ]
            if len(under) == 1:
                under[0].extend(piece)
            elif under:
                # Wider than the columns above it: it belongs to the one it is centred on.
                middle = (x0 + x1) / 2
                nearest = min(under, key=lambda s: abs((left_edge(s) + right_edge(s)) / 2 - middle))
                nearest.extend(piece)
            else:
                stacks.append(list(piece))
    stacks.sort(key=left_edge)
    return _headings([(" ".join([word.text for word in stack]), stack) for stack in stacks], lines)


def _headings(
    stacks: list[tuple[str, list[Word]]], lines: tuple[tuple[Word, ...], ...]
) -> Headings:
    columns = []
    for text, stack in stacks:
        columns.append(Heading(field_of_heading(text), left_edge(stack), right_edge(stack), text))
    words = [word for line in lines for word in line]
    return Headings(
        _without_repeats(columns),
        min(word.top for word in words),
        max(word.bottom for word in words),
    )


def _without_repeats(columns: list[Heading]) -> tuple[Heading, ...]:
    """Keep a field's first column where two headings claim it, unless one says more."""
    seen: dict[str, int] = {}
    kept = list(columns)
    for index, column in enumerate(columns):
        if column.field is None:
            continue
        if column.field in seen:
            other = seen[column.field]
            loser = other if len(column.text) > len(columns[other].text) else index
            kept[loser] = kept[loser]._replace(field=None)
            if loser == other:
                seen[column.field] = index
        else:
            seen[column.field] = index
    return tuple(kept)
