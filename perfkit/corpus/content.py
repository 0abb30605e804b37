"""Content: what a made-up document says; how it looks is :mod:`perfkit.corpus.style`.

The same layout and seed give the same endless run of rows, whatever the number of pages.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from perfkit.corpus import known
from perfkit.corpus.pictures import SHAPES
from perfkit.corpus.vocabulary import BUYERS, KINDS, SECTIONS, Kind, describe

__all__ = ["Head", "Row", "Section", "Totals", "blocks", "check_digit", "head", "totals"]

_PREFIXES = ("XS", "CF", "CD", "HX", "XT", "DA", "DF", "DG", "AH", "EC", "NX", "BG")
_SUFFIXES = ("", "", "", "", "A", "A", "B", "X")
#: Highest list price in dollars, and the quantities shops order up to it.
_ORDERED = (
    (8, (12, 12, 18, 24, 24, 36, 48, 72, 144)),
    (20, (4, 6, 8, 12, 12, 16, 24, 36)),
    (60, (2, 4, 4, 6, 8, 12)),
    (1_000_000, (1, 2, 2, 3, 4)),
)
_CENT = Decimal("0.01")


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One product row with its surcharge line; a blank cell is None."""

    product_code: str
    upc: str | None
    description: str
    rt: str
    ordered: int
    allocated: int | None
    shipped: int
    backordered: int
    lo: bool
    unit: str
    list_price: Decimal
    your_price: Decimal
    surcharge: Decimal | None
    picture: int

    @property
    def extended(self) -> Decimal:
        """Quantity shipped times your price."""
        return self.shipped * self.your_price


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """A heading between rows; no product."""

    title: str


@dataclasses.dataclass(frozen=True, slots=True)
class Head:
    """What stands above the table of every page."""

    number: str
    dated: date
    customer_po: str
    customer: str
    sold_to: tuple[str, ...]
    ship_to: tuple[str, ...]
    terms: str
    ship_via: str
    freight_rate: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Totals:
    """Sums at the end of a document."""

    subtotal: Decimal
    surcharges: Decimal
    freight: Decimal

    @property
    def total(self) -> Decimal:
        """All three together."""
        return self.subtotal + self.surcharges + self.freight


def check_digit(digits: str) -> str:
    """The GS1 check digit of eleven digits (GS1 General Specifications, section 7.9)."""
    odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    return str(-(3 * odd + even) % 10)


def head(layout: str, seed: int) -> Head:
    """The head of a document. A seed of seven digits is its own document number."""
    rng = random.Random(f"head {layout} {seed}")
    serial = seed if 1_000_000 <= seed <= 9_999_999 else rng.randint(3_000_000, 9_999_999)
    number = f"{'CS' if layout == 'order' else 'CI'}{serial:09d}"
    dated = known.DATES.get(number) or date(2024, 1, 2) + timedelta(days=rng.randrange(700))
    name, street, city = rng.choice(BUYERS)
    dock = ("Receiving Dock B", street) if rng.random() < 0.4 else (street,)
    return Head(
        number=number,
        dated=dated,
        customer_po=rng.choice((f"PO-{rng.randint(1000, 9999)}", f"WINTER {rng.randint(10, 99)}")),
        customer=f"{rng.randint(100000, 999999)}",
        sold_to=(name, street, city, "United States"),
        ship_to=(name, *dock, city, "United States"),
        terms=rng.choice(("Net 30", "Net 60", "Credit Card")),
        ship_via=rng.choice(("UPS Ground", "LTL Best Way", "FedEx Ground")),
        freight_rate=Decimal(rng.choice(("0.06", "0.085", "0.11"))),
    )


def blocks(layout: str, seed: int) -> Iterator[Row | Section]:
    """Section headings and rows without end; take as many as the pages hold."""
    rng = random.Random(f"rows {layout} {seed}")
    given = known.rows(head(layout, seed).number)
    taken = {name for code, upc, *_ in given.values() for name in (code, upc[:11])}
    made: list[Row] = []
    until_section = 0
    while True:
        if layout == "order" and until_section == 0:
            yield Section(rng.choice(SECTIONS))
            until_section = rng.randint(9, 26)
        until_section -= 1
        row = _row(rng, made, taken)
        if len(made) in given:
            row = _as_known(row, given[len(made)])
        made.append(row)
        yield row


