"""What every engine of perfkit.engines keeps to, whatever library it reads with."""

from __future__ import annotations

import functools
import io
import itertools
import subprocess
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from pypdf import PdfReader, PdfWriter

from perfkit import plugins
from perfkit.accuracy import assess
from perfkit.errors import DamagedPdfError, EncryptedPdfError
from perfkit.model import Page, Word
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from perfkit.source import open_source
from tests.engines import TEXT_ENGINES
from tests.small_pdf import small_pdf, stream

INVOICES = Path(__file__).parents[2] / "test_invoices"
NAMES = sorted(path.name for path in INVOICES.glob("*.pdf"))
ENGINES = TEXT_ENGINES

#: As far apart as two engines may see the same word: points, and shares of its height.
NEAR_POINTS, NEAR_SHARE = 1.5, 0.15


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> ModuleType:
    return plugins.load("engines", request.param)


def read(engine: ModuleType, document: bytes | Path, password: str = "") -> list[Page]:
    with engine.open_document(open_source(document), password) as opened:
        return list(opened.pages())


def texts(page: Page) -> list[str]:
    return sorted(word.text for word in page.words)


@functools.cache
def committed(engine_name: str, name: str) -> list[Page]:
    return read(plugins.load("engines", engine_name), INVOICES / name)


def pairs(ours: Iterable[Word], theirs: Iterable[Word]) -> Iterator[tuple[Word, Word]]:
    """Each word with the nearest of the same text."""
    places: defaultdict[str, list[Word]] = defaultdict(list)
    for word in theirs:
        places[word.text].append(word)
    for word in ours:
        here = places[word.text]
        nearest = min(here, key=lambda w: abs(w.x0 - word.x0) + abs(w.bottom - word.bottom))
        here.remove(nearest)
        yield word, nearest


# ---- The same words, whoever reads them.


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(ENGINES, 2)))
def test_two_engines_find_the_same_words_in_the_same_places(one, other, name):
    ours, theirs = committed(one, name), committed(other, name)
    assert [texts(page) for page in ours] == [texts(page) for page in theirs]
    for our_page, their_page in zip(ours, theirs, strict=True):
        assert our_page[:3] == pytest.approx(their_page[:3], abs=0.01), "number and size"
        assert our_page.words or our_page.has_graphics == their_page.has_graphics
        for word, same in pairs(our_page.words, their_page.words):
            assert word.x0 == pytest.approx(same.x0, abs=NEAR_POINTS)
            assert word.x1 == pytest.approx(same.x1, abs=NEAR_POINTS)
            near = max(NEAR_POINTS, NEAR_SHARE * (same.bottom - same.top))
            assert word.top + word.bottom == pytest.approx(same.top + same.bottom, abs=2 * near)


def test_the_committed_invoices_are_read_right_through_every_engine(engine):
    recipe = Recipe(engine=engine.__name__.rpartition(".")[2])
    held = checks = 0
    for name in ("CI004848705.pdf", "order_one_page.pdf", "order_rotated_90.pdf"):
        found = assess(extract(INVOICES / name, recipe))
        assert found.kind == "truth"
        held, checks = held + found.held, checks + found.checks
    assert held / checks >= 0.999


def test_words_of_one_line_share_their_lower_edge_and_are_as_tall_as_their_font(engine):
    show = b"BT /F1 10 Tf 50 700 Td (gap XS9826A) Tj 200 0 Td (24) Tj 90 0 Td (each) Tj ET"
    words = read(engine, small_pdf(show))[0].words
    assert len({round(word.bottom, 2) for word in words}) == 1
    assert all(9.5 <= word.bottom - word.top <= 12.5 for word in words)
    assert all(92 < word.bottom < 96 for word in words), "just below the baseline"


