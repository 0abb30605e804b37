"""What a page says of its kind: the vendor's name, the columns, the words in capitals."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from perfkit.geometry import group_lines, plain_words
from perfkit.model import Page
from perfkit.patterns import is_upc
from perfkit.tables.facts import names_vendor
from perfkit.tables.headings import find_headings

__all__ = ["Evidence", "evidence"]

#: Creative Co-Op's GS1 company prefix: its UPCs begin so.
_UPC_PREFIX = "191009"
#: So many of its own UPCs on a page name the vendor, also where its name is a picture.
_FEWEST_UPCS = 2


class Evidence(NamedTuple):
    """What speaks for a layout on one page."""

    vendor: bool
    fields: frozenset[str]
    text: str

    def says(self, word: str) -> bool:
        """Whether the page names itself so: in a title, or before its number and date."""
        match, lowered = _own_name(word).match, self.text.lower()
        place = lowered.find(word)
        while place >= 0:
            if match(self.text, place):
                return True
            place = lowered.find(word, place + 1)
        return False


@lru_cache(maxsize=1 << 5)
def _own_name(word: str) -> re.Pattern[str]:
    """What a page that names itself with this word says, from the word on."""
    pattern = (
        rf"^{word}\b(?!ed)|\b{word}\W*(?:no|number|num|date|#)\b|\b{word}\s*#"
        rf"|(?<!your )\b{word}$|(?<=\bsales ){word}\b"
        rf"|\b{word} (?:acknowledge?ment|confirmation)\b"
        rf"|\b{word}\W{{1,3}}[A-Z]{{0,3}}[0-9]{{5,}}\b"
    )
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)


#: The page that was looked at last, and what it says: every layout asks of the same page.
_latest: tuple[Page, Evidence] | None = None


def evidence(page: Page) -> Evidence:
    """What speaks for a layout on one page."""
    global _latest
    latest = _latest
    if latest is None or latest[0] is not page:
        latest = _latest = page, _evidence(page)
    return latest[1]


def _evidence(page: Page) -> Evidence:
    lines = group_lines(page.words)
    # The one letter with two small ones would shift what stands behind it.
    whole = "\n".join([line.text for line in lines]).replace("\u0130", "I")
    headings = find_headings(lines)
    return Evidence(
        names_vendor(lines) or _own_upcs(page) >= _FEWEST_UPCS,
        headings[0].fields if headings else frozenset(),
        whole,
    )


def _own_upcs(page: Page) -> int:
    return sum(
        text.startswith(_UPC_PREFIX) and is_upc(text) for text, *_ in plain_words(page.words)
    )
