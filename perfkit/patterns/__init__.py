"""Patterns of product codes and UPCs, and quick ways to search for them and for others.

The two that every extraction needs are here at once; the classes are loaded when they are
first asked for, so that a cold ``perfkit extract`` does not pay for them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from perfkit.patterns.known import PRODUCT_CODE, is_upc

if TYPE_CHECKING:
    from perfkit.patterns.cache import OptimizedPatternCache
    from perfkit.patterns.codes import OptimizedProductCodeSearch
    from perfkit.patterns.finder import EarlyTerminationPatternFinder

__all__ = [
    "PRODUCT_CODE",
    "EarlyTerminationPatternFinder",
    "OptimizedPatternCache",
    "OptimizedProductCodeSearch",
    "is_upc",
]

_HOMES = {
    "EarlyTerminationPatternFinder": "finder",
    "OptimizedPatternCache": "cache",
    "OptimizedProductCodeSearch": "codes",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'perfkit.patterns' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"perfkit.patterns.{_HOMES[name]}"), name)
    globals()[name] = value  # found once, no call the next time
    return value
