"""What a viewer shows is what is read, by both text engines; what is left out is told."""

from __future__ import annotations

import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from perfkit import plugins
from perfkit.engines import pdfium, pypdf
from perfkit.errors import UndecodableTextError
from perfkit.model import Page
from perfkit.source import open_source
from tests.small_pdf import HELVETICA, small_pdf, stream

HANDED = Path(__file__).parent / "data" / "handed" / "documents"
ENGINES = {"pdfium": pdfium, "pypdf": pypdf}

#: Enough of an honest page for a sample of its words.
LINES = [
    "Ballerina Ornament Metal",
    "Handles Natural Tray",
    "Stoneware Bowls White",
    "Planter Smoke",
]
HONEST = (
    b"BT /F1 9 Tf 14 TL 40 700 Td "
    + b"".join(b"(%b) Tj T* " % line.encode() for line in LINES)
    + b"ET "
)
SHOWN = " ".join(LINES).split()
GHOST = b"BT /F1 9 Tf 40 500 Td (XS7007A 191009700777 Ghost item 5 0 each 2.00 1.00 5.00) Tj ET "
GHOST_WORDS = "XS7007A 191009700777 Ghost item 5 0 each 2.00 1.00 5.00".split()
WHITE_BOX = b"1 g 30 490 500 30 re f 0 g "
FONT = f"/Font << /F1 {HELVETICA} 0 R >>"
IMAGE_DATA = zlib.compress(b"\xff" * 16)
IMAGE = stream(
    IMAGE_DATA,
    "/Type /XObject /Subtype /Image /Width 4 /Height 4 /ColorSpace /DeviceGray "
    "/BitsPerComponent 8 /Filter /FlateDecode",
)
FORM = f"/Type /XObject /Subtype /Form /Resources << {FONT} >> "


def read(engine: str, document: bytes | Path, *, careful: bool = False) -> list[Page]:
    with ENGINES[engine].open_document(open_source(document)) as opened:
        return list(opened.pages_shown() if careful else opened.pages())


def texts(page: Page) -> list[str]:
    return sorted(word.text for word in page.words)


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# ---- Text that is not shown.

LAYER_OBJECTS = {
    1: b"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [95 0 R 96 0 R] "
    b"/D << /ON [96 0 R] /OFF [95 0 R] >> >> >>",
    95: b"<< /Type /OCG /Name (Draft) >>",
    96: b"<< /Type /OCG /Name (Print) >>",
    97: b"<< /Type /OCMD /OCGs [95 0 R] >>",
}
LAYERS = f"<< {FONT} /Properties << /Off 95 0 R /On 96 0 R /Member 97 0 R >> >>"
BESIDE = f"<< {FONT} /XObject << /X 91 0 R >> /ExtGState << /Clear << /ca 0 >> >> >>"


def in_form(content: bytes, entries: str) -> dict[str, Any]:
    return {"resources": BESIDE, "objects": {91: stream(content, FORM + entries)}}


