"""Which lines of a page make up which row.

Lines belong to the row whose code stands over them, as far as they are close together.
Where cells are aligned at their middle or their foot, a row's lines also stand over its
code; there the gaps between the lines tell the rows apart.
"""

from __future__ import annotations

import itertools
from statistics import median_low

from perfkit.geometry import Line
from perfkit.model import PlainWord
from perfkit.tables.body import Anchor, is_surcharge, is_total
from perfkit.tables.cells import CellReader, Cells
from perfkit.tables.columns import SAME_EDGE_POINTS
from perfkit.tables.text_lines import are_even

__all__ = ["FEWEST_GAPS", "LINE_GAP_SHARE", "RowSpans"]

#: Lines of one description are closer than this share of their height.
LINE_GAP_SHARE = 1.0
#: Cells are centred where lines overlap a row's code by more than this share of their height.
CENTRED_SHARE = 0.25
#: ... or by this share on both sides, evenly.
CENTRED_EVENLY_SHARE, EVEN_SHARE = 0.1, 0.06
#: Lines over a code are its own only when closer than this share of their height.
TIGHT_SHARE = 0.4
#: Gaps between lines that are alike differ by less than this, in points.
ALIKE_POINTS = 0.6
#: So many gaps tell what is usual on a page, and so many rows how its letters are measured.
FEWEST_GAPS, MOST_LOOKED_AT = 2, 5
#: Gaps between lines of descriptions differ by no more points, nor share of their height.
GAP_SLACK_POINTS, GAP_SLACK_SHARE = 1.5, 0.35


