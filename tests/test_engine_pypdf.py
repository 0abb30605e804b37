"""The engine pypdf: widths, spacing, forms, and whatever pypdf raises."""

from __future__ import annotations

import gc
import io
import logging
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pypdf.errors import DependencyError, LimitReachedError, PdfReadError
from pypdf.generic import StreamObject

from perfkit.engines import _pypdf_canvas, _pypdf_fonts
from perfkit.engines import pypdf as engine
from perfkit.errors import DamagedPdfError, EncryptedPdfError, MissingExtraError
from perfkit.model import Page
from perfkit.source import open_source
from tests.small_pdf import small_pdf, stream

INVOICES = Path(__file__).parent.parent / "test_invoices"


def read(document: bytes) -> list[Page]:
    with engine.open_document(open_source(document)) as opened:
        return list(opened.pages())


def words(content: bytes, **parts: Any) -> list[Any]:
    """Words of a page that draws ``content`` with ``/F1`` at 10 points from (100, 500) on."""
    document = small_pdf(b"BT /F1 10 Tf 100 500 Td " + content + b" ET", **parts)
    return sorted(read(document)[0].words, key=lambda word: (word.bottom, word.x0))


def only(content: bytes, **parts: Any) -> Any:
    (word,) = words(content, **parts)
    return word


def texts(content: bytes, **parts: Any) -> list[str]:
    return [word.text for word in words(content, **parts)]


def with_font(described: str, *more: bytes) -> dict[int, bytes]:
    """Objects with the font ``/F1`` described so, and more from number 91 on."""
    font = f"<< /Type /Font {described} >>".encode("latin-1")
    return {90: font, **dict(enumerate(more, 91))}


# ---- Widths.


@pytest.mark.parametrize(
    ("name", "ems"),
    [
        ("Helvetica", 2.278),
        ("Times-Bold", 2.278),
        ("Courier", 3.0),
        ("Arial", 2.278),
        ("Arial,Bold", 2.445),
        ("ArialMT", 2.278),
        ("Arial-BoldItalicMT", 2.445),
        ("TimesNewRomanPSMT", 2.222),
        ("TimesNewRoman,BoldItalic", 2.278),
        ("CourierNewPS-ItalicMT", 3.0),
    ],
)
def test_standard_fonts_have_their_widths_also_under_the_names_of_windows(name, ems):
    font = f"/Subtype /TrueType /BaseFont /{name} /Encoding /WinAnsiEncoding"
    word = only(b"(Hello) Tj", objects=with_font(font))
    assert (word.x0, word.x1) == (100, pytest.approx(100 + 10 * ems))


def test_a_simple_font_has_the_widths_it_gives_and_fractions_count():
    font = "/Subtype /TrueType /BaseFont /Own /FirstChar 65 /Widths [600.5 91 0 R]"
    word = only(b"(AB) Tj", objects=with_font(font, b"700.25"))
    assert word.x1 == pytest.approx(100 + 10 * 1.30075)


def test_a_composite_font_has_widths_by_glyph_and_a_default():
    cmap = stream(
        b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"5 beginbfchar <0001> <0041> <0002> <0042> <0003> <0043> <0020> <0044> <DC00> <0045> "
        b"endbfchar endcmap"
    )
    below = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Own /DW 250 /W [1 [500] 2 3 750] >>"
    above = (
        "/Subtype /Type0 /BaseFont /Own /Encoding /Identity-H "
        "/DescendantFonts [91 0 R] /ToUnicode 92 0 R"
    )
    # Glyph 0x20 is no space, so that no word spacing follows it; 0xDC00 is no half of a pair.
    word = only(b"9 Tw <0001000200030020DC00> Tj", objects=with_font(above, below, cmap))
    assert word.text == "ABCDE"
    assert word.x1 == pytest.approx(100 + 10 * (0.5 + 0.75 + 0.75 + 0.25 + 0.25))


