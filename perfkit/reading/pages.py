"""What pages tell of themselves before they are read: their halves, rows, labels and numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from perfkit.geometry import Line
from perfkit.reading.facts import page_label
from perfkit.reading.rows import MOST_LINES_APART, Sheet, sheet_of_lines
from perfkit.vendors import Vendor

__all__ = [
    "Label", "LabelReader", "follows", "has_table_row", "header_numbers", "missing_labels",
    "named_pages", "number_form", "sheet_again", "sides",
]  # fmt: skip

#: Two pages stand side by side on a sheet where codes are so far apart, as a share of its width.
SIDE_SHARE = 0.3
#: Page numbers stand at the same height on all pages, within so many points.
SAME_PLACE_POINTS = 3.0
#: A row has at least so many numbers.
FEWEST_NUMBERS = 2
#: A row's numbers are less than so many heights of a line from its code.
HEIGHTS_APART = 5
#: Of the rows of a half, so many may have no numbers of their own.
BARE_SHARE = 0.2
#: Numbers of documents, and dates, have at least so many digits.
FEWEST_DIGITS = 4

#: Which page it is, and of how many.
Label = tuple[int, int | None]

_FIGURE = re.compile(r"[$(]?-?(?:\d{1,3}(?:[,.]\d{3})+|\d{1,6})(?:[.,]\d{1,4})?[-)*]?")


def has_table_row(sheet: Sheet) -> bool:
    """Whether a product code has numbers near it, as in a row; a letter may name one, too."""
    lines = sheet.lines
    for index, code in sheet.codes:
        top, reach = lines[index].top, HEIGHTS_APART * lines[index].height
        near = lines[max(0, index - MOST_LINES_APART) : index + MOST_LINES_APART + 1]
        if any(
            sum(word is not code and bool(_FIGURE.fullmatch(word[0])) for word in line.words)
            >= FEWEST_NUMBERS
            for line in near
            if abs(line.top - top) < reach
        ):
            return True
    return False


def header_numbers(sheet: Sheet) -> set[str]:
    """Words over the rows with digits enough for the number of a document, or a date."""
    stop = sheet.codes[0][0] if sheet.codes else len(sheet.lines)
    return {
        word[0]
        for line in sheet.lines[:stop]
        for word in line.words
        if sum(map(str.isdigit, word[0])) >= FEWEST_DIGITS
    }


def number_form(number: str) -> str:
    """A number's letters, and how long it is: numbers of one series agree in both."""
    return "".join("9" if c.isdigit() else c for c in number)


class LabelReader:
    """Reads the number that each page prints: mostly where the page before has it."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._bottom = -1e9

    def read(self, sheet: Sheet) -> Label | None:
        """The page's number and that of all pages; None where it prints none."""
        near = [line for line in sheet.lines if abs(line[1] - self._bottom) < SAME_PLACE_POINTS]
        label = page_label(near, self._vendor) if near else None
        if label is not None and label[1] is not None:
            return label
        for line in sheet.lines:
            found = page_label([line], self._vendor)
            if found is not None and (found[1] is not None or label is None):
                self._bottom, label = line.bottom, found
                if found[1] is not None:
                    break
        return label


def follows(labels: Sequence[Label | None]) -> list[int] | None:
    """Places of pages in the order that they print; None where they are so, or do not tell."""
    printed = [label[0] for label in labels if label is not None]
    if len(printed) < len(labels) or len(set(printed)) < len(printed):
        return None
    if all(a < b for a, b in pairwise(printed)):
        return None
    return sorted(range(len(printed)), key=printed.__getitem__)


def missing_labels(labels: Sequence[Label | None]) -> tuple[list[int], int | None]:
    """Printed numbers of pages that are not there, and of how many."""
    known = [label for label in labels if label is not None]
    wholes = {whole for _, whole in known if whole is not None}
    printed = {page for page, _ in known}
    if len(wholes) > 1 or not known:
        return [], None
    whole = wholes.pop() if wholes else None
    # Without "of n" a document may begin with any page, and end with any.
    first, last = (1, whole) if whole is not None else (min(printed), max(printed))
    missing = [page for page in range(first, last + 1) if page not in printed]
    return (missing, whole) if len(labels) - len(known) < len(missing) else ([], whole)


def named_pages(numbers: Sequence[int], most: int = 5) -> str:
    """Pages in words: ``page 3``, ``pages 3, 4``; the first few of many."""
    few = ", ".join(map(str, numbers[:most])) + (", ..." if len(numbers) > most else "")
    return f"page{'s' * (len(numbers) > 1)} {few}"


def sides(sheet: Sheet, vendor: Vendor) -> list[Sheet]:
    """A sheet as the pages that stand on it side by side: mostly one."""
    codes = [word for _, word in sheet.codes]
    middle = sheet.width / 2
    left = [word for word in codes if word[1] < middle]
    right = [word for word in codes if word[1] >= middle]
    if not left or not right:
        return [sheet]
    if min(w[1] for w in right) - min(w[1] for w in left) < SIDE_SHARE * sheet.width:
        return [sheet]
    words = [word for line in sheet.lines for word in line.words]
    # Mostly the halves are alike; else the right page begins with its codes.
    cuts = (middle, min(word[1] for word in right) - 1)
    free = (cut for cut in cuts if not any(w[1] < cut - 1 and w[3] > cut + 1 for w in words))
    cut = next(free, None)
    if cut is None:
        return [sheet]
    parts = [_part(sheet, -1e9, cut, vendor), _part(sheet, cut, 1e9, vendor)]
    # Of both halves, most codes have numbers of their own behind them.
    for part in parts:
        bare = sum(
            sum(vendor.decimal in word[0] and word[1] > code[3] for word in part.lines[index].words)
            < FEWEST_NUMBERS
            for index, code in part.codes
        )
        if bare > BARE_SHARE * len(part.codes):
            return [sheet]
    return parts


def sheet_again(sheet: Sheet, vendor: Vendor) -> Sheet:
    """A sheet with the codes of another layout."""
    return sheet_of_lines(sheet.number, sheet.width, sheet.height, sheet.lines, vendor)


def _part(sheet: Sheet, left: float, right: float, vendor: Vendor) -> Sheet:
    """The words of a sheet between two points."""
    lines: list[Line] = []
    for line in sheet.lines:
        words = [word for word in line.words if left <= word[1] < right]
        if words:
            lines.append(Line(line.top, line.bottom, words))
    return sheet_of_lines(sheet.number, sheet.width, sheet.height, lines, vendor)
