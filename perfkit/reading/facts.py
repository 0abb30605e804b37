"""What a page says besides rows: vendor, number, date, totals, and which page it is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from operator import itemgetter
from typing import NamedTuple, TypeVar

from perfkit.geometry import Line, segments
from perfkit.model import PlainWord
from perfkit.patterns import is_upc
from perfkit.reading.headings import find_block
from perfkit.reading.words import Numbers
from perfkit.vendors import Vendor

__all__ = [
    "Facts",
    "complete_totals",
    "fits_vendor",
    "has_total",
    "page_label",
    "read_date",
    "read_facts",
    "read_totals",
]

_T = TypeVar("_T")

_NUMBER_VALUE = re.compile(
    r"[\s.:#]*(?:(?:No|NO|Number|NUMBER)\b[\s.:#]*)?([A-Z]{0,5}-?[0-9][A-Z0-9-]{3,})(?![A-Za-z0-9/.,])"
)
_DATE_VALUE = re.compile(
    r"[\s.:#]*(?:(?P<m>\d{1,2})[/.-](?P<d>\d{1,2})[/.-](?P<y>\d{4}|\d{2})"
    r"|(?P<y2>\d{4})-(?P<m2>\d{1,2})-(?P<d2>\d{1,2})"
    r"|(?P<mon>[A-Za-z]{3,9})\.?\s+(?P<d3>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y3>\d{4})"
    r"|(?P<d4>\d{1,2})[\s-](?P<mon4>[A-Za-z]{3,9})\.?,?[\s-](?P<y4>\d{4}|\d{2}))(?!\d)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ADDRESSEE = re.compile(
    r"(?:ship(?:ped)?|sold|(?:bill|deliver|consign)(?:ed)?)[\s-]*to\b", re.IGNORECASE
)
#: A label that says itself that a number follows, such as "Rechnungs-Nr".
_NUMBER_LABEL = re.compile(r"(?:no|nr|num|number|nummer)\W*$", re.IGNORECASE)
_NOT_OURS = re.compile(r"(?:customer|purchase|your|cust|p\.?o\.?)\W*$", re.IGNORECASE)
_PLAIN_DATE = (
    r"\b(?:date(?: of issue)?|(?:dated|entered|issued|placed|ordered)(?:\s+on)?)\b"
    r"(?!\s*(?:ship|due|req|order|cancel|inv|qty))"
)
#: Where a date may begin.
_MAY_BE_DATE = re.compile(r"(?<![\w/.-])(?:[0-9]{1,4}[/.\s-]|[A-Z][a-z]{2,8}\.?\s)")
_OTHER_DATE = re.compile(
    r"(?:ship\w*|due(?: by)?|generated|run|as of|cancel\w*|req\w*|deliver\w*|print\w*|start"
    r"|end|expir\w*|pay\w*|po|order|customer|purchase|your|cust|p\.?o\.?|tax|terms?)\W*$",
    re.IGNORECASE,
)
#: Words for a kind of document that are also printed shorter.
_SHORTENED = {"invoice": r"inv(?:oice)?\.?", "order": r"ord(?:er)?\.?"}
#: An address has so many lines under its label, so many of their heights apart; a label and the
#: address beside it begin within so many heights.
_ADDRESS_LINES, _ADDRESS_PITCH, _LABEL_HEIGHTS = 3, 1.4, 16
#: A document's number has at least so many digits.
_FEWEST_DIGITS = 4
_MONTHS_A_YEAR = 12
#: What a year of two digits is counted from.
_CENTURY, _YEARS_OF_TWO_DIGITS = 2000, 100
#: A value may stand this many line heights below its label (a box with its heading).
_BELOW_HEIGHTS = 2.2
#: So many of a vendor's own UPCs on a page name it, also where its name is a picture.
_FEWEST_UPCS = 2


class Facts(NamedTuple):
    """What a page says of its document; None where it does not."""

    number: str | None = None
    date: date | None = None
    vendor: str | None = None

    def completed(self, other: Facts) -> Facts:
        """These facts, and another page's where these are missing."""
        return Facts(
            self.number or other.number, self.date or other.date, self.vendor or other.vendor
        )