HIDDEN: dict[str, tuple[str, bytes, dict[str, Any]]] = {
    "white on white": ("colour", HONEST + b"1 1 1 rg " + GHOST, {}),
    "nearly white": ("colour", HONEST + b"0.99 g " + GHOST, {}),
    "white by cyan, magenta, yellow and black": (
        "colour",
        b"0 0 0 0 k " + GHOST + b"0 g " + HONEST,
        {},
    ),
    "under a white box": ("drawn over", GHOST + WHITE_BOX + HONEST, {}),
    "under a box made of lines": (
        "drawn over",
        GHOST + b"1 g 30 490 m 530 490 l 530 520 l 30 520 l h f 0 g " + HONEST,
        {},
    ),
    "under a black box": ("drawn over", HONEST + GHOST + b"0 g 30 490 500 30 re f ", {}),
    "under a picture": (
        "drawn over",
        HONEST + GHOST + b"q 500 0 0 30 30 490 cm /X Do Q ",
        {"resources": BESIDE, "objects": {91: IMAGE}},
    ),
    "clipped away": ("clipped", HONEST + b"q 0 600 612 192 re W n " + GHOST + b"Q ", {}),
    "clipped by a path of lines": (
        "clipped",
        b"q 0 600 m 612 600 l 612 792 l 0 792 l h W* n " + GHOST + b"Q " + HONEST,
        {},
    ),
    "outside of its form": ("clipped", HONEST + b"/X Do ", in_form(GHOST, "/BBox [0 600 612 792]")),
    "white in a form": (
        "colour",
        HONEST + b"/X Do ",
        in_form(b"1 g " + GHOST, "/BBox [0 0 612 792]"),
    ),
    "invisible": ("invisible", HONEST + b"3 Tr " + GHOST, {}),
    "transparent": (
        "transparent",
        HONEST + b"/Clear gs " + GHOST,
        {"resources": BESIDE},
    ),
    "on a layer that is off": (
        "layer",
        HONEST + b"/OC /Off BDC " + GHOST + b"EMC ",
        {"resources": LAYERS, "objects": LAYER_OBJECTS},
    ),
    "a member of a layer that is off": (
        "layer",
        b"/OC /Member BDC " + GHOST + b"EMC " + HONEST,
        {"resources": LAYERS, "objects": LAYER_OBJECTS},
    ),
    "a form on a layer that is off": (
        "layer",
        HONEST + b"/X Do ",
        {
            "resources": BESIDE,
            "objects": LAYER_OBJECTS | {91: stream(GHOST, FORM + "/BBox [0 0 612 792] /OC 95 0 R")},
        },
    ),
}


@pytest.mark.parametrize("turns", [0, 90])
@pytest.mark.parametrize("kind", HIDDEN)
def test_text_that_no_viewer_shows_is_left_out_and_told(kind, turns, engine):
    reason, content, parts = HIDDEN[kind]
    page = f"/MediaBox [0 0 612 792] /Rotate {turns}"
    (found,) = read(engine, small_pdf(content, page=page, **parts))
    assert texts(found) == sorted(SHOWN)
    assert sum(each.words for each in found.ignored) == len(GHOST_WORDS)
    assert all(reason in each.reason for each in found.ignored)
    assert found.ignored[0].sample in GHOST_WORDS
    (warning,) = found.warnings
    assert warning.startswith("page 1: 10 words are not shown by a viewer (")


# ---- Text that is shown, though it looks like the above.

PLAIN: dict[str, tuple[bytes, dict[str, Any]]] = {
    "white on a dark box": (HONEST + b"0.1 g 30 490 500 30 re f 1 g " + GHOST, {}),
    "white on a dark box made of lines": (
        HONEST + b"0 0 0.4 rg 30 490 m 530 490 l 530 520 l 30 520 l f 1 g " + GHOST,
        {},
    ),
    "over a white box": (HONEST + WHITE_BOX + GHOST, {}),
    "in a frame filled between two boxes": (
        HONEST + b"30 490 500 30 re 29 489 502 32 re f* " + GHOST,
        {},
    ),
    "beside a dark box that is turned": (
        HONEST + GHOST + b"q 0.996 -0.087 0.087 0.996 0 0 cm 40 541 540 40 re f Q ",
        {},
    ),
    "white on a dark box that is turned": (
        HONEST + b"q 0.9999 -0.0087 0.0087 0.9999 0 0 cm 20 480 580 50 re f Q 1 g " + GHOST,
        {},
    ),
    "light grey": (HONEST + b"0.8 g " + GHOST, {}),
    "under a box without a fill": (HONEST + GHOST + b"30 490 500 30 re S ", {}),
    "inside its clip": (HONEST + b"q 20 480 580 60 re W n " + GHOST + b"Q ", {}),
    "inside its form": (HONEST + b"/X Do ", in_form(GHOST, "/BBox [0 450 612 792]")),
    "on a layer that is on": (
        HONEST + b"/OC /On BDC " + GHOST + b"EMC ",
        {"resources": LAYERS, "objects": LAYER_OBJECTS},
    ),
    "outlined": (HONEST + b"1 Tr " + GHOST, {}),
}


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("kind", PLAIN)
def test_text_that_is_shown_is_read(kind, careful, engine):
    content, parts = PLAIN[kind]
    (found,) = read(engine, small_pdf(content, **parts), careful=careful)
    assert texts(found) == sorted(SHOWN + GHOST_WORDS)
    assert found.ignored == ()
    assert found.warnings == ()


