"""What single words of a row look like: units, UPCs, short codes, dots that lead the eye."""

from __future__ import annotations

import re
from functools import lru_cache

from perfkit.geometry import Line
from perfkit.model import PlainWord
from perfkit.patterns import is_upc

__all__ = [
    "LONGEST_CODE",
    "SHORTEST_UPC",
    "UNITS",
    "bare",
    "drop_label",
    "find_upc",
    "is_flag",
    "is_leader",
    "join_description",
    "may_hold_more",
    "part_glued_units",
]

#: Units as vendors print them; others are known by standing under the unit's heading.
UNITS = frozenset(
    "each ea set sets case cs piece pieces pc pcs pair pr box bx dozen dz doz pack pk pkg bag "
    "roll kit bundle carton ctn display assortment asst yard ft bottle tray unit".split()
)
#: A code in a column of short codes has at most so many characters.
LONGEST_CODE = 3
_UPC = re.compile(r"(?:UPC[:#.]*)?([0-9]{12}|[0-9]-[0-9]{5}-[0-9]{5}-[0-9])").fullmatch
_UPC_FIRST = re.compile(r"([0-9]{12})(\S+)", re.ASCII).fullmatch
_NUMBER_AND_UNIT = re.compile(r"([0-9][0-9,]*)([A-Za-z]+\.?)", re.ASCII).fullmatch
_UPC_LABEL = re.compile(r"UPC(?: ?(?:code|no|#))?[:#.]*", re.IGNORECASE).fullmatch
_FLAG = re.compile(rf"[A-Z0-9*]{{1,{LONGEST_CODE}}}", re.ASCII).fullmatch
SHORTEST_UPC = 12
#: Dots that lead the eye from one column to the next.
_LEADER_MARKS = "._\u2026\u00b7"
_LEADERS = re.compile(r"[.\u2026_\u00b7]{3,}").fullmatch


def may_hold_more(words: list[PlainWord]) -> bool:
    """Whether a line may hold a UPC or dots that lead the eye."""
    for word in words:
        written = word[0]
        if len(written) >= SHORTEST_UPC or written[0] in _LEADER_MARKS:
            return True
    return False


@lru_cache(maxsize=1 << 14)
def is_flag(written: str) -> bool:
    return _FLAG(written) is not None


def is_leader(written: str) -> bool:
    """Whether a word is dots that lead the eye from one column to the next."""
    return written[0] in _LEADER_MARKS and _LEADERS(written) is not None


def part_glued_units(lines: list[Line]) -> bool:
    """Part numbers from units that stand right behind them (``12each``); whether there are any."""
    changed = False
    for line in lines:
        for place, word in reversed(list(enumerate(line.words))):
            found = _NUMBER_AND_UNIT(word[0])
            if found and bare(found[2]) in UNITS:
                _, x0, top, x1, bottom = word
                middle = x0 + (x1 - x0) * len(found[1]) / len(word[0])
                line.words[place : place + 1] = [
                    (found[1], x0, top, middle, bottom),
                    (found[2], middle, top, x1, bottom),
                ]
                changed = True
    return changed


def drop_label(text: list[PlainWord]) -> None:
    """Take away a label such as ``UPC:`` or ``UPC No`` from the end of what was read."""
    for many in (2, 1):
        if _UPC_LABEL(" ".join([label[0] for label in text[-many:]])):
            del text[-many:]


def find_upc(written: str) -> re.Match[str] | None:
    """A UPC (group 1), and in group 2 what runs into it where its cell is too narrow for it."""
    found = _UPC(written)
    if found is None and (found := _UPC_FIRST(written)) and not is_upc(found[1]):
        return None
    return found


def bare(written: str) -> str:
    return written.rstrip(".").lower()


def join_description(lines: list[str]) -> str:
    """One text from the lines of a description.

    A hyphen between letters or digits at a line's end joins the two, as the break was
    made behind it (``4-`` and ``3/4"L``).
    """
    text = ""
    for line in filter(None, lines):
        if text.endswith("-") and text[-2:-1].isalnum() and line[0].isalnum():
            text += line
        else:
            text += f" {line}" if text else line
    return text