class _Segment(NamedTuple):
    text: str
    x0: float
    x1: float


def fits_vendor(lines: Sequence[Line], vendor: Vendor) -> float:
    """How sure a page makes it, 0 to 1, that its document has a vendor's layout."""
    if not (_names_vendor(lines, vendor) or _has_own_upcs(lines, vendor)):
        return 0.0
    fit = 0.0
    codes = (
        k for k, line in enumerate(lines) for word in line.words if vendor.code.fullmatch(word[0])
    )
    block = find_block(lines, next(codes, len(lines)), vendor)
    if block:
        spoken = {
            max(says, key=says.__getitem__)
            for word in block.words
            for says in (vendor.speaks_for(word[0]),)
            if says
        }
        unusual = spoken & set(vendor.optional)
        fit = max(0.0, 1 - len(unusual) / 2)
        if vendor.typical:
            fit *= len(spoken & set(vendor.typical)) / len(vendor.typical)
    sure = 0.5 + 0.25 * fit + 0.2 * _says(lines, vendor.title)
    return sure - 0.15 * any(_says(lines, title) for title in vendor.other_titles)


def _says(lines: Sequence[Line], title: str) -> bool:
    """Whether a page calls itself so: in a title, or before its number and date."""
    pattern, first = _title_pattern(title), title.split(maxsplit=1)[0]
    return any(
        pattern.search(line.text)
        for line in lines
        if any(first in word[0].lower() for word in line.words)
    )


@lru_cache(maxsize=64)
def _title_pattern(title: str) -> re.Pattern[str]:
    word = re.escape(title)
    pattern = (
        rf"^{word}\b(?!ed)|\b{word}\W*(?:no|number|num|date|#)\b|\b{word}\s*#"
        rf"|(?<!your )\b{word}$|(?<=\bsales ){word}\b"
        rf"|\b{word} (?:acknowledge?ment|confirmation)\b"
        rf"|\b{word}\W{{1,3}}[A-Z]{{0,3}}[0-9]{{5,}}\b"
    )
    return re.compile(pattern, re.IGNORECASE)


def _names_vendor(lines: Sequence[Line], vendor: Vendor) -> bool:
    """Whether a page names the vendor elsewhere than in the address that goods go to."""
    for index, line in enumerate(lines):
        found = vendor.name.search(line.text)
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


def _has_own_upcs(lines: Sequence[Line], vendor: Vendor) -> bool:
    prefix = vendor.upc_prefix
    own = (word[0].startswith(prefix) and is_upc(word[0]) for line in lines for word in line.words)
    return bool(prefix) and sum(itertools.islice(filter(None, own), _FEWEST_UPCS)) >= _FEWEST_UPCS


def _word_at(line: Line, position: int) -> PlainWord:
    """The word that holds this character of a line's text."""
    ends = itertools.accumulate(len(word[0]) + 1 for word in line.words)
    return next(word for word, end in zip(line.words, ends, strict=True) if position < end)


def page_label(lines: Iterable[Line], vendor: Vendor) -> tuple[int, int | None] | None:
    """Number of the page and of all pages as a page prints them; None where it does not."""
    best: tuple[int, int | None] | None = None
    for line in lines:
        text = line.text
        found = vendor.pages.search(text)
        if found is None:
            continue
        label = int(found["page"]), int(found["pages"]) if found["pages"] else None
        if label[1] is not None:
            return label if 0 < label[0] <= label[1] else best
        whole = found.start() == 0 or text[found.start() - 1] in " |"
        alone = any(vendor.pages.fullmatch(segment.text.strip()) for segment in _as_segments(line))
        if best is None and whole and alone and label[0] > 0:
            best = label
    return best


