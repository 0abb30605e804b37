"""How descriptions are set: learned once, from rows whose cells have been read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from perfkit.geometry import Line
from perfkit.reading.rows import Row, Sheet
from perfkit.reading.template import Template
from perfkit.reading.text import (
    SAME_EDGE_POINTS,
    TextReader,
    TextRules,
    first_word,
    height_of,
    is_aside,
    widest_gap,
)

__all__ = ["learn_text"]

#: An edge counts as one of descriptions if this share of the rows has text there.
EDGE_SHARE = 0.04
#: ... or this share has it there or on a line of its own, where section headings stand too.
BESIDE_SHARE = 0.25
#: Text flows on from the code where it is no more than so many spaces from the word before it.
FLOW_SPACES = 2.2
#: Text stands over its row, or under it, if it does so on this share of the pages.
SIDE_SHARE = 0.5
#: Some, and nearly all, of the gaps that tell where a row ends.
SOME_SHARE, MOST_SHARE = 0.05, 0.8


def learn_text(sheets: Sequence[Sheet], rows: Sequence[Row], template: Template) -> TextRules:
    """Learn how descriptions are set from rows whose cells have been read."""
    starts: Counter[int] = Counter()
    beside: Counter[int] = Counter()
    heights: list[float] = []
    under: list[float] = []
    #: Gaps between lines that begin at the same place, and between others.
    inner: list[float] = []
    others: list[float] = []
    last: list[float] = []
    for row, following in _pairs(rows):
        sheet = sheets[row.sheet]
        lines = sheet.lines
        for text in row.text:
            starts[round(text[0][1])] += 1
            heights.append(height_of(text))
        if row.text and _flows(row, lines[row.number_line], template):
            starts[round(row.code[1])] += 1
        end = following.first if following else len(lines)
        near = [k for k in range(row.last + 1, end) if not is_aside(sheet, k)]
        if not near:
            continue
        first = first_word(lines[near[0]])
        beside[round(first[1])] += 1
        under.append(lines[near[0]].top - lines[row.last].bottom)
        if not row.text or abs(first[1] - row.text[-1][0][1]) < SAME_EDGE_POINTS:
            heights.append(height_of(lines[near[0]].words))
        if following:
            last.append(lines[end].top - lines[near[-1]].bottom)
            if len(near) > 1:
                beside[round(first_word(lines[near[-1]])[1])] += 1
        for j in range(row.last + 2, end):
            step = first_word(lines[j])[1] - first_word(lines[j - 1])[1]
            gaps = inner if abs(step) < SAME_EDGE_POINTS else others
            gaps.append(lines[j].top - lines[j - 1].bottom)
    height = _middle([row.code[4] - row.code[2] for row in rows], 8.0)
    gap_first = _middle(under, 2.0)
    if len(inner) < SIDE_SHARE * len(others):
        inner += others
    small = sorted(gap for gap in inner if gap < height)
    gap_next = small[len(small) // 4] if small else min(gap_first, 0.5 * height)
    edges = _frequent(starts, EDGE_SHARE * len(rows)) | _frequent(
        starts + beside, BESIDE_SHARE * len(rows)
    )
    heights = sorted(heights) or [height]
    lowest, tallest = heights[len(heights) // 10], heights[-1 - len(heights) // 10]
    rules = TextRules(edges, height, lowest, tallest, gap_first, gap_next, _middle(last, gap_next))
    return rules._replace(side=_side(sheets, rows, TextReader(template, rules)))


def _flows(row: Row, line: Line, template: Template) -> bool:
    """Whether a row's text follows its code and UPC as words of a text follow each other."""
    first = row.text[0][0]
    before = [word for word in line.words if word[3] <= first[1]]
    gap = FLOW_SPACES * template.style.space * (first[4] - first[2])
    return bool(before) and first[1] - before[-1][3] <= gap and row.code in before


def _frequent(starts: Counter[int], need: float) -> frozenset[int]:
    """Places at which, within two points, at least so many texts start."""
    return frozenset(
        place + step
        for place in starts
        for step in (-2, -1, 0, 1, 2)
        if sum(starts[place + step + d] for d in (-2, -1, 0, 1, 2)) >= max(1.0, need)
    )


def _pairs(rows: Sequence[Row]) -> Iterator[tuple[Row, Row | None]]:
    """Each row and the next one of its page."""
    for k, row in enumerate(rows):
        following = rows[k + 1] if k + 1 < len(rows) else None
        yield row, following if following and following.sheet == row.sheet else None


def _middle(values: Sequence[float], default: float) -> float:
    return sorted(values)[len(values) // 2] if values else default


def _side(sheets: Sequence[Sheet], rows: Sequence[Row], reader: TextReader) -> str:
    """Where texts stand: by the widest gaps between rows, and by the first rows of pages.

    Where nearly all gaps are widest right under a row, its text stands over the next row, or it is
    set apart from its own; whether text stands over the first row of a page tells which.
    """
    over: list[bool] = []
    under: list[bool] = []
    widest: Counter[str] = Counter()
    begun = 0
    for k, row in enumerate(rows):
        sheet = sheets[row.sheet]
        following = rows[k + 1] if k + 1 < len(rows) else None
        if not k or rows[k - 1].sheet != row.sheet:
            head = reader.head_of(sheet, [row])
            if head is not None or not k:
                above = row.first - 1
                over.append(above >= (head or 0) and reader.may_be_text(sheet, above, row.first))
        if following is None or following.sheet != row.sheet:
            below = row.last + 1
            under.append(below < len(sheet.lines) and reader.may_be_text(sheet, below, row.last))
        else:
            kind = widest_gap(sheet, row, following, reader)[0]
            widest[kind] += 1
            begun += kind == "first" and bool(row.text)
    first, inner = widest["first"], widest["inner"]
    clear = first + inner + widest["last"]
    is_over = sum(over) > SIDE_SHARE * len(over)
    is_under = sum(under) > SIDE_SHARE * len(under)
    # A text that begins in its row's own line is not set apart from it.
    if first >= MOST_SHARE * clear and clear and not is_over and 2 * begun < first:
        return "under"
    if first + inner > max(1, SOME_SHARE * clear):
        return "gaps"
    return "over" if is_over and not is_under else "under"
