"""Creative Co-Op orders: four quantities a row, a picture, the description under it."""

from __future__ import annotations

from perfkit.model import Page
from perfkit.tables.facts import DocumentKind
from perfkit.tables.recognition import evidence

__all__ = ["KIND", "recognises"]

KIND = DocumentKind(words=("order", "order acknowledgement", "document", "invoice"))


def recognises(page: Page) -> float:
    """How sure it is, 0 to 1, that the page belongs to an order of Creative Co-Op."""
    found = evidence(page)
    if not found.vendor:
        return 0.0
    columns = len(found.fields & {"qty_ordered", "qty_allocated"}) / 2
    return 0.5 + 0.25 * columns + 0.15 * found.says("order") - 0.2 * found.says("invoice")
