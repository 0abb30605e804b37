"""From pdfium's text and boxes to words: where they begin and end, and where they stand."""

from __future__ import annotations

import itertools
import re
import statistics
from array import array
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from perfkit.engines._spaced_letters import SPACED_LETTERS, join_spaced
from perfkit.model import PlainWord, Word

__all__ = [
    "Look",
    "are_torn",
    "ends_of_words",
    "has_gaps",
    "have_steps",
    "join_parted",
    "long_words",
    "look_over",
    "place_words",
    "turns_of_text",
    "words_of_characters",
]

#: What pdfium gives for a hyphen at the end of a line, after which it leaves out the break.
_LINE_END_HYPHENS = ("\ufffe", "\x02")
_GAPS = re.compile(r"(\s+|(?<=[\ufffe\x02]))").split
#: White space of ASCII besides the space, and the hyphen at a line's end.
_OTHER_GAPS = "\t\n\r\v\f\x1c\x1d\x1e\x1f\x02\ufffe"
#: Of words set apart letter by letter, more than this share are single letters.
TORN_SHARE = 0.25
#: A word is no wider than its letters' number times this share of its height ...
WIDEST_LETTER_SHARE = 0.85
#: ... and no narrower than this, but for two letters.
NARROWEST_LETTER_SHARE = 0.15
#: Widths that are within both limits, rounding errors or not.
USUAL_LEAST, USUAL_MOST = NARROWEST_LETTER_SHARE + 0.01, WIDEST_LETTER_SHARE - 0.01
#: Characters of one word are no further apart than this share of their height ...
GLUE_SHARE = 0.35
#: ... nor than the closest ones of the word and this, together ...
SPACE_SHARE = 0.11
#: ... nor over each other by more than this, nor higher or lower by more than that.
GLUE_BACK_SHARE, STEP_SHARE = 1.2, 0.6
#: ... nor is one smaller than this share of the other: "48" and raised "00" are two words.
SMALL_SHARE = 0.75
#: Words closer than this share of their height are one: no space is so narrow.
PARTED_SHARE = 0.08
#: ... also where kerning draws them over each other by up to this share, on one line.
PARTED_BACK_SHARE, PARTED_STEP_SHARE = 1.0, 0.4
#: What the quick look takes for possibly parted, in points.
QUICK_GAP_POINTS, QUICK_BACK_POINTS, QUICK_STEP_POINTS = 0.8, 12.0, 3.0
#: Raised words, and letters set apart, stand closer than this to what they follow.
NEAR_POINTS = 8.0
#: Words of so many letters tell which way text runs, and so much of it says how a page stands.
FEWEST_LETTERS, MOST_TEXT_SHARE = 3, 0.6
#: Where words with the gap behind them are longer than this on average, spaces may lack. Of so
#: many lengths, the greatest, one word each is looked at then, letter by letter.
LONG_LETTERS = 5.8
_LONG_WORDS = 3
#: A gap between characters that stand on no common line.
_FAR = 1e9
#: Quarter turns of a page that stands on its head.
_HALF_TURN = 2


def ends_of_words(text: str) -> tuple[list[str], list[int]]:
    """Texts of the words, and the indices of each one's first and last character."""
    spaced = text.replace("\r\n", "  ")
    for mark in _OTHER_GAPS:
        if mark in spaced:
            return _ends_by_pattern(text)
    # Only single spaces part the words: their lengths add up to their positions.
    parts = spaced.split(" ")
    starts = list(itertools.accumulate([len(part) + 1 for part in parts], initial=0))
    texts = list(filter(None, parts))
    if not spaced.isascii() and spaced.split() != texts:
        return _ends_by_pattern(text)
    ends = [0] * (2 * len(texts))
    ends[0::2] = itertools.compress(starts, parts)
    del starts[0]
    ends[1::2] = [following - 2 for following in itertools.compress(starts, parts)]
    return texts, ends


