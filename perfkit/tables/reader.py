"""One page of words to the rows of its table, without knowledge of any other page."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from perfkit.model import Page, Word
from perfkit.rows import SEGMENT_GAP_SHARE, Line, group_lines
from perfkit.tables.body import (
    Anchor,
    find_anchors,
    is_surcharge,
    number_area,
    number_lines,
    own_numbers,
)
from perfkit.tables.cells import CellReader
from perfkit.tables.columns import Columns, match_columns
from perfkit.tables.facts import DocumentKind, Facts, read_facts, read_totals, vendor_name
from perfkit.tables.headings import Headings, find_headings
from perfkit.tables.numbers import number
from perfkit.patterns import PRODUCT_CODE, is_upc

__all__ = ["PageTable", "Row", "TextLine", "read_page"]

#: Lines of one description are closer than this share of their height.
LINE_GAP_SHARE = 1.0
#: An edge is the same as another within so many points.
SAME_EDGE_POINTS = 3.0
#: Cells are centred where lines overlap a row's code by more than this share of their height.
CENTRED_SHARE = 0.35
#: Gaps between lines of descriptions differ by no more than this, in points.
GAP_SLACK_POINTS = 1.5
#: Rows of centred cells are apart by this share of their height more than their lines.
BLOCK_GAP_SHARE = 0.3
#: Lines over a code are its own only when closer than this share of their height.
TIGHT_SHARE = 0.4
#: Wrapped lines end within this share of the width before the edge.
RAGGED_SHARE = 0.2
#: A space takes about this share of a line's height.
SPACE_SHARE = 0.25
#: Lines of one description differ less than this share in height.
SAME_HEIGHT_SHARE = 0.2


class TextLine(NamedTuple):
    """A line of a description: its text, its left edge and its height in points."""

    text: str
    x0: float
    height: float


class Row(NamedTuple):
    """One row as its page shows it; its description may go on at the top of the next page."""

    code: str
    upc: str | None
    numbers: dict[str, Decimal]
    unit: str | None
    description: list[TextLine]
    may_go_on: bool


class PageTable(NamedTuple):
    """What one page holds of the table, and of what stands beside it.

    ``unread`` is the page itself where it holds product codes and no headings: it goes on
    with the columns of the page before, which the reader of one page cannot know.
    """

    number: int
    headings: Headings | None
    rows: list[Row]
    lead: list[TextLine]
    surcharges: Decimal
    totals: dict[str, Decimal]
    facts: Facts
    lines_of_numbers: int
    unread: Page | None = None


def read_page(
    page: Page, kind: DocumentKind, *, headings: Headings | None = None, facts: bool = True
) -> PageTable:
    """Read one page.

    Parameters
    ----------
    page : Page
        Words in points, in any order.
    kind : DocumentKind
        How documents of the layout name their number and date.
    headings : Headings, optional
        Of the page before, for a page that does not repeat them.
    facts : bool
        Whether number, date and vendor are still to be found.
    """
    lines = group_lines(page.words)
    found = find_headings(lines)
    known = read_facts(lines, kind) if facts else Facts()
    if not found and headings is None:
        with_codes = any(PRODUCT_CODE.fullmatch(word[0]) for word in page.words)
        return PageTable(
            page.number,
            None,
            [],
            [],
            Decimal(0),
            read_totals(lines),
            known,
            0,
            page if with_codes else None,
        )
    if found:
        headings = found[0]
        body = [line for line in lines if _below(line, found)]
    else:
        body = lines
    assert headings is not None
    return _read_body(page.number, body, headings, known, repeated=bool(found))


def _below(line: Line, found: list[Headings]) -> bool:
    middle = (line.top + line.bottom) / 2
    if middle < found[0].bottom:
        return False
    return not any(other.top < middle < other.bottom for other in found[1:])


def _read_body(
    page: int, lines: list[Line], headings: Headings, facts: Facts, *, repeated: bool
) -> PageTable:
    left = number_area(headings)
    anchors = find_anchors(lines, headings)
    with_numbers = number_lines(lines, anchors, left)
    kept = [pair for pair in zip(anchors, with_numbers, strict=True) if pair[1] is not None]
    anchors = [anchor for anchor, _ in kept]
    numbered = [index for _, index in kept if index is not None]
    extents = [
        (word[1], word[3]) for index in numbered for word in own_numbers(lines[index], left)
    ]
    columns = match_columns(headings, extents)
    if not anchors:
        many = sum(len(own_numbers(line, left)) > 1 for line in lines)
        lead = []
        return PageTable(
            page, headings, [], lead, Decimal(0), read_totals(lines), facts, many
        )
    reader = _PageReader(lines, columns, anchors, numbered)
    rows = reader.rows()
    first = anchors[0].line - len(reader.prefixes[0])
    return PageTable(
        page,
        headings,
        rows,
        reader.lead(lines[:first], repeated=repeated),
        reader.surcharges,
        read_totals(lines[anchors[-1].line + 1 :]),
        facts,
        len(rows),
    )


class _PageReader:
    """The rows of one page, once its columns and codes are known."""

    def __init__(
        self, lines: list[Line], columns: Columns, anchors: list[Anchor], numbered: list[int]
    ) -> None:
        self._lines, self._anchors, self._numbered = lines, anchors, numbered
        self.cells = CellReader(columns, min(anchor.word.x0 for anchor in anchors))
        self.surcharges = Decimal(0)
        self._code_lines = frozenset(anchor.line for anchor in anchors)
        bounds = [*(anchor.line for anchor in anchors[1:]), len(lines)]
        self.own = [
            self.cells.read(lines[a.line], a.word, with_numbers=n == a.line)
            for a, n in zip(anchors, numbered, strict=True)
        ]
        described = [cells.description for cells in self.own if cells.description]
        self._text_off_edge = bool(described)
        self._wrap_right = max((words[-1].x1 for words in described), default=0.0)
        self._centred = any(
            number < anchor.line or self._is_overlapped(anchor)
            for anchor, number in zip(anchors, numbered, strict=True)
        )
        above = [-1, *(anchor.line for anchor in anchors[:-1])]
        self._between = [
            list(range(anchor.line + 1, end)) for anchor, end in zip(anchors, bounds, strict=True)
        ]
        self._usual_gap = self._least_gap()
        self.prefixes: list[list[int]] = [[] for _ in anchors]
        self._block: list[frozenset[int]] = [frozenset() for _ in anchors]
        if self._centred:
            self._find_blocks()
        else:
            for index, start in enumerate(above):
                self._find_lines_above(index, start)

    def _is_overlapped(self, anchor: Anchor) -> bool:
        """Whether a line beside this row's code is off it by a part of its height only."""
        code = self._lines[anchor.line]
        for index in (anchor.line - 1, anchor.line + 1):
            if 0 <= index < len(self._lines) and index not in self._numbered:
                line = self._lines[index]
                shared = min(line.bottom, code.bottom) - max(line.top, code.top)
                if shared > CENTRED_SHARE * min(line.height, code.height):
                    return True
        return False

    def _find_lines_above(self, index: int, start: int) -> None:
        """Lines over a row's code that its description begins on: cells aligned at the foot."""
        own = self.own[index].description
        if not own:
            return
        place = self._anchors[index].line - 1
        while place > start:
            line, below = self._lines[place], self._lines[place + 1]
            gap = below.top - line.bottom
            over = line.top - self._lines[place - 1].bottom if place > 0 else gap + line.height
            words = self.cells.read(line, None, with_numbers=False).description
            fits = words and abs(words[0].x0 - own[0].x0) < SAME_EDGE_POINTS
            if not fits or gap > TIGHT_SHARE * line.height or self._is_charge(line):
                break
            if place - 1 == start and over < gap + GAP_SLACK_POINTS:
                break
            self.prefixes[index].insert(0, place)
            place -= 1
        first = self.prefixes[index]
        if first and start >= 0:
            # Text as close to the row before is that row's.
            over = self._lines[first[0]].top - self._lines[first[0] - 1].bottom
            under = self._lines[first[0] + 1].top - self._lines[first[0]].bottom
            if over < under + GAP_SLACK_POINTS:
                self.prefixes[index] = first = []
        if first and index:
            self._between[index - 1] = [p for p in self._between[index - 1] if p < first[0]]

    def _find_blocks(self) -> None:
        """Rows of centred cells: lines with no gap between them, around one code each."""
        lines = self._lines
        text = [
            index
            for index, line in enumerate(lines)
            if (self._holds_text(index) if index in self._numbered else not self._is_charge(line))
        ]
        gaps = [lines[b].top - lines[a].bottom for a, b in zip(text, text[1:], strict=False)]
        if not gaps:
            return
        height = lines[self._anchors[0].line].height
        around = [
            lines[a.line + 1].top - lines[a.line - 1].bottom
            for a in self._anchors
            if 0 < a.line < len(lines) - 1
        ]
        within = max(0.0, min(around, default=0.0))
        limit = within + max(GAP_SLACK_POINTS, BLOCK_GAP_SHARE * height)
        blocks: list[list[int]] = [[text[0]]]
        for index, gap in zip(text[1:], gaps, strict=True):
            if gap > limit:
                blocks.append([index])
            else:
                blocks[-1].append(index)
        place = {anchor.line: index for index, anchor in enumerate(self._anchors)}
        for block in blocks:
            rows = [place[index] for index in block if index in place]
            if len(rows) == 1:
                self._give(rows[0], block)
            elif rows:
                self._share(rows, block)

    def _holds_text(self, index: int) -> bool:
        """Whether a line with a row's numbers also holds its code or description."""
        first = self._lines[index].words[0]
        return first.x0 < self.cells.right and number(first.text) is None

    def _share(self, rows: list[int], block: list[int]) -> None:
        """Give each line of a block with several codes to the nearest of them."""
        lines = self._lines

        def middle(index: int) -> float:
            return lines[index].top + lines[index].bottom

        for row in rows:
            own = middle(self._anchors[row].line)
            mine = [
                index
                for index in block
                if min(rows, key=lambda r: abs(middle(self._anchors[r].line) - middle(index)))
                == row
                and abs(middle(index) - own) < 2 * 2 * lines[index].height
            ]
            self._give(row, mine)

    def _give(self, row: int, block: list[int]) -> None:
        code = self._anchors[row].line
        self._block[row] = frozenset(block)
        prefix = [index for index in block if index < code]
        self.prefixes[row] = prefix
        if row and prefix:
            self._between[row - 1] = [p for p in self._between[row - 1] if p < prefix[0]]

    def _is_charge(self, line: Line) -> bool:
        return is_surcharge(line) or self.cells.money_on(line)

    def rows(self) -> list[Row]:
        """All rows of the page, from top to bottom."""
        return [self._row(index) for index in range(len(self._anchors))]

    def _row(self, index: int) -> Row:
        anchor, numbered, own = self._anchors[index], self._numbered[index], self.own[index]
        upc, numbers, unit = own.upc, own.numbers, own.unit
        last = self._lines[anchor.line]
        text: list[TextLine] = []
        for place in self.prefixes[index]:
            here = place == numbered
            cells = self.cells.read(self._lines[place], None, with_numbers=here)
            if here:
                numbers, unit = cells.numbers, cells.unit or unit
            upc = upc or cells.upc
            if cells.description and not vendor_name(self._lines[place].text):
                text.append(_text_line(cells.description))
        if numbered < anchor.line and numbered not in self.prefixes[index]:
            cells = self.cells.read(self._lines[numbered], None, with_numbers=True)
            numbers, unit = cells.numbers, cells.unit or unit
        if own.description:
            text.append(_text_line(own.description))
        torn = ended = False
        for place in self._between[index]:
            line = self._lines[place]
            here = place == numbered
            if not here and self._is_charge(line):
                if is_surcharge(line):
                    self.surcharges += _last_amount(line)
                upc = upc or self.cells.read(line, None, with_numbers=True).upc
                ended = True
            if (ended or torn) and not here:
                continue
            cells = self.cells.read(line, None, with_numbers=here)
            if here:
                numbers, unit = cells.numbers, cells.unit or unit
            elif line.top - last.bottom > LINE_GAP_SHARE * line.height:
                torn = True
                continue
            if cells.description:
                if not here and not self._goes_on(index, place, last, cells.description, text):
                    torn = True
                    continue
                text.append(_text_line(cells.description))
            upc = upc or cells.upc
            last = line
        return Row(anchor.word.text, upc, numbers, unit, text, not ended)

    def _goes_on(
        self, index: int, place: int, above: Line, words: list[Word], text: list[TextLine]
    ) -> bool:
        """Whether a line close under a row continues its description, or is a section heading."""
        line, first, own = self._lines[place], words[0], self.own[index].description
        code = self._anchors[index].word
        if self._is_section(line, first):
            return False
        height = first.bottom - first.top
        if text and abs(height - text[-1].height) > SAME_HEIGHT_SHARE * text[-1].height:
            return False
        if self._block[index]:
            return place in self._block[index]
        if not self._is_tight(place, above):
            return False
        edge = code.x0 + SAME_EDGE_POINTS
        if self.cells.has_description_heading or first.x0 > edge:
            return True
        if not self._text_off_edge or (text and text[-1].x0 <= edge):
            return True
        # At the table's edge, where section headings stand too: text that was wrapped
        # there did not fit on the line above.
        room = self._wrap_right - own[-1].x1 if own else 0.0
        needed = first.x1 - first.x0 + SPACE_SHARE * height
        return bool(own) and room < needed + RAGGED_SHARE * (self._wrap_right - code.x0)

    def _is_section(self, line: Line, first: Word) -> bool:
        """Whether a line is a heading between rows: it names the vendor, or begins outside."""
        if vendor_name(line.text):
            return True
        place = line.words.index(first)
        if place == 0:
            return False
        before = line.words[place - 1]
        return first.x0 - before.x1 < SEGMENT_GAP_SHARE * line.height and not is_upc(before.text)

    def _is_tight(self, place: int, above: Line) -> bool:
        """Whether a line is as close to the one above it as lines of descriptions are here."""
        line = self._lines[place]
        gap = line.top - above.bottom
        if gap > self._usual_gap + GAP_SLACK_POINTS:
            return False
        if place + 1 not in self._code_lines:
            return True
        return gap <= self._lines[place + 1].top - line.bottom + GAP_SLACK_POINTS

    def _least_gap(self) -> float:
        """The least gap, in points, between a row's code and a line of words under it."""
        gaps = []
        for anchor, between in zip(self._anchors, self._between, strict=True):
            if between:
                line, code = self._lines[between[0]], self._lines[anchor.line]
                gap = line.top - code.bottom
                if gap < LINE_GAP_SHARE * line.height:
                    gaps.append(gap)
        return min(gaps, default=0.0)

    def lead(self, lines: list[Line], *, repeated: bool) -> list[TextLine]:
        """Lines over the first row that may belong to the last row of the page before.

        They follow the headings where those are ``repeated``, else they are the lines
        close over the first row.
        """
        if not repeated:
            start = len(lines)
            below = self._lines[start]
            while start and below.top - lines[start - 1].bottom <= LINE_GAP_SHARE * below.height:
                start -= 1
                below = lines[start]
            lines = lines[start:]
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
            if self._is_section(line, words[0]):
                break
            found.append(_text_line(words))
            before = line
        return found


def _text_line(words: list[Word]) -> TextLine:
    first = words[0]
    return TextLine(" ".join([word[0] for word in words]), first.x0, first.bottom - first.top)


def _last_amount(line: Line) -> Decimal:
    amounts = [
        value for word in line.words if "." in word.text and (value := number(word.text)) is not None
    ]
    return amounts[-1] if amounts else Decimal(0)
