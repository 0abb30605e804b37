"""Each row gets the lines that are its own, wherever its description stands."""

from __future__ import annotations

import pytest

from perfkit.model import Page, Word
from tests.pages import assembled, items, picture

HEADINGS = """
Product                                Qty  Qty    Qty      Qty          List   Your   Your Extd
Code     UPC           Description     Ord  Alloc  Shipped  BkOrd  U/M   Price  Price  Price
"""
#: The same columns, but none for the descriptions, which stand under the codes' column.
BARE = """
Product                                Qty  Qty    Qty      Qty          List   Your   Your Extd
Code     UPC                           Ord  Alloc  Shipped  BkOrd  U/M   Price  Price  Price
"""
#: The invoice layout: code, UPC and description in one block.
BLOCK = """
                                                    Back           List          Your   Extended
Customer Item                             Shipped   Ordered   UM   Price  Truck  Price  Amount
"""


def descriptions(body: str, headings: str = HEADINGS) -> list[str]:
    return [item.description for item in items(headings + body)]


def halves(body: str, headings: str = HEADINGS) -> list[str]:
    """Descriptions of a page drawn with half a line's pitch."""
    drawn = "\n\n".join(headings.strip("\n").split("\n"))
    return [item.description for item in items(picture(f"{drawn}\n\n\n\n{body}", pitch=5.0))]


def test_all_fields_of_a_row_are_read() -> None:
    (item,) = items(
        HEADINGS
        + """
XS9840A  191009727910  2-1/2"H Metal    24     14        0     24  each   3.50   2.80      67.20
"""
    )
    assert item.as_dict() == {
        "product_code": "XS9840A",
        "upc": "191009727910",
        "description": '2-1/2"H Metal',
        "qty_ordered": 24,
        "qty_allocated": 14,
        "qty_shipped": 0,
        "qty_backordered": 24,
        "unit": "each",
        "list_price": "3.50",
        "your_price": "2.80",
        "extended_price": "67.20",
        "page": 1,
    }


