"""Values as payloads: JSON, and only what comes back as it went in."""

from __future__ import annotations

import json
from typing import Any

from perfkit.errors import CacheError

__all__ = ["decode", "encode"]


def encode(value: Any) -> bytes:
    """A value as JSON.

    Raises
    ------
    CacheError
        If it would come back as something else: a tuple as a list, a number as a key as
        text, a Decimal or a date not at all (give them as text, as ``as_dict`` does).
    """
    try:
        payload = json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")
        same = _alike(value, decode(payload))
    except (TypeError, ValueError, RecursionError) as error:
        raise CacheError(f"The value cannot be cached as JSON: {error}.") from error
    if not same:
        raise CacheError(
            "The value would come back from the cache as another one: JSON has no tuples, and "
            "its keys are text."
        )
    return payload


def decode(payload: bytes) -> Any:
    """The value, a new copy each time."""
    return json.loads(payload)


def _alike(value: Any, copy: Any) -> bool:
    """Equal, and of the same types: for ``==`` alone, True is 1 and an enum its value."""
    if type(value) is not type(copy):
        return False
    if isinstance(value, dict):
        return value.keys() == copy.keys() and all(
            _alike(each, copy[key]) for key, each in value.items()
        )
    if isinstance(value, list):
        return len(value) == len(copy) and all(map(_alike, value, copy))
    return bool(value == copy)
