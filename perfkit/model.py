"""The plain data that flows through perfkit: words, pages, line items, extractions.

Coordinates are PDF points (1/72 inch) with the origin at the top left of the page as a
reader sees it: rotation and MediaBox origin are already applied.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, overload

if TYPE_CHECKING:
    import pandas

__all__ = [
    "ITEM_FIELDS",
    "SCHEMA_VERSION",
    "CheckCount",
    "Doubt",
    "ExtraValue",
    "Extraction",
    "Ignored",
    "Ledger",
    "LineItem",
    "Page",
    "PlainWord",
    "ServiceUse",
    "Word",
    "Words",
    "line_item",
]

#: Version of the dict that :meth:`Extraction.as_dict` gives. A field that is renamed,
#: removed or changes its meaning raises the first number; a new one the second.
SCHEMA_VERSION = "1.1"


class Word(NamedTuple):
    """A run of characters without white space, and its bounding box in points."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float


#: A word as the tables handle it: a :class:`Word` is one, and a plain tuple is quicker.
PlainWord = tuple[str, float, float, float, float]


class Words(Sequence[Word]):
    """Words of a page that are made when they are looked at, which most never are.

    Parameters
    ----------
    plain : list of tuple
        Text, left, top, right and bottom edge of each.
    """

    __slots__ = ("plain",)

    def __init__(self, plain: list[PlainWord]) -> None:
        self.plain = plain

    def __len__(self) -> int:
        return len(self.plain)

    @overload
    def __getitem__(self, index: int) -> Word: ...
    @overload
    def __getitem__(self, index: slice) -> list[Word]: ...
    def __getitem__(self, index: int | slice) -> Word | list[Word]:
        if isinstance(index, slice):
            return list(map(Word._make, self.plain[index]))
        return Word._make(self.plain[index])

    def __iter__(self) -> Iterator[Word]:
        return map(Word._make, self.plain)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Words):
            return self.plain == other.plain
        return self.plain == other if isinstance(other, list) else NotImplemented

    __hash__ = None  # type: ignore[assignment] # as that of a list

    def __repr__(self) -> str:
        return repr(list(self))


class Ignored(NamedTuple):
    """Words of a page that were left out, and why.

    ``reason`` is a short phrase for a person ("on a layer that is off"); ``words`` is how many
    there are; ``sample`` is the first of them, at most 40 characters.
    """

    reason: str
    words: int
    sample: str


class Page(NamedTuple):
    """The words of one page, in no particular order.

    ``has_graphics`` tells, for a page without words, whether something is drawn on it (a
    scan, probably) or nothing at all (a blank page). ``confidences`` has one a word, 0 to 1,
    where the engine is never quite sure of what it reads; ``warnings`` says what else a reader
    of the page should know. ``ignored`` lists the words that a viewer does not show and that are
    therefore not among ``words``.
    """

    number: int
    width: float
    height: float
    words: Sequence[Word]
    has_graphics: bool = True
    confidences: list[float] | None = None
    warnings: tuple[str, ...] = ()
    ignored: tuple[Ignored, ...] = ()


#: A value of a field that a vendor declares besides the usual ones.
ExtraValue = int | Decimal | str | None


