"""Words of an unknown vendor's pages as patterns; which are product codes, by form and place."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from perfkit.geometry import PageLines
from perfkit.model import PlainWord
from perfkit.reading.words import is_dash, numbers_for, upc_of

__all__ = [
    "ALIGNED_POINTS", "CodeShape", "find_code_shape", "has_letters", "pattern_of", "plain", "slug",
    "value_of",
]  # fmt: skip

#: Codes of one column are aligned within so many points.
ALIGNED_POINTS = 2.2
#: A line of a row has at least so many numbers besides its code.
FEWEST_NUMBERS = 2
#: A code has at least so many characters; one of digits only, so many.
SHORTEST, SHORTEST_OF_DIGITS = 3, 5
#: Of the codes of a column, at least this share differ: the words of a text do not.
DISTINCT_SHARE = 0.5
#: Another form than the usual one is one of codes, too, if this share of the column's words has it,
#: and at least so many.
OTHER_SHARE, FEWEST_OTHERS = 0.2, 3
#: Words whose numbers stand on another line count less, so many lines away at most.
NEAR_WEIGHT, MOST_LINES_APART = 0.8, 3
_DATE = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}").fullmatch
_RUNS = re.compile(r"[A-Z]+|[a-z]+|[0-9]+|.")


class CodeShape(NamedTuple):
    """The form of product codes: a pattern, and the words that have it, in reading order."""

    pattern: str
    words: tuple[str, ...]


def has_letters(text: str) -> bool:
    """Whether a text holds a letter."""
    return any(map(str.isalpha, text))


def value_of(text: str) -> bool:
    """Whether a word is a number by one of the two decimal signs, and no dash."""
    return not is_dash(text) and any(numbers_for(sign)[text] is not None for sign in ".,")


def find_code_shape(pages: Sequence[PageLines]) -> CodeShape | None:
    """The form of the words that begin most rows; None where no line looks like one."""
    best: tuple[tuple[float, ...], list[str]] | None = None
    for apart, weight in ((0, 1.0), (MOST_LINES_APART, NEAR_WEIGHT)):
        for words in _aligned(_candidates(pages, apart)):
            texts = _of_one_form([word[0] for word in words])
            distinct = len(set(texts)) / len(texts)
            if distinct < DISTINCT_SHARE or _counts(texts) or (apart and len(texts) == 1):
                continue
            with_letters = sum(map(has_letters, texts)) > len(texts) / 2
            rank = len(texts) * weight * (1.0 + 0.5 * with_letters), distinct, -words[0][1]
            if best is None or rank > best[0]:
                best = rank, texts
    return None if best is None else CodeShape(pattern_of(best[1]), tuple(best[1]))


def _candidates(
    pages: Sequence[PageLines], apart: int
) -> Iterator[tuple[tuple[int, int], PlainWord]]:
    """Words that may be codes, with page and line: so many lines at most from a line of numbers."""
    for page in pages:
        numbers = [
            sum(value_of(word[0]) and not upc_of(word[0]) for word in line.words)
            for line in page.lines
        ]
        for index, line in enumerate(page.lines):
            near = max(numbers[max(0, index - apart) : index + apart + 1])
            for word in line.words:
                if _may_be_code(word[0]) and near - value_of(word[0]) >= FEWEST_NUMBERS:
                    yield (page.number, index), word


def _may_be_code(text: str) -> bool:
    if len(text) < SHORTEST or not any(map(str.isdigit, text)) or upc_of(text):
        return False
    if text.isdigit():
        return len(text) >= SHORTEST_OF_DIGITS
    return text.isascii() and not value_of(text) and not _DATE(text)


def _aligned(
    found: Iterable[tuple[tuple[int, int], PlainWord]],
) -> Iterator[list[PlainWord]]:
    """Words that share their left or right edge, at most one of a line."""
    everything = list(found)
    for edge in (1, 3):
        places: dict[int, dict[tuple[int, int], PlainWord]] = defaultdict(dict)
        for line, word in everything:
            place = round(float(word[edge]) / ALIGNED_POINTS)
            for near in (place - 1, place, place + 1):
                places[near].setdefault(line, word)
        yield from (list(words.values()) for words in places.values())


def _counts(texts: Sequence[str]) -> bool:
    """Whether the words only number the rows."""
    if len(texts) < FEWEST_NUMBERS or not all(map(str.isdigit, texts)):
        return False
    return all(after - before == 1 for before, after in itertools.pairwise(map(int, texts)))


def _of_one_form(texts: Sequence[str]) -> list[str]:
    """The words that have the usual form, one run more or less at its end, or another's share."""
    forms = Counter(map(_form, texts))
    usual = forms.most_common(1)[0][0]
    return [
        text
        for text in texts
        for form in (_form(text),)
        if _is_longer(form, usual)
        or _is_longer(usual, form)
        or forms[form] >= max(FEWEST_OTHERS, OTHER_SHARE * len(texts))
    ]


def _is_longer(form: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether a form is another one, or that with one run more at its end."""
    return other in (form, form[:-1])


def pattern_of(texts: Sequence[str]) -> str:
    """A regular expression for words of one column, by their runs of letters and digits."""
    forms = {_form(text) for text in texts}
    parts = []
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        if any(_is_longer(other, form) for other in forms - {form}):
            continue  # part of the longer one
        same = [text for text in texts if _is_longer(form, _form(text))]
        parts.append(_pattern(same, len(form)))
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def _form(text: str) -> tuple[str, ...]:
    """The kinds of a word's runs: A for capitals, a for small letters, 9 for digits."""
    return tuple(_kind(run) for run in _RUNS.findall(text))


def _kind(run: str) -> str:
    first = run[0]
    if first.isdigit():
        return "9"
    return first if not first.isalpha() else "A" if first.isupper() else "a"


def _pattern(texts: Sequence[str], runs: int) -> str:
    classes = {"A": "[A-Z]", "a": "[a-z]", "9": "[0-9]"}
    split = [_RUNS.findall(text) for text in texts]
    pattern = ""
    for k in range(runs):
        found = [parts[k] for parts in split if k < len(parts)]
        short, long = min(map(len, found)), max(map(len, found))
        kind = _kind(found[0])
        one = classes.get(kind) or re.sub(r"([\\^$.|?*+()\[\]{}])", r"\\\1", found[0])
        if kind in classes and long > 1:
            one += f"{{{short}}}" if short == long else f"{{{short},{long}}}"
        if len(found) < len(split):
            one = f"{one}?" if long == 1 else f"(?:{one})?"
        pattern += one
    return pattern


def slug(text: str) -> str:
    """A text as a name: small ASCII letters and lines between words."""
    plain_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "_".join(re.findall(r"[a-z]+", plain_text))[:24].strip("_")


def plain(text: str) -> str:
    """A text as a regular expression that finds it, with any white space between its words."""
    words = (re.sub(r"([\\^$.|?*+()\[\]{}])", r"\\\1", word) for word in text.split())
    return r"\s+".join(words)