def test_a_row_of_the_invoice_layout_is_read_from_its_block() -> None:
    (item,) = items(
        BLOCK
        + """
DF6360 191009556497                             8         0   each  7.50          6.00      48.00
6"L x 8"H Bone Photo Frame
(Holds 4" x 6" Photo)
TRF-CCOI 7.20
"""
    )
    assert item.product_code == "DF6360"
    assert item.upc == "191009556497"
    assert item.description == '6"L x 8"H Bone Photo Frame (Holds 4" x 6" Photo)'
    assert (item.qty_ordered, item.qty_allocated) == (None, None)
    assert (item.qty_shipped, item.qty_backordered, item.unit) == (8, 0, "each")
    assert [str(p) for p in (item.list_price, item.your_price, item.extended_price)] == [
        "7.50", "6.00", "48.00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        """
XS9482   191009714712  Wood Shoe        12      0        0     12  each   3.50   2.80      33.60

XS9483   191009714712  Metal Shoe       12      0        0     12  each   3.50   2.80      33.60
""",
        """
XS9482   191009714712                   12      0        0     12  each   3.50   2.80      33.60
                       Wood Shoe

XS9483   191009714712                   12      0        0     12  each   3.50   2.80      33.60
                       Metal Shoe
""",
        """
XS9482   191009714712                   12      0        0     12  each   3.50   2.80      33.60
         Wood Shoe

XS9483   191009714712                   12      0        0     12  each   3.50   2.80      33.60
         Metal Shoe
""",
        """
XS9482   191009714712                   12      0        0     12  each   3.50   2.80      33.60
Wood Shoe

XS9483   191009714712                   12      0        0     12  each   3.50   2.80      33.60
Metal Shoe
""",
        """
XS9482   191009714712  Wood             12      0        0     12  each   3.50   2.80      33.60
                       Shoe

XS9483   191009714712  Metal            12      0        0     12  each   3.50   2.80      33.60
                       Shoe
""",
        """
XS9482   191009714712  Wood Shoe
                                        12      0        0     12  each   3.50   2.80      33.60

XS9483   191009714712  Metal Shoe
                                        12      0        0     12  each   3.50   2.80      33.60
""",
    ],
    ids=["on the row", "under it", "under the UPC", "under the code", "both", "over the numbers"],
)
def test_a_description_is_found_where_it_stands(body: str) -> None:
    assert descriptions(body) == ["Wood Shoe", "Metal Shoe"]


def test_a_description_of_four_lines_is_one_text() -> None:
    assert descriptions("""
XS3350   191009571414  S/3 28"L x       12      0        0     12  Set   10.00   8.00      96.00
                       18"W Cotton
                       Tea Towels with
                       12 Patterns

XS3351   191009571414  Short            12      0        0     12  Set   10.00   8.00      96.00
""") == ['S/3 28"L x 18"W Cotton Tea Towels with 12 Patterns', "Short"]


def test_rows_without_space_between_them_keep_their_own_lines() -> None:
    assert descriptions("""
XS9482   191009714712  Wood Shoe        12      0        0     12  each   3.50   2.80      33.60
                       in a box
XS9483   191009714712  Metal Shoe       12      0        0     12  each   3.50   2.80      33.60
                       in a bag
XS9484   191009714712  Paper Shoe       12      0        0     12  each   3.50   2.80      33.60
                       in a tin
""") == ["Wood Shoe in a box", "Metal Shoe in a bag", "Paper Shoe in a tin"]


def test_cells_aligned_at_the_foot_have_their_description_over_the_code() -> None:
    assert descriptions("""
                       Wood Shoe
                       with a bow in
XS9482   191009714712  a box            12      0        0     12  each   3.50   2.80      33.60


                       Metal Shoe
XS9483   191009714712  in a bag         12      0        0     12  each   3.50   2.80      33.60


XS9484   191009714712  Paper Shoe       12      0        0     12  each   3.50   2.80      33.60
""") == ["Wood Shoe with a bow in a box", "Metal Shoe in a bag", "Paper Shoe"]


def test_a_single_row_aligned_at_the_foot_keeps_what_stands_over_its_code() -> None:
    """No row stands before it whose rest that could be."""
    assert descriptions("""
                       Wood Shoe with
XS9482   191009714712  a box            12      0        0     12  each   3.50   2.80      33.60
""") == ["Wood Shoe with a box"]


def test_cells_centred_beside_a_description_of_two_lines_are_one_row() -> None:
    """The code stands half a line under the description's first line."""
    assert halves("""
                       Wood Shoe
XS9482   191009714712                   12      0        0     12  each   3.50   2.80      33.60
                       in a box



                       Metal Shoe
XS9483   191009714712                   12      0        0     12  each   3.50   2.80      33.60
                       in a bag
""") == ["Wood Shoe in a box", "Metal Shoe in a bag"]


def test_cells_centred_beside_three_lines_are_one_row() -> None:
    assert halves("""
                       Wood Shoe

XS9482   191009714712  with a bow       12      0        0     12  each   3.50   2.80      33.60

                       in a box




                       Metal Shoe
XS9483   191009714712                   12      0        0     12  each   3.50   2.80      33.60
                       in a bag




XS9484   191009714712  Paper            12      0        0     12  each   3.50   2.80      33.60
""") == ["Wood Shoe with a bow in a box", "Metal Shoe in a bag", "Paper"]


def test_centred_rows_hard_upon_each_other_share_their_lines_by_nearness() -> None:
    assert halves("""
                       Wood Shoe
XS9482   191009714712                   12      0        0     12  each   3.50   2.80      33.60
                       in a box

                       Metal Shoe
XS9483   191009714712                   12      0        0     12  each   3.50   2.80      33.60
                       in a bag

                       Paper Shoe
XS9484   191009714712                   12      0        0     12  each   3.50   2.80      33.60
                       in a tin
""") == ["Wood Shoe in a box", "Metal Shoe in a bag", "Paper Shoe in a tin"]


def test_centred_rows_with_no_space_between_them_lose_no_line() -> None:
    """Two of them overlap their code, so cells are centred: each line is the nearest code's."""
    three = """
                       Wood Shoe

{}   191009714712  with a bow       12      0        0     12  each   3.50   2.80      33.60

                       in a box
"""
    two = """
                       Metal Shoe
{}   191009714712                   12      0        0     12  each   3.50   2.80      33.60
                       in a bag
"""
    body = three.format("XS9481") + three.format("XS9482") + two.format("XS9483")
    assert halves(body) == ["Wood Shoe with a bow in a box"] * 2 + ["Metal Shoe in a bag"]


def test_numbers_far_over_their_code_are_still_the_rows() -> None:
    first, second = items(
        picture(
            """
Item                                   Ordered  Alloc  Shipped  BkOrd   UM    List  Price  Amount


                                        12      0        0     12      each   3.50   2.80   33.60



XS9482   Wood Shoe




                                         8      0        0      8      each   3.50   2.80   22.40



XS9483   Metal Shoe
""",
            pitch=5.0,
        )
    )
    assert (first.qty_ordered, first.description) == (12, "Wood Shoe")
    assert (second.qty_ordered, second.description) == (8, "Metal Shoe")


def test_numbers_half_a_line_over_their_code_are_the_rows() -> None:
    first, second = items(
        picture(
            """
Item                                   Ordered  Alloc  Shipped  BkOrd   UM    List  Price  Amount


                                        12      0        0     12      each   3.50   2.80   33.60
XS9482   Wood Shoe
         in a box



                                         8      0        0      8      each   3.50   2.80   22.40
XS9483   Metal Shoe
         in a bag
""",
            pitch=5.0,
        )
    )
    assert (first.qty_ordered, second.qty_ordered) == (12, 8)
    assert (first.product_code, second.product_code) == ("XS9482", "XS9483")
    assert [str(item.extended_price) for item in (first, second)] == ["33.60", "22.40"]


def test_a_upc_under_the_code_is_the_rows_and_no_text() -> None:
    first, second = items(
        BARE
        + """
XS9482   Wood Shoe                      12      0        0     12  each   3.50   2.80      33.60
191009714712

XS9483   Metal Shoe                     12      0        0     12  each   3.50   2.80      33.60
191009727774
"""
    )
    assert [item.upc for item in (first, second)] == ["191009714712", "191009727774"]
    assert [item.description for item in (first, second)] == ["Wood Shoe", "Metal Shoe"]


@pytest.mark.parametrize(
    "upc", ["UPC: 191009714712", "UPC 191009714712", "UPC:191009714712", "1-91009-71471-2",
            "UPC Code: 191009714712", "UPC# 191009714712"],
)  # fmt: skip
def test_a_upc_is_known_with_and_without_its_label(upc: str) -> None:
    item, _ = items(
        BARE
        + f"""
XS9482   Wood Shoe                      12      0        0     12  each   3.50   2.80      33.60
         {upc}

XS9483   Metal Shoe                     12      0        0     12  each   3.50   2.80      33.60
"""
    )
    assert (item.upc, item.description) == ("191009714712", "Wood Shoe")


def test_a_row_without_a_upc_has_none() -> None:
    (item,) = items(
        HEADINGS
        + """
XS9482                 Wood Shoe        12      0        0     12  each   3.50   2.80      33.60
"""
    )
    assert item.upc is None


def test_a_second_upc_of_a_row_does_not_replace_the_first() -> None:
    (item,) = items(
        HEADINGS
        + """
XS9482   191009714712  Wood Shoe        12      0        0     12  each   3.50   2.80      33.60
         191009727774
"""
    )
    assert (item.upc, item.description) == ("191009714712", "Wood Shoe")


@pytest.mark.parametrize(
    "heading", ["Creative Co-Op Seasonal", "CREATIVE CO-OP HOME", "Creative-Coop Textiles"]
)
@pytest.mark.parametrize("blank", ["", "\n"], ids=["close", "apart"])
def test_a_section_heading_is_no_part_of_a_row(heading: str, blank: str) -> None:
    assert descriptions(f"""
XS9482   191009714712  Wood Shoe        12      0        0     12  each   3.50   2.80      33.60
{blank}{heading}

XS9483   191009714712  Metal Shoe       12      0        0     12  each   3.50   2.80      33.60
""") == ["Wood Shoe", "Metal Shoe"]


def test_a_section_heading_without_the_vendors_name_is_no_part_of_a_row() -> None:
    assert descriptions("""
XS9482   191009714712  Wood Shoe        12      0        0     12  each   3.50   2.80      33.60

Seasonal and Home

XS9483   191009714712  Metal Shoe       12      0        0     12  each   3.50   2.80      33.60
Everyday
XS9484   191009714712  Paper Shoe       12      0        0     12  each   3.50   2.80      33.60
""") == ["Wood Shoe", "Metal Shoe", "Paper Shoe"]


def sized(text: str, words: set[str], size: float) -> Page:
    """A picture in which the lines of these words are set larger."""
    page = picture(text)
    tops = {word.top for word in page.words if word.text in words}
    return page._replace(
        words=[
            word._replace(top=word.bottom - size) if word.top in tops else word
            for word in page.words
        ]
    )


def test_a_section_heading_in_larger_type_hard_under_a_row_is_no_part_of_it() -> None:
    found = items(
        sized(
            BARE
            + """
XS9482   191009714712                   12      0        0     12  each   3.50   2.80      33.60
Wood Shoe
Seasonal
XS9483   191009714712                   12      0        0     12  each   3.50   2.80      33.60
Metal Shoe
""",
            {"Seasonal"},
            10.0,
        )
    )
    assert [item.description for item in found] == ["Wood Shoe", "Metal Shoe"]


def test_a_line_further_off_than_the_others_is_no_part_of_its_row() -> None:
    """Lines of descriptions are 2 apart here, the notes 7."""
    assert halves(
        """
XS9482   191009714712  Wood Shoe with   12      0        0     12  each   3.50   2.80      33.60

                       a bow in a box

                       and a string


                       A note
XS9483   191009714712  Metal Shoe in    12      0        0     12  each   3.50   2.80      33.60

                       a bag
""".replace("                       A note\n", "                       A note\n\n\n")
    ) == [
        "Wood Shoe with a bow in a box and a string",
        "Metal Shoe in a bag",
    ]


def test_a_row_without_text_of_its_own_begins_its_description_under_its_code() -> None:
    assert descriptions(
        """
XS9482   191009714712                   12      0        0     12  each   3.50   2.80      33.60
Wood Shoe

XS9483   191009714712  Metal Shoe       12      0        0     12  each   3.50   2.80      33.60
""",
        BARE,
    ) == ["Wood Shoe", "Metal Shoe"]


def test_a_tariff_line_ends_a_description() -> None:
    assembly, found = assembled(
        [
            HEADINGS
            + """
XS9482   191009714712  Wood Shoe        12      0        0     12  each   3.50   2.80      33.60
                       in a box
                       Tariff Surcharge 5.04

XS9483   191009714712  Metal Shoe       12      0        0     12  each   3.50   2.80      33.60
TRF-CCOI                                                                                    5.04
"""
        ]
    )
    assert [item.description for item in found] == ["Wood Shoe in a box", "Metal Shoe"]
    assert str(assembly.surcharges) == "10.08"


def test_page_totals_and_the_footer_are_no_part_of_the_last_row() -> None:
    assembly, found = assembled(
        [
            HEADINGS
            + """
XS9482   191009714712  Wood Shoe        12      0        0     12  each   3.50   2.80      33.60
                       in a box
                                                                  Page Subtotal            33.60
                       All sales are subject to our terms.
                       Page 1 of 15
"""
        ]
    )
    assert [item.description for item in found] == ["Wood Shoe in a box"]
    assert assembly.totals == {}


def test_totals_under_the_last_row_are_read_and_are_no_text() -> None:
    assembly, found = assembled(
        [
            HEADINGS
            + """
XS9482   191009714712  Wood Shoe        12      0        0     12  each   3.50   2.80      33.60
                       in a box
                                                                         Subtotal:      1,033.60
                                                                         Freight:          10.00
                                                                         Total:         1,043.60
"""
        ]
    )
    assert [item.description for item in found] == ["Wood Shoe in a box"]
    assert {name: str(value) for name, value in assembly.totals.items()} == {
        "subtotal": "1033.60", "freight": "10.00", "total": "1043.60",
    }  # fmt: skip


def test_a_note_further_below_is_no_part_of_a_row() -> None:
    assert descriptions("""
XS9482   191009714712  Wood Shoe        12      0        0     12  each   3.50   2.80      33.60


                       Ask for our catalogue

XS9483   191009714712  Metal Shoe       12      0        0     12  each   3.50   2.80      33.60
""") == ["Wood Shoe", "Metal Shoe"]


def test_words_under_a_picture_beside_the_table_are_no_part_of_a_row() -> None:
    assert descriptions(
        """
              XS9482   191009714712     12      0        0     12  each   3.50   2.80      33.60
                       Wood Shoe
 Photo by us           in a box
""",
        """
              Code     UPC             Ord  Alloc  Shipped  BkOrd  U/M   List   Price  Amount
""",
    ) == ["Wood Shoe in a box"]


def test_codes_units_and_numbers_in_a_description_stay_in_it() -> None:
    first, second = items(
        HEADINGS
        + """
XS9482   191009714712  Set of 2 each    12      0        0     12  case   3.50   2.80      33.60
                       piece Set w/ 24
                       3.50 XS9483 box

XS9484   191009714712  Case for 6       12      0        0     12  Set    3.50   2.80      33.60
                       1,200 pieces
"""
    )
    assert first.description == "Set of 2 each piece Set w/ 24 3.50 XS9483 box"
    assert (first.unit, first.qty_ordered) == ("case", 12)
    assert second.description == "Case for 6 1,200 pieces"
    assert second.unit == "Set"


def test_a_unit_word_in_a_block_of_the_invoice_layout_stays_in_it() -> None:
    (item,) = items(
        BLOCK
        + """
DF6360 191009556497 Set of 3                    8         0   each  7.50          6.00      48.00
Bags in a case
"""
    )
    assert (item.description, item.unit) == ("Set of 3 Bags in a case", "each")


def test_the_mark_lo_of_the_invoice_layout_is_neither_unit_nor_text() -> None:
    (item,) = items("""
                                                        Back           List          Your  Extended
Customer Item                             Shipped    Ordered   UM     Price  Truck  Price    Amount
DF6360 191009556497                             8          0   lo each  7.50          6.00     48.00
Photo Frame
""")
    assert (item.unit, item.description) == ("each", "Photo Frame")
    assert (item.qty_shipped, item.qty_backordered) == (8, 0)


@pytest.mark.parametrize("unit", ["each", "Set", "case", "piece", "EA", "pc.", "Doz", "PR"])
def test_a_unit_is_taken_as_it_is_printed(unit: str) -> None:
    (item,) = items(
        HEADINGS
        + f"""
XS9482   191009714712  Wood Shoe        12      0        0     12  {unit:5}  3.50   2.80      33.60
"""
    )
    assert item.unit == unit


def test_an_unknown_unit_is_known_by_standing_under_its_heading() -> None:
    (item,) = items(
        HEADINGS
        + """
XS9482   191009714712  Wood Shoe        12      0        0     12  Crate  3.50   2.80      33.60
"""
    )
    assert (item.unit, item.description) == ("Crate", "Wood Shoe")


def test_a_blank_unit_is_none() -> None:
    (item,) = items(
        HEADINGS
        + """
XS9482   191009714712  Wood Shoe        12      0        0     12         3.50   2.80      33.60
"""
    )
    assert item.unit is None


def test_a_unit_without_a_heading_is_known_by_its_word() -> None:
    first, second = items("""
Item     Description                    Ordered  Shipped                List  Price     Amount
XS9482   Wood Shoe                        12        0        each       3.50   2.80      33.60
         in a box

XS9483   Each case Set                     8        0        case       3.50   2.80      22.40
""")
    assert [item.unit for item in (first, second)] == ["each", "case"]
    assert [item.description for item in (first, second)] == ["Wood Shoe in a box", "Each case Set"]


RT = """
Code     UPC           Description           RT   Ordered  Shipped  U/M   List   Price    Amount
"""


@pytest.mark.parametrize("mark", ["N", "R", "NEW", "*", " "])
def test_a_mark_in_the_rt_column_is_no_text(mark: str) -> None:
    (item,) = items(
        RT
        + f"""
XS9482   191009714712  Wood Shoe for X9      {mark:3}       12        0  each   3.50   2.80    33.60
"""
    )
    assert item.description == "Wood Shoe for X9"


def test_a_short_word_in_the_middle_of_a_description_under_rt_stays() -> None:
    (item,) = items(
        RT
        + """
XS9482   191009714712  Wood Shoe with box A N       12        0  each   3.50   2.80     33.60
                       and Metal Shoes, B N
"""
    )
    assert item.description == "Wood Shoe with box A N and Metal Shoes, B N"


def test_dots_that_lead_to_the_next_column_are_no_text() -> None:
    assert descriptions("""
XS9482   191009714712  Shoe .......     12      0        0     12  each   3.50   2.80      33.60
                       Box ____ \u2026\u2026\u2026
""") == ["Shoe Box"]


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("1,234.56", "1234.56"),
        ("$1,234.56", "1234.56"),
        ("-38.40", "-38.40"),
        ("(38.40)", "-38.40"),
        ("($38.40)", "-38.40"),
        ("38.40-", "-38.40"),
        ("0.00", "0.00"),
        ("38", "38"),
    ],
)
def test_an_amount_is_read_as_it_is_printed(printed: str, value: str) -> None:
    (item,) = items(
        HEADINGS
        + f"""
XS9482   191009714712  Wood Shoe        12      0        0     12  each   3.50   2.80 {printed:>10}
"""
    )
    assert str(item.extended_price) == value


