"""A row begins at its product code; what only looks like one begins none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from perfkit.geometry import group_lines
from perfkit.tables.body import is_surcharge
from tests.pages import assembled, items, words_of

HEADINGS = (
    "Item                            Ordered  Alloc  Shipped  BkOrd   UM    List  Price    Amount"
)


def codes(body: str) -> list[str]:
    return [item.product_code for item in items(f"{HEADINGS}\n{body}")]


@pytest.mark.parametrize("code", ["XS9826A", "XS9482", "HX0000Z", "QQ1234"])
def test_a_code_of_any_prefix_begins_a_row(code: str) -> None:
    assert codes(
        f"{code:9}Wood Shoe Ornament       12      0        0     12  each  3.50  2.80     33.60"
    ) == [code]


@pytest.mark.parametrize("code", ["xs9482", "XS948", "XS94821", "X9482", "XS9482AB", "XS-9482"])
def test_what_is_not_written_as_a_code_begins_none(code: str) -> None:
    assert codes(f"""
{code:9}Wood Shoe Ornament       12      0        0     12  each  3.50  2.80     33.60

XS9483   Wood Shoe Ornament       12      0        0     12  each  3.50  2.80     33.60
""") == ["XS9483"]


def test_the_same_product_twice_is_two_rows() -> None:
    found = items(
        HEADINGS
        + """
XS9482   Wood Shoe Ornament       12      0        0     12  each  3.50  2.80     33.60

XS9482   Wood Shoe Ornament        6      0        0      6  each  3.50  2.80     16.80
"""
    )
    assert [(item.product_code, item.qty_ordered) for item in found] == [
        ("XS9482", 12),
        ("XS9482", 6),
    ]


def test_a_code_mentioned_in_a_description_is_a_part_of_it() -> None:
    (item,) = items(
        HEADINGS
        + """
XS9482   Wood Shoe, goes with     12      0        0     12  each  3.50  2.80     33.60
         XS9483 and XS9484
"""
    )
    assert item.product_code == "XS9482"
    assert item.description == "Wood Shoe, goes with XS9483 and XS9484"


def test_a_code_that_begins_a_line_of_a_description_under_the_codes_begins_no_row() -> None:
    found = items(
        HEADINGS
        + """
XS9482   191009714712             12      0        0     12  each  3.50  2.80     33.60
Wood Shoe, goes with boxes
XS9483 and others

XS9485   191009714712             12      0        0     12  each  3.50  2.80     33.60
Metal Shoe

XS9486   191009714712             12      0        0     12  each  3.50  2.80     33.60
Paper Shoe
"""
    )
    assert [item.product_code for item in found] == ["XS9482", "XS9485", "XS9486"]
    assert found[0].description == "Wood Shoe, goes with boxes XS9483 and others"


def test_a_code_under_the_first_row_but_without_any_number_is_no_row() -> None:
    assert codes("""
XS9482   Wood Shoe Ornament       12      0        0     12  each  3.50  2.80     33.60


XS9483   see the next delivery
""") == ["XS9482"]


def test_codes_centred_in_their_column_are_all_found() -> None:
    assert codes("""
XS9482A  Wood Shoe Ornament       12      0        0     12  each  3.50  2.80     33.60

 XS9483  Wood Shoe Ornament       12      0        0     12  each  3.50  2.80     33.60
""") == ["XS9482A", "XS9483"]


def test_numbers_on_the_line_under_the_code_are_the_rows() -> None:
    first, second = items(
        HEADINGS
        + """
XS9482
Wood Shoe Ornament                12      0        0     12  each  3.50  2.80     33.60

XS9483
Metal Shoe Ornament                8      0        8      0  each  3.50  2.80     22.40
"""
    )
    assert (first.qty_ordered, first.description) == (12, "Wood Shoe Ornament")
    assert (second.qty_ordered, second.description) == (8, "Metal Shoe Ornament")
    assert second.extended_price == Decimal("22.40")


def test_a_row_with_a_single_number_keeps_it() -> None:
    first, second = items(
        HEADINGS
        + """
XS9482   Wood Shoe Ornament       12      0        0     12  each  3.50  2.80     33.60

