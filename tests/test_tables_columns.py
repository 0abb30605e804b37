"""Numbers find their columns' headings, however they are aligned under them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from perfkit.geometry import group_lines
from perfkit.model import LineItem
from perfkit.tables.columns import bands_of, match_columns
from perfkit.tables.headings import Headings, find_headings
from tests.pages import cells, items

extents = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda e: (float(e[0]), float(sum(e)))),
    max_size=30,
)
#: Left edges of six headings of 40 points, 20 points between them.
EDGES = {"Item": 20, "Ordered": 80, "Shipped": 140, "BkOrd": 200, "List": 260, "Price": 320}
WIDTH = 40.0


@given(extents)
def test_bands_part_all_numbers_and_cross_none(found: list[tuple[float, float]]) -> None:
    bands = bands_of(found)
    assert sum(band.members for band in bands) == len(found)
    assert all(before.x1 <= after.x0 for before, after in pairwise(bands))
    for low, high in found:
        assert [band.x0 <= low and high <= band.x1 for band in bands].count(True) == 1


def headed() -> Headings:
    """Six headings, each as wide as its column."""
    placed = [(float(x0), 40.0, text) for text, x0 in EDGES.items()]
    (headings,) = find_headings(group_lines(cells(*placed).words))
    return headings._replace(
        columns=tuple(column._replace(x1=column.x0 + WIDTH) for column in headings.columns)
    )


def place(heading: str, wide: float, align: str, off: float = 0.0) -> tuple[float, float]:
    """Where a number of this width stands under a heading."""
    room = WIDTH - wide
    x0 = EDGES[heading] + {"left": 0.0, "centre": room / 2, "right": room}[align] + off
    return x0, x0 + wide


@pytest.mark.parametrize("blank", [None, "Shipped", "BkOrd"])
def test_numbers_at_the_right_belong_to_headings_at_the_left(blank: str | None) -> None:
    """A number ends just before the next heading begins, and may stand clear of its own."""
    placed = [(float(x0), 40.0, text) for text, x0 in EDGES.items()]
    (headings,) = find_headings(group_lines(cells(*placed).words))
    ends = dict(pairwise([*EDGES.values(), 380]))
    found = {
        k: (ends[x0] - 9.0, ends[x0] - 4.0) for k, x0 in EDGES.items() if k not in ("Item", blank)
    }
    columns = match_columns(headings, [*found.values()] * 3)
    fields = {"Ordered": "qty_ordered", "Shipped": "qty_shipped", "BkOrd": "qty_backordered",
              "List": "list_price", "Price": "your_price"}  # fmt: skip
    assert [columns.field_at(x0 + 2.0) for x0, _ in found.values()] == [fields[k] for k in found]


def test_as_many_bands_of_numbers_as_headings_belong_together_in_order() -> None:
    """Each band stands under the next heading: the rows were laid out apart from the headings."""
    found = [(x0 + 44.0, x0 + 70.0) for x0 in list(EDGES.values())[1:]]
    columns = match_columns(headed(), found * 3)
    assert [columns.field_at(x0 + 9.0) for x0, _ in found] == [
        "qty_ordered", "qty_shipped", "qty_backordered", "list_price", "your_price",
    ]  # fmt: skip


@pytest.mark.parametrize("align", ["left", "centre", "right"])
@pytest.mark.parametrize("off", [-22.0, 0.0, 22.0], ids=["to the left", "under", "to the right"])
def test_numbers_of_any_alignment_are_their_headings(align: str, off: float) -> None:
    """Off by 22 points they reach under the next heading, and all are off alike."""
    wide = {"Ordered": 26.0, "Shipped": 30.0, "BkOrd": 26.0, "List": 32.0, "Price": 36.0}
    found = [place(heading, size, align, off) for heading, size in wide.items()]
    columns = match_columns(headed(), found * 3)
    assert [columns.field_at((x0 + x1) / 2) for x0, x1 in found] == [
        "qty_ordered", "qty_shipped", "qty_backordered", "list_price", "your_price",
    ]  # fmt: skip


@pytest.mark.parametrize("blank", ["Ordered", "Shipped", "BkOrd", "List"])
def test_a_column_without_any_number_takes_none_of_its_neighbours(blank: str) -> None:
    found = {name: place(name, 16.0, "right") for name in EDGES if name not in ("Item", blank)}
    columns = match_columns(headed(), list(found.values()))
    fields = {
        "Ordered": "qty_ordered", "Shipped": "qty_shipped", "BkOrd": "qty_backordered",
        "List": "list_price", "Price": "your_price",
    }  # fmt: skip
    for name, (x0, x1) in found.items():
        assert columns.field_at((x0 + x1) / 2) == fields[name]


@pytest.mark.parametrize("blank", ["Ordered", "BkOrd", "List"])
def test_a_blank_column_is_skipped_also_where_numbers_stand_beside_their_headings(
    blank: str,
) -> None:
    names = [name for name in EDGES if name not in ("Item", blank)]
    found = {name: place(name, 16.0, "right", off=17.0) for name in names}
    columns = match_columns(headed(), list(found.values()) * 4)
    fields = [columns.field_at((x0 + x1) / 2) for x0, x1 in found.values()]
    assert fields == [
        field
        for name, field in zip(
            ("Ordered", "Shipped", "BkOrd", "List", "Price"),
            ("qty_ordered", "qty_shipped", "qty_backordered", "list_price", "your_price"),
            strict=True,
        )
        if name != blank
    ]


def test_one_stray_number_does_not_move_the_columns() -> None:
    """A number between two columns, once, against nine rows that stand well."""
    names = ["Ordered", "Shipped", "BkOrd", "List", "Price"]
    rows = [place(name, 16.0, "right") for name in names] * 9
    columns = match_columns(headed(), [*rows, (127.0, 131.0)])
    assert columns.field_at(129.0) is None
    assert [columns.field_at(sum(place(name, 16.0, "right")) / 2) for name in names] == [
        "qty_ordered", "qty_shipped", "qty_backordered", "list_price", "your_price",
    ]  # fmt: skip


def test_a_number_far_from_every_heading_belongs_to_none() -> None:
    columns = match_columns(headed(), [(500.0, 520.0), *[place("List", 16.0, "right")] * 3])
    assert columns.field_at(510.0) is None
    assert columns.field_at(sum(place("List", 16.0, "right")) / 2) == "list_price"


def test_without_any_number_the_headings_themselves_are_the_columns() -> None:
    columns = match_columns(headed(), [])
    assert columns.field_at(EDGES["BkOrd"] + WIDTH / 2) == "qty_backordered"
    assert columns.field_at(0.0) is None
    assert columns.field_at(1000.0) is None


@given(extents)
def test_columns_run_from_left_to_right_wherever_numbers_no_wider_than_a_column_stand(
    found: list[tuple[float, float]],
) -> None:
    numbers = [(20 + 5 * x0, 20 + 5 * x1) for x0, x1 in found]
    assume(all(band.x1 - band.x0 <= WIDTH for band in bands_of(numbers)))
    columns = match_columns(headed(), numbers)
    assert columns.edges == sorted(columns.edges)
    assert len(columns.fields) == len(columns.edges) + 1
    assert [field for field in columns.fields if field] == [
        "qty_ordered", "qty_shipped", "qty_backordered", "list_price", "your_price",
    ]  # fmt: skip


HEADINGS = "Item                Ordered    Alloc  Shipped  BkOrd   UM    List   Price    Amount"
LEFT = """
XS9482  Wood Shoe   12         2      7        3       each  3.50   2.80     19.60
XS9483  Wood Shoe   1,200      200    700      300     each  33.50  22.80    15,960.00
"""
CENTRED = """
XS9482  Wood Shoe     12        2       7        3     each  3.50    2.80     19.60
XS9483  Wood Shoe    1,200     200     700      300    each 33.50   22.80   15,960.00
"""
RIGHT = """
XS9482  Wood Shoe        12        2        7      3   each  3.50    2.80       19.60
XS9483  Wood Shoe     1,200      200      700    300   each 33.50   22.80   15,960.00
"""


def quantities(item: LineItem) -> tuple[int | None, ...]:
    return item.qty_ordered, item.qty_allocated, item.qty_shipped, item.qty_backordered


@pytest.mark.parametrize("rows", [LEFT, CENTRED, RIGHT], ids=["left", "centred", "right"])
def test_a_page_of_numbers_of_any_alignment_is_read_alike(rows: str) -> None:
    first, second = items(HEADINGS + "\n" + rows)
    assert quantities(first) == (12, 2, 7, 3)
    assert quantities(second) == (1200, 200, 700, 300)
    assert [str(p) for p in (second.list_price, second.your_price, second.extended_price)] == [
        "33.50", "22.80", "15960.00",
    ]  # fmt: skip
    assert [item.unit for item in (first, second)] == ["each", "each"]


def test_blank_cells_are_none_and_their_neighbours_stay_where_they_are() -> None:
    first, second, third = items(
        HEADINGS
        + """
XS9482  Wood Shoe        12                 7          each  3.50    2.80       19.60
XS9483  Wood Shoe                           7      3   each          2.80       19.60
XS9484  Wood Shoe        12        2                   each  3.50    2.80
"""
    )
    assert quantities(first) == (12, None, 7, None)
    assert quantities(second) == (None, None, 7, 3)
    assert quantities(third) == (12, 2, None, None)
    assert second.list_price is None
    assert third.extended_price is None


def test_a_column_that_is_blank_on_the_whole_page_is_none_in_every_row() -> None:
    found = items(
        HEADINGS
        + """
XS9482  Wood Shoe        12                 7      5   each  3.50    2.80       19.60
XS9483  Wood Shoe        13                 8      5   each  3.50    2.80       22.40
"""
    )
    assert [quantities(item) for item in found] == [(12, None, 7, 5), (13, None, 8, 5)]
