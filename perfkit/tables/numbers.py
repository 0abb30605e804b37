"""Numbers as documents print them."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

__all__ = ["number", "quantity"]

_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[-\u2212])?(?:USD|US)?\$?(?P<late>[-\u2212])?"
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"(?P<trailing>[-\u2212]|CR)?(?P<close>\))?",
    re.ASCII,
)


@lru_cache(maxsize=1 << 14)
def number(text: str) -> Decimal | None:
    """The value of a printed number, exactly; None where the text is not one.

    Thousands separators, a dollar sign, and a minus before, behind or as brackets are
    understood: ``1,234.56``, ``$2.00``, ``(38.40)``, ``12-``.
    """
    found = _NUMBER.fullmatch(text)
    if not found or bool(found["open"]) != bool(found["close"]):
        return None
    value = Decimal(found["digits"].replace(",", "").rstrip("."))
    negative = found["open"] or found["sign"] or found["late"] or found["trailing"]
    return -value if negative else value


@lru_cache(maxsize=1 << 12)
def quantity(value: Decimal | None) -> int | None:
    """A whole number of pieces; None where the value is blank or not whole."""
    if value is None or value != (whole := int(value)):
        return None
    return whole
