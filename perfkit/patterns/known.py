"""The patterns of product codes and UPCs, in one place."""

from __future__ import annotations

import re

__all__ = ["PRODUCT_CODE", "is_upc"]

#: Two capital letters, four digits, an optional capital letter, in text of any kind.
#: ASCII only: ``\\b`` and ``\\d`` would take other scripts' letters and digits.
PRODUCT_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{4}[A-Z]?(?![A-Za-z0-9])")

_UPC_DIGITS = 12

#: Last digit of the sum for twelve zeros.
_ZEROS = 48 * 24 % 10


def is_upc(text: str) -> bool:
    """Whether 12 digits end in the right check digit.

    Digits in odd places count three times; the sum of all is a multiple of ten (GS1
    General Specifications, section 7.9, check digit calculation).

    >>> is_upc("191009727774"), is_upc("191009727775")
    (True, False)
    """
    if len(text) != _UPC_DIGITS or not (text.isascii() and text.isdigit()):
        return False
    a, b, c, d, e, f, g, h, i, j, k, last = text.encode("ascii")
    # Digits are 48 more than their value, which adds 48 x (6 x 3 + 6), a number that ends in 2.
    return (3 * (a + c + e + g + i + k) + b + d + f + h + j + last) % 10 == _ZEROS
