"""Producer cairo: glyph-by-glyph text with subsetted fonts that fontconfig chooses."""

from __future__ import annotations

import io
from typing import Any

from perfkit.corpus.metrics import width
from perfkit.corpus.operations import Box, Drawing, Line, Text
from perfkit.corpus.pictures import picture
from perfkit.corpus.plan import Plan
from perfkit.errors import CorpusError, MissingExtraError

__all__ = ["FONTS", "write"]

FONTS = ("helvetica", "times", "courier")
_FAMILIES = {"helvetica": "Helvetica", "times": "Times", "courier": "Courier"}


def write(plan: Plan) -> bytes:
    """Draw the plan; see :class:`perfkit.corpus.producers.Producer`."""
    try:
        import cairocffi
    except ImportError as error:
        raise MissingExtraError("cairocffi", "dev", "This producer") from error
    except OSError as error:
        raise CorpusError(
            "The producer cairo needs the library libcairo 1.15.10 or later "
            "(Debian and Ubuntu: apt install libcairo2; macOS: brew install cairo)."
        ) from error
    out = io.BytesIO()
    surface = cairocffi.PDFSurface(out, plan.width, plan.height)
    surface.set_metadata(cairocffi.PDF_METADATA_TITLE, plan.head.number)
    stamp = f"{plan.head.dated.isoformat()}T00:00:00Z"
    surface.set_metadata(cairocffi.PDF_METADATA_CREATE_DATE, stamp)
    context = cairocffi.Context(surface)
    images: dict[int, Any] = {}
    for drawing in plan.drawings():
        _draw(cairocffi, context, drawing, plan.style.font, images)
        context.show_page()
    surface.finish()
    return out.getvalue()


def _draw(cairo: Any, context: Any, page: Drawing, font: str, images: dict[int, Any]) -> None:
    shift = {"left": 0.0, "center": 0.5, "right": 1.0}
    for op in page.operations:
        if isinstance(op, Text):
            weight = cairo.FONT_WEIGHT_BOLD if op.bold else cairo.FONT_WEIGHT_NORMAL
            context.select_font_face(_FAMILIES[font], cairo.FONT_SLANT_NORMAL, weight)
            context.set_font_size(op.size)
            advance = context.text_extents(op.text)[4]
            planned = width(op.text, font, op.size, op.bold)
            # Fontconfig may have put a wider font in the place of the one that is asked for.
            if advance > planned:
                context.set_font_size(op.size * planned / advance)
                advance = context.text_extents(op.text)[4]
            context.move_to(op.x - shift[op.anchor] * advance, op.y)
            context.show_text(op.text)
        elif isinstance(op, Line):
            context.set_line_width(op.width)
            context.move_to(op.x0, op.y0)
            context.line_to(op.x1, op.y1)
            context.stroke()
        elif isinstance(op, Box):
            context.set_source_rgb(op.gray, op.gray, op.gray)
            context.rectangle(op.x, op.y, op.width, op.height)
            context.fill()
            context.set_source_rgb(0, 0, 0)
        else:
            if op.image not in images:
                images[op.image] = _image(cairo, op.image)
            image = images[op.image]
            context.save()
            context.translate(op.x, op.y)
            context.scale(op.width / image.get_width(), op.height / image.get_height())
            context.set_source_surface(image)
            context.paint()
            context.restore()


def _image(cairo: Any, index: int) -> Any:
    from PIL import Image

    data = picture(index)
    side_x, side_y = Image.open(io.BytesIO(data)).size
    # Only the JPEG attached below is written to the PDF, so the pixels may stay empty.
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, side_x, side_y)
    surface.set_mime_data("image/jpeg", data)
    return surface
