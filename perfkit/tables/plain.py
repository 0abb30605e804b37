"""The table of a page as plain values, to travel between processes, and back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from perfkit.tables.facts import Facts
from perfkit.tables.headings import Heading, Headings
from perfkit.tables.page_rows import Row
from perfkit.tables.reader import PageTable
from perfkit.tables.text_lines import TextLine

__all__ = [
    "facts_from_plain",
    "facts_to_plain",
    "headings_from_plain",
    "headings_to_plain",
    "table_from_plain",
    "table_to_plain",
]

Plain = tuple[Any, ...]


def headings_to_plain(headings: Headings | None) -> Plain | None:
    """Headings as tuples."""
    if headings is None:
        return None
    return tuple(map(tuple, headings.columns)), headings.top, headings.bottom


def headings_from_plain(plain: Plain | None) -> Headings | None:
    """Headings again."""
    if plain is None:
        return None
    columns, top, bottom = plain
    return Headings(tuple(Heading(*column) for column in columns), top, bottom)


def facts_to_plain(facts: Facts) -> Plain:
    """Facts as texts."""
    return facts.number, facts.date and facts.date.isoformat(), facts.vendor


def facts_from_plain(plain: Plain) -> Facts:
    """Facts again."""
    number, day, vendor = plain
    return Facts(number, date.fromisoformat(day) if day else None, vendor)


def table_to_plain(table: PageTable) -> Plain:
    """A table without its headings and facts, which travel apart, and without ``unread``.

    Amounts become texts, which keep a Decimal exactly.
    """
    rows = [
        (code, upc, tuple(numbers), list(map(str, numbers.values())), unit, [*map(tuple, text)], on)
        for code, upc, numbers, unit, text, on in table.rows
    ]
    return (
        table.number,
        rows,
        [*map(tuple, table.lead)],
        str(table.surcharges),
        [(name, str(value)) for name, value in table.totals.items()],
        table.lines_of_numbers,
    )


def table_from_plain(plain: Plain, headings: Headings | None, facts: Facts) -> PageTable:
    """A table again."""
    number, rows, lead, surcharges, totals, lines_of_numbers = plain
    line = TextLine._make
    return PageTable(
        number,
        headings,
        [
            Row(code, upc, dict(zip(names, map(Decimal, amounts))), unit, [*map(line, text)], on)  # noqa: B905 - made together
            for code, upc, names, amounts, unit, text, on in rows
        ],
        [*map(line, lead)],
        Decimal(surcharges),
        {name: Decimal(value) for name, value in totals},
        facts,
        lines_of_numbers,
    )
