"""Number, date, vendor and totals are read wherever a document prints them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.geometry import group_lines
from perfkit.layouts.creative_coop_invoice import KIND as INVOICE
from perfkit.layouts.creative_coop_order import KIND as ORDER
from perfkit.model import Word
from perfkit.tables.facts import (
    DocumentKind,
    Facts,
    names_vendor,
    read_facts,
    read_totals,
    vendor_name,
)
from tests.pages import words_of

WHEN = date(2025, 1, 17)
MONTHS = (
    "January February March April May June July August September October November December"
).split()


def facts(text: str, kind: DocumentKind = ORDER) -> Facts:
    return read_facts(group_lines(words_of(text)), kind)


def totals(text: str) -> dict[str, str]:
    return {name: str(value) for name, value in read_totals(group_lines(words_of(text))).items()}


@pytest.mark.parametrize(
    "text",
    [
        "ORDER NO: CS003837319",
        "Order No. CS003837319",
        "Order Number CS003837319",
        "Order # CS003837319",
        "Order#: CS003837319",
        "Order ID: CS003837319",
        "ORDER CS003837319",
        "Order Acknowledgement No: CS003837319",
        "Ord. No: CS003837319",
        "Document No:   CS003837319",
        "No: CS003837319",
        "ORDER NO:      CS003837319     Page 1 of 15",
        "Order No ........ CS003837319",
        "Order No\nCS003837319",
        "  ORDER NO      ORDER DATE\nCS003837319     1/17/2025",
        "ORDER\nCS003837319",
        "Customer No: 123456   PO No: 998877   Order No: CS003837319",
        "Your Order No: 998877\nOrder No: CS003837319",
        "Customer Order No: 998877\nOrder No: CS003837319",
        "Invoice No: CI004848705\nOrder No: CS003837319",
        "Order Date: 1/17/2025\nOrder No: CS003837319",
        "Ship Date\n01/17/2025\n\nOrder No: CS003837319",
    ],
)
def test_the_number_of_an_order_is_read(text: str) -> None:
    assert facts(text).number == "CS003837319"


@pytest.mark.parametrize(
    "text",
    [
        "INVOICE NO: CI004848705",
        "Invoice Number\nCI004848705",
        "INVOICE CI004848705",
        "Order No: CS003837319\nInvoice No: CI004848705",
        "INVOICE\n\nInvoice # CI004848705",
    ],
)
def test_an_invoice_is_named_by_its_own_number(text: str) -> None:
    assert facts(text, INVOICE).number == "CI004848705"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Order No: see above",
        "Order Date: 1/17/2025",
        "Customer No: 123456",
        "Your order no: 998877",
        "Order No: 12",
        "Order\n1/17/2025",
        "Order Total 123456.00",
        "Order No\n\n\n\n\n\n123456",
    ],
)
def test_what_is_no_number_of_the_order_is_not_taken_for_it(text: str) -> None:
    assert facts(text).number is None


@pytest.mark.parametrize(
    "printed",
    [
        "1/17/2025", "01/17/2025", "1/17/25", "01-17-2025", "1.17.2025", "2025-01-17",
        "Jan 17, 2025", "January 17, 2025", "January 17th, 2025", "Jan. 17 2025",
        "17 January 2025", "17-Jan-2025", "17 Jan, 2025", "JANUARY 17, 2025",
    ],
)  # fmt: skip
@pytest.mark.parametrize("label", ["ORDER DATE: {}", "Order Date\n{}", "Date: {}", "Dated   {}"])
def test_a_date_is_read_in_every_form(label: str, printed: str) -> None:
    assert facts(label.format(printed)).date == WHEN


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_of_the_century_is_read(day: date) -> None:
    month = MONTHS[day.month - 1]
    for printed in (
        f"{day.month}/{day.day}/{day.year}",
        f"{day.month:02}/{day.day:02}/{day.year % 100:02}",
        day.isoformat(),
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month[:3]} {day.year}",
    ):
        assert facts(f"Order Date: {printed}").date == day


@pytest.mark.parametrize(
    "text",
    [
        "Order Date: 13/45/2025",
        "Order Date: soon",
        "Order Date: Foo 17, 2025",
        "Ship Date: 1/17/2025",
        "Date Shipped 1/17/2025",
        "Order Date: 2/30/2025",
        "1/17/2025",
    ],
)
def test_what_is_no_date_of_the_order_is_not_taken_for_it(text: str) -> None:
    assert facts(text).date is None


@pytest.mark.parametrize(
    "text",
    [
        "Ship Date: 2/1/2025   Order Date: 1/17/2025",
        "Invoice Date: 2/1/2025\nOrder Date: 1/17/2025",
        "Date of Order: 1/17/2025",
        "Date Ordered: 1/17/2025",
        """
Order No       Order Date    Ship Date    Terms
CS003837319    1/17/2025     2/1/2025     Net 30
""",
    ],
)
def test_of_several_dates_the_orders_is_taken(text: str) -> None:
    assert facts(text).date == WHEN


def test_a_box_with_its_values_over_each_other_is_read_by_its_columns() -> None:
    found = facts(
        """
Customer No      Order No         Order Date      Terms
    123456       CS003837319      1/17/2025       NET 30
""",
        ORDER,
    )
    assert (found.number, found.date) == ("CS003837319", WHEN)


def test_an_empty_box_is_not_filled_from_the_one_beside_it() -> None:
    assert (
        facts("""
