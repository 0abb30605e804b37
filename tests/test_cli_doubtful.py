"""`perfkit extract` says what is doubtful, and ends with 1 unless that is accepted."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from tests.command import perfkit
from tests.small_pdf import small_pdf

HANDED = Path(__file__).parent / "data" / "handed" / "documents"
DOUBTFUL, SEVERAL = HANDED / "page_1_of_2_only.pdf", HANDED / "two_invoices_in_one.pdf"
GOOD = HANDED / "actualtext.pdf"
LETTER = b"BT /F1 12 Tf 72 700 Td (Dear customer, our offer is behind this letter.) Tj ET"
REASON = "page 2 of 2 is missing from the file; get the whole document"


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_doubtful_document_is_written_and_ends_with_1_unless_accepted(form):
    refused = perfkit("extract", "--format", form, DOUBTFUL)
    accepted = perfkit("extract", "--format", form, "--accept-doubtful", DOUBTFUL)
    assert (refused.code, accepted.code) == (1, 0)
    assert refused.out == accepted.out
    assert "DA3003B" in refused.out
    assert "1 document is doubtful" in refused.err
    assert "--accept-doubtful" in refused.err
    assert "--accept-doubtful" not in accepted.err


def test_a_document_without_doubt_ends_with_0():
    done = perfkit("extract", "--format", "json", GOOD)
    assert (done.code, done.err) == (0, "")


def test_the_table_shows_doubts_once_and_checks():
    lines = perfkit("extract", DOUBTFUL).out.splitlines()
    assert [line for line in lines if REASON in line] == [f"doubtful: {REASON}"]
    assert any(line.startswith("checks: ") and "upc: 3 held" in line for line in lines)


def test_csv_on_standard_output_has_its_doubts_on_standard_error():
    done = perfkit("extract", "--format", "csv", DOUBTFUL)
    assert REASON not in done.out
    assert f"perfkit: {DOUBTFUL}: warning: {REASON}\n" in done.err


def test_a_csv_file_has_its_ledgers_beside_it(tmp_path):
    table = tmp_path / "items.csv"
    assert perfkit("extract", "--out", table, DOUBTFUL, GOOD, tmp_path / "no.pdf").code == 1
    beside = json.loads((tmp_path / "items.ledger.json").read_text(encoding="utf-8"))
    first, second = beside["documents"]
    assert [first["doubtful"], second["doubtful"]] == [True, False]
    (doubt,) = first["ledger"]["doubts"]
    assert (doubt["kind"], doubt["message"]) == ("page_missing", REASON)
    assert "line_items" not in first
    assert [failure["error"] for failure in beside["failures"]] == ["DocumentNotFoundError"]


def test_a_folder_of_csv_has_a_ledger_for_each(tmp_path):
    assert perfkit("extract", "--format", "csv", "--out", f"{tmp_path}/", DOUBTFUL).code == 1
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["page_1_of_2_only.csv", "page_1_of_2_only.ledger.json"]


def test_a_ledger_is_not_written_over_a_document(tmp_path):
    document = tmp_path / "items.ledger.json"
    document.write_bytes(GOOD.read_bytes())
    done = perfkit("extract", "--out", tmp_path / "items.csv", document)
    assert done.code == 2
    assert "is one of the documents to read" in done.err
    assert document.read_bytes() == GOOD.read_bytes()


def test_a_file_of_two_documents_is_refused_or_read_whole():
    refused = perfkit("extract", "--format", "json", SEVERAL)
    (failure,) = json.loads(refused.out)["failures"]
    assert (refused.code, failure["error"]) == (1, "SeveralDocumentsError")
    assert "--all" in failure["remedy"]
    done = perfkit("extract", "--format", "json", "--all", SEVERAL)
    documents = json.loads(done.out)["documents"]
    assert done.code == 0
    numbers = [(each["invoice_number"], each["total"]) for each in documents]
    assert numbers == [("CI004848799", "276.00"), ("CI004848800", "263.20")]


def test_all_reads_a_file_of_one_document_as_without_it():
    one, every = (perfkit("extract", "--format", "json", *more, GOOD) for more in ([], ["--all"]))
    assert (one.code, one.out) == (every.code, every.out)


def test_a_document_behind_other_pages_is_found_with_all_pages(tmp_path):
    behind = tmp_path / "behind.pdf"
    writer = PdfWriter()
    letter = PdfReader(BytesIO(small_pdf(LETTER))).pages[0]
    for _ in range(4):
        writer.add_page(letter)
    writer.append(GOOD)
    writer.write(behind)
    refused = perfkit("extract", "--format", "json", behind)
    assert "--all-pages" in json.loads(refused.out)["failures"][0]["remedy"]
    done = perfkit("extract", "--format", "json", "--all-pages", "--accept-doubtful", behind)
    (document,) = json.loads(done.out)["documents"]
    assert (done.code, len(document["line_items"])) == (0, 6)