@dataclasses.dataclass(frozen=True, slots=True)
class LineItem:
    """One product row. A field that the layout does not have, or the row leaves blank, is None.

    ``extra`` has the names and values of the further fields that the vendor's file declares, in
    its order; mostly there are none.
    """

    product_code: str
    upc: str | None
    description: str
    qty_ordered: int | None
    qty_allocated: int | None
    qty_shipped: int | None
    qty_backordered: int | None
    unit: str | None
    list_price: Decimal | None
    your_price: Decimal | None
    extended_price: Decimal | None
    page: int
    extra: tuple[tuple[str, ExtraValue], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values; money as a decimal string, so that JSON keeps it exact.

        ``extra`` is a dict of the vendor's further fields, and is left out where there are none.
        """
        values: dict[str, Any] = {
            name: str(value) if isinstance(value, Decimal) else value
            for name in ITEM_FIELDS
            for value in (getattr(self, name),)
        }
        if self.extra:
            values["extra"] = {
                name: str(value) if isinstance(value, Decimal) else value
                for name, value in self.extra
            }
        return values


class _OpenItem:
    """A line item whose fields can still be set: what :func:`line_item` makes it of."""

    __slots__ = tuple(field.name for field in dataclasses.fields(LineItem))

    def __init__(
        self,
        product_code: str,
        upc: str | None,
        description: str,
        quantities: tuple[int | None, int | None, int | None, int | None],
        unit: str | None,
        prices: tuple[Decimal | None, Decimal | None, Decimal | None],
        page: int,
        extra: tuple[tuple[str, ExtraValue], ...],
    ) -> None:
        self.product_code, self.upc, self.description = product_code, upc, description
        self.qty_ordered, self.qty_allocated, self.qty_shipped, self.qty_backordered = quantities
        self.unit, self.page, self.extra = unit, page, extra
        self.list_price, self.your_price, self.extended_price = prices


def line_item(
    product_code: str,
    upc: str | None,
    description: str,
    quantities: tuple[int | None, int | None, int | None, int | None],
    unit: str | None,
    prices: tuple[Decimal | None, Decimal | None, Decimal | None],
    page: int,
    extra: tuple[tuple[str, ExtraValue], ...] = (),
) -> LineItem:
    """A :class:`LineItem`, in an eighth of the time that its frozen ``__init__`` takes.

    Parameters
    ----------
    quantities : tuple
        Ordered, allocated, shipped, backordered.
    prices : tuple
        List, own and extended price.
    extra : tuple
        Name and value of each further field that the vendor declares.
    """
    item: Any = _OpenItem(product_code, upc, description, quantities, unit, prices, page, extra)
    item.__class__ = LineItem
    frozen: LineItem = item
    return frozen


#: Names of the fields that every line item has, in the order of tables and files.
ITEM_FIELDS: tuple[str, ...] = tuple(
    field.name for field in dataclasses.fields(LineItem) if field.name != "extra"
)


#: Kinds of doubt that another look at the document may settle.
_CONFLICTS = frozenset({"arithmetic", "column_missing", "field_missing", "left_over", "totals"})


class CheckCount(NamedTuple):
    """How often one check of the vendor's held, failed, or could not be made.

    ``impossible`` counts rows in which a field that the vendor declares is missing. ``counts`` is
    False for a check with known exceptions, which takes no part in an accuracy.
    """

    name: str
    held: int
    failed: int
    impossible: int
    counts: bool = True

    def __str__(self) -> str:
        numbers = {"held": self.held, "failed": self.failed, "impossible": self.impossible}
        told = [f"{count} {name}" for name, count in numbers.items() if count or name == "held"]
        return f"{self.name}: {', '.join(told)}"


class Doubt(NamedTuple):
    """One reason to look at the document.

    ``kind`` is a stable short name; ``rows`` are counted from 1 in the order of the line items,
    ``pages`` from 1 in the file.
    """

    kind: str
    message: str
    rows: tuple[int, ...] = ()
    fields: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Ledger:
    """The account of a reading: what became of the words, which checks hold, what is doubtful.

    Attributes
    ----------
    used : int
        Words that are part of a line item, a fact or a total.
    ignored : tuple of Ignored
        Words left out for a named reason.
    left_over : tuple of (int, str)
        Page and text of each number or code inside the table that has no place in the result.
    checks : tuple of CheckCount
    doubts : tuple of Doubt
        Empty where nothing speaks against the result.
    """

    used: int = 0
    ignored: tuple[Ignored, ...] = ()
    left_over: tuple[tuple[int, str], ...] = ()
    checks: tuple[CheckCount, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def checks_in_words(self) -> str:
        """How often each check held, in one line; a check that was never made is left out."""
        made = [each for each in self.checks if each.counts or each.held or each.failed]
        return "; ".join(map(str, made))

    @property
    def conflicts(self) -> bool:
        """Whether figures of the document contradict each other, or some have no place."""
        return any(doubt.kind in _CONFLICTS for doubt in self.doubts)

    def as_dict(self) -> dict[str, Any]:
        """Plain, JSON-ready values."""
        return {
            "words_used": self.used,
            "words_ignored": [each._asdict() for each in self.ignored],
            "left_over": [{"page": page, "text": text} for page, text in self.left_over],
            "checks": [each._asdict() for each in self.checks],
            "doubts": [
                {
                    key: list(value) if isinstance(value, tuple) else value
                    for key, value in each._asdict().items()
                }
                for each in self.doubts
            ],
        }


@dataclasses.dataclass(frozen=True, slots=True)
class ServiceUse:
    """What a document took from a service that its engine asked.

    Attributes
    ----------
    requests, attempts : int
        Requests, and attempts at them; what is more than one each was repeated.
    failures : tuple of (str, int)
        Codes that attempts failed with, and how often.
    cached : int
        Requests that were not made, since their answer was kept.
    pages : int
        Pages that were answered, and are paid for.
    cost_usd, cost_high_usd : Decimal
        US dollars by the price table, at least and at most.
    """

    requests: int
    attempts: int
    failures: tuple[tuple[str, int], ...]
    cached: int
    pages: int
    cost_usd: Decimal
    cost_high_usd: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read from one document.

    Attributes
    ----------
    source : str
        The document's path as it was given, or ``<bytes>`` / ``<file>``.
    invoice_number, invoice_date, vendor : str, date, str or None
        As printed; the order number and date where the layout is an order.
    layout, engine : str
        Names of the plugins that read it.
    pages : int
        Pages of the document, counted, never assumed.
    subtotal, freight, total : Decimal or None
        Where printed.
    surcharges : Decimal
        Sum of the tariff and like lines under the rows.
    line_items : tuple of LineItem
        In reading order of the rows.
    warnings : tuple of str
        What a reader should know: blank pages, pages without a table.
    service : ServiceUse or None
        Requests and cost, where the engine asks a service. It tells how the document was
        read and not what it says: two extractions may differ in it and be equal.
    ledger : Ledger
        The account of the reading.
    """

    source: str
    layout: str
    engine: str
    pages: int
    line_items: tuple[LineItem, ...]
    invoice_number: str | None = None
    invoice_date: date | None = None
    vendor: str | None = None
    subtotal: Decimal | None = None
    freight: Decimal | None = None
    total: Decimal | None = None
    surcharges: Decimal = Decimal("0.00")
    warnings: tuple[str, ...] = ()
    service: ServiceUse | None = dataclasses.field(default=None, compare=False)
    ledger: Ledger = Ledger()

    @property
    def doubtful(self) -> bool:
        """Whether something speaks against the result; the ledger's doubts say what."""
        return bool(self.ledger.doubts)

    def as_dict(self) -> dict[str, Any]:
        """Plain, JSON-ready values with the schema's version; money as decimal strings."""
        return {
            "schema_version": SCHEMA_VERSION,
            "source": self.source,
            "layout": self.layout,
            "engine": self.engine,
            "pages": self.pages,
            "vendor": self.vendor,
            "invoice_number": self.invoice_number,
            "invoice_date": self.invoice_date.isoformat() if self.invoice_date else None,
            "subtotal": _money(self.subtotal),
            "freight": _money(self.freight),
            "total": _money(self.total),
            "surcharges": _money(self.surcharges),
            "warnings": list(self.warnings),
            "doubtful": self.doubtful,
            "ledger": self.ledger.as_dict(),
            "line_items": [item.as_dict() for item in self.line_items],
        }

    def to_frame(self) -> pandas.DataFrame:
        """One row a line item, columns as :data:`ITEM_FIELDS`; money stays Decimal.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        from perfkit.frames import items_frame

        return items_frame(self)

    def _repr_html_(self) -> str:
        from perfkit.frames import extraction_html

        return extraction_html(self)


def _money(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
