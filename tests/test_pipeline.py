"""From a file to its extraction: everything a document says, or the error that tells why not."""

from __future__ import annotations

import functools
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NullObject, NumberObject
from reportlab.pdfgen.canvas import Canvas

from perfkit import errors
from perfkit.accuracy import score
from perfkit.corpus import Style, make_bytes
from perfkit.model import Extraction
from perfkit.pipeline import extract
from perfkit.recipe import Recipe

INVOICES = Path(__file__).parent.parent / "test_invoices"
TRUTHS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(INVOICES.glob("*.json"))
}
READABLE = [name for name, truth in TRUTHS.items() if "expected_error" not in truth]
REFUSED = [name for name in TRUTHS if name not in READABLE]
FACTS = "layout vendor invoice_number invoice_date pages subtotal freight total surcharges".split()
PLAIN = Style(picture="none")


@functools.cache
def found(name: str) -> Extraction:
    return extract(INVOICES / f"{name}.pdf")


def drawn(*pages: list[tuple[float, float, str]]) -> bytes:
    """A PDF of pages of texts given as (left edge, baseline from the top, text)."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792))
    for texts in pages:
        canvas.setFont("Helvetica", 8)
        for left, down, text in texts:
            canvas.drawString(left, 792 - down, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def rebound(data: bytes, *order: int | None) -> bytes:
    """The document with these pages of its own, counted from 0; None is a blank one."""
    reader, writer = PdfReader(io.BytesIO(data)), PdfWriter()
    for place in order:
        if place is None:
            writer.add_blank_page(612, 792)
        else:
            writer.add_page(reader.pages[place])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@functools.cache
def made(layout: str = "order", pages: int = 2) -> tuple[bytes, dict[str, Any]]:
    return make_bytes(layout=layout, pages=pages, seed=6, style=PLAIN)


@pytest.mark.parametrize("name", READABLE)
def test_every_field_of_every_row_is_as_the_truth_has_it(name: str) -> None:
    result = score(found(name).line_items, TRUTHS[name]["line_items"])
    assert result.differences == ()
    assert (result.score, result.recall, result.precision) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("name", READABLE)
def test_what_a_document_says_of_itself_is_as_the_truth_has_it(name: str) -> None:
    said = found(name).as_dict()
    assert {fact: said[fact] for fact in FACTS} == {fact: TRUTHS[name][fact] for fact in FACTS}


@pytest.mark.parametrize("name", REFUSED)
def test_a_document_that_cannot_be_read_is_the_error_that_tells_why(name: str) -> None:
    with pytest.raises(getattr(errors, TRUTHS[name]["expected_error"])) as caught:
        extract(INVOICES / f"{name}.pdf")
    assert f"{name}.pdf" in str(caught.value)
    assert caught.value.remedy in str(caught.value)


def test_the_committed_documents_hold_both_layouts_and_several_errors() -> None:
    assert {found(name).layout for name in READABLE} == {
        "creative_coop_order", "creative_coop_invoice",
    }  # fmt: skip
    assert len(READABLE) >= 20
    assert {TRUTHS[name]["expected_error"] for name in REFUSED} >= {
        "NoTextLayerError", "UnknownVendorError", "NoLineItemsError",
    }  # fmt: skip


def test_the_known_order_is_read_as_it_is_known() -> None:
    order = found("CS003837319")
    assert (order.invoice_number, order.pages) == ("CS003837319", 15)
    assert order.invoice_date == date(2025, 1, 17)
    assert len(order.line_items) >= 130
    first = order.line_items[0]
    assert all(isinstance(item.your_price, Decimal) for item in order.line_items)
    assert (first.page, order.line_items[-1].page) == (1, 15)


def test_a_document_may_be_a_path_bytes_or_an_open_file(tmp_path: Path) -> None:
    data, truth = made()
    path = tmp_path / "order.pdf"
    path.write_bytes(data)
    with path.open("rb") as file:
        ways = [extract(path), extract(str(path)), extract(data), extract(file)]
    assert {way.line_items for way in ways} == {ways[0].line_items}
    assert len(ways[0].line_items) == len(truth["line_items"])
    assert [way.source for way in ways[:3]] == [str(path), str(path), "<bytes>"]


def test_blank_pages_are_passed_over_and_named() -> None:
    data, truth = made()
    read = extract(rebound(data, None, 0, None, 1))
    assert read.pages == 4
    assert set(read.warnings) == {"page 1 is blank", "page 3 is blank"}
    assert [item.product_code for item in read.line_items] == [
        item["product_code"] for item in truth["line_items"]
    ]
    assert {item.page for item in read.line_items} == {2, 4}


def test_a_document_of_blank_pages_alone_is_refused() -> None:
    with pytest.raises(errors.NoLineItemsError, match="every page is blank"):
        extract(rebound(made()[0], None, None))


def test_a_cover_letter_before_the_table_changes_nothing() -> None:
    read = found("order_with_cover_letter")
    assert read.layout == "creative_coop_order"
    assert read.line_items[0].page == 2
    assert read.warnings == ("page 1 has no table of line items",)


def test_a_page_without_a_table_in_the_middle_is_named() -> None:
    data, truth = made()
    letter = drawn([(72, 100, "Terms and conditions of sale")])
    writer = PdfWriter()
    for part in (rebound(data, 0), letter, rebound(data, 1)):
        writer.append(io.BytesIO(part))
    out = io.BytesIO()
    writer.write(out)
    read = extract(out.getvalue())
    assert read.warnings == ("page 2 has no table of line items",)
    assert len(read.line_items) == len(truth["line_items"])


def test_a_layout_may_be_given_and_is_then_not_guessed() -> None:
    data, truth = made("invoice")
    read = extract(data, Recipe(layout="creative_coop_invoice"))
    assert read.layout == "creative_coop_invoice"
    assert score(read.line_items, truth["line_items"]).score == 1.0


def test_a_layout_that_does_not_exist_is_refused_and_the_nearest_named() -> None:
    with pytest.raises(errors.RecipeError, match="creative_coop_order"):
        extract(made()[0], Recipe(layout="creative_coop_ordr"))


HEAD = [(24.0, 40.0, "Creative Co-Op"), (24.0, 52.0, "ORDER NO: CS003837319")]
HEADINGS = [
    (24.0, 80.0, "Item"), (90.0, 80.0, "Description"), (250.0, 80.0, "Ordered"),
    (300.0, 80.0, "Shipped"), (350.0, 80.0, "List"), (400.0, 80.0, "Your Price"),
    (470.0, 80.0, "Amount"),
]  # fmt: skip


def row(code: str, down: float) -> list[tuple[float, float, str]]:
    return [
        (24, down, code), (90, down, "Wood Shoe"), (260, down, "12"), (310, down, "0"),
        (350, down, "3.50"), (410, down, "2.80"), (475, down, "33.60"),
    ]  # fmt: skip


def test_a_small_document_drawn_by_hand_is_read() -> None:
    read = extract(drawn([*HEAD, *HEADINGS, *row("XS9482", 100)], row("XS9483", 100)))
    assert [(item.product_code, item.page) for item in read.line_items] == [
        ("XS9482", 1), ("XS9483", 2),
    ]  # fmt: skip
    assert read.line_items[1].as_dict()["your_price"] == "2.80"
    assert read.subtotal is read.freight is read.total is None
    assert read.surcharges == 0
    assert (read.engine, read.invoice_date, read.warnings) == ("pdfium", None, ())


@pytest.mark.parametrize(
    ("pages", "error"),
    [
        ([[*HEAD, (24.0, 80.0, "Thank you for your order.")]], errors.NoLineItemsError),
        ([[*HEAD, *HEADINGS]], errors.NoLineItemsError),
        ([[*HEAD, *HEADINGS, *row("WF-482", 100)]], errors.NoLineItemsError),
        ([[*HEADINGS, *row("XS9482", 100)]], errors.UnknownVendorError),
        ([[(24.0, 40.0, "SHIP TO:"), (24.0, 50.0, "Creative Co-Op"), *HEADINGS,
           *row("XS9482", 100)]], errors.UnknownVendorError),
    ],
    ids=["no table", "no rows", "another vendor's codes",
         "no vendor", "the vendor only as the addressee"],
)  # fmt: skip
def test_what_is_wrong_with_a_document_is_told_by_its_error(
    pages: list[list[tuple[float, float, str]]], error: type[errors.DocumentError]
) -> None:
    with pytest.raises(error) as caught:
        extract(drawn(*pages))
    assert caught.value.file == "<bytes>"


def test_rows_without_headings_are_told_apart_by_their_arithmetic() -> None:
    (item,) = extract(drawn([*HEAD, *row("XS9482", 100)])).line_items
    found = item.qty_shipped, item.list_price, item.your_price, item.extended_price
    assert found == (12, Decimal("3.50"), Decimal("2.80"), Decimal("33.60"))


def test_a_page_that_is_a_picture_is_named_although_others_hold_rows() -> None:
    scan = rebound((INVOICES / "scan_order.pdf").read_bytes(), 0)
    writer = PdfWriter()
    for part in (made()[0], scan):
        writer.append(io.BytesIO(part))
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(errors.NoTextLayerError) as caught:
        extract(out.getvalue())
    assert caught.value.page == 3


def with_a_lost_page(data: bytes, place: int) -> bytes:
    """The document with a page inserted that its page tree names and the file lacks."""
    writer = PdfWriter(clone_from=io.BytesIO(data))
    tree = cast("DictionaryObject", writer.root_object["/Pages"])
    cast("ArrayObject", tree["/Kids"]).insert(place, NullObject())
    tree[NameObject("/Count")] = NumberObject(len(writer.pages) + 1)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("place", [0, 1])
def test_a_page_that_cannot_be_read_is_an_error_that_names_it(place: int) -> None:
    with pytest.raises(errors.DamagedPdfError) as caught:
        extract(with_a_lost_page(made()[0], place))
    assert caught.value.page == place + 1


def test_more_pages_than_the_recipe_allows_are_refused() -> None:
    with pytest.raises(errors.DocumentTooLargeError, match="claims 2 pages, the limit is 1"):
        extract(made()[0], Recipe(max_pages=1))


def test_the_default_recipe_is_the_same_as_none() -> None:
    data, _ = made()
    assert extract(data) == extract(data, Recipe())
