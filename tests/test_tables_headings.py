"""Headings are found on any number of lines, in any wording and order, and tell the columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.geometry import Line, group_lines
from perfkit.model import Word
from perfkit.tables.headings import Headings, candidates, find_headings
from perfkit.tables.vocabulary import (
    HEADING_WORDS,
    MONEY_FIELDS,
    QUANTITY_FIELDS,
    field_of_heading,
    heading_word,
)
from tests.pages import cells, words_of

FIELDS_OF_AN_ORDER = [
    "product_code", "upc", "description", None, "qty_ordered", "qty_allocated", "qty_shipped",
    "qty_backordered", "unit", "list_price", "your_price", "extended_price",
]  # fmt: skip
FIELDS_OF_AN_INVOICE = [
    "product_code", "qty_shipped", "qty_backordered", "unit", "list_price", "your_price",
    "extended_price",
]  # fmt: skip

ONE_LINE = """
Code  UPC  Description  RT  Ordered  Alloc  Shipped  BkOrd  U/M  List  Your Price  Ext Price
"""
TWO_LINES = """
Product                                   Qty  Qty    Qty      Qty          List   Your   Your Extd
Code     UPC           Description   RT   Ord  Alloc  Shipped  BkOrd  U/M   Price  Price  Price
"""
THREE_LINES = """
                                                                                          Your
Product                                   Qty  Qty    Qty      Qty          List   Your   Extd
Code     UPC           Description   RT   Ord  Alloc  Shipped  BkOrd  U/M   Price  Price  Price
"""
FOUR_LINES = """
                                          Qty                                             Your
                                          on   Qty    Qty      Qty          List          Extd
Product                                   this Allo-  Ship-    Back         Price  Your   Price
Code     UPC           Description   RT   Ord  Alloc  Shipped  Ord    U/M   Each   Price  USD
"""
UPPER_CASE = """
PRODUCT                                   QTY  QTY    QTY      QTY          LIST   YOUR   YOUR EXTD
CODE     UPC           DESCRIPTION   RT   ORD  ALLOC  SHIPPED  BKORD  U/M   PRICE  PRICE  PRICE
"""
OTHER_WORDS = """
Item #  EAN  Desc.  RT  Order Qty  Qty Allocated  Ship Qty  B/O  UOM  MSRP  Wholesale  Ext. Amount
"""
SPELLED = """
Item                                      Quantity  Quantity   Quantity  Quantity           List   Net    Extended
Number   UPC           Description   RT   Ordered   Allocated  Shipped   Backordered  Unit  Price  Price  Amount
"""  # noqa: E501 - a heading as wide as the page
POINTS_AND_MARKS = """
Product#  UPC:  Description:  RT  Qty. Ord.  Alloc'd  Ship'd  BkOrd.  U/M.  List:  Your Price:  Amt.
"""


def found(text: str, **how: float) -> list[Headings]:
    return find_headings(group_lines(words_of(text, **how)))


def fields(text: str) -> list[str | None]:
    (headings,) = found(text)
    return [column.field for column in headings.columns]


@pytest.mark.parametrize(
    "text",
    [ONE_LINE, TWO_LINES, THREE_LINES, UPPER_CASE, OTHER_WORDS, SPELLED, POINTS_AND_MARKS],
    ids=["one line", "two lines", "three lines", "upper case", "other words", "spelled", "marks"],
)
def test_the_columns_of_an_order_are_told_from_its_headings(text: str) -> None:
    assert fields(text) == FIELDS_OF_AN_ORDER


@pytest.mark.parametrize(
    "text",
    [
        "Customer Item  Shipped  Back Ordered  UM  List Price  Truck  Your Price  Extended Amount",
        """
                                 Back             List          Your   Extended
Customer Item           Shipped  Ordered   UM     Price  Truck  Price  Amount
""",
        """
