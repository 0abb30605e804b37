"""Rows of pages to line items: what goes on over a page's edge is joined here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from perfkit.errors import NoTableError
from perfkit.model import LineItem, line_item
from perfkit.tables.columns import SAME_EDGE_POINTS
from perfkit.tables.facts import DocumentKind, Facts
from perfkit.tables.headings import Headings
from perfkit.tables.numbers import quantity
from perfkit.tables.page_rows import Row
from perfkit.tables.reader import PageTable, read_page
from perfkit.tables.text_lines import SPACE_SHARE, TextLine
from perfkit.tables.written import join_description

__all__ = ["Assembly"]

#: A line of a description that is not wrapped, but broken by sense, fills this share less.
WRAP_SLACK_SHARE = 0.45


class Assembly:
    """Joins the tables of pages, given in order, to line items.

    Holds one row at most besides the document's facts and totals, so that a document of
    any length passes through.
    """

    def __init__(self, name: str, kind: DocumentKind) -> None:
        self._name, self._kind = name, kind
        self._headings: Headings | None = None
        self._open: tuple[Row, int] | None = None
        #: Left edge of descriptions, rounded -> how far to the right one has reached.
        self._text_edges: dict[int, float] = {}
        self.facts = Facts()
        self.totals: dict[str, Decimal] = {}
        self.surcharges = Decimal("0.00")
        self.lines_of_numbers = 0
        self.without_table: list[int] = []
        self.has_table = False

    def items(self, tables: Iterable[PageTable]) -> Iterator[LineItem]:
        """Line items, each as soon as no later page can change it.

        Raises
        ------
        NoTableError
            If a page holds product codes before any headings were seen.
        """
        for table in tables:
            yield from self._page(table)
        if self._open:
            yield _item(*self._open)
            self._open = None

    def _page(self, table: PageTable) -> Iterator[LineItem]:
        if table.unread is not None and self._headings is not None:
            table = read_page(table.unread, self._kind, headings=self._headings, facts=True)
        elif table.unread is not None:
            raise NoTableError(self._name, table.number)
        self._note(table)
        if self._open and table.lead:
            row, page = self._open
            more = self._that_go_on(row, table.lead)
            self._open = row._replace(description=[*row.description, *more]), page
        edges = self._text_edges
        for row in self._with_close_lines(table):
            if self._open:
                yield _item(*self._open)
            self._open = row, table.number
            for _, x0, x1, _, _, _ in row[4]:
                edge = round(x0)
                edges[edge] = max(x1, edges.get(edge, 0.0))

    def _with_close_lines(self, table: PageTable) -> list[Row]:
        """The page's rows; the first with what stands close over it, if no row stands before."""
        close = [line for line in table.lead if line.is_close]
        if self._open or not close or not table.rows:
            return table.rows
        first = table.rows[0]
        return [first._replace(description=[*close, *first.description]), *table.rows[1:]]

    def _note(self, table: PageTable) -> None:
        if table.headings is not None:
            self._headings = table.headings
            self.has_table = True
        else:
            self.without_table.append(table.number)
        ours, theirs = self.facts, table.facts
        self.facts = Facts(
            ours.number or theirs.number, ours.date or theirs.date, ours.vendor or theirs.vendor
        )
        self.totals.update(table.totals)
        self.surcharges += table.surcharges
        self.lines_of_numbers += table.lines_of_numbers

    def _that_go_on(self, row: Row, lead: list[TextLine]) -> list[TextLine]:
        """The lines at the top of a page that continue the last row of the page before.

        They stand where descriptions stand; a section heading stands elsewhere.
        """
        if not row.may_go_on:
            return []
        edges = {line.x0 for line in row.description} | self._text_edges.keys()
        if not row.description:
            edges = {lead[0].x0}
        elif self._had_room(row.description[-1], lead[0]):
            return []
        found = []
        for line in lead:
            if not any(abs(line.x0 - edge) <= SAME_EDGE_POINTS for edge in edges):
                break
            found.append(line)
        return found

    def _had_room(self, last: TextLine, following: TextLine) -> bool:
        """Whether a line's first word would have fitted on the line before it.

        Then it was not wrapped: it is a heading that stands where descriptions do.
        """
        right = max(
            (x1 for edge, x1 in self._text_edges.items() if abs(edge - last.x0) < SAME_EDGE_POINTS),
            default=last.x1,
        )
        needed = following.first_width + SPACE_SHARE * following.height
        return right - last.x1 > needed + WRAP_SLACK_SHARE * (right - last.x0)


def _item(row: Row, page: int) -> LineItem:
    code, upc, numbers, unit, lines, _ = row
    amount = numbers.get
    return line_item(
        code,
        upc,
        lines[0][0] if len(lines) == 1 else join_description([line[0] for line in lines]),
        (
            quantity(amount("qty_ordered")),
            quantity(amount("qty_allocated")),
            quantity(amount("qty_shipped")),
            quantity(amount("qty_backordered")),
        ),
        unit,
        (amount("list_price"), amount("your_price"), amount("extended_price")),
        page,
    )
