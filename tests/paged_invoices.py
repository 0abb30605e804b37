"""Invoices and orders page by page, to be put into files as people do: joined, copied, shuffled."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

__all__ = [
    "PENS", "Page", "Text", "code_of", "in_file", "invoice", "letter", "order", "side_by_side",
    "statement", "subtotal_of",
]  # fmt: skip


class Text(NamedTuple):
    """A text on a page: its left edge (or right one), its base line from the top, its size."""

    x: float
    y: float
    text: str
    right: bool = False
    size: float = 8


Page = list[Text]
_WIDTH, _HEIGHT = 612.0, 792.0
_INVOICE = (
    ("Item Number", 40, False), ("UPC", 105, False), ("Description", 180, False),
    ("Shipped", 340, True), ("B/O", 370, True), ("UM", 385, False), ("List", 445, True),
    ("Your Price", 500, True), ("Extended", 565, True),
)  # fmt: skip
_ORDER = (
    ("Product", 40, False), ("UPC", 95, False), ("Description", 165, False), ("Ord", 310, True),
    ("Alloc", 340, True), ("Ship", 365, True), ("BkOrd", 400, True), ("UM", 410, False),
    ("List", 460, True), ("Your", 510, True), ("Extended", 565, True),
)  # fmt: skip
_NAMES = ("Oak Tray", "Linen Cushion", "Brass Hook", "Round Vase", "Glass Bowl", "Wool Throw")


def _upc(k: int) -> str:
    digits = f"191009{10000 + 137 * k:05d}"
    odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    return f"{digits}{-(3 * odd + even) % 10}"


def _figures(k: int) -> tuple[int, Decimal, Decimal, Decimal]:
    """Quantity, list price, price and extended price of a product."""
    quantity, price = 2 + 2 * (k % 7), Decimal(150 + 35 * k) / 100
    return quantity, price * Decimal("1.25"), price, quantity * price


def code_of(k: int) -> str:
    """The code of the product of that number."""
    return f"XS{1000 + 7 * k}A"


def subtotal_of(products: Sequence[int]) -> Decimal:
    """What the rows add up to."""
    return sum((_figures(k)[3] for k in products), Decimal(0))


def _pages(
    kind: str, number: str, products: Sequence[int], columns: tuple[tuple[str, float, bool], ...],
    *, per_page: int, label: str, totals: bool, date: str, also: str, mark: str,
) -> list[Page]:  # fmt: skip
    parts = [products[k : k + per_page] for k in range(0, len(products), per_page)] or [[]]
    pages = []
    for at, part in enumerate(parts, 1):
        page = [
            Text(40, 50, "Creative Co-Op", size=14), Text(565, 50, kind.upper(), True, 12),
            Text(400, 80, f"{kind} No: {number}"), Text(400, 94, f"{kind} Date: {date}"),
            Text(40, 80, "Ship to: Example Gift Shop"), Text(40, 94, "12 Quay Street"),
        ]  # fmt: skip
        if also:
            page.append(Text(400, 108, also))
        if mark:
            page.append(Text(250, 65, mark, size=10))
        if label:
            page.append(Text(280, 770, label.format(page=at, pages=len(parts))))
        page += [Text(x, 150, title, right) for title, x, right in columns]
        y = 168.0
        for k in part:
            quantity, listed, price, whole = _figures(k)
            counts = [f"{quantity}", "0"] if len(columns) < 10 else [f"{quantity}", "0"] * 2
            cells = [code_of(k), _upc(k), _NAMES[k % 6], *counts, "each"]
            cells += [f"{each:.2f}" for each in (listed, price, whole)]
            page += [Text(x, y, c, r) for c, (_, x, r) in zip(cells, columns, strict=True)]
            y += 18
        if totals and at == len(parts):
            whole = subtotal_of(products)
            named = ("Subtotal", whole), ("Freight", Decimal(12)), ("Total", whole + 12)
            for name, value in named:
                y += 16
                page += [Text(500, y + 10, name, True), Text(565, y + 10, f"{value:.2f}", True)]
        pages.append(page)
    return pages


def invoice(
    number: str, products: Sequence[int], *, per_page: int = 3,
    label: str = "Page {page} of {pages}",
    totals: bool = True, date: str = "1/17/2025", also: str = "", mark: str = "",
) -> list[Page]:  # fmt: skip
    """Pages of an invoice; ``label`` is what they print of their number."""
    return _pages(
        "Invoice", number, products, _INVOICE, per_page=per_page, label=label, totals=totals,
        date=date, also=also, mark=mark,
    )  # fmt: skip


def order(
    number: str, products: Sequence[int], *, per_page: int = 3,
    label: str = "Page {page} of {pages}",
    date: str = "1/2/2025",
) -> list[Page]:  # fmt: skip
    """Pages of an order acknowledgement."""
    return _pages(
        "Order", number, products, _ORDER, per_page=per_page, label=label, totals=True,
        date=date, also="", mark="",
    )  # fmt: skip


def letter(*lines: str, vendor: bool = True) -> Page:
    """A page of sentences."""
    head = [Text(40, 50, "Creative Co-Op" if vendor else "Example Gift Shop", size=14)]
    return head + [Text(40, 100 + 14 * k, line, size=10) for k, line in enumerate(lines)]


def statement(number: str, invoices: Sequence[tuple[str, str]], due: str) -> Page:
    """A statement of account: invoices and what is due."""
    page = [
        Text(40, 50, "Creative Co-Op", size=14), Text(565, 50, "STATEMENT", True, 12),
        Text(400, 80, f"Statement No: {number}"), Text(400, 94, "Statement Date: 2/1/2025"),
        Text(40, 150, "Invoice"), Text(150, 150, "Date"), Text(565, 150, "Amount", True),
    ]  # fmt: skip
    for k, (each, amount) in enumerate(invoices):
        y = 168 + 14 * k
        page += [Text(40, y, each), Text(150, y, "1/17/2025"), Text(565, y, amount, True)]
    return [*page, Text(500, 400, "Total due", True), Text(565, 400, due, True)]


def side_by_side(left: Page, right: Page) -> Page:
    """Two pages on a sheet of 792 by 612 points, for ``in_file(..., size=(792, 612))``."""
    scale = 396 / _WIDTH
    return [
        Text(396 * k + scale * t.x, scale * t.y + 40, t.text, t.right, scale * t.size)
        for k, page in enumerate((left, right))
        for t in page
    ]


def _by_reportlab(pages: Sequence[Page], size: tuple[float, float]) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, size)
    for page in pages:
        for x, y, text, right, points in page:
            canvas.setFont("Helvetica", points)
            (canvas.drawRightString if right else canvas.drawString)(x, size[1] - y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _by_fpdf2(pages: Sequence[Page], size: tuple[float, float]) -> bytes:
    from fpdf import FPDF

    pdf = FPDF(unit="pt", format=size)
    pdf.set_auto_page_break(False)
    for page in pages:
        pdf.add_page()
        for x, y, text, right, points in page:
            pdf.set_font("Times", "", points)
            pdf.text(x - (pdf.get_string_width(text) if right else 0), y, text)
    return bytes(pdf.output())


PENS = {"reportlab": _by_reportlab, "fpdf2": _by_fpdf2}


def in_file(
    pages: Sequence[Page], pen: str = "reportlab", *, size: tuple[float, float] = (_WIDTH, _HEIGHT)
) -> bytes:
    """A PDF of the pages."""
    return PENS[pen](pages, size)
