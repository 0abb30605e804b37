"""Pages whose text does not stand upright are read as by a reader who turns them."""

from __future__ import annotations

import math

import pytest

from perfkit import plugins
from perfkit.geometry import lines_of
from perfkit.model import Page
from perfkit.source import open_source
from tests.small_pdf import small_pdf

LINES = ("Item      Ordered      Shipped", "XS9482   191009714712   Wood Shoe", "Total 33.60")


def read(engine: str, document: bytes) -> Page:
    with plugins.load("engines", engine).open_document(open_source(document)) as opened:
        page: Page = next(opened.pages())
    return page


def drawn(matrix: str, page: str = "/MediaBox [0 0 612 792]") -> bytes:
    """Lines of text, 20 points apart, each under this text matrix's turn from (50, 700)."""
    a, b = map(int, matrix.split())
    shown = b""
    for k, line in enumerate(LINES):
        x, y = 300 + 20 * k * b, 400 - 20 * k * a
        shown += f"BT /F1 10 Tf {a} {b} {-b} {a} {x} {y} Tm ({line}) Tj ET\n".encode()
    return small_pdf(shown, page=page)


@pytest.mark.parametrize("engine", ["pdfium", "pypdf"])
@pytest.mark.parametrize(
    "matrix", ["1 0", "0 1", "-1 0", "0 -1"], ids=["right", "up", "left", "down"]
)
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_text_is_read_upright_however_it_is_drawn_and_the_page_is_turned(
    engine: str, matrix: str, rotate: int
) -> None:
    page = read(engine, drawn(matrix, f"/MediaBox [0 0 612 792] /Rotate {rotate}"))
    words = {word.text: word for word in page.words}
    assert words.keys() >= {"Item", "Ordered", "XS9482", "191009714712", "33.60"}
    assert words["Item"].x0 == pytest.approx(words["XS9482"].x0, abs=1.0)
    assert words["XS9482"].x1 < words["191009714712"].x0 < words["191009714712"].x1
    pitch = words["XS9482"].bottom - words["Item"].bottom
    assert pitch == pytest.approx(20.0, abs=1.0)
    assert words["Total"].bottom - words["XS9482"].bottom == pytest.approx(20.0, abs=1.0)
    assert all(0 <= w.x0 < w.x1 <= page.width and 0 <= w.top < w.bottom <= page.height
               for w in page.words)  # fmt: skip


@pytest.mark.parametrize("engine", ["pdfium", "pypdf"])
def test_a_margin_note_that_runs_up_the_page_turns_nothing(engine: str) -> None:
    note = b"BT /F1 8 Tf 0 1 -1 0 30 200 Tm (printed in the warehouse) Tj ET\n"
    body = b"".join(
        f"BT /F1 10 Tf 100 {600 - 20 * k} Td (XS94{k:02d}   Wood Shoe Ornament) Tj ET\n".encode()
        for k in range(10)
    )
    page = read(engine, small_pdf(note + body))
    words = {word.text: word for word in page.words}
    assert (page.width, page.height) == (612, 792)
    assert words["XS9400"].x0 == pytest.approx(100, abs=1.0)
    assert words["XS9401"].bottom - words["XS9400"].bottom == pytest.approx(20.0, abs=0.1)


@pytest.mark.parametrize("engine", ["pdfium", "pypdf"])
def test_numbers_drawn_twice_in_one_array_to_look_bold_are_one(engine: str) -> None:
    shown = b"BT /F1 10 Tf 100 500 Td [(2) 540 (2)] TJ 40 0 Td [(Shoe)] TJ 0.2 0 Td (Shoe) Tj ET"
    assert next(word.text for word in read(engine, small_pdf(shown)).words) == "2"


ROWS = tuple(
    f"XS{1000 + k}A  1910097147{k:02d}  Wood Shoe Ornament, Natural  {k % 7}  each  {k + 6}.50"
    for k in range(12)
)


def rows(degrees: float) -> bytes:
    """Rows of text on a page that is turned about its middle, counter-clockwise."""
    a, b = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = 306 - 306 * a + 396 * b, 396 - 306 * b - 396 * a
    shown = f"q {a} {b} {-b} {a} {x} {y} cm\n"
    for k, row in enumerate(ROWS):
        shown += f"BT /F1 9 Tf 100 {600 - 13 * k} Td ({row}) Tj ET\n"
    return small_pdf((shown + "Q").encode())


@pytest.mark.parametrize("engine", ["pdfium", "pypdf"])
@pytest.mark.parametrize("degrees", [0.3, -0.4, 1.0, -2.0, 3.5, -5.0])
def test_text_that_is_turned_a_little_has_the_lines_and_places_of_straight_text(
    engine: str, degrees: float
) -> None:
    straight = lines_of(read(engine, rows(0.0))).lines
    turned = lines_of(read(engine, rows(degrees))).lines
    assert [line.text for line in turned] == [" ".join(row.split()) for row in ROWS]
    for line, other in zip(turned, straight, strict=True):
        for word, same in zip(line.words, other.words, strict=True):
            assert word[1:] == pytest.approx(same[1:], abs=0.3)


@pytest.mark.parametrize("engine", ["pdfium", "pypdf"])
def test_a_stub_printed_sideways_stands_on_no_line_of_the_table(engine: str) -> None:
    body = rows(0.0)
    stub = b"BT /F1 9 Tf 0 1 -1 0 30 450 Tm (REMITTANCE STUB 9 of 9 XS9999A) Tj ET\n"
    shown = "".join(
        f"BT /F1 9 Tf 100 {600 - 13 * k} Td ({row}) Tj ET\n" for k, row in enumerate(ROWS)
    )
    found = lines_of(read(engine, small_pdf(stub + shown.encode())))
    straight = lines_of(read(engine, body))
    assert [line.text for line in found.lines] == [line.text for line in straight.lines]
    ((reason, count, sample),) = found.ignored
    assert (reason, count, sample) == ("printed sideways", 6, "REMITTANCE")


@pytest.mark.parametrize("engine", ["pdfium", "pypdf"])
def test_words_that_letter_spacing_sets_apart_are_parted_and_spaced_headings_are_not(
    engine: str,
) -> None:
    """Programs without a space character write ``eC`` of "Creative Co-Op" with its gap so."""
    shown = b"""BT /F1 10 Tf 100 700 Td (Creativ) Tj 31.68 0 Td 2.78 Tc (eC) Tj 15.56 0 Td
        0 Tc (o-Op Goods) Tj -47.24 -20 Td 3 Tc (QUANTITY) Tj ET"""
    words = [word.text for word in read(engine, small_pdf(shown)).words]
    assert words == ["Creative", "Co-Op", "Goods", "QUANTITY"]
