"""Entities as the invoice parser names them, from what perfkit's own layouts find on the pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from perfkit.emulator.pages import CONFIDENCE, fill_box
from perfkit.emulator.reading import Span, TextPage
from perfkit.errors import PerfkitError
from perfkit.geometry import lines_of
from perfkit.model import Extraction, LineItem, Page
from perfkit.reading.flow import Flow
from perfkit.recipe import Recipe

__all__ = ["Place", "add_entities"]

_NANOS = 1_000_000_000


class Place(NamedTuple):
    """A page's text, its place within the answer, and where its text begins there."""

    text: TextPage
    place: int
    offset: int


def add_entities(document: Any, pages: Sequence[Page], places: Sequence[Place]) -> None:
    """Add header fields and line items; none where no layout knows the pages.

    Like the service, it knows nothing of pages that were not asked for.
    """
    flow = Flow("<request>", Recipe())
    items: list[LineItem] = []
    try:
        items.extend(flow.line_items(lines_of(page) for page in pages if page.words))
        found = flow.extraction(tuple(items), len(pages))
    except PerfkitError:
        return
    for kind, text, value in _header(found):
        _add(document.entities, kind, text, value, _find(places, text))
    for item in found.line_items:
        _add_item(document.entities, item, places)
    for number, entity in enumerate(document.entities):
        entity.id = str(number)


def _header(found: Extraction) -> Iterator[tuple[str, str, object]]:
    if found.invoice_number:
        yield "invoice_id", found.invoice_number, None
    if found.invoice_date:
        when = found.invoice_date
        yield "invoice_date", f"{when.month}/{when.day}/{when.year}", when
    if found.vendor:
        yield "supplier_name", found.vendor, None
    for kind, value in (
        ("net_amount", found.subtotal),
        ("freight_amount", found.freight),
        ("total_amount", found.total),
    ):
        if value is not None:
            yield kind, f"{value:,.2f}", value


def _add_item(entities: Any, item: LineItem, places: Sequence[Place]) -> None:
    quantity = item.qty_shipped if item.qty_shipped is not None else item.qty_ordered
    parts = [
        ("product_code", item.product_code, None),
        ("description", item.description, None),
        ("quantity", None if quantity is None else str(quantity), quantity),
        ("unit", item.unit, None),
        ("unit_price", _money(item.your_price), item.your_price),
        ("amount", _money(item.extended_price), item.extended_price),
    ]
    told = [(kind, text, value) for kind, text, value in parts if text]
    here = [place for place in places if place.text.number == item.page]
    where = _find(here, item.product_code)
    whole = " ".join(text for _, text, _ in told)
    entity = _add(entities, "line_item", whole, None, where)
    for kind, text, value in told:
        place = where if kind == "product_code" else None
        inner = _add(entity.properties, f"line_item/{kind}", text, value, place)
        if place is None and where is not None:
            inner.page_anchor.page_refs.add(page=where[0].place)


def _money(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:,.2f}"


def _add(
    entities: Any, kind: str, text: str, value: object, where: tuple[Place, Span] | None
) -> Any:
    entity = entities.add(type_=kind, mention_text=text, confidence=CONFIDENCE)
    _normalise(entity.normalized_value, value)
    if where is not None:
        place, span = where
        entity.text_anchor.content = place.text.text[span.start : span.end]
        entity.text_anchor.text_segments.add(
            start_index=span.start + place.offset, end_index=span.end + place.offset
        )
        reference = entity.page_anchor.page_refs.add(page=place.place)
        fill_box(reference.bounding_poly, span.box, (place.text.width, place.text.height))
    return entity


def _normalise(target: Any, value: object) -> None:
    if isinstance(value, date):
        target.text = value.isoformat()
        target.date_value.year, target.date_value.month = value.year, value.month
        target.date_value.day = value.day
    elif isinstance(value, Decimal):
        target.text = str(value)
        target.money_value.units = int(value)
        target.money_value.nanos = int((value - int(value)) * _NANOS)
    elif isinstance(value, int):
        target.text = str(value)
        target.integer_value = value


def _find(places: Sequence[Place], text: str) -> tuple[Place, Span] | None:
    """The first page that has the text, and where it stands there."""
    for place in places:
        at = place.text.text.find(text)
        if at >= 0:
            end = at + len(text)
            boxes = [t.box for t in place.text.tokens if t.start < end and at < t.end]
            if boxes:
                lefts, tops, rights, bottoms = zip(*boxes, strict=True)
                return place, Span(at, end, (min(lefts), min(tops), max(rights), max(bottoms)))
    return None
