"""Which words of a line of headings belong together.

Gaps tell it where columns are wide; where they are as narrow as spaces, the words do.
"""

from __future__ import annotations

import itertools

from perfkit.model import Word
from perfkit.tables.vocabulary import heading_word

__all__ = ["count_parted", "is_dangling", "left_edge", "right_edge", "split_line"]

#: Words of one heading are no further apart than a space, times this.
WORD_GAP_SPACES = 1.3
#: ... or this, where the words can only be one heading together (``Back Ordered``).
WIDE_GAP_SPACES = 1.45
#: Headings that are part of one only: something was parted that belongs together.
_DANGLING = frozenset({"back", "bk", "bck", "your", "extd"})
#: Words that stand for one column each, so that no heading holds two of them.
_ONE_COLUMN_EACH = frozenset(
    {"upc", "description", "extended", "list", "back", "allocated", "shipped", "ordered"}
)
#: What a heading says so far, and what may follow it.
_PAIRS = (
    ({"quantity"}, {"ordered", "allocated", "shipped", "back"}),
    ({"quantity", "back"}, {"ordered"}),
    ({"shipped"}, {"quantity"}),
    ({"ordered"}, {"quantity"}),
    ({"code", "upc"}, {"code", "description"}),
    ({"other"}, {"code"}),
)
#: Words that end the heading of an amount.
_LAST_WORDS = frozenset({"price", "prices", "cost", "amount", "amt", "total"})
_ENDS_A_HEADING = frozenset({"code", "description", "price", "amount", "cost"})
#: Words that are one heading where they stand side by side.
_COMPOUNDS = frozenset(
    {
        *itertools.product(("product", "item"), ("code", "description", "no", "number")),
        *itertools.product(("list", "unit", "your", "net", "retail"), ("price", "cost")),
        *itertools.product(("extended", "ext", "extd", "line"), ("price", "amount", "total")),
        *itertools.product(("back", "bk"), ("ordered", "order", "ord")),
        *itertools.product(("upc", "style"), ("code", "no", "number")),
    }
)
#: ... and no further apart than this share of their height.
PARTED_GAP_SHARE = 0.8
_BEGINS_A_PRICE = frozenset({"your", "net", "wholesale"})
_STANDS_ALONE = frozenset({"u/m", "um", "uom"})


def is_dangling(text: str) -> bool:
    """Whether a heading is a part of one only."""
    return text.lower().rstrip(".") in _DANGLING


def left_edge(stack: list[Word]) -> float:
    return min(word.x0 for word in stack)


def right_edge(stack: list[Word]) -> float:
    return max(word.x1 for word in stack)


def count_parted(starts: set[float], lines: tuple[tuple[Word, ...], ...]) -> int:
    """How often two neighbouring words that usually are one heading stand in two."""
    return sum(
        word.x0 in starts
        and word.x0 - before.x1 < PARTED_GAP_SHARE * (word.bottom - word.top)
        and (_plain(before), _plain(word)) in _COMPOUNDS
        for line in lines
        for before, word in itertools.pairwise(line)
    )


def split_line(line: tuple[Word, ...], space: float, stacks: list[list[Word]]) -> list[list[Word]]:
    """Split a line into headings: at wide gaps, and where a new heading must begin."""
    pieces = [[line[0]]]
    for before, word in itertools.pairwise(line):
        piece = pieces[-1]
        said = _said_above(piece, stacks).union(*(heading_word(other.text) for other in piece))
        gap = (word.x0 - before.x1) / (word.bottom - word.top) / space
        wide = gap > WORD_GAP_SPACES and not (gap < WIDE_GAP_SPACES and _belongs(piece, said, word))
        if wide or _begins_anew(piece, said, word):
            pieces.append([word])
        else:
            piece.append(word)
    return pieces


def _said_above(piece: list[Word], stacks: list[list[Word]]) -> frozenset[str]:
    """What the lines above say over a piece of a heading."""
    x0, x1 = piece[0].x0, piece[-1].x1
    over = [
        heading_word(word.text)
        for stack in stacks
        if left_edge(stack) < x1 and x0 < right_edge(stack)
        for word in stack
    ]
    return frozenset().union(*over)


def _belongs(piece: list[Word], said: frozenset[str], word: Word) -> bool:
    """Whether two words make one heading although the gap between them is wide."""
    if _plain(piece[-1]) in _LAST_WORDS:
        return False
    if said <= {"list", "unit", "price", "extended", "other"}:
        return _plain(word) in _LAST_WORDS or (said == {"price"} and len(piece) == 1)
    return any(said <= first and heading_word(word.text) & second for first, second in _PAIRS)


def _plain(word: Word) -> str:
    return word.text.lower().rstrip(".:")


def _begins_anew(piece: list[Word], said: frozenset[str], word: Word) -> bool:
    """Whether a word cannot belong to the heading on its left, however close it stands."""
    text = _plain(word)
    new = heading_word(word.text)
    if any(other.text.lower() == text for other in piece):
        return True
    if _plain(piece[-1]) in _ENDS_A_HEADING and new:
        return True
    if said == {"other"} and new and text not in {"total", "no", "number"}:
        return True
    if (said & {"price", "list"} and text in _BEGINS_A_PRICE) or piece[
        -1
    ].text.lower() in _STANDS_ALONE:
        return True
    if new == {"ordered"} and _plain(piece[-1]) in {"back", "bk", "bck"}:
        return False
    return len((said | new) & _ONE_COLUMN_EACH) > 1 and not new <= said
