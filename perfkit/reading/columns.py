"""Where the numbers of the rows stand: cells, and the columns that they make up.

A stand-alone number is a cell where numbers stand in other rows, too; a number within a text
is not. Columns are overlaps of the cells' extents over all rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from perfkit.model import PlainWord
from perfkit.reading.rows import Row, Sheet
from perfkit.reading.words import Numbers, Style, is_dash, upc_of

__all__ = ["Cell", "Column", "alignment", "are_apart", "find_columns"]

#: A cell is firm where at least this share of the rows has a number at the same place.
FIRM_SHARE, SOME_SHARE = 0.3, 0.06
#: Few rows tell nothing by their share.
FEW_ROWS = 4
#: A column begins the numbers if so many rows fill it, and at most so many words cross it.
FILLED_SHARE, CROSSED_SHARE = 0.25, 0.1
#: Two columns that no row fills both are one if they are so close, in points.
SAME_COLUMN_POINTS = 3.0
#: A column is cut where at most this share of its cells is crossed.
CUT_SHARE = 0.25
#: Cells whose widths differ by less than this, in points, do not tell how they are aligned.
SAME_WIDTH_POINTS = 2.0


class Cell(NamedTuple):
    """A number that may be a cell; ``alone`` says whether it stands apart from other words."""

    x0: float
    x1: float
    row: int
    value: Decimal
    word: PlainWord
    alone: bool


class Column:
    """Cells over each other, and where they reach from left to right, in points."""

    __slots__ = ("cells", "values", "x0", "x1")

    def __init__(self, cells: list[Cell]) -> None:
        self.cells = cells
        self.x0 = min(cell.x0 for cell in cells)
        self.x1 = max(cell.x1 for cell in cells)
        #: Row -> value.
        self.values: dict[int, Decimal] = {}
        for cell in cells:
            self.values.setdefault(cell.row, cell.value)

    @property
    def middle(self) -> float:
        """In points."""
        return (self.x0 + self.x1) / 2


_EDGES: dict[str, Callable[[Cell], float]] = {
    "left": lambda cell: cell.x0,
    "right": lambda cell: cell.x1,
    "middle": lambda cell: (cell.x0 + cell.x1) / 2,
}


def find_columns(sheets: Sequence[Sheet], rows: Sequence[Row], style: Style) -> list[Column]:
    """Columns of numbers over all rows, from left to right."""
    cells = _candidates(sheets, rows, style)
    many = len(rows)
    need = 1.0 if many < FEW_ROWS else max(2.0, SOME_SHARE * many)
    firm_need = max(need, FIRM_SHARE * many)
    support = _support(cells)
    backed = [(cell, support(cell)) for cell in cells if cell.alone]
    firm = [
        cell.x0
        for cell, others in backed
        if others >= firm_need and cell.x0 > rows[cell.row].code[3]
    ]
    zone = min(firm, default=1e9)
    kept = [cell for cell, others in backed if others >= need or cell.x0 > zone]
    kept.sort()
    merged: list[list[Cell]] = []
    reach = -1e9
    for cell in kept:
        if merged and cell.x0 < reach - 0.01:
            merged[-1].append(cell)
            reach = max(reach, cell.x1)
        else:
            merged.append([cell])
            reach = cell.x1
    parts = [Column(part) for group in merged for part in _cut(group)]
    return _numbers_only(_joined(parts), sheets, rows, style.numbers)


def _candidates(sheets: Sequence[Sheet], rows: Sequence[Row], style: Style) -> list[Cell]:
    found = []
    for k, row in enumerate(rows):
        line = sheets[row.sheet].lines[row.number_line]
        words = [word for word in line.words if word is not row.code]
        for i, word in enumerate(words):
            value = style.numbers[word[0]]
            if value is None or upc_of(word[0]) is not None:
                continue
            alone = style.stands_alone(words, i)
            if alone or not is_dash(word[0]):
                found.append(Cell(word[1], word[3], k, value, word, alone))
    return found


def _support(cells: Sequence[Cell]) -> Callable[[Cell], int]:
    """How many stand-alone cells share an edge with one, by its best edge."""
    lefts, rights, middles = (
        Counter([round(edge(cell)) for cell in cells if cell.alone]) for edge in _EDGES.values()
    )

    def support(cell: Cell) -> int:
        left, right = round(cell.x0), round(cell.x1)
        middle = round((cell.x0 + cell.x1) / 2)
        return max(
            lefts[left - 1] + lefts[left] + lefts[left + 1],
            rights[right - 1] + rights[right] + rights[right + 1],
            middles[middle - 1] + middles[middle] + middles[middle + 1],
        )

    return support


def _cut(cells: list[Cell]) -> list[list[Cell]]:
    """Parts of a band in which rows have two numbers: cut where fewest cells are crossed."""
    a_row = Counter(cell.row for cell in cells)
    if max(a_row.values()) < 2 or sum(n > 1 for n in a_row.values()) < 0.05 * len(a_row):
        return [cells]
    places = sorted({cell.x1 for cell in cells} | {cell.x0 for cell in cells})
    crossed, at = min(
        ((sum(cell.x0 < x < cell.x1 for cell in cells), x) for x in places[1:-1]),
        default=(len(cells), 0.0),
    )
    if crossed > CUT_SHARE * len(cells):
        return [cells]
    left = [cell for cell in cells if (cell.x0 + cell.x1) / 2 < at]
    right = [cell for cell in cells if (cell.x0 + cell.x1) / 2 >= at]
    return [*_cut(left), *_cut(right)] if left and right else [cells]


def _joined(columns: list[Column]) -> list[Column]:
    """Neighbours that no row fills both, and that stand close, are one column."""
    out: list[Column] = []
    for column in columns:
        if (
            out
            and column.x0 - out[-1].x1 < SAME_COLUMN_POINTS
            and not column.values.keys() & out[-1].values.keys()
        ):
            out[-1] = Column(out[-1].cells + column.cells)
        else:
            out.append(column)
    return out


def _numbers_only(
    columns: list[Column], sheets: Sequence[Sheet], rows: Sequence[Row], numbers: Numbers
) -> list[Column]:
    """Columns that words of a text do not cross: left of them, numbers belong to the text."""
    words = [
        word
        for row in rows
        for word in sheets[row.sheet].lines[row.number_line].words
        if word is not row.code and numbers[word[0]] is None
    ]
    right = max(row.code[3] for row in rows)

    def is_clear(column: Column) -> bool:
        crossing = sum(word[1] < column.x1 - 1 and word[3] > column.x0 + 1 for word in words)
        return crossing <= CROSSED_SHARE * len(column.cells) and len(
            column.cells
        ) >= FILLED_SHARE * len(rows)

    before = [column for column in columns if column.x1 < right and is_clear(column)]
    behind = [column for column in columns if column.x1 >= right]
    first = next((k for k, column in enumerate(behind) if is_clear(column)), len(behind) - 1)
    return [*before, *behind[max(first, 0) :]]


def are_apart(columns: Sequence[Column], rows: Sequence[Row]) -> bool:
    """Whether two neighbours never stand on one page: then each page has columns of its own."""
    pages = [{rows[k].sheet for k in column.values} for column in columns]
    return any(not (before & after) for before, after in pairwise(pages))


def deviations(column: Column, edge: str) -> list[float]:
    """How far each cell's edge is from the middle one, in points, sorted."""
    places = sorted(map(_EDGES[edge], column.cells))
    middle = places[len(places) // 2]
    return sorted(abs(place - middle) for place in places)


def alignment(columns: Sequence[Column]) -> str:
    """The edge at which most cells are aligned: ``"left"``, ``"right"`` or ``"middle"``."""
    votes: Counter[str] = Counter()
    for column in columns:
        widths = [cell.x1 - cell.x0 for cell in column.cells]
        if max(widths) - min(widths) > SAME_WIDTH_POINTS:
            at = int(0.9 * len(widths))
            best = min(("right", "left", "middle"), key=lambda edge: deviations(column, edge)[at])
            votes[best] += len(widths)
    return votes.most_common(1)[0][0] if votes else "right"