def test_quantities_sent_back_are_negative() -> None:
    (item,) = items(
        HEADINGS
        + """
XS9482   191009714712  Wood Shoe       -12      0     (12)     0-  each   3.50   2.80     (33.60)
"""
    )
    assert (item.qty_ordered, item.qty_shipped, item.qty_backordered) == (-12, -12, 0)
    assert str(item.extended_price) == "-33.60"


def test_the_columns_may_stand_in_any_order() -> None:
    (item,) = items("""
                  Your   List         Qty    Qty      Qty    Qty    Product
Amount    UPC     Price  Price  U/M   BkOrd  Shipped  Alloc  Ord    Code     Description
   38.40           1.60   2.00  each     24        0      5   29    XS9826A  Ballerina Ornament
                                                                             in a box
""")
    assert item.product_code == "XS9826A"
    assert item.description == "Ballerina Ornament in a box"
    assert (item.qty_ordered, item.qty_allocated, item.qty_shipped, item.qty_backordered) == (
        29, 5, 0, 24,
    )  # fmt: skip
    assert [str(p) for p in (item.list_price, item.your_price, item.extended_price)] == [
        "2.00", "1.60", "38.40",
    ]  # fmt: skip


def test_a_second_heading_on_the_page_is_no_row_and_no_text() -> None:
    assert descriptions(f"""
XS9482   191009714712  Wood Shoe        12      0        0     12  each   3.50   2.80      33.60

{HEADINGS.strip()}

XS9483   191009714712  Metal Shoe       12      0        0     12  each   3.50   2.80      33.60
""") == ["Wood Shoe", "Metal Shoe"]


