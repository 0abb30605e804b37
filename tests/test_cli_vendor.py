"""`perfkit vendor` proposes a file that reads the document, checks one, and lists all."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.cli._code_shapes import pattern_of, plain
from perfkit.cli._proposal_text import _pattern, _text
from perfkit.cli._text import printable
from perfkit.corpus import Style, make_bytes
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from tests.command import perfkit
from tests.small_pdf import small_pdf
from tests.vendor_documents import PENS, VENDORS

FOLDER = Path(__file__).parent / "data" / "vendors"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """A document of one of the invented vendors."""
    path = tmp_path / "invoice.pdf"
    path.write_bytes(VENDORS["alder"](PENS["reportlab"](), 20, 5).data)
    return path


@pytest.mark.parametrize("rows", [3, 60])
@pytest.mark.parametrize("pen", PENS)
@pytest.mark.parametrize("vendor", VENDORS)
def test_the_proposal_reads_the_document_that_it_was_made_from(tmp_path, vendor, pen, rows):
    document = VENDORS[vendor](PENS[pen](), rows, 7)
    pdf, toml = tmp_path / "invoice.pdf", tmp_path / "new.toml"
    pdf.write_bytes(document.data)
    done = perfkit("vendor", "new", pdf, "--out", toml)
    assert (done.code, done.err) == (0, "")
    assert f"Read with it: {rows} rows on {document.facts['pages']} page" in done.out
    assert "doubtful" not in done.out
    found = extract(pdf, Recipe(layout=str(toml)))
    without = [dataclasses.replace(item, extra=()) for item in document.items]
    assert [dataclasses.replace(item, extra=()) for item in found.line_items] == without
    assert [[value for _, value in item.extra] for item in found.line_items] == [
        [value for _, value in item.extra] for item in document.items
    ]
    for name in ("invoice_number", "subtotal", "freight", "total"):
        assert getattr(found, name) == document.facts[name]
    assert all(check.held for check in found.ledger.checks)
    assert len(toml.read_text("utf-8").splitlines()) <= 60


def test_a_proposal_for_an_order_of_many_columns_names_them_all(tmp_path):
    data, truth = make_bytes(pages=3, seed=4, style=Style(picture="none"))
    pdf, toml = tmp_path / "order.pdf", tmp_path / "new.toml"
    pdf.write_bytes(data)
    assert perfkit("vendor", "new", pdf, "--out", toml).code == 0
    found = extract(pdf, Recipe(layout=str(toml)))
    assert [item.product_code for item in found.line_items] == [
        item["product_code"] for item in truth["line_items"]
    ]
    assert [str(item.extended_price) for item in found.line_items] == [
        item["extended_price"] for item in truth["line_items"]
    ]


def test_without_a_name_the_file_goes_to_standard_output_and_the_report_beside_it(pdf):
    done = perfkit("vendor", "new", pdf)
    assert done.code == 0
    assert 'vendor = "Alder & Birch Supply"' in done.out
    assert "Read with it: 20 rows on 1 page" in done.err
    assert "qty_shipped * your_price = extended_price: 20 held" in done.err


def test_a_file_that_is_there_is_not_written_over(pdf, tmp_path):
    toml = tmp_path / "mine.toml"
    toml.write_text("# my work\n")
    done = perfkit("vendor", "new", pdf, "--out", toml)
    assert done.code == 1
    assert "mine.toml is there already. Give another name" in done.err
    assert toml.read_text() == "# my work\n"


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (b"0 0 100 100 re f", "there is no text layer (a scan, a picture"),
        (b"", "every page is blank"),
        (b"BT /F1 12 Tf 50 700 Td (Dear Sir or Madam) Tj ET", "nothing can be proposed: no lines"),
    ],
)
def test_where_nothing_can_be_proposed_it_says_why(tmp_path, page, message):
    pdf = tmp_path / "page.pdf"
    pdf.write_bytes(small_pdf(page))
    done = perfkit("vendor", "new", pdf)
    assert (done.code, done.out) == (1, "")
    assert str(pdf) in done.err
    assert message in done.err


def test_check_tells_rows_checks_and_no_doubt(pdf):
    done = perfkit("vendor", "check", FOLDER / "alder.toml", pdf)
    assert done.code == 0
    assert "no mistake. Alder & Birch Supply: 6 fields, 3 checks" in done.out
    assert "20 line items" in done.out
    assert "qty_shipped * your_price = extended_price: 20 held" in done.out


def test_check_fails_over_a_doubtful_document(pdf, tmp_path):
    toml = tmp_path / "wrong.toml"
    text = (FOLDER / "alder.toml").read_text("utf-8")
    toml.write_text(
        text.replace(
            "qty_shipped * your", 'your_price <= extended_price", "qty_shipped * your'
        ).replace('your_price <= extended_price"', 'extended_price <= your_price"')
    )
    done = perfkit("vendor", "check", toml, pdf)
    assert done.code == 1
    assert "doubtful: extended_price <= your_price does not hold in rows" in done.out


def test_check_goes_on_after_a_document_that_cannot_be_read(pdf, tmp_path):
    done = perfkit("vendor", "check", FOLDER / "alder.toml", tmp_path / "none.pdf", pdf)
    assert done.code == 1
    assert "none.pdf" in done.err
    assert "20 line items" in done.out


def test_check_names_a_mistake_with_its_line(tmp_path):
    toml = tmp_path / "wrong.toml"
    toml.write_text((FOLDER / "alder.toml").read_text("utf-8").replace("code =", "cod ="))
    done = perfkit("vendor", "check", toml)
    assert done.code == 1
    assert "wrong.toml, line 10, row.cod: there is no such key; did you mean 'code'?" in done.err


def test_list_names_what_auto_tries(monkeypatch):
    monkeypatch.setenv("PERFKIT_VENDORS", str(FOLDER))
    done = perfkit("vendor", "list")
    assert done.code == 0
    assert [line.split("\t")[:2] for line in done.out.splitlines()] == [
        ["alder", "Alder & Birch Supply"],
        ["creative_coop_invoice", "Creative Co-Op"],
        ["creative_coop_order", "Creative Co-Op"],
        ["kestrel", "Kestrel Works"],
        ["nordlicht", "Nordlicht Handels GmbH"],
    ]


@pytest.mark.parametrize("command", ["new", "check", "list"])
def test_help_has_examples(command):
    done = perfkit("vendor", command, "--help")
    assert done.code == 0
    assert f"perfkit vendor {command}" in done.out


@pytest.mark.parametrize(
    ("codes", "pattern"),
    [
        (["AB-1234-C", "XY-9876-D"], "[A-Z]{2}-[0-9]{4}-[A-Z]"),
        (["123456", "12345678"], "[0-9]{6,8}"),
        (["XS9826", "XS9826A", "DF7575"], "[A-Z]{2}[0-9]{4}[A-Z]?"),
        (["K7.042", "K7.043"], r"[A-Z][0-9]\.[0-9]{3}"),
        (["A1", "12-B"], "(?:[0-9]{2}-[A-Z]|[A-Z][0-9])"),
    ],
)
def test_a_pattern_has_the_form_of_all_codes(codes, pattern):
    assert pattern_of(codes) == pattern


@given(st.text())
def test_any_text_of_a_document_is_a_toml_string_and_a_pattern_that_finds_it(text):
    shown = " ".join(printable(text).split())
    assert tomllib.loads(f"x = {_text(text)}") == {"x": printable(text)}
    pattern = tomllib.loads(f"x = {_pattern(plain(shown))}")["x"]
    assert re.fullmatch(pattern, shown)
