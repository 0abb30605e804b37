"""A page is known by its vendor, its columns and the word it calls itself by."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.tables.recognition import Evidence, evidence
from tests.pages import picture

TABLE = """
Code     UPC           Description     Ordered  Shipped  U/M   List   Price     Amount
XS9482   {}  Wood Shoe              12        0  each   3.50   2.80       33.60
XS9483   {}  Metal Shoe             12        0  each   3.50   2.80       33.60
"""


def test_a_page_tells_the_fields_of_its_headings() -> None:
    assert evidence(picture(TABLE)).fields == {
        "product_code", "upc", "description", "qty_ordered", "qty_shipped", "unit", "list_price",
        "your_price", "extended_price",
    }  # fmt: skip
    assert evidence(picture("Dear customer")).fields == frozenset()


@pytest.mark.parametrize(
    ("upcs", "known"),
    [
        (("191009714712", "191009727774"), True),
        (("191009714712", "191009727775"), False),
        (("012345678905", "036000291452"), False),
        (("191009714712", "            "), False),
    ],
    ids=["two of its own", "a wrong check digit", "another vendor's", "one alone"],
)
def test_two_upcs_of_its_own_name_the_vendor(upcs: tuple[str, str], known: bool) -> None:
    assert evidence(picture(TABLE.format(*upcs))).vendor is known


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ORDER\nfrom us", "order"),
        ("Order No: CS003837319", "order"),
        ("Memphis TN     Order Date 1/17/2025", "order"),
        ("Memphis TN     Order # 12", "order"),
        ("Creative Co-Op     ORDER", "order"),
        ("Creative Co-Op     Sales Order Confirmation", "order"),
        ("Memphis TN     Order: CS003837319", "order"),
        ("INVOICE", "invoice"),
        ("your invoice number 12", "invoice"),
    ],
)
def test_a_page_names_itself(text: str, word: str) -> None:
    assert evidence(picture(text)).says(word)


@pytest.mark.parametrize(
    "text", ["", "Ordered   Shipped", "reorder no 12", "thank you for your order", "Invoice"]
)
def test_a_word_in_passing_names_no_order(text: str) -> None:
    assert not evidence(picture(text)).says("order")


pieces = st.sampled_from(
    "Order order ORDER Invoice reorder ed number No date # : . your sales 12345 é \n".split(" ")
)


@given(st.lists(pieces, max_size=12).map(" ".join), st.sampled_from(["order", "invoice"]))
def test_a_page_names_itself_where_a_search_of_its_whole_text_finds_it(
    text: str, word: str
) -> None:
    plain = (
        rf"^{word}\b(?!ed)|\b{word}\W*(?:no|number|num|date|#)\b|\b{word}\s*#"
        rf"|(?<!your )\b{word}$|\bsales {word}\b|\b{word} (?:acknowledge?ment|confirmation)\b"
        rf"|\b{word}\W{{1,3}}[A-Z]{{0,3}}[0-9]{{5,}}\b"
    )
    found = re.search(plain, text, re.IGNORECASE | re.MULTILINE) is not None
    assert Evidence(True, frozenset(), text).says(word) is found
