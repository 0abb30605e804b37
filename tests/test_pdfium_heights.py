"""Boxes of fonts that do not state how high they are."""

from __future__ import annotations

import pytest

from perfkit.engines import pdfium
from perfkit.geometry import lines_of
from perfkit.model import Page
from perfkit.source import open_source
from tests.small_pdf import small_pdf

WIDTHS = b" ".join([b"556"] * 95)
#: LibreOffice writes such fonts: pdfium then gives each glyph's ink as its box.
SILENT = {
    90: b"<< /Type /Font /Subtype /TrueType /BaseFont /Own /Encoding /WinAnsiEncoding "
    b"/FirstChar 32 /LastChar 126 /Widths [" + WIDTHS + b"] /FontDescriptor 91 0 R >>",
    91: b"<< /Type /FontDescriptor /FontName /Own /Flags 32 /FontBBox [-100 -200 1000 900] "
    b"/Ascent 0 /Descent 0 /CapHeight 700 /ItalicAngle 0 /StemV 80 >>",
}


def read(content: bytes, page: str = "/MediaBox [0 0 612 792]") -> Page:
    document = small_pdf(content, page=page, objects=SILENT)
    with pdfium.open_document(open_source(document)) as opened:
        return next(opened.pages())


@pytest.mark.parametrize("size", ["/F1 10 Tf 1 0 0 1 40 700 Tm", "/F1 1 Tf 10 0 0 10 40 700 Tm"])
def test_words_of_a_font_without_heights_are_as_high_as_their_size_says(size):
    page = read(b"BT %b (Surcharges $2,808.00 ag x . Invoice) Tj ET" % size.encode())
    assert [word.text for word in page.words] == "Surcharges $2,808.00 ag x . Invoice".split()
    assert {(round(word.top, 1), round(word.bottom, 1)) for word in page.words} == {(83.0, 94.1)}


def test_words_of_a_page_that_lies_on_its_side_are_as_high_as_their_size_says():
    page = read(
        b"BT 0 1 -1 0 300 100 Tm /F1 10 Tf (Surcharges ag x Invoice) Tj ET",
        "/MediaBox [0 0 612 792] /Rotate 90",
    )
    assert [word.text for word in page.words] == "Surcharges ag x Invoice".split()
    assert {(round(word.top, 1), round(word.bottom, 1)) for word in page.words} == {(291.0, 302.1)}


def test_raised_small_figures_of_such_a_font_are_cents():
    page = read(
        b"BT /F1 10 Tf 40 700 Td (gray boxes and pegs) Tj /F1 6 Tf 3 Ts (up) Tj ET "
        b"BT 0 Ts /F1 10 Tf 300 700 Td (7) Tj /F1 6 Tf 3 Ts (50) Tj ET"
    )
    (line,) = lines_of(page).lines
    assert line.text == "gray boxes and pegs up 7.50"
