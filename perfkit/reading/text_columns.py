"""Columns of text: units, flags, and what has headings of its own beside the description."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from perfkit.model import PlainWord
from perfkit.reading.columns import Column
from perfkit.reading.rows import Row, Sheet
from perfkit.reading.words import CODE, UNIT, UPC, Style

__all__ = ["ROW_NUMBERS", "Slot", "TextColumns"]

#: Title of a column that numbers the rows, and of one of short codes.
ROW_NUMBERS, FLAGS = "row numbers", "flags"
#: A unit column is filled with known units in at least this share of the rows; a heading over it
#: is worth so much more.
UNIT_SHARE, HEADING_SHARE, WIDEST_UNIT_POINTS = 0.3, 0.5, 80.0
#: Words of one column are no further apart than this, in points.
SAME_PLACE_POINTS = 3.0
#: A column of text needs clear space of so many points on its left.
TEXT_GAP_POINTS = 2.0
#: Short codes of a narrow column: so many different ones, or one for so many words; in this share
#: of the rows that have a word there, and so many heights from their neighbours.
FLAG_KINDS, FLAG_REPEATS, FLAG_SHARE, FLAG_GAP_HEIGHTS = 4, 4, 0.6, 0.5
#: Columns of several words a row are so many heights apart.
CLEAR_GAP_HEIGHTS = 1.2
#: A description has more words a row than this.
FEW_WORDS = 1.5
#: Places on a page are compared in steps of so many points.
STEP_POINTS = 2.0
_FLAG = re.compile(r"[A-Z*]{1,3}|[a-z]{1,3}", re.ASCII).fullmatch


class Slot(NamedTuple):
    """A column by its place, in points; ``field`` is None for one that is read over."""

    x0: float
    x1: float
    field: str | None
    title: str


_EDGES: tuple[Callable[[PlainWord], float], ...] = (
    lambda word: word[1],
    lambda word: word[3],
    lambda word: (word[1] + word[3]) / 2,
)


class TextColumns:
    """What stands in the rows' lines besides codes, UPCs and numbers in columns.

    Attributes
    ----------
    unit : tuple of float or None
        Between which points units stand.
    """

    def __init__(
        self,
        sheets: Sequence[Sheet],
        rows: Sequence[Row],
        columns: Sequence[Column],
        style: Style,
        heads: Sequence[PlainWord],
    ) -> None:
        self._rows, self._style, self._heads = rows, style, heads
        self._marks = style.vendor.marks
        own = (field for field in style.vendor.extra if style.vendor.kinds[field] == "text")
        #: What a column of text can be besides the description.
        self._names = ("other", *own)
        self._columns = columns
        cells = {id(cell.word) for column in columns for cell in column.cells}
        self._lines = [
            [
                [word for word in sheets[row.sheet].lines[index].words if word is not row.code]
                for index in {row.number_line, row.line}
            ]
            for row in rows
        ]
        words = [
            (k, word)
            for k, lines in enumerate(self._lines)
            for line in lines
            for word in line
            if id(word) not in cells and not self._marks[word[0]] & UPC
        ]
        self.unit = self._unit_column(words)
        #: Row and word of what may be text.
        self._words = [(k, word) for k, word in words if not _overlaps(word, self.unit)]
        self._ignored = (*self._text_columns(), *self._flag_columns())

    def ignored(self) -> tuple[Slot, ...]:
        """Columns that are no field: flags, locations, the customer's own numbers."""
        return self._ignored

    def is_left(self) -> bool:
        """Whether more of the rows' text stands left of their codes than right of them."""
        balance = 0
        for k, word in self._words:
            if not any(_overlaps(word, (slot.x0, slot.x1)) for slot in self._ignored):
                left = word[3] < self._rows[k].code[1]
                balance += len(word[0]) if left else -len(word[0])
        return balance > 0

    def zone(self, starts: Sequence[float]) -> int:
        """How many columns of numbers, by their left edges, stand left of most of the text."""
        letters = Counter[int]()
        for _, word in self._words:
            if not any(_overlaps(word, (slot.x0, slot.x1)) for slot in self._ignored):
                letters[bisect_right(starts, word[1])] += len(word[0])
        return letters.most_common(1)[0][0] if letters else 0

    def _unit_column(self, words: Sequence[tuple[int, PlainWord]]) -> tuple[float, float] | None:
        """Where most rows have a known unit, preferably under a heading for units."""
        found = [(k, word) for k, word in words if self._marks[word[0]] & UNIT]
        speaks_for = self._style.vendor.speaks_for
        heads = [word for word in self._heads if speaks_for(word[0]).get("unit", 0) > 1]
        best: tuple[float, tuple[float, float]] | None = None
        for place_of in _EDGES:
            places: dict[int, list[tuple[int, PlainWord]]] = defaultdict(list)
            for k, word in found:
                places[round(place_of(word) / SAME_PLACE_POINTS)].append((k, word))
            for place, members in places.items():
                near = [*members, *places.get(place + 1, ())]
                span = min(word[1] for _, word in near), max(word[3] for _, word in near)
                share = len({k for k, _ in near}) / len(self._rows)
                share += HEADING_SHARE * any(_overlaps(word, span) for word in heads)
                if span[1] - span[0] < WIDEST_UNIT_POINTS and (best is None or share > best[0]):
                    best = share, span
        if best is not None and best[0] >= UNIT_SHARE:
            return best[1]
        return (min(w[1] for w in heads) - 4, max(w[3] for w in heads) + 4) if heads else None

    def _flag_columns(self) -> list[Slot]:
        """Narrow columns of a few short codes, such as RT or a truck's mark."""
        places: dict[int, list[PlainWord]] = defaultdict(list)
        for lines in self._lines:
            for line in lines:
                for k, word in enumerate(line):
                    if (
                        len(word[0]) <= 3
                        and _FLAG(word[0])
                        and not _overlaps(word, self.unit)
                        and all(self._is_apart(word, near) for near in line[max(0, k - 1) : k + 2])
                    ):
                        places[round((word[1] + word[3]) / 2 / STEP_POINTS)].append(word)
        found: list[Slot] = []
        speaks_for = self._style.vendor.speaks_for
        for place in sorted(places):
            near = [word for step in (-1, 0, 1) for word in places.get(place + step, ())]
            span = min(word[1] for word in near), max(word[3] for word in near)
            has_heading = any(
                _overlaps(word, span) and "other" in speaks_for(word[0]) for word in self._heads
            )
            most = max(FLAG_KINDS, len(near) // FLAG_REPEATS)
            if len(near) < 2 - has_heading or len({word[0] for word in near}) > most:
                continue
            crossing = sum(_overlaps(word, span) for _, word in self._words)
            if len(near) >= FLAG_SHARE * crossing:
                found.append(Slot(*span, None, FLAGS))
        return found

    def _is_apart(self, word: PlainWord, near: PlainWord) -> bool:
        """Whether two neighbours are no words of one text: a gap parts them, or a column."""
        gap = max(near[1] - word[3], word[1] - near[3])
        least = max(FLAG_GAP_HEIGHTS, 1.4 * self._style.space) * (word[4] - word[2])
        return (
            near is word
            or gap > least
            or (
                self._style.numbers[near[0]] is not None
                and any(_overlaps(near, (column.x0, column.x1)) for column in self._columns)
            )
            or bool(self._marks[near[0]] & (UNIT | CODE))
        )

    def _clear_gap(self, members: Sequence[tuple[int, PlainWord]]) -> float:
        """The gap, in points, that only columns leave between words of many rows."""
        word = members[0][1]
        return CLEAR_GAP_HEIGHTS * (word[4] - word[2])

    def _text_columns(self) -> list[Slot]:
        """Columns of text that have headings of their own and are not the description."""
        bands: list[tuple[float, float, list[tuple[int, PlainWord]]]] = []
        for k, word in sorted(self._words, key=lambda pair: pair[1][1]):
            if bands and word[1] - bands[-1][1] < TEXT_GAP_POINTS:
                x0, x1, members = bands[-1]
                bands[-1] = x0, max(x1, word[3]), members
                members.append((k, word))
            else:
                bands.append((word[1], word[3], [(k, word)]))
        found = []
        letters = [sum(len(word[0]) for _, word in members) for _, _, members in bands]
        nexts = [*(x0 for x0, _, _ in bands[1:]), 1e9][: len(bands)]
        for (x0, x1, members), many, following in zip(bands, letters, nexts, strict=True):
            filled = len({k for k, _ in members})
            # What holds most of the text is the description, whatever stands over it.
            is_text = len(members) > FEW_WORDS * filled and (
                many == max(letters) or x1 + self._clear_gap(members) > following
            )
            if is_text or 2 * filled < len(self._rows):
                continue
            over = [word for word in self._heads if word[1] < x1 + 1 and x0 - 1 < word[3]]
            says = Counter[str]()
            for word in over:
                says.update(self._style.vendor.speaks_for(word[0]))
            field = max(self._names, key=says.__getitem__)
            if says[field] > max(says["description"], says["upc"], 2):
                title = " ".join(word[0] for word in over)
                found.append(Slot(x0, x1, field if field != "other" else None, title))
        return found


def _overlaps(word: PlainWord, span: tuple[float, float] | None) -> bool:
    return span is not None and word[1] < span[1] and span[0] < word[3]
