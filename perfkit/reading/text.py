"""Descriptions: which lines belong to which row's text, over lines and pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from perfkit.geometry import Line
from perfkit.model import PlainWord
from perfkit.reading.cells import begins_a_run, take_upc
from perfkit.reading.rows import Row, Sheet
from perfkit.reading.template import Template, place_of
from perfkit.reading.words import (
    CHARGE,
    LABEL,
    LEADER,
    UPC,
    is_label,
    is_label_end,
    is_total,
    upc_of,
)

__all__ = [
    "SAME_EDGE_POINTS",
    "TextReader",
    "TextRules",
    "first_word",
    "height_of",
    "is_aside",
    "widest_gap",
]

#: Words of one line of text are no further apart than so many heights.
TEXT_GAP_HEIGHTS = 1.6
#: Lines of a description begin at the same place, within so many points.
SAME_EDGE_POINTS = 2.5
#: A line is close enough to go on a text if its gap exceeds the usual one by so many heights; the
#: first line of a text may stand further away.
EXTRA_GAP_HEIGHTS, FIRST_GAP_HEIGHTS = 0.7, 2.5
#: A line this much closer, in heights, than that need not begin where texts begin.
TIGHT_HEIGHTS = 0.3
#: Text that is taller by this share (and so many points), or lower by that, is no description.
TALLER_SHARE, TALLER_POINTS, LOWER_SHARE = 1.09, 0.45, 0.8
#: Where all words have letters that reach below the line, they may be taller by this.
LOW_SHARE = 1.4
#: A line of headings has more than so many of their words, and they are more than this share.
FEWEST_HEADINGS, HEADING_SHARE = 2, 0.7
#: A gap is wider than another by more than so many points.
CLEARLY_POINTS = 1.0
#: Letters that reach below the line make the boxes of some fonts higher.
_LOW = re.compile(r"[gjpqyQ,;()\[\]{}|/$@_]").search
#: A page's number with its label has at most so many words.
LONGEST_LABEL = 5
#: Text reaches so many points beyond where numbers begin.
CELL_SLACK = 4.0
_PAGE_PART = re.compile(r"[0-9]{1,4}(?:/[0-9]{1,4})?|page:?|of|/", re.IGNORECASE).fullmatch


class TextRules(NamedTuple):
    """How descriptions are set; all measures in points.

    ``edges`` are left edges, whole; ``height`` is that of the codes, ``lowest`` and ``tallest``
    those of lines of text. ``gap_first`` is usual between a row and the text under it,
    ``gap_next`` between lines of text, ``gap_last`` between text and the row under it. ``side``
    says where text stands that is not beside its row's code: ``"under"`` it, ``"over"`` it, or
    ``"gaps"`` where the widest gap between two rows parts their texts.
    """

    edges: frozenset[int]
    height: float
    lowest: float
    tallest: float
    gap_first: float
    gap_next: float
    gap_last: float
    side: str = "under"


def is_aside(sheet: Sheet, index: int) -> bool:
    """Whether a line holds a UPC alone, or begins with a charge."""
    words = sheet.lines[index].words
    rest = [word[0] for word in words if not upc_of(word[0]) and not is_label(word[0])]
    return index in sheet.charges or (
        len(rest) < len(words) and len(rest) <= 1 and all(map(is_label_end, rest))
    )


def first_word(line: Line) -> PlainWord:
    return next((word for word in line.words if not upc_of(word[0])), line.words[0])


def height_of(words: Sequence[PlainWord]) -> float:
    """The usual height of words in points: of those without low letters, where there are some."""
    even = [word[4] - word[2] for word in words if not _LOW(word[0])]
    found = sorted(even or [word[4] - word[2] for word in words])
    return found[len(found) // 2] if found else 0.0


def widest_gap(sheet: Sheet, row: Row, following: Row, reader: TextReader) -> tuple[str, int]:
    """Which gap between two rows is clearly the widest, and the line below it.

    The first, an inner one or the last; none ("") where there are no lines, where they begin
    elsewhere than texts do, or where no gap is clearly the widest.
    """
    lines = sheet.lines
    # A charge belongs to the row above it: what counts begins behind it.
    start = max([row.last, *(k for k in sheet.charges if row.last < k < following.first)])
    span = range(start + 1, following.first)
    elsewhere = [k for k in span if not reader.is_at_edge(sheet, k) and not is_aside(sheet, k)]
    if not span or elsewhere:
        # A section heading parts what stands over it from what stands under it.
        return "", elsewhere[-1] + 1 if elsewhere else following.first
    gaps = [_gap(lines[k], lines[k - 1]) for k in range(start + 1, following.first + 1)]
    most = max(gaps)
    if sum(gap > most - CLEARLY_POINTS for gap in gaps) > 1:
        return "", following.first
    place = gaps.index(most)
    kind = "first" if place == 0 else "last" if place == len(gaps) - 1 else "inner"
    return kind, start + 1 + place


class TextReader:
    """Gives the lines of a page to the descriptions of its rows."""

    def __init__(self, template: Template, rules: TextRules) -> None:
        self._template, self._rules = template, rules
        self._vendor = template.vendor
        self._taken: set[int] = set()

    def read(self, sheet: Sheet, rows: Sequence[Row], before: Row | None) -> None:
        """Read the text of a page's rows; ``before`` is the row that the page before ended with."""
        lines, side = sheet.lines, self._rules.side
        self._taken.clear()
        head = self.head_of(sheet, rows)
        first = rows[0].first if rows else len(lines)
        start = head or 0
        if before is not None and side != "over" and (head is not None or rows):
            begin = head if head is not None else self._start_of_block(sheet, first)
            start = self._cut_at_top(sheet, begin, first) if side == "gaps" else first
            self._take(before, sheet, range(begin, start), None)
        elif side == "under":
            start = first
        for k, row in enumerate(rows):
            following = rows[k + 1] if k + 1 < len(rows) else None
            end = following.first if following else len(lines)
            cut = self._cut(sheet, row, following) if following else end
            if side != "under":
                self._take(row, sheet, range(row.first - 1, start - 1, -1), lines[row.first])
            if row.last - row.first > 1:
                self._take(row, sheet, range(row.first + 1, row.last), None)
                row.text.sort(key=lambda text: text[0][4])
            if side != "over":
                self._take(
                    row, sheet, range(row.last + 1, cut), lines[row.last], last=following is None
                )
            if side == "under" and following:
                self._take_above(sheet, row, following)
            start = cut

    def _take_above(self, sheet: Sheet, row: Row, following: Row) -> None:
        """Give a row what is left over right above it, behind the widest gap."""
        above = following.first - 1
        if above <= row.last or above in self._taken or above in sheet.charges:
            return
        cut = widest_gap(sheet, row, following, self)[1]
        if self._taken.isdisjoint(range(cut, following.first)):
            span = range(following.first - 1, cut - 1, -1)
            self._take(following, sheet, span, sheet.lines[following.first])

    def _cut(self, sheet: Sheet, row: Row, following: Row) -> int:
        """The first line between two rows that is not the upper one's."""
        side = self._rules.side
        if side == "gaps":
            return widest_gap(sheet, row, following, self)[1]
        return following.first if side == "under" else row.last + 1

    def _cut_at_top(self, sheet: Sheet, begin: int, first: int) -> int:
        """The first line over a page's first row that is the row's own: behind the widest gap."""
        lines = sheet.lines
        gaps = [(_gap(lines[k], lines[k - 1]), k) for k in range(begin + 1, first + 1)]
        widest, cut = max(gaps, default=(0.0, first))
        limit = self._rules.gap_next + EXTRA_GAP_HEIGHTS * self._rules.height
        if (
            first - begin == 1
            or not gaps
            or widest <= self._rules.gap_next + CLEARLY_POINTS
            or sum(gap > widest - CLEARLY_POINTS for gap, _ in gaps) > 1
        ):
            # Lines as close to the row as its text is are the row's own.
            return first if not gaps or _gap(lines[first], lines[first - 1]) > limit else begin
        return cut

    def left_over(self, sheet: Sheet, rows: Sequence[Row]) -> list[Line]:
        """Lines between a page's rows that begin where descriptions do, and are in none.

        Where descriptions begin at the codes' edge, section headings do so, too.
        """
        if not rows:
            return []
        own = {index for row in rows for index in (row.line, row.number_line)}
        code = min(row.code[1] for row in rows)
        return [
            line
            for k, line in enumerate(sheet.lines[: rows[-1].last])
            if k > rows[0].last
            and k not in own
            and k not in self._taken
            and not is_aside(sheet, k)
            and abs(line.words[0][1] - code) > SAME_EDGE_POINTS
            and self.is_at_edge(sheet, k)
            and self._is_text(line.words, line)
        ]

    def head_of(self, sheet: Sheet, rows: Sequence[Row]) -> int | None:
        """The first line under the headings of a page; None where it has none."""
        known = self._template.headings
        for k in range((rows[0].first if rows else len(sheet.lines)) - 1, -1, -1):
            words = sheet.lines[k].words
            said = sum(word[0] in known for word in words)
            if said > FEWEST_HEADINGS and said > HEADING_SHARE * len(words):
                while k + 1 < len(sheet.lines) and all(
                    word[0] in known for word in sheet.lines[k + 1].words
                ):
                    k += 1  # noqa: PLW2901 - the last lines of a block may hold a word or two
                return k + 1
        return None

    def may_be_text(self, sheet: Sheet, index: int, row: int) -> bool:
        """Whether a line beside a row's line may be text of the row."""
        line, rules = sheet.lines[index], self._rules
        if index in sheet.charges or _gap(line, sheet.lines[row]) > max(
            rules.gap_first + EXTRA_GAP_HEIGHTS * rules.height, FIRST_GAP_HEIGHTS * rules.height
        ):
            return False
        words, _ = self._text_of(Row(0, index, line.words[0]), line, furnished=True)
        return (
            bool(words)
            and self._is_text(words or [], line)
            and round((words or [])[0][1]) in rules.edges
        )

    def is_at_edge(self, sheet: Sheet, index: int) -> bool:
        """Whether a line begins where texts do."""
        return round(first_word(sheet.lines[index])[1]) in self._rules.edges

    def _start_of_block(self, sheet: Sheet, end: int) -> int:
        """The first line of those that stand close together before line ``end``."""
        limit = max(self._rules.gap_last, self._rules.gap_next)
        limit += EXTRA_GAP_HEIGHTS * self._rules.height
        start = end
        while (
            start > 0
            and _gap(sheet.lines[start - 1], sheet.lines[min(start, len(sheet.lines) - 1)]) <= limit
        ):
            if not self.may_be_text(sheet, start - 1, start):
                break
            start -= 1
        return start

    def _take(
        self, row: Row, sheet: Sheet, span: range, near: Line | None, *, last: bool = False
    ) -> None:
        """Take lines into a row's text until one does not go on with it.

        ``span`` goes down from the row or up; ``near`` is the row's line beside it, None for lines
        that may begin anywhere in the span.
        """
        rules, lines = self._rules, sheet.lines
        free = near is None
        taken: list[list[PlainWord]] = []
        edge = row.text[-1][0][1] if row.text else None
        gap = 0.0
        for k in span:
            line = lines[k]
            words, beside = self._text_of(row, line, furnished=free or last or span.step < 0)
            if words is None:
                continue
            if near is not None:
                usual = rules.gap_next
                if not taken and rules.side != "gaps":
                    usual = max(usual, rules.gap_first if span.step > 0 else rules.gap_last)
                limit = max(usual, 0.0) + EXTRA_GAP_HEIGHTS * rules.height
                if not row.text and not taken:
                    limit = max(limit, FIRST_GAP_HEIGHTS * rules.height)
                gap = _gap(line, near)
                if gap > limit:
                    break
            elif not taken and k > span[0] + 1:
                break
            if not words:  # a UPC or a charge: the row goes on behind it
                if span.step < 0:
                    break
                near = line
                continue
            leads = free and near is None
            tight = near is not None and gap <= rules.gap_next + TIGHT_HEIGHTS * rules.height
            if not (
                self._begins_well(row, words, edge, leads=leads, taken=bool(taken), tight=tight)
                and self._is_text(words, line)
            ):
                break
            row.left_over += beside
            taken.append(words)
            self._taken.add(k)
            edge = words[0][1]
            near = line
        row.text = [*reversed(taken), *row.text] if span.step < 0 else [*row.text, *taken]

    def _text_of(
        self, row: Row, line: Line, *, furnished: bool
    ) -> tuple[list[PlainWord] | None, list[PlainWord]]:
        """The words of a line that may be text, None for furniture; and those behind a gap.

        ``furnished`` says that the line may hold words which stand on every page.
        """
        template = self._template
        marks, furniture = self._vendor.marks, template.furniture if furnished else ()
        words: list[PlainWord] = []
        gone = False
        far = (row.code[1] if template.text_left else template.left) - CELL_SLACK
        for k, word in enumerate(line[2]):
            bits = marks[word[0]]
            if furniture and place_of(word) in furniture:
                gone = True
            elif bits & UPC:
                if row.upc is None:
                    take_upc(row, word, words)
            elif bits & CHARGE and begins_a_run(word, words):
                break
            elif word[1] > far and words and _is_far(word, words[-1], line):
                beside = [each for each in line[2][k:] if not marks[each[0]] & CHARGE]
                return words, beside
            elif not bits & (LEADER | LABEL):
                words.append(word)
        if gone:
            only = all(_PAGE_PART(word[0]) for word in words)
            words = [
                word
                for word in words
                if not (_PAGE_PART(word[0]) and (only or word[1] > template.left))
            ]
            if not words:
                return None, []
        return words, []

    def _begins_well(
        self,
        row: Row,
        words: list[PlainWord],
        edge: float | None,
        *,
        leads: bool,
        taken: bool,
        tight: bool,
    ) -> bool:
        """Whether a line begins where a row's text does, or where other texts do."""
        x0 = words[0][1]
        at_edge = round(x0) in self._rules.edges
        if leads and row.code[3] < x0 < self._template.left and not self._template.text_left:
            return True
        if edge is None:
            return at_edge
        if abs(x0 - edge) < SAME_EDGE_POINTS or (not taken and at_edge):
            return True
        # A line close to the text, or indented, where no code and no section heading stands.
        right = row.text[-1][-1][3] if row.text else 0.0
        if tight and row.code[1] + SAME_EDGE_POINTS < x0 < right:
            return True
        return x0 > row.code[3] and edge < x0 < right

    def _is_text(self, words: list[PlainWord], line: Line) -> bool:
        """Whether a line is no total, heading or page number, and set as descriptions are."""
        template, rules = self._template, self._rules
        first = words[0]
        if not rules.lowest <= first[4] - first[2] <= rules.tallest and not self._is_even(words):
            return False
        whole, headings = line[2], template.headings
        text = " ".join([word[0] for word in whole])
        last = whole[-1][0]
        if template.numbers[last] is not None and (
            is_total(text)
            or (
                template.numbers.decimal in last
                and any(label.search(text) for label in self._vendor.totals.values())
            )
        ):
            return False
        if self._vendor.sections.fullmatch(text):
            return False
        if len(whole) <= LONGEST_LABEL and self._vendor.pages.fullmatch(text):
            return False
        if whole[0][0] not in headings and whole[-1][0] not in headings:
            return True
        known = sum(word[0] in headings for word in whole)
        return known <= FEWEST_HEADINGS or known <= HEADING_SHARE * len(whole)

    def _is_even(self, words: list[PlainWord]) -> bool:
        """Whether words are as high as those of descriptions, give or take some."""
        rules, height = self._rules, height_of(words)
        low = all(_LOW(word[0]) for word in words)
        most = (LOW_SHARE if low else TALLER_SHARE) * rules.tallest
        taller = height > most and height - rules.tallest > TALLER_POINTS
        return not taller and height >= LOWER_SHARE * rules.lowest


def _gap(line: Line, near: Line) -> float:
    """Clear space between two lines, whichever is above; negative where they overlap."""
    return max(line.top - near.bottom, near.top - line.bottom)


def _is_far(word: PlainWord, before: PlainWord, line: Line) -> bool:
    return word[1] - before[3] > TEXT_GAP_HEIGHTS * (line[1] - line[0])
