"""Extractions as tables to read on a terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from perfkit.accuracy import Accuracy
from perfkit.cli._formats import Failure
from perfkit.cli._text import printable
from perfkit.model import ITEM_FIELDS, Extraction, ExtraValue, LineItem

__all__ = ["TableWriter"]

_TITLES = "Code UPC Description Ord Alloc Ship B/O Unit List Your Extended Page"
_HEADINGS = dict(zip(ITEM_FIELDS, _TITLES.split(), strict=True))
_TEXTS = frozenset({"product_code", "upc", "description", "unit"})
_GAP = "  "
#: The description gets what the other columns leave, but not less than this.
_NARROWEST_DESCRIPTION = 16


class TableWriter:
    """One table a document, with what else the document says over and under it.

    Rows are set here, not by rich's Table, which takes a second for a thousand of them;
    rich knows what the terminal can show.
    """

    def __init__(self, stream: TextIO) -> None:
        terminal = sys.stdout.isatty()
        # Where no terminal sets a width, nothing is cut.
        self._width = shutil.get_terminal_size().columns if terminal else sys.maxsize
        self._stream = stream
        self._console = Console(file=stream, force_terminal=terminal, highlight=False)
        self._before = ""

    def add(self, extraction: Extraction, accuracy: Accuracy) -> None:
        """Write one document."""
        self._stream.write(self._before)
        self._before = "\n"
        self._line(extraction.source, "bold")
        self._line(_facts(extraction))
        items = extraction.line_items
        fields = [n for n in ITEM_FIELDS if any(getattr(item, n) is not None for item in items)]
        fields += dict.fromkeys(name for item in items for name, _ in item.extra)
        widths = self._widths(items, fields)
        titles = {name: _title(name) for name in fields}
        heads = [_cell_line(titles, widths), _GAP.join("-" * width for width in widths.values())]
        for head in heads:
            self._line(head.rstrip(), "bold")
        for item in items:
            for line in _item_lines(item, widths):
                self._stream.write(line + "\n")
        sums = {
            "subtotal": extraction.subtotal,
            "surcharges": extraction.surcharges or None,
            "freight": extraction.freight,
            "total": extraction.total,
        }
        shown = [f"{name} {value:,f}" for name, value in sums.items() if value is not None]
        if shown:
            self._line(", ".join(shown))
        self._line(str(accuracy))
        ledger = extraction.ledger
        if ledger.checks_in_words:
            self._line(f"checks: {ledger.checks_in_words}")
        doubts = [doubt.message for doubt in ledger.doubts]
        for doubt in doubts:
            self._line(f"doubtful: {doubt}", "bold red")
        for warning in extraction.warnings:
            if warning not in doubts:
                self._line(f"warning: {warning}", "yellow")

    def end(self, failures: Sequence[Failure]) -> None:
        """Failures are told on standard error only."""

    def _line(self, text: str, style: str = "") -> None:
        self._console.print(Text(printable(text), style), soft_wrap=True)

    def _widths(self, items: Sequence[LineItem], fields: Sequence[str]) -> dict[str, int]:
        """Characters that each column needs; the description's as the terminal allows."""
        widths = {
            name: max(
                cell_len(_title(name)), *[cell_len(_cell(_value(item, name))) for item in items]
            )
            for name in fields
        }
        missing = sum(widths.values()) + len(_GAP) * (len(widths) - 1) - self._width
        if missing > 0:
            widths["description"] = max(_NARROWEST_DESCRIPTION, widths["description"] - missing)
        return widths


def _item_lines(item: LineItem, widths: Mapping[str, int]) -> Iterator[str]:
    cells = {name: _cell(_value(item, name)) for name in widths}
    if cell_len(cells["description"]) <= widths["description"]:
        yield _cell_line(cells, widths)
        return
    first, *others = textwrap.wrap(cells["description"], widths["description"]) or [""]
    yield _cell_line({**cells, "description": first}, widths)
    blank = dict.fromkeys(widths, "")
    for other in others:
        yield _cell_line({**blank, "description": other}, widths)


def _cell_line(cells: Mapping[str, str], widths: Mapping[str, int]) -> str:
    padded = []
    for name, width in widths.items():
        cell, padding = cells[name], " " * (width - cell_len(cells[name]))
        padded.append(cell + padding if name in _TEXTS else padding + cell)
    return _GAP.join(padded).rstrip()


def _title(name: str) -> str:
    return _HEADINGS.get(name) or printable(name).capitalize()


def _value(item: LineItem, name: str) -> ExtraValue:
    """A field of an item, its own or one that only its vendor has."""
    if name in _HEADINGS:
        value: ExtraValue = getattr(item, name)
        return value
    return dict(item.extra).get(name)


def _cell(value: str | int | Decimal | None) -> str:
    if value is None:
        return ""
    return format(value, ",f") if isinstance(value, Decimal) else printable(str(value))


def _facts(extraction: Extraction) -> str:
    kind = extraction.layout.replace("_", " ")
    date = extraction.invoice_date
    pages, items = extraction.pages, len(extraction.line_items)
    return (
        f"{kind} {extraction.invoice_number or '(no number)'}, "
        f"{date.isoformat() if date else 'no date'}, {extraction.vendor or 'vendor not named'}: "
        f"{pages} page{'s' * (pages != 1)}, {items} line item{'s' * (items != 1)}"
    )