CUSTOMER                         BACK             LIST          YOUR   EXTENDED
ITEM                    SHIPPED  ORDERED   UM     PRICE  TRUCK  PRICE  AMOUNT
""",
    ],
    ids=["one line", "two lines", "upper case"],
)
def test_the_columns_of_an_invoice_are_told_from_its_headings(text: str) -> None:
    assert list(filter(None, fields(text))) == FIELDS_OF_AN_INVOICE


def test_a_heading_on_four_lines_is_read_whole() -> None:
    (headings,) = found("""
Qty      Qty                 Your
that     that         List   Price
were     were         Price  Extd
Ordered  Shipped  UM  Each   Total    Item Code
""")
    assert headings.fields >= {"qty_ordered", "qty_shipped", "unit", "extended_price"}
    assert headings.bottom - headings.top == 38


def test_a_heading_that_stands_alone_on_the_last_line_stays_with_the_columns_over_it() -> None:
    (headings,) = found("""
Product                Qty   Qty      List   Your
Code     Description   Ord   Shipped  Price  Price   Amount
""")
    assert [(c.text, c.field) for c in headings.columns] == [
        ("Product Code", "product_code"),
        ("Description", "description"),
        ("Qty Ord", "qty_ordered"),
        ("Qty Shipped", "qty_shipped"),
        ("List Price", "list_price"),
        ("Your Price", "your_price"),
        ("Amount", "extended_price"),
    ]


def test_headings_in_another_order_are_read_in_that_order() -> None:
    assert fields("""
                  Your   List          Qty    Qty      Qty    Qty      Product