def test_what_stands_over_the_headings_is_no_row() -> None:
    assert descriptions(
        """
XS9482   191009714712  Wood Shoe        12      0        0     12  each   3.50   2.80      33.60
""",
        "Reference XS1234  see also  1  2  3.00  4.00\n\n" + HEADINGS,
    ) == ["Wood Shoe"]


def test_a_row_without_text_takes_the_first_line_under_it_however_far_below_its_picture() -> None:
    assert descriptions(
        """
XS9482   191009714712                  12      0        0     12  each   3.50   2.80      33.60



    Wood Shoe Ornament
    with a bow
XS9483   191009714712                  12      0        0     12  each   3.50   2.80      33.60



    Metal Shoe
    Tariff Surcharge                                                                      5.04

XS9484   191009714712                  12      0        0     12  each   3.50   2.80      33.60



    Felt Shoe
""",
        BARE,
    ) == ["Wood Shoe Ornament with a bow", "Metal Shoe", "Felt Shoe"]


def test_a_description_goes_on_in_a_row_of_its_own_under_its_beginning() -> None:
    """All rows of the table are equally far from each other."""
    assert descriptions("""
XS9482   191009714712  Wood Shoe       12      0        0     12  each   3.50   2.80      33.60


                       with a bow


XS9483   191009714712  Metal Shoe      12      0        0     12  each   3.50   2.80      33.60


                       with a string


Seasonal things
""") == ["Wood Shoe with a bow", "Metal Shoe with a string"]


