"""A small table as plain text: columns set to their widest cell, numbers to the right."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from perfkit.bench.html import Column
from perfkit.cli._text import printable

__all__ = ["columns"]

_GAP = "  "


def columns(heads: Sequence[Column], rows: Sequence[Sequence[str]]) -> str:
    """Lines of a table under its titles."""
    table = [[head.title for head in heads], *([printable(cell) for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    table.insert(1, ["-" * width for width in widths])
    lines = []
    for row in table:
        cells = []
        for cell, width, head in zip(row, widths, heads, strict=True):
            padding = " " * (width - cell_len(cell))
            cells.append(padding + cell if head.numeric else cell + padding)
        lines.append(_GAP.join(cells).rstrip())
    return "\n".join(lines)