def test_glyphs_of_a_composite_font_without_widths_are_square():
    font = "/Subtype /Type0 /BaseFont /Own /Encoding /Identity-H /DescendantFonts [91 0 R]"
    objects = with_font(font, b"<< /Subtype /CIDFontType0 >>")
    assert only(b"<00410042> Tj <43> Tj", objects=objects).x1 == pytest.approx(120)


def test_text_in_an_encoding_of_the_east_is_decoded():
    font = "/Subtype /Type0 /BaseFont /Own /Encoding /90ms-RKSJ-H /DescendantFonts [91 0 R]"
    assert texts(b"<93FA967B> Tj", objects=with_font(font, b"<< >>")) == ["日本"]


@pytest.mark.parametrize("matrix", ["[0.01 0 0 0.01 0 0]", "[-0.01 0 0 0.01 0 0]"])
def test_widths_of_a_type3_font_are_in_the_units_that_it_gives(matrix):
    font = (
        f"/Subtype /Type3 /FontMatrix {matrix} /FontBBox [0 0 60 90] /CharProcs << /A 91 0 R >> "
        "/Encoding << /Differences [65 /A] >> /FirstChar 65 /Widths [62.5]"
    )
    word = only(b"(AA) Tj", objects=with_font(font, stream(b"62.5 0 d0")))
    assert (word.text, word.x1) == ("AA", pytest.approx(100 + 10 * 1.25))


def test_a_glyph_of_an_unknown_name_is_taken_for_its_code():
    font = "/Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences [65 /g17 /Euro] >>"
    assert texts(b"(AB) Tj", objects=with_font(font)) == ["A€"]


@pytest.mark.parametrize(
    "resources",
    ["<< /Font << /Other 90 0 R >> >>", "<< /Font 7 >>", "<< /Font << /F1 (no font) >> >>"],
)
def test_text_in_a_font_that_is_not_there_is_read_as_latin(resources):
    assert texts(b"(XS9826A) Tj", resources=resources) == ["XS9826A"]


def test_text_before_any_font_is_set_is_read_too():
    (page,) = read(small_pdf(b"BT 100 500 Td (early) Tj ET"))
    assert [word.text for word in page.words] == ["early"]


def test_a_composite_font_described_beyond_repair_is_an_error_and_not_read_as_latin():
    font = "/Subtype /Type0 /BaseFont /Own /Encoding /Identity-H /DescendantFonts [91 0 R]"
    with pytest.raises(DamagedPdfError, match="page 1"):
        texts(b"<00410042> Tj", objects=with_font(font, b"<< /FontDescriptor 5 >>"))


def test_a_font_described_beyond_repair_is_read_as_latin():
    font = "/Subtype /Type1 /BaseFont /Own /FontDescriptor 5"
    assert texts(b"(XS9826A) Tj", objects=with_font(font)) == ["XS9826A"]


# ---- The state of text.


@pytest.mark.parametrize(
    ("state", "ems"),
    [
        (b"50 Tz", 1.139),
        (b"0.5 Tc", 2.278 + 4 * 0.05),
        (b"50 Tz 0.5 Tc", 1.139 + 2 * 0.05),
        (b"-0.2 Tc", 2.278 - 4 * 0.02),
        (b"/F1 20 Tf", 4.556),
        (b"Tz Tc Tw (x) Tw Ts", 2.278),
        (b"q 3 Tc 50 Tz /F1 99 Tf Q", 2.278),
        (b"Q Q", 2.278),
    ],
)
def test_stretch_spacing_and_size_count_and_are_restored(state, ems):
    word = only(state + b" (Hello) Tj")
    assert (word.x0, word.x1) == (100, pytest.approx(100 + 10 * ems))


def test_word_spacing_counts_for_every_space():
    first, second, third = words(b"7 Tw (a b c) Tj")
    assert second.x0 == pytest.approx(first.x1 + 2.78 + 7)
    assert third.x0 == pytest.approx(second.x1 + 2.78 + 7)


def test_raised_text_stands_higher():
    assert only(b"3 Ts (Hello) Tj").bottom == pytest.approx(only(b"(Hello) Tj").bottom - 3)


