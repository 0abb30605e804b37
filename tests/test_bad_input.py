"""Each thing that can be wrong with a document is an error of its own, which says what to do."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from perfkit import errors
from perfkit.cli.main import main
from perfkit.corpus import Style, make_bytes
from perfkit.corpus.extras import no_items
from perfkit.corpus.other_vendor import other_vendor
from perfkit.corpus.variants import vary
from perfkit.model import SCHEMA_VERSION
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from tests.engines import TEXT_ENGINES
from tests.small_pdf import small_pdf

ENGINES = TEXT_ENGINES
GOOD, TRUTH = make_bytes(pages=2, seed=3, style=Style(picture="none"))
SECRET = "secret word \u00e9"


def pages_of(data: bytes, *changes: Callable[[PdfWriter], object]) -> bytes:
    """A document after some changes by pypdf."""
    writer = PdfWriter(clone_from=io.BytesIO(data))
    for change in changes:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def drawn(*texts: tuple[float, float, str]) -> bytes:
    """A page of letter size with texts on it: left, top, text."""
    out = io.BytesIO()
    canvas = Canvas(out, (612, 792))
    for left, top, text in texts:
        canvas.drawString(left, 792 - top, text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("order.pdf", GOOD)
    return out.getvalue()


def scan_last() -> bytes:
    picture = PdfReader(io.BytesIO(vary(GOOD, "scan"))).pages[1]
    return pages_of(GOOD, lambda writer: writer.add_page(picture))


def without_pages(writer: PdfWriter) -> None:
    for _ in range(len(writer.pages)):
        writer.remove_page(0)


def rows_without_headings() -> bytes:
    rows = [
        (("XS9826A", 40), ("191009727774", 110), ("Ornament", 210), ("24", 400), ("1.60", 450))
        for _ in range(5)
    ]
    texts = [(left, 200.0 + 20 * k, text) for k, row in enumerate(rows) for text, left in row]
    return drawn((40, 60, "Creative Co-Op"), (40, 80, "ORDER NO: CS0038373"), *texts)


PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
LETTER = ((40, 60, "Creative Co-Op"), (40, 90, "Dear customer, thank you for your order."))

#: What is wrong -> the bytes, the error, its page, and what the message has to say.
BAD: dict[str, tuple[Callable[[], bytes], type[errors.DocumentError], int | None, str]] = {
    "empty": (bytes, errors.EmptyFileError, None, "0 bytes"),
    "text": (lambda: b"Dear all,\n" * 99, errors.NotAPdfError, None, "not a PDF"),
    "png": (lambda: PNG, errors.NotAPdfError, None, "converted"),
    "zip": (zipped, errors.NotAPdfError, None, "not a PDF"),
    "garbage": (
        lambda: b"%PDF-1.4\n" + bytes(range(256)) * 9 + b"\n%%EOF\n",
        errors.DamagedPdfError,
        None,
        "damaged",
    ),
    "no page": (
        lambda: pages_of(GOOD, without_pages),
        errors.DamagedPdfError,
        None,
        "page",
    ),
    "password": (
        lambda: pages_of(GOOD, lambda writer: writer.encrypt(SECRET, algorithm="AES-256")),
        errors.EncryptedPdfError,
        None,
        "password-file",
    ),
    "scan": (lambda: vary(GOOD, "scan"), errors.NoTextLayerError, 1, "OCR"),
    "scan behind text": (scan_last, errors.NoTextLayerError, 3, "OCR"),
    "blank": (drawn, errors.NoLineItemsError, None, "blank"),
    "other vendor": (lambda: other_vendor(2, 1)[0], errors.UnknownVendorError, None, "layout"),
    "no rows": (
        lambda: no_items(5)[0],
        errors.NoLineItemsError,
        None,
        "no line item",
    ),
    "letter": (lambda: drawn(*LETTER), errors.NoLineItemsError, None, "no line item"),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", BAD)
def test_a_bad_document_is_told_by_its_own_error(case, engine, tmp_path):
    make, kind, page, words = BAD[case]
    path = tmp_path / f"{case}.pdf"
    path.write_bytes(make())
    with pytest.raises(errors.DocumentError) as caught:
        extract(path, Recipe(engine=engine))
    assert type(caught.value) is kind
    assert (caught.value.file, caught.value.page) == (str(path), page)
    assert str(caught.value).startswith(str(path) if page is None else f"{path}, page {page}: ")
    assert str(caught.value).endswith(caught.value.remedy)
    assert words in str(caught.value)


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_without_headings_are_read_and_doubtful(engine):
    found = extract(rows_without_headings(), Recipe(engine=engine))
    assert [item.product_code for item in found.line_items] == ["XS9826A"] * 5
    assert [item.upc for item in found.line_items] == ["191009727774"] * 5
    missing = {doubt.fields[0] for doubt in found.ledger.doubts if doubt.kind == "column_missing"}
    assert {"qty_shipped", "unit", "list_price"} <= missing


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
@pytest.mark.parametrize("variant", [None, "object_streams", "linearized"])
def test_a_document_cut_off_anywhere_is_refused(share, variant, engine):
    try:
        data = GOOD if variant is None else vary(GOOD, variant)
    except (errors.CorpusError, errors.MissingExtraError) as error:
        pytest.skip(str(error))
    with pytest.raises(errors.TruncatedPdfError, match="cut off"):
        extract(data[: int(share * len(data))], Recipe(engine=engine))


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_no_file_is_refused_without_being_read(engine, tmp_path):
    os.mkfifo(tmp_path / "pipe.pdf")
    for path in (tmp_path, tmp_path / "pipe.pdf", "/dev/zero"):
        with pytest.raises(errors.NotAFileError):
            extract(path, Recipe(engine=engine))
    with pytest.raises(errors.DocumentNotFoundError):
        extract(tmp_path / "no.pdf", Recipe(engine=engine))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_limit_is_an_error_and_never_a_shortened_success(engine):
    with pytest.raises(errors.DocumentTooLargeError, match=r"claims 2 pages, the limit is 1\."):
        extract(GOOD, Recipe(engine=engine, max_pages=1))
    with pytest.raises(errors.DocumentTooLargeError, match="max_file_mb"):
        extract(GOOD, Recipe(engine=engine, max_file_mb=0.001))
    assert extract(GOOD, Recipe(engine=engine, max_pages=2)).pages == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_the_right_password_opens_and_a_wrong_one_does_not(engine):
    data = BAD["password"][0]()
    assert extract(data, Recipe(engine=engine), password=SECRET).line_items
    with pytest.raises(errors.EncryptedPdfError) as caught:
        extract(data, Recipe(engine=engine), password="wrong one")
    assert "wrong one" not in str(caught.value)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_page_without_a_table_is_a_warning_beside_good_pages(engine):
    letter = PdfReader(io.BytesIO(drawn(*LETTER))).pages[0]
    data = pages_of(GOOD, lambda writer: writer.insert_page(letter, 1))
    found = extract(data, Recipe(engine=engine))
    assert len(found.line_items) == len(TRUTH["line_items"])
    assert any("page 2" in warning for warning in found.warnings)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_blank_page_is_a_warning_too(engine):
    found = extract(pages_of(GOOD, lambda writer: writer.add_blank_page()), Recipe(engine=engine))
    assert found.pages == 3
    assert "page 3 is blank" in found.warnings


@pytest.mark.parametrize("engine", ENGINES)
def test_a_path_an_open_file_and_bytes_give_the_same(engine, tmp_path):
    recipe, path = Recipe(engine=engine), tmp_path / "order.pdf"
    path.write_bytes(GOOD)
    by_path = extract(path, recipe).as_dict()
    with path.open("rb") as file:
        by_file = extract(file, recipe).as_dict()
    by_bytes, by_stream = (extract(d, recipe).as_dict() for d in (GOOD, io.BytesIO(GOOD)))
    assert by_file == by_path
    assert by_bytes == {**by_path, "source": "<bytes>"}
    assert by_stream == {**by_path, "source": "<file>"}


def test_an_extraction_is_json_with_exact_money():
    found = json.loads(json.dumps(extract(GOOD).as_dict()))
    assert [item["extended_price"] for item in found["line_items"]] == [
        item["extended_price"] for item in TRUTH["line_items"]
    ]
    assert found["schema_version"] == SCHEMA_VERSION


def test_in_a_batch_the_others_go_on(tmp_path, capsys):
    names = []
    for case, (make, *_) in BAD.items():
        names += [tmp_path / f"{case}.pdf", tmp_path / f"good after {case}.pdf"]
        names[-2].write_bytes(make())
        names[-1].write_bytes(GOOD)
    with pytest.raises(SystemExit) as left:
        main(["extract", "--format", "json", *map(str, names), str(tmp_path / "no.pdf")])
    out, err = capsys.readouterr()
    result: dict[str, Any] = json.loads(out)
    assert left.value.code == 1
    assert [Path(each["source"]).stem for each in result["documents"]] == [
        f"good after {case}" for case in BAD
    ]
    kinds = [kind.__name__ for _, kind, *_ in BAD.values()] + ["DocumentNotFoundError"]
    assert [failure["error"] for failure in result["failures"]] == kinds
    for failure in result["failures"]:
        assert failure["message"] in err
        assert failure["message"].endswith(failure["remedy"])


@pytest.mark.parametrize("executor", ["inline", "processes"])
def test_a_page_of_too_many_characters_is_refused_and_named(executor):
    row = b"(XS9826A 24 each 1.60) Tj 0 -12 Td "
    data = small_pdf(b"BT /F1 9 Tf 40 700 Td " + row * 50 + b"ET")
    recipe = Recipe(executor=executor, workers=1, max_page_characters=300)
    with pytest.raises(
        errors.DocumentTooLargeError, match="characters, the limit is 300"
    ) as caught:
        extract(data, recipe)
    assert caught.value.page == 1
