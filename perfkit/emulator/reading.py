"""A page's words as the service tells them: lines of text, and tokens that part at punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from perfkit.model import Page, Word

__all__ = ["Span", "TextPage", "read_text"]

#: Lower edges within this share of a word's height are one line.
_SAME_LINE_SHARE = 0.4
#: A gap wider than this share of the height ends a line of text: another cell begins.
_CELL_GAP_SHARE = 1.5
#: Letters and digits hold together; every other character is a token of its own.
_PARTS = re.compile(r"\w+|[^\w]")

Box = tuple[float, float, float, float]


class Span(NamedTuple):
    """Part of a page's text, and where it stands: left, top, right, bottom in points."""

    start: int
    end: int
    box: Box


class TextPage(NamedTuple):
    """The text of a page, its lines, and its tokens.

    A token's text includes the space or new line that follows it.
    """

    number: int
    width: float
    height: float
    text: str
    lines: list[Span]
    tokens: list[Span]


def read_text(page: Page) -> TextPage:
    """Text, lines and tokens of a page of words."""
    parts: list[str] = []
    lines: list[Span] = []
    tokens: list[Span] = []
    at = 0
    for words in _lines(page.words):
        start = at
        for index, word in enumerate(words):
            behind = "\n" if index == len(words) - 1 else " "
            tokens += _tokens(word, at)
            at += len(word.text) + 1
            last = tokens[-1]
            tokens[-1] = last._replace(end=at)
            parts += (word.text, behind)
        box = (
            min(word.x0 for word in words),
            min(word.top for word in words),
            max(word.x1 for word in words),
            max(word.bottom for word in words),
        )
        lines.append(Span(start, at, box))
    return TextPage(page.number, page.width, page.height, "".join(parts), lines, tokens)


def _tokens(word: Word, at: int) -> Iterator[Span]:
    """A word's parts; its letters are taken to be equally wide."""
    text, left, top, right, bottom = word
    parts = _PARTS.findall(text)
    if len(parts) == 1:
        yield Span(at, at + len(text), (left, top, right, bottom))
        return
    letter = (right - left) / len(text)
    done = 0
    for part in parts:
        x0 = left + letter * done
        done += len(part)
        x1 = right if done == len(text) else left + letter * done
        yield Span(at + done - len(part), at + done, (x0, top, x1, bottom))


def _lines(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words from top to bottom and left to right, parted where a wide gap is."""
    row: list[Word] = []
    for word in sorted(words, key=lambda each: (each.bottom, each.x0)):
        height = word.bottom - word.top
        if row and word.bottom - row[0].bottom > _SAME_LINE_SHARE * min(
            height, row[0].bottom - row[0].top
        ):
            yield from _cells(row)
            row = []
        row.append(word)
    if row:
        yield from _cells(row)


def _cells(row: list[Word]) -> Iterator[list[Word]]:
    row.sort(key=lambda word: word.x0)
    cell = [row[0]]
    for word in row[1:]:
        if word.x0 - cell[-1].x1 > _CELL_GAP_SHARE * (word.bottom - word.top):
            yield cell
            cell = []
        cell.append(word)
    yield cell
