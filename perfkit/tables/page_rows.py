"""The rows of one page, once its columns and codes are known."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from perfkit.model import Word
from perfkit.patterns import is_upc
from perfkit.rows import SEGMENT_GAP_SHARE, Line
from perfkit.tables.body import Anchor, is_surcharge
from perfkit.tables.cells import SAME_EDGE_POINTS, CellReader, Cells
from perfkit.tables.columns import Columns
from perfkit.tables.facts import vendor_name
from perfkit.tables.numbers import number
from perfkit.tables.spans import LINE_GAP_SHARE, RowSpans

__all__ = ["SPACE_SHARE", "PageRows", "Row", "TextLine"]

#: The rest of a row is closer over the first row of a page than this share of its height.
ROW_GAP_SHARE = 2.0
#: A space takes about this share of a line's height.
SPACE_SHARE = 0.25
#: Wrapped lines end within this share of the width before the edge.
RAGGED_SHARE = 0.2
#: Lines of one description differ less than this share in height.
SAME_HEIGHT_SHARE = 0.2


class TextLine(NamedTuple):
    """A line of a description: its text and, in points, its edges, height and first word.

    ``is_close`` tells of a line over a page's first row that it stands as close to it as if
    it were its own.
    """

    text: str
    x0: float
    x1: float
    height: float
    first_width: float
    is_close: bool = False


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
        code_x0 = min((anchor.word.x0 for anchor in anchors), default=columns.headings[0].x0)
        self.cells = CellReader(columns, code_x0)
        self.own = [
            self.cells.read(lines[a.line], a.word, with_numbers=n == a.line)
            for a, n in zip(anchors, numbered, strict=True)
        ]
        described = [cells.description for cells in self.own if cells.description]
        self._text_off_edge = bool(described)
        self._wrap_right = max((words[-1].x1 for words in described), default=0.0)
        self.spans = RowSpans(lines, self.cells, anchors, numbered, self.own)

    def rows(self) -> list[Row]:
        """All rows of the page, from top to bottom."""
        return [self._row(index) for index in range(len(self._anchors))]

    def _row(self, index: int) -> Row:
        anchor, numbered = self._anchors[index], self._numbered[index]
        draft = _Draft(self.own[index])
        above: list[TextLine] = []
        for place in self.spans.prefixes[index]:
            cells = self.cells.read(self._lines[place], None, with_numbers=place == numbered)
            draft.take(cells, with_numbers=place == numbered)
            if cells.description and not vendor_name(self._lines[place].text):
                above.append(_text_line(cells.description))
        if numbered < anchor.line and numbered not in self.spans.prefixes[index]:
            cells = self.cells.read(self._lines[numbered], None, with_numbers=True)
            draft.take(cells, with_numbers=True)
        draft.text[:0] = above
        may_go_on = self._take_below(index, draft)
        return Row(anchor[1][0], draft.upc, draft.numbers, draft.unit, draft.text, may_go_on)

    def _take_below(self, index: int, draft: _Draft) -> bool:
        """Add the lines under a row's code; whether its description may go on overleaf."""
        numbered = self._numbered[index]
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
            text = _text_line(words) if words else None
            if not here:
                torn = torn or line[0] - last[1] > LINE_GAP_SHARE * (line[1] - line[0])
                if text and not torn:
                    torn = not self._goes_on(index, place, above, words, text, draft.text)
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
        return line.words[0].x0 >= self.cells.right or bool(_TOTAL(line.text))

    def _goes_on(
        self,
        index: int,
        place: int,
        above: Line,
        words: list[Word],
        line_text: TextLine,
        text: list[TextLine],
    ) -> bool:
        """Whether a line close under a row continues its description, or is a section heading.

        ``words`` and ``line_text`` are what it holds of the description, ``text`` the lines
        that the row has so far.
        """
        line, first, own = self._lines[place], words[0], self.own[index][3]
        code = self._anchors[index][1]
        if self._is_section(line, first, line_text[0] if words is line[2] else line.text):
            return False
        height = line_text[3]
        if text and abs(height - text[-1][3]) > SAME_HEIGHT_SHARE * text[-1][3]:
            return False
        if self.spans.blocks[index]:
            return place in self.spans.blocks[index]
        if not self.spans.is_tight(
            place, above, first=not text or above is self._lines[self._anchors[index].line]
        ):
            return False
        edge = code[1] + SAME_EDGE_POINTS
        if first[1] > edge:
            return True
        if own and self.cells.is_under_its_heading(own[0]):
            # Text with a heading of its own is wrapped there; under the code sections stand.
            return False
        if not self._text_off_edge or (text and text[-1].x0 <= edge):
            return True
        if not own and not text:
            return True
        # At the table's edge, where section headings stand too: text that was wrapped
        # there did not fit on the line above.
        room = self._wrap_right - own[-1].x1 if own else 0.0
        needed = first.x1 - first.x0 + SPACE_SHARE * height
        return bool(own) and room < needed + RAGGED_SHARE * (self._wrap_right - code.x0)

    def _is_section(self, line: Line, first: Word, whole: str) -> bool:
        """Whether a line is a heading between rows: it names the vendor, or begins outside.

        ``whole`` is the line's text.
        """
        if vendor_name(whole):
            return True
        if line[2][0] is first:
            return False
        place = line.words.index(first)
        before = line.words[place - 1]
        return first.x0 - before.x1 < SEGMENT_GAP_SHARE * line.height and not is_upc(before.text)

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
            if self._is_section(line, words[0], line.text):
                break
            found.append(_text_line(words)._replace(is_close=id(line) in close))
            before = line
        return found


#: A named tuple without the call of its own ``__new__``, which takes half of the time.
_new = tuple.__new__
_TOTAL = re.compile(r"total|freight|shipping|\bdue\b", re.IGNORECASE).search


class _Draft:
    """A row while its lines are added."""

    def __init__(self, own: Cells) -> None:
        self.upc, self.numbers, self.unit = own.upc, own.numbers, own.unit
        self.text = [_text_line(own.description)] if own.description else []

    def take(self, cells: Cells, *, with_numbers: bool) -> None:
        """Add what a line holds besides its text."""
        self.upc = self.upc or cells.upc
        if with_numbers:
            self.numbers, self.unit = cells.numbers, cells.unit or self.unit


def _text_line(words: list[Word]) -> TextLine:
    first, last = words[0], words[-1]
    # The lesser of both ends' heights: a glyph of another font may tower over its line.
    height = min(first[4] - first[2], last[4] - last[2])
    text = " ".join([word[0] for word in words])
    return _new(TextLine, (text, first[1], last[3], height, first[3] - first[1], False))


def _last_amount(line: Line) -> Decimal:
    amounts = [
        value
        for word in line.words
        if "." in word.text and (value := number(word.text)) is not None
    ]
    return amounts[-1] if amounts else Decimal(0)
