"""Which lines of a page begin a row, and which hold its numbers.

A row is anchored by its product code. Codes of rows share an edge over the whole document; a
code that a text mentions stands elsewhere.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.geometry import Line, PageLines
from perfkit.model import PlainWord
from perfkit.reading.words import (
    CHARGE,
    CODE,
    GLUED,
    GROUP,
    TOTAL,
    UPC,
    Style,
    join_groups,
    mark,
    split_glued,
)
from perfkit.vendors import Vendor

__all__ = [
    "CodeColumn",
    "Row",
    "Sheet",
    "count_numbers",
    "find_code_column",
    "find_rows",
    "sheet_of",
    "sheet_of_lines",
]

#: Codes of one column are aligned within so many points.
ALIGNED_POINTS = 2.2
#: A row's numbers are at most so many lines from its code.
MOST_LINES_APART = 3
#: A line of numbers has at least so many.
FEWEST_NUMBERS = 2
#: ... and this share of what the fullest lines of its page hold.
FULL_SHARE = 0.5


class Sheet(NamedTuple):
    """One page while it is read: its lines, with glued words parted.

    ``codes`` has line and word of whatever has the form of a product code; ``charges`` and
    ``totals`` are the lines that hold a word of a charge or of a total.
    """

    number: int
    width: float
    height: float
    lines: list[Line]
    codes: list[tuple[int, PlainWord]]
    charges: set[int]
    totals: set[int]


class Row:
    """One row while it is read; ``line`` holds its code, ``number_line`` its numbers."""

    __slots__ = (
        "code", "left_over", "line", "number_line", "own", "sheet", "strays", "text", "unit", "upc",
        "values", "words",
    )  # fmt: skip

    def __init__(self, sheet: int, line: int, code: PlainWord) -> None:
        self.sheet, self.line, self.number_line, self.code = sheet, line, line, code
        self.values: dict[str, Decimal] = {}
        #: Text of the fields that only this vendor has.
        self.own: dict[str, str] = {}
        self.unit: str | None = None
        self.upc: str | None = None
        #: Words of the number line that are in no column of numbers.
        self.words: list[PlainWord] = []
        #: Lines of the description.
        self.text: list[list[PlainWord]] = []
        self.left_over: list[PlainWord] = []
        #: Numbers that stand where numbers do, and in no column.
        self.strays: list[PlainWord] = []

    @property
    def first(self) -> int:
        """The upper one of the lines with code and numbers."""
        return min(self.line, self.number_line)

    @property
    def last(self) -> int:
        """The lower one of the lines with code and numbers."""
        return max(self.line, self.number_line)


class CodeColumn(NamedTuple):
    """Where codes of rows stand: ``edge`` 0 is left, 1 right, 2 the middle; ``at`` in points."""

    edge: int
    at: float
    right: float

    def holds(self, word: PlainWord) -> bool:
        """Whether a code stands in the column."""
        return abs(_EDGES[self.edge](word) - self.at) <= ALIGNED_POINTS


_EDGES: tuple[Callable[[PlainWord], float], ...] = (
    lambda word: word[1],
    lambda word: word[3],
    lambda word: (word[1] + word[3]) / 2,
)


def sheet_of(page: PageLines, vendor: Vendor) -> Sheet:
    """A page with its glued words parted, and the places of its codes."""
    return sheet_of_lines(page.number, page.width, page.height, page.lines, vendor)


def sheet_of_lines(
    number: int, width: float, height: float, lines: Sequence[Line], vendor: Vendor
) -> Sheet:
    """The same from a page's number, its size in points and its lines."""
    marks = vendor.marks
    kept: list[Line] = []
    codes: list[tuple[int, PlainWord]] = []
    charges: set[int] = set()
    totals: set[int] = set()
    for index, line in enumerate(lines):
        bits = groups = 0
        for word in line[2]:
            text = word[0]
            own = marks[text] if text in marks else mark(text, vendor)
            if own:
                bits |= own
                if own & CODE:
                    codes.append((index, word))
                elif own & GROUP:
                    groups += 1
        if bits & GLUED or groups > 1:
            words = split_glued(line.words, vendor) if bits & GLUED else line.words
            line = Line(line.top, line.bottom, join_groups(words))  # noqa: PLW2901
            codes = [pair for pair in codes if pair[0] != index]
            for word in line.words:
                own = marks.get(word[0]) or mark(word[0], vendor)
                bits |= own
                if own & CODE:
                    codes.append((index, word))
        if bits & CHARGE:
            charges.add(index)
        if bits & TOTAL:
            totals.add(index)
        kept.append(line)
    return Sheet(number, width, height, kept, codes, charges, totals)


