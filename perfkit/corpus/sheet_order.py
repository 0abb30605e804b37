"""The order layout: tall rows with a product image, quantities in four columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.corpus.columns import Column
from perfkit.corpus.content import Row
from perfkit.corpus.operations import Line, Operation, Picture, Text
from perfkit.corpus.paginate import Entry, Sheet
from perfkit.corpus.sheet import cell, day, foot, headings, money, rules, totals
from perfkit.corpus.style import Style

if TYPE_CHECKING:
    from perfkit.corpus.plan import Plan

__all__ = ["FRAME", "draw", "lines"]

#: Height of what stands above the column headings, in points.
FRAME = 152.0
_PICTURE = 48.0


def lines(style: Style, columns: dict[str, Column], row: Row) -> tuple[str, float, float]:
    """A row's description, the room on the row's own line and on the lines after it."""
    text = columns["description"]
    own = text.x1 - text.x0
    if style.description == "row":
        return row.description, own, own
    under = text.x1 - columns[style.under_at].x0
    return row.description, (0.0 if style.description == "under" else own), under


def draw(plan: Plan, sheet: Sheet) -> list[Operation]:
    """All operations of one page."""
    drawn = _frame(plan, sheet) + headings(plan, FRAME)
    for nth, entry in enumerate(sheet.entries):
        if entry.kind == "section":
            y = entry.top + entry.height - 5
            drawn.append(Text(24, y, entry.title, plan.style.font_size + 1, True))
        else:
            drawn += rules(plan, entry, nth) + _row(plan, entry)
    if sheet.number == len(plan.sheets):
        drawn += totals(plan, sheet)
    return drawn + foot(plan, sheet)


def _frame(plan: Plan, sheet: Sheet) -> list[Operation]:
    head, right = plan.head, plan.width - 24
    page = f"Page {sheet.number} of {len(plan.sheets)}"
    drawn: list[Operation] = [
        Text(24, 42, plan.style.vendor, 18, True),
        Text(24, 54, "6000 Freeport Avenue, Suite 101, Memphis, TN 38141", 7),
        Text(right, 36, f"ORDER NO: {head.number}", 10, True, "right"),
        Text(right, 49, f"ORDER DATE: {day(head.dated)}", 8, False, "right"),
        Line(24, 68, right, 68, 0.9),
    ]
    if plan.style.page_number == "header":
        drawn.append(Text(right, 61, page, 8, False, "right"))
    for x, title, party in (
        (24.0, "SOLD TO:", head.sold_to),
        (plan.width / 2, "SHIP TO:", head.ship_to),
    ):
        drawn.append(Text(x, 79, title, 7.5, True))
        drawn += [Text(x + 48, 79 + 9.2 * n, line, 7.5) for n, line in enumerate(party)]
    facts = (
        f"CUSTOMER PO: {head.customer_po}",
        f"CUSTOMER NO: {head.customer}",
        f"TERMS: {head.terms}",
        f"SHIP VIA: {head.ship_via}",
    )
    step = (right - 24) / len(facts)
    drawn += [Text(24 + step * n, 135, fact, 7.5) for n, fact in enumerate(facts)]
    drawn.append(Line(24, 142, right, 142, 0.5))
    return drawn


def _row(plan: Plan, entry: Entry) -> list[Operation]:
    row, style, leading = entry.row, plan.style, plan.room.leading
    assert row is not None
    size = style.font_size
    first = entry.top + 3 + size
    drawn: list[Operation] = []
    if entry.kind == "row":
        cells = {
            "code": row.product_code,
            "upc": row.upc or "",
            "rt": row.rt,
            "ordered": f"{row.ordered:,}",
            "allocated": "" if row.allocated is None else f"{row.allocated:,}",
            "shipped": f"{row.shipped:,}",
            "backordered": f"{row.backordered:,}",
            "unit": row.unit,
            "list": money(row.list_price, style.currency),
            "your": money(row.your_price, style.currency),
            "extended": money(row.extended, style.currency),
        }
        for key, text in cells.items():
            drawn += cell(plan, key, first, text)
    under = plan.columns["description" if style.description == "row" else style.under_at]
    for nth, text in enumerate(entry.lines):
        own = entry.kind == "row" and nth == 0
        x = plan.columns["description"].x0 if own else under.x0
        if text:
            drawn.append(Text(x, first + nth * leading, text, size))
    if entry.surcharge and row.surcharge is not None:
        y = first + len(entry.lines) * leading
        amount = money(row.surcharge, style.currency)
        if style.surcharge_amount == "inline":
            drawn.append(Text(under.x0, y, f"Tariff Surcharge {amount}", size))
        else:
            drawn.append(Text(under.x0, y, "Tariff Surcharge", size))
            drawn += cell(plan, "extended", y, amount)
    if entry.picture:
        x, y = (24.0, entry.top + 3)
        if style.picture == "under":
            x, y = plan.columns["code"].x0, first + 3
        drawn.append(Picture(x, y, _PICTURE, _PICTURE, row.picture % style.picture_count))
    return drawn