def test_the_text_layer_of_a_scan_is_kept(engine):
    scan = b"q 612 0 0 792 0 0 cm /X Do Q 3 Tr " + HONEST + GHOST
    (found,) = read(engine, small_pdf(scan, resources=BESIDE, objects={91: IMAGE}))
    assert texts(found) == sorted(SHOWN + GHOST_WORDS)
    assert found.warnings == ()


def test_a_stamp_on_a_scan_leaves_its_text_layer(engine):
    scan = (
        b"q 612 0 0 792 0 0 cm /X Do Q 3 Tr " + HONEST + b"0 Tr BT /F1 9 Tf 40 20 Td (PAID) Tj ET"
    )
    (found,) = read(engine, small_pdf(scan, resources=BESIDE, objects={91: IMAGE}))
    assert texts(found) == sorted([*SHOWN, "PAID"])


def test_a_single_invisible_word_is_found_by_the_careful_reading(engine):
    content = HONEST + b"3 Tr BT /F1 9 Tf 300 700 Td (AA) Tj ET 0 Tr " + GHOST
    (found,) = read(engine, small_pdf(content), careful=True)
    assert texts(found) == sorted(SHOWN + GHOST_WORDS)
    assert [(each.words, each.sample) for each in found.ignored] == [(1, "AA")]
    assert "1 word is not shown" in found.warnings[0]


def test_text_in_the_grey_of_its_box_is_found_by_the_careful_reading(engine):
    content = HONEST + b"0.6 g 30 490 500 30 re f " + GHOST
    (found,) = read(engine, small_pdf(content), careful=True)
    assert texts(found) == sorted(SHOWN)
    assert "colour" in found.ignored[0].reason


def test_a_word_that_its_string_shows_only_in_part_is_left_out(engine):
    (found,) = read(engine, small_pdf(HONEST + b"q 0 480 79 40 re W n " + GHOST + b"Q "))
    assert texts(found) == sorted([*SHOWN, "XS7007A"])


@pytest.mark.parametrize("turns", [0, 90, 180, 270])
def test_text_outside_of_the_crop_box_is_left_out_and_told(turns, engine):
    page = f"/MediaBox [0 0 612 792] /CropBox [0 600 612 792] /Rotate {turns}"
    (found,) = read(engine, small_pdf(HONEST + GHOST, page=page))
    assert texts(found) == sorted(SHOWN)
    assert "crop box" in found.warnings[0]


# ---- Annotations and the fields of forms.


def with_notes(*notes: bytes, catalog: bytes = b"", **objects: bytes) -> bytes:
    numbers = range(100, 100 + len(notes))
    references = " ".join(f"{number} 0 R" for number in numbers)
    bodies = {int(name.removeprefix("o")): body for name, body in objects.items()}
    bodies |= dict(zip(numbers, notes, strict=True))
    bodies[1] = b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>"
    page = f"/MediaBox [0 0 612 792] /Annots [{references}]"
    return small_pdf(HONEST, page=page, objects=bodies)


FREE_TEXT = (
    b"<< /Type /Annot /Subtype /FreeText /Rect [100 300 300 320] /F %d /AP << /N 95 0 R >> >>"
)
APPEARANCE = stream(
    b"BT /F1 9 Tf 2 6 Td (XT6006 Glass) Tj ET", FORM + "/BBox [0 0 200 20] /Matrix [1 0 0 1 5 5]"
)


def test_an_annotation_is_read_at_its_place(engine):
    (found,) = read(engine, with_notes(FREE_TEXT % 4, o95=APPEARANCE))
    assert texts(found) == sorted([*SHOWN, "XT6006", "Glass"])
    (word,) = [word for word in found.words if word.text == "XT6006"]
    assert word.x0 == pytest.approx(102, abs=2)
    assert word.bottom == pytest.approx(792 - 304, abs=3)


