"""The content of an order's page, written out cell by cell, for `small_pdf`."""

from __future__ import annotations

__all__ = ["HEAD", "row", "shown"]

_PLACES = (40, 100, 180, 330, 360, 395, 425, 455, 480, 515, 550)
_HEADINGS = (
    b"Product", b"UPC", b"Description", b"Ord", b"Alloc", b"Ship", b"BkOrd", b"UM", b"List",
    b"Your", b"Ext",
)  # fmt: skip


def shown(x: float, y: float, text: bytes, before: bytes = b"") -> bytes:
    """Operators that show a text at a place, after others in the same text object."""
    return b"BT %b/F1 8 Tf %d %d Td (%b) Tj ET\n" % (before, x, y, text)


def row(
    y: float,
    code: bytes = b"XS9826A",
    description: bytes = b"Metal Ornament",
    *,
    right: float = 0.0,
    before: bytes = b"",
) -> bytes:
    """A row of 24 pieces at 1.60; moved to the right by some points."""
    cells = (
        code, b"191009727774", description, b"24", b"0", b"24", b"0", b"each", b"2.00", b"1.60",
        b"38.40",
    )  # fmt: skip
    return b"".join(
        shown(x + right, y, cell, before) for x, cell in zip(_PLACES, cells, strict=True)
    )


HEAD = b"".join(
    [
        shown(40, 750, b"Creative Co-Op"),
        shown(40, 735, b"ORDER ACKNOWLEDGEMENT"),
        shown(300, 735, b"ORDER NO: CS003837319"),
        shown(300, 720, b"ORDER DATE: 1/2/2025"),
        *[shown(x, 700, name) for x, name in zip(_PLACES, _HEADINGS, strict=True)],
    ]
)
