"""Words of the engine pypdf: put together from pieces of text by where they stand.

A word may be drawn in pieces (kerning, letter by letter, in two fonts), and one string may
hold many words and cells. What belongs together is told by white space and by gaps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from perfkit.engines._spaced_letters import SPACED_LETTERS, join_spaced
from perfkit.model import Word

__all__ = [
    "GAP_SHARE",
    "NO_SPACE_SHARE",
    "Matrix",
    "Piece",
    "TextState",
    "Words",
    "multiply",
    "upright",
]

Matrix = Sequence[float]
#: Text, and where it starts and ends along the line, in the units of the text matrix.
Piece = tuple[str, float, float]

#: Share of the font's size that hangs below the baseline. One for all fonts, so that the
#: words of a line share their lower edge; fonts in use differ from it by 0.03.
DESCENT_SHARE = 0.21
#: A gap wider than this share of the font's size parts words: kerning is narrower, and
#: the narrowest space is wider.
GAP_SHARE = 0.15
#: Some programs take a space back with the spacing they set: one this narrow is none.
NO_SPACE_SHARE = 0.08
#: Kerning inside a string may draw glyphs over each other by up to this share ...
BACK_SHARE = 1.0
#: ... and from one string to the next by up to this.
BACK_BETWEEN_SHARE = 0.3
#: Letters of one word are not set apart by more than this: cells are.
WIDEST_TRACKING_SHARE = 0.35
#: So many gaps that are alike show letters set apart, also without the one that follows.
ENOUGH_GAPS = 2
#: Of a single letter.
_NO_GAP = math.inf
#: Strings of one word do not step up or down by more than this share ...
STEP_SHARE = 0.3
#: ... nor turn by more than eight degrees.
SAME_DIRECTION_COSINE = 0.99
#: A word is drawn twice where it stands again as near to itself as this share of its height.
SAME_PLACE_SHARE = 0.12


#: So much of a page's text says how the page stands.
MOST_TEXT_SHARE = 0.6


class TextState(NamedTuple):
    """What is set for text until it is set anew: PDF 32000-1:2008, section 9.3.

    Lengths are in the units of the text matrix; ``stretch`` is 1 for glyphs as they are.
    """

    glyphs: Any = None
    size: float = 0.0
    letter: float = 0.0
    word: float = 0.0
    stretch: float = 1.0
    rise: float = 0.0

    @property
    def em(self) -> float:
        """The font's size along the line; below zero where text runs backwards."""
        return self.size * self.stretch


_Box = tuple[float, float, float, float]


class _OpenWord(NamedTuple):
    """A word that the next string may go on with, and where it ends.

    ``parts`` stand further apart than letters do, and may be set apart or be words; ``gaps``
    before each, and ``least`` of all gaps in them, are shares of the font's size.
    """

    parts: list[tuple[str, _Box]]
    gaps: list[float]
    least: float
    end_x: float
    end_y: float
    tracking: float
    place: Matrix


