"""The account of a reading: which checks hold, what is missing, and what is left over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfkit.model import CheckCount, Doubt, Ignored, Ledger, LineItem
from perfkit.patterns import is_upc
from perfkit.reading.fields import holds
from perfkit.reading.table import Loose
from perfkit.reading.text_columns import ROW_NUMBERS, Slot
from perfkit.vendors import Check, Vendor

__all__ = ["Accounting"]

#: A message names so many rows; the ledger's doubt has all of them.
MOST_NAMED = 5
_CENT = Decimal("0.01")
_NONE = Decimal(0)
_NAMES = {
    "qty_ordered": "quantity ordered",
    "qty_allocated": "quantity allocated",
    "qty_shipped": "quantity shipped",
    "qty_backordered": "quantity backordered",
    "product_code": "product code",
    "upc": "UPC",
}
#: Headings of columns that are read over.
_READ_OVER = ("other", "product_code", "upc", "unit", "description")


class _Row(NamedTuple):
    """What a doubt says of a row: its number, from 1, its code and its page."""

    number: int
    code: str
    page: int


class Accounting:
    """Checks rows as they come, and makes the ledger at the end."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._rows = 0
        self._held: Counter[str] = Counter()
        self._impossible: Counter[str] = Counter()
        self._failed: dict[str, list[_Row]] = defaultdict(list)
        self._missing: dict[str, list[_Row]] = defaultdict(list)
        #: Quantities of which a zero is printed, or whose blank cells cannot be zeros.
        self._no_blank_zeros: set[str] = set()
        #: What the fields that printed totals are checked with add up to.
        self.sums: dict[str, Decimal] = dict.fromkeys(
            (check.fields[0] for check in vendor.document_checks if check.kind == "column"), _NONE
        )
        self._products = [check for check in vendor.row_checks if check.kind == "product"]
        self._quantities = [f for f in vendor.fields if vendor.kinds[f] == "quantity"]
        self._numbers = vendor.number_fields
        self._texts = [field for field in vendor.fields if vendor.kinds[field] == "text"]

    def add(self, item: LineItem, values: Mapping[str, Decimal]) -> None:
        """Check one row; ``values`` has the numbers that it prints."""
        self._rows += 1
        row = _Row(self._rows, item.product_code, item.page)
        for check in self._vendor.row_checks:
            if check.kind == "upc":
                good = None if item.upc is None else is_upc(item.upc)
            else:
                try:
                    good = holds(check, [values[field] for field in check.fields])
                except KeyError:
                    good = None
            if good:
                self._held[check.text] += 1
            elif good is None:
                self._impossible[check.text] += 1
            else:
                self._failed[check.text].append(row)
        for field in self.sums:
            self.sums[field] += values.get(field, _NONE)
        if len(values) < len(self._numbers):
            self._note_missing(row, values)
        self._no_blank_zeros.update(f for f in self._quantities if values.get(f) == 0)
        for field in (field for field in self._texts if not getattr(item, field, "-")):
            self._missing[field].append(row)

    def _note_missing(self, row: _Row, values: Mapping[str, Decimal]) -> None:
        for field in self._numbers:
            if field not in values:
                self._missing[field].append(row)
                if not self._may_be_zero(field, values):
                    self._no_blank_zeros.add(field)

    def _may_be_zero(self, field: str, values: Mapping[str, Decimal]) -> bool:
        """Whether zero in a blank cell contradicts no product of its row."""
        known = {**values, field: _NONE}
        return all(
            holds(check, [known[name] for name in check.fields])
            for check in self._products
            if field in check.fields and all(name in known for name in check.fields)
        )

    def ledger(
        self,
        slots: Sequence[Slot],
        spoken: frozenset[str],
        totals: Mapping[str, Decimal],
        surcharges: Decimal,
        loose: Sequence[Loose],
        ignored: Sequence[Ignored],
        words: int,
    ) -> Ledger:
        """The account of all rows so far.

        Parameters
        ----------
        slots : sequence of Slot
            The columns of all templates that were used.
        spoken : frozenset of str
            Fields that the headings name; empty where there are no headings.
        totals, surcharges
            What is printed besides the rows.
        loose, ignored, words
            Numbers without a place, words left out, and how many words the pages hold.
        """
        doubts = [*self._doubts_of_fields(slots, spoken), *_unread_columns(slots, self._vendor)]
        counts = []
        for check in self._vendor.row_checks:
            failed = self._failed[check.text]
            counts.append(
                CheckCount(
                    check.text, self._held[check.text], len(failed), self._impossible[check.text],
                    not check.weak,
                )
            )  # fmt: skip
            if failed and not check.weak:
                doubts.append(_failed_rows(check, failed))
        for check in self._vendor.document_checks:
            count, doubt = self._document_check(check, totals, surcharges)
            if count is not None:
                counts.append(count)
            if doubt is not None:
                doubts.append(doubt)
        doubts += _left_over(loose)
        return Ledger(
            used=words - len(loose),
            ignored=tuple(ignored),
            left_over=tuple((each.page, each.text) for each in loose),
            checks=tuple(counts),
            doubts=tuple(doubts),
        )

    def _doubts_of_fields(self, slots: Sequence[Slot], spoken: frozenset[str]) -> Iterable[Doubt]:
        """Declared fields that rows lack, unless the document shows why."""
        for field in self._vendor.fields:
            rows = self._missing[field]
            if len(rows) == self._rows and field in self._vendor.optional:
                continue
            if not rows or self._is_explained(field, rows, slots, spoken):
                continue
            name = _NAMES.get(field, field.replace("_", " "))
            numbers, pages = _numbers_and_pages(rows)
            if len(rows) == self._rows:
                message = f"no row has a {name}: its column was not found; look at the headings"
                yield Doubt("column_missing", message, numbers, (field,), pages)
            else:
                message = f"the {name} is missing in {_named(rows)}; look at these rows"
                yield Doubt("field_missing", message, numbers, (field,), pages)

    def _is_explained(
        self, field: str, rows: Sequence[_Row], slots: Sequence[Slot], spoken: frozenset[str]
    ) -> bool:
        """Whether the document itself shows why a field is missing in some rows.

        A quantity of zero may be left blank where its column prints no zero. A column that no
        heading names, in a table whose columns are all understood, is not printed.
        """
        needed = {name for check in self._products for name in check.fields}
        has_slot = any(slot.field == field for slot in slots)
        if self._vendor.kinds[field] == "quantity" and (has_slot or field in spoken):
            return field not in self._no_blank_zeros or (
                len(rows) < self._rows and field not in needed
            )
        if len(rows) < self._rows or field == "description":
            # What a row prints and no rule explains is left over: here the cell is blank.
            return field in ("upc", *self._numbers) and field not in needed
        understood = bool(spoken) and all(slot.field or slot.title for slot in slots)
        return understood and field not in spoken and field not in needed

    def _document_check(
        self, check: Check, totals: Mapping[str, Decimal], surcharges: Decimal
    ) -> tuple[CheckCount | None, Doubt | None]:
        """A check of printed totals; none where one of them is not printed."""
        if check.kind == "column":
            field, total = check.fields
            if total not in totals:
                return None, None
            whole = self.sums[field]
            if _agrees(totals[total], whole, surcharges):
                return CheckCount(check.text, 1, 0, 0), None
            message = (
                f"the {field.replace('_', ' ')}s of the rows add up to {whole}, and the printed "
                f"{total} is {totals[total]}: rows are missing, doubled or misread"
            )
            return CheckCount(check.text, 0, 1, 0), Doubt("totals", message, (), (field,))
        total, *parts = check.fields
        if total not in totals or parts[0] not in totals:
            return None, None
        whole = sum((totals.get(part, _NONE) for part in parts if part != "surcharges"), _NONE)
        # Taxes and discounts are printed under names that nobody declared: no doubt follows.
        held = _agrees(totals[total], whole, surcharges)
        return CheckCount(check.text, int(held), 0, int(not held), counts=held), None


