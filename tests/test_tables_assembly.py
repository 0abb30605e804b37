"""What goes on over a page's edge is joined, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from perfkit.errors import NoTableError
from perfkit.model import Page
from perfkit.tables.assembly import Assembly
from perfkit.tables.reader import PageTable, read_page
from tests.pages import ORDER, assembled, items, picture, table

HEADINGS = """
Product                                Qty  Qty    Qty      Qty          List   Your   Your Extd
Code     UPC           Description     Ord  Alloc  Shipped  BkOrd  U/M   Price  Price  Price
"""
ONE = """
XS9482   191009714712  Wood Shoe with   12      0        0     12  each   3.50   2.80      33.60
"""
TWO = """
XS9483   191009714712  Metal Shoe       12      0        0     12  each   3.50   2.80      33.60
"""


def descriptions(*pages: str) -> list[str]:
    return [item.description for item in items(*pages)]


def test_a_description_goes_on_at_the_top_of_the_next_page() -> None:
    assert descriptions(
        HEADINGS + ONE,
        HEADINGS + """
                       a bow in
                       a box
""" + TWO,
    ) == ["Wood Shoe with a bow in a box", "Metal Shoe"]  # fmt: skip


def test_a_row_stays_on_the_page_of_its_code() -> None:
    found = items(
        HEADINGS + ONE,
        HEADINGS + """
                       a bow
""" + TWO,
        HEADINGS + TWO,
    )  # fmt: skip
    assert [item.page for item in found] == [1, 2, 3]


def test_a_hyphen_at_the_end_of_a_page_joins_its_word() -> None:
    assert descriptions(
        HEADINGS + ONE.replace("Shoe with", "Shoe hand-"),
        HEADINGS + """
                       made in India
""" + TWO,
    ) == ["Wood Shoe hand-made in India", "Metal Shoe"]  # fmt: skip


def test_a_description_may_begin_on_the_next_page() -> None:
    assert descriptions(
        HEADINGS + ONE.replace("Wood Shoe with", "              "),
        HEADINGS + """
                       Wood Shoe
""" + TWO,
    ) == ["Wood Shoe", "Metal Shoe"]  # fmt: skip


def test_a_description_may_go_on_over_two_page_breaks() -> None:
    """The page between holds no row of its own, so nothing closes the first."""
    assert descriptions(
        HEADINGS + ONE,
        HEADINGS + """
                       a bow
""" + TWO,
        HEADINGS + """
                       in a bag
""" + TWO,
    ) == ["Wood Shoe with a bow", "Metal Shoe in a bag", "Metal Shoe"]  # fmt: skip


def test_a_section_heading_at_the_top_of_a_page_continues_nothing() -> None:
    assert descriptions(
        HEADINGS + ONE,
        HEADINGS + """
Creative Co-Op Seasonal
""" + TWO,
    ) == ["Wood Shoe with", "Metal Shoe"]  # fmt: skip


def test_a_section_heading_without_the_vendors_name_at_the_top_continues_nothing() -> None:
    assert descriptions(
        HEADINGS + ONE,
        HEADINGS + """
Seasonal and Home
""" + TWO,
    ) == ["Wood Shoe with", "Metal Shoe"]  # fmt: skip


def test_a_tariff_line_at_the_top_of_a_page_is_a_surcharge_of_the_row_before() -> None:
    assembly, found = assembled(
        [
            HEADINGS + ONE,
            HEADINGS + """
                       a bow
                       Tariff Surcharge 5.04
""" + TWO,
        ]
    )  # fmt: skip
    assert [item.description for item in found] == ["Wood Shoe with a bow", "Metal Shoe"]
    assert assembly.surcharges == Decimal("5.04")


def test_a_row_that_its_tariff_line_ended_does_not_go_on() -> None:
    assert descriptions(
        HEADINGS + ONE + "                       Tariff Surcharge 5.04",
        HEADINGS + """
                       Ask for our catalogue
""" + TWO,
    ) == ["Wood Shoe with", "Metal Shoe"]  # fmt: skip


def test_a_pages_subtotal_stands_between_a_row_and_what_follows_overleaf() -> None:
    assert descriptions(
        HEADINGS + ONE + """
                                                                     Page Subtotal:        33.60
""",
        HEADINGS + """
                       a bow
""" + TWO,
    ) == ["Wood Shoe with a bow", "Metal Shoe"]  # fmt: skip


def test_a_page_without_repeated_headings_goes_on_with_the_columns_before() -> None:
    found = items(HEADINGS + ONE, TWO, TWO.replace("XS9483", "XS9484"))
    assert [item.product_code for item in found] == ["XS9482", "XS9483", "XS9484"]
    assert [item.page for item in found] == [1, 2, 3]
    assert [(item.qty_ordered, item.qty_backordered, item.unit) for item in found] == [
        (12, 12, "each")
    ] * 3


def half_lines(text: str) -> str:
    """The same picture to be drawn with half a line's pitch."""
    return "\n\n".join(text.strip("\n").split("\n"))


