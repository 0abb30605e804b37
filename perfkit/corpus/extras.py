"""Documents at the edge: a cover letter before the table, and a table without a row."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

from perfkit.corpus.content import Totals
from perfkit.corpus.operations import Drawing, Line, Operation, Text
from perfkit.corpus.plan import plan
from perfkit.corpus.style import Style

__all__ = ["no_items", "with_cover_letter"]

_LETTER = (
    "Dear customer,",
    "thank you for your business. Your order confirmation follows on the next pages.",
    "Please check quantities and ship-to address, and tell us of changes within two days.",
    "Items that are backordered ship free of freight as soon as they arrive.",
    "With kind regards,",
    "Customer Care",
)


def with_cover_letter(
    data: bytes, truth: dict[str, Any], style: Style
) -> tuple[bytes, dict[str, Any]]:
    """Put a letter without a table before a document; its pages count on from there."""
    from pypdf import PdfWriter

    from perfkit.corpus.producers.reportlab import paint

    letter: list[Operation] = [
        Text(72, 90, style.vendor, 18, True),
        Line(72, 98, 540, 98),
        Text(72, 130, f"Your order {truth['invoice_number']}", 11, True),
        *(Text(72, 170 + 20 * n, line, 10) for n, line in enumerate(_LETTER)),
    ]
    cover = paint([Drawing(1, 612, 792, letter)], "helvetica", "Cover letter", style.vendor)
    writer = PdfWriter(clone_from=io.BytesIO(cover))
    writer.append(io.BytesIO(data))
    out = io.BytesIO()
    writer.write(out)
    items = [{**item, "page": item["page"] + 1} for item in truth["line_items"]]
    return out.getvalue(), {**truth, "pages": truth["pages"] + 1, "line_items": items}


def no_items(seed: int) -> tuple[bytes, dict[str, Any]]:
    """An order whose table has its headings and totals, and not one row."""
    from perfkit.corpus.producers.reportlab import write
    from perfkit.corpus.truth import truth

    planned = plan("order", 1, seed, Style(font="helvetica"))
    sheet = planned.sheets[0]._replace(entries=[], bottom=planned.room.top + 12)
    nothing = Totals(*(planned.totals.subtotal * 0,) * 3)
    empty = dataclasses.replace(planned, sheets=[sheet], totals=nothing)
    return write(empty), {**truth(empty), "expected_error": "NoLineItemsError"}
