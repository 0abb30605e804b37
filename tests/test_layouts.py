"""The two layouts of Creative Co-Op are told apart by what their pages say."""

from __future__ import annotations

import pytest

from perfkit.corpus import Style, make_bytes
from perfkit.geometry import lines_of
from perfkit.pipeline import extract
from perfkit.reading.facts import fits_vendor
from perfkit.vendors.declaration import load_vendor
from tests.pages import picture

ORDER = """
Creative Co-Op                                          ORDER NO: CS003837319
                                                        ORDER DATE: 1/17/2025

Code     UPC           Description     Ordered  Alloc  Shipped  BkOrd  U/M  List  Price   Amount
XS9482   191009714712  Wood Shoe            12      0        0     12  each 3.50   2.80    33.60
"""
INVOICE = """
Creative Co-Op          INVOICE                         INVOICE NO: CI004848705
                                                        INVOICE DATE: 1/17/2025
                                                        ORDER NO: CS003837319

Customer Item                          Shipped  BkOrd  UM   List Price  Your Price  Extended Amount
XS9482  191009714712                        12      0  each       3.50        2.80            33.60
Wood Shoe
"""


def sure(text: str) -> tuple[float, float]:
    """How sure the layouts of orders and of invoices are of a page."""
    lines = lines_of(picture(text)).lines
    order, invoice = map(load_vendor, ("creative_coop_order", "creative_coop_invoice"))
    return fits_vendor(lines, order), fits_vendor(lines, invoice)


def test_an_order_is_known_as_one() -> None:
    order, invoice = sure(ORDER)
    assert order >= 0.7 > invoice


def test_an_invoice_is_known_as_one() -> None:
    order, invoice = sure(INVOICE)
    assert invoice >= 0.7 > order


@pytest.mark.parametrize("text", [ORDER, INVOICE])
def test_a_page_that_does_not_name_the_vendor_is_neither(text: str) -> None:
    assert sure(text.replace("Creative Co-Op", "Willow & Finch")) == (0.0, 0.0)


@pytest.mark.parametrize("text", [ORDER, INVOICE])
def test_a_page_for_the_vendor_is_not_one_of_the_vendor(text: str) -> None:
    assert sure(text.replace("Creative Co-Op", "SHIP TO: Creative Co-Op")) == (0.0, 0.0)


def test_a_cover_letter_of_the_vendor_decides_nothing_yet() -> None:
    assert all(0 < each < 0.7 for each in sure("Creative Co-Op\n\nDear customer, thank you."))


@pytest.mark.parametrize("layout", ["order", "invoice"])
@pytest.mark.parametrize("wording", ["printed", "plain", "spelled"])
@pytest.mark.parametrize("vendor", ["Creative Co-Op", "Creative-Coop", "Creative Co-op"])
def test_a_made_document_is_known_in_every_wording(layout: str, wording: str, vendor: str) -> None:
    style = Style(wording=wording, vendor=vendor, picture="none", landscape=True)
    data, truth = make_bytes(layout=layout, pages=1, seed=5, style=style)
    found = extract(data)
    assert (found.layout, found.vendor) == (truth["layout"], vendor)
    assert found.invoice_number == truth["invoice_number"]


@pytest.mark.parametrize(
    ("layout", "seed", "producer", "look"),
    [
        ("invoice", 86460, "fpdf2", {"font": "courier", "font_size": 7.5}),
        ("invoice", 725730, "fpdf2", {"align": "left", "page_number": "footer"}),
        ("invoice", 695473, "reportlab", {"font_size": 9, "page_number": "footer"}),
        (
            "order",
            697647,
            "cairo",
            {"font_size": 9, "description": "under", "picture": "under", "page_number": "footer"},
        ),
        (
            # A heading that stands over the codes but for a rounding error is none of short codes.
            "invoice",
            215345,
            "cairo",
            {"font": "courier", "font_size": 9, "block": "flow", "heading_align": "left"},
        ),
    ],
)
def test_a_line_at_the_foot_of_every_page_is_no_description(layout, seed, producer, look) -> None:
    """The last row of some of these pages has its description overleaf."""
    style = Style(footer="Thank you for your business", picture_count=1, **look)
    data, truth = make_bytes(layout=layout, pages=5, seed=seed, producer=producer, style=style)
    found = [item.description for item in extract(data).line_items]
    assert found == [item["description"] for item in truth["line_items"]]