@pytest.mark.parametrize("flags", [2, 32])
def test_an_annotation_that_is_hidden_is_not_read(flags, engine):
    (found,) = read(engine, with_notes(FREE_TEXT % flags, o95=APPEARANCE))
    assert texts(found) == sorted(SHOWN)


def test_a_link_adds_nothing_and_costs_no_word(engine):
    link = b"<< /Type /Annot /Subtype /Link /Rect [30 690 200 720] /Border [0 0 0] >>"
    (found,) = read(engine, with_notes(link))
    assert texts(found) == sorted(SHOWN)


FIELD = b"<< /Type /Annot /Subtype /Widget /F 4 /Rect [400 500 480 514] /FT /Tx /T (a) "
FORM_OF_DOCUMENT = (
    b"/AcroForm << /Fields [100 0 R] /DA (/Helv 9 Tf 0 g) /NeedAppearances true "
    b"/DR << /Font << /Helv %d 0 R >> >> >>" % HELVETICA
)


@pytest.mark.parametrize(
    "value",
    [
        b"/DA (/Helv 9 Tf 0 g) /V (48.00) >>",
        b"/DA (/Helv 0 Tf 0 g) /V (48.00) >>",
        b"/Parent 96 0 R >>",
    ],
    ids=["a size", "a size that fits", "inherited"],
)
def test_the_value_of_a_field_without_appearance_is_read_at_its_place(value, engine):
    parent = b"<< /FT /Tx /T (p) /V (48.00) /DA (/Helv 9 Tf 0 g) /Kids [100 0 R] >>"
    field = FIELD + value
    (found,) = read(engine, with_notes(field, catalog=FORM_OF_DOCUMENT, o96=parent))
    assert texts(found) == sorted([*SHOWN, "48.00"])
    (word,) = [word for word in found.words if word.text == "48.00"]
    assert 400 <= word.x0 <= 410
    assert 792 - 518 <= word.top < word.bottom <= 792 - 496


# ---- Letters.


@pytest.mark.parametrize("step", [0.3, 0.8])
def test_text_that_is_drawn_twice_is_read_once(step, engine):
    again = b"1 0 0 1 %.1f 0 cm " % step
    (found,) = read(engine, small_pdf(HONEST + again + HONEST))
    assert texts(found) == sorted(SHOWN)


def test_a_soft_hyphen_that_is_drawn_is_a_hyphen(engine):
    (found,) = read(engine, small_pdf(HONEST + b"BT /F1 9 Tf 40 400 Td (4\\2553/4) Tj ET"))
    assert "4-3/4" in texts(found)


@pytest.mark.parametrize("gap", [0, 1.5])
def test_cents_that_are_small_and_raised_follow_a_point(gap, engine):
    prices = b"BT /F1 9 Tf 40 400 Td (48) Tj /F1 5 Tf %.1f 4 Td (50) Tj ET " % (10.1 + gap)
    (found,) = read(engine, small_pdf(HONEST + prices))
    assert "48.50" in texts(found)


def test_small_figures_on_the_line_are_no_cents(engine):
    prices = b"BT /F1 9 Tf 40 400 Td (48) Tj /F1 5 Tf 11.5 0 Td (50) Tj ET "
    (found,) = read(engine, small_pdf(HONEST + prices))
    assert "48.50" not in texts(found)


@pytest.mark.parametrize("unit", [2, 10, 72])
def test_a_page_in_units_of_its_own_is_read_in_points(unit, engine):
    page = f"/MediaBox [0 0 {612 / unit} {792 / unit}] /UserUnit {unit}"
    content = b"q %f 0 0 %f 0 0 cm " % (1 / unit, 1 / unit) + HONEST + b"Q"
    (plain,) = read(engine, small_pdf(HONEST))
    (found,) = read(engine, small_pdf(content, page=page))
    assert (found.width, found.height) == pytest.approx((612, 792), rel=1e-3)
    for word, other in zip(sorted(found.words), sorted(plain.words), strict=True):
        assert word.text == other.text
        assert word[1:] == pytest.approx(other[1:], abs=0.5)


