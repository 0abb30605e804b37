"""Pages of an answer as protobuf, from a page's text."""

from __future__ import annotations

import math
from typing import Any

from perfkit.emulator.reading import Box, Span, TextPage

__all__ = ["CONFIDENCE", "IMAGE_DPI", "add_page", "fill_box", "image_scale"]

#: Pixels of a page image to an inch, which has 72 points.
IMAGE_DPI = 150
_POINTS_AN_INCH = 72
_PAGE_UP = 1
#: Text that is drawn as text is read without a doubt.
CONFIDENCE = 0.99


def add_page(document: Any, page: TextPage, offset: int, wants: Any) -> Any:
    """Add a page to a document whose text it begins at ``offset`` in.

    ``wants(field)`` tells which fields of a page are asked for.
    """
    width, height = page.width, page.height
    added = document.pages.add(page_number=page.number)
    if wants("dimension"):
        added.dimension.width = float(math.ceil(width * image_scale()))
        added.dimension.height = float(math.ceil(height * image_scale()))
        added.dimension.unit = "pixels"
    whole = Span(0, len(page.text), (0.0, 0.0, width, height))
    size = width, height
    if wants("layout"):
        _fill_layout(added.layout, whole, offset, size)
    if page.text and wants("detected_languages"):
        added.detected_languages.add(language_code="en", confidence=CONFIDENCE)
    for name in ("blocks", "paragraphs", "lines"):
        if wants(name):
            parts = getattr(added, name)
            for line in page.lines:
                _fill_layout(parts.add().layout, line, offset, size)
    if wants("tokens"):
        _add_tokens(added.tokens, page, offset, size)
    return added


def image_scale() -> float:
    """Pixels of a page image to a point."""
    return IMAGE_DPI / _POINTS_AN_INCH


def _add_tokens(tokens: Any, page: TextPage, offset: int, size: tuple[float, float]) -> None:
    text = page.text
    for span in page.tokens:
        token = tokens.add()
        _fill_layout(token.layout, span, offset, size)
        if text[span.end - 1] == " ":
            token.detected_break.type_ = 1
        elif text[span.end - 1] == "\n":
            token.detected_break.type_ = 2


def _fill_layout(layout: Any, span: Span, offset: int, size: tuple[float, float]) -> None:
    """Text anchor, box and confidence of a part of a page."""
    segment = layout.text_anchor.text_segments.add()
    segment.start_index, segment.end_index = span.start + offset, span.end + offset
    layout.confidence = CONFIDENCE
    layout.orientation = _PAGE_UP
    fill_box(layout.bounding_poly, span.box, size)


def fill_box(polygon: Any, box: Box, size: tuple[float, float]) -> None:
    """Corners from the upper left one clockwise, as shares of the page."""
    width, height = size
    left, top, right, bottom = box[0] / width, box[1] / height, box[2] / width, box[3] / height
    add = polygon.normalized_vertices.add
    add(x=left, y=top)
    add(x=right, y=top)
    add(x=right, y=bottom)
    add(x=left, y=bottom)
