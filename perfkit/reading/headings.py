"""What stands over the columns: the block of headings, and what its words speak for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from perfkit.geometry import Line
from perfkit.model import PlainWord
from perfkit.reading.columns import Column, alignment
from perfkit.reading.words import is_dash
from perfkit.vendors import Vendor

__all__ = ["Block", "Evidence", "evidence_for", "find_block"]

#: A block of headings has at most so many lines ...
MOST_LINES = 5
#: ... no further apart than so many of their heights.
MOST_GAP_HEIGHTS = 1.6
#: It speaks of columns with at least so many words more than it has others; right above the first
#: row, fewer will do.
FEWEST_WORDS, FEWEST_RIGHT_ABOVE = 4, 3
#: A number in a line is worth so many words that speak of nothing.
DIGITS_COST, UNKNOWN_COST = 3, 1
_LITTLE = frozenset(
    "a an and as at by far for in is it my of on or per so still the this to us we what you".split()
)
#: Words of one heading are no further apart than so many of their heights.
PHRASE_GAP_HEIGHTS = 0.4
#: How far a column of headings reaches beyond the outer columns of numbers, in points.
OUTER_POINTS, OUTER_FAR_POINTS, EDGE_POINTS = 28.0, 70.0, 3.0
#: Headings printed so close that they run into one word.
_RUN_TOGETHER = re.compile(
    r"customer|product|item|shipped|ship|back|ordered|order|ord|bkord|alloc(?:ated)?|list|your"
    r"|extended|extd|ext|price|amount|qty|truck|code|upc|u/m|um",
    re.IGNORECASE,
)


class Block(NamedTuple):
    """The lines of a page that hold headings, ``first`` up to ``stop``, and their words."""

    first: int
    stop: int
    words: tuple[PlainWord, ...]


class Evidence(NamedTuple):
    """What the headings say of each column of numbers.

    ``weights`` has field -> weight for each column: ``"other"`` for no field at all, ``"beside"``
    for the same of words that do not quite stand over it. ``titles`` are the words over each
    column, ``beside`` those that stand over no column of numbers.
    """

    weights: list[dict[str, float]]
    titles: list[str]
    beside: list[PlainWord]


def _parts(word: PlainWord) -> list[PlainWord]:
    """A heading's word, or the several that have run into one."""
    text, x0, top, x1, bottom = word
    found = _split(text)
    if not found:
        return [word]
    step, at, out = (x1 - x0) / len(text), 0, []
    for part in found:
        out.append((part, x0 + step * at, top, x0 + step * (at + len(part)), bottom))
        at += len(part)
    return out


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[str, ...]:
    """The words that have run into one; empty where it is one word."""
    found = _RUN_TOGETHER.findall(text)
    return tuple(found) if len(found) > 1 and "".join(found).lower() == text.lower() else ()


def find_block(lines: Sequence[Line], end: int, vendor: Vendor) -> Block | None:
    """The lines before line ``end`` that speak of columns; None where there are none."""
    looks = [_look(line, vendor) for line in lines[:end]]
    kinds = vendor.kinds
    best: tuple[float, int, int] | None = None
    for first in range(end):
        good, spoken = 0.0, set[str]()
        for stop in range(first + 1, min(first + MOST_LINES, end) + 1):
            line = lines[stop - 1]
            if stop > first + 1:
                above = lines[stop - 2]
                if line.top - above.bottom > MOST_GAP_HEIGHTS * above.height:
                    break
            worth, fields = looks[stop - 1]
            if worth is None:
                break
            good += worth
            spoken |= fields
            has_money = any(kinds.get(field) == "money" for field in spoken)
            has_quantity = any(kinds.get(field) == "quantity" for field in spoken)
            if (
                good >= (FEWEST_WORDS if stop < end else FEWEST_RIGHT_ABOVE)
                and has_money
                and has_quantity
                and (best is None or good > best[0])
            ):
                best = good, first, stop
    if best is None:
        return None
    _, first, stop = best
    words = tuple(
        part for line in lines[first:stop] for word in line.words for part in _parts(word)
    )
    return Block(first, stop, words)


def _look(line: Line, vendor: Vendor) -> tuple[float | None, set[str]]:
    """How much a line speaks of columns, and of which; None where no word of it does."""
    known = unknown = digits = 0
    fields: set[str] = set()
    for word in line.words:
        for text, *_ in _parts(word):
            digits += any(map(str.isdigit, text))
            says = vendor.speaks_for(text)
            if says:
                known += 1
                fields.update(says)
            elif any(map(str.isalpha, text)) and text.lower() not in _LITTLE:
                unknown += 1
    if not known:
        return (0.0 if not unknown and not digits and _is_ruled(line) else None), fields
    return known - UNKNOWN_COST * unknown - DIGITS_COST * digits, fields


