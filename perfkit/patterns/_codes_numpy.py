"""Product codes of a block by comparing arrays; equal to the standard way, and needs numpy."""

from __future__ import annotations

from itertools import repeat
from typing import Any

import numpy as np

__all__ = ["BLOCK", "add_codes"]

#: Characters at once: what is kept of a longer text is bounded by it.
BLOCK = 1 << 21
#: Pairs of characters whose comparisons stay within a core's second cache.
_STEP = 1 << 17

#: Other, digit, upper case, lower case: by ASCII code.
_CLASS = np.zeros(256, np.uint8)
_CLASS[48:58], _CLASS[65:91], _CLASS[97:123] = 1, 2, 3
_UPPER = 2
#: The classes UUDDDD of six characters, as the low bytes of a number of eight.
_SIX = np.uint64(int.from_bytes(bytes((2, 2, 1, 1, 1, 1, 0, 0)), "little"))
_LOW_SIX, _LOW_SEVEN = np.uint64((1 << 48) - 1), np.uint64((1 << 56) - 1)
_SEVENTH, _EIGHTH = np.uint64(48), np.uint64(56)
#: Two digits are 3x 3x, an upper-case letter is 4x or 5x; its pair's first byte is the low one.
_DIGIT_MASK, _DIGITS = 0xF0F0, 0x3030
_UPPER_MASK, _UPPER_FIRST = 0x00E0, 0x0040

_Array = np.ndarray[Any, Any]


def add_codes(block: str, codes: dict[str, None]) -> None:
    """Add the codes of a block, which ends where no code can be cut."""
    # A gap before the first character, and enough behind for a window of eight.
    padded = b" %b%b" % (block.encode("latin-1", "replace"), b" " * (9 + len(block) % 2))
    text = np.frombuffer(padded, np.uint8)
    starts = _candidates(np.frombuffer(padded, "<u2"), text)
    if not starts.size:
        return
    # Eight characters from any position, as one number.
    windows = np.ndarray((len(padded) - 7,), "<u8", padded, strides=(1,))[starts]
    classes = _CLASS[windows.view(np.uint8)].view("<u8")
    seventh, eighth = (classes >> _SEVENTH) & np.uint64(255), classes >> _EIGHTH
    lettered = seventh == _UPPER
    valid = ((classes & _LOW_SIX) == _SIX) & (_CLASS[text[starts - 1]] == 0)
    valid &= (seventh == 0) | (lettered & (eighth == 0))
    kept = np.where(lettered, windows & _LOW_SEVEN, windows & _LOW_SIX)[valid]
    found = b" ".join(kept.astype("<u8", copy=False).view("S8").tolist())
    codes.update(zip(found.decode("ascii").split(), repeat(None)))


def _candidates(pairs: _Array, text: _Array) -> _Array:
    """Where a code may begin, all that do included.

    Of the aligned pairs of characters, one in each code is two digits behind a pair whose
    first is upper case: the second of UU-DD-DD, or the third of .U-UD-DD-D. Half as many
    comparisons as characters; bits are compared, which lets a few others through.
    """
    size = min(_STEP, len(pairs))
    bits, digits, upper = np.empty(size, "<u2"), np.empty(size, bool), np.empty(size, bool)
    found = []
    for first in range(0, len(pairs) - 1, _STEP):
        some = pairs[first : first + _STEP]
        count = len(pairs[first + 1 : first + 1 + _STEP])
        behind = np.bitwise_and(pairs[first + 1 :][:count], _DIGIT_MASK, out=bits[:count])
        np.equal(behind, _DIGITS, out=digits[:count])
        np.bitwise_and(some[:count], _UPPER_MASK, out=bits[:count])
        np.equal(bits[:count], _UPPER_FIRST, out=upper[:count])
        np.logical_and(digits[:count], upper[:count], out=digits[:count])
        found.append(first + np.flatnonzero(digits[:count]))
    at = 2 * np.concatenate(found)
    starts: _Array = np.where(_CLASS[text[at + 1]] == _UPPER, at, at - 1)
    return starts[starts > 0]