def _ends_by_pattern(text: str) -> tuple[list[str], list[int]]:
    """The same where any white space, or the end of a line after a hyphen, parts words."""
    parts = _GAPS(text)
    edges = list(itertools.accumulate(map(len, parts), initial=0))
    first = 0 if parts[0] else 2
    last = len(parts) if parts[-1] else len(parts) - 2
    texts, ends = parts[first:last:2], edges[first : last + 1]
    ends[1::2] = [edge - 1 for edge in ends[1::2]]
    return list(map(_with_hyphens, texts)), ends


def _with_hyphens(word: str) -> str:
    for hyphen in _LINE_END_HYPHENS:
        word = word.replace(hyphen, "-")
    return word


def are_torn(texts: list[str]) -> bool:
    """Whether so many words are single letters that they must be torn apart."""
    return sum(len(text) == 1 and text.isalpha() for text in texts) > TORN_SHARE * len(texts)


class Look(NamedTuple):
    """What a quick look at words shows: some may be glued, parted, or raised."""

    glued: bool
    parted: bool
    raised: bool


def look_over(words: Iterable[PlainWord]) -> Look:
    """Whether some word may need a closer look.

    ``glued``: one is too wide or too narrow for its letters, or ends left of its start. Where
    cells are drawn from right to left, or far apart, pdfium sets no space between.
    ``parted``: one may begin where the one before it ends, or letters be words.
    ``raised``: one stands close behind another, its lower edge at the other's middle.
    """
    glued = parted = raised = False
    end = upper = lower = -1e9
    letters = 0
    for text, x0, top, x1, bottom in words:
        # As wide as usual, far from the one before: nearly all words need no closer look.
        if not USUAL_LEAST * (area := len(text) * (bottom - top)) < x1 - x0 < USUAL_MOST * area:
            glued = glued or _is_glued(len(text), x1 - x0, bottom - top)
        if (gap := x0 - end) < NEAR_POINTS:
            if gap >= QUICK_GAP_POINTS:
                raised = raised or upper < bottom < lower
            elif gap > -QUICK_BACK_POINTS:
                parted = parted or abs(bottom - lower) < QUICK_STEP_POINTS
                raised = raised or upper < bottom < lower
            if len(text) > 1:
                letters = 0
            elif text.isalpha():
                # The first of them stands far from what is before it.
                letters += 1
                parted = parted or letters >= SPACED_LETTERS - 1
        end, upper, lower = x1, top, bottom
    return Look(glued, parted, raised)


def _is_glued(letters: int, wide: float, high: float) -> bool:
    if letters < 2 or high <= 0:  # noqa: PLR2004 - a word of several
        return False
    share = wide / high
    return share > WIDEST_LETTER_SHARE * letters or share < NARROWEST_LETTER_SHARE * (letters - 2)


def have_steps(corners: array[float]) -> bool:
    """Whether some word ends on another line than it starts on, or in much smaller letters.

    ``corners`` are as for :func:`place_words`.
    """
    starts, ends = corners[1::8], corners[5::8]
    if starts.tobytes() == ends.tobytes():
        return False
    lows, other_lows = corners[3::8], corners[7::8]
    return any(
        abs(start - end) > STEP_SHARE * abs(start - low)
        or not SMALL_SHARE * (start - low) <= end - other_low <= (start - low) / SMALL_SHARE
        for start, low, end, other_low in zip(starts, lows, ends, other_lows, strict=True)
        if start != end
    )


def long_words(text: str, words: list[str], ends: list[int]) -> Iterator[list[int]]:
    """Indices of the characters of a few long words with letters; none where all are short."""
    if len(text) < LONG_LETTERS * len(words):
        return
    lengths = [len(word) if any(map(str.isalpha, word)) else 0 for word in words]
    for length in sorted(set(lengths))[-_LONG_WORDS:]:
        k = lengths.index(length)
        if length > 1:
            yield list(range(ends[2 * k], ends[2 * k + 1] + 1))