# ---- What is one word, and what are two.


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (b"(Metal Ballerina\tOrnament)", ["Ballerina", "Metal", "Ornament"]),
        (b"(24) Tj 20 0 Td (0) Tj 20 0 Td (14)", ["0", "14", "24"]),
        (b"(38.40) Tj -40 0 Td (1.60)", ["1.60", "38.40"]),
        (b"[(24) -2500 (0) -2500 (14)]", ["0", "14", "24"]),
        (b"[(T) 80 (ow) 10 (el) -300 (Set)]", ["Set", "Towel"]),
        (b"(XS98) Tj 24.46 0 Td (26A)", ["XS9826A"]),
        (b"1.2 Tc (PACKED) Tj 0 Tc", ["PACKED"]),
        (b"(0) Tj 0 -12 Td (12)", ["0", "12"]),
    ],
    ids=["white space", "cells", "drawn backwards", "cells in one array", "kerning", "pieces",
         "letters set apart", "lines"],
)  # fmt: skip
def test_white_space_and_wide_gaps_part_words_and_kerning_does_not(engine, show, expected):
    operator = b" TJ" if show.startswith(b"[") else b" Tj" if show.endswith(b")") else b""
    content = b"BT /F1 10 Tf 100 500 Td " + show + operator + b" ET"
    assert texts(read(engine, small_pdf(content))[0]) == expected


def test_ligatures_are_given_as_their_letters(engine):
    names = "/Encoding << /Type /Encoding /Differences [1 /fi /fl] >>"
    font = f"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica {names} >>".encode()
    content = b"BT /F1 10 Tf 100 500 Td (Re\\001ll \\002at) Tj ET"
    assert texts(read(engine, small_pdf(content, objects={90: font}))[0]) == ["Refill", "flat"]


# ---- Coordinates as a reader sees them.


@pytest.mark.parametrize(
    ("boxes", "seen"),
    [
        ("/MediaBox [0 0 612 792]", (0, 0)),
        ("/MediaBox [-50 100 562 892]", (-50, 100)),
        ("/MediaBox [0 0 700 900] /CropBox [40 50 652 842]", (40, 50)),
        ("/MediaBox [0 0 612 792] /CropBox [-10 -10 900 900]", (0, 0)),
    ],
    ids=["plain", "shifted", "cropped", "crop box too large"],
)
@pytest.mark.parametrize("turn", [0, 90, 180, 270, -90, 450])
def test_a_word_stands_where_a_reader_sees_it(engine, boxes, seen, turn):
    left, bottom = seen
    right, top = left + 612, bottom + 792
    matrix = {
        0: f"1 0 0 1 {left + 100} {top - 200}",
        90: f"0 1 -1 0 {left + 200} {bottom + 100}",
        180: f"-1 0 0 -1 {right - 100} {bottom + 200}",
        270: f"0 -1 1 0 {right - 200} {top - 100}",
    }[turn % 360]
    content = f"BT /F1 10 Tf {matrix} Tm (Upright) Tj ET".encode()
    (page,) = read(engine, small_pdf(content, page=f"{boxes} /Rotate {turn}"))
    (word,) = page.words
    assert (page.width, page.height) == ((792, 612) if turn % 180 else (612, 792))
    assert word.x0 == pytest.approx(100, abs=0.5)
    assert word.x1 == pytest.approx(100 + 32.23, abs=0.5)
    assert 200 < word.bottom < 204
    assert 187 < word.top < 194


def test_text_in_a_form_stands_where_the_form_is_put(engine):
    form = stream(
        b"BT /F1 10 Tf 5 5 Td (inside) Tj ET",
        "/Type /XObject /Subtype /Form /BBox [0 0 200 200] /Matrix [1 0 0 1 10 20] "
        "/Resources << /Font << /F1 90 0 R >> >>",
    )
    content = b"q 2 0 0 2 50 400 cm /X1 Do Q BT /F1 10 Tf 50 300 Td (outside) Tj ET"
    resources = "<< /Font << /F1 90 0 R >> /XObject << /X1 91 0 R >> >>"
    (page,) = read(engine, small_pdf(content, resources=resources, objects={91: form}))
    inside, outside = sorted(page.words)
    assert (inside.text, outside.text) == ("inside", "outside")
    assert inside.x0 == pytest.approx(50 + 2 * 15, abs=1.0)
    assert inside.bottom == pytest.approx(792 - 400 - 2 * 25 + 0.21 * 20, abs=2.0)
    assert outside.x0 == pytest.approx(50, abs=0.5)


