"""Columns: which there are, how they are headed, and where they stand on the page."""

from __future__ import annotations

from typing import NamedTuple

from perfkit.corpus.metrics import width
from perfkit.corpus.style import Style
from perfkit.errors import CorpusError
from perfkit.nearest import did_you_mean

__all__ = ["Column", "columns"]

#: Key to the headings of the three wordings, and to the widest text a cell is made for.
_ORDER = {
    "code": (("Product Code", "Item", "Item Number"), "HX0000A"),
    "upc": (("UPC", "UPC Code", "UPC"), "000000000000"),
    "description": (("", "", ""), ""),
    "rt": (("RT", "RT", "RT"), "N"),
    "ordered": (("Qty Ord", "Ordered", "Quantity Ordered"), "0,000"),
    "allocated": (("Qty Alloc", "Allocated", "Quantity Allocated"), "0,000"),
    "shipped": (("Qty Shipped", "Shipped", "Quantity Shipped"), "0,000"),
    "backordered": (("Qty BkOrd", "BkOrd", "Quantity Backordered"), "0,000"),
    "unit": (("U/M", "UM", "Unit"), "piece"),
    "list": (("List Price", "List", "List Price"), "0,000.00"),
    "your": (("Your Price", "Your Price", "Wholesale Price"), "0,000.00"),
    "extended": (("Your Extd Price", "Extended Amount", "Extended Price"), "00,000.00"),
}
_INVOICE = {
    "item": (("Customer Item", "Customer Item", "Item"), ""),
    "shipped": (("Shipped", "Qty Shipped", "Quantity Shipped"), "0,000"),
    "backordered": (("Back Ordered", "BkOrd", "Quantity Backordered"), "0,000"),
    "lo": (("", "", ""), "lo"),
    "unit": (("UM", "U/M", "Unit"), "piece"),
    "list": (("List Price", "List", "List Price"), "0,000.00"),
    "truck": (("Truck", "Truck", "Truck"), "00"),
    "your": (("Your Price", "Your Price", "Wholesale Price"), "0,000.00"),
    "extended": (("Extended Amount", "Extended Amount", "Extended Price"), "00,000.00"),
}
_LEFT = ("code", "upc", "description", "item")
_CENTRED = ("rt", "unit", "lo", "truck")
_GAP = 7.0
_LEAST_TEXT = 96.0


class Column(NamedTuple):
    """A column: its key, heading lines, edges in points and alignment."""

    key: str
    heading: tuple[str, ...]
    x0: float
    x1: float
    anchor: str

    def at(self, anchor: str) -> float:
        """The x at which text with that anchor stands."""
        return {"left": self.x0, "center": (self.x0 + self.x1) / 2, "right": self.x1}[anchor]


def columns(layout: str, style: Style, x0: float, x1: float) -> dict[str, Column]:
    """Place the columns between two edges; what the others leave goes to the text column.

    Raises
    ------
    CorpusError
        If ``style.columns`` names an unknown column or leaves one out, or if the headings
        leave no room for descriptions.
    """
    table = _ORDER if layout == "order" else _INVOICE
    keys = style.columns or tuple(table)
    for key in keys:
        if key not in table:
            raise CorpusError(f"There is no column {key!r}{did_you_mean(key, table)}")
    if set(keys) != set(table) or len(keys) != len(table):
        raise CorpusError(f"Style.columns must name each of these once: {', '.join(table)}.")
    headings = {key: _heading(key, table[key][0], style) for key in keys}
    widths = {key: _least(table[key][1], headings[key], style) for key in keys}
    text = "description" if layout == "order" else "item"
    widths[text] = x1 - x0 - sum(widths[key] + _GAP for key in keys if key != text)
    if widths[text] < _LEAST_TEXT:
        raise CorpusError(
            f"The columns leave {widths[text]:.0f} pt for descriptions, fewer than "
            f"{_LEAST_TEXT:.0f}; use shorter headings, a smaller font or landscape=True."
        )
    placed = {}
    for key in keys:
        anchor = "left" if key in _LEFT else "center" if key in _CENTRED else style.align
        placed[key] = Column(key, headings[key], x0, x0 + widths[key], anchor)
        x0 += widths[key] + _GAP
    return placed


def _heading(key: str, wordings: tuple[str, ...], style: Style) -> tuple[str, ...]:
    text = wordings[("printed", "plain", "spelled").index(style.wording)]
    if key == "description":
        text = style.description_heading
    first, _, rest = text.partition(" ")
    stacked = style.two_line_headings and rest and key not in ("upc", "item")
    return (first, rest) if stacked else (text,)


def _least(sample: str, heading: tuple[str, ...], style: Style) -> float:
    size = style.font_size
    room = width(style.currency + sample if "." in sample else sample, style.font, size)
    return max(room, *(width(line, style.font, size, True) for line in heading))