def has_gaps(boxes: array[float]) -> bool:
    """Whether a gap as wide as a space stands between some two characters of a word.

    Programs without a space character set the letters apart instead (``Tc``), which pdfium takes
    for letters of one word. ``boxes`` has left, top, right and bottom of each character.
    """
    left, top, right, bottom = (boxes[edge::4].tolist() for edge in range(4))
    starts, ends, high = left, right, top[0] - bottom[0]
    if abs(top[-1] - top[0]) > high:  # sideways
        starts, ends, high = bottom, top, right[0] - left[0]
    if starts[-1] < starts[0]:  # from right to left, or down
        starts, ends = [-end for end in ends], [-start for start in starts]
    least, most = SPACE_SHARE * high, GLUE_SHARE * high
    del starts[0]
    return any(least < start - end < most for start, end in zip(starts, ends, strict=False))


def words_of_characters(characters: list[Word], places: list[int] | None) -> list[Word]:
    """Words of characters that stand close together.

    ``places`` are their indices in the text, where what stands between two parts them; None
    where the text's own spaces are not to be believed.
    """
    gaps = _gaps(characters)
    widest = GLUE_SHARE if places is not None else _usual_gap(gaps) + GLUE_SHARE
    words: list[Word] = []
    start = 0
    closest = _FAR
    far: list[float] = []
    for k in range(1, len(characters) + 1):
        gap = gaps[k]
        if (
            -GLUE_BACK_SHARE < gap < widest
            and (places is None or places[k - 1] == places[k] - 1)
            and characters[k - 1][0] not in _LINE_END_HYPHENS
        ):
            if gap > SPACE_SHARE:
                far.append(gap)
            if -PARTED_STEP_SHARE < gap < closest:
                closest = gap
            continue
        run = characters[start:k]
        # Of a heading whose letters are set apart none stand close; of words they do.
        if far and max(far) > (most := max(0.0, closest) + SPACE_SHARE):
            words += _parted(run, gaps[start:k], most)
        else:
            words.append(_word_of(run))
        start, closest, far = k, _FAR, []
    return words if characters else []


def _parted(run: list[Word], gaps: list[float], widest: float) -> Iterator[Word]:
    """Words of a run of characters; the first of the gaps stands before the run."""
    start = 0
    for k in range(1, len(run)):
        if gaps[k] > widest:
            yield _word_of(run[start:k])
            start = k
    yield _word_of(run[start:])


def _usual_gap(gaps: list[float]) -> float:
    """How far letters are set apart, as a share of their height: 0 where they are not."""
    near = [gap for gap in gaps if abs(gap) < WIDEST_LETTER_SHARE]
    return max(0.0, statistics.median(near)) if near else 0.0


def _gaps(characters: list[Word]) -> list[float]:
    """Gaps before, between and behind characters as shares of their height.

    What stands on no common line is far apart.
    """
    gaps: list[float] = []
    left1 = top1 = right1 = bottom1 = _FAR
    for _, left, top, right, bottom in characters:
        wide, high = right - left, bottom - top
        gap = _FAR
        if wide <= high:
            high1 = bottom1 - top1
            near = -STEP_SHARE * high < top - top1 < STEP_SHARE * high
            if near and SMALL_SHARE * high <= high1 <= high / SMALL_SHARE:
                gap = (left - right1) / high
        elif right1 - left1 > bottom1 - top1 and abs(left - left1) < STEP_SHARE * wide:
            # Both lie on their side: hardly a letter is as wide as its font is high.
            gap = max(top1 - bottom, top - bottom1) / wide
        elif -STEP_SHARE * wide < top - top1 < STEP_SHARE * wide:
            gap = (left - right1) / wide
        gaps.append(gap)
        left1, top1, right1, bottom1 = left, top, right, bottom
    return [*gaps, _FAR]


def _word_of(run: list[Word]) -> Word:
    text = _with_hyphens("".join([character[0] for character in run]))
    _, x0, top, _, bottom = run[0]
    _, _, top1, x1, bottom1 = run[-1]
    if top == top1 and bottom == bottom1:
        return Word(text, x0, top, x1, bottom)
    _, left, tops, right, bottoms = zip(*run, strict=True)
    return Word(text, min(left), min(tops), max(right), max(bottoms))