Amount    UPC     Price  Price   U/M   BkOrd  Shipped  Alloc  Ord      Code      Description
""") == [
        "extended_price", "upc", "your_price", "list_price", "unit", "qty_backordered",
        "qty_shipped", "qty_allocated", "qty_ordered", "product_code", "description",
    ]  # fmt: skip


def tight(*placed: tuple[float, float, str]) -> list[tuple[str, str | None]]:
    (headings,) = find_headings(group_lines(cells(*placed).words))
    return [(column.text, column.field) for column in headings.columns]


def test_columns_only_a_little_more_than_a_space_apart_are_told_apart() -> None:
    """Letters are 4 wide, a space 2: the headings here are 3.5 to 4 apart."""
    assert tight(
        (20, 40, "Item"), (60, 40, "Shipped"), (91.5, 40, "BkOrd"), (115.5, 40, "U/M"),
        (131.5, 40, "List"), (151, 40, "Your Price"), (193, 40, "Extended Amount"),
    ) == [
        ("Item", "product_code"), ("Shipped", "qty_shipped"), ("BkOrd", "qty_backordered"),
        ("U/M", "unit"), ("List", "list_price"), ("Your Price", "your_price"),
        ("Extended Amount", "extended_price"),
    ]  # fmt: skip


def test_words_that_cannot_be_one_heading_are_two_however_close() -> None:
    """Everything stands one space apart: only the words tell the columns."""
    (headings,) = find_headings(
        group_lines(cells((20, 40, "UPC Description Ordered Shipped List Price Your Price")).words)
    )
    assert [column.field for column in headings.columns] == [
        "upc", "description", "qty_ordered", "qty_shipped", "list_price", "your_price",
    ]  # fmt: skip


def test_a_point_behind_bk_does_not_part_it_from_ord() -> None:
    assert ("Bk. Ord.", "qty_backordered") in [
        (column.text, column.field)
        for column in found("Item  Qty. Ord.  Bk. Ord.  UM  List  Your Price  Amount")[0].columns
    ]


def test_a_wide_lower_word_belongs_to_the_column_it_is_centred_on() -> None:
    (headings,) = find_headings(
        group_lines(
            cells(
                (20, 40, "Item"), (80, 40, "Qty"), (110, 40, "Qty"), (160, 40, "List"),
                (200, 40, "Your"), (76, 50, "Ord"), (100, 50, "Backordered"), (158, 50, "Price"),
                (198, 50, "Price"),
            ).words
        )
    )  # fmt: skip
    texts = [column.text for column in headings.columns]
    assert texts == ["Item", "Qty Ord", "Qty Backordered", "List Price", "Your Price"]


def test_a_heading_knows_where_its_words_stand() -> None:
    (headings,) = found(TWO_LINES, top=100)
    first = headings.columns[0]
    assert (first.text, first.x0, first.x1) == ("Product Code", 20, 49.8)
    assert (headings.top, headings.bottom) == (100, 118)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dear customer, please find the list price of your order enclosed.",
        "Code  UPC  Description",
        "Ordered  Shipped  Allocated  BkOrd  UM",
        "List Price  Your Price  Amount  Total",
        "Order No  Order Date  Customer No  Ship Via",
    ],
    ids=["nothing", "prose", "no numbers", "no money", "no quantities", "labels"],
)
def test_what_is_no_heading_of_a_table_is_not_found(text: str) -> None:
    assert found(text) == []


def test_two_tables_on_a_page_have_two_headings() -> None:
    upper, lower = found(TWO_LINES + "\n\nsome words between\n\n" + TWO_LINES)
    assert upper.fields == lower.fields
    assert upper.bottom < lower.top


def test_a_line_of_labels_close_over_a_heading_does_not_spoil_it() -> None:
    (headings,) = found("Order No:  12345\n" + TWO_LINES.strip("\n"))
    assert headings.fields == set(filter(None, FIELDS_OF_AN_ORDER))


def test_of_two_headings_for_one_field_the_one_that_says_more_is_kept() -> None:
    (headings,) = found("Item  Description  Ordered  Price  Your Price  Amount")
    fields = [(column.text, column.field) for column in headings.columns]
    assert ("Price", None) in fields
    assert ("Your Price", "your_price") in fields


def test_of_two_equal_headings_the_first_is_kept() -> None:
    (headings,) = found("Item  Description  Ordered  Your Price  Amount  Item")
    assert [c.field for c in headings.columns if c.text == "Item"] == ["product_code", None]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Qty Ord", "qty_ordered"), ("Ordered", "qty_ordered"), ("Qty", "qty_ordered"),
        ("QTY ALLOC", "qty_allocated"), ("Shipped", "qty_shipped"), ("Ship Qty", "qty_shipped"),
        ("Qty BkOrd", "qty_backordered"), ("Back Ordered", "qty_backordered"),
        ("B/O", "qty_backordered"), ("U/M", "unit"), ("Unit", "unit"), ("UOM", "unit"),
        ("Unit Price", "your_price"), ("Your Price", "your_price"), ("Net Cost", "your_price"),
        ("List Price", "list_price"), ("MSRP", "list_price"), ("Retail Price", "list_price"),
        ("Your Extd Price", "extended_price"), ("Line Total", "extended_price"),
        ("Amount", "extended_price"), ("UPC Code", "upc"), ("UPC/EAN", "upc"),
        ("Item Description", "description"), ("Product Code", "product_code"),
        ("Customer Item", "product_code"), ("Item #", "product_code"),
        ("RT", None), ("Truck", None), ("Colour", None), ("", None),
    ],
)  # fmt: skip
def test_a_heading_stands_for_its_field(text: str, field: str | None) -> None:
    assert field_of_heading(text) == field
    assert field_of_heading(text.upper()) == field


def test_a_word_of_two_parts_says_both() -> None:
    assert heading_word("UPC/EAN") == {"upc"}
    assert heading_word("QtyOrd") == {"quantity", "ordered"}
    assert heading_word("Ballerina") == heading_word("Qty/Ballerina") == frozenset()


def test_every_word_known_to_stand_in_headings_has_a_meaning() -> None:
    assert {word for word in HEADING_WORDS if not heading_word(word)} == set()


def test_every_field_of_a_row_of_numbers_can_be_headed() -> None:
    assert {field_of_heading(word) for word in HEADING_WORDS} >= {*QUANTITY_FIELDS, *MONEY_FIELDS}


def test_a_page_is_read_alike_when_its_heading_is_not_the_first_one_met() -> None:
    """Headings seen before are taken from a cache: another page's must not come back."""
    one = found(TWO_LINES)[0]
    other = found(TWO_LINES, left=30)[0]
    assert other.columns[0].x0 == one.columns[0].x0 + 10
    assert found(TWO_LINES)[0] == one


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        (
            "Item No.  UPC  Ord Qty  Ship Qty  B/O  U of M  Retail  Price Each  Line Total",
            ["Item No.", "UPC", "Ord Qty", "Ship Qty", "B/O", "U of M", "Retail", "Price Each",
             "Line Total"],
        ),
        (
            """
                                 U
Style                  Qty       of           Net
#        UPC  Ordered  Shp  B/O  M   Retail  Price  Extension
""",
            ["Style #", "UPC", "Ordered", "Qty Shp", "B/O", "U of M", "Retail", "Net Price",
             "Extension"],
        ),
        (
            "Item / UPC / Description   Shipped  BO  Unit of Measure  MSRP  Trk  Net  Amount",
            ["Item / UPC / Description", "Shipped", "BO", "Unit of Measure", "MSRP", "Trk", "Net",
             "Amount"],
        ),
        (
            """
Item              Allo            Backor
Number  Qty Ord   cated  Shipped  dered    List  Price  Total
""",
            ["Item Number", "Qty Ord", "Allocated", "Shipped", "Backordered", "List", "Price",
             "Total"],
        ),
    ],
    ids=["words of units", "three lines", "one cell for three things", "broken words"],
)  # fmt: skip
def test_headings_in_other_wordings_are_read_whole(text: str, columns: list[str]) -> None:
    (headings,) = found(text)
    assert [column.text for column in headings.columns] == columns


