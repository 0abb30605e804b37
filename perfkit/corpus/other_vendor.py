"""An invoice of another vendor: a business document that no Creative-Coop layout may accept."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from perfkit.corpus.operations import Drawing, Line, Operation, Text
from perfkit.corpus.truth import TRUTH_VERSION

__all__ = ["other_vendor"]

_VENDOR = "Willow & Finch Trading Company"
_GOODS = (
    "Soy Candle, Fig & Cassis, 8 oz", "Linen Room Spray, 4 oz", "Letterpress Card, Thank You",
    "Enamel Pin, Red Robin", "Hand Cream, Oat Milk, 2.5 oz", "Gift Wrap Roll, Botanical",
    "Notebook, Dot Grid, A5", "Bath Salts, Eucalyptus", "Playing Cards, Garden Birds",
    "Tote Bag, Farmers Market", "Jigsaw Puzzle, 500 Pieces", "Sticker Sheet, Wildflowers",
)  # fmt: skip
_PER_PAGE = 24
_EDGES = {"item": 40.0, "text": 130.0, "qty": 370.0, "rate": 450.0, "amount": 572.0}


def other_vendor(pages: int, seed: int) -> tuple[bytes, dict[str, Any]]:
    """The PDF and what it says; ``line_items`` is empty, for none is a Creative-Coop item."""
    from perfkit.corpus.producers.reportlab import paint

    rng = random.Random(f"other {pages} {seed}")
    number, dated = f"WF-{rng.randint(20000, 49999)}", date(2025, 2, rng.randint(1, 28))
    lines = [_line(rng) for _ in range(pages * _PER_PAGE - rng.randint(3, 9))]
    total = sum((qty * rate for _, _, qty, rate in lines), Decimal("0.00"))
    drawn = _pages(pages, number, dated, lines, total)
    truth: dict[str, Any] = {
        "schema_version": TRUTH_VERSION,
        "layout": None,
        "vendor": _VENDOR,
        "invoice_number": number,
        "invoice_date": dated.isoformat(),
        "pages": pages,
        "subtotal": str(total),
        "freight": None,
        "total": str(total),
        "surcharges": None,
        "line_items": [],
        "expected_error": "UnknownVendorError",
    }
    return paint(drawn, "times", number, _VENDOR), truth


def _line(rng: random.Random) -> tuple[str, str, int, Decimal]:
    text = rng.choice(_GOODS)
    code = "".join(word[0] for word in text.split()[:2]) + f"-{rng.randint(100, 999)}"
    return code, text, rng.choice((3, 6, 12, 24)), Decimal(rng.randint(6, 60)) / 2


def _pages(
    pages: int,
    number: str,
    dated: date,
    lines: list[tuple[str, str, int, Decimal]],
    total: Decimal,
) -> Iterator[Drawing]:
    for page in range(pages):
        drawn: list[Operation] = [
            Text(40, 60, _VENDOR, 20, True),
            Text(40, 76, "18 Orchard Street, Portland, ME 04101", 9),
            Text(572, 60, f"Invoice {number}", 13, True, "right"),
            Text(572, 76, f"{dated:%B} {dated.day}, {dated.year}", 9, False, "right"),
            Text(40, 110, "Bill to: Harbor House Gifts, 37 Wharf Lane, Mystic, CT 06355", 9),
            Line(40, 152, 572, 152, 0.8),
        ]
        names = ("SKU", "Item", "Quantity", "Rate", "Amount")
        for (key, x), name in zip(_EDGES.items(), names, strict=True):
            anchor = "left" if key in ("item", "text") else "right"
            drawn.append(Text(x, 146, name, 9.5, True, anchor))
        y = 172.0
        for code, text, qty, rate in lines[page * _PER_PAGE : (page + 1) * _PER_PAGE]:
            cells = (code, text, f"{qty}", f"${rate:,.2f}", f"${qty * rate:,.2f}")
            for (key, x), cell in zip(_EDGES.items(), cells, strict=True):
                anchor = "left" if key in ("item", "text") else "right"
                drawn.append(Text(x, y, cell, 9.5, False, anchor))
            y += 22
        if page == pages - 1:
            drawn += [
                Line(400, y - 8, 572, y - 8, 0.8),
                Text(450, y + 8, "Amount due", 10.5, True, "right"),
                Text(572, y + 8, f"${total:,.2f}", 10.5, True, "right"),
            ]
        drawn.append(Text(306, 766, f"{page + 1} / {pages}", 8, False, "center"))
        yield Drawing(page + 1, 612, 792, drawn)
