"""JSON for programs, CSV that a spreadsheet may open, and a table to read."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.cli import _job
from perfkit.cli._formats import Format, guarded
from perfkit.corpus import Style, make_bytes
from perfkit.model import ITEM_FIELDS, SCHEMA_VERSION, Extraction, LineItem
from perfkit.pipeline import extract
from tests.command import perfkit

DATA, TRUTH = make_bytes(pages=1, seed=4, style=Style(picture="none"))
ITEM = LineItem(
    "XS9826A", "191009727774", "Ornament", 24, 0, 24, 0, "each",
    Decimal("2.00"), Decimal("1.60"), Decimal("38.40"), 1,
)  # fmt: skip
#: An escape sequence, a bell, a line break and text from right to left.
HOSTILE = "=cmd\x1b[2J\x07\r\n\u202eevil"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """A good document with its truth beside it."""
    path = tmp_path / "in" / "order.pdf"
    path.parent.mkdir()
    path.write_bytes(DATA)
    path.with_suffix(".json").write_text(json.dumps(TRUTH), encoding="utf-8")
    return path


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> Callable[[Extraction], None]:
    """Sets what is found in every document."""

    def use(found: Extraction) -> None:
        monkeypatch.setattr(
            _job, "extract", lambda file, *_, **__: dataclasses.replace(found, source=file)
        )

    return use


def found(*items: LineItem, **values: Any) -> Extraction:
    return Extraction("a.pdf", "creative_coop_order", "pdfium", 1, items, **values)


def test_json_is_what_as_dict_gives_with_the_accuracy(pdf):
    done = perfkit("extract", "--format", "json", pdf)
    result = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    (document,) = result["documents"]
    accuracy = document.pop("accuracy")
    assert document == extract(pdf).as_dict()
    assert list(document) == list(extract(pdf).as_dict())
    assert (accuracy["kind"], accuracy["score"]) == ("truth", 1.0)
    assert {key: result[key] for key in result if key != "documents"} == {
        "schema_version": SCHEMA_VERSION,
        "failures": [],
    }


def test_json_has_one_shape_for_one_file_and_many_and_none(pdf, tmp_path):
    one, many, none = (
        json.loads(perfkit("extract", "--format", "json", *files).out)
        for files in ([pdf], [pdf, pdf, tmp_path / "no.pdf"], [tmp_path / "no.pdf"])
    )
    assert list(one) == list(many) == list(none) == ["schema_version", "documents", "failures"]
    assert [len(each["documents"]) for each in (one, many, none)] == [1, 2, 0]
    assert set(many["failures"][0]) == {"file", "error", "page", "message", "remedy"}


def test_csv_has_a_row_an_item_as_rfc_4180_says(pdf):
    done = perfkit("extract", "--format", "csv", pdf)
    rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
    assert list(rows[0]) == ["source", "invoice_number", *ITEM_FIELDS]
    assert done.out.count("\n") == done.out.count("\r\n") == len(rows) + 1
    for row, item in zip(rows, TRUTH["line_items"], strict=True):
        assert (row["source"], row["invoice_number"]) == (str(pdf), TRUTH["invoice_number"])
        assert {name: row[name] for name in item} == {
            name: "" if value is None else str(value) for name, value in item.items()
        }


@given(st.text() | st.from_regex(r"\A[=+\-@\t\r].*\Z"))
def test_no_text_in_a_cell_is_a_formula_and_none_is_lost(text):
    cell = guarded(text)
    assert not cell.startswith(tuple("=+-@\t\r\n"))
    assert text in (cell, cell[1:])
    out = io.StringIO(newline="")
    csv.writer(out).writerow([cell, "next"])
    assert next(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [cell, "next"]


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False))
def test_a_number_in_a_cell_stays_a_number_also_a_negative_one(value):
    assert re.fullmatch(r"-?\d+(\.\d+)?", guarded(value))
    assert Decimal(guarded(value)) == value


def test_csv_of_a_hostile_document_is_safe_to_open(finds):
    finds(found(dataclasses.replace(ITEM, description=HOSTILE, extended_price=Decimal("-1.50")),
                invoice_number="+1+1"))  # fmt: skip
    row = list(
        csv.reader(io.StringIO(perfkit("extract", "--format", "csv", "@a.pdf").out, newline=""))
    )[1]
    assert row[:2] == ["'@a.pdf", "'+1+1"]
    assert row[4] == "'" + HOSTILE
    assert row[12] == "-1.50"


def test_the_table_shows_every_item_and_what_the_document_says(pdf):
    done = perfkit("extract", pdf)
    lines = done.out.splitlines()
    assert (done.code, done.err, lines[0]) == (0, "", str(pdf))
    for item in TRUTH["line_items"]:
        assert any(item["product_code"] in line and item["description"] in line for line in lines)
    assert TRUTH["invoice_number"] in lines[1]
    assert f"total {Decimal(TRUTH['total']):,}" in done.out
    assert lines[-2].startswith("field accuracy 1.0000")
    assert lines[-2].endswith("against the truth")
    assert lines[-1].startswith("checks: ")
    assert f"upc: {len(TRUTH['line_items'])} held" in lines[-1]


def test_a_narrow_terminal_wraps_descriptions_and_cuts_nothing(finds, monkeypatch):
    for name, value in {"COLUMNS": "100", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    finds(found(dataclasses.replace(ITEM, description="a word " * 20 + "x" * 50)))
    out = perfkit("extract", "a.pdf", terminal=True).out
    plain = re.sub(r"\x1b\[\d+m", "", out)
    assert out != plain
    assert max(map(len, plain.splitlines())) <= 100
    assert plain.count("word") == 20
    assert plain.count("x") >= 50


def test_no_control_character_of_a_document_reaches_the_terminal(finds, tmp_path):
    item = dataclasses.replace(ITEM, product_code=HOSTILE, unit=HOSTILE, description=HOSTILE)
    finds(found(item, item, invoice_number=HOSTILE, vendor=HOSTILE, warnings=(HOSTILE,)))
    for form in ("table", "json"):
        done = perfkit("extract", "--format", form, tmp_path / "a\x1b[2J.pdf", "b.pdf")
        assert (done.out + done.err).replace("\n", "").isprintable()
    assert perfkit("extract", "a.pdf").out.count("\n") == 8


def test_names_that_are_no_text_are_no_obstacle(finds):
    finds(found(ITEM))
    for form in Format:
        assert perfkit("extract", "--format", form, "a\udcff.pdf").code == 0


def test_without_a_truth_the_result_is_a_self_check(pdf):
    pdf.with_suffix(".json").unlink()
    assert "self-check 1.0000" in perfkit("extract", pdf).out


@pytest.mark.parametrize("broken", ["{", "[1]", "[" * 100_000])
def test_a_broken_truth_is_a_warning_and_the_self_check_stands_in(pdf, broken):
    pdf.with_suffix(".json").write_text(broken, encoding="utf-8")
    done = perfkit("extract", "--format", "json", pdf)
    (document,) = json.loads(done.out)["documents"]
    assert (done.code, document["accuracy"]["kind"]) == (0, "self-check")
    assert "order.json" in document["warnings"][-1]
    assert "order.json" in perfkit("extract", "--format", "csv", pdf).err