@pytest.mark.parametrize(
    "content",
    [
        b"12 TL (one) Tj (two) '",
        b'12 TL (one) Tj 0 0 (two) "',
        b"12 TL (one) Tj T* (two) Tj",
        b"0 -12 TD (one) Tj T* (two) Tj",
        b"(one) Tj 0 -12 Td (two) Tj",
        b"(one) Tj 1 0 0 1 100 488 Tm (two) Tj",
    ],
)
def test_every_way_to_a_new_line_starts_at_its_left(content):
    one, two = words(content)
    assert (one.text, two.text) == ("one", "two")
    assert two.x0 == one.x0 == 100
    assert two.bottom == pytest.approx(one.bottom + 12)


def test_the_spacing_that_a_quotation_mark_sets_stays():
    one, two = words(b"12 TL 5 0.5 (a a) \" 0 Tw (b b) '")[1::2]
    assert one.x0 == pytest.approx(100 + 5.56 + 0.5 + 2.78 + 0.5 + 5)
    assert two.x0 == pytest.approx(100 + 5.56 + 0.5 + 2.78 + 0.5)


def test_mirrored_text_that_two_minus_signs_set_right_is_read():
    word = only(b"-1 0 0 -1 100 500 Tm /F1 -10 Tf [(XS98) 20 (26A)] TJ")
    assert word.text == "XS9826A"
    assert word.x1 > word.x0 == pytest.approx(100)
    assert word.top == pytest.approx(only(b"(XS9826A) Tj").top)


def test_slanted_text_has_the_box_around_it():
    word = only(b"0.7071 0.7071 -0.7071 0.7071 100 500 Tm [(PA) 10 (ID)] TJ")
    assert word.text == "PAID"
    assert word.x1 - word.x0 == pytest.approx(word.bottom - word.top, abs=0.01)


def test_pieces_that_turn_are_no_one_word():
    turned = b"(up) Tj 0 1 -1 0 111.12 500 Tm (right) Tj"
    assert sorted(texts(turned)) == ["right", "up"]


# ---- Gaps.


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (b"[(O) -300 (r) -300 (d) -900 (N) -300 (o) -300] TJ", ["Ord", "No"]),
        (b"[(o) -300 (f) -300] TJ", ["of"]),
        (b"[(A) -300 (B)] TJ", ["A", "B"]),
        (b"[(1) -300 (2) -300 (3) 9000 (7) -300 (8) -300] TJ", ["78", "123"]),
        (b"24 Tc (20) Tj", ["2", "0"]),
        (b"2.5 Tc [(,1) 250 (2M)] TJ", [",", "12", "M"]),
        (b"2.5 Tc (S) Tj (E) Tj (T) Tj", ["SET"]),
        (b"-3 Tw (To wel) Tj", ["Towel"]),
        (b"-3 Tw (end ) Tj (ing) Tj", ["ending"]),
        (b"( a ) Tj", ["a"]),
        (b"(24) Tj 6 0 Td (36) Tj", ["24", "36"]),
        (b"(12) Tj 11.12 5 Td (34) Tj", ["34", "12"]),
        (b"(12) Tj 11.12 2 Td (th) Tj", ["12th"]),
        (b"() Tj [] TJ [()] TJ (a) Tj", ["a"]),
    ],
    ids=["letters set apart in an array", "two of them", "two words", "and back to another cell",
         "cells by letter spacing", "words by letter spacing", "letter by letter",
         "a space taken back", "... at the end", "spaces around", "cells over each other",
         "up to another line", "raised a little", "nothing"],
)  # fmt: skip
def test_what_parts_words_is_a_gap_wider_than_the_others(show, expected):
    assert texts(show) == expected


def test_words_drawn_twice_to_look_bold_count_once():
    twice = b"(Total Total) Tj 1 0 0 1 100.3 500.1 Tm (Total Total) Tj"
    assert texts(twice) == ["Total", "Total"]