# ---- Pages: one at a time, by number, and empty ones.


def numbered(count: int) -> bytes:
    return small_pdf(
        *(b"BT /F1 10 Tf 50 700 Td (page%d) Tj ET" % number for number in range(1, count + 1))
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [((), [1, 2, 3, 4, 5]), ((2, 3), [2, 3]), ((4,), [4, 5]), ((5, 5), [5]), ((1, 2), [1, 2])],
)
def test_pages_are_counted_from_one_and_both_ends_are_included(engine, arguments, expected):
    with engine.open_document(open_source(numbered(5))) as document:
        assert document.page_count == 5
        pages = list(document.pages(*arguments))
        again = list(document.pages(*arguments))
    assert [page.number for page in pages] == expected
    assert [texts(page) for page in pages] == [[f"page{number}"] for number in expected]
    assert again == pages


def test_a_page_is_read_when_it_is_asked_for(engine):
    """A page that is missing troubles none before it."""
    lost = small_pdf(b"BT /F1 10 Tf 50 700 Td (first) Tj ET", kids=[10, 99])
    with engine.open_document(open_source(lost)) as document:
        pages = document.pages()
        assert texts(next(pages)) == ["first"]
        with pytest.raises(DamagedPdfError):
            next(pages)


def test_a_damaged_page_is_named_with_its_file(engine, tmp_path):
    path = tmp_path / "order.pdf"
    path.write_bytes(small_pdf(b"", b"", kids=[10, 12, 99]))
    with pytest.raises(DamagedPdfError, match=r"order\.pdf, page 3: ") as caught:
        read(engine, path)
    assert (caught.value.file, caught.value.page) == (str(path), 3)


@pytest.mark.parametrize("number", [0, 6, -1])
def test_a_page_that_is_not_there_is_an_error(engine, number):
    with (
        engine.open_document(open_source(numbered(5))) as document,
        pytest.raises(DamagedPdfError) as caught,
    ):
        list(document.pages(number, max(number, 1)))
    assert caught.value.page == number


@pytest.mark.parametrize(
    ("content", "resources", "drawn"),
    [
        (b"", "<< >>", False),
        (b"", None, False),
        (b"q 1 0 0 1 5 5 cm Q", "<< >>", False),
        (b"10 10 200 200 re f", "<< >>", True),
        (b"10 10 200 200 re f", None, True),
        (b"10 10 m 90 90 l S", "<< /Font << /F1 90 0 R >> >>", True),
        (b"q 99 0 0 99 0 0 cm /I1 Do Q", "<< /XObject << /I1 91 0 R >> >>", True),
        (b"BI /W 1 /H 1 /BPC 8 /CS /G ID \x00 EI", "<< /Font << /F1 90 0 R >> >>", True),
    ],
    ids=["blank", "blank, no resources", "nothing painted", "area", "area, no resources", "line",
         "picture", "inline picture"],
)  # fmt: skip
def test_a_page_without_words_says_whether_anything_is_drawn(engine, content, resources, drawn):
    picture = stream(
        b"\x00", "/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray"
    )
    (page,) = read(engine, small_pdf(content, resources=resources, objects={91: picture}))
    assert (page.words, page.has_graphics) == ([], drawn)


# ---- Documents: where from, with which password, and how they end.