def test_neighbours_a_space_apart_are_told_apart_by_what_can_be_one_heading() -> None:
    """Everything stands half a height apart: gaps tell nothing, words and their lines do."""
    assert tight(
        (20, 40, "Item"), (80, 40, "Qty"), (110, 40, "B/O"), (126, 40, "Unit of"),
        (160, 40, "Suggested"), (200, 40, "Net"), (230, 40, "Net"),
        (80, 50, "Shipped"), (126, 50, "Measure"), (160, 50, "Retail"), (200, 50, "Price"),
        (230, 50, "Amount"),
    ) == [
        ("Item", "product_code"), ("Qty Shipped", "qty_shipped"), ("B/O", "qty_backordered"),
        ("Unit of Measure", "unit"), ("Suggested Retail", "list_price"),
        ("Net Price", "your_price"), ("Net Amount", "extended_price"),
    ]  # fmt: skip


def test_two_headings_that_run_into_each_other_are_two() -> None:
    (headings,) = found("Item  Ordered  Shipped  BackorderedUOM  List  Price/UnitAmount")
    assert [column.field for column in headings.columns] == [
        "product_code", "qty_ordered", "qty_shipped", "qty_backordered", "unit", "list_price",
        "your_price", "extended_price",
    ]  # fmt: skip


lines_of_words = st.lists(
    st.lists(st.sampled_from(["Qty", "Price", "UPC", "Metal", "12", "x"]), min_size=1, max_size=7),
    max_size=5,
)


@given(lines_of_words)
def test_a_line_is_a_candidate_where_at_least_half_of_its_words_are_known(
    texts: list[list[str]],
) -> None:
    lines = [
        Line(20.0 * k, 20.0 * k + 8, [Word(text, 30.0 * n, 0, 30.0 * n + 9, 8) for n, text in row])
        for k, row in enumerate(map(list, map(enumerate, texts)))
    ]
    plain = [
        k for k, row in enumerate(texts) if 2 * sum(t in HEADING_WORDS for t in row) >= len(row)
    ]
    assert candidates(lines) == plain
