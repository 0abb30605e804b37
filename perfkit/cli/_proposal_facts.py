"""What the pages of an unknown vendor's document say besides rows, with the labels they use."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.cli._code_shapes import has_letters, slug
from perfkit.geometry import Line, segments
from perfkit.reading.facts import read_date
from perfkit.reading.words import Numbers, numbers_for
from perfkit.vendors import Vendor

__all__ = ["Labels", "Total", "find_labels", "find_totals"]

#: A vendor's name is taller than usual by this; a label has at most so many characters.
TALLER, LONGEST_LABEL, LONGEST_NAME = 1.15, 40, 60
#: Totals whose sum is looked for, at most.
MOST_PARTS = 6
MONTHS = 12
_CENT = Decimal("0.01")
#: What documents call themselves, the longer names first.
_TITLES = (
    "order acknowledgement", "order acknowledgment", "order confirmation", "sales order",
    "purchase order", "packing slip", "packing list", "delivery note", "credit note",
    "credit memo", "tax invoice", "pro forma invoice", "invoice", "order", "quotation", "quote",
    "auftragsbestätigung", "lieferschein", "gutschrift", "rechnung", "angebot", "bestellung",
    "bon de livraison", "facture", "commande", "avoir", "fattura", "ordine", "factura", "pedido",
    "albarán", "factuur", "bestelling", "faktura", "orden", "nota fiscal",
)  # fmt: skip
_TITLE = re.compile(rf"(?<!\w)(?:{'|'.join(_TITLES)})", re.IGNORECASE)
_NUMBER_WORD = re.compile(
    r"(?:\b(?:no|nr|num|number|nummer|numero|numéro|número|id)\b|n[°º]|#)\W*$|nr\W*$|nummer\W*$",
    re.IGNORECASE,
)
_ENGLISH_NUMBER = re.compile(r"\s*\b(?:no|number|num|nbr|id|#)\W*$|\s*#\W*$", re.IGNORECASE)
_NOT_ITS_OWN = re.compile(
    r"customer|purchase|your|cust\b|p\.?o\.?\b|account|phone|tel|fax|tax|vat|ust|iban|kunde|client"
    r"|due|ship|deliver|liefer|fällig|bestell|pay",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[A-Z]{0,5}-?[0-9][A-Z0-9-]{3,}")
_DAY = re.compile(r"\b([0-9]{1,2})([/.-])([0-9]{1,2})\2[0-9]{2,4}\b")
_DATE_WORD = re.compile(r"dat|fecha|dato|issued", re.IGNORECASE)
_PAGE = re.compile(
    r"(?P<word>[^\W\d_]{2,10})\W{1,3}(?P<page>[0-9]+)\s*(?P<of>[^\W\d_]{2,5}|/)\s*[0-9]+(?![0-9/.,])"
)
_FREIGHT = re.compile(
    r"freight|shipping|carriage|delivery|postage|versand|fracht|porto|lieferkosten|frais de port"
    r"|transport|spese di spedizione|portes|verzend",
    re.IGNORECASE,
)


class Labels(NamedTuple):
    """Vendor and title, and how the document labels its number, date and pages.

    ``date`` and ``page_words`` are empty where nothing is needed beyond the usual English ones.
    """

    vendor: str
    title: str
    numbers: tuple[str, ...]
    date: str
    day_first: bool
    page_words: tuple[str, str] | None


class Total(NamedTuple):
    """A total as it is printed, and the name that is proposed for it; empty for none."""

    label: str
    value: Decimal
    name: str


Segments = list[tuple[str, Line]]


def find_labels(pages: Sequence[Sequence[Line]], first: int, decimal: str, draft: Vendor) -> Labels:
    """What stands over the table of the first page (line ``first``) and on all pages."""
    above = [(text, line) for line in pages[0][:first] for text in _texts(line)]
    everything = [(text, line) for lines in pages for line in lines for text in _texts(line)]
    title = _title(above) or _title(everything)
    date, day_first = _date(above, decimal)
    return Labels(
        _vendor(above, title) or _vendor(everything, title) or "unknown",
        title or "invoice",
        _number_labels(above, title),
        date,
        day_first,
        _page_words(pages, draft),
    )


def _texts(line: Line) -> list[str]:
    return [" ".join(word[0] for word in words) for words in segments(line)]


def _title(found: Segments) -> str:
    """What the document calls itself in the tallest of its titles."""
    titles = [
        (line.height, match[0].lower())
        for text, line in found
        for match in (_TITLE.search(text),)
        if match and not _NOT_ITS_OWN.search(text[: match.start()])
    ]
    return max(titles, key=lambda pair: pair[0], default=(0.0, ""))[1]


def _vendor(found: Segments, title: str) -> str:
    """The tallest text that is no title, or else the first one."""
    names = [
        (line.height, text)
        for text, line in found
        if has_letters(text)
        and len(text) <= LONGEST_NAME
        and ":" not in text
        and text.lower() != title
        and not _TITLE.match(text)
    ]
    if not names:
        return ""
    tallest = max(names, key=lambda pair: pair[0])
    heights = sorted(height for height, _ in names)
    return tallest[1] if tallest[0] > TALLER * heights[len(heights) // 2] else names[0][1]


def _labelled(found: Segments) -> Iterator[tuple[str, str]]:
    """Labels with what stands behind them, in the same cell or the next of the line."""
    for k, (text, line) in enumerate(found):
        words = text.split()
        for cut in range(1, len(words)):
            yield " ".join(words[:cut]), " ".join(words[cut:])
        if k + 1 < len(found) and found[k + 1][1] is line:
            yield text, found[k + 1][0]


def _number_labels(found: Segments, title: str) -> tuple[str, ...]:
    """Labels of the document's number, its own kind of document first."""
    labels: list[tuple[bool, str]] = []
    for label, value in _labelled(found):
        if not _NUMBER.fullmatch(value) or len(label) > LONGEST_LABEL or not has_letters(label):
            continue
        of_title = bool(title) and title.rsplit(maxsplit=1)[-1] in label.lower()
        if (of_title or _NUMBER_WORD.search(label)) and not _NOT_ITS_OWN.search(label):
            plain_label = _ENGLISH_NUMBER.sub("", label).strip(" .:#").lower()
            if plain_label and not any(plain_label == known for _, known in labels):
                labels.append((not of_title, plain_label))
    return tuple(label for _, label in sorted(labels, key=lambda pair: pair[0])) or (
        title or "invoice",
    )