class Words:
    """The words of one page, as they come; ``found`` holds those that are complete."""

    def __init__(self) -> None:
        self.found: list[Word] = []
        self._open: _OpenWord | None = None
        self._drawn: set[tuple[str, int, int]] = set()
        #: Letters that run down, to the left, and up the page, after none to the right.
        self._turned = [0] * 4

    def write(
        self, pieces: list[Piece | None], pen: float, state: TextState, place: Matrix
    ) -> None:
        """Take the pieces of one string, or of an array of strings.

        Parameters
        ----------
        pieces : list of Piece or None
            In the order they are drawn; None for white space between two of them.
        pen : float
            Where the pen stands after the last one.
        state : TextState
            In force for all of them.
        place : Matrix
            From the units of the text matrix to points on the page as a reader sees it.
        """
        tracking = _tracking(pieces, pen, state)
        em = state.em
        narrow = GAP_SHARE * abs(em)
        least, most = -BACK_SHARE * abs(em), narrow + tracking
        forth, again = 1.0 if em >= 0 else -1.0, SAME_PLACE_SHARE * abs(em)
        text, start, end = "", 0.0, 0.0
        inner, tight = state.letter / (state.size or 1.0), _NO_GAP
        for piece in pieces:
            if piece is not None and piece[0] == text and abs(piece[1] - start) < again:
                continue  # bold letters are faked so
            if piece is not None and text and least <= (gap := forth * (piece[1] - end)) <= most:
                if gap <= narrow:
                    text += piece[0]
                    tight = min(tight, gap / abs(em))
                else:
                    self._add(text, (start, end, tracking, tight), state, place)
                    text, start = piece[:2]
                    tight = inner if len(text) > 1 else _NO_GAP
                end = piece[2]
                continue
            if text:
                self._add(text, (start, end, tracking, tight), state, place)
                self.close()
            if piece is None:
                self.close()
                text = ""
            else:
                text, start, end = piece
                tight = inner if len(text) > 1 else _NO_GAP
        if text:
            self._add(text, (start, end, tracking, tight), state, place)

    def close(self) -> None:
        """End the last word: white space follows, or nothing."""
        if self._open is None:
            return
        parts, gaps, least = self._open[:3]
        self._open = None
        if len(parts) > 1:
            parts = _joined(parts, gaps, max(0.0, least) + GAP_SHARE)
        for text, box in parts:
            word = Word(text, *box)
            if not self._is_drawn_twice(word):
                self.found.append(word)

    def finish(self) -> None:
        """End the last word, and join headings whose letters are set apart."""
        self.close()
        letters = bytes([len(word.text) == 1 for word in self.found])
        if b"\1" * SPACED_LETTERS in letters:
            self.found = join_spaced(self.found)

    def turns(self) -> int:
        """Quarter turns, clockwise, by which most of the text is turned; 0 where it is not."""
        letters = sum(len(word.text) for word in self.found) if any(self._turned) else 0
        most = max(range(4), key=self._turned.__getitem__)
        return most if self._turned[most] > MOST_TEXT_SHARE * letters else 0

    def _add(
        self, text: str, extent: tuple[float, float, float, float], state: TextState, place: Matrix
    ) -> None:
        """Add a piece of a word: to the open one if it goes on where that ends."""
        a, b, c, d, e, f = place
        start, end, tracking, tight = extent
        size, rise = state.size, state.rise
        x, y = a * start + c * rise + e, b * start + d * rise + f
        end_x, end_y = a * end + c * rise + e, b * end + d * rise + f
        up_x, up_y = (1.0 - DESCENT_SHARE) * c * size, (1.0 - DESCENT_SHARE) * d * size
        down_x, down_y = -DESCENT_SHARE * c * size, -DESCENT_SHARE * d * size
        if b == 0.0 and c == 0.0 and x <= end_x and up_y < 0.0:
            box = x, y + up_y, end_x, y + down_y  # as nearly always; the rest says the same
        else:
            xs = (x + up_x, x + down_x, end_x + up_x, end_x + down_x)
            ys = (y + up_y, y + down_y, end_y + up_y, end_y + down_y)
            box = min(xs), min(ys), max(xs), max(ys)
            right, down = end_x - x, end_y - y
            if abs(right) < abs(down):
                self._turned[1 if down > 0 else 3] += len(text)
            elif right < 0:
                self._turned[2] += len(text)
        before = self._open
        gap = _gap(before, (x, y), state, place) if before is not None else None
        if before is None or gap is None:
            self.close()
            self._open = _OpenWord([(text, box)], [0.0], tight, end_x, end_y, tracking, place)
            return
        parts, gaps = before.parts, before.gaps
        if gap > GAP_SHARE:
            parts.append((text, box))
            gaps.append(gap)
        else:
            parts[-1] = _union(parts[-1], (text, box))
        least = min(before.least, gap, tight)
        self._open = _OpenWord(parts, gaps, least, end_x, end_y, tracking, place)

    def _is_drawn_twice(self, word: Word) -> bool:
        """Whether the same word stands there already: bold letters are faked so."""
        text, x, top, _, y = word
        cell = SAME_PLACE_SHARE * (y - top) or 1.0
        x, y = x / cell, y / cell
        low_x, high_x, low_y, high_y = int(x - 0.5), int(x + 0.5), int(y - 0.5), int(y + 0.5)
        drawn = self._drawn
        if (
            (text, low_x, low_y) in drawn
            or (text, high_x, low_y) in drawn
            or (text, low_x, high_y) in drawn
            or (text, high_x, high_y) in drawn
        ):
            return True
        drawn.add((text, int(x), int(y)))
        return False


