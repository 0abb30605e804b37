"""Producer reportlab: the default and the quickest; same arguments, same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from perfkit.corpus.metrics import FACES, width
from perfkit.corpus.operations import Box, Drawing, Line, Picture, Text
from perfkit.corpus.pictures import picture
from perfkit.corpus.plan import Plan
from perfkit.errors import MissingExtraError

__all__ = ["FONTS", "paint", "write"]

FONTS = ("helvetica", "times", "courier", "vera")


def write(plan: Plan) -> bytes:
    """Draw the plan; see :class:`perfkit.corpus.producers.Producer`."""
    return paint(plan.drawings(), plan.style.font, plan.head.number, plan.style.vendor)


def paint(drawings: Iterable[Drawing], font: str, title: str, author: str) -> bytes:
    """Draw pages; ``font`` is a key of :data:`perfkit.corpus.metrics.FACES`."""
    try:
        from reportlab.lib.utils import ImageReader
        from reportlab.pdfgen.canvas import Canvas
    except ImportError as error:
        raise MissingExtraError("reportlab", "workbench", "This producer") from error
    for bold in (False, True):
        width(" ", font, 8, bold)  # registers an embedded font
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    images: dict[int, Any] = {}
    for drawing in drawings:
        canvas.setPageSize((drawing.width, drawing.height))
        for index in _pictures(drawing) - images.keys():
            images[index] = ImageReader(io.BytesIO(picture(index)))
        _draw(canvas, drawing, FACES[font], images)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _pictures(drawing: Drawing) -> set[int]:
    return {op.image for op in drawing.operations if isinstance(op, Picture)}


def _draw(canvas: Any, page: Drawing, faces: tuple[str, str], images: dict[int, Any]) -> None:
    at = {
        "left": canvas.drawString,
        "center": canvas.drawCentredString,
        "right": canvas.drawRightString,
    }
    height = page.height
    for op in page.operations:
        if isinstance(op, Text):
            canvas.setFont(faces[op.bold], op.size)
            at[op.anchor](op.x, height - op.y, op.text)
        elif isinstance(op, Line):
            canvas.setLineWidth(op.width)
            canvas.line(op.x0, height - op.y0, op.x1, height - op.y1)
        elif isinstance(op, Box):
            canvas.setFillGray(op.gray)
            canvas.rect(op.x, height - op.y - op.height, op.width, op.height, stroke=0, fill=1)
            canvas.setFillGray(0)
        else:
            canvas.drawImage(images[op.image], op.x, height - op.y - op.height, op.width, op.height)
