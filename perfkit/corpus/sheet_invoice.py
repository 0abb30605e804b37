"""The invoice layout: compact rows, code, UPC and description in one block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.corpus.columns import Column
from perfkit.corpus.content import Row
from perfkit.corpus.metrics import width
from perfkit.corpus.operations import Box, Line, Operation, Text
from perfkit.corpus.paginate import Entry, Sheet
from perfkit.corpus.sheet import cell, day, foot, headings, money, rules, totals
from perfkit.corpus.style import Style

if TYPE_CHECKING:
    from perfkit.corpus.plan import Plan

__all__ = ["FRAME", "draw", "lines"]

#: Height of what stands above the column headings, in points.
FRAME = 182.0


def lines(style: Style, columns: dict[str, Column], row: Row) -> tuple[str, float, float]:
    """A row's block as text, the room on the row's own line and on the lines after it."""
    room = columns["item"].x1 - columns["item"].x0
    if style.block == "stacked":
        return row.description, 0.0, room
    # In one flow the first line also holds code and UPC, whose width is taken off here.
    return row.description, room - _lead_width(style, row), room


def _lead(row: Row) -> str:
    return f"{row.product_code} {row.upc}" if row.upc else row.product_code


def _lead_width(style: Style, row: Row) -> float:
    return width(_lead(row) + "  ", style.font, style.font_size)


def draw(plan: Plan, sheet: Sheet) -> list[Operation]:
    """All operations of one page."""
    drawn = _frame(plan, sheet) + headings(plan, FRAME)
    for nth, entry in enumerate(sheet.entries):
        drawn += rules(plan, entry, nth) + _row(plan, entry)
    if sheet.number == len(plan.sheets):
        drawn += totals(plan, sheet)
    return drawn + foot(plan, sheet)


def _frame(plan: Plan, sheet: Sheet) -> list[Operation]:
    head, right = plan.head, plan.width - 24
    page = f"Page {sheet.number} of {len(plan.sheets)}"
    drawn: list[Operation] = [
        Text(24, 46, "INVOICE", 20, True),
        Text(24, 62, plan.style.vendor, 11, True),
        Text(24, 73, "6000 Freeport Avenue, Suite 101, Memphis, TN 38141", 7),
        Box(right - 190, 28, 190, 50, 0.93),
        Text(right - 182, 42, "Invoice Number:", 8.5, True),
        Text(right - 8, 42, head.number, 8.5, False, "right"),
        Text(right - 182, 55, "Invoice Date:", 8.5, True),
        Text(right - 8, 55, day(head.dated), 8.5, False, "right"),
        Text(right - 182, 68, "Customer No:", 8.5, True),
        Text(right - 8, 68, head.customer, 8.5, False, "right"),
    ]
    if plan.style.page_number == "header":
        drawn.append(Text(right, 90, page, 8, False, "right"))
    for x, title, party in (
        (24.0, "Bill To", head.sold_to),
        (plan.width / 2, "Ship To", head.ship_to),
    ):
        drawn.append(Text(x, 100, title, 8, True))
        drawn += [Text(x, 110 + 9.4 * n, line, 7.5) for n, line in enumerate(party)]
    drawn.append(Line(24, 157, right, 157, 0.5))
    facts = (
        f"Customer PO: {head.customer_po}",
        f"Terms: {head.terms}",
        f"Ship Via: {head.ship_via}",
    )
    step = (right - 24) / len(facts)
    drawn += [Text(24 + step * n, 168, fact, 7.5) for n, fact in enumerate(facts)]
    drawn.append(Line(24, 174, right, 174, 0.5))
    return drawn


def _row(plan: Plan, entry: Entry) -> list[Operation]:
    row, style, leading = entry.row, plan.style, plan.room.leading
    assert row is not None
    size, x = style.font_size, plan.columns["item"].x0
    first = entry.top + 3 + size
    drawn: list[Operation] = []
    if entry.kind == "row":
        cells = {
            "shipped": f"{row.shipped:,}",
            "backordered": f"{row.backordered:,}",
            "lo": "lo" if row.lo else "",
            "unit": row.unit,
            "list": money(row.list_price, style.currency),
            "your": money(row.your_price, style.currency),
            "extended": money(row.extended, style.currency),
        }
        for key, text in cells.items():
            drawn += cell(plan, key, first, text)
        drawn.append(Text(x, first, _lead(row), size))
    for nth, text in enumerate(entry.lines):
        own = entry.kind == "row" and nth == 0
        if text:
            shift = _lead_width(style, row) if own else 0.0
            drawn.append(Text(x + shift, first + nth * leading, text, size))
    if entry.surcharge and row.surcharge is not None:
        y = first + len(entry.lines) * leading
        drawn.append(Text(x, y, "TRF-CCOI", size))
        drawn += cell(plan, "extended", y, money(row.surcharge, style.currency))
    return drawn