Order No         Invoice No       Invoice Date
                 CI004848705      1/17/2025
""").number
        != "1/17/2025"
    )


def test_the_documents_own_word_comes_before_another_kinds() -> None:
    both = """
Order No: CS003837319     Order Date: 1/17/2025
Invoice No: CI004848705   Invoice Date: 2/1/2025
"""
    assert facts(both, ORDER)[:2] == ("CS003837319", WHEN)
    assert facts(both, INVOICE)[:2] == ("CI004848705", date(2025, 2, 1))


@pytest.mark.parametrize(
    "name",
    ["Creative Co-Op", "Creative-Coop", "Creative Co-op", "CREATIVE CO-OP", "Creative Coop"],
)
def test_the_vendor_is_named_as_it_is_printed(name: str) -> None:
    assert facts(f"{name}, Inc.   Memphis").vendor == name
    assert vendor_name(f"from {name}") == name


@pytest.mark.parametrize("text", ["", "Creative Cooperative", "Recreative Co-Op", "Willow & Finch"])
def test_another_name_is_not_the_vendors(text: str) -> None:
    assert vendor_name(text) is None
    assert facts(text).vendor is None


@pytest.mark.parametrize(
    "text",
    [
        "Creative Co-Op",
        "Remit to: Creative Co-Op",
        "Creative Co-Op\n\nShip to: The Corner Shop",
        "Ship to: Us\n1 High St\nOxford MS\nUSA\n\nThank you, Creative Co-Op",
        "Ship to: The Corner Shop                            Creative Co-Op",
        "Ship to: Creative Co-Op\n1 High St\nOxford MS\nUSA\nCreative Co-Op",
    ],
)
def test_a_page_names_the_vendor(text: str) -> None:
    assert names_vendor(group_lines(words_of(text)))


def test_a_name_far_below_an_addressee_is_not_his_although_nothing_stands_between() -> None:
    assert names_vendor(group_lines(words_of("Ship to: Us" + "\n" * 40 + "Creative Co-Op")))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Willow & Finch",
        "Ship to: Creative Co-Op",
        "SHIP TO:\nCreative Co-Op\n6000 Freeport Avenue",
        "SHIP TO:     Creative Co-Op",
        "Sold to\nMs A. Buyer\nCreative Co-Op",
        "Bill-to: Creative Coop",
        "Deliver to:  Creative-Coop",
        "Shipped to: Creative-Coop",
    ],
)
def test_a_vendor_named_only_as_the_addressee_is_not_the_documents(text: str) -> None:
    assert not names_vendor(group_lines(words_of(text)))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Subtotal: 1,033.60", "subtotal"),
        ("SUB-TOTAL   $1,033.60", "subtotal"),
        ("Sub Total          1,033.60", "subtotal"),
        ("Merchandise Subtotal: 1,033.60", "subtotal"),
        ("Merchandise Total 1,033.60", "subtotal"),
        ("Order Subtotal ......... 1,033.60", "subtotal"),
        ("Freight: 1,033.60", "freight"),
        ("Shipping & Handling:   1,033.60", "freight"),
        ("Freight Charges 1,033.60", "freight"),
        ("Estimated Freight 1,033.60", "freight"),
        ("Delivery 1,033.60", "freight"),
        ("Total: 1,033.60", "total"),
        ("TOTAL   USD 1,033.60", "total"),
        ("Total (USD) 1,033.60", "total"),
        ("Order Total: $1,033.60", "total"),
        ("Invoice Total   1,033.60", "total"),
        ("Grand Total   1,033.60", "total"),
        ("Total Due: 1,033.60", "total"),
        ("Amount Due   1,033.60", "total"),
        ("Balance due: 1,033.60", "total"),
        ("Total\n1,033.60", "total"),
    ],
)
def test_a_sum_is_read_by_its_label(text: str, name: str) -> None:
    assert totals(text) == {name: "1033.60"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Subtotal:",
        "Total pieces 12",
        "Total Quantity: 12.00",
        "Page Total: 33.60",
        "Total items 33.60",
        "Ship via: Freight collect",
        "The total of 33.60 is due",
    ],
)
def test_other_lines_are_no_sums(text: str) -> None:
    assert totals(text) == {}


def test_sums_in_boxes_are_read_under_their_labels() -> None:
    assert totals("""
Subtotal     Freight      Total Due
1,033.60       10.00       1,043.60
""") == {"subtotal": "1033.60", "freight": "10.00", "total": "1043.60"}


def test_a_total_below_zero_is_read() -> None:
    lines = group_lines(words_of("Total:   (33.60)"))
    assert read_totals(lines) == {"total": Decimal("-33.60")}


def test_of_two_totals_the_last_counts() -> None:
    assert totals("Total: 33.60\n\nTotal: 67.20") == {"total": "67.20"}


@pytest.mark.parametrize(
    "text", ["Inv. Date: 1/17/2025", "Inv Date  01/17/25", "Invoice Dt: 1-17-2025"]
)
def test_an_invoice_may_shorten_its_own_name(text: str) -> None:
    assert facts(text, INVOICE).date == WHEN


def test_a_vendors_name_is_found_where_a_word_holds_a_space_of_its_own() -> None:
    words = [
        Word("a\u00a0b", 0, 0, 20, 8),
        Word("Creative", 30, 0, 60, 8),
        Word("Co-Op", 62, 0, 80, 8),
    ]
    assert names_vendor(group_lines(words))
