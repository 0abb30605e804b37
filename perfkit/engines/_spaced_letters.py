"""Headings whose letters are set apart: engines see each letter as a word."""

from __future__ import annotations

import math

from perfkit.model import Word

__all__ = ["SPACED_LETTERS", "join_spaced"]

#: Letters of a word are set apart by less than this share of their height, each by as much as
#: the others, give or take that; so many in a row are no coincidence.
SPACED_SHARE, EQUAL_SHARE, SPACED_LETTERS = 0.4, 0.08, 5
_PAIR = 2


def join_spaced(words: list[Word]) -> list[Word]:
    """Words in the order they are drawn, with headings joined whose letters are set apart.

    These are single letters in equal gaps, narrower than between cells: many in a row, or few
    on the line of many.
    """
    runs: list[tuple[list[Word], float]] = []
    for word in words:
        run, usual = runs[-1] if runs else ([], 0.0)
        gap = _letter_gap(run[-1], word) if run else math.inf
        if gap < SPACED_SHARE and (len(run) == 1 or abs(gap - usual) < EQUAL_SHARE):
            run.append(word)
            runs[-1] = run, gap if len(run) == _PAIR else usual
        else:
            runs.append(([word], 0.0))
    known = [(run[0].bottom, gap) for run, gap in runs if len(run) >= SPACED_LETTERS]
    joined: list[Word] = []
    for run, usual in runs:
        bottom, high = run[0].bottom, run[0].bottom - run[0].top
        if len(run) > 1 and any(
            abs(bottom - other) < EQUAL_SHARE * high and abs(usual - gap) < EQUAL_SHARE
            for other, gap in known
        ):
            text = "".join([word.text for word in run])
            joined.append(Word(text, run[0].x0, run[0].top, run[-1].x1, bottom))
        else:
            joined += run
    return joined


def _letter_gap(before: Word, word: Word) -> float:
    """The gap between two letters of a line as a share of their height; else infinite."""
    text, high = before.text + word.text, word.bottom - word.top
    # Two may be drawn as one, where kerning brings them together.
    if len(text) > _PAIR + 1 or not text.isalpha() or high <= 0:
        return math.inf
    if abs(word.bottom - before.bottom) > EQUAL_SHARE * high:
        return math.inf
    gap = (word.x0 - before.x1) / high
    return gap if gap > 0 else math.inf