def test_a_total_is_no_description_wherever_its_amount_stands() -> None:
    assert descriptions("""
XS9482   191009714712  Wood Shoe       12      0        0     12  each   3.50   2.80      33.60
                       Merchandise Total 33.60
                       Freight 4.00
""") == ["Wood Shoe"]


def test_a_page_number_is_no_description() -> None:
    assert descriptions("""
XS9482   191009714712  Wood Shoe       12      0        0     12  each   3.50   2.80      33.60
                       Page 1 of 3
""") == ["Wood Shoe"]


def test_a_section_stands_under_a_description_that_had_room_for_its_first_word() -> None:
    """Descriptions and sections begin at the codes' edge, and all lines are equally close."""
    assert descriptions(
        """
XS9482   191009714712                  12      0        0     12  each   3.50   2.80      33.60
Wood Shoe Ornament with a bow and a string
XS9483   191009714712                  12      0        0     12  each   3.50   2.80      33.60
Metal Shoe
Everyday Collection
XS9484   191009714712                  12      0        0     12  each   3.50   2.80      33.60
Felt Shoe Ornament with a bow and a string
""",
        BARE,
    ) == [
        "Wood Shoe Ornament with a bow and a string",
        "Metal Shoe",
        "Felt Shoe Ornament with a bow and a string",
    ]


