"""Extractions as tables to read on a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from perfkit.accuracy import Accuracy
from perfkit.cli._formats import Failure
from perfkit.cli._text import printable
from perfkit.model import ITEM_FIELDS, Extraction, LineItem

__all__ = ["TableWriter"]

#: Heading of each field, in the order of :data:`perfkit.model.ITEM_FIELDS`.
_HEADINGS = dict(
    zip(
        ITEM_FIELDS,
        ("Code", "UPC", "Description", "Ord", "Alloc", "Ship", "B/O", "Unit", "List", "Your")
        + ("Extended", "Page"),
        strict=True,
    )
)
_TEXTS = frozenset({"product_code", "upc", "description", "unit"})
#: Rows are set in tables of so many, one under another, so that a long document needs
#: no more memory than a short one.
_ROWS_AT_ONCE = 200
#: The description gets what the others leave, but not less.
_NARROWEST_DESCRIPTION = 16
#: Where no terminal sets a width, nothing is cut.
_WIDE = 400


class TableWriter:
    """One table a document, with what else it says over and under it."""

    def __init__(self, stream: TextIO) -> None:
        terminal = sys.stdout.isatty()
        width = shutil.get_terminal_size().columns if terminal else _WIDE
        self._console = Console(
            file=stream,
            force_terminal=terminal,
            width=width,
            highlight=False,
            markup=False,
            emoji=False,
        )
        self._first = True

    def add(self, extraction: Extraction, accuracy: Accuracy) -> None:
        """Write one document."""
        if not self._first:
            self._line("")
        self._first = False
        self._line(extraction.source, "bold")
        self._line(_facts(extraction))
        items = extraction.line_items
        fields = [n for n in ITEM_FIELDS if any(getattr(item, n) is not None for item in items)]
        widths = self._widths(items, fields)
        for start in range(0, len(items), _ROWS_AT_ONCE):
            rows = items[start : start + _ROWS_AT_ONCE]
            self._console.print(_table(rows, widths, headings=start == 0))
        sums = [
            f"{name} {value:,.2f}"
            for name, value in (
                ("subtotal", extraction.subtotal),
                ("surcharges", extraction.surcharges or None),
                ("freight", extraction.freight),
                ("total", extraction.total),
            )
            if value is not None
        ]
        if sums:
            self._line(", ".join(sums))
        self._line(str(accuracy))
        for warning in extraction.warnings:
            self._line(f"warning: {warning}", "yellow")

    def end(self, failures: Sequence[Failure]) -> None:
        """Failures are told on standard error only."""

    def _line(self, text: str, style: str = "") -> None:
        self._console.print(Text(printable(text), style), soft_wrap=True)

    def _widths(self, items: Sequence[LineItem], fields: Sequence[str]) -> dict[str, int]:
        """Characters for each column: over all rows, so that parts of the table fit together."""
        widths = {
            name: max(
                len(_HEADINGS[name]), *(cell_len(_cell(getattr(item, name))) for item in items)
            )
            for name in fields
        }
        left = self._console.width - sum(width + 2 for width in widths.values())
        if left < 0:
            widths["description"] = max(_NARROWEST_DESCRIPTION, widths["description"] + left)
        return widths


def _table(items: Sequence[LineItem], widths: dict[str, int], *, headings: bool) -> Table:
    table = Table(box=None, pad_edge=False, show_header=headings, padding=(0, 2, 0, 0))
    for name, width in widths.items():
        table.add_column(
            _HEADINGS[name],
            justify="left" if name in _TEXTS else "right",
            width=width,
            overflow="fold",
        )
    for item in items:
        table.add_row(*[Text(_cell(getattr(item, name))) for name in widths])
    return table


def _cell(value: str | int | Decimal | None) -> str:
    if value is None:
        return ""
    return format(value, ",f") if isinstance(value, Decimal) else printable(str(value))


def _facts(extraction: Extraction) -> str:
    kind = extraction.layout.replace("_", " ")
    dated = extraction.invoice_date.isoformat() if extraction.invoice_date else "without a date"
    return (
        f"{kind} {extraction.invoice_number or 'without a number'} of {dated}, "
        f"{extraction.vendor or 'vendor unnamed'}; "
        f"{_count(extraction.pages, 'page')}, {_count(len(extraction.line_items), 'line item')}"
    )


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
