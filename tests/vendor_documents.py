"""Documents of three invented vendors, drawn by two producers, with what they say.

Alder sells by codes such as AB-1234-C, with the quantity left of them. Nordlicht sells by codes of
digits only, in German, with the quantity behind the prices. Kestrel prints a discount a row.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple, Protocol

from perfkit.model import LineItem

__all__ = ["PENS", "VENDORS", "Document"]

_CENT = Decimal("0.01")
_WORDS = (
    "Oak", "Brass", "Linen", "Round", "Large", "Lamp", "Bowl", "Shelf", "Hook", "Tray", "Vase",
    "with 2 Handles", "Set of 3", "12 x 18 cm", "Blue", "Hand-made",
)  # fmt: skip
_GERMAN = (
    "Schraube", "Halter", "Winkel", "M8 x 40", "verzinkt", "Größe 12", "Edelstahl", "für Türen",
    "Dübel", "links", "DIN 931", "Satz 4-teilig",
)  # fmt: skip


class Document(NamedTuple):
    """A document and the truth about it; ``facts`` are fields of an extraction."""

    data: bytes
    items: tuple[LineItem, ...]
    facts: dict[str, Any]


class Pen(Protocol):
    """Draws text on pages of 595 by 842 points; ``y`` goes down from the top."""

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9,
        bold: bool = False,
        right: bool = False,
    ) -> None:
        """Write a text that begins at ``x``, or with ``right`` ends there."""

    def new_page(self) -> None:
        """Begin the next page."""

    def data(self) -> bytes:
        """The whole PDF."""


class ReportlabPen:
    """Draws by reportlab."""

    def __init__(self) -> None:
        from reportlab.pdfgen.canvas import Canvas

        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, (595, 842))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9,
        bold: bool = False,
        right: bool = False,
    ) -> None:
        self._canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        draw = self._canvas.drawRightString if right else self._canvas.drawString
        draw(x, 842 - y, text)

    def new_page(self) -> None:
        self._canvas.showPage()

    def data(self) -> bytes:
        self._canvas.save()
        return self._out.getvalue()


class FpdfPen:
    """Draws by fpdf2."""

    def __init__(self) -> None:
        from fpdf import FPDF

        self._pdf = FPDF(unit="pt", format=(595, 842))
        self._pdf.set_auto_page_break(False)
        self._pdf.add_page()

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9,
        bold: bool = False,
        right: bool = False,
    ) -> None:
        self._pdf.set_font("Times", "B" if bold else "", size)
        self._pdf.text(x - (self._pdf.get_string_width(text) if right else 0), y, text)

    def new_page(self) -> None:
        self._pdf.add_page()

    def data(self) -> bytes:
        return bytes(self._pdf.output())


PENS: dict[str, Callable[[], Pen]] = {"reportlab": ReportlabPen, "fpdf2": FpdfPen}
Row = tuple[LineItem, list[str]]


class _Column(NamedTuple):
    title: str
    x: float
    right: bool = True


def _table(
    pen: Pen, top: float, columns: list[_Column], rows: list[tuple[list[str], str]],
    *, heading: Callable[[int, int], None], pitch: float = 15,
) -> tuple[float, list[int]]:  # fmt: skip
    """Draw rows over pages; give where they end and the page of each.

    A row's second text stands under its description.
    """
    most = int((760 - top) / pitch)
    pages: list[list[tuple[list[str], str]]] = [[]]
    used = 0
    for row in rows:
        need = 1 + bool(row[1])
        if used + need > most:
            pages.append([])
            used = 0
        pages[-1].append(row)
        used += need
    y = top
    for number, page in enumerate(pages, 1):
        if number > 1:
            pen.new_page()
        heading(number, len(pages))
        y = top
        for title, x, right in columns:
            pen.text(x, y, title, bold=True, right=right)
        y += pitch + 3
        for cells, under in page:
            for cell, (_, x, right) in zip(cells, columns, strict=True):
                pen.text(x, y, cell, right=right)
            if under:
                y += pitch - 4
                place = next(c.x for c in columns if c.title in ("Description", "Bezeichnung"))
                pen.text(place, y, under)
            y += pitch
    return y, [number for number, page in enumerate(pages, 1) for _ in page]


def _descriptions(random: Random, words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """First and second line of each description; the second one is mostly empty."""
    while True:
        first = " ".join(random.sample(words, random.randint(2, 4)))
        second = " ".join(random.sample(words, 2)) if random.random() < 0.25 else ""
        yield first, second


def _item(
    code: str, text: str, quantity: int, price: Decimal, whole: Decimal, *, page: int, **more: Any
) -> LineItem:
    return LineItem(
        product_code=code, upc=None, description=text, qty_ordered=None, qty_allocated=None,
        qty_shipped=quantity, qty_backordered=None, unit=more.get("unit"),
        list_price=more.get("list_price"), your_price=price, extended_price=whole, page=page,
        extra=more.get("extra", ()),
    )  # fmt: skip


def _money(random: Random, low: int, high: int) -> Decimal:
    return Decimal(random.randint(low, high)) / 100


def alder(pen: Pen, rows: int, seed: int) -> Document:
    """Qty, item, description, origin, unit price, amount."""
    random = Random(seed)
    number = f"INV-{random.randint(10000, 99999)}"
    texts = _descriptions(random, _WORDS)
    lines: list[tuple[list[str], str]] = []
    found: list[tuple[Any, ...]] = []
    for _ in range(rows):
        first_letters, last = random.choice(("AB", "LX", "QR")), random.choice("ABC")
        code = f"{first_letters}-{random.randint(1000, 9999)}-{last}"
        quantity, price = random.randint(1, 1400), _money(random, 95, 29900)
        first, second = next(texts)
        whole = quantity * price
        origin = random.choice(("India", "Viet Nam", "Portugal"))
        cells = [f"{quantity:,}", code, first, origin, f"{price:,.2f}", f"{whole:,.2f}"]
        lines.append((cells, second))
        more = {"extra": (("origin", origin),)}
        found.append((code, f"{first} {second}".strip(), quantity, price, whole, more))
    columns = [
        _Column("Qty", 65), _Column("Item", 80, False), _Column("Description", 150, False),
        _Column("Origin", 385, False), _Column("Unit price", 470), _Column("Amount", 545),
    ]  # fmt: skip

    def heading(page: int, pages: int) -> None:
        pen.text(40, 60, "Alder & Birch Supply", size=18, bold=True)
        pen.text(545, 60, "INVOICE", size=14, bold=True, right=True)
        pen.text(40, 90, "Ship to: Harbour House, 12 Quay Street")
        pen.text(400, 90, f"Invoice No: {number}")
        pen.text(400, 104, "Invoice Date: 03/14/2025")
        pen.text(297, 820, f"Page {page} of {pages}", size=8)

    y, places = _table(pen, 150, columns, lines, heading=heading)
    subtotal = sum((each[4] for each in found), Decimal(0))
    freight = Decimal("48.50")
    for k, (label, value) in enumerate(
        [("Subtotal", subtotal), ("Shipping", freight), ("Amount due", subtotal + freight)]
    ):
        pen.text(450, y + 20 + 14 * k, label, right=True)
        pen.text(545, y + 20 + 14 * k, f"{value:,.2f}", right=True)
    facts = {
        "invoice_number": number, "vendor": "Alder & Birch", "subtotal": subtotal,
        "freight": freight, "total": subtotal + freight,
    }  # fmt: skip
    return _document(pen, found, places, facts)


def _document(
    pen: Pen, found: list[tuple[Any, ...]], pages: list[int], facts: dict[str, Any]
) -> Document:
    """The document, with the page of each row."""
    with_more = [each if isinstance(each[-1], dict) else (*each, {}) for each in found]
    items = tuple(
        _item(*usual, page=page, **more)
        for (*usual, more), page in zip(with_more, pages, strict=True)
    )
    return Document(pen.data(), items, facts | {"pages": pages[-1]})


def _german(value: Decimal) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def nordlicht(pen: Pen, rows: int, seed: int) -> Document:
    """Artikel, Bezeichnung, Liste, Rabatt, Preis, Betrag, Menge, Einheit."""
    random = Random(seed)
    number = str(random.randint(20000000, 29999999))  # of the same form as a product code
    texts = _descriptions(random, _GERMAN)
    lines: list[tuple[list[str], str]] = []
    found: list[tuple[Any, ...]] = []
    for _ in range(rows):
        code = str(random.randint(100000, 99999999))
        quantity, listed = random.choice((1, 5, 12, 250, 1200)), _money(random, 5, 150000)
        discount = random.choice((Decimal("0.0"), Decimal("7.5"), Decimal("33.0")))
        price = (listed * (100 - discount) / 100).quantize(_CENT)
        unit = random.choice(("Stk", "VE"))
        first, second = next(texts)
        whole = quantity * price
        many = f"{quantity:,}".replace(",", ".")
        cells = [
            code, first, _german(listed), str(discount).replace(".", ","), _german(price),
            _german(whole), many, unit,
        ]  # fmt: skip
        lines.append((cells, second))
        more = {"unit": unit, "list_price": listed, "extra": (("rabatt", discount),)}
        found.append((code, f"{first} {second}".strip(), quantity, price, whole, more))
    columns = [
        _Column("Artikel", 40, False), _Column("Bezeichnung", 100, False), _Column("Liste", 325),
        _Column("Rabatt", 365), _Column("Preis", 415), _Column("Betrag", 480),
        _Column("Menge", 520), _Column("Einheit", 530, False),
    ]  # fmt: skip

    def heading(page: int, pages: int) -> None:
        pen.text(40, 50, "Nordlicht Handels GmbH", size=16, bold=True)
        pen.text(40, 75, "Rechnung", size=13, bold=True)
        pen.text(360, 75, "Rechnungs-Nr.:")
        pen.text(450, 75, number)
        pen.text(360, 88, "Rechnungsdatum:")
        pen.text(450, 88, "14.03.2025")
        pen.text(520, 820, f"Seite {page} von {pages}", size=8)

    y, places = _table(pen, 130, columns, lines, heading=heading)
    subtotal = sum((each[4] for each in found), Decimal(0))
    tax = (subtotal * Decimal("0.19")).quantize(_CENT)
    freight = Decimal("19.90")
    sums = [
        ("Zwischensumme", subtotal), ("Versand", freight), ("MwSt. 19 %", tax),
        ("Gesamtbetrag", subtotal + freight + tax),
    ]  # fmt: skip
    for k, (label, value) in enumerate(sums):
        pen.text(100, y + 4 + 14 * k, label)
        pen.text(480, y + 4 + 14 * k, _german(value), right=True)
    facts = {
        "invoice_number": number, "vendor": "Nordlicht Handels", "subtotal": subtotal,
        "freight": freight, "total": subtotal + freight + tax,
    }  # fmt: skip
    return _document(pen, found, places, facts)


def kestrel(pen: Pen, rows: int, seed: int) -> Document:
    """Part, description, quantity, list price, discount, net price, value."""
    random = Random(seed)
    number = f"KW{random.randint(100000, 999999)}"
    texts = _descriptions(random, _WORDS)
    lines: list[tuple[list[str], str]] = []
    found: list[tuple[Any, ...]] = []
    for _ in range(rows):
        code = f"K{random.randint(1, 9)}.{random.randint(0, 999):03d}"
        quantity, listed = random.randint(1, 60), _money(random, 400, 90000)
        discount = random.choice((Decimal(0), Decimal("12.5"), Decimal(20), Decimal(33)))
        price = (listed * (100 - discount) / 100).quantize(_CENT)
        first, second = next(texts)
        whole = quantity * price
        lines.append(
            (
                [code, first, str(quantity), f"{listed:,.2f}", f"{discount}%", f"{price:,.2f}",
                 f"{whole:,.2f}"],
                second,
            )
        )  # fmt: skip
        more = {"list_price": listed, "extra": (("discount", discount),)}
        found.append((code, f"{first} {second}".strip(), quantity, price, whole, more))
    columns = [
        _Column("Part", 40, False), _Column("Description", 90, False), _Column("Quantity", 310),
        _Column("List price", 370), _Column("Disc. %", 420), _Column("Net price", 480),
        _Column("Value", 550),
    ]  # fmt: skip

    def heading(page: int, pages: int) -> None:
        pen.text(300, 40, "KESTREL WORKS LTD", size=12, bold=True)
        pen.text(40, 70, f"Order acknowledgement {number}", size=11)
        pen.text(40, 84, "Date of order: 14 March 2025")
        pen.text(40, 822, f"{number} / page {page} of {pages}", size=7)

    y, places = _table(pen, 120, columns, lines, heading=heading, pitch=13)
    goods = sum((each[4] for each in found), Decimal(0))
    vat = (goods / 5).quantize(_CENT)
    carriage = Decimal("15.00")
    sums = [
        ("Goods value", goods), ("Carriage", carriage), ("VAT at 20%", vat),
        ("To pay", goods + carriage + vat),
    ]  # fmt: skip
    for k, (label, value) in enumerate(sums):
        pen.text(420, y + 6 + 12 * k, label)
        pen.text(550, y + 6 + 12 * k, f"{value:,.2f}", right=True)
    facts = {
        "invoice_number": number, "vendor": "KESTREL WORKS", "subtotal": goods,
        "freight": carriage, "total": goods + carriage + vat,
    }  # fmt: skip
    return _document(pen, found, places, facts)


VENDORS: dict[str, Callable[[Pen, int, int], Document]] = {
    "alder": alder,
    "nordlicht": nordlicht,
    "kestrel": kestrel,
}
