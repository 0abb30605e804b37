"""Creative Co-Op invoices: what was shipped and what is still to come."""

from __future__ import annotations

from perfkit.model import Page
from perfkit.tables.facts import DocumentKind
from perfkit.tables.recognition import evidence

__all__ = ["KIND", "recognises"]

KIND = DocumentKind(words=("invoice", "document", "order"))


def recognises(page: Page) -> float:
    """How sure it is, 0 to 1, that the page belongs to an invoice of Creative Co-Op."""
    found = evidence(page)
    if not found.vendor:
        return 0.0
    columns = 1 - len(found.fields & {"qty_ordered", "qty_allocated"}) / 2
    if not found.fields:
        columns = 0.0
    return 0.5 + 0.25 * columns + 0.2 * found.says("invoice") - 0.1 * found.says("order")
