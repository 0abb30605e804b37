"""What both layouts draw alike: money, dates, column headings, rules, totals, page number."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from perfkit.corpus.operations import Box, Line, Operation, Text
from perfkit.corpus.paginate import Entry, Sheet

if TYPE_CHECKING:
    from perfkit.corpus.plan import Plan

__all__ = ["cell", "day", "foot", "headings", "money", "rules", "totals"]


def money(value: Decimal, currency: str = "") -> str:
    """With thousands separators and cents."""
    return f"{currency}{value:,.2f}"


def day(value: date) -> str:
    """As on the known order: month and day without leading zeros."""
    return f"{value.month}/{value.day}/{value.year}"


def cell(plan: Plan, key: str, y: float, text: str) -> list[Operation]:
    """One cell's text at its column's place; nothing for an empty one."""
    column = plan.columns[key]
    x = column.at(column.anchor)
    return [Text(x, y, text, plan.style.font_size, False, column.anchor)] if text else []


def headings(plan: Plan, top: float) -> list[Operation]:
    """The column headings, standing on one common last line, over a rule."""
    style, leading = plan.style, plan.room.leading
    left, right = 24.0, plan.width - 24.0
    bottom = plan.room.top - 4
    drawn: list[Operation] = [Line(left, bottom, right, bottom, 0.9)]
    if style.rules == "boxes":
        drawn.insert(0, Box(left - 2, top, right - left + 4, bottom - top, 0.88))
    for column in plan.columns.values():
        anchor = column.anchor if style.heading_align == "same" else style.heading_align
        if column.key in ("item", "description", "code", "upc"):
            anchor = column.anchor
        for line, text in enumerate(reversed(column.heading)):
            y = bottom - 4 - line * leading
            if text:
                drawn.append(Text(column.at(anchor), y, text, style.font_size, True, anchor))
    return drawn


def rules(plan: Plan, entry: Entry, nth: int) -> list[Operation]:
    """What separates a row from the next."""
    left, right = 24.0, plan.width - 24.0
    bottom = entry.top + entry.height
    if plan.style.rules == "zebra" and nth % 2:
        return [Box(left - 2, entry.top, right - left + 4, entry.height, 0.94)]
    if plan.style.rules == "lines":
        return [Line(left, bottom, right, bottom, 0.3)]
    if plan.style.rules == "boxes":
        sides = (left - 2, right + 2)
        return [
            Line(left - 2, bottom, right + 2, bottom, 0.4),
            *(Line(x, entry.top, x, bottom, 0.4) for x in sides),
        ]
    return []


def totals(plan: Plan, sheet: Sheet) -> list[Operation]:
    """Subtotal, surcharges, freight and total under the last row."""
    sums, style = plan.totals, plan.style
    right = plan.columns["extended"].x1 if style.align == "right" else plan.width - 26
    lines = [("Subtotal:", sums.subtotal), ("Freight:", sums.freight), ("Total:", sums.total)]
    if sums.surcharges:
        lines.insert(1, ("Surcharges:", sums.surcharges))
    drawn: list[Operation] = []
    size = style.font_size + 1
    for line, (label, value) in enumerate(lines):
        y = sheet.bottom + 18 + line * (size + 4)
        bold = label == "Total:"
        drawn.append(Text(right - 70, y, label, size, bold, "right"))
        drawn.append(Text(right, y, money(value, style.currency), size, bold, "right"))
    return drawn


def foot(plan: Plan, sheet: Sheet) -> list[Operation]:
    """The page footer, and the page number where the style puts it there."""
    y = plan.height - 18
    drawn: list[Operation] = []
    if plan.style.footer:
        drawn.append(Text(24, y, plan.style.footer, 6.5))
    if plan.style.page_number == "footer":
        text = f"Page {sheet.number} of {len(plan.sheets)}"
        drawn.append(Text(plan.width - 24, y, text, 7.5, False, "right"))
    return drawn