def read_facts(lines: Sequence[Line], vendor: Vendor) -> Facts:
    """Number, date and vendor from the lines of a page."""
    rows = [_as_segments(line) for line in lines]
    names = (vendor.name.search(line.text) for line in lines)
    name = next((" ".join(found[0].split()) for found in names if found), None)
    return Facts(
        next(_numbers(lines, rows, vendor), None), next(_dates(lines, rows, vendor), None), name
    )


def _numbers(lines: Sequence[Line], rows: list[list[_Segment]], vendor: Vendor) -> Iterator[str]:
    def no_code(text: str) -> str | None:
        """A number that is no product code: where its label does not say that it is a number."""
        found = _as_number(text)
        return None if found is None or vendor.code.fullmatch(found) else found

    def with_letters(text: str) -> str | None:
        found = no_code(text)
        return found if found and found[:2].isalpha() else None

    for word in vendor.number_labels:
        said = _SHORTENED.get(word, word)
        explicit: tuple[str, ...]
        explicit = (rf"\b{said}\s*(?:no|nr|number|num|nbr|id)\b", rf"\b{said}\s*#")
        if _NUMBER_LABEL.search(word):
            explicit = (rf"\b{word}\b", *explicit)
        yield from _labelled(lines, rows, explicit, _as_number)
        # A box with the word alone over the number; a title stands over anything.
        yield from _labelled(lines, rows, (rf"^{word}\W*$",), with_letters)
        bare = (rf"\b{word}\b(?:\s+(?:confirmation|acknowledge?ment))?(?!\s*(?:date|to|by|total))",)
        yield from _labelled(lines, rows, bare, no_code, below=False)
    yield from _labelled(lines, rows, (r"^(?:no|nr|number)\b",), no_code, below=False)


def _dates(lines: Sequence[Line], rows: list[list[_Segment]], vendor: Vendor) -> Iterator[date]:
    read = partial(read_date, day_first=vendor.day_first)
    labels = (rf"\b(?:{label})(?!\w)" for label in vendor.date_labels)
    yield from _labelled(lines, rows, labels, read)
    for word in vendor.number_labels:
        said = _SHORTENED.get(word, word)
        explicit = (rf"\b{said}\s*(?:date|dt)\b", rf"\bdate\s+(?:of\s+)?{word}(?:e?d)?\b")
        yield from _labelled(lines, rows, explicit, read)
        if word == vendor.number_labels[0]:
            yield from _labelled(lines, rows, (_PLAIN_DATE,), read, unless=_OTHER_DATE)
    yield from _only_date(rows, read)


def _only_date(rows: list[list[_Segment]], read: Callable[[str], date | None]) -> Iterator[date]:
    """The date of a page that prints one only, besides those of shipping, payment or printing."""
    found = {
        when
        for row in rows
        for segment in row
        for match in _MAY_BE_DATE.finditer(segment.text)
        if not _OTHER_DATE.search(segment.text[: match.start()])
        for when in (read(segment.text[match.start() :]),)
        if when is not None
    }
    if len(found) == 1:
        yield found.pop()


def read_totals(lines: Sequence[Line], vendor: Vendor, numbers: Numbers) -> dict[str, Decimal]:
    """Subtotal, freight and total where they are printed; the last of each counts."""
    found: dict[str, Decimal] = {}
    rows: list[list[_Segment]] | None = None

    def as_money(text: str) -> Decimal | None:
        for word in text.replace(":", " ").split():
            value = numbers[word]
            if value is not None and numbers.decimal in word:
                return value
        return None

    for index, line in enumerate(lines):
        if not any(map(vendor.total_words.search, map(itemgetter(0), line.words))):
            continue
        rows = rows or [_as_segments(one) for one in lines]
        for place, segment in enumerate(rows[index]):
            text = segment.text.lstrip("* ")
            for name, label in vendor.totals.items():
                match = label.search(text)
                if match:
                    end = match.end() + len(segment.text) - len(text)
                    value = _value(lines, rows, index, place, end, as_money)
                    if value is not None:
                        found[name] = value
                    break
    return found


