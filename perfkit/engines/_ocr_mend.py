"""What OCR gets wrong in an invoice's words, where the context tells what they must be.

Only what cannot be otherwise is mended: an inch mark behind a digit, a UPC with its valid check
digit and the text that touches it, a product code parted before its last letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from perfkit.model import Word
from perfkit.patterns import is_upc

__all__ = ["Seen", "mend"]

#: A word and OCR's confidence, 0 to 1.
Seen = tuple[Word, float]

#: What is read for an inch mark behind a digit: the mark is small, and a degree has no place.
_INCH = re.compile(
    r"(?<=[0-9])(?:[°*\u00ba\u201c\u201d\u2033\u02ba]|['\u2018\u2019\u2032`]{2})(?![0-9])"
)
_INCH_FIRST = re.compile(r"[\"°*\u00ba\u201c\u201d\u2033](?![0-9])")
#: Two sizes (``4"Lx6"H``) read without the first one's mark cannot be told; with it they can.
_CODE, _LAST_LETTER = re.compile(r"[A-Z]{2}[0-9]{4}"), re.compile("[A-Z]")
_CODE_FIRST = re.compile(r"[A-Z]{2}[0-9]{4}(?:[A-Z]?(?=[0-9]{12})|(?=[0-9]{1,2}[-./\"]))")
#: ``S/3`` is a set of three; sizes follow it, and sets are of 2 to 12.
_SET_FIRST = re.compile(r"S/(?:1[0-2](?=[0-9]{1,2}[-./\"])|[2-9])(?=[0-9])")
#: Where one word ends and the next begins although no space was seen: ``x4``, ``&Care``, ``in2``,
#: ``6Styles``, ``w/3``, ``Slub|Throw``; a lone ``x`` or ``&``, and neither ``McKay`` nor ``6H``.
_SEAM = re.compile(
    r"^x(?=[0-9])|^&(?=[A-Za-z0-9])|^.*[A-Za-z](?=&$)|^[A-Za-z][a-z]+(?=[2-9])"
    r"|^[0-9]+(?=[A-Z][a-z]{2})|^w/(?=[0-9A-Z])|^[A-Z]?[a-z]{3,}(?=[A-Z][a-z]{2})"
)
#: A one in a word of small letters.
_ONE = re.compile("(?<=[a-z]{2})1(?=[a-z]|$)")
_DIGITS, _BEGINS_SIZE = re.compile("[0-9]+"), re.compile("[0-9]")
_ENDS_HALF_SIZE = re.compile('"[A-Z]x$')
_UPC_DIGITS = 12
#: Parts of one word are no further apart than this share of their height.
_CLOSE_SHARE = 0.7


def mend(line: list[Seen]) -> list[Seen]:
    """Words of one line, from left to right, parted and joined as they must have been."""
    found: list[Seen] = []
    for word, sure in line:
        for part in _parted(word._replace(text=_read_right(word.text))):
            if found and (joined := _joined(found[-1][0], part)) is not None:
                found[-1] = joined, min(found[-1][1], sure)
            else:
                found.append((part, sure))
    return found


def _read_right(text: str) -> str:
    return _ONE.sub("l", _INCH.sub('"', text.replace("\u00d7", "x")))


def _parted(word: Word) -> Iterator[Word]:
    """A word, or the parts of several that stand too close to have been told apart."""
    at = _first_part(word.text)
    if not at:
        yield word
        return
    middle = word.x0 + (word.x1 - word.x0) * at / len(word.text)
    yield word._replace(text=word.text[:at], x1=middle)
    yield from _parted(word._replace(text=word.text[at:], x0=middle))


def _first_part(text: str) -> int:
    """Letters of the first part; 0 where the word is one."""
    if len(text) > _UPC_DIGITS and is_upc(text[:_UPC_DIGITS]):
        return _UPC_DIGITS
    for pattern in (_CODE_FIRST, _SET_FIRST, _SEAM):
        match = pattern.match(text)
        if match:
            return match.end()
    return 0


def _joined(before: Word, word: Word) -> Word | None:
    """Two words that are one: a number and its inch mark, a code and its last letter, a UPC."""
    if word.x0 - before.x1 > _CLOSE_SHARE * (before.bottom - before.top):
        return None
    text = before.text + word.text
    inch = before.text[-1:].isdigit() and _INCH_FIRST.match(word.text)
    code = _CODE.fullmatch(before.text) and _LAST_LETTER.fullmatch(word.text)
    size = _ENDS_HALF_SIZE.search(before.text) and _BEGINS_SIZE.match(word.text)
    if not (inch or code or size or (_DIGITS.fullmatch(text) and is_upc(text))):
        return None
    text = _INCH.sub('"', text)
    return before._replace(text=text, x1=max(before.x1, word.x1))