def _agrees(printed: Decimal, whole: Decimal, surcharges: Decimal) -> bool:
    """Whether a printed total is the sum, with or without the surcharges under the rows."""
    return abs(printed - whole) < _CENT or abs(printed - whole - surcharges) < _CENT


def _numbers_and_pages(rows: Sequence[_Row]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(row.number for row in rows), tuple(sorted({row.page for row in rows}))


def _named(rows: Sequence[_Row]) -> str:
    """Rows in words: their numbers, codes and page, the first few of many."""
    named = [f"{row.number} ({row.code}, page {row.page})" for row in rows[:MOST_NAMED]]
    if len(rows) > MOST_NAMED:
        named.append(f"{len(rows) - MOST_NAMED} more")
    return f"row{'s' * (len(rows) > 1)} {', '.join(named)}"


def _failed_rows(check: Check, failed: Sequence[_Row]) -> Doubt:
    numbers, pages = _numbers_and_pages(failed)
    if check.kind == "upc":
        message = f"the check digit of the UPC is wrong in {_named(failed)}"
        return Doubt("check_digit", message, numbers, ("upc",), pages)
    message = f"{check.text} does not hold in {_named(failed)}; compare them with the document"
    return Doubt("arithmetic", message, numbers, check.fields, pages)


def _unread_columns(slots: Sequence[Slot], vendor: Vendor) -> Iterable[Doubt]:
    for slot in slots:
        if slot.field is not None:
            continue
        says = Counter[str]()
        for word in slot.title.split():
            says.update(vendor.speaks_for(word))
        if slot.title == ROW_NUMBERS or (says and says.most_common(1)[0][0] in _READ_OVER):
            continue
        title = f"the column {slot.title!r}" if slot.title else "a column without a heading"
        message = (
            f"{title}, {slot.x0:.0f} to {slot.x1:.0f} points from the left, was not read: it is "
            "no known field"
        )
        yield Doubt("column_unread", message)


def _left_over(loose: Sequence[Loose]) -> Iterable[Doubt]:
    for reason in dict.fromkeys(each.reason for each in loose):
        found = [each for each in loose if each.reason == reason]
        pages = tuple(sorted({each.page for each in found}))
        texts = ", ".join(repr(each.text[:60]) for each in found[:MOST_NAMED])
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        where = f"page{'s' * (len(pages) > 1)} {', '.join(map(str, pages[:MOST_NAMED]))}"
        yield Doubt("left_over", f"{where}: {reason} is left over: {texts}{more}", (), (), pages)