@pytest.mark.parametrize(
    "broken",
    [b"Tj", b"TJ", b"(a) TJ", b"5 Tj", b"[/Name null] TJ", b"Tf", b"/F1 Tf", b"'", b'"', b"Do",
     b"/Nothing Do", b"/F1 10 Tf 1 Tm", b"Td"],
)  # fmt: skip
def test_operations_without_their_operands_are_passed_over(broken):
    assert texts(broken + b" 1 0 0 1 9 9 Tm (after) Tj") == ["after"]


# ---- Forms.


def form(content: bytes, entries: str = "") -> bytes:
    return stream(content, f"/Type /XObject /Subtype /Form /BBox [0 0 900 900] {entries}")


def test_the_state_of_text_goes_into_a_form_and_what_it_sets_ends_with_it():
    inner = form(b"BT (in) Tj 99 Tc 7 Ts /F1 50 Tf ET", "/Resources << /Font << /F1 90 0 R >> >>")
    resources = "<< /Font << /F1 90 0 R >> /XObject << /X 91 0 R >> >>"
    inside, after = words(b"ET /X Do BT 100 500 Td (after) Tj", resources=resources,
                          objects={91: inner})[::-1]  # fmt: skip
    assert (inside.text, inside.x0, inside.bottom - inside.top) == ("in", 0, pytest.approx(10))
    assert (after.text, after.x1) == ("after", pytest.approx(100 + 20.01, abs=0.01))


def test_a_form_without_resources_uses_those_of_the_page():
    resources = "<< /Font << /F1 90 0 R >> /XObject << /X 91 0 R >> >>"
    inner = form(b"BT /F1 10 Tf (in) Tj ET", "/Matrix [1 0 0 1 30]")
    assert texts(b"ET /X Do BT", resources=resources, objects={91: inner}) == ["in"]


def test_a_form_in_a_form_is_moved_by_both():
    resources = "<< /Font << /F1 90 0 R >> /XObject << /X 91 0 R >> >>"
    outer = form(b"q 1 0 0 1 7 9 cm /Y Do Q", "/Matrix [1 0 0 1 20 30] "
                 "/Resources << /XObject << /Y 92 0 R >> >>")  # fmt: skip
    inner = form(b"BT /F1 10 Tf (in) Tj ET", "/Resources << /Font << /F1 90 0 R >> >>")
    word = only(b"ET 1 0 0 1 100 500 cm /X Do BT", resources=resources,
                objects={91: outer, 92: inner})  # fmt: skip
    assert word.x0 == pytest.approx(127)
    assert word.bottom == pytest.approx(792 - 539 + 2.1)


@pytest.mark.parametrize(
    "content",
    [b"BT /F1 10 Tf (lost) Tj ET (no end", b"BT (lost) Tj ET /X Do", b"BT /F1 (x) ] Tj"],
    ids=["cut off", "draws itself", "out of order"],
)
def test_text_that_pypdf_leaves_out_of_a_form_is_an_error_and_not_a_blank(content):
    used = "<< /Font << /F1 90 0 R >> /XObject << /X 91 0 R >> >>"
    inner = form(content, f"/Resources {used}")
    document = small_pdf(b"/X Do", resources=used, objects={91: inner})
    with pytest.raises(DamagedPdfError, match="page 1"):
        read(document)


@pytest.mark.parametrize("content", [b"", b"% nothing but a remark\n", b"0 0 9 9 re f"])
def test_a_form_without_text_troubles_no_one(content):
    used = "<< /Font << /F1 90 0 R >> /XObject << /X 91 0 R >> >>"
    for own in ("", "/Resources << >>", f"/Resources {used}"):
        (page,) = read(small_pdf(b"/X Do", resources=used, objects={91: form(content, own)}))
        assert page.words == []


def test_more_forms_than_can_be_meant_are_an_error_and_not_a_short_success(monkeypatch):
    monkeypatch.setattr(_pypdf_canvas, "MOST_FORMS", 3)
    used = "<< /Font << /F1 90 0 R >> /XObject << /X 91 0 R >> >>"
    inner = form(b"BT /F1 10 Tf (in) Tj ET", "/Resources << /Font << /F1 90 0 R >> >>")
    assert read(small_pdf(b"/X Do " * 3, resources=used, objects={91: inner}))
    with pytest.raises(DamagedPdfError, match="more than 3 forms"):
        read(small_pdf(b"/X Do " * 4, resources=used, objects={91: inner}))


