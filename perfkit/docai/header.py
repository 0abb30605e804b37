"""Header fields from the entities of answers, held against what geometry read."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from perfkit.model import Extraction
from perfkit.reading.facts import read_date
from perfkit.reading.words import number

__all__ = ["Entity", "header_entities", "reconciled"]

_NANOS = 1_000_000_000
#: Field of an extraction -> the entity that says the same.
_FIELDS = {
    "invoice_number": "invoice_id",
    "invoice_date": "invoice_date",
    "vendor": "supplier_name",
    "subtotal": "net_amount",
    "freight": "freight_amount",
    "total": "total_amount",
}


class Entity(NamedTuple):
    """A header field of an answer: its type, its text, its value, how sure the service is."""

    kind: str
    text: str
    value: str | date | Decimal | None
    confidence: float


def header_entities(document: Any) -> list[Entity]:
    """The header fields of an answer (protobuf); line items are left to geometry."""
    wanted = set(_FIELDS.values())
    return [
        Entity(entity.type_, text, _value(entity, text), entity.confidence)
        for entity in document.entities
        if entity.type_ in wanted and (text := " ".join(entity.mention_text.split()))
    ]


def reconciled(extraction: Extraction, entities: Iterable[Entity]) -> Extraction:
    """The extraction with its header fields held against the entities of the same document.

    What geometry did not find is taken from the entities; where both have a value and they
    differ, geometry's stays, and a warning tells of the other.
    """
    by_kind: dict[str, list[Entity]] = {}
    for entity in entities:
        by_kind.setdefault(entity.kind, []).append(entity)
    changes: dict[str, Any] = {}
    warnings = []
    for field, kind in _FIELDS.items():
        told = [entity for entity in by_kind.get(kind, ()) if entity.value is not None]
        if not told:
            continue
        ours = getattr(extraction, field)
        if any(_same(ours, entity.value) for entity in told):
            continue
        surest = _surest(told)
        if ours is None:
            changes[field] = surest.value
            warnings.append(
                f"{field} is {_shown(surest.value)} by the entity {kind} alone "
                f"(confidence {surest.confidence:.2f}): no label on a page names it"
            )
        else:
            warnings.append(
                f"{field} is {_shown(ours)} on the page, but {surest.text!r} by the entity "
                f"{kind} (confidence {surest.confidence:.2f}); the page's was kept"
            )
    if not warnings:
        return extraction
    return dataclasses.replace(extraction, warnings=(*extraction.warnings, *warnings), **changes)


def _surest(told: Sequence[Entity]) -> Entity:
    """The value that most requests agree on, and of those the surest entity."""
    votes = [sum(_same(entity.value, other.value) for other in told) for entity in told]
    return max(zip(votes, told, strict=True), key=lambda pair: (pair[0], pair[1].confidence))[1]


def _value(entity: Any, text: str) -> str | date | Decimal | None:
    kind = entity.type_
    normal = entity.normalized_value
    if kind == "invoice_date":
        told = normal.date_value
        try:
            return date(told.year, told.month, told.day)
        except ValueError:
            return read_date(text)
    if kind.endswith("_amount"):
        printed = number(text.replace(" ", ""))
        if printed is not None or not normal.HasField("money_value"):
            return printed
        return Decimal(normal.money_value.units) + Decimal(normal.money_value.nanos) / _NANOS
    return text


def _same(ours: object, theirs: object) -> bool:
    if isinstance(ours, str) and isinstance(theirs, str):
        one, other = (re.sub(r"[\W_]", "", text).casefold() for text in (ours, theirs))
        # A supplier's name may go on: Inc., LLC.
        return bool(one) and bool(other) and (one.startswith(other) or other.startswith(one))
    return ours == theirs


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
