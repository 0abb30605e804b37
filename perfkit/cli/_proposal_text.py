"""A proposal for a vendor as the text of a TOML file, with comments that say what to look at."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from perfkit.cli._code_shapes import plain
from perfkit.cli._proposal import Table
from perfkit.cli._proposal_facts import Labels, Total
from perfkit.cli._text import printable

__all__ = ["proposal_text"]

#: A heading's word of so few letters is to be the whole word.
SHORT_WORD = 3
LONGEST_LINE = 88
#: How strongly a word speaks for its only field, and for one of several.
STRONG, WEAK = 4, 1
_NOT_LETTERS = re.compile(r"[^\w/#%]|[0-9_]")


def proposal_text(
    source: str,
    target: str,
    table: Table,
    labels: Labels,
    totals: Sequence[Total],
    whole: Decimal,
) -> str:
    """The TOML file.

    Parameters
    ----------
    source, target : str
        The document's name, and that of the file.
    whole : Decimal
        What the extended prices of the rows add up to.
    """
    return "\n".join(
        [
            *_head(source, target, table, labels),
            *_row(table),
            *_headings(table),
            *_words(table, labels),
            *_totals(totals),
            *_checks(table, totals, whole),
            "",
        ]
    )


def _head(source: str, target: str, table: Table, labels: Labels) -> Iterator[str]:
    yield f"# Proposed by `perfkit vendor new` from {printable(source)}. Look at every line, then"
    yield f"# read more documents with it: perfkit vendor check {printable(target)} *.pdf"
    yield f"vendor = {_text(labels.vendor)}"
    if table.decimal != ".":
        yield f"decimal = {_text(table.decimal)}"
    yield ""
    yield "[document]"
    yield "# What finds the vendor's name on a page, and what the document calls itself."
    yield f"name = {_pattern(plain(labels.vendor.lower()))}"
    yield f"title = {_text(labels.title)}"
    yield '# Words before "no" and "date", or whole labels, of the document\'s own number.'
    yield f"number_labels = [{', '.join(_text(plain_label(each)) for each in labels.numbers)}]"
    if labels.date:
        yield f"date_labels = [{_text(plain_label(labels.date))}]"
    if labels.day_first:
        yield "day_first = true"
    yield ""


def plain_label(label: str) -> str:
    """A label as the regular expression that the reader takes it for."""
    return plain(label).replace(r"\s+", " ")


def _row(table: Table) -> Iterator[str]:
    yield "[row]"
    samples = ", ".join(dict.fromkeys(map(printable, table.code.words[:4])))
    yield f"# A whole product code. Seen: {samples}; {table.rows} rows."
    yield f"code = {_pattern(table.code.pattern)}"
    yield "# From left to right."
    names = [_text(column.field) for column in table.columns if column.field]
    yield "fields = ["
    line = ""
    for name in names:
        if len(line) + len(name) > LONGEST_LINE:
            yield f"    {line.strip()}"
            line = ""
        line += f"{name}, "
    yield f"    {line.strip()}"
    yield "]"
    own = [column for column in table.columns if column.kind]
    if own:
        yield "# Fields that only this vendor has; give them the names that you want."
        kinds = ", ".join(f"{column.field} = {_text(column.kind)}" for column in own)
        yield f"extra = {{ {kinds} }}"
    for column in table.columns:
        if not column.field:
            title = printable(column.title) or "no heading"
            yield f"# Read over: a column at {column.x0:.0f} points from the left ({title})."
    yield ""


def _headings(table: Table) -> Iterator[str]:
    """What each word of the headings speaks for."""
    said: dict[str, Counter[str]] = {}
    for column in table.columns:
        for word in column.title.split():
            letters = _NOT_LETTERS.sub("", word.lower())
            if letters:
                said.setdefault(letters, Counter())[column.field or "other"] += 1
    if not said:
        yield "# No headings were found over the table."
        yield ""
        return
    yield "[headings]"
    yield "# A word of a heading, from its start = what it speaks for, and how strongly."
    for letters, fields in said.items():
        weight = STRONG if len(fields) == 1 else WEAK
        weights = ", ".join(f"{field} = {weight}" for field in fields)
        end = "$" if len(letters) <= SHORT_WORD else ""
        yield f"{_pattern(plain(letters) + end)} = {{ {weights} }}"
    for text in table.unplaced:
        yield f"# Stands over no column of the rows: {printable(text)}"
    yield ""


def _words(table: Table, labels: Labels) -> Iterator[str]:
    if not table.units and labels.page_words is None:
        return
    yield "[words]"
    if table.units:
        yield f"units = {_text(' '.join(table.units))}"
    if labels.page_words is not None:
        word, of = labels.page_words
        page = rf"\b{plain(word)}\W{{1,3}}(?P<page>[0-9]+)\s*(?:{plain(of)}\s*(?P<pages>[0-9]+))?"
        yield f"pages = {_pattern(page)}"
    yield ""


def _totals(totals: Sequence[Total]) -> Iterator[str]:
    if not totals:
        return
    yield "[totals]"
    for total in totals:
        label = f"^{_label_pattern(total.label)}"
        if total.name:
            yield f"{total.name} = {_pattern(label)}  # {total.value}"
        else:
            yield f"# No sum explains it: {printable(total.label)} {total.value}"
    yield ""


def _label_pattern(label: str) -> str:
    """A total's label; a rate in it may be another on the next document."""
    words = []
    for word in label.split():
        if word != "%":
            is_rate = any(map(str.isdigit, word))
            words.append(r"[0-9.,]+\s*%?" if is_rate else plain(word.lower()))
    return r"\s+".join(words)


def _checks(table: Table, totals: Sequence[Total], whole: Decimal) -> Iterator[str]:
    yield "[checks]"
    yield "# What holds in the rows and in the totals; where it does not, the result is doubtful."
    yield "row = ["
    for check in table.checks:
        yield f"    {_text(check)},"
    if any(column.field == "upc" for column in table.columns):
        yield '    "upc",'
    yield "]"
    if table.weak:
        yield "# These have exceptions: they help to tell columns apart, and raise no doubt."
        yield f"weak = [{', '.join(map(_text, table.weak))}]"
    by_name = {total.name: total for total in totals if total.name}
    document = []
    of_rows = "subtotal" if "subtotal" in by_name else "total"
    if of_rows in by_name and by_name[of_rows].value == whole:
        document.append(f"sum extended_price = {of_rows}")
    parts = [name for name in by_name if name not in ("subtotal", "total")]
    if "total" in by_name and parts and "subtotal" in by_name:
        document.append(f"{' + '.join(['subtotal', *parts])} = total")
    yield f"document = [{', '.join(map(_text, document))}]"


def _text(text: str) -> str:
    """A TOML string in double quotes."""
    return json.dumps(printable(text), ensure_ascii=False)


def _pattern(text: str) -> str:
    """A TOML string for a regular expression: in single quotes where it can be."""
    shown = printable(text)
    return json.dumps(shown, ensure_ascii=False) if "'" in shown else f"'{shown}'"