def test_bytes_are_read_like_the_file_they_come_from(engine):
    path = INVOICES / "order_one_page.pdf"
    assert read(engine, path.read_bytes()) == read(engine, path)


def encrypted(password: str, algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(numbered(1))))
    writer.encrypt(password, owner_password="owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_an_encrypted_document_opens_with_its_password_alone(engine, algorithm):
    data = encrypted("s3cret", algorithm)
    assert texts(read(engine, data, "s3cret")[0]) == ["page1"]
    assert texts(read(engine, data, "owner")[0]) == ["page1"]
    for wrong in ("", "other"):
        with pytest.raises(EncryptedPdfError, match="password"):
            read(engine, data, wrong)


def test_an_empty_password_need_not_be_given_and_another_is_refused(engine):
    data = encrypted("", "AES-128")
    assert texts(read(engine, data)[0]) == ["page1"]
    with pytest.raises(EncryptedPdfError):
        read(engine, data, "other")


def test_a_password_for_a_document_that_needs_none_does_no_harm(engine):
    assert texts(read(engine, numbered(1), "s3cret")[0]) == ["page1"]


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7\nnothing of use\n%%EOF\n", small_pdf()],
    ids=["no structure", "no page"],
)
def test_a_document_that_cannot_be_opened_is_damaged(engine, data):
    with pytest.raises(DamagedPdfError, match="<bytes>: ") as caught:
        engine.open_document(open_source(data))
    assert caught.value.page is None


def test_closing_twice_does_no_harm_and_no_page_is_read_after_it(engine):
    document = engine.open_document(open_source(numbered(3)))
    pages = document.pages()
    next(pages)
    document.close()
    document.close()
    with pytest.raises(ValueError, match="closed"):
        next(pages)


def test_leaving_the_with_statement_closes_the_document(engine):
    with engine.open_document(open_source(numbered(1))) as document:
        pass
    with pytest.raises(ValueError, match="closed"):
        next(document.pages())


# ---- What stays in memory, and on the terminal.

READ = """
import random, sys
from perfkit import plugins
from perfkit.source import open_source

def resident_mb():
    import psutil
    return psutil.Process().memory_info().rss / 2**20

with plugins.load("engines", sys.argv[1]).open_document(open_source(sys.argv[2])) as document:
    for page in document.pages():
        if page.number == 20:
            before = resident_mb()
    print(resident_mb() - before)
"""


def in_a_process(engine: ModuleType, path: Path) -> tuple[float, str]:
    name = engine.__name__.rpartition(".")[2]
    command = [sys.executable, "-c", READ, name, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout), done.stderr


@pytest.mark.usefixtures("untraced")
def test_pages_are_let_go_and_repairs_are_not_told_to_the_terminal(engine, tmp_path):
    """A hundred pages that unfold to 200 KiB each grow the process by a fifth of that."""
    kib, pages = 200, 120
    content = (
        b"q 99 0 0 99 0 0 cm BI /W 1024 /H %d /BPC 8 /CS /G ID " % kib
        + bytes(kib << 10)
        + b" EI Q BT /F1 9 Tf 9 99 Td (x) Tj ET"
    )
    packed = stream(zlib.compress(content), "/Filter /FlateDecode")
    objects = dict.fromkeys(range(1000, 1000 + pages), packed)
    for number in range(pages):
        entries = f"/MediaBox [0 0 99 199] /Contents {1000 + number} 0 R"
        used = "/Resources << /Font << /F1 90 0 R >> >>"
        objects[2000 + number] = f"<< /Type /Page /Parent 2 0 R {entries} {used} >>".encode()
    whole = small_pdf(objects=objects, kids=range(2000, 2000 + pages))
    path = tmp_path / "pictures.pdf"
    path.write_bytes(whole.replace(b"startxref\n", b"startxref\n7"))
    grown_mb, said = in_a_process(engine, path)
    assert grown_mb < 0.2 * 100 * kib / 1024
    assert said == ""
