"""A small table as plain text: columns set to their widest cell."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.bench.html import Column
from perfkit.cli._text import printable

__all__ = ["columns"]

_GAP = "  "


def columns(heads: Sequence[Column], rows: Sequence[Sequence[str]]) -> str:
    """Lines of a table under its titles; numbers are set to the right."""
    lines = [[head.title for head in heads], *([printable(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    shown = [
        _GAP.join(
            cell.rjust(width) if head.numeric else cell.ljust(width)
            for cell, width, head in zip(line, widths, heads, strict=True)
        ).rstrip()
        for line in lines
    ]
    rule = _GAP.join("-" * width for width in widths)
    return "\n".join([shown[0], rule, *shown[1:]])
