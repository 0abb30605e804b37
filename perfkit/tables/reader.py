"""One page of words to the rows of its table, without knowledge of any other page."""

from __future__ import annotations

from decimal import Decimal
from statistics import median_low as median
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
from perfkit.tables.cells import SAME_EDGE_POINTS, CellReader
from perfkit.tables.columns import Columns, match_columns
from perfkit.tables.facts import DocumentKind, Facts, read_facts, read_totals, vendor_name
from perfkit.tables.headings import Headings, find_headings
from perfkit.tables.numbers import number
from perfkit.patterns import PRODUCT_CODE, is_upc

__all__ = ["PageTable", "Row", "TextLine", "read_page"]

#: Lines of one description are closer than this share of their height.
LINE_GAP_SHARE = 1.0
#: Cells are centred where lines overlap a row's code by more than this share of their height.
CENTRED_SHARE = 0.25
#: Gaps between lines of descriptions differ by no more than this, in points.
GAP_SLACK_POINTS = 1.5
#: ... nor by more than this share of their height.
GAP_SLACK_SHARE = 0.35
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
        self._usual_gaps = self._find_usual_gaps()
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
            if 0 <= index < len(self._lines) and (
                index not in self._numbered or self._holds_text(index)
            ):
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
            if index in self._numbered or not self._is_charge(line)
        ]
        gaps = [lines[b].top - lines[a].bottom for a, b in zip(text, text[1:], strict=False)]
        # Between two codes the widest gap parts their rows.
        codes = [text.index(anchor.line) for anchor in self._anchors]
        widest = [max(gaps[a:b]) for a, b in zip(codes, codes[1:], strict=False)]
        height = lines[text[0]].height
        limit = min(
            min(widest, default=height / 2) - GAP_SLACK_POINTS / 2,
            max(0.0, self._usual_gaps[1]) + max(GAP_SLACK_POINTS, GAP_SLACK_SHARE * height),
        )
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
        return first.x0 < self.cells.right

    def _share(self, rows: list[int], block: list[int]) -> None:
        """Give each line of a block with several codes to the nearest of them."""
        lines = self._lines

        def middle(index: int) -> float:
            return lines[index].top + lines[index].bottom

        for row in rows:
            mine = [
                index
                for index in block
                if min(rows, key=lambda r: abs(middle(self._numbered[r]) - middle(index))) == row
                and abs(middle(index) - middle(self._numbered[row])) < 2 * 2 * lines[index].height
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
        last = above = self._lines[anchor.line]
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
                # A page's own total stands between a row and what follows overleaf.
                torn, ended = True, ended or "total" not in line.text.lower()
            if (ended or torn) and (upc or ended) and not here:
                continue
            cells = self.cells.read(line, None, with_numbers=here)
            upc = upc or cells.upc
            if torn and not here:
                continue
            if here:
                numbers, unit = cells.numbers, cells.unit or unit
            elif line.top - last.bottom > LINE_GAP_SHARE * line.height:
                torn = True
                continue
            if cells.description:
                if not here and not self._goes_on(index, place, above, cells.description, text):
                    torn = True
                    continue
                text.append(_text_line(cells.description))
            last = line
            if not here or self._holds_text(place):
                above = line
        return Row(anchor.word.text, upc, numbers, unit, text, not ended)

    def _goes_on(
        self, index: int, place: int, above: Line, words: list[Word], text: list[TextLine]
    ) -> bool:
        """Whether a line close under a row continues its description, or is a section heading."""
        line, first, own = self._lines[place], words[0], self.own[index].description
        code = self._anchors[index].word
        if self._is_section(line, first):
            return False
        height = min(word.bottom - word.top for word in words)
        if text and abs(height - text[-1].height) > SAME_HEIGHT_SHARE * text[-1].height:
            return False
        if self._block[index]:
            return place in self._block[index]
        if not self._is_tight(place, above, first=not text or above is self._lines[self._anchors[index].line]):
            return False
        edge = code.x0 + SAME_EDGE_POINTS
        if first.x0 > edge:
            return True
        if own and self.cells.is_under_its_heading(own[0]):
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

    def _is_section(self, line: Line, first: Word) -> bool:
        """Whether a line is a heading between rows: it names the vendor, or begins outside."""
        if vendor_name(line.text):
            return True
        place = line.words.index(first)
        if place == 0:
            return False
        before = line.words[place - 1]
        return first.x0 - before.x1 < SEGMENT_GAP_SHARE * line.height and not is_upc(before.text)

    def _is_tight(self, place: int, above: Line, *, first: bool) -> bool:
        """Whether a line is as close to the one above it as lines of descriptions are here."""
        line = self._lines[place]
        gap = line.top - above.bottom
        slack = max(GAP_SLACK_POINTS, GAP_SLACK_SHARE * line.height)
        if gap > self._usual_gaps[0 if first else 1] + slack:
            return False
        if place + 1 not in self._code_lines:
            return True
        return gap <= self._lines[place + 1].top - line.bottom + GAP_SLACK_POINTS

    def _find_usual_gaps(self) -> tuple[float, float]:
        """The usual gaps, in points: under a row's code, and between two lines under it."""
        under, within = [], []
        for anchor, between in zip(self._anchors, self._between, strict=True):
            above, first = self._lines[anchor.line], True
            for place in between:
                line = self._lines[place]
                if line.top - self._lines[place - 1].bottom > LINE_GAP_SHARE * line.height:
                    break
                if place in self._numbered and not self._holds_text(place):
                    continue
                (under if first else within).append(line.top - above.bottom)
                above, first = line, False
        usual = median(under) if under else 0.0
        return usual, median(within) if within else usual

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
    height = min([word[4] - word[2] for word in words])
    return TextLine(" ".join([word[0] for word in words]), words[0].x0, height)


def _last_amount(line: Line) -> Decimal:
    amounts = [
        value for word in line.words if "." in word.text and (value := number(word.text)) is not None
    ]
    return amounts[-1] if amounts else Decimal(0)