def test_codes_at_the_middle_line_of_three_take_the_line_over_them_too() -> None:
    """Lines are 2 apart here, and rows 7."""
    assert halves("""
                       Wood Shoe

XS9482   191009714712  Ornament        12      0        0     12  each   3.50   2.80      33.60

                       with a bow


                       Metal Shoe

XS9483   191009714712  Ornament        12      0        0     12  each   3.50   2.80      33.60

                       with a string
""") == ["Wood Shoe Ornament with a bow", "Metal Shoe Ornament with a string"]


#: A column of short codes, close before the descriptions, which have no heading.
FLAGGED = """
Product                                   Qty  Qty    Qty      Qty          List   Your   Your Extd
Code     UPC           RT                 Ord  Alloc  Shipped  BkOrd  U/M   Price  Price  Price
"""


def test_short_codes_close_before_descriptions_that_are_aligned_are_no_part_of_them() -> None:
    found = items(
        FLAGGED
        + """
XS9482   191009714712  R1 Wood Shoe       12      0        0     12  each   3.50   2.80      33.60
XS9483   191009714712  LO Metal Shoe      12      0        0     12  each   3.50   2.80      33.60
XS9484   191009714712     Felt Shoe       12      0        0     12  each   3.50   2.80      33.60
"""
    )
    assert [item.description for item in found] == ["Wood Shoe", "Metal Shoe", "Felt Shoe"]