def _date(found: Segments, decimal: str) -> tuple[str, bool]:
    """The label of the date, and whether 1/2/2025 is in February."""
    days = [match for text, _ in found for match in _DAY.finditer(text)]
    day_first = any(int(match[1]) > MONTHS for match in days) or (
        not any(int(match[3]) > MONTHS for match in days)
        and (decimal == "," or any(match[2] == "." for match in days))
    )
    labels = [
        label.strip(" .:").lower()
        for label, value in _labelled(found)
        if read_date(value, day_first=day_first) is not None
        and has_letters(label)
        and not any(map(str.isdigit, label))
        and not _NOT_ITS_OWN.search(label)
    ]
    return next(filter(_DATE_WORD.search, labels), next(iter(labels), "")), day_first


def _page_words(pages: Sequence[Sequence[Line]], draft: Vendor) -> tuple[str, str] | None:
    """The words around page numbers, where they are not the English ones."""
    seen = Counter[tuple[str, str]]()
    for number, lines in enumerate(pages, 1):
        for line in lines:
            if draft.pages.search(line.text):
                return None
            for match in _PAGE.finditer(line.text):
                if int(match["page"]) == number and not _DATE_WORD.search(match["word"]):
                    seen[match["word"].lower(), match["of"].lower()] += 1
    words, many = seen.most_common(1)[0] if seen else (None, 0)
    return words if 2 * many > len(pages) else None


def find_totals(lines: Sequence[Line], decimal: str, whole: Decimal) -> list[Total]:
    """Totals of the lines under the table; ``whole`` is what the rows add up to.

    A name is given to what the arithmetic confirms: the sum of the rows, what is added to it,
    and the total.
    """
    printed = list(_amounts(lines, numbers_for(decimal)))
    sums = [k for k, (_, value) in enumerate(printed) if abs(value - whole) < _CENT]
    found = [Total(label, value, "") for label, value in printed]
    best: tuple[int, int, tuple[int, ...]] | None = None
    for k, (_, value) in enumerate(printed):
        others = [n for n in range(k) if n not in sums][:MOST_PARTS]
        for many in range(len(others), 0, -1):
            for parts in itertools.combinations(others, many):
                total = whole + sum((printed[n][1] for n in parts), Decimal(0))
                if abs(value - total) < _CENT and (best is None or many >= best[0]):
                    best = many, k, parts
    if best is not None:
        _, k, parts = best
        found[k] = found[k]._replace(name="total")
        taken = {"", "total", "subtotal"}
        for number, n in enumerate(parts, 1):
            label = found[n].label
            name = "freight" if _FREIGHT.search(label) else slug(label.split()[0])
            name = f"part_{number}" if name in taken else name
            taken.add(name)
            found[n] = found[n]._replace(name=name)
        if sums:
            found[sums[0]] = found[sums[0]]._replace(name="subtotal")
    elif sums:
        found[sums[-1]] = found[sums[-1]]._replace(name="total")
        if len(sums) > 1:
            found[sums[0]] = found[sums[0]]._replace(name="subtotal")
    return found


def _amounts(lines: Sequence[Line], numbers: Numbers) -> Iterator[tuple[str, Decimal]]:
    """Labels and amounts: of each line that ends in an amount of money."""
    for line in lines:
        *before, last = _texts(line)
        words = last.split()
        value = numbers[words[-1]]
        if value is None or numbers.decimal not in words[-1]:
            continue
        labels = [text for text in (*before, " ".join(words[:-1])) if has_letters(text)]
        if labels and len(labels[-1]) <= LONGEST_LABEL:
            yield labels[-1], value
