"""One page of words to the rows of its table, without knowledge of any other page."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from perfkit.geometry import Line, group_lines, plain_words
from perfkit.model import Page
from perfkit.patterns import PRODUCT_CODE
from perfkit.tables.body import find_anchors, number_area, number_lines, own_numbers
from perfkit.tables.columns import match_columns
from perfkit.tables.facts import DocumentKind, Facts, read_facts, read_totals
from perfkit.tables.headings import Headings, find_headings
from perfkit.tables.page_rows import PageRows, Row
from perfkit.tables.text_lines import TextLine
from perfkit.tables.written import part_glued_units

__all__ = ["PageTable", "read_page"]


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
    lines = _on_paper(group_lines(page.words), page)
    found = find_headings(lines)
    known = read_facts(lines, kind) if facts else Facts()
    if not found and headings is None:
        with_codes = any(PRODUCT_CODE.fullmatch(word[0]) for word in plain_words(page.words))
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
        body = _below(lines, found)
    else:
        body = lines
    assert headings is not None
    return _read_body(page.number, body, headings, known, repeated=bool(found))


def _on_paper(lines: list[Line], page: Page) -> list[Line]:
    """The lines without words beside, over or under the page: nobody sees them."""
    width, height = page.width, page.height
    if not lines or width <= 0 or height <= 0:
        return lines
    if (
        lines[0][1] > 0
        and lines[-1][0] < height
        and not any(line[2][0][3] <= 0 or line[2][-1][1] >= width for line in lines)
    ):
        return lines
    kept = []
    for line in lines:
        words = [word for word in line.words if word[3] > 0 and word[1] < width]
        if words and line.bottom > 0 and line.top < height:
            kept.append(line._replace(words=words))
    return kept


def _below(lines: list[Line], found: list[Headings]) -> list[Line]:
    """The lines under the first headings, without those of headings that come again."""
    bottom = 2 * found[0].bottom
    first = next((k for k, line in enumerate(lines) if line[0] + line[1] >= bottom), len(lines))
    body = lines[first:]
    for other in found[1:]:
        body = [
            line for line in body if not 2 * other.top < line.top + line.bottom < 2 * other.bottom
        ]
    return body


def _read_body(
    page: int, lines: list[Line], headings: Headings, facts: Facts, *, repeated: bool
) -> PageTable:
    left = number_area(headings)
    anchors = find_anchors(lines, headings)
    own = {anchor.line: own_numbers(lines[anchor.line], left) for anchor in anchors}
    if anchors and all(len(found) > 1 for found in own.values()):
        # The usual case: no other line needs a look.
        with_numbers: list[int | None] = list(own)
        numbers = own
    else:
        numbers = {index: own_numbers(line, left) for index, line in enumerate(lines)}
        with_numbers = number_lines(lines, anchors, numbers)
    kept = [pair for pair in zip(anchors, with_numbers, strict=True) if pair[1] is not None]
    anchors = [anchor for anchor, _ in kept]
    numbered = [index for _, index in kept if index is not None]
    if not anchors:
        many = sum(len(found) > 1 for found in numbers.values())
        rest = PageRows(lines, match_columns(headings, []), [], [])
        lead = rest.lead(lines, repeated=True) if repeated else []
        totals = read_totals(lines)
        return PageTable(page, headings, [], lead, rest.surcharges, totals, facts, many)
    columns = match_columns(
        headings, [(word[1], word[3]) for index in numbered for word in numbers[index]]
    )
    reader = PageRows(lines, columns, anchors, numbered)
    rows = reader.rows()
    if reader.cells.has_unit_heading and any(
        row.unit is None or row.unit[0].isdigit() for row in rows
    ):
        rows_of_numbers = [lines[index] for index in numbered]
        if part_glued_units(rows_of_numbers):
            return _read_body(page, lines, headings, facts, repeated=repeated)
    first = anchors[0].line - len(reader.spans.prefixes[0])
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
