"""Entities of any kind as plain tuples, which compare, travel and cost alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Plain", "plain_entity"]

#: Type, text, properties (type and text of each), and why it cannot be read, if so.
Plain = tuple[str, str, tuple[tuple[str, str], ...], str | None]


def plain_entity(entity: object) -> Plain:
    """A dict, a Document AI entity (proto-plus or protobuf), or anything that looks like one.

    A field is read once and from protobuf itself: through proto-plus every step costs about
    fifty times as much. Nothing of Google's is imported.
    """
    try:
        kind, text = _kind_and_text(entity)
        if isinstance(entity, dict) or isinstance(entity, Mapping):  # noqa: SIM101 - see below
            inner = entity.get("properties")
        else:
            inner = getattr(getattr(entity, "_pb", entity), "properties", None)
        properties = tuple(map(_kind_and_text, inner)) if inner else ()
    except (TypeError, ValueError, AttributeError) as error:
        return "", "", (), f"it cannot be read as an entity: {error}"
    return kind, text, properties, None


def _kind_and_text(entity: object) -> tuple[str, str]:
    if type(entity) is dict:  # the usual form, and this runs for every part of every entity
        kind, text = entity.get("type"), entity.get("mention_text")
        if type(kind) is str and type(text) is str:
            return kind, text
    # Asking for dict first saves the slow question whether it is another mapping.
    if isinstance(entity, dict) or isinstance(entity, Mapping):  # noqa: SIM101 - see above
        get = entity.get
        kind, text = get("type"), get("mention_text")
        if kind is None:
            kind = get("type_")
        if text is None:
            text = get("text")
            if text is None:
                text = get("mentionText")
    else:
        message: Any = getattr(entity, "_pb", entity)
        kind = getattr(message, "type_", None)
        if kind is None:
            kind = getattr(message, "type", None)
        text = getattr(message, "mention_text", None)
        if text is None:
            text = getattr(message, "text", None)
        if kind is None and text is None:
            raise TypeError(f"{type(entity).__name__} has neither a type nor a mention_text")
    return _text(kind), _text(text)


def _text(value: object) -> str:
    if type(value) is str:
        return value
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"a text is needed where {type(value).__name__} stands")
    # A subclass of str would not travel.
    return str.__str__(value)
