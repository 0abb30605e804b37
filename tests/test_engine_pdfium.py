"""The engine pdfium: how its library is called, and what its text leaves out."""

from __future__ import annotations

import ctypes
import gc
import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from perfkit.engines import _pdfium_binding
from perfkit.engines import pdfium as engine
from perfkit.errors import DamagedPdfError, MissingExtraError
from perfkit.model import Page, Word
from perfkit.source import open_source
from tests.small_pdf import small_pdf, stream

ORDER = Path(__file__).parent.parent / "test_invoices" / "order_one_page.pdf"


def read(document: bytes | Path) -> list[Page]:
    with engine.open_document(open_source(document)) as opened:
        return list(opened.pages())


def words(content: bytes, **parts: Any) -> dict[str, Word]:
    document = small_pdf(b"BT /F1 10 Tf 100 500 Td " + content + b" ET", **parts)
    return {word.text: word for word in read(document)[0].words}


class Watched:
    """The library, which counts some calls and lets others fail."""

    def __init__(self, library: ctypes.PyDLL, failing: str = "") -> None:
        self.library, self.failing = library, failing
        self.called: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.called.append(name)
        return (lambda *_arguments: 0) if name == self.failing else getattr(self.library, name)

    def __getitem__(self, name: str) -> Any:
        return self.library[name]


# ---- The library.


def test_the_library_is_loaded_once_and_holds_the_interpreters_lock():
    assert engine.library() is engine.library()
    assert isinstance(engine.library(), ctypes.PyDLL)


def test_threads_that_read_side_by_side_take_turns():
    alone = read(ORDER)
    with ThreadPoolExecutor(4) as pool:
        assert all(pages == alone for pages in pool.map(read, [ORDER] * 12))


def test_without_the_package_that_ships_the_library_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(_pdfium_binding, "_library", None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(MissingExtraError, match=r"pip install"):
        read(ORDER)


@pytest.mark.parametrize("failing", ["FPDF_LoadPage", "FPDFText_LoadPage"])
def test_a_page_that_does_not_load_is_named_and_let_go(failing, monkeypatch):
    with engine.open_document(open_source(small_pdf(b"", b""))) as document:
        watched = Watched(engine.library(), failing)
        monkeypatch.setattr(document, "_pdfium", watched)
        with pytest.raises(DamagedPdfError, match="page 2"):
            list(document.pages(2))
        loaded = failing != "FPDF_LoadPage"
        assert watched.called.count("FPDF_ClosePage") == loaded
        assert "FPDFText_ClosePage" not in watched.called


def test_every_page_is_let_go_before_the_next_is_loaded(monkeypatch):
    with engine.open_document(open_source(small_pdf(b"", b"", b""))) as document:
        watched = Watched(engine.library())
        monkeypatch.setattr(document, "_pdfium", watched)
        list(document.pages())
    held = 0
    for name in watched.called:
        held += {"FPDF_LoadPage": 1, "FPDF_ClosePage": -1}.get(name, 0)
        assert held <= 1
    assert watched.called.count("FPDFText_ClosePage") == 3
    assert watched.called[-1] == "FPDF_CloseDocument"


def test_a_document_that_is_forgotten_is_closed(monkeypatch):
    watched = Watched(engine.library())
    monkeypatch.setattr(engine, "library", lambda: watched)
    engine.open_document(open_source(small_pdf(b"")))
    gc.collect()
    assert watched.called.count("FPDF_CloseDocument") == 1


# ---- Its text.


def test_a_hyphen_at_the_end_of_a_line_stays_and_ends_its_word():
    found = words(b"(Hand-) Tj 0 -12 Td (Painted Wool) Tj")
    assert set(found) == {"Hand-", "Painted", "Wool"}
    assert found["Painted"].x0 == pytest.approx(100)
    assert found["Painted"].bottom == pytest.approx(found["Hand-"].bottom + 12)


def test_words_after_a_character_of_two_code_units_are_where_they_belong():
    cmap = stream(
        b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange "
        b"1 beginbfchar <01> <D83DDE00> endbfchar endcmap"
    )
    font = (
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding "
        b"/ToUnicode 91 0 R >>"
    )
    found = words(b"(\\001 a\\001b after) Tj", objects={90: font, 91: cmap})
    assert found["after"].x0 == pytest.approx(100 + 6 * 6, abs=0.1)
    assert found["after"].x1 == pytest.approx(100 + 11 * 6, abs=0.1)


def test_cells_drawn_from_right_to_left_are_words_of_their_own():
    cells = [b"1 0 0 1 %d 500 Tm (%d) Tj" % (500 - 40 * k, 10 + k) for k in range(9)]
    found = words(b" ".join(cells))
    assert sorted(found) == [str(10 + k) for k in range(9)]
    assert found["18"].x0 == pytest.approx(180)


def test_more_words_than_the_buffer_first_holds_are_all_placed():
    rows = [
        b"1 0 0 1 20 %d Tm (%s) Tj"
        % (780 - 7 * row, b" ".join(b"%dr%d" % (row, column) for column in range(30)))
        for row in range(100)
    ]
    found = words(b"/F1 5 Tf " + b" ".join(rows))
    assert len(found) == 3000
    assert all(found[f"{row}r0"].x0 == pytest.approx(20) for row in range(100))
    assert found["99r29"].bottom - found["0r29"].bottom == pytest.approx(7 * 99)


@pytest.mark.parametrize("content", [b"", b"q Q", b"1 0 0 RG"])
def test_a_blank_page_is_known_by_its_objects(content):
    (page,) = read(small_pdf(content))
    assert (page.words, page.has_graphics) == ([], False)
