"""Vendors: how each one's documents look, as data.

A vendor's layout is a TOML file of this folder, ``NAME.toml``, or one of your own: the recipe's
``layout`` gives its path, it lies in the folder that the environment variable ``PERFKIT_VENDORS``
names, or a package offers it by an entry point of the group ``perfkit.vendors``. What it leaves
out is as ``_english.toml`` has it. Reading itself is geometry and arithmetic, the same for all,
and lives in :mod:`perfkit.reading`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["Check", "Vendor"]

#: Headings are compared by their letters, of any alphabet, and these signs.
_NOT_IN_HEADINGS = re.compile(r"[^\w/#%]|[0-9_]")
#: Words whose meaning is kept.
_MOST_WORDS = 1 << 12


class Check(NamedTuple):
    """An equation between fields that a vendor's rows or totals are to satisfy.

    ``kind`` is ``"product"`` (a * b = c), ``"sum"`` (a = b + c, or a + b + ... = last),
    ``"order"`` (a <= b), ``"column"`` (sum a = b, b a printed total) or ``"upc"``. ``weak``
    ones have known exceptions: they help to tell columns apart, and raise no doubt.
    """

    kind: str
    fields: tuple[str, ...]
    text: str
    weak: bool = False


@dataclasses.dataclass(frozen=True)
class Vendor:
    """One layout of one vendor, as its TOML file declares it.

    Attributes
    ----------
    layout, vendor : str
        The file's name without its suffix, and the vendor's name.
    name : re.Pattern
        Finds the vendor's name on a page.
    title, other_titles : str, tuple of str
        What the document calls itself, and what the vendor's other documents do.
    upc_prefix : str
        GS1 company prefix of the vendor's UPCs; empty where it has none.
    number_labels : tuple of str
        Words before "no" and "date" that lead to the document's own number and date.
    date_labels, day_first : tuple of str, bool
        Labels of the date itself, and whether 1/2/2025 is in February.
    code : re.Pattern
        A product code, as a whole word.
    decimal : str
        The decimal sign, ``"."`` or ``","``.
    fields : tuple of str
        Fields that a row can have, in the usual order of the columns.
    optional : tuple of str
        Those of them that not every document prints.
    extra : tuple of str
        Those that only this vendor has; a line item holds them in its ``extra``.
    kinds : mapping of str to str
        ``"quantity"``, ``"money"``, ``"number"`` or ``"text"`` for each field.
    typical : tuple of str
        Fields by which this layout is told from the vendor's others.
    headings : tuple of (re.Pattern, mapping of str to float)
        What a heading's word speaks for, and how strongly.
    units : frozenset of str
        Units in lower case.
    charges, sections, pages : re.Pattern
        Lines that are no product: charges under a row, section headings, page numbers.
    totals : mapping of str to re.Pattern
        Labels of subtotal, freight and total, and of what else the vendor names.
    total_words : re.Pattern
        A word of such a label: lines without one are not looked at.
    row_checks, document_checks : tuple of Check
    digest : str
        SHA-256 of the file's text.
    """

    layout: str
    vendor: str
    name: re.Pattern[str]
    title: str
    other_titles: tuple[str, ...]
    upc_prefix: str
    number_labels: tuple[str, ...]
    date_labels: tuple[str, ...]
    day_first: bool
    code: re.Pattern[str]
    decimal: str
    fields: tuple[str, ...]
    optional: tuple[str, ...]
    extra: tuple[str, ...]
    kinds: Mapping[str, str]
    typical: tuple[str, ...]
    headings: tuple[tuple[re.Pattern[str], Mapping[str, float]], ...]
    units: frozenset[str]
    charges: re.Pattern[str]
    sections: re.Pattern[str]
    pages: re.Pattern[str]
    totals: Mapping[str, re.Pattern[str]]
    total_words: re.Pattern[str]
    row_checks: tuple[Check, ...]
    document_checks: tuple[Check, ...]
    digest: str
    _spoken: dict[str, Mapping[str, float]] = dataclasses.field(
        default_factory=dict, repr=False, compare=False
    )
    #: Word -> what it can be; see :func:`perfkit.reading.words.mark`.
    marks: dict[str, int] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    def speaks_for(self, word: str) -> Mapping[str, float]:
        """What a heading's word speaks for, by the first pattern that fits; empty for nothing."""
        known = self._spoken.get(word)
        if known is None:
            plain = _NOT_IN_HEADINGS.sub("", word.lower())
            known = next(
                (weights for pattern, weights in self.headings if plain and pattern.match(plain)),
                {},
            )
            if len(self._spoken) < _MOST_WORDS:
                self._spoken[word] = known
        return known

    @property
    def number_fields(self) -> tuple[str, ...]:
        """Fields that hold a number, in the usual order of the columns."""
        return tuple(field for field in self.fields if self.kinds[field] != "text")