@pytest.mark.parametrize("blank", ["\n\n\n", "\n\n\n\n"], ids=["close", "one line apart"])
def test_a_description_goes_on_also_where_headings_are_not_repeated(blank: str) -> None:
    head = half_lines("Page 2 of 2\n\n\n\n                       a bow in a box")
    pages = [half_lines(HEADINGS + ONE), head + blank + half_lines(TWO)]
    found = items(*(picture(page, number=k, pitch=5.0) for k, page in enumerate(pages, start=1)))
    assert [item.description for item in found] == ["Wood Shoe with a bow in a box", "Metal Shoe"]


def test_what_goes_on_over_a_page_break_is_not_the_next_rows_where_rows_are_tight() -> None:
    """No row of either page has text over its code, so the first one has none either."""
    row = ONE.strip("\n") + "\n                       a bow, packed in\n"
    rows = [row.replace("XS9482", f"XS948{k}") for k in range(2, 6)]
    found = descriptions(
        HEADINGS + rows[0] + rows[1],
        HEADINGS + "                       boxes\n" + rows[2] + rows[3],
    )
    assert found == ["Wood Shoe with a bow, packed in" + more for more in ("", " boxes", "", "")]


def test_a_description_ends_on_a_page_that_has_no_row_of_its_own() -> None:
    """The last page then holds the rest of the last row, and the totals."""
    assembly, found = assembled(
        [
            HEADINGS + ONE,
            HEADINGS + """
                       a bow
                       Tariff Surcharge 5.04

                                                                         Subtotal:         33.60
""",
        ]
    )  # fmt: skip
    assert [item.description for item in found] == ["Wood Shoe with a bow"]
    assert assembly.surcharges == Decimal("5.04")


def test_a_page_without_a_table_is_passed_over_and_named() -> None:
    assembly, found = assembled(
        ["Dear customer,\nthank you.", HEADINGS + ONE, "Terms and conditions", HEADINGS + TWO]
    )
    assert [item.product_code for item in found] == ["XS9482", "XS9483"]
    assert assembly.without_table == [1, 3]
    assert assembly.has_table


def test_a_page_without_words_gives_nothing() -> None:
    assembly, found = assembled([Page(1, 612.0, 792.0, [])])
    assert found == []
    assert assembly.without_table == [1]
    assert not assembly.has_table


def test_a_table_of_another_vendors_rows_is_counted_and_gives_none() -> None:
    assembly, found = assembled([HEADINGS + ONE.replace("XS9482", "WF-482")])
    assert found == []
    assert assembly.lines_of_numbers == 1
    assert assembly.has_table


def test_product_rows_before_any_headings_are_an_error_that_names_the_page() -> None:
    with pytest.raises(NoTableError) as caught:
        items("Dear customer", TWO, HEADINGS + ONE)
    assert (caught.value.file, caught.value.page) == ("<test>", 2)


def test_facts_are_taken_from_the_first_page_that_has_them() -> None:
    assembly, _ = assembled(
        [
            "Creative Co-Op",
            "ORDER NO: CS003837319\n" + HEADINGS + ONE,
            "ORDER NO: CS009999999   ORDER DATE: 1/17/2025\nCREATIVE-COOP\n" + HEADINGS + TWO,
        ]
    )
    facts = assembly.facts
    assert (facts.number, str(facts.date), facts.vendor) == (
        "CS003837319", "2025-01-17", "Creative Co-Op",
    )  # fmt: skip


def test_of_totals_printed_twice_the_last_count() -> None:
    total = "\n{}Subtotal: {:>12}\n"
    assembly, _ = assembled(
        [
            HEADINGS + ONE + total.format(" " * 60, "33.60"),
            HEADINGS + TWO + total.format(" " * 60, "67.20"),
        ]
    )
    assert assembly.totals == {"subtotal": Decimal("67.20")}


def test_items_come_as_soon_as_no_later_page_can_change_them() -> None:
    """A document of any length passes through: only the last row is held back."""
    asked: list[int] = []

    def tables() -> Iterator[PageTable]:
        for number in range(1, 4):
            asked.append(number)
            page = picture(HEADINGS + ONE.replace("XS9482", f"XS000{number}"), number=number)
            yield read_page(page, ORDER)

    stream = Assembly("<test>", ORDER).items(tables())
    assert next(stream).product_code == "XS0001"
    assert asked == [1, 2]


def test_a_page_read_by_itself_says_what_it_could_not_read() -> None:
    page = picture(TWO, number=7)
    assert table(page).unread is page
    assert table("Dear customer").unread is None
    read = table(HEADINGS + ONE)
    assert (read.unread, read.number, len(read.rows)) == (None, 1, 1)
