"""Text that cannot be decoded: a font tells how its letters look and not which they are."""

from __future__ import annotations

import re

from perfkit.errors import UndecodableTextError

__all__ = ["check_readable"]

#: Control characters, the sign of replacement, and signs that each program uses as it likes;
#: not U+0002, which is pdfium's hyphen at the end of a line.
_BAD = "\x00\x01\x03-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ue000-\uf8ff"
_find_bad = re.compile(f"[{_BAD}]").search
_words_with_bad = re.compile(f"[^ \t\r\n]*[{_BAD}][^ \t\r\n]*").findall
_bad = re.compile(f"[{_BAD}]+")
#: A bullet or an icon stands alone or before a word, which hides nothing. So many words do:
LEAST_FIGURES, LEAST_WORDS, LEAST_SHARE = 2, 3, 0.1


def check_readable(text: str, file: str, page: int) -> None:
    """Refuse the text of a page of which words cannot be told.

    Raises
    ------
    UndecodableTextError
        If letters or figures of several words have no character.
    """
    if text.isascii() and text.isprintable():
        return
    if _find_bad(text) is None:
        return
    found = _words_with_bad(text)
    rests = [_bad.sub("", word) for word in found]
    figures = sum(any(map(str.isdigit, rest)) for rest in rests)
    mixed = sum(any(map(str.isalnum, rest)) for rest in rests)
    alone = len(found) >= max(LEAST_WORDS, LEAST_SHARE * len(text.split()))
    if figures >= LEAST_FIGURES or mixed >= LEAST_WORDS or alone:
        raise UndecodableTextError(
            file, page, problem=f"text cannot be decoded: {len(found)} words of it or more"
        )
