"""Prices whose cents are set small and raised, without a point: ``7`` and ``50`` are 7.50."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from itertools import compress, count
from operator import itemgetter

from perfkit.model import PlainWord

__all__ = ["CENTS", "is_raised", "join_cents", "raised_ends"]

#: Cents are no higher than this share of the figure before them ...
SMALL_SHARE = 0.85
#: ... end this share of its height above its lower edge, at least ...
RAISED_SHARE = 0.15
#: ... and begin within so much of its height behind it, or over its end.
GAP_SHARE, BACK_SHARE = 0.25, 0.2

CENTS = frozenset(f"{cents:02d}" for cents in range(100))
_WHOLE = re.compile(r"[-(]?\$?-?\d[\d,]*").fullmatch


def raised_ends(texts: Sequence[str], boxes: array[float]) -> list[int]:
    """Words that end in raised small digits and begin with others.

    ``boxes`` has eight numbers a word: left, top, right and bottom of its first and last
    character, with the y axis up.
    """
    firsts, lasts = boxes[3::8], boxes[7::8]
    if firsts.tobytes() == lasts.tobytes():
        return []
    uneven = [k for k in range(len(texts)) if firsts[k] != lasts[k]]
    return [
        k
        for k in uneven
        if len(texts[k]) > len("00")
        and texts[k][-2:] in CENTS
        and _WHOLE(texts[k])
        and is_raised(*boxes[8 * k + 1 : 8 * k + 8 : 2])
    ]


def is_raised(top: float, bottom: float, small_top: float, small_bottom: float) -> bool:
    """Whether the second of two heights is that of cents of the first; the y axis is up."""
    height = top - bottom
    return (
        0 < small_top - small_bottom <= SMALL_SHARE * height
        and small_bottom - bottom >= RAISED_SHARE * height
    )


def join_cents(words: list[PlainWord]) -> list[PlainWord]:
    """The same words, cents joined to the figure that they follow."""
    two_figures = map(CENTS.__contains__, map(itemgetter(0), words))
    if not any(_are_cents(words[k - 1], words[k]) for k in compress(count(), two_figures) if k):
        return words
    joined = words[:1]
    for word in words[1:]:
        before = joined[-1]
        if word[0] in CENTS and _are_cents(before, word):
            joined[-1] = (f"{before[0]}.{word[0]}", *before[1:3], word[3], before[4])
        else:
            joined.append(word)
    return joined


def _are_cents(before: PlainWord, word: PlainWord) -> bool:
    """Whether a word of two figures is the cents of the one before it."""
    height = before[4] - before[2]
    return (
        -BACK_SHARE * height <= word[1] - before[3] <= GAP_SHARE * height
        and is_raised(-before[2], -before[4], -word[2], -word[4])
        and _WHOLE(before[0]) is not None
    )
