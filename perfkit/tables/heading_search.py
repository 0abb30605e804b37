"""Headings whose gaps do not tell the columns apart: the division that reads best.

Columns are taken from left to right, each with some of the next words of every line. A
division is the better the more words stand in headings that are known as a whole, and the
better the words of a heading are aligned and the wider the gaps between headings are. Few
divisions are left at a time (a beam), so that a heading takes a few milliseconds at most.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from perfkit.model import Word
from perfkit.tables.vocabulary import field_of_heading
from perfkit.tables.wordings import PARTICLES, known_field

__all__ = ["best_division"]

#: What a word is worth in a heading that is understood; one not known as a whole costs.
WORD_WORTH, UNKNOWN_COST = 2.0, 5.0
#: A second heading for the same field costs this.
REPEAT_COST = 4.0
#: A usual space as a share of the height. A wider gap inside a heading costs, a share of the
#: height wide, so much; a gap between headings that is narrower than clear costs so much.
SPACE_SHARE, WIDE_COST = 0.35, 12.0
CLEAR_SHARE, NARROW_COST = 0.75, 3.0
#: Lines of one heading are aligned at a side or the middle: what a height off costs.
ASLANT_COST = 1.5
#: A heading costs this, and a height that it reaches over the one before it costs so much.
HEADING_COST, OVERLAP_COST, MOST_OVERLAP_COST = 0.25, 2.0, 4.0
#: A heading holds at most so many words of a line.
MOST_WORDS = 5
#: Each of two headings that have run into one word has at least so many letters.
SHORTEST_GLUED = 2
#: Divisions that are looked further into.
BEAM = 12

Lines = tuple[tuple[Word, ...], ...]
#: A heading: its text, and its words.
Column = tuple[str, list[Word]]


class _Division(NamedTuple):
    worth: float
    taken: tuple[int, ...]
    columns: tuple[Column, ...]
    fields: frozenset[str]


def best_division(lines: Lines) -> tuple[float, tuple[Column, ...]]:
    """The headings from left to right, and what the division is worth."""
    lines = tuple(map(_with_glued_parted, lines))
    ends = tuple(map(len, lines))
    waiting = [_Division(0.0, (0,) * len(lines), (), frozenset())]
    while True:
        if all(division.taken == ends for division in waiting):
            best = max(waiting, key=lambda division: division.worth)
            return best.worth, best.columns
        best_by_state: dict[tuple[tuple[int, ...], frozenset[str]], _Division] = {}
        # The one that has taken fewest words goes first: all are compared at a like stage.
        for division in waiting:
            following = [division] if division.taken == ends else _one_more(division, lines)
            for longer in following:
                state = longer.taken, longer.fields
                if state not in best_by_state or best_by_state[state].worth < longer.worth:
                    best_by_state[state] = longer
        waiting = sorted(best_by_state.values(), key=_promise, reverse=True)[:BEAM]


def _promise(division: _Division) -> float:
    """What a division is worth, if all words that are left will be known."""
    return division.worth - WORD_WORTH * sum(division.taken)


def _one_more(division: _Division, lines: Lines) -> Iterator[_Division]:
    """The division with one heading more, in every way that there is."""
    heads = [
        (words[taken].x0, k)
        for k, (words, taken) in enumerate(zip(lines, division.taken, strict=True))
        if taken < len(words)
    ]
    _, first = min(heads)
    for runs in _runs(division.taken, lines, first):
        column = [word for run in runs for word in run]
        taken = tuple(t + len(run) for t, run in zip(division.taken, runs, strict=True))
        text, field = _wording(runs)
        worth = division.worth + _fit(runs) - _crowding(division, runs, lines)
        if field is None:
            worth -= UNKNOWN_COST
            field = field_of_heading(text)
        if field is not None:
            worth += WORD_WORTH * len(column)
        if field and field in division.fields:
            worth -= REPEAT_COST
        fields = division.fields | {field} if field else division.fields
        yield _Division(worth, taken, (*division.columns, (text, column)), fields)


def _runs(
    taken: tuple[int, ...], lines: Lines, first: int
) -> Iterator[tuple[tuple[Word, ...], ...]]:
    """Next words of every line that may make one heading: they stand over one another."""
    for count in range(1, MOST_WORDS + 1):
        start = taken[first]
        if start + count > len(lines[first]):
            return
        own = lines[first][start : start + count]
        x0, x1 = own[0].x0, own[-1].x1
        choices = []
        for k, words in enumerate(lines):
            if k == first:
                choices.append([own])
                continue
            rest = words[taken[k] : taken[k] + MOST_WORDS]
            choices.append(
                [()]
                + [rest[: n + 1] for n in range(len(rest)) if rest[0].x0 < x1 and rest[n].x1 > x0]
            )
        yield from itertools.product(*choices)


def _wording(runs: tuple[tuple[Word, ...], ...]) -> tuple[str, str | None]:
    """The text of a heading, and its field where it is known as a whole."""
    texts = [" ".join([word[0] for word in run]) for run in runs if run]
    plain = " ".join(texts)
    field = known_field(plain)
    for k in range(1, len(texts)):
        if field is not None:
            break
        # A word too long for its column is broken inside.
        glued = " ".join([*texts[: k - 1], texts[k - 1] + texts[k], *texts[k + 1 :]])
        field = known_field(glued)
        plain = plain if field is None else glued
    return plain, field


def _fit(runs: tuple[tuple[Word, ...], ...]) -> float:
    """What the places of a heading's own words take from it (0 or less)."""
    cost = 0.0
    for run in runs:
        for before, word in itertools.pairwise(run):
            gap = (word.x0 - before.x1) / (word.bottom - word.top)
            cost += WIDE_COST * max(0.0, gap - SPACE_SHARE)
    filled = [run for run in runs if run]
    for above, below in itertools.pairwise(filled):
        left, right = above[0].x0 - below[0].x0, above[-1].x1 - below[-1].x1
        aslant = min(abs(left), abs(right), abs(left + right) / 2)
        cost += ASLANT_COST * aslant / (below[0].bottom - below[0].top)
    return -cost


def _crowding(division: _Division, runs: tuple[tuple[Word, ...], ...], lines: Lines) -> float:
    """What it costs that headings stand as close as the words of one, or over each other."""
    cost = HEADING_COST
    if division.columns:
        left = min(run[0].x0 for run in runs if run)
        _, column = division.columns[-1]
        word = column[0]
        over = max(other.x1 for other in column) - left
        cost += min(MOST_OVERLAP_COST, OVERLAP_COST * max(0.0, over) / (word.bottom - word.top))
    for run, words, taken in zip(runs, lines, division.taken, strict=True):
        if run and taken:
            before = words[taken - 1]
            gap = (run[0].x0 - before.x1) / (run[0].bottom - run[0].top)
            cost += NARROW_COST * min(1.0, max(0.0, CLEAR_SHARE - gap))
    return cost


def _with_glued_parted(line: tuple[Word, ...]) -> tuple[Word, ...]:
    """A line whose words that are two headings without a space between them are two words."""
    found: list[Word] = []
    for word in line:
        text = word[0]
        found.append(word)
        if text.lower() in PARTICLES or known_field(text) is not None:
            continue
        for k in range(SHORTEST_GLUED, len(text) - SHORTEST_GLUED + 1):
            parts = text[:k], text[k:]
            fields = list(map(known_field, parts))
            if None not in fields and fields[0] != fields[1]:
                middle = word[1] + (word[3] - word[1]) * k / len(text)
                found[-1:] = [word._replace(text=parts[0], x1=middle)]
                found.append(word._replace(text=parts[1], x0=middle))
                break
    return tuple(found)