def totals(rows: list[Row], freight_rate: Decimal) -> Totals:
    """Subtotal of the extended prices, the surcharges apart, freight on the subtotal."""
    subtotal = sum((row.extended for row in rows), Decimal("0.00"))
    surcharges = sum((row.surcharge or Decimal(0) for row in rows), Decimal("0.00"))
    return Totals(subtotal, surcharges, (subtotal * freight_rate).quantize(_CENT, ROUND_HALF_UP))


def _row(rng: random.Random, made: list[Row], taken: set[str]) -> Row:
    again = made[-rng.randint(1, min(40, len(made)))] if made and rng.random() < 0.025 else None
    if again:
        row = again
    else:
        kind = rng.choice(KINDS)
        pieces = rng.choice((1, 1, 2, 3, 4)) if kind.sets else 1
        price = _list_price(rng, kind)
        row = Row(
            product_code=_code(rng, taken),
            upc=_upc(rng, taken),
            description=describe(rng, kind, pieces),
            rt=rng.choice(("", "", "N", "R")),
            ordered=0, allocated=0, shipped=0, backordered=0, lo=False,
            unit="Set" if pieces > 1 else rng.choice(("each",) * 6 + ("piece", "case")),
            list_price=price,
            your_price=(price * Decimal("0.8")).quantize(_CENT, ROUND_HALF_UP),
            surcharge=None,
            picture=SHAPES.index(kind.shape) + len(SHAPES) * len(made),
        )  # fmt: skip
    ordered, shipped, backordered = _quantities(rng, row.list_price)
    return _surcharged(
        dataclasses.replace(
            row,
            ordered=ordered,
            allocated=None if rng.random() < 0.04 else rng.choice((0, 0, 0, ordered, ordered // 2)),
            shipped=shipped,
            backordered=backordered,
            lo=rng.random() < 0.4,
        ),
        rng.random() < 0.3,
    )


def _surcharged(row: Row, wanted: bool) -> Row:
    amount = (row.extended * Decimal("0.15")).quantize(_CENT, ROUND_HALF_UP)
    return dataclasses.replace(row, surcharge=amount if wanted and amount else None)


def _as_known(row: Row, values: known.Values) -> Row:
    code, upc, description, ordered, allocated, backordered, shipped, unit, lp, yp, tariff = values
    kind = next((kind for kind in KINDS if kind.noun in description), KINDS[0])
    return _surcharged(
        dataclasses.replace(
            row, product_code=code, upc=upc, description=description, ordered=ordered,
            allocated=allocated, backordered=backordered, shipped=shipped, unit=unit, lo=True,
            list_price=Decimal(lp), your_price=Decimal(yp),
            picture=row.picture - row.picture % len(SHAPES) + SHAPES.index(kind.shape),
        ),
        tariff,
    )  # fmt: skip


def _quantities(rng: random.Random, price: Decimal) -> tuple[int, int, int]:
    ordered = rng.choice(next(usual for most, usual in _ORDERED if price <= most))
    fate = rng.random()
    if fate < 0.84:
        return ordered, ordered, 0
    shipped = 0 if fate < 0.95 else ordered // 2
    return ordered, shipped, rng.choice((0, ordered - shipped))


def _list_price(rng: random.Random, kind: Kind) -> Decimal:
    return (Decimal(rng.randint(kind.cheapest * 4, kind.dearest * 4)) / 4).quantize(_CENT)


def _code(rng: random.Random, taken: set[str]) -> str:
    while True:
        code = f"{rng.choice(_PREFIXES)}{rng.randint(1, 9999):04d}{rng.choice(_SUFFIXES)}"
        if code not in taken:
            taken.add(code)
            return code


def _upc(rng: random.Random, taken: set[str]) -> str | None:
    if rng.random() < 0.03:
        return None
    while True:
        digits = f"191009{rng.randrange(100_000):05d}"
        if digits not in taken:
            taken.add(digits)
            return digits + check_digit(digits)