def find_code_column(sheets: Sequence[Sheet], style: Style) -> CodeColumn | None:
    """The edge that most codes share, of those that have numbers beside or under them."""
    found = [
        (sheet, index, word)
        for sheet in sheets
        for index, word in sheet.codes
        if any(
            count_numbers(style, sheet.lines[near], word) >= FEWEST_NUMBERS
            for near in _near(index, len(sheet.lines))
        )
    ]
    best: tuple[tuple[int, float], int, list[PlainWord]] | None = None
    for edge, place in enumerate(_EDGES):
        shares = Counter(round(place(word) / 2) for _, _, word in found)
        if not shares:
            return None
        most = max(shares, key=lambda k: (shares[k - 1] + shares[k] + shares[k + 1], -k))
        members = [word for _, _, word in found if abs(place(word) / 2 - most) <= 1.6]
        at = sorted(map(place, members))
        # Of edges that as many codes share, the one they share most closely.
        rank = len(members), at[len(at) // 10] - at[-1 - len(at) // 10]
        if best is None or rank > best[0]:
            best = rank, edge, members
    assert best is not None
    _, edge, members = best
    places = sorted(map(_EDGES[edge], members))
    return CodeColumn(edge, places[len(places) // 2], max(word[3] for word in members))


def _near(index: int, count: int) -> Iterator[int]:
    """A line and its neighbours, the nearest first."""
    yield index
    for apart in range(1, MOST_LINES_APART + 1):
        for near in (index + apart, index - apart):
            if 0 <= near < count:
                yield near


def count_numbers(style: Style, line: Line, code: PlainWord | None) -> int:
    """Numbers of a line that stand alone, as in a row, besides the code and UPCs."""
    words, marks = line.words, style.vendor.marks
    return sum(
        style.numbers[word[0]] is not None
        and word is not code
        and not marks[word[0]] & UPC
        and style.stands_alone(words, k)
        for k, word in enumerate(words)
    )


def find_rows(
    sheet: Sheet,
    place: int,
    column: CodeColumn,
    count: Callable[[Line, PlainWord | None], int],
) -> list[Row]:
    """Rows of a page: each code of the column that has a line of numbers.

    Parameters
    ----------
    place : int
        The page's index among the pages read together.
    count : callable
        How many numbers of a row a line holds, given the code that is none of them.
    """
    lines = sheet.lines
    rows: list[Row] = []
    for index, word in sheet.codes:
        if column.holds(word) and not (rows and rows[-1].line == index):
            rows.append(Row(place, index, word))
    own = [count(lines[row.line], row.code) for row in rows]
    usual = sorted(own)[-1 - len(own) // 10] if own else 0
    need = max(FEWEST_NUMBERS, FULL_SHARE * usual)
    if all(many >= need for many in own):
        return rows
    return _with_number_lines(sheet, rows, own, count)


def _with_number_lines(
    sheet: Sheet,
    rows: list[Row],
    own: list[int],
    count: Callable[[Line, PlainWord | None], int],
) -> list[Row]:
    """Rows whose numbers may stand on another line than their codes."""
    lines = sheet.lines
    anchors = {row.line for row in rows}
    counts = {
        k: count(line, None)
        for k, line in enumerate(lines)
        if k not in anchors and k not in sheet.charges and k not in sheet.totals
    }
    most = max([*own, *counts.values()], default=0)
    need = max(FEWEST_NUMBERS, FULL_SHARE * most)
    lacking = [row for row, many in zip(rows, own, strict=True) if many < need]
    first, last = rows[0].line - MOST_LINES_APART, rows[-1].line + MOST_LINES_APART
    free = [k for k, many in counts.items() if many >= need and first <= k <= last]
    if len(free) == len(lacking):
        pairs = zip(lacking, free, strict=True)
        if all(abs(row.line - k) <= MOST_LINES_APART for row, k in pairs):
            for row, k in zip(lacking, free, strict=True):
                row.number_line = k
            return rows
    kept: list[Row] = []
    taken: set[int] = set()
    before = -1
    for k, (row, many) in enumerate(zip(rows, own, strict=True)):
        if many < need:
            end = rows[k + 1].line if k + 1 < len(rows) else len(lines)
            near = [
                index
                for index in itertools.islice(_near(row.line, len(lines)), 1, None)
                if before < index < end and index not in taken and counts.get(index, 0) >= need
            ]
            bottom = row.code[4]
            if near:
                row.number_line = min(near, key=lambda k: abs(lines[k].bottom - bottom))
            elif many < FEWEST_NUMBERS:
                continue
        taken.add(row.number_line)
        before = row.last
        kept.append(row)
    return kept
