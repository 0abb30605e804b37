"""A row's cells by position: its numbers, unit and UPC, and the text beside them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from perfkit.geometry import Line
from perfkit.model import PlainWord
from perfkit.reading.rows import Row
from perfkit.reading.template import CELL_POINTS, Template
from perfkit.reading.text_columns import FLAGS
from perfkit.reading.words import CHARGE, LABEL, LEADER, UNIT, UPC, UPC_DIGITS, is_label_end, upc_of

__all__ = ["begins_a_run", "read_cells", "take_upc"]

#: A code of a narrow column has at most so many characters.
LONGEST_FLAG = 3
#: A charge begins a run of words: it is so many heights from the word on its left.
CHARGE_GAP_HEIGHTS = 0.9
_SEPARATOR = re.compile(r"[-\u2013\u2014:/,]+").fullmatch


def read_cells(row: Row, lines: Sequence[Line], template: Template) -> None:
    """Read a row's numbers, unit and UPC; what is left of its lines becomes its first text."""
    numbers, slots, code = template.numbers, template.slots, row.code
    values, starts, left = row.values, template.starts, template.left - CELL_POINTS
    first = starts[0]
    rest: list[PlainWord] = []
    words = lines[row.number_line][2]
    for place, word in enumerate(words):
        text, x0, _, x1, _ = word
        if x1 > first:
            value = numbers[text]
            if value is not None:
                k = bisect_right(starts, x1) - 1
                if slots[k][1] > x0 and (not k or slots[k - 1][1] <= x0):
                    field = slots[k][2]
                    if field is None:
                        continue
                    if field not in values:
                        values[field] = value
                        continue
                alone = len(text) < UPC_DIGITS and template.style.stands_alone(words, place)
                if alone and x0 >= left:
                    row.strays.append(word)
        if word is not code:
            rest.append(word)
    if template.unit is not None:
        _read_unit(row, rest, template)
    row.words = rest
    text_lines = row.text
    on_code_line = row.number_line == row.line
    if not on_code_line:
        others = [word for word in lines[row.line][2] if word is not code]
        text_lines.append(_own_text(row, others, template, code=True, cells=False))
    text_lines.append(_own_text(row, rest, template, code=on_code_line, cells=True))
    if not all(text_lines):
        row.text = [text for text in text_lines if text]


def _read_unit(row: Row, rest: list[PlainWord], template: Template) -> None:
    unit = template.unit
    assert unit is not None
    low, high = unit
    inside = [word for word in rest if word[1] < high and low < word[3]]
    marks = template.vendor.marks
    known = [word for word in inside if marks[word[0]] & UNIT]
    if len(known) == 1:
        row.unit = known[0][0]
        rest.remove(known[0])
        return
    middle = (unit[0] + unit[1]) / 2
    chosen = min(known, key=lambda word: abs((word[1] + word[3]) / 2 - middle), default=None)
    if chosen is None:
        apart = [
            word for word in inside if template.numbers[word[0]] is None and word[3] - word[1] < 60
        ]
        chosen = apart[-1] if len(apart) == 1 and _stands_alone(apart[0], rest) else None
    if chosen is not None:
        row.unit = chosen[0]
        rest.remove(chosen)


def _stands_alone(word: PlainWord, words: Sequence[PlainWord]) -> bool:
    gap = 0.6 * (word[4] - word[2])
    return all(
        other is word or other[3] < word[1] - gap or other[1] > word[3] + gap for other in words
    )


def _own_text(
    row: Row, words: Sequence[PlainWord], template: Template, *, code: bool, cells: bool
) -> list[PlainWord]:
    """The description's words on a row's line, which may hold its code, its numbers, or both."""
    got: list[PlainWord] = []
    parted = row.code[3] if code else -1e9
    marks, left, text_left = template.vendor.marks, row.code[1], template.text_left
    ignored, starts, zone = template.ignored, template.starts, template.zone
    for word in words:
        bits = marks[word[0]]
        if bits & (UPC | LABEL | LEADER):
            if bits & UPC and row.upc is None:
                take_upc(row, word, got)
            parted = word[3]
            continue
        for x0, x1, field, title in ignored:
            over = word[1] < x1 + 0.5 and x0 - 0.5 < word[3]
            if over and (title != FLAGS or len(word[0]) <= LONGEST_FLAG):
                if field is not None:
                    row.own[field] = f"{row.own.get(field, '')} {word[0]}".strip()
                break
        else:
            if (code and (word[3] < left) != text_left) or (
                cells and zone != bisect_right(starts, word[1])
            ):
                row.left_over.append(word)
            elif not got and _SEPARATOR(word[0]) and word[1] - parted < word[4] - word[2]:
                continue  # a dash that parts a code or UPC from the text
            elif not bits & CHARGE or not begins_a_run(word, got):
                got.append(word)
            else:
                break
    return got


def take_upc(row: Row, word: PlainWord, before: list[PlainWord]) -> None:
    """Take a UPC, and take away what its label leaves before it: ``No.`` of ``UPC No.``."""
    row.upc = upc_of(word[0])
    space = word[4] - word[2]
    if not before or not is_label_end(before[-1][0]) or word[1] - before[-1][3] > space:
        return
    if len(before) == 1 or before[-1][1] - before[-2][3] > space:
        before.pop()


def begins_a_run(word: PlainWord, before: Sequence[PlainWord]) -> bool:
    """Whether a word stands apart from the words before it, as a charge does."""
    return not before or word[1] - before[-1][3] > CHARGE_GAP_HEIGHTS * (word[4] - word[2])