def _is_ruled(line: Line) -> bool:
    """Whether a line is a rule drawn with characters."""
    return all(is_dash(word[0]) or not any(map(str.isalnum, word[0])) for word in line.words)


def evidence_for(
    columns: Sequence[Column], block: Block | None, code: tuple[float, float], vendor: Vendor
) -> Evidence:
    """What the words of a block say of each column of numbers.

    ``code`` is where product codes stand, from left to right in points.
    """
    weights: list[dict[str, float]] = [{} for _ in columns]
    titles = [""] * len(columns)
    beside: list[PlainWord] = []
    spans = list(_spans(columns))
    own_texts = {field for field in vendor.extra if vendor.kinds[field] == "text"}
    for phrase in _phrases(block.words if block else ()):
        over = {k for word in phrase for k in _overlapped(word, columns)}
        for word in phrase:
            own = _overlapped(word, columns) or _stacked(word, block, columns)
            if own:
                k = own[0]
            elif len(over) == 1:
                k = min(over)
            elif (
                over
                or (word[1] < code[1] and code[0] < word[3])
                or not own_texts.isdisjoint(vendor.speaks_for(word[0]))
            ):
                beside.append(word)
                continue
            else:
                middle = (word[1] + word[3]) / 2
                found = next(
                    (k for k, (left, right) in enumerate(spans) if left < middle <= right), None
                )
                if found is None:
                    beside.append(word)
                    continue
                k = found
            titles[k] = f"{titles[k]} {word[0]}".strip()
            for field, weight in vendor.speaks_for(word[0]).items():
                name = field if field != "other" or over else "beside"
                weights[k][name] = weights[k].get(name, 0.0) + weight
    for k, column in enumerate(columns):
        if any("%" in cell.word[0] for cell in column.cells):
            titles[k] = f"{titles[k]} %".strip()
    return Evidence(weights, titles, beside)


def _phrases(words: Sequence[PlainWord]) -> Iterator[list[PlainWord]]:
    """Words of a block that stand side by side with no more than a space between."""
    phrase: list[PlainWord] = []
    for word in words:
        if phrase and not (
            abs(word[4] - phrase[-1][4]) < 0.5 * (word[4] - word[2])
            and -1 < word[1] - phrase[-1][3] < PHRASE_GAP_HEIGHTS * (word[4] - word[2])
        ):
            yield phrase
            phrase = []
        phrase.append(word)
    if phrase:
        yield phrase


def _stacked(word: PlainWord, block: Block | None, columns: Sequence[Column]) -> list[int]:
    """The column that words of the same heading, on lines over and under, stand over."""
    found = {
        k
        for other in (block.words if block else ())
        if abs(other[4] - word[4]) > 0.5 * (word[4] - word[2]) and _is_aligned(other, word)
        for k in _overlapped(other, columns)
    }
    return list(found) if len(found) == 1 else []


def _is_aligned(word: PlainWord, other: PlainWord) -> bool:
    """Whether words on two lines share an edge, or their middle."""
    left, right = word[1] - other[1], word[3] - other[3]
    return min(abs(left), abs(right), abs(left + right) / 2) < EDGE_POINTS


def _overlapped(word: PlainWord, columns: Sequence[Column]) -> list[int]:
    """Columns that a word stands over, the one most of it stands over first."""
    found = [
        (min(word[3], column.x1) - max(word[1], column.x0), k) for k, column in enumerate(columns)
    ]
    return [k for overlap, k in sorted(found, reverse=True) if overlap > 0]


def _spans(columns: Sequence[Column]) -> Iterator[tuple[float, float]]:
    """Between which points headings of each column have their middle, by the cells' alignment."""
    edge = alignment(columns)
    for k, column in enumerate(columns):
        before = columns[k - 1] if k else None
        after = columns[k + 1] if k + 1 < len(columns) else None
        if edge == "right":
            left = before.x1 if before else column.x1 - OUTER_FAR_POINTS
            yield left, column.x1 + EDGE_POINTS
        elif edge == "left":
            right = after.x0 if after else column.x0 + OUTER_FAR_POINTS
            yield column.x0 - EDGE_POINTS, right
        else:
            left = before.middle if before else column.x0 - OUTER_POINTS
            right = after.middle if after else column.x1 + OUTER_POINTS
            yield (left + column.middle) / 2, (column.middle + right) / 2