# ---- Pages of odd descriptions.


@pytest.mark.parametrize(
    ("described", "size"),
    [
        ("", (612, 792)),
        ("/MediaBox [0 0 0 0]", (612, 792)),
        ("/MediaBox [1 2 3]", (612, 792)),
        ("/MediaBox [0 0 /a 9]", (612, 792)),
        ("/MediaBox 7", (612, 792)),
        ("/MediaBox [300 400 100 100]", (200, 300)),
        ("/MediaBox [0 0 200 300] /CropBox [500 500 600 600]", (200, 300)),
        ("/MediaBox [0 0 200 300] /Rotate /East", (200, 300)),
        ("/MediaBox [0 0 200 300] /Rotate 90.0", (300, 200)),
    ],
)
def test_a_page_whose_boxes_make_no_sense_gets_the_size_that_pdfium_gives_it(described, size):
    (page,) = read(small_pdf(b"", page=described))
    assert (page.width, page.height) == size


# ---- Errors.


@pytest.mark.parametrize(
    "raised",
    [ValueError("v"), TypeError(), AttributeError(), KeyError("/Font"), AssertionError(),
     NotImplementedError(), RecursionError(), IndexError(), ZeroDivisionError(), OSError(),
     UnicodeDecodeError("utf-8", b"", 0, 1, ""), PdfReadError("broken"),
     LimitReachedError("too much")],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_whatever_pypdf_raises_over_a_page_says_which_and_why(raised, monkeypatch):
    def fail(*_arguments, **_named):
        raise raised

    monkeypatch.setattr(pypdf.PageObject, "extract_text", fail)
    with pytest.raises(DamagedPdfError, match=f"page 1: .*{type(raised).__name__}") as caught:
        read(small_pdf(b""))
    assert (caught.value.file, caught.value.page) == ("<bytes>", 1)
    assert caught.value.__cause__ is raised


def test_want_of_memory_is_no_fault_of_the_document(monkeypatch):
    def fail(*_arguments, **_named):
        raise MemoryError

    monkeypatch.setattr(pypdf.PageObject, "extract_text", fail)
    with pytest.raises(MemoryError):
        read(small_pdf(b""))


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (ValueError("x"), DamagedPdfError),
        (NotImplementedError("only Standard PDF encryption handler"), EncryptedPdfError),
        (NotImplementedError("Unsupported filter /Own"), DamagedPdfError),
        (DependencyError("cryptography>=3.1 is required"), MissingExtraError),
    ],
)
def test_what_pypdf_raises_on_opening_says_what_is_to_be_done(raised, expected, monkeypatch):
    def fail(*_arguments, **_named):
        raise raised

    monkeypatch.setattr(pypdf, "PdfReader", fail)
    with pytest.raises(expected) as caught:
        engine.open_document(open_source(small_pdf(b"")))
    assert caught.value.__cause__ is raised


def test_what_a_document_says_in_an_error_is_short_and_harmless(monkeypatch):
    def fail(*_arguments, **_named):
        raise ValueError("\x1b[31mred\nline " + "x" * 9999)

    monkeypatch.setattr(pypdf.PageObject, "extract_text", fail)
    with pytest.raises(DamagedPdfError) as caught:
        read(small_pdf(b""))
    said = str(caught.value)
    assert said.isprintable()
    assert len(said) < 500


def test_pages_that_the_document_claims_and_does_not_hold_are_missed():
    document = small_pdf(b"", b"").replace(b"/Count 2 /Kids [10 0 R", b"/Count 9 /Kids [10 0 R")
    with engine.open_document(open_source(document)) as opened:
        assert opened.page_count == 9
        with pytest.raises(DamagedPdfError) as caught:
            list(opened.pages())
    assert caught.value.page == 3


