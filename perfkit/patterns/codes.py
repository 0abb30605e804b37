"""Product codes in a text of any size: ordered, unique, and exactly those of the plain pattern.

A code is a whole run of ASCII letters and digits (its pattern looks around itself), so a text
may be cut anywhere between two runs and searched block by block.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from perfkit.errors import MissingExtraError, ParameterError
from perfkit.nearest import did_you_mean
from perfkit.patterns._blocks import ALPHANUMERIC, Readable, cut, parts
from perfkit.patterns.known import PRODUCT_CODE

__all__ = ["OptimizedProductCodeSearch", "find_all_reference"]

#: What a block's classes and its text take stays within a core's second cache.
_BLOCK = 1 << 16
#: Below this, an array's fixed costs outweigh what it saves.
_WORTH_ARRAYS = 1 << 16

#: Each character up to Latin-1 as what it is to a code: upper case, digit, lower case or other.
_CLASSES = bytes(
    ord("U" if chr(i) in ALPHANUMERIC[:26] else "D" if chr(i) in ALPHANUMERIC[52:] else "l")
    if chr(i) in ALPHANUMERIC
    else ord(" ")
    for i in range(256)
)
#: The six characters that all codes have. Searched from the right, where a search leaps by its
#: length over lower case and spaces; from the left, CPython's takes longer.
_SIX = b"UUDDDD"

#: Adds the codes of a block to those found so far.
_Add = Callable[[str, dict[str, None]], None]


def find_all_reference(text: str) -> list[str]:
    """What the plain pattern finds: ordered, unique. The search has to equal it, always."""
    return list(dict.fromkeys(PRODUCT_CODE.findall(text)))


class OptimizedProductCodeSearch:
    """All product codes of a text, ordered and unique, several times as fast as ``re``.

    Every character is mapped to its class with ``bytearray.translate``; a code may then be
    where the classes read ``UUDDDD``, and those around say whether it is one. All else runs at
    the speed of a search for a fixed string. Characters beyond ASCII (look-alikes, surrogates)
    are no part of a code and count as a gap, as in the pattern.

    Parameters
    ----------
    engine : {"auto", "standard", "numpy"}
        ``standard`` needs Python alone. ``numpy`` compares whole blocks at once. ``auto``
        takes numpy for texts of 64 KiB and more where the program has loaded it already;
        the result is the same.

    Raises
    ------
    ParameterError
        If there is no such engine.
    MissingExtraError
        If ``engine="numpy"`` and numpy is not installed.

    >>> OptimizedProductCodeSearch().find_all_product_codes("XS9826A, NET3000 CF1234 XS9826A")
    ['XS9826A', 'CF1234']
    """

    def __init__(self, engine: Literal["auto", "standard", "numpy"] = "auto") -> None:
        engines = ("auto", "standard", "numpy")
        if engine not in engines:
            raise ParameterError(f"There is no engine {engine!r}{did_you_mean(engine, engines)}")
        self.engine = engine
        if engine == "numpy":
            _arrays()

    def find_all_product_codes(self, text: str) -> list[str]:
        """All product codes, in the order in which each first appears.

        Raises
        ------
        ParameterError
            If it is no text.
        """
        if not isinstance(text, str):
            raise ParameterError(f"A text is needed, not {type(text).__name__}.")
        add, block_size = self._engine_for(len(text))
        codes: dict[str, None] = {}
        for block in cut(text, block_size):
            add(block, codes)
        return list(codes)

    def iter_product_codes(
        self, source: Readable | Iterable[str] | Iterable[bytes], *, chunk_size: int = 1 << 18
    ) -> Iterator[str]:
        """Each product code when it first appears; holds one chunk, and the codes so far.

        Parameters
        ----------
        source : open file, or iterable of str or bytes
            Chunks may be cut anywhere, in a code too. Bytes may be in any encoding that
            keeps ASCII as it is (UTF-8, Latin-1, Windows-1252).
        chunk_size : int
            Characters or bytes to read from a file at once.

        Raises
        ------
        ParameterError
            If a chunk is neither text nor bytes.
        """
        known: set[str] = set()
        for part in parts(source, chunk_size):
            new = [code for code in self.find_all_product_codes(part) if code not in known]
            known.update(new)
            yield from new

    def _engine_for(self, size: int) -> tuple[_Add, int]:
        loaded = self.engine == "auto" and size >= _WORTH_ARRAYS and "numpy" in sys.modules
        return _arrays() if loaded or self.engine == "numpy" else (_add_codes, _BLOCK)


def _add_codes(block: str, codes: dict[str, None]) -> None:
    """Add a block's codes: what stands around six characters says whether they are one."""
    # A bytearray is translated in half the time of bytes, which look whether they change.
    classes = b"".join((b" ", bytearray(block, "latin-1", "replace").translate(_CLASSES), b" "))
    parts = iter(classes.rsplit(_SIX))
    before = next(parts)
    at = len(before) - 1
    for part in parts:
        if before[-1:] == b" ":
            behind = part[:2]
            if behind == b"U ":
                codes[block[at : at + 7]] = None
            elif behind[:1] == b" ":
                codes[block[at : at + 6]] = None
        at += len(part) + len(_SIX)
        before = part


def _arrays() -> tuple[_Add, int]:
    try:
        from perfkit.patterns import _codes_numpy
    except ImportError as error:
        raise MissingExtraError("numpy", "workbench", 'engine="numpy"') from error
    return _codes_numpy.add_codes, _codes_numpy.BLOCK