class RowSpans:
    """The lines of each row of a page.

    Attributes
    ----------
    prefixes : list of list of int
        For each row the lines over its code that are its own.
    between : list of list of int
        For each row the lines from its code down to the next row's first.
    code_lines : frozenset of int
        The lines with codes.
    close_over : list of int
        Lines close over the first row that are its own only where no row stands before it.
    blocks : list of frozenset of int
        For each row of centred cells all its lines; empty where cells are not centred.
    known_gaps : tuple of int
        How many rows have a line close under their code, and how many a further one.
    """

    def __init__(
        self,
        lines: list[Line],
        cells: CellReader,
        anchors: list[Anchor],
        numbered: list[int],
        own: list[Cells],
    ) -> None:
        self._lines, self._cells, self._anchors = lines, cells, anchors
        self._numbered, self._own = numbered, own
        self.code_lines = frozenset(anchor.line for anchor in anchors)
        self._charges: dict[int, bool] = {}
        ends = [*[anchor[0] for anchor in anchors[1:]], len(lines)]
        self.between = [
            list(range(anchor[0] + 1, end)) for anchor, end in zip(anchors, ends, strict=False)
        ]
        self.prefixes: list[list[int]] = [[] for _ in anchors]
        self.close_over: list[int] = []
        self.blocks: list[frozenset[int]] = [frozenset() for _ in anchors]
        self._even = are_even([row.description for row in own[:MOST_LOOKED_AT]])
        self._nearer: tuple[int, int] | None = None
        self._usual_gaps = self._find_usual_gaps()
        if any(
            number < anchor.line or self._is_overlapped(anchor)
            for anchor, number in zip(anchors, numbered, strict=True)
        ):
            self._find_blocks()
        else:
            before = [-1, *(anchor.line for anchor in anchors)]
            for index, start in enumerate(before[: len(anchors)]):
                self._find_lines_above(index, start)
            if anchors and not any(self.prefixes[1:]):
                # Only the page's first row would have text over its code: it is rather the
                # rest of the last row of the page before.
                self.close_over, self.prefixes[0] = self.prefixes[0], []

    def _is_overlapped(self, anchor: Anchor) -> bool:
        """Whether a line beside this row's code is off it by a part of its height only."""
        lines, place = self._lines, anchor[0]
        code_top, code_bottom, _ = lines[place]
        shares = []
        for index in (place - 1, place + 1):
            if 0 <= index < len(lines):
                top, bottom, _ = lines[index]
                shared = min(bottom, code_bottom) - max(top, code_top)
                if shared > 0 and (index not in self._numbered or self.holds_text(index)):
                    shares.append(shared / min(bottom - top, code_bottom - code_top))
        if not shares:
            return False
        evenly = len(shares) > 1 and abs(shares[0] - shares[1]) < EVEN_SHARE
        return max(shares) > CENTRED_SHARE or (evenly and min(shares) > CENTRED_EVENLY_SHARE)

    def _count_nearer(self) -> tuple[int, int]:
        """How often text between two codes is nearer to the one under it, and to that over it."""
        lines, near, far = self._lines, 0, 0
        for index, (before, anchor) in enumerate(itertools.pairwise(self._anchors), start=1):
            first, last = before[0] + 1, anchor[0] - 1
            if first > last or self.is_charge(lines[last]):
                continue
            over = lines[first][1] - lines[before[0]][1]
            under = lines[anchor[0]][1] - lines[last][1]
            slack = max(GAP_SLACK_POINTS, GAP_SLACK_SHARE * lines[anchor[0]].height)
            if under + slack < over or (last > first and self.is_charge(lines[last - 1])):
                near += self._is_in_line(index, last)
            else:
                far += over + slack < under
        return near, far

    def _is_in_line(self, index: int, place: int) -> bool:
        """Whether a line's text begins where a row's does, off the edge at which codes stand."""
        own, code = self._own[index].description, self._anchors[index].word
        if not own or own[0][1] - code[1] <= SAME_EDGE_POINTS:
            return False
        words = self._cells.read(self._lines[place], None, with_numbers=False).description
        return bool(words) and abs(words[0][1] - own[0][1]) <= SAME_EDGE_POINTS

    def _find_lines_above(self, index: int, start: int) -> None:
        """Lines over a row's code that its description begins on: cells aligned at the foot."""
        code, word = self._anchors[index]
        place = code - 1
        if place <= start:
            return
        line, below = self._lines[place], self._lines[code]
        if below[0] - line[1] > LINE_GAP_SHARE * (line[1] - line[0]):
            return  # as nearly always
        own = self._own[index][3] or self._text_under(index)
        if not own or self.is_charge(line):
            return
        if self._nearer is None:
            self._nearer = self._count_nearer()
        near, far = self._nearer
        slack = ALIKE_POINTS if self._even else GAP_SLACK_POINTS
        if near > 0 == far:
            slack = -ALIKE_POINTS  # no row here has its lines under its code
        # Off the edge, where no section heading stands, it need not be as close.
        off_edge = near > 0 and own[0][1] - word[1] > SAME_EDGE_POINTS
        share = LINE_GAP_SHARE if off_edge else TIGHT_SHARE
        while place > start:
            line, below = self._lines[place], self._lines[place + 1]
            gap = below.top - line.bottom
            over = line.top - self._lines[place - 1].bottom if place > 0 else gap + line.height
            if gap > share * line.height or self.is_charge(line):
                break
            if place - 1 == start and over < gap + slack:
                break
            words = self._cells.read(line, None, with_numbers=False).description
            if not words or abs(words[0][1] - own[0][1]) >= SAME_EDGE_POINTS:
                break
            self.prefixes[index].insert(0, place)
            place -= 1
        first = self.prefixes[index]
        if first and start >= 0:
            # Text as close to the row before is that row's.
            over = self._lines[first[0]].top - self._lines[first[0] - 1].bottom
            under = self._lines[first[0] + 1].top - self._lines[first[0]].bottom
            if over < under + slack:
                self.prefixes[index] = first = []
        if first and index:
            self.between[index - 1] = [p for p in self.between[index - 1] if p < first[0]]

    def _text_under(self, index: int) -> list[PlainWord]:
        """The text just under a row's code, where its cells are centred between two lines."""
        code = self._anchors[index].line
        if not 0 < code < len(self._lines) - 1 or code + 1 in self.code_lines:
            return []
        above, line, below = self._lines[code - 1 : code + 2]
        if max(line.top - above.bottom, below.top - line.bottom) > TIGHT_SHARE * line.height:
            return []
        words = self._cells.read(below, None, with_numbers=False).description
        off_edge = words and words[0][1] - self._anchors[index].word[1] > SAME_EDGE_POINTS
        return words if off_edge else []

    def _find_blocks(self) -> None:
        """Rows of centred cells: lines with no gap between them, around one code each."""
        lines = self._lines
        text = [
            index
            for index, line in enumerate(lines)
            if index in self._numbered or index in self.code_lines or not self.is_charge(line)
        ]
        gaps = [lines[b].top - lines[a].bottom for a, b in itertools.pairwise(text)]
        # Between two codes the widest gap parts their rows.
        codes = [text.index(anchor.line) for anchor in self._anchors]
        widest = [max(gaps[a:b], default=0.0) for a, b in itertools.pairwise(codes)]
        height = lines[text[0]].height
        limit = min(
            min(widest, default=height / 2) - GAP_SLACK_POINTS / 2,
            max(0.0, self._usual_gaps[1]) + max(GAP_SLACK_POINTS, GAP_SLACK_SHARE * height),
        )
        if widest and min(widest) < max(0.0, self._usual_gaps[1]) + GAP_SLACK_POINTS / 2:
            # Rows touch: no gap tells them apart.
            self._share(list(range(len(self._anchors))), text)
            return
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

    def holds_text(self, index: int) -> bool:
        """Whether a line with a row's numbers also holds its code or description."""
        first = self._lines[index].words[0]
        return first[1] < self._cells.right

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
        self.blocks[row] = frozenset(block)
        prefix = [index for index in block if index < code]
        self.prefixes[row] = prefix
        if row and prefix:
            self.between[row - 1] = [p for p in self.between[row - 1] if p < prefix[0]]

    def is_charge(self, line: Line) -> bool:
        """Whether a line is a surcharge, a total or the like, and no text of a row."""
        known = self._charges.get(id(line))
        if known is None:
            known = self._charges[id(line)] = (
                is_surcharge(line) or is_total(line) or self._cells.money_on(line)
            )
        return known

    def is_tight(self, place: int, above: Line, *, first: bool, at_edge: bool) -> bool:
        """Whether a line is as close to the one above it as lines of descriptions are here.

        At the table's edge, where section headings stand too, it has to be as close exactly.
        """
        line = self._lines[place]
        gap = line.top - above.bottom
        slack = GAP_SLACK_POINTS
        if not at_edge or not self._even or self.known_gaps[0 if first else 1] < FEWEST_GAPS:
            slack = max(slack, GAP_SLACK_SHARE * line.height)
        usual = self._usual_gaps[0 if first else 1]
        if at_edge and not first and self.known_gaps[0] >= FEWEST_GAPS:
            usual = min(self._usual_gaps)
        if gap > usual + slack:
            return False
        if place + 1 not in self.code_lines:
            return True
        return gap <= self._lines[place + 1].top - line.bottom + GAP_SLACK_POINTS

    def _find_usual_gaps(self) -> tuple[float, float]:
        """The usual gaps, in points: under a row's code, and between two lines under it."""
        under: list[float] = []
        within: list[float] = []
        for anchor, between in zip(self._anchors, self.between, strict=True):
            last = above = self._lines[anchor[0]][1]
            found = under
            for place in between:
                top, bottom, _ = self._lines[place]
                if top - last > LINE_GAP_SHARE * (bottom - top):
                    break
                last = bottom
                if place in self._numbered and not self.holds_text(place):
                    continue
                found.append(top - above)
                above, found = bottom, within
        usual = median_low(under) if under else 0.0
        self.known_gaps = len(under), len(within) or len(under)
        return usual, median_low(within) if within else usual
