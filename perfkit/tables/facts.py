"""What stands beside the table: number, date, vendor, totals."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar

from perfkit.geometry import Line, segments
from perfkit.model import PlainWord
from perfkit.tables.numbers import number

__all__ = [
    "DocumentKind",
    "Facts",
    "names_vendor",
    "read_date",
    "read_facts",
    "read_totals",
    "vendor_name",
]

_T = TypeVar("_T")

_VENDOR = re.compile(r"\bcreative[\s-]*co[\s-]*op\b", re.IGNORECASE)
_NUMBER_VALUE = re.compile(
    r"[\s.:#]*(?:(?:No|NO|Number|NUMBER)\b[\s.:#]*)?([A-Z]{0,5}-?[0-9][A-Z0-9-]{3,})(?![A-Za-z0-9/.,])"
)
_DATE_VALUE = re.compile(
    r"[\s.:#]*(?:(?P<m>\d{1,2})[/.-](?P<d>\d{1,2})[/.-](?P<y>\d{4}|\d{2})"
    r"|(?P<y2>\d{4})-(?P<m2>\d{1,2})-(?P<d2>\d{1,2})"
    r"|(?P<mon>[A-Za-z]{3,9})\.?\s+(?P<d3>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y3>\d{4})"
    r"|(?P<d4>\d{1,2})[\s-](?P<mon4>[A-Za-z]{3,9})\.?,?[\s-](?P<y4>\d{4}))(?!\d)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ADDRESSEE = re.compile(
    r"(?:ship(?:ped)?|sold|(?:bill|deliver|consign)(?:ed)?)[\s-]*to\b", re.IGNORECASE
)
#: An address has so many lines under its label before the next thing begins.
_ADDRESS_LINES = 3
#: ... so many of their heights apart.
_ADDRESS_PITCH = 1.4
#: A label and the address beside it begin within so many line heights.
_LABEL_HEIGHTS = 16
_NOT_OURS = re.compile(r"(?:customer|purchase|your|cust|p\.?o\.?)\W*$", re.IGNORECASE)
_TOTALS = {
    "subtotal": re.compile(
        r"^(?:merchandise|order|invoice|product|item)?s?\W*sub[\s-]*total\b|"
        r"^(?:merchandise|product|goods)\s+(?:total|amount)\b",
        re.IGNORECASE,
    ),
    "freight": re.compile(
        r"^(?:estimated\s+)?(?:freight|shipping|delivery)\b"
        r"(?:\s*(?:&|and|/)\s*handling)?(?:\s+(?:charges?|cost))?",
        re.IGNORECASE,
    ),
    "total": re.compile(
        r"^(?:order|invoice|grand|net|document)?\s*total"
        r"(?:\s+(?:due|amount|order|invoice|amount\s+due))?\s*(?:\(?(?:USD|US\$|\$)\)?)?\s*"
        r"(?=$|[:$0-9.(-])|^(?:amount|balance)\s+due\b",
        re.IGNORECASE,
    ),
}
#: Words for a kind of document that are also printed shorter.
_SHORTENED = {"invoice": r"inv(?:oice)?\.?", "order": r"ord(?:er)?\.?"}
#: A document's number has at least so many digits.
_FEWEST_DIGITS = 4
#: What a year of two digits is counted from.
_CENTURY, _YEARS_OF_TWO_DIGITS = 2000, 100
#: A value may stand this many line heights below its label (a box with its heading).
_BELOW_HEIGHTS = 2.2


class DocumentKind(NamedTuple):
    """How a document names its own number and date: the words before ``no`` and ``date``."""

    words: tuple[str, ...]


class Facts(NamedTuple):
    """What a page says of its document; None where it does not."""

    number: str | None = None
    date: date | None = None
    vendor: str | None = None


class _Segment(NamedTuple):
    text: str
    x0: float
    x1: float


def names_vendor(lines: list[Line]) -> bool:
    """Whether a page names the vendor elsewhere than in the address that goods go to."""
    for index, line in enumerate(lines):
        found = _VENDOR.search(line.text)
        if found is None:
            continue
        first = _word_at(line, found.start())
        labels = [
            segment
            for segment in _as_segments(line)
            if 0 <= first[1] - segment.x0 < _LABEL_HEIGHTS * line.height
        ]
        above = labels + [
            segment
            for other in lines[max(0, index - _ADDRESS_LINES) : index]
            if line.top - other.bottom < _ADDRESS_PITCH * _ADDRESS_LINES * line.height
            for segment in _as_segments(other)
            if segment.x0 < first[3] and first[1] < segment.x1
        ]
        if not any(_ADDRESSEE.match(segment.text) for segment in above):
            return True
    return False


def _word_at(line: Line, position: int) -> PlainWord:
    """The word that holds this character of a line's text."""
    ends = itertools.accumulate(len(word[0]) + 1 for word in line.words)
    return next(word for word, end in zip(line.words, ends, strict=True) if position < end)


def vendor_name(text: str) -> str | None:
    """The vendor's name as it is printed; None where the text does not hold it."""
    if "creative" not in text.lower():
        return None
    found = _VENDOR.search(text)
    return " ".join(found[0].split()) if found else None


def read_facts(lines: list[Line], kind: DocumentKind) -> Facts:
    """Number, date and vendor from the lines of a page."""
    rows = [_as_segments(line) for line in lines]
    vendor = next(filter(None, (vendor_name(line.text) for line in lines)), None)
    return Facts(_first(_numbers(lines, rows, kind)), _first(_dates(lines, rows, kind)), vendor)


