"""Scans: words of pictures, straightened and mended, and pages of both kinds in one file."""

from __future__ import annotations

import io
import math
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from perfkit.accuracy import assess, score
from perfkit.corpus import make_bytes
from perfkit.corpus.variants import scan
from perfkit.engines import auto, ocr
from perfkit.engines._ocr_mend import mend
from perfkit.engines._ocr_words import Piece, place
from perfkit.errors import (
    DamagedPdfError,
    EncryptedPdfError,
    MissingExtraError,
    NoTextLayerError,
)
from perfkit.executors._pool import shared_pool
from perfkit.model import Page, Word
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from perfkit.source import open_source
from tests.small_pdf import small_pdf

ORDER, TRUTH = make_bytes(pages=1, seed=11)
ROWS = TRUTH["line_items"]


def mended(*texts: str, gap: float = 3.0) -> list[str]:
    """Words side by side, 8 points high and 4 a letter, as they are after mending."""
    line, x = [], 0.0
    for text in texts:
        line.append((Word(text, x, 0.0, x + 4.0 * len(text), 8.0), 0.9))
        x += 4.0 * len(text) + gap
    return [word.text for word, _ in mend(line)]


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        (["7°L"], ['7"L']),
        (["4-3/4*", "Round"], ['4-3/4"', "Round"]),
        (["11", '"W'], ['11"W']),
        (["5''H"], ['5"H']),
        (['19100941844311"H'], ["191009418443", '11"H']),
        (["XS9826A191009727774"], ["XS9826A", "191009727774"]),
        (["DF348718.25*H"], ["DF3487", '18.25"H']),
        (["XS8641", "A", "191009080893"], ["XS8641A", "191009080893"]),
        (["19100935", "1047"], ["191009351047"]),
        (['S/312-3/4"Lx15-1/4"H'], ["S/3", '12-3/4"Lx15-1/4"H']),
        (["5\u00b0Lx", "10-1/8*H"], ['5"Lx10-1/8"H']),
        (["\u00d7", "x14*H"], ["x", "x", '14"H']),
        (["&Care", "Red&", "in2", "6Styles", "SlubThrow"],
         ["&", "Care", "Red", "&", "in", "2", "6", "Styles", "Slub", "Throw"]),
        (["Bow1", "w/3/4*"], ["Bowl", "w/", '3/4"']),
    ],
)  # fmt: skip
def test_what_ocr_gets_wrong_is_mended_where_it_cannot_be_otherwise(read, meant):
    assert mended(*read) == meant


@pytest.mark.parametrize(
    "words",
    [
        ["191009727775", "S/3", "12", "each", "2.00", "BkOrd", "McKay", "6H", "R&D", "x"],
        ["XS9826", "Ball", "191009727774"],
        ["12", "24", "0"],
        ['4"Lx6"H', 'Lid,', "Spoon", "&", "Creamer"],
    ],
)  # fmt: skip
def test_what_is_right_is_left_as_it_is(words):
    assert mended(*words) == words


def test_a_code_and_a_lone_letter_far_from_it_are_two_words():
    assert mended("XS8641", "A", gap=30.0) == ["XS8641", "A"]


LINES = st.lists(st.integers(1, 12), min_size=3, max_size=8, unique=True)


@given(LINES, st.floats(-3, 3))
def test_a_page_that_is_turned_gives_the_words_of_a_straight_one(lines, degrees):
    """Each line has a long text, from which the angle is read, and a number far to the right."""
    turn = math.radians(degrees)

    def corner(x: float, y: float) -> list[float]:
        x, y = x - 600, y - 800
        return [
            600 + x * math.cos(turn) - y * math.sin(turn),
            800 + x * math.sin(turn) + y * math.cos(turn),
        ]

    def box(x0: float, x1: float, y: float) -> list[list[float]]:
        return [corner(x0, y), corner(x1, y), corner(x1, y + 20), corner(x0, y + 20)]

    pieces = [
        Piece(kind * line, 0.9, quad, quad)
        for line in lines
        for kind, quad in [
            ("t", box(100, 500, 100.0 * line)),
            ("n", box(1000, 1040, 100.0 * line)),
        ]
    ]
    read = place(pieces, 1200, 1600, 2.0)
    assert read.degrees == pytest.approx(degrees, abs=0.01)
    places = {word.text: word for word in read.words}
    for line in lines:
        text, number = places["t" * line], places["n" * line]
        assert (text.top, text.bottom) == (number.top, number.bottom)
        assert text[1:] == pytest.approx((50.0, 50.0 * line, 250.0, 50.0 * line + 10), abs=0.01)
        assert (number.x0, number.x1) == pytest.approx((500.0, 520.0), abs=0.5)


