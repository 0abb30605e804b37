"""Whether a line under a row is its own: part of its description, or a section heading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from perfkit.geometry import SEGMENT_GAP_SHARE, Line
from perfkit.model import PlainWord
from perfkit.patterns import is_upc
from perfkit.tables.body import Anchor
from perfkit.tables.cells import CellReader, Cells
from perfkit.tables.columns import SAME_EDGE_POINTS
from perfkit.tables.facts import vendor_name
from perfkit.tables.spans import FEWEST_GAPS, GAP_SLACK_POINTS, LINE_GAP_SHARE, RowSpans
from perfkit.tables.text_lines import SPACE_SHARE, TextLine, overlap

__all__ = ["Belonging"]

#: Wrapped lines end within this share of the width before the edge.
RAGGED_SHARE = 0.2
#: Lines of one row are closer to each other than to the next row by this share of their height.
CLOSER_SHARE = 0.15
#: A description has at most so many lines under its row.
MOST_UNDER = 5
#: Lines of one description differ less than this share in height.
SAME_HEIGHT_SHARE = 0.2
#: A description in a row of its own begins at most so many heights under the row's first line
#: where another row follows (a picture may stand beside it), and so many where none does.
FARTHEST_GAP_SHARE, FAR_GAP_SHARE = 10.0, 2.5
_PAGE_NUMBER = re.compile(
    r"(?:page|pg\.?|p\.)\s*\d+(?:\s*(?:of|/)\s*\d+)?", re.IGNORECASE
).fullmatch


class Belonging:
    """Tells for the lines under one page's rows whether they are the rows' own."""

    def __init__(
        self,
        lines: list[Line],
        cells: CellReader,
        spans: RowSpans,
        anchors: list[Anchor],
        own: list[Cells],
    ) -> None:
        self._lines, self._cells, self._spans = lines, cells, spans
        self._anchors, self._own = anchors, own
        described = [row.description for row in own if row.description]
        self._text_off_edge = bool(described)
        self._wrap_right = max((words[-1][3] for words in described), default=0.0)
        self._farthest_share = 0.0
        self._under_right: float | None = None

    def reaches(
        self, index: int, last: Line, place: int, words: list[PlainWord], text: list[TextLine]
    ) -> bool:
        """Whether a line further under a row than lines of a text are is its description.

        In tables that give it a row of its own: where the row has none yet, or where it goes
        on under its beginning, off the edge at which section headings stand.
        """
        line = self._lines[place]
        share = (line.top - last.bottom) / line.height
        # Under the last row stands what belongs to none, too: as far as under others, then.
        at_end = index + 1 == len(self._anchors)
        if at_end and not self._farthest_share and self._spans.known_gaps[0] >= FEWEST_GAPS:
            return False
        limit = max(FAR_GAP_SHARE, self._farthest_share + LINE_GAP_SHARE)
        if not words or share > (limit if at_end else FARTHEST_GAP_SHARE):
            return False
        if text:
            x0 = text[0].x0
            code = self._anchors[index].word
            if not abs(words[0][1] - x0) < SAME_EDGE_POINTS < x0 - code[1]:
                return False
            if not self._is_nearer_above(last, place):
                return False
        self._farthest_share = max(share, self._farthest_share)
        return True

    def _is_nearer_above(self, above: Line, place: int) -> bool:
        """Whether a line is at least as near to the one over it as to what follows it."""
        line, after = self._lines[place], place + 1
        if after == len(self._lines):
            return True
        if after not in self._spans.code_lines and self._spans.is_charge(self._lines[after]):
            return True
        below = self._lines[after].top - line.bottom
        return line.top - above.bottom <= below + GAP_SLACK_POINTS

    def goes_on(
        self,
        index: int,
        place: int,
        above: Line,
        found: tuple[list[PlainWord], TextLine],
        text: list[TextLine],
        *,
        far: bool = False,
    ) -> bool:
        """Whether a line close under a row continues its description, or is a section heading.

        ``found`` is what it holds of the description, as words and as text, and ``text`` the
        lines that the row has so far; ``far`` tells of a line that is not close, but seems to
        be the row's all the same.
        """
        words, line_text = found
        line, first, own = self._lines[place], words[0], self._own[index][3]
        code = self._anchors[index][1]
        if first[1] >= self._cells.right or self.is_section(
            line, first, line_text[0] if words is line[2] else line.text
        ):
            return False
        under_others = len(text) > (1 if own else 0)
        if under_others and not overlap(text[-1], words):
            return False
        height = line_text[3]
        if text and abs(height - text[-1][3]) > SAME_HEIGHT_SHARE * text[-1][3]:
            return False
        if self._spans.blocks[index]:
            return place in self._spans.blocks[index]
        edge = code[1] + SAME_EDGE_POINTS
        if far:
            return True
        if not self._spans.is_tight(
            place,
            above,
            first=not text or above is self._lines[self._anchors[index][0]],
            at_edge=first[1] <= edge,
        ):
            # A row of its own under the description's beginning need not be.
            return bool(
                len(text) == 1
                and own
                and edge < own[0][1]
                and abs(first[1] - own[0][1]) < SAME_EDGE_POINTS
                and self._is_nearer_above(above, place)
            )
        if first[1] > edge:
            return True
        if (
            under_others
            and not self._is_closer(index, place, above)
            and self._had_room(text[-1], first)
        ):
            return False
        if own and self._cells.is_under_its_heading(own[0]):
            # Text with a heading of its own is wrapped there; under the code sections stand.
            return False
        if not self._text_off_edge or (text and text[-1].x0 <= edge):
            return True
        if not own and not text:
            return True
        # At the table's edge, where section headings stand too: text that was wrapped
        # there did not fit on the line above.
        room = self._wrap_right - own[-1][3] if own else 0.0
        needed = first[3] - first[1] + SPACE_SHARE * height
        return bool(own) and room < needed + RAGGED_SHARE * (self._wrap_right - code[1])

    def _is_closer(self, index: int, place: int, above: Line) -> bool:
        """Whether a line is closer to the one over it than the next row is to its own."""
        if index + 1 == len(self._anchors):
            return False
        code = self._anchors[index + 1].line
        apart = self._lines[code].top - self._lines[code - 1].bottom
        line = self._lines[place]
        return line.top - above.bottom < apart - CLOSER_SHARE * line.height

    def _had_room(self, last: TextLine, following: PlainWord) -> bool:
        """Whether a word would have fitted behind the line over it, so that it was not wrapped."""
        if self._under_right is None:
            edge = self._cells.code_x0 + SAME_EDGE_POINTS
            self._under_right = max(
                (
                    line.words[-1][3]
                    for between in self._spans.between
                    for line in self._close_lines(between[:MOST_UNDER])
                    if line.words[0][1] <= edge and not self._spans.is_charge(line)
                ),
                default=0.0,
            )
        needed = following[3] - following[1] + SPACE_SHARE * last.height
        return self._under_right - last.x1 > needed + RAGGED_SHARE * (self._under_right - last.x0)

    def _close_lines(self, places: list[int]) -> Iterator[Line]:
        """Lines as far as each is close to the one over it: a page's foot is not."""
        for place in places:
            line = self._lines[place]
            gap = line.top - self._lines[place - 1].bottom
            if gap > max(LINE_GAP_SHARE, self._farthest_share) * line.height:
                return
            yield line

    def is_section(self, line: Line, first: PlainWord, whole: str) -> bool:
        """Whether a line is a heading between rows: it names the vendor, or begins outside.

        ``whole`` is the line's text. The number of a page is no part of a row either.
        """
        if vendor_name(whole) or (whole[0] in "Pp" and _PAGE_NUMBER(whole)):
            return True
        if line[2][0] is first:
            return False
        place = line.words.index(first)
        before = line.words[place - 1]
        return first[1] - before[3] < SEGMENT_GAP_SHARE * line.height and not is_upc(before[0])