def test_a_short_code_alone_beside_the_code_is_no_description() -> None:
    assert descriptions(
        """
XS9482   191009714712   LO                12      0        0     12  each   3.50   2.80      33.60
Wood Shoe
""",
        FLAGGED,
    ) == ["Wood Shoe"]


def test_a_upc_that_the_next_cell_begins_right_behind_is_read() -> None:
    (item,) = items(
        HEADINGS
        + """
XS9482   191009714712Wood Shoe         12      0        0     12  each   3.50   2.80      33.60
"""
    )
    assert (item.upc, item.description) == ("191009714712", "Wood Shoe")


def test_units_at_the_left_of_a_column_whose_heading_stands_at_its_right_are_found() -> None:
    found = items(
        """
Code     UPC           Description                  U/M  Ord  Shipped  BkOrd  List   Price  Amount
XS9482   191009714712  Wood Shoe           each           12       12      0  3.50   2.80    33.60
XS9483   191009714712  Metal Shoe          Set            12       12      0  3.50   2.80    33.60
XS9484   191009714712  Felt Shoe, each     case           12       12      0  3.50   2.80    33.60
"""
    )
    assert [(item.description, item.unit) for item in found] == [
        ("Wood Shoe", "each"), ("Metal Shoe", "Set"), ("Felt Shoe, each", "case"),
    ]  # fmt: skip