def test_actual_text_is_read_instead_of_glyphs(engine):
    marked = b"/Span << /ActualText (Metal) >> BDC BT /F1 9 Tf 40 400 Td (Met@l) Tj ET EMC "
    (found,) = read(engine, small_pdf(HONEST + marked))
    assert texts(found) == sorted([*SHOWN, "Metal"])


# ---- Text that cannot be decoded.


@pytest.mark.parametrize("name", ["no_tounicode", "tounicode_lacks_8"])
def test_text_that_cannot_be_decoded_is_refused_by_name(name, engine):
    with pytest.raises(UndecodableTextError, match="text cannot be decoded") as caught:
        read(engine, HANDED / f"{name}.pdf")
    assert caught.value.page == 1
    assert "auto" in caught.value.remedy


def test_a_bullet_without_a_character_refuses_no_page(engine):
    (found,) = read(engine, small_pdf(HONEST + b"BT /F1 9 Tf 40 400 Td (\\007) Tj ET"))
    assert set(SHOWN) <= set(texts(found))


# ---- What was handed over.

ROWS = Counter(
    """XS1001A 191009100119 6"H Metal Ballerina Ornament 8 0 each 7.50 6.00 48.00
    DF2002 191009200222 Wood Tray w/ Handles, Natural 12 4 each 10.00 8.00 96.00
    DA3003B 191009300335 S/3 Stoneware Bowls, White 6 0 Set 25.00 20.00 120.00
    HX4004 191009400448 Cotton Lumbar Pillow 4 2 each 30.00 24.00 96.00
    CF5005A 191009500551 Terracotta Planter, Antique 24 0 each 3.50 2.80 67.20
    XT6006 191009600664 Glass Vase, Smoke 2 0 each 55.00 44.00 88.00
    Subtotal 515.20 Freight 12.00 Total 527.20""".split()
)
WHOLE = [
    "actualtext", "annotation_row", "bold_letter_by_letter", "bold_twice_0.8pt", "clipped_row",
    "form_bbox_clips_row", "form_fields_with_appearance", "form_fields_without_appearance",
    "invisible_words", "layer_off_numbers", "layer_off_row", "ocr_layer_over_text",
    "superscript_cents", "userunit_10", "userunit_72", "white_row_below_totals",
]  # fmt: skip


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("name", WHOLE)
def test_a_handed_document_has_its_words_and_no_others(name, careful, engine):
    (found,) = read(engine, HANDED / f"{name}.pdf", careful=careful)
    left = Counter(texts(found))
    left.subtract(ROWS)
    assert min(left.values()) >= 0
    assert not left["XS7007A"]
    assert len(found.words) == 111


def test_a_covered_row_is_left_out(engine):
    (found,) = read(engine, HANDED / "covered_row.pdf")
    assert not {"XS7007A", "Ghost"} & set(texts(found))
    assert found.ignored[0].words == len(GHOST_WORDS)


def test_engines_have_a_careful_reading():
    for name in ("auto", *ENGINES):
        with plugins.load("engines", name).open_document(open_source(small_pdf(HONEST))) as opened:
            assert texts(next(opened.pages_shown())) == sorted(SHOWN)


def test_documents_of_other_producers_are_read_whole_by_the_careful_reading(engine):
    fpdf = pytest.importorskip("fpdf")
    made = fpdf.FPDF(unit="pt", format="letter")
    made.add_page()
    made.set_font("Helvetica", size=9)
    made.set_fill_color(20, 30, 90)
    made.set_text_color(255, 255, 255)
    made.cell(400, 14, "Item Shipped Price", fill=True)
    made.set_text_color(0, 0, 0)
    made.ln(20)
    for k in range(30):
        made.set_fill_color(235 if k % 2 else 255)
        made.cell(400, 14, f"XS10{k:02d} {k} 7.50", fill=True)
        made.ln(14)
    (found,) = read(engine, bytes(made.output()), careful=True)
    assert len(found.words) == 3 + 90
    assert found.warnings == ()
