"""The rows of one page, once its columns and codes are known."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from perfkit.geometry import Line
from perfkit.tables.belonging import Belonging
from perfkit.tables.body import Anchor, is_surcharge
from perfkit.tables.cells import CellReader, Cells
from perfkit.tables.columns import Columns
from perfkit.tables.facts import vendor_name
from perfkit.tables.numbers import number
from perfkit.tables.spans import LINE_GAP_SHARE, RowSpans
from perfkit.tables.text_lines import TextLine, text_line

__all__ = ["PageRows", "Row"]

#: The rest of a row is closer over the first row of a page than this share of its height.
ROW_GAP_SHARE = 2.0


class Row(NamedTuple):
    """One row as its page shows it; its description may go on at the top of the next page."""

    code: str
    upc: str | None
    numbers: dict[str, Decimal]
    unit: str | None
    description: list[TextLine]
    may_go_on: bool


class PageRows:
    """Reads the rows of one page.

    Attributes
    ----------
    surcharges : Decimal
        Sum of the tariff and like lines met so far.
    spans : RowSpans
        Which lines make up which row.
    """

    def __init__(
        self, lines: list[Line], columns: Columns, anchors: list[Anchor], numbered: list[int]
    ) -> None:
        self._lines, self._anchors, self._numbered = lines, anchors, numbered
        self.surcharges = Decimal("0.00")
        code_x0 = min((anchor.word[1] for anchor in anchors), default=columns.headings[0].x0)
        self.cells = CellReader(columns, code_x0)
        self.own = self._read_own()
        if self.cells.learn_text_edge(self.own):
            self.own = self._read_own()
        if self.cells.has_unit_heading:
            self._look_for_units()
        self.spans = RowSpans(lines, self.cells, anchors, numbered, self.own)
        self._belonging = Belonging(lines, self.cells, self.spans, anchors, self.own)

    def _read_own(self) -> list[Cells]:
        """What stands on the lines of the rows' codes."""
        return [
            self.cells.read(self._lines[a.line], a.word, with_numbers=n == a.line)
            for a, n in zip(self._anchors, self._numbered, strict=True)
        ]

    def rows(self) -> list[Row]:
        """All rows of the page, from top to bottom."""
        return [self._row(index) for index in range(len(self._anchors))]

    def _look_for_units(self) -> None:
        """Look for units elsewhere than under their heading, where rows seem to have none."""
        without = [
            self._lines[number]
            for cells, anchor, number in zip(self.own, self._anchors, self._numbered, strict=True)
            if cells.unit is None and anchor.line == number
        ]
        if 2 * len(without) > len(self.own) and self.cells.learn_unit(without):
            self.own = self._read_own()

    def _row(self, index: int) -> Row:
        anchor, numbered = self._anchors[index], self._numbered[index]
        draft = _Draft(self.own[index])
        above: list[TextLine] = []
        for place in self.spans.prefixes[index]:
            cells = self.cells.read(self._lines[place], None, with_numbers=place == numbered)
            draft.take(cells, with_numbers=place == numbered)
            if cells.description and not vendor_name(self._lines[place].text):
                above.append(text_line(cells.description))
        if numbered < anchor.line and numbered not in self.spans.prefixes[index]:
            cells = self.cells.read(self._lines[numbered], None, with_numbers=True)
            draft.take(cells, with_numbers=True)
        draft.text[:0] = above
        may_go_on = self._take_below(index, draft)
        return Row(anchor[1][0], draft.upc, draft.numbers, draft.unit, draft.text, may_go_on)

    def _take_below(self, index: int, draft: _Draft) -> bool:
        """Add the lines under a row's code; whether its description may go on overleaf."""
        numbered, belonging = self._numbered[index], self._belonging
        last = above = self._lines[self._anchors[index].line]
        torn = ended = totals = False
        for place in self.spans.between[index]:
            line = self._lines[place]
            here = place == numbered
            if not here and self.spans.is_charge(line):
                torn = True
                if self._is_among_totals(line):
                    # A page's own total stands between a row and what follows overleaf; the
                    # sum of the surcharges stands among the totals.
                    totals = True
                else:
                    ended = True
                if is_surcharge(line) and not totals:
                    self.surcharges += _last_amount(line)
            if torn and not here and draft.upc:
                continue
            cells = self.cells.read(line, None, with_numbers=here)
            draft.take(cells, with_numbers=here)
            words = cells[3]
            text = text_line(words) if words else None
            if not here:
                far = line[0] - last[1] > LINE_GAP_SHARE * (line[1] - line[0])
                if far and not torn:
                    torn = not belonging.reaches(index, last, place, words, draft.text)
                if text and not torn:
                    torn = not belonging.goes_on(
                        index, place, above, (words, text), draft.text, far=far
                    )
                if torn:
                    continue
            if text:
                draft.text.append(text)
            last = line
            if not here or self.spans.holds_text(place):
                above = line
        return not ended

    def _is_among_totals(self, line: Line) -> bool:
        """Whether a line is one of the totals: by its words, or as it begins under the numbers."""
        return line.words[0][1] >= self.cells.right or bool(_TOTAL(line.text))

    def lead(self, lines: list[Line], *, repeated: bool) -> list[TextLine]:
        """Lines over the first row that may belong to the last row of the page before.

        They follow the headings where those are ``repeated``, else they are the lines
        close over the first row.
        """
        if not repeated:
            start = len(lines)
            below = self._lines[start]
            share = ROW_GAP_SHARE
            while start and below.top - lines[start - 1].bottom <= share * below.height:
                start -= 1
                below, share = lines[start], LINE_GAP_SHARE
            lines = lines[start:]
        close = {id(self._lines[place]) for place in self.spans.close_over}
        found: list[TextLine] = []
        before: Line | None = None
        for line in lines:
            if before and line.top - before.bottom > LINE_GAP_SHARE * line.height:
                break
            if is_surcharge(line):
                self.surcharges += _last_amount(line)
                break
            words = self.cells.read(line, None, with_numbers=False).description
            if not words or self.cells.money_on(line):
                break
            if self._belonging.is_section(line, words[0], line.text):
                break
            found.append(text_line(words)._replace(is_close=id(line) in close))
            before = line
        return found


_TOTAL = re.compile(r"total|freight|shipping|\bdue\b", re.IGNORECASE).search


class _Draft:
    """A row while its lines are added."""

    def __init__(self, own: Cells) -> None:
        self.upc, self.numbers, self.unit = own.upc, own.numbers, own.unit
        self.text = [text_line(own.description)] if own.description else []

    def take(self, cells: Cells, *, with_numbers: bool) -> None:
        """Add what a line holds besides its text."""
        self.upc = self.upc or cells.upc
        if with_numbers:
            self.numbers, self.unit = cells.numbers, cells.unit or self.unit


def _last_amount(line: Line) -> Decimal:
    amounts = [
        value for word in line.words if "." in word[0] and (value := number(word[0])) is not None
    ]
    return amounts[-1] if amounts else Decimal(0)