def complete_totals(
    found: Mapping[str, Decimal],
    amounts: Sequence[Decimal],
    sums: Mapping[str, Decimal],
    charges: Decimal,
    vendor: Vendor,
) -> dict[str, Decimal]:
    """Totals under labels that nobody knows, told by what they add up to.

    ``amounts`` are printed behind the rows, in order; ``sums`` are those of the rows' fields,
    ``charges`` that of their charges. The sum of a column is one that equals it; a total is the
    last one that equals all amounts before it from that sum on, or the sum and what is declared.
    """
    totals = dict(found)
    for check in vendor.document_checks:
        if check.kind == "column":
            field, name = check.fields
            whole = sums.get(field, Decimal(0))
            near = [value for value in amounts if value in (whole, whole + charges)]
            if (
                name not in totals
                and whole
                and len(near) > sum(value in near for value in totals.values())
            ):
                totals[name] = near[0]
        elif check.fields[0] not in totals and check.fields[1] in totals:
            name, first, *others = check.fields
            known = {**totals, "surcharges": charges}
            declared = totals[first] + sum(known.get(other, Decimal(0)) for other in others)
            start = amounts.index(totals[first]) if totals[first] in amounts else len(amounts)
            for k in range(start + 1, len(amounts)):
                if amounts[k] in (declared, sum(amounts[start:k])):
                    totals[name] = amounts[k]
    return totals


def has_total(line: Line, vendor: Vendor) -> bool:
    """Whether a line holds the label of a total."""
    segments_of = _as_segments(line)
    return any(
        label.search(segment.text) for segment in segments_of for label in vendor.totals.values()
    )


def _as_segments(line: Line) -> list[_Segment]:
    return [
        _Segment(" ".join([word[0] for word in words]), words[0][1], words[-1][3])
        for words in segments(line)
    ]


def _labelled(
    lines: Sequence[Line],
    rows: list[list[_Segment]],
    labels: Iterable[str],
    read: Callable[[str], _T | None],
    *,
    below: bool = True,
    unless: re.Pattern[str] = _NOT_OURS,
) -> Iterator[_T]:
    """Values of the labels, in the order of the labels.

    ``below`` allows a value under its label; ``unless`` finds what may not stand before one.
    """
    for label in labels:
        pattern = re.compile(label, re.IGNORECASE)
        for index, row in enumerate(rows):
            for place, segment in enumerate(row):
                match = pattern.search(segment.text)
                if match and not unless.search(segment.text[: match.start()]):
                    value = _value(lines, rows, index, place, match.end(), read, below=below)
                    if value is not None:
                        yield value


def _value(
    lines: Sequence[Line],
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
        # Cells beside the label may hold other sums; words end what belongs to it.
        if value is not None or any(map(str.isalpha, text)):
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


def read_date(text: str, *, day_first: bool = False) -> date | None:
    """A date as documents print it, at the start of a text; None where there is none.

    ``day_first`` tells what 1/2/2025 means; 13/2/2025 can be one day only.
    """
    found = _DATE_VALUE.match(text)
    if not found:
        return None
    month = found["m"] or found["m2"] or _month(found["mon"] or found["mon4"])
    day = found["d"] or found["d2"] or found["d3"] or found["d4"]
    if found["d"] and (day_first or int(month) > _MONTHS_A_YEAR):
        month, day = day, month
    year = int(found["y"] or found["y2"] or found["y3"] or found["y4"])
    try:
        return date(year + _CENTURY if year < _YEARS_OF_TWO_DIGITS else year, int(month), int(day))
    except ValueError:
        return None


def _month(name: str) -> int:
    key = name[:3].lower()
    return _MONTHS.index(key) + 1 if key in _MONTHS else 0