@pytest.mark.parametrize("inside", [None, object, type("Font", (), {"__dataclass_fields__": {}})])
def test_another_pypdf_is_refused_and_no_document_is_blamed(inside, monkeypatch):
    monkeypatch.setattr(_pypdf_fonts, "Font", inside)
    with pytest.raises(MissingExtraError, match="pypdf>=7"):
        engine.open_document(open_source(small_pdf(b"")))


def test_repairs_are_logged_for_those_who_listen(caplog):
    damaged = small_pdf(b"").replace(b"startxref\n", b"startxref\n7")
    with caplog.at_level(logging.WARNING, "pypdf"):
        assert len(read(damaged)) == 1
    assert caplog.records


# ---- Memory.


def alive() -> int:
    gc.collect()
    return sum(isinstance(thing, StreamObject) for thing in gc.get_objects())


def test_pictures_contents_and_forms_are_let_go_with_their_page():
    picture = stream(b"\x00" * 9, "/Subtype /Image /Width 3 /Height 3 /BitsPerComponent 8")
    inner = form(b"BT /F1 9 Tf (in) Tj ET", "/Resources << /Font << /F1 90 0 R >> >>")
    objects = dict.fromkeys(range(200, 240), picture)
    objects |= dict.fromkeys(range(300, 340), inner)
    names = " ".join(f"/O{number} {number} 0 R" for number in objects)
    resources = f"<< /Font << /F1 90 0 R >> /XObject << {names} >> >>"
    contents = [b"/O%d Do /O%d Do" % (200 + page, 300 + page) for page in range(40)]
    document = small_pdf(*contents, resources=resources, objects=objects)
    with engine.open_document(open_source(document)) as opened:
        pages = opened.pages()
        next(pages)
        after_one = alive()
        for page in pages:
            assert [word.text for word in page.words] == ["in"]
        assert alive() <= after_one


def test_fonts_of_their_own_for_every_page_do_not_pile_up(monkeypatch):
    monkeypatch.setattr(engine, "PAGES_BETWEEN_RELEASES", 5)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    objects = dict.fromkeys(range(200, 240), font)
    names = " ".join(f"/G{number} {number} 0 R" for number in objects)
    contents = [b"BT /G%d 9 Tf (x) Tj ET" % number for number in objects]
    document = small_pdf(*contents, resources=f"<< /Font << {names} >> >>", objects=objects)
    with engine.open_document(open_source(document)) as opened:
        held = [len(opened._fonts) for _ in opened.pages()]
        assert max(held) < 5
        assert opened._reader is not None
        assert not opened._reader.resolved_objects


def test_a_font_described_in_place_is_read_once_a_page(monkeypatch):
    made = []

    class Counted(_pypdf_fonts.Glyphs):
        def __init__(self, resource):
            made.append(resource)
            super().__init__(resource)

    monkeypatch.setattr(engine, "Glyphs", Counted)
    inline = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >>"
    assert texts(b"(a) Tj /F1 10 Tf ( b) Tj /F1 10 Tf ( c) Tj", resources=inline) == list("abc")
    assert len(made) == 1


def test_contents_in_several_streams_are_one():
    halves = {91: stream(b"BT /F1 10 Tf 100 500 Td (XS98) Tj"), 92: stream(b"(26A) Tj ET"),
              93: b"[91 0 R 92 0 R]", 94: b"<< /Type /Page /Parent 2 0 R /Contents 93 0 R "
              b"/MediaBox [0 0 612 792] /Resources << /Font << /F1 90 0 R >> >> >>"}  # fmt: skip
    with engine.open_document(open_source(small_pdf(objects=halves, kids=[94]))) as opened:
        (page,) = opened.pages()
        assert [word.text for word in page.words] == ["XS9826A"]
        assert opened._reader is not None
        held = opened._reader.resolved_objects.values()
        assert not any(isinstance(thing, StreamObject) for thing in held)


def test_a_document_with_a_broken_table_is_recovered_whole():
    data = (INVOICES / "order_broken_xref.pdf").read_bytes()
    whole = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(data)))
    out = io.BytesIO()
    whole.write(out)
    assert read(data) == read(out.getvalue())