def test_a_page_without_words_is_placed_as_such():
    assert place([], 100, 100, 1.0) == ([], [], 0.0)


def test_without_the_extra_a_scan_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(ocr, "is_there", lambda: False)
    picture = scan(ORDER)
    with pytest.raises(MissingExtraError, match=r"perfkit\[ocr\]"):
        extract(picture, Recipe(engine="ocr"))
    with pytest.raises(NoTextLayerError, match=r"page 1: .* Install OCR.*perfkit\[ocr\]"):
        extract(picture, Recipe(engine="auto"))
    assert len(extract(ORDER, Recipe(engine="auto")).line_items) == len(ROWS)


@pytest.mark.parametrize("engine", [ocr, auto])
def test_bad_files_are_refused_as_by_every_engine(engine):
    writer = PdfWriter(clone_from=io.BytesIO(ORDER))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(EncryptedPdfError):
        engine.open_document(open_source(out.getvalue()))
    with engine.open_document(open_source(out.getvalue()), "secret") as document:
        assert document.page_count == 1
    with pytest.raises(DamagedPdfError):
        engine.open_document(open_source(b"%PDF-1.7\nnothing\n%%EOF"))
    document.close()
    with pytest.raises(ValueError, match="closed"):
        next(document.pages())


def test_a_blank_page_holds_nothing_and_is_not_read():
    with ocr.open_document(open_source(small_pdf(b""))) as document:
        (page,) = document.pages()
    assert (page.words, page.has_graphics) == ([], False)


def test_cores_are_shared_by_workers(monkeypatch):
    monkeypatch.setattr(ocr, "_usable_cores", lambda: 8)
    threads = [
        ocr.open_document(open_source(ORDER), "", recipe)._threads
        for recipe in (
            Recipe(),
            Recipe(executor="processes", workers=4),
            Recipe(executor="processes"),
            Recipe(executor="processes", workers=20),
        )
    ]
    assert threads == [8, 2, 1, 1]


@pytest.fixture(scope="module")
def turned():
    """Read by workers, which are let go afterwards: the models are large."""
    yield scan(ORDER, dpi=150, degrees=1.0, quality=75)
    shared_pool().close()


def test_a_scan_that_is_turned_by_a_degree_is_read(turned):
    found = extract(turned, Recipe(engine="ocr", executor="processes", workers=1))
    accuracy = score(found.line_items, ROWS)
    assert accuracy.recall == accuracy.precision == 1.0
    assert accuracy.score is not None
    assert accuracy.score >= 0.95, accuracy.differences
    assert found.invoice_number == TRUTH["invoice_number"]
    assert assess(found).kind == "self-check"


def test_text_and_scanned_pages_of_one_file_are_read_each_in_its_way(turned):
    """... by worker processes too, which load the model once each."""
    writer = PdfWriter()
    for data in (ORDER, turned):
        writer.append(PdfReader(io.BytesIO(data)))
    out = io.BytesIO()
    writer.write(out)
    recipe = Recipe(engine="auto", executor="processes", workers=2)
    found = extract(out.getvalue(), recipe)
    assert [item.page for item in found.line_items] == [1] * len(ROWS) + [2] * len(ROWS)
    codes = [item.product_code for item in found.line_items]
    assert codes[: len(ROWS)] == codes[len(ROWS) :]


def test_words_of_little_confidence_are_named(monkeypatch):
    quad = [[10.0, 10.0], [90.0, 10.0], [90.0, 30.0], [10.0, 30.0]]
    pieces = [Piece("abcdefg"[k], 0.5, quad, quad) for k in range(7)]
    monkeypatch.setattr(ocr, "read_picture", lambda *_: pieces)
    with ocr.open_document(open_source(ORDER)) as document:
        page: Page = next(document.pages())
    assert page.confidences == [0.5] * 7
    (warning,) = page.warnings
    assert warning.startswith("page 1: read by OCR with little confidence: 'a'")
    assert warning.endswith("and 2 more")


def test_a_document_left_open_is_no_harm_at_the_end():
    """... although another user of the library has shut it down by then."""
    code = (
        "import sys, pypdfium2\n"
        "from perfkit.engines import ocr, pdfium\n"
        "from perfkit.source import open_source\n"
        "data = open(sys.argv[1], 'rb').read()\n"
        "pypdfium2.PdfDocument(data)\n"
        "left = [e.open_document(open_source(data)) for e in (pdfium, ocr)]\n"
    )
    path = os.path.join("test_invoices", "order_one_page.pdf")
    subprocess.run([sys.executable, "-c", code, path], check=True)
