"""Which column is which field: the assignment with the best total of all evidence.

Headings, types, the usual order and the vendor's own arithmetic each give points. A wrong or
missing heading cannot win against arithmetic that holds in every row, and arithmetic cannot be
fooled by a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from perfkit.reading.columns import Column
from perfkit.reading.headings import Evidence
from perfkit.vendors import Check, Vendor

__all__ = ["Assignment", "assign_fields", "counts", "holds"]

#: What evidence is worth: checks that hold in all rows, neighbours in the usual order, a field
#: at all, the type that a field should have, and the last column of money.
PRODUCT_WORTH, ORDER_CHECK_WORTH, SUM_WORTH = 9.0, 4.0, 2.0
NEIGHBOUR_WORTH, ANY_WORTH, LAST_WORTH = 0.4, 0.3, 1.0
TYPE_WORTH, WRONG_TYPE_COST, NOT_WHOLE_COST = 0.5, 2.0, 6.0
#: A column of percentages is no quantity and no money.
PERCENT_WORTH, PERCENT_COST = 1.0, 20.0
#: A column with headings of its own that is no field loses this.
LEFT_OUT_COST = 0.8
#: The narrow search tries what comes so close to a column's best field.
CLOSE_WORTH = 2.5
#: A column that numbers the rows is no field.
COUNTER_WORTH = 6.0
#: A check needs so many rows to be worth all its points.
ENOUGH_ROWS = 3
#: Assignments that are looked at side by side, with few choices a column and with all.
NARROW_BEAM, WIDE_BEAM = 24, 400
#: The narrow search is enough where the vendor's strong checks hold in this share of the rows.
SURE_SHARE = 0.95
#: Rows that the checks are tried on, at most.
MOST_ROWS = 48
_CENT = Decimal("0.01")

Assignment = dict[int, str]


def holds(check: Check, values: Sequence[Decimal]) -> bool:
    """Whether a check holds for the values of its fields, in their order."""
    if check.kind == "product":
        return abs(values[0] * values[1] - values[2]) < _CENT
    if check.kind == "order":
        return values[0] <= values[1]
    return values[0] == sum(values[1:])


class _Search:
    def __init__(self, columns: Sequence[Column], evidence: Evidence, vendor: Vendor) -> None:
        self._columns, self._evidence, self._vendor = columns, evidence, vendor
        self._fields = vendor.number_fields
        self._place = {field: k for k, field in enumerate(self._fields)}
        self._shares: dict[tuple[Check, tuple[int, ...]], tuple[float, int]] = {}
        rows = sorted({row for column in columns for row in column.values})
        step = max(1, len(rows) // MOST_ROWS)
        self._rows = rows[::step]
        self._base = [self._base_of(k) for k in range(len(columns))]
        money = [k for k, column in enumerate(columns) if _decimals(column) > 0.5]
        kinds = vendor.kinds
        self._last_field = next((f for f in reversed(self._fields) if kinds[f] == "money"), None)
        self._last_money = money[-1] if money else -1

    def _base_of(self, k: int) -> dict[str | None, float]:
        """What a column gets for each field by its headings and its type alone."""
        says, column = self._evidence.weights[k], self._columns[k]
        decimals = _decimals(column)
        whole = all(value == int(value) for value in column.values.values())
        spoken = max((says.get(field, 0.0) for field in self._fields), default=0.0)
        base: dict[str | None, float] = {}
        kinds = self._vendor.kinds
        for field in self._fields:
            worth = says.get(field, 0.0) + ANY_WORTH
            kind = kinds[field]
            if kind == "money":
                worth += TYPE_WORTH if decimals > 0.5 else -WRONG_TYPE_COST
            elif kind == "quantity":
                if not whole:
                    worth -= NOT_WHOLE_COST
                worth += TYPE_WORTH if not decimals else -WRONG_TYPE_COST
            base[field] = worth
        base[None] = says.get("other", 0.0) - (LEFT_OUT_COST if spoken > 0 else 0.0)
        if not spoken:
            base[None] += says.get("beside", 0.0)
        if any("%" in cell.word[0] for cell in column.cells):
            for field in self._fields:
                base[field] += PERCENT_WORTH if kinds[field] == "number" else -PERCENT_COST
        if counts(column):
            base[None] += COUNTER_WORTH
        return base

    def best(self) -> Assignment:
        clear = tuple(max(base, key=base.__getitem__) for base in self._base)
        fields = [field for field in clear if field]
        if len(fields) == len(set(fields)) and self._is_sure((0.0, clear)):
            return {k: field for k, field in enumerate(clear) if field}
        found = self._search(NARROW_BEAM, narrow=True)
        if not self._is_sure(found):
            wide = self._search(WIDE_BEAM, narrow=False)
            if wide[0] > found[0]:
                found = wide
        return {k: field for k, field in enumerate(found[1]) if field}

    def _search(self, beam: int, *, narrow: bool) -> tuple[float, tuple[str | None, ...]]:
        states: list[tuple[float, tuple[str | None, ...]]] = [(0.0, ())]
        for k, base in enumerate(self._base):
            best = max(base.values())
            options = [field for field in base if not narrow or base[field] > best - CLOSE_WORTH]
            if None not in options:
                options.append(None)
            states = [
                (total + base[field] + self._order(chosen, k, field), (*chosen, field))
                for total, chosen in states
                for field in options
                if field is None or field not in chosen
            ]
            states.sort(key=lambda state: -state[0])
            del states[beam:]
        found = [(total + self._arithmetic(chosen), chosen) for total, chosen in states]
        return max(found, key=lambda state: state[0])

    def _order(self, chosen: tuple[str | None, ...], k: int, field: str | None) -> float:
        """Points for standing behind the field that stands before it as usual."""
        if field is None:
            return 0.0
        kind = self._vendor.kinds[field]
        before = next((f for f in reversed(chosen) if f and self._vendor.kinds[f] == kind), None)
        worth = LAST_WORTH if k == self._last_money and field == self._last_field else 0.0
        if before is None:
            return worth
        usual = self._place[before] < self._place[field]
        return worth + (NEIGHBOUR_WORTH if usual else -NEIGHBOUR_WORTH)

    def _checks(self, chosen: tuple[str | None, ...]) -> Iterator[tuple[Check, float, int]]:
        """Checks that can be made, the share of rows in which each holds, and how many rows."""
        at = {field: k for k, field in enumerate(chosen) if field}
        for check in self._vendor.row_checks:
            if check.kind != "upc" and all(field in at for field in check.fields):
                yield check, *self._share(check, tuple(at[field] for field in check.fields))

    def _share(self, check: Check, columns: tuple[int, ...]) -> tuple[float, int]:
        known = self._shares.get((check, columns))
        if known is None:
            values = [self._columns[k].values for k in columns]
            # A row of zeros satisfies any product.
            full = [
                [value[row] for value in values]
                for row in self._rows
                if all(row in value for value in values)
                and (check.kind != "product" or values[-1][row])
            ]
            held = sum(holds(check, each) for each in full)
            known = self._shares[check, columns] = (held / len(full) if full else 0.0, len(full))
        return known

    def _arithmetic(self, chosen: tuple[str | None, ...]) -> float:
        total = 0.0
        for check, share, rows in self._checks(chosen):
            enough = min(1.0, rows / min(ENOUGH_ROWS, max(1, len(self._rows))))
            if check.kind == "product":
                total += PRODUCT_WORTH * share * enough
            elif check.kind == "order":
                total += ORDER_CHECK_WORTH * (share - 0.5) * enough
            else:
                total += SUM_WORTH * share * enough
        return total

    def _is_sure(self, found: tuple[float, tuple[str | None, ...]]) -> bool:
        """Whether headings and the vendor's strong checks agree, and no column is left out."""
        chosen = found[1]
        strong = [each for each in self._checks(chosen) if not each[0].weak]
        wanted = [c for c in self._vendor.row_checks if not c.weak and c.kind != "upc"]
        spoken = all(
            field is not None or self._evidence.weights[k].get("other", 0.0) > 0
            for k, field in enumerate(chosen)
        )
        return (
            spoken
            and len(strong) == len(wanted)
            and all(share >= SURE_SHARE for _, share, rows in strong if rows)
        )


def counts(column: Column) -> bool:
    """Whether a column numbers the rows: each value is as much more than the one above."""
    rows = sorted(column.values)
    steps = [
        (column.values[after] - column.values[row]) / (after - row) for row, after in pairwise(rows)
    ]
    usual = sorted(steps)[len(steps) // 2] if steps else Decimal(0)
    return len(steps) >= ENOUGH_ROWS and usual > 0 and steps.count(usual) >= SURE_SHARE * len(steps)


def _decimals(column: Column) -> float:
    """The share of a column's cells that print decimals."""
    marked = sum(cell.value.as_tuple().exponent != 0 for cell in column.cells)
    return marked / len(column.cells)


def assign_fields(columns: Sequence[Column], evidence: Evidence, vendor: Vendor) -> Assignment:
    """Column -> field, for the columns that are a field of the vendor's rows."""
    return _Search(columns, evidence, vendor).best() if columns else {}