def _tracking(pieces: list[Piece | None], pen: float, state: TextState) -> float:
    """How far all letters are set apart; only a gap that is wider parts words."""
    em, letter = state.em, state.letter * state.stretch
    if len(pieces) == 1 and not letter:
        return 0.0
    forth = 1.0 if em >= 0 else -1.0
    gaps = [
        forth * (after[1] - before[2]) for before, after in pairwise(pieces) if before and after
    ]
    # Back to the start of another cell is no measure of anything.
    gaps = [gap for gap in gaps if gap >= -BACK_SHARE * abs(em)]
    if any(piece and len(piece[0]) > 1 for piece in pieces):
        gaps.append(forth * letter)
    if len(gaps) < ENOUGH_GAPS and pieces and pieces[-1]:
        gaps.append(forth * (pen - pieces[-1][2]))
    least = min(gaps, default=0.0)
    return least if 0.0 < least <= WIDEST_TRACKING_SHARE * abs(em) else 0.0


def _gap(
    before: _OpenWord, start: tuple[float, float], state: TextState, place: Matrix
) -> float | None:
    """How far behind the open word a piece begins, in shares of its size; None where it does not.

    It begins there if it stands close, on the same line, in the same direction.
    """
    a, b, c, d, _, _ = place
    step_x, step_y = start[0] - before.end_x, start[1] - before.end_y
    size, stretch = abs(state.size), abs(state.stretch)
    if abs(step_x) + abs(step_y) > size * ((abs(a) + abs(b)) * stretch + abs(c) + abs(d)):
        return None  # nowhere near, as nearly always
    length, height = math.hypot(a, b), math.hypot(c, d)
    other_a, other_b = before.place[:2]
    cosine = (a * other_a + b * other_b) / (length * math.hypot(other_a, other_b) or 1.0)
    if not length or not height or cosine < SAME_DIRECTION_COSINE:
        return None
    em = length * size * stretch
    along = math.copysign(1.0, state.em) * (step_x * a + step_y * b) / length
    across = abs(step_x * c + step_y * d) / height
    most = GAP_SHARE * em + length * before.tracking
    if -BACK_BETWEEN_SHARE * em <= along <= most and across <= STEP_SHARE * height * size:
        return along / em if em else 0.0
    return None


def _joined(
    parts: list[tuple[str, _Box]], gaps: list[float], widest: float
) -> list[tuple[str, _Box]]:
    """Parts with those joined that stand no further apart than this share of their size.

    What is set apart letter by letter has no narrower gap; a word and the next one have many.
    """
    joined = parts[:1]
    for part, gap in zip(parts[1:], gaps[1:], strict=True):
        if gap > widest:
            joined.append(part)
        else:
            joined[-1] = _union(joined[-1], part)
    return joined


def _union(part: tuple[str, _Box], after: tuple[str, _Box]) -> tuple[str, _Box]:
    (text, (x0, top, x1, bottom)), (more, box) = part, after
    return text + more, (min(x0, box[0]), min(top, box[1]), max(x1, box[2]), max(bottom, box[3]))


def upright(words: list[Word], width: float, height: float, turns: int) -> list[Word]:
    """The words of a page of this size, turned back by so many clockwise quarter turns."""
    if turns == 1:
        return [Word(t, top, width - x1, bottom, width - x0) for t, x0, top, x1, bottom in words]
    if turns == 2:  # noqa: PLR2004 - a half turn
        return [
            Word(t, width - x1, height - bottom, width - x0, height - top)
            for t, x0, top, x1, bottom in words
        ]
    return [Word(t, height - bottom, x0, height - top, x1) for t, x0, top, x1, bottom in words]


def multiply(m: Matrix, n: Matrix) -> Matrix:
    """The matrix that does ``m`` first, then ``n``."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )
