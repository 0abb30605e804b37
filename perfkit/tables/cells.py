"""What each word of a row is: a number of a column, a unit, a UPC, or part of the description."""

from __future__ import annotations

import re
from bisect import bisect_right
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from perfkit.model import Word
from perfkit.rows import SEGMENT_GAP_SHARE, Line
from perfkit.tables.columns import NUMBER_FIELDS, Columns
from perfkit.tables.headings import Heading
from perfkit.tables.numbers import number
from perfkit.tables.vocabulary import MONEY_FIELDS

__all__ = ["SHORTEST_UPC", "CellReader", "Cells", "join_description"]

#: Units as vendors print them; others are known by standing under the unit's heading.
UNITS = frozenset(
    "each ea set sets case cs piece pieces pc pcs pair pr box bx dozen dz doz pack pk pkg bag "
    "roll kit bundle carton ctn display assortment asst yard ft bottle tray unit".split()
)
#: An edge is the same as another within so many points.
SAME_EDGE_POINTS = 3.0
#: A heading over a column of short codes has at most so many letters.
LONGEST_FLAG = 12
#: ... and such a code at most so many characters.
LONGEST_CODE = 3
#: A unit stands at most so many points beside its heading.
UNIT_POINTS = 20.0
_UPC = re.compile(r"(?:UPC[:#.]*)?([0-9]{12}|[0-9]-[0-9]{5}-[0-9]{5}-[0-9])").fullmatch
_UPC_LABEL = re.compile(r"UPC(?: ?(?:code|no|#))?[:#.]*", re.IGNORECASE).fullmatch
_FLAG = re.compile(rf"[A-Z0-9*]{{1,{LONGEST_CODE}}}", re.ASCII).fullmatch
SHORTEST_UPC = 12
#: Dots that lead the eye from one column to the next.
_LEADER_MARKS = "._\u2026\u00b7"
#: Right of everything.
_NOWHERE = float("inf")
_LEADERS = re.compile(r"[.\u2026_\u00b7]{3,}").fullmatch


class Cells(NamedTuple):
    """What one line of a row holds."""

    numbers: dict[str, Decimal]
    unit: str | None
    upc: str | None
    description: list[Word]


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
        self._flags = _flag_columns(headings, code_x0)
        self._flags_left = min([left for left, _ in self._flags], default=_NOWHERE)
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
        self._units_between = (self._numbers_left, self._numbers_right)
        if self._unit is not None:
            self._units_between = (
                min(self._numbers_left, self._unit_left),
                max(self._numbers_right, self._unit_right),
            )
        self._cells_left = min(self._numbers_left, self._units_between[0])
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

    def is_under_its_heading(self, word: Word) -> bool:
        """Whether a word begins where the heading of the descriptions does."""
        heading = self._description
        return heading is not None and abs(word.x0 - heading.x0) < SAME_EDGE_POINTS

    def _bounds(self, left: float) -> bool:
        """Whether a column ends the space for descriptions: numbers do, and a unit beside them."""
        if left >= self._numbers_left:
            return True
        return self._unit is not None and left == self._unit.x0

    def read(self, line: Line, code: Word | None, *, with_numbers: bool) -> Cells:
        """Sort the words of one line into cells.

        ``code`` is the row's product code where it stands on this line; ``with_numbers``
        tells whether this line holds the row's numbers.
        """
        words = line[2]
        plain = code is None and not with_numbers and words[0][1] >= self.left
        if plain and not _any_special(words):
            return Cells({}, None, None, self._without_flags(words, line))
        return self._sort(line, code, with_numbers=with_numbers)

    def _sort(self, line: Line, code: Word | None, *, with_numbers: bool) -> Cells:
        numbers: dict[str, Decimal] = {}
        units: list[Word] = []
        text: list[Word] = []
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
            if len(written) >= SHORTEST_UPC and (found := _UPC(written)):
                upc = upc or found[1].replace("-", "")
                for many in (2, 1) if text else ():
                    if _UPC_LABEL(" ".join([label[0] for label in text[-many:]])):
                        del text[-many:]
            elif (left <= middle < right or (not with_numbers and x0 >= left)) and not (
                written[0] in _LEADER_MARKS and _LEADERS(written)
            ):
                text.append(word)
        text = self._without_flags(text, line)
        if not units:
            return Cells(numbers, None, upc, text)
        if len(units) == 1:
            return Cells(numbers, units[0][0], upc, text)
        unit = self._choose_unit(units)
        back = [w for w in units if w is not unit and left <= w.x0 and w.x1 < right]
        text = sorted([*text, *back], key=lambda w: w.x0)
        return Cells(numbers, unit.text, upc, text)

    def _can_be_unit(self, written: str, middle: float) -> bool:
        if self.has_description_heading and self.left <= middle < self.right:
            return False
        if self._unit is not None and self._unit_left <= middle <= self._unit_right:
            inside = self._numbers_left < middle < self._numbers_right
            return (inside and number(written) is None) or _bare(written) in UNITS
        return self._numbers_left < middle < self._numbers_right and _bare(written) in UNITS

    def _choose_unit(self, words: list[Word]) -> Word:
        known = [word for word in words if _bare(word.text) in UNITS] or words
        if self._unit is None:
            return known[0]
        middle = self._unit.x0 + self._unit.x1
        return min(known, key=lambda word: abs(word.x0 + word.x1 - middle))

    def _without_flags(self, text: list[Word], line: Line) -> list[Word]:
        """Leave out short codes that stand alone under a heading of their own (``RT``)."""
        flags_left = self._flags_left
        flags = [
            k
            for k, word in enumerate(text)
            if word[3] > flags_left and len(word[0]) <= LONGEST_CODE and _is_flag(word[0])
        ]
        if not flags:
            return text
        gap = SEGMENT_GAP_SHARE * (line[1] - line[0])
        last = len(text) - 1
        starts = self._description.x0 if self._description else 0.0
        out = {
            k
            for k in flags
            if any(left < text[k].x1 and text[k].x0 < right for left, right in self._flags)
            and (
                text[k].x1 < starts
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
        before: Word | None = None
        for word in line.words:
            if (
                self._columns.field_at((word[1] + word[3]) / 2) in MONEY_FIELDS
                and number(word[0]) is not None
                and (before is None or word[1] - before[3] > SEGMENT_GAP_SHARE * line.height)
            ):
                return True
            before = word
        return False


def _flag_columns(headings: tuple[Heading, ...], code_x0: float) -> list[tuple[float, float]]:
    """Where codes under headings of no field stand: half-way to the headings beside them."""
    found = []
    for heading in headings:
        if heading.field is None and heading.x0 > code_x0 and len(heading.text) <= LONGEST_FLAG:
            before = max((h.x1 for h in headings if h.x1 <= heading.x0), default=heading.x0)
            after = min((h.x0 for h in headings if h.x0 >= heading.x1), default=heading.x1)
            found.append(((before + heading.x0) / 2, (heading.x1 + after) / 2))
    return found


def _any_special(words: list[Word]) -> bool:
    """Whether a line may hold a UPC or dots that lead the eye."""
    for word in words:
        written = word[0]
        if len(written) >= SHORTEST_UPC or written[0] in _LEADER_MARKS:
            return True
    return False


@lru_cache(maxsize=1 << 14)
def _is_flag(written: str) -> bool:
    return _FLAG(written) is not None


def _bare(written: str) -> str:
    return written.rstrip(".").lower()


def join_description(lines: list[str]) -> str:
    """One text from the lines of a description.

    A hyphen between letters or digits at a line's end joins the two, as the break was
    made behind it (``4-`` and ``3/4"L``).
    """
    text = ""
    for line in filter(None, lines):
        if text.endswith("-") and text[-2:-1].isalnum() and line[0].isalnum():
            text += line
        else:
            text += f" {line}" if text else line
    return text