def join_parted(words: Iterable[Word]) -> list[Word]:
    """Join what pdfium parted although no gap is there (``Re fill``: a ligature's width).

    So are headings whose letters are set apart.
    """
    left = iter(words)
    joined = list(itertools.islice(left, 1))
    for word in left:
        before = joined[-1]
        if _is_parted(before, word):
            top, bottom = min(before.top, word.top), max(before.bottom, word.bottom)
            joined[-1] = Word(before.text + word.text, before.x0, top, word.x1, bottom)
        else:
            joined.append(word)
    return join_spaced(joined)


def _is_parted(before: Word, word: Word) -> bool:
    height = word.bottom - word.top
    return (
        -PARTED_BACK_SHARE * height < word.x0 - before.x1 < PARTED_SHARE * height
        and abs(word.bottom - before.bottom) < PARTED_STEP_SHARE * height
        and SMALL_SHARE * height < before.bottom - before.top < height / SMALL_SHARE
        and word.x0 > before.x0
    )


def turns_of_text(texts: list[str], corners: array[float], turns: int) -> int:
    """The quarter turns after which most of a page's text runs from left to right.

    ``turns`` are those that the page itself says, which are given back where the text does
    not clearly tell otherwise; ``corners`` are as for :func:`place_words`.
    """
    letters = [0] * 4
    for text, index in zip(texts, range(0, len(corners), 8), strict=False):
        if len(text) < FEWEST_LETTERS:
            continue
        left1, top1, right1, bottom1, left2, top2, right2, bottom2 = corners[index : index + 8]
        right, up = left2 + right2 - left1 - right1, top2 + bottom2 - top1 - bottom1
        if abs(right) > abs(up):
            letters[0 if right > 0 else _HALF_TURN] += len(text)
        else:
            letters[1 if up > 0 else 3] += len(text)
    best = max(range(4), key=letters.__getitem__)
    return best if letters[best] > MOST_TEXT_SHARE * sum(letters) else turns


def place_words(
    texts: list[str],
    corners: array[float],
    box: tuple[float, float, float, float],
    turns: int,
) -> list[PlainWord]:
    """Words in reading coordinates, from the boxes of their first and last characters."""
    left, top, right, bottom = box
    x0: list[Any]
    x1: list[Any]
    y0: list[float]
    y1: list[float]
    if turns == 0 and left == 0:
        # The common case, and most of the time of making words: as little as possible.
        x0, x1 = corners[0::8].tolist(), corners[6::8].tolist()
        y0 = [top - y for y in corners[1::8].tolist()]
        y1 = [top - y for y in corners[3::8].tolist()]
        _take_in_ends(corners, top, y0, y1)
    else:
        left1, top1, right1, bottom1, left2, top2, right2, bottom2 = (
            corners[start::8].tolist() for start in range(8)
        )
        low_x: list[float] = list(map(min, left1, left2))
        high_x: list[float] = list(map(max, right1, right2))
        low_y: list[float] = list(map(min, bottom1, bottom2))
        high_y: list[float] = list(map(max, top1, top2))
        if turns == 0:
            x0, x1 = [x - left for x in low_x], [x - left for x in high_x]
            y0, y1 = [top - y for y in high_y], [top - y for y in low_y]
        elif turns == 1:
            x0, x1 = [y - bottom for y in low_y], [y - bottom for y in high_y]
            y0, y1 = [x - left for x in low_x], [x - left for x in high_x]
        elif turns == _HALF_TURN:
            x0, x1 = [right - x for x in high_x], [right - x for x in low_x]
            y0, y1 = [y - bottom for y in low_y], [y - bottom for y in high_y]
        else:
            x0, x1 = [top - y for y in high_y], [top - y for y in low_y]
            y0, y1 = [right - x for x in high_x], [right - x for x in low_x]
    return list(zip(texts, x0, y0, x1, y1, strict=True))


def _take_in_ends(corners: array[float], top: float, y0: list[float], y1: list[float]) -> None:
    """Make boxes as tall as words that end higher or lower than they start: sideways, turned."""
    starts, ends = corners[1::8], corners[5::8]
    if starts.tobytes() == ends.tobytes():
        return
    bottoms = corners[7::8]
    for k, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if start != end:
            y0[k], y1[k] = min(y0[k], top - end), max(y1[k], top - bottoms[k])
