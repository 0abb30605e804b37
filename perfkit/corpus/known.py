"""What is known of two real documents; their made-up namesakes hold these rows."""

from __future__ import annotations

from datetime import date

__all__ = ["DATES", "Values", "rows"]

#: Code, UPC, description, quantities ordered, allocated, backordered and shipped, unit,
#: list price, your price, and whether a surcharge line follows.
Values = tuple[str, str, str, int, int, int, int, str, str, str, bool]

DATES = {"CS003837319": date(2025, 1, 17), "CI004848705": date(2025, 2, 24)}

#: Document number to {place among the rows, from 0: values}.
_ROWS: dict[str, dict[int, Values]] = {
    "CS003837319": {
        1: ("XS9826A", "191009727774", '6"H Metal Ballerina Ornament,',
            24, 0, 0, 24, "each", "2.00", "1.60", True),
        6: ("XS8911A", "191009710615", '4-3/4"L x 3-1/2"W x 10"H Metal',
            12, 0, 0, 0, "each", "10.00", "8.00", False),
        14: ("XS9482", "191009714712", '8.25"H Wood Shoe Ornament',
             12, 0, 0, 12, "each", "3.50", "2.80", False),
        33: ("XS9840A", "191009727910", '2-1/2"H 3-1/4"H Metal &',
             24, 14, 0, 24, "each", "3.50", "2.80", True),
        71: ("XS8185", "191009721666", '20"Lx12"H Cotton Lumbar Pillow',
             16, 0, 0, 16, "each", "15.00", "12.00", False),
        116: ("XS3350", "191009571414", 'S/3 28"L x 18"W Cotton Tea Towels with 12 Patterns',
              12, 0, 0, 12, "Set", "10.00", "8.00", False),
    },
    "CI004848705": {
        0: ("DA6312", "191009446071", 'S/3 4-1/4"H Stoneware Sugar Pot w/ Lid, Spoon & Creamer',
            8, 0, 0, 8, "each", "7.50", "6.00", True),
        3: ("DF8407A", "191009503262", '6"L x 8"H Bone Photo Frame (Holds 4" x 6" Photo)',
            6, 0, 0, 6, "each", "13.00", "10.40", False),
    },
}  # fmt: skip


def rows(number: str) -> dict[int, Values]:
    """Known rows of the document of that number, by their place; empty for any other."""
    return _ROWS.get(number, {})
