"""Producer fpdf2: core fonts without embedding, or an embedded TrueType subset."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from perfkit.corpus.metrics import width
from perfkit.corpus.operations import Box, Drawing, Line, Text
from perfkit.corpus.pictures import picture
from perfkit.corpus.plan import Plan
from perfkit.errors import MissingExtraError

__all__ = ["FONTS", "write"]

FONTS = ("helvetica", "times", "courier", "vera")


def write(plan: Plan) -> bytes:
    """Draw the plan; see :class:`perfkit.corpus.producers.Producer`."""
    try:
        from fpdf import FPDF
    except ImportError as error:
        raise MissingExtraError("fpdf2", "workbench", "This producer") from error
    pdf = FPDF(unit="pt", format=(plan.width, plan.height))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.set_title(plan.head.number)
    pdf.set_creation_date(datetime.combine(plan.head.dated, time(), UTC))
    font = plan.style.font
    if font == "vera":
        _embed_vera(pdf)
    for drawing in plan.drawings():
        pdf.add_page()
        _draw(pdf, drawing, font)
    return bytes(pdf.output())


def _embed_vera(pdf: Any) -> None:
    import reportlab

    folder = Path(reportlab.__file__).parent / "fonts"
    for style, file in (("", "Vera.ttf"), ("B", "VeraBd.ttf")):
        pdf.add_font("vera", style, folder / file)


def _draw(pdf: Any, page: Drawing, font: str) -> None:
    shift = {"left": 0.0, "center": 0.5, "right": 1.0}
    for op in page.operations:
        if isinstance(op, Text):
            pdf.set_font(font, "B" if op.bold else "", op.size)
            back = shift[op.anchor] * width(op.text, font, op.size, op.bold)
            pdf.text(op.x - back, op.y, op.text)
        elif isinstance(op, Line):
            pdf.set_line_width(op.width)
            pdf.line(op.x0, op.y0, op.x1, op.y1)
        elif isinstance(op, Box):
            pdf.set_fill_color(round(op.gray * 255))
            pdf.rect(op.x, op.y, op.width, op.height, style="F")
        else:
            pdf.image(io.BytesIO(picture(op.image)), op.x, op.y, op.width, op.height)
