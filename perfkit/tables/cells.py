"""What each word of a row is: a number of a column, a unit, a UPC, or part of the description."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import Counter
from decimal import Decimal
from typing import NamedTuple

from perfkit.geometry import SEGMENT_GAP_SHARE, Line
from perfkit.model import PlainWord
from perfkit.tables.columns import (
    NUMBER_FIELDS,
    SAME_EDGE_POINTS,
    Columns,
    beside_flags,
    flag_columns,
)
from perfkit.tables.numbers import number
from perfkit.tables.vocabulary import MONEY_FIELDS
from perfkit.tables.written import (
    LONGEST_CODE,
    SHORTEST_UPC,
    UNITS,
    bare,
    drop_label,
    find_upc,
    is_flag,
    is_leader,
    may_hold_more,
)

__all__ = ["CellReader", "Cells"]

#: A unit stands further from the word before it than this share of its height, and in line on
#: more than this share of the rows.
ALONE_SHARE, MOST_SHARE = 0.3, 0.6
#: So many descriptions that begin at one place show that they do.
FEWEST_ALIGNED = 2
#: A unit stands at most so many points beside its heading, and nothing right of this.
UNIT_POINTS, _NOWHERE = 20.0, float("inf")
_Text = list[PlainWord]


class Cells(NamedTuple):
    """What one line of a row holds."""

    numbers: dict[str, Decimal]
    unit: str | None
    upc: str | None
    description: list[PlainWord]


class CellReader:
    """Reads the lines of one page's rows by where its columns stand."""

    def __init__(self, columns: Columns, code_x0: float) -> None:
        self._columns = columns
        headings = columns.headings
        zones = [
            (columns.edges[2 * k], columns.edges[2 * k + 1], columns.fields[2 * k + 1])
            for k in range(len(columns.edges) // 2)
        ]
        self._numbers_left = min((left for left, _, _ in zones), default=float("inf"))
        self._numbers_right = max((right for _, right, _ in zones), default=0.0)
        self._unit = next((h for h in headings if h.field == "unit"), None)
        self._flags = flag_columns(headings, code_x0)
        # Between the headings beside these; left of it there is nothing to look for.
        self._between = beside_flags(headings)
        lefts = [left for left, _ in self._flags] + [left for left, _ in self._between]
        self._flags_left = min(lefts) if self._flags else _NOWHERE
        occupied = [(left, right) for left, right, _ in zones] + [
            (h.x0, h.x1) for h in headings if h.field not in (*NUMBER_FIELDS, "description")
        ]
        if self._unit is not None:
            middle = (self._unit.x0 + self._unit.x1) / 2
            before = max((right for _, right in occupied if right < middle), default=0.0)
            after = min((left for left, _ in occupied if left > middle), default=float("inf"))
            before = min(before, self._unit.x0)
            self._unit_left = max((before + self._unit.x0) / 2, self._unit.x0 - UNIT_POINTS)
            self._unit_right = min(
                (max(after, self._unit.x1) + self._unit.x1) / 2, self._unit.x1 + UNIT_POINTS
            )
        # No unit stands outside of this.
        ends = self._numbers_left, self._numbers_right
        if self._unit is not None:
            ends = min(ends[0], self._unit_left), max(ends[1], self._unit_right)
        self._units_between = ends
        self._cells_left = min(self._numbers_left, self._units_between[0])
        self.has_unit_heading = self._unit is not None
        own = next((h for h in headings if h.field == "description"), None)
        self._description = own
        self.has_description_heading = own is not None
        if own is not None:
            # Codes and UPCs are known by themselves: text may stand under their headings.
            beside = [(left, right) for left, right, _ in zones] + [
                (h.x0, h.x1) for h in headings if h.field == "unit"
            ]
            self.left = max(
                (right for _, right in beside if code_x0 < right <= own.x0),
                default=code_x0 - 3.0,
            )
            self.right = min((left for left, _ in occupied if left >= own.x1), default=float("inf"))
        else:
            self.left = code_x0 - 3.0
            self.right = min(
                (left for left, _ in occupied if left > code_x0 and self._bounds(left)),
                default=float("inf"),
            )
        self.code_x0 = code_x0
        self._known_units_only = False
        #: Where descriptions begin, once that is known of a table with columns of short codes.
        self.text_edge = float("inf")

    def is_under_its_heading(self, word: PlainWord) -> bool:
        """Whether a word begins where the heading of the descriptions does."""
        heading = self._description
        return heading is not None and abs(word[1] - heading.x0) < SAME_EDGE_POINTS

    def _bounds(self, left: float) -> bool:
        """Whether a column ends the space for descriptions: numbers do, and a unit beside them."""
        if left >= self._numbers_left:
            return True
        return self._unit is not None and left == self._unit.x0

    def read(self, line: Line, code: PlainWord | None, *, with_numbers: bool) -> Cells:
        """Sort the words of one line into cells.

        ``code`` is the row's product code where it stands on this line; ``with_numbers``
        tells whether this line holds the row's numbers.
        """
        words = line[2]
        plain = code is None and not with_numbers and words[0][1] >= self.left
        if plain and not may_hold_more(words):
            return Cells({}, None, None, self._without_flags(words, line, has_code=False))
        return self._sort(line, code, with_numbers=with_numbers)

    def _sort(self, line: Line, code: PlainWord | None, *, with_numbers: bool) -> Cells:
        numbers: dict[str, Decimal] = {}
        units: list[PlainWord] = []
        text: list[PlainWord] = []
        upc = None
        edges, fields = self._columns.edges, self._columns.fields
        left, right = self.left, self.right
        # No number and no unit stands left of this: most words need no closer look.
        cells_left = self._cells_left if with_numbers else _NOWHERE
        unit_left, unit_right = self._units_between
        for word in line[2]:
            written, x0, _, x1, _ = word
            middle = (x0 + x1) / 2
            if middle >= cells_left:
                field = fields[bisect_right(edges, middle)]
                if field is not None and (value := number(written)) is not None:
                    if field not in numbers:
                        numbers[field] = value
                    continue
                if unit_left <= middle <= unit_right and self._can_be_unit(written, middle):
                    units.append(word)
                    continue
            if word is code:
                continue
            if len(written) >= SHORTEST_UPC and (found := find_upc(written)):
                upc = upc or found[1].replace("-", "")
                if text:
                    drop_label(text)
                if (rest := found.lastindex) and rest > 1:
                    text.append((found[rest], *word[1:]))
            elif (left <= middle < right or (not with_numbers and x0 >= left)) and not is_leader(
                written
            ):
                text.append(word)
        text = self._without_flags(text, line, has_code=code is not None)
        if len(units) <= 1:
            return Cells(numbers, units[0][0] if units else None, upc, text)
        unit = self._choose_unit(units)
        back = [w for w in units if w is not unit and left <= w[1] and w[3] < right]
        text = sorted([*text, *back], key=lambda w: w[1])
        return Cells(numbers, unit[0], upc, text)

    def learn_text_edge(self, rows: list[Cells]) -> bool:
        """Learn where descriptions begin if a short code stands close before some; whether so."""
        if not self._flags:
            return False
        texts = [row[3] for row in rows if row[3]]
        behind = [words[1][1] for words in texts if self._follows_code(words)]
        if not behind:
            return False
        starts = [words[0][1] for words in texts if not self._follows_code(words)]
        edge, count = Counter(map(round, [*starts, *behind])).most_common(1)[0]
        if 2 * count <= len(rows) or count < FEWEST_ALIGNED:
            return False
        self.text_edge = float(edge)
        return any(abs(x0 - edge) < SAME_EDGE_POINTS for x0 in behind)

    def _follows_code(self, text: list[PlainWord]) -> bool:
        """Whether a short code of another column stands before a text."""
        return (
            len(text) > 1
            and len(text[0][0]) <= LONGEST_CODE
            and is_flag(text[0][0])
            and self._is_between_headings(text[0])
        )

    def learn_unit(self, lines: list[Line]) -> bool:
        """Learn where units stand from the lines of rows that seem to have none; whether so.

        Units may stand at one side of their column and its heading at the other. They are
        the words known as units that stand in line on most of these lines.
        """
        if self._unit is None:
            return False
        places: Counter[int] = Counter()
        for line in lines:
            for before, word in itertools.pairwise(line.words):
                if bare(word[0]) in UNITS and word[1] - before[3] > ALONE_SHARE * line.height:
                    places[round(word[1])] += 1
        likely = [
            (count, -abs(x0 - self._unit.x0), x0)
            for x0, count in places.items()
            if MOST_SHARE * len(lines) < count
        ]
        if not likely:
            return False
        x0 = max(likely)[2]
        self._unit_left, self._unit_right = x0 - 1.0, x0 + UNIT_POINTS
        ends = self._units_between
        self._units_between = min(ends[0], self._unit_left), max(ends[1], self._unit_right)
        self._cells_left = min(self._numbers_left, self._units_between[0])
        self._known_units_only = True
        return True

    def _is_between_headings(self, word: PlainWord) -> bool:
        """Whether a word stands between the headings beside that of a column of short codes."""
        return any(left <= word[1] and word[3] <= right for left, right in self._between)

    def _can_be_unit(self, written: str, middle: float) -> bool:
        if self._known_units_only:
            return self._unit_left <= middle <= self._unit_right and bare(written) in UNITS
        if self.has_description_heading and self.left <= middle < self.right:
            return False
        if self._unit is not None and self._unit_left <= middle <= self._unit_right:
            inside = self._numbers_left < middle < self._numbers_right
            return (inside and number(written) is None) or bare(written) in UNITS
        return self._numbers_left < middle < self._numbers_right and bare(written) in UNITS

    def _choose_unit(self, words: list[PlainWord]) -> PlainWord:
        known = [word for word in words if bare(word[0]) in UNITS] or words
        if self._unit is None:
            return known[0]
        middle = self._unit.x0 + self._unit.x1
        return min(known, key=lambda word: abs(word[1] + word[3] - middle))

    def _without_flags(self, text: _Text, line: Line, *, has_code: bool) -> _Text:
        """Leave out short codes that stand alone under a heading of their own (``RT``)."""
        flags_left = self._flags_left
        flags = [
            k
            for k, word in enumerate(text)
            if word[3] > flags_left and len(word[0]) <= LONGEST_CODE and is_flag(word[0])
        ]
        if not flags:
            return text
        if len(text) == 1 and has_code:
            # Nothing else is there: the description stands under the row.
            return []
        if len(text) > 1 and flags[0] == 0 and abs(text[1][1] - self.text_edge) < SAME_EDGE_POINTS:
            return text[1:] if self._follows_code(text) else text
        gap = SEGMENT_GAP_SHARE * (line[1] - line[0])
        last = len(text) - 1
        starts = self._description.x0 if self._description else 0.0
        out = {
            k
            for k in flags
            if any(left < text[k][3] and text[k][1] < right for left, right in self._flags)
            and (
                text[k][3] < starts
                or (
                    (k == 0 or text[k][1] - text[k - 1][3] > gap)
                    and (k == last or text[k + 1][1] - text[k][3] > gap)
                )
            )
        }
        return [word for k, word in enumerate(text) if k not in out] if out else text

    def money_on(self, line: Line) -> bool:
        """Whether a line has an amount in a money column, apart from the words beside it."""
        if line.words[-1][3] <= self._numbers_left:
            return False
        before: PlainWord | None = None
        for word in line.words:
            if (
                self._columns.field_at((word[1] + word[3]) / 2) in MONEY_FIELDS
                and number(word[0]) is not None
                and (before is None or word[1] - before[3] > SEGMENT_GAP_SHARE * line.height)
            ):
                return True
            before = word
        return False