XS9483   Gift with your order      1                         each
"""
    )
    assert (second.qty_ordered, second.unit, second.your_price) == (1, "each", None)
    assert first.qty_ordered == 12


@pytest.mark.parametrize(
    "text",
    [
        "Tariff Surcharge 5.76",
        "TRF-CCOI 5.76",
        "TARIFF   5.76",
        "Tariffs: 5.76",
        "Import Duty 5.76",
        "Customs duties 5.76",
        "Fuel surcharge 5.76",
    ],
)
def test_a_line_of_tariffs_or_duties_is_a_surcharge_and_no_product(text: str) -> None:
    (line,) = group_lines(words_of(text))
    assert is_surcharge(line)
    assembly, found = assembled(
        [
            f"""{HEADINGS}
XS9482   Wood Shoe Ornament       12      0        0     12  each  3.50  2.80     33.60
         {text}

XS9483   Metal Shoe Ornament      12      0        0     12  each  3.50  2.80     33.60
"""
        ]
    )
    assert [item.description for item in found] == ["Wood Shoe Ornament", "Metal Shoe Ornament"]
    assert assembly.surcharges == Decimal("5.76")


@pytest.mark.parametrize(
    "text",
    ["Total Tariffs 100.00", "Wood Shoe", "Trifle Dish 5.76", "Imported Glass", "On duty 5.76"],
)
def test_a_total_or_a_description_is_no_surcharge(text: str) -> None:
    (line,) = group_lines(words_of(text))
    assert not is_surcharge(line)


def test_surcharges_in_the_last_column_are_summed_over_the_rows() -> None:
    assembly, found = assembled(
        [
            HEADINGS
            + """
XS9482   Wood Shoe Ornament       12      0        0     12  each  3.50  2.80     33.60
         Tariff Surcharge                                                          5.04

XS9483   Metal Shoe Ornament      12      0        0     12  each  3.50  2.80  1,033.60
         Tariff Surcharge                                                      1,155.04
"""
        ]
    )
    assert assembly.surcharges == Decimal("1160.08")
    assert [str(item.extended_price) for item in found] == ["33.60", "1033.60"]


@pytest.mark.parametrize(
    "sums",
    [
        """
                                                                      Subtotal:   33.60
                                                                    Surcharges:    5.04
                                                                         Total:   38.64
""",
        """
                                                                    Surcharges:    5.04
                                                                         Total:   38.64
""",
        """
                                                                       Freight:    1.00
                                                                       Tariffs:    5.04
                                                                     Total Due:   39.64
""",
    ],
    ids=["after the subtotal", "first", "after the freight"],
)
def test_the_printed_sum_of_the_surcharges_is_not_one_more_of_them(sums: str) -> None:
    assembly, _ = assembled(
        [
            HEADINGS
            + """
XS9482   Wood Shoe Ornament       12      0        0     12  each  3.50  2.80     33.60
         Tariff Surcharge 5.04
"""
            + sums
        ]
    )
    assert assembly.surcharges == Decimal("5.04")


def test_a_surcharge_without_an_amount_adds_nothing() -> None:
    assembly, found = assembled(
        [
            HEADINGS
            + """
XS9482   Wood Shoe Ornament       12      0        0     12  each  3.50  2.80     33.60
         Tariff Surcharge applies
"""
        ]
    )
    assert assembly.surcharges == 0
    assert found[0].description == "Wood Shoe Ornament"


def test_a_number_of_a_description_beside_the_first_column_is_no_quantity() -> None:
    (item,) = items(
        HEADINGS
        + """
XS9482   Shoe in 12 Patterns 25   12      0        0     12  each  3.50  2.80     33.60
"""
    )
    assert item.description == "Shoe in 12 Patterns 25"
    assert (item.qty_ordered, item.qty_allocated) == (12, 0)


def test_of_two_codes_on_a_line_the_first_begins_the_row() -> None:
    found = items(
        """
Code     UPC           Description     Ordered  Shipped  U/M   List   Price     Amount
XS9482   191009714712  Wood Shoe            12       12  each   3.50   2.80      33.60
XS9483 XS9484  191009714712  Metal Shoe     12       12  each   3.50   2.80      33.60
"""
    )
    assert [item.product_code for item in found] == ["XS9482", "XS9483"]