def test_a_number_that_runs_into_its_unit_is_read_with_it() -> None:
    (item,) = items(
        """
Code     UPC           Description         Ord  Shipped  BkOrd U/M  List   Price  Amount
XS9482   191009714712  Wood Shoe            12       12      0each  3.50   2.80    33.60
"""
    )
    assert (item.qty_backordered, item.unit) == (0, "each")


def test_lines_equally_far_apart_belong_to_the_code_under_them_where_others_clearly_do() -> None:
    """As spreadsheets align their cells: at the foot. Only the first gap between rows is wide."""
    assert descriptions("""
XS9481   191009714712  Glass Shoe      12      0        0     12  each   3.50   2.80      33.60


                       Wood Shoe
XS9482   191009714712  with a bow      12      0        0     12  each   3.50   2.80      33.60
                       Metal Shoe
XS9483   191009714712  with a string   12      0        0     12  each   3.50   2.80      33.60
""") == ["Glass Shoe", "Wood Shoe with a bow", "Metal Shoe with a string"]


def test_words_beside_over_and_under_the_page_are_not_read() -> None:
    page = picture(
        HEADINGS
        + """
XS9482   191009714712  Wood Shoe       12      0        0     12  each   3.50   2.80      33.60
"""
    )
    ghosts = [
        Word("XS1000", 20.0, 900.0, 44.0, 908.0), Word("12", 200.0, 900.0, 208.0, 908.0),
        Word("9.00", 300.0, 900.0, 316.0, 908.0), Word("ghost", 700.0, 90.0, 720.0, 98.0),
        Word("ghost", 20.0, -20.0, 40.0, -12.0), Word("ghost", -40.0, 90.0, -20.0, 98.0),
    ]  # fmt: skip
    found = items(page._replace(words=[*page.words, *ghosts]))
    assert found == items(page)
    assert [item.description for item in found] == ["Wood Shoe"]


def test_a_section_a_little_further_off_than_descriptions_are_is_no_part_of_one() -> None:
    """Descriptions stand 2 points under their rows, and whatever follows them 7 under those."""
    body = """
XS9482   191009714712                  12      0        0     12  each   3.50   2.80      33.60

Wood Shoe Ornament


XS9483   191009714712                  12      0        0     12  each   3.50   2.80      33.60

Metal Shoe Ornament


Everyday Collection


XS9484   191009714712                  12      0        0     12  each   3.50   2.80      33.60

Felt Shoe Ornament
"""
    assert halves(body, BARE) == ["Wood Shoe Ornament", "Metal Shoe Ornament", "Felt Shoe Ornament"]
