"""The body of a table: which lines make up which row.

A row is found by its product code. Its numbers stand on the code's line, or on a line
below it; its description on the same line, under it, or around it (where cells are
centred); what belongs to no row is a surcharge, a section heading or the page's foot.
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from perfkit.geometry import SEGMENT_GAP_SHARE, Line
from perfkit.model import PlainWord
from perfkit.tables.headings import Heading, Headings
from perfkit.tables.numbers import number
from perfkit.tables.vocabulary import MONEY_FIELDS, QUANTITY_FIELDS

__all__ = [
    "Anchor",
    "find_anchors",
    "is_surcharge",
    "is_total",
    "number_area",
    "number_lines",
    "own_numbers",
]

_is_code = re.compile(r"[A-Z]{2}[0-9]{4}[A-Z]?", re.ASCII).fullmatch
_SURCHARGE = re.compile(
    r"\b(?:tariffs?|trf|surcharges?|(?:import|customs)\s+(?:duty|duties))\b", re.IGNORECASE
)
_TOTAL = re.compile(
    r"(?:\w+ ){0,2}(?:sub[ -]?)?(?:totals?|freight|shipping|handling|tax|discount|credit|due)\b"
    r"(?: (?:& handling|charges?|cost|due|amount|\(USD\)))?\W*[0-9,]+\.[0-9]{2}\W?",
    re.IGNORECASE,
)
_CODE_LENGTHS = (6, 7)
_SHORTEST_UPC = 12
#: Codes of one column are aligned within so many points.
ALIGNED_POINTS = 3.0
#: Numbers further than this left of the first number heading, in points, are text.
LEFT_OF_NUMBERS_POINTS = 24.0


_text, _left = itemgetter(0), itemgetter(1)


class Anchor(NamedTuple):
    """A row's product code and the line that it stands on (an index into the body)."""

    line: int
    word: PlainWord


def find_anchors(lines: list[Line], headings: Headings) -> list[Anchor]:
    """Product codes that begin a row: those in the code column, not those in descriptions."""
    left = number_area(headings)
    column = next((c for c in headings.columns if c.field == "product_code"), None)
    limit = _right_neighbour(headings.columns, column) if column else float("inf")
    found = []
    for index, line in enumerate(lines):
        for word in line[2]:
            if word[1] >= limit:
                break
            written = word[0]
            if len(written) in _CODE_LENGTHS and _is_code(written):
                found.append(Anchor(index, word))
    if not found:
        return found
    _, x0, _, x1, _ = min([word for _, word in found], key=_left)
    aligned = [
        anchor
        for anchor in found
        if anchor[1][1] - x0 < ALIGNED_POINTS
        or abs(anchor[1][1] + anchor[1][3] - x0 - x1) < 2 * ALIGNED_POINTS
        or abs(anchor[1][3] - x1) < ALIGNED_POINTS
    ]
    # A row has one code: of several on a line the first.
    aligned = [
        anchor
        for index, anchor in enumerate(aligned)
        if not index or anchor[0] != aligned[index - 1][0]
    ]
    full = [anchor for anchor in aligned if _begins_a_row(lines[anchor[0]], anchor[1], left)]
    return full if 2 * len(full) > len(aligned) else aligned


def _begins_a_row(line: Line, code: PlainWord, left: float) -> bool:
    """Whether a code stands alone, or beside a UPC or number: no mention in a description."""
    x0 = code[1]
    for word in line[2]:
        if word[1] > x0:
            if word[1] - code[3] > SEGMENT_GAP_SHARE * (line[1] - line[0]):
                return True
            break
    else:
        return True
    return _has_number(line, left) or any(
        len(word[0]) >= _SHORTEST_UPC and number(word[0]) is not None
        for word in line[2]
        if word[1] > x0
    )


def _right_neighbour(columns: tuple[Heading, ...], column: Heading) -> float:
    return min((c.x0 for c in columns if c.x0 > column.x1), default=float("inf"))


def number_area(headings: Headings) -> float:
    """Where the numbers begin, in points from the left."""
    return (
        min(c.x0 for c in headings.columns if c.field in (*QUANTITY_FIELDS, *MONEY_FIELDS))
        - LEFT_OF_NUMBERS_POINTS
    )


def _has_number(line: Line, left: float) -> bool:
    """Whether a line has one of the :func:`own_numbers`; the last word mostly is."""
    for word in line[2][::-1]:
        if word[1] < left:
            return False
        if len(word[0]) < _SHORTEST_UPC and number(word[0]) is not None:
            return True
    return False


def own_numbers(line: Line, left: float) -> list[PlainWord]:
    """The printed numbers of a line right of ``left``."""
    found = []
    for word in line[2][::-1]:
        if word[1] < left:
            break
        if len(word[0]) < _SHORTEST_UPC and number(word[0]) is not None:
            found.append(word)
    return found


def is_surcharge(line: Line) -> bool:
    """Whether a line under a row is a tariff or the like, and no product."""
    if not any(map(_may_be_surcharge, map(_text, line.words))):
        return False
    text = line.text
    return _SURCHARGE.search(text) is not None and "total" not in text.lower()


def is_total(line: Line) -> bool:
    """Whether a line holds nothing but the label of a total or the like, and its amount."""
    last = line.words[-1][0]
    if "." not in last or number(last) is None:
        return False
    return _TOTAL.fullmatch(line.text) is not None


@lru_cache(maxsize=1 << 14)
def _may_be_surcharge(word: str) -> bool:
    return _SURCHARGE.search(word) is not None or word.lower() in ("import", "customs")


def number_lines(
    lines: list[Line], anchors: list[Anchor], numbers: dict[int, list[PlainWord]]
) -> list[int | None]:
    """For each anchor the line with its numbers: its own, or the next that has some.

    ``numbers`` are the :func:`own_numbers` of each line.
    """
    own = [anchor.line for anchor in anchors]
    all_of_them = [
        index
        for index, found in numbers.items()
        if len(found) > 1 and (index in own or not is_surcharge(lines[index]))
    ]
    if len(all_of_them) == len(anchors):
        return list(all_of_them)
    found: list[int | None] = []
    ends = [*own[1:], len(lines)] if own else []
    for start, end in zip(own, ends, strict=True):
        candidates = [
            index
            for index in range(start, max(end, start + 1))
            if len(numbers[index]) > 1 and (index == start or not is_surcharge(lines[index]))
        ]
        if not candidates and numbers[start]:
            candidates = [start]
        found.append(candidates[0] if candidates else None)
    return found