def _numbers(lines: list[Line], rows: list[list[_Segment]], kind: DocumentKind) -> Iterator[str]:
    for word in kind.words:
        said = _SHORTENED.get(word, word)
        explicit = (rf"\b{said}\s*(?:no|number|num|nbr|id)\b", rf"\b{said}\s*#")
        yield from _labelled(lines, rows, explicit, _as_number)
        # A box with the word alone over the number; a title stands over anything.
        yield from _labelled(lines, rows, (rf"^{word}\W*$",), _as_number_with_letters)
        bare = (rf"\b{word}\b(?!\s*(?:date|to|by|total))",)
        yield from _labelled(lines, rows, bare, _as_number, below=False)
    yield from _labelled(lines, rows, (r"^(?:no|number)\b",), _as_number, below=False)


def _dates(lines: list[Line], rows: list[list[_Segment]], kind: DocumentKind) -> Iterator[date]:
    for word in kind.words:
        said = _SHORTENED.get(word, word)
        explicit = (rf"\b{said}\s*(?:date|dt)\b", rf"\bdate\s+(?:of\s+)?{word}(?:e?d)?\b")
        yield from _labelled(lines, rows, explicit, _as_date)
        if word == kind.words[0]:
            plain = r"^(?:date|dated)\b(?!\s*(?:ship|due|req|order|cancel|inv))"
            yield from _labelled(lines, rows, (plain,), _as_date)


def read_totals(lines: list[Line]) -> dict[str, Decimal]:
    """Subtotal, freight and total where they are printed; the last of each counts."""
    found: dict[str, Decimal] = {}
    rows: list[list[_Segment]] | None = None
    for index, line in enumerate(lines):
        lowered = line.text.lower()
        if not any(word in lowered for word in ("total", "freight", "shipping", " due", "deliv")):
            continue
        rows = rows or [_as_segments(one) for one in lines]
        for place, segment in enumerate(rows[index]):
            for name, label in _TOTALS.items():
                match = label.search(segment.text)
                if match:
                    value = _value(lines, rows, index, place, match.end(), _as_money)
                    if value is not None:
                        found[name] = value
                    break
    return found


def _as_segments(line: Line) -> list[_Segment]:
    return [_segment(words) for words in segments(line)]


def _segment(words: list[PlainWord]) -> _Segment:
    return _Segment(" ".join([word[0] for word in words]), words[0][1], words[-1][3])


def _first(values: Iterable[_T]) -> _T | None:
    return next(iter(values), None)


def _labelled(
    lines: list[Line],
    rows: list[list[_Segment]],
    labels: Iterable[str],
    read: Callable[[str], _T | None],
    *,
    below: bool = True,
) -> Iterator[_T]:
    """Values of the labels, in the order of the labels; ``below`` allows one under its label."""
    for label in labels:
        pattern = re.compile(label, re.IGNORECASE)
        for index, row in enumerate(rows):
            for place, segment in enumerate(row):
                match = pattern.search(segment.text)
                if match and not _NOT_OURS.search(segment.text[: match.start()]):
                    value = _value(lines, rows, index, place, match.end(), read, below=below)
                    if value is not None:
                        yield value


def _value(
    lines: list[Line],
    rows: list[list[_Segment]],
    index: int,
    place: int,
    end: int,
    read: Callable[[str], _T | None],
    *,
    below: bool = True,
) -> _T | None:
    """What a label stands for: behind it, in the next cell, or in the cell below it."""
    segment = rows[index][place]
    value: _T | None = None
    texts = [segment.text[end:], *(other.text for other in rows[index][place + 1 :])]
    for text in texts:
        value = read(text)
        if value is not None or text.strip(" .:#\u2026_"):
            break
    under = index + 1
    while value is None and below and under < len(rows):
        if lines[under].top - lines[index].bottom > _BELOW_HEIGHTS * lines[index].height:
            break
        for other in rows[under]:
            if other.x0 < segment.x1 and segment.x0 < other.x1:
                value = value if value is not None else read(other.text)
        under += 1
    return value


def _as_number(text: str) -> str | None:
    found = _NUMBER_VALUE.match(text)
    if found and sum(map(str.isdigit, found[1])) >= _FEWEST_DIGITS:
        return found[1]
    return None


def _as_number_with_letters(text: str) -> str | None:
    found = _as_number(text)
    return found if found and found[:2].isalpha() else None


def _as_date(text: str) -> date | None:
    found = _DATE_VALUE.match(text)
    if not found:
        return None
    month = found["m"] or found["m2"] or _month(found["mon"] or found["mon4"])
    day = found["d"] or found["d2"] or found["d3"] or found["d4"]
    year = int(found["y"] or found["y2"] or found["y3"] or found["y4"])
    try:
        return date(year + _CENTURY if year < _YEARS_OF_TWO_DIGITS else year, int(month), int(day))
    except ValueError:
        return None


def read_date(text: str) -> date | None:
    """A date as documents print it, at the start of a text; None where there is none."""
    return _as_date(text)


def _month(name: str) -> int:
    key = name[:3].lower()
    return _MONTHS.index(key) + 1 if key in _MONTHS else 0


def _as_money(text: str) -> Decimal | None:
    for word in text.replace(":", " ").split():
        value = number(word)
        if value is not None and "." in word:
            return value
    return None
