"""Words that a viewer does not show: left out of a page, and told."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.model import Ignored, Page, PlainWord

__all__ = [
    "CLIPPED",
    "COLOUR",
    "COVERED",
    "INVISIBLE",
    "LAYER",
    "OUTSIDE",
    "TRANSPARENT",
    "drawn_once",
    "left_out",
    "without_outside",
]

#: Reasons that words are not shown, as they are told.
INVISIBLE, COVERED = "invisible text", "something is drawn over them"
COLOUR, TRANSPARENT = "the colour of the paper behind them", "transparent text"
LAYER, CLIPPED = "a layer that is off", "they lie outside of what is clipped to"
OUTSIDE = "they lie outside of the page's crop box"
_LONGEST_SAMPLE = 40
#: A word is drawn twice where it stands again as near as this share of its height.
SAME_PLACE_SHARE = 0.12
_AROUND = (-1, 0, 1)
#: Every so many words one is looked at; all are where that one lies outside.
_STEP = 8


def left_out(page: Page, words: Sequence[tuple[str, str]]) -> Page:
    """The page, which tells of words that it does not hold: reason and text of each."""
    if not words:
        return page
    by_reason: dict[str, list[str]] = {}
    for reason, text in words:
        by_reason.setdefault(reason, []).append(text)
    ignored = tuple(
        Ignored(reason, len(texts), texts[0][:_LONGEST_SAMPLE])
        for reason, texts in by_reason.items()
    )
    warnings = tuple(
        f"page {page.number}: {count} word{'s are' if count > 1 else ' is'} not shown by a viewer "
        f"({reason}); {'they were' if count > 1 else 'it was'} left out"
        for reason, count, _ in ignored
    )
    return page._replace(ignored=page.ignored + ignored, warnings=page.warnings + warnings)


def without_outside(
    words: list[PlainWord], width: float, height: float
) -> tuple[list[PlainWord], list[tuple[str, str]]]:
    """The words whose middle lies on a page of this size, and the others with their reason."""
    for _, x0, top, x1, bottom in words[::_STEP]:
        if not (0 <= x0 + x1 <= 2 * width and 0 <= top + bottom <= 2 * height):
            break
    else:
        return words, []
    inside, outside = [], []
    for word in words:
        text, x0, top, x1, bottom = word
        if 0 <= x0 + x1 <= 2 * width and 0 <= top + bottom <= 2 * height:
            inside.append(word)
        else:
            outside.append((OUTSIDE, text))
    return inside, outside


def drawn_once(words: list[PlainWord]) -> list[PlainWord]:
    """The words without those that stand at the place of the same word before."""
    seen: set[tuple[str, int, int]] = set()
    once = []
    for word in words:
        text, x0, top, _, bottom = word
        cell = SAME_PLACE_SHARE * (bottom - top) or 1.0
        x, y = int(x0 // cell), int(bottom // cell)
        if seen.isdisjoint((text, x + dx, y + dy) for dx in _AROUND for dy in _AROUND):
            once.append(word)
        seen.add((text, x, y))
    return once
