"""What a single word of a page can be: a number, a UPC, a unit, a mark without meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from perfkit.geometry import Line
from perfkit.model import PlainWord
from perfkit.patterns import is_upc
from perfkit.vendors import Vendor

__all__ = [
    "CHARGE",
    "CODE",
    "DASH",
    "GLUED",
    "GROUP",
    "LABEL",
    "LEADER",
    "TOTAL",
    "UNIT",
    "UPC",
    "UPC_DIGITS",
    "Numbers",
    "Style",
    "bare",
    "is_dash",
    "is_label",
    "is_label_end",
    "is_leader",
    "is_total",
    "join_groups",
    "join_text",
    "mark",
    "number",
    "numbers_for",
    "quantity",
    "space_of",
    "split_glued",
    "upc_of",
]

_SIGN = "-\u2212\u2013"
_NUMBER = (
    rf"(?P<open>\()?(?P<sign>[{_SIGN}])?(?:USD|US|CAD|EUR|GBP)?[$\u20ac\u00a3]?(?P<late>[{_SIGN}])?"
    r"(?P<whole>[0-9]{{1,3}}(?:{thousands}[0-9]{{3}})+|[0-9]+)?(?:{decimal}(?P<part>[0-9]*))?"
    rf"(?P<trailing>[{_SIGN}]|CR)?(?P<close>\))?(?:USD|[$\u20ac])?[*\u2020\u2021\u00a7\u00b9\u00b2\u00b3]{{{{0,2}}}}%?"
)
_UPC = re.compile(r"(?:UPC[:#.]*)?([0-9]{12}|[0-9][ -][0-9]{5}[ -][0-9]{5}[ -][0-9])", re.ASCII)
_UPC_FIRST = re.compile(r"([0-9]{12})(\S+)", re.ASCII).fullmatch
_NUMBER_AND_UNIT = re.compile(r"([0-9][0-9,]*)([A-Za-z]+\.?)", re.ASCII).fullmatch
_LEADER = re.compile(
    r"[.\u2026_\u00b7]{3,}|[-=\u2013\u2014_*]{4,}|[$\u20ac\u00a3]|USD|\|+|[\u00b7\u2022]"
).fullmatch
is_label = re.compile(
    r"[(\[]?(?:UPC|EAN|GTIN|barcode)(?:/(?:UPC|EAN))?(?:[ /]?(?:code|no|#))?[:#.]*|[)\]]",
    re.IGNORECASE,
).fullmatch
#: What may stand behind such a label: ``UPC No.``.
is_label_end = re.compile(r"(?:code|no|number|#)[:#.]*|#", re.IGNORECASE).fullmatch
_GROUP_DIGITS = 5
_DASH = re.compile(r"[-\u2010-\u2015\u2212]{1,3}").fullmatch
UPC_DIGITS = 12
#: Cells are further from the word on their left, and on their right, than these shares of their
#: height; words of a text are not.
GAP_LEFT, GAP_RIGHT = 0.45, 0.30
#: ... and than a space is wide, times this.
WIDE_SPACE = 1.4
#: Words that are kept with their values; beyond it the table is begun anew.
_MOST_KEPT = 1 << 15
#: What a word can be, by its form; bits of its mark.
CODE, GLUED, UPC, CHARGE, TOTAL, UNIT, DASH, LEADER, LABEL, GROUP = (1 << k for k in range(10))
#: Signs that look like a hyphen, which fonts draw for one.
_HYPHENS = str.maketrans("\u2010\u2011\u2212\u00ad", "----")
#: Finds a word of totals in a line that ends in an amount.
is_total = re.compile(
    r"\b(?:sub[\s-]*total|totals?|freight|shipping|handling|tax|balance|amount due|discount"
    r"|deposit|merchandise|carried forward|continued)\b",
    re.IGNORECASE,
).search


class Numbers(dict[str, Decimal | None]):
    """Words -> the number that each one prints, exactly; None where it prints none.

    Thousands separators, currency signs, a minus before, behind or as brackets, and a footnote
    mark or percent sign behind are understood: ``1,234.56``, ``$2.00``, ``(38.40)``, ``12-``,
    ``7.50*``, ``20%``. A dash that stands for a cell is zero, as bookkeepers write it.
    """

    def __init__(self, decimal: str) -> None:
        super().__init__()
        thousands = r"\." if decimal == "," else ","
        pattern = _NUMBER.format(thousands=thousands, decimal=re.escape(decimal))
        self._match = re.compile(pattern, re.ASCII).fullmatch
        self.decimal, self._thousands = decimal, thousands[-1]

    def __missing__(self, text: str) -> Decimal | None:
        if len(self) > _MOST_KEPT:
            self.clear()
        value = self[text] = self._parse(text)
        return value

    def _parse(self, text: str) -> Decimal | None:
        if is_dash(text):
            return Decimal(0)
        found = self._match(text)
        if not found or bool(found["open"]) != bool(found["close"]):
            return None
        whole, part = found["whole"], found["part"]
        if not whole and not part:
            return None
        digits = (whole or "0").replace(self._thousands, "")
        value = Decimal(f"{digits}.{part}" if part else digits)
        negative = found["open"] or found["sign"] or found["late"] or found["trailing"]
        return -value if negative else value


_BY_SIGN = {sign: Numbers(sign) for sign in ".,"}


def numbers_for(decimal: str) -> Numbers:
    """The table of numbers for a decimal sign, ``"."`` or ``","``."""
    return _BY_SIGN[decimal]


def number(text: str) -> Decimal | None:
    """The value of a printed number with a decimal point; None where the text is not one."""
    return _BY_SIGN["."][text]


def quantity(value: Decimal | None) -> int | None:
    """A whole number of pieces; None where the value is blank or not whole."""
    if value is None or value != (whole := int(value)):
        return None
    return whole


def upc_of(text: str) -> str | None:
    """The UPC that a word is, without label and dashes; None where it is none."""
    if len(text) < UPC_DIGITS:
        return None
    if len(text) == UPC_DIGITS and text.isascii() and text.isdigit():
        return text
    found = _UPC.fullmatch(text)
    return re.sub("[ -]", "", found[1]) if found else None


def bare(text: str) -> str:
    """A word as units are compared: lower case, without a full stop."""
    return text.rstrip(".").lower()


def is_leader(text: str) -> bool:
    """Whether a word says nothing: dots that lead the eye, a rule, a lone currency sign or bar."""
    return _LEADER(text) is not None


def is_dash(text: str) -> bool:
    """Whether a word is a dash, which in a column of numbers stands for zero."""
    return _DASH(text) is not None


class Style(NamedTuple):
    """How a document writes: its vendor, its numbers, and how wide a space is.

    ``space`` is a share of the words' height.
    """

    vendor: Vendor
    numbers: Numbers
    space: float = 0.25

    def stands_alone(self, words: Sequence[PlainWord], index: int) -> bool:
        """Whether a number stands apart from words of a text, as a cell does."""
        word = words[index]
        height = word[4] - word[2]
        before = words[index - 1] if index else None
        after = words[index + 1] if index + 1 < len(words) else None
        marks = self.vendor.marks
        # A dash among words of a text is no zero, whatever numbers stand beside it.
        beside = 0 if marks[word[0]] & DASH else UNIT | LEADER
        left = (
            before is None
            or word[1] - before[3] > max(GAP_LEFT, WIDE_SPACE * self.space) * height
            or bool(beside and self.numbers[before[0]] is not None)
            or bool(beside & LEADER & marks[before[0]])
        )
        return left and (
            after is None
            or after[1] - word[3] > max(GAP_RIGHT, WIDE_SPACE * self.space) * height
            or bool(beside and self.numbers[after[0]] is not None)
            or bool(beside & marks[after[0]])
        )


def space_of(lines: Iterable[Line]) -> float:
    """The usual gap between words of a text, as a share of their height."""
    gaps = sorted(
        (word[1] - before[3]) / (word[4] - word[2])
        for line in lines
        for before, word in pairwise(line[2])
        if word[1] > before[3]
        and word[4] > word[2]
        and before[0][-1:].isalpha()
        and word[0][:1].isalpha()
    )
    return gaps[len(gaps) // 4] if gaps else 0.25


def mark(text: str, vendor: Vendor) -> int:
    """What a word can be, as bits; 0 for a word of plain text. It is kept with the vendor."""
    bits = 0
    if vendor.code.fullmatch(text):
        bits |= CODE
    if upc_of(text) is not None:
        bits |= UPC
    elif _seam(text, vendor):
        bits |= GLUED
    if vendor.charges.search(text):
        bits |= CHARGE
    if vendor.total_words.search(text):
        bits |= TOTAL
    if bare(text) in vendor.units:
        bits |= UNIT
    if is_dash(text):
        bits |= DASH
    elif is_leader(text):
        bits |= LEADER
    elif is_label(text):
        bits |= LABEL
    elif len(text) == _GROUP_DIGITS and text.isdigit():
        bits |= GROUP
    if len(vendor.marks) > _MOST_KEPT:
        vendor.marks.clear()
    vendor.marks[text] = bits
    return bits


def join_groups(words: list[PlainWord]) -> list[PlainWord]:
    """Join a UPC that is printed in groups, ``1 91009 72777 4``, to one word."""
    out: list[PlainWord] = []
    k = 0
    while k < len(words):
        four = words[k : k + 4]
        text = "".join([word[0] for word in four])
        near = all(b[1] - a[3] < b[4] - b[2] for a, b in pairwise(four))
        if [len(word[0]) for word in four] == [1, 5, 5, 1] and near and is_upc(text):
            out.append((text, four[0][1], four[0][2], four[3][3], four[3][4]))
            k += 4
        else:
            out.append(words[k])
            k += 1
    return out


def split_glued(words: list[PlainWord], vendor: Vendor) -> list[PlainWord]:
    """Part what was printed without a gap: ``12each``, a code and its UPC, a UPC and a text."""
    out: list[PlainWord] = []
    for word in words:
        text = word[0]
        at = 0 if upc_of(text) else _seam(text, vendor)
        if not at:
            out.append(word)
            continue
        _, x0, top, x1, bottom = word
        middle = x0 + (x1 - x0) * at / len(text)
        out.append((text[:at], x0, top, middle, bottom))
        out.extend(split_glued([(text[at:], middle, top, x1, bottom)], vendor))
    return out


def _seam(text: str, vendor: Vendor) -> int:
    """Where a word is to be parted; 0 for nowhere."""
    if text[-1].isdigit() == text[0].isdigit() and len(text) <= UPC_DIGITS:
        return 0
    found = _NUMBER_AND_UNIT(text)
    if found and bare(found[2]) in vendor.units:
        return len(found[1])
    if len(text) <= UPC_DIGITS:
        return 0
    found = _UPC_FIRST(text)
    if found and is_upc(found[1]):
        return UPC_DIGITS
    code, rest = text[:-UPC_DIGITS], text[-UPC_DIGITS:]
    return len(code) if is_upc(rest) and vendor.code.fullmatch(code) else 0


def join_text(lines: Iterable[Sequence[PlainWord]]) -> str:
    """One text from the lines of a description.

    A hyphen between letters or digits at a line's end joins the two, as the break was made
    behind it (``4-`` and ``3/4"L``).
    """
    text = ""
    for words in lines:
        line = " ".join([word[0] for word in words])
        if text.endswith("-") and text[-2:-1].isalnum() and line[:1].isalnum():
            text += line
        else:
            text += f" {line}" if text else line
    return text if text.isascii() else text.translate(_HYPHENS)
