"""What a document says or is called stays text wherever it goes, and workers are not believed."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import re
from pathlib import Path

import pytest

import perfkit
from perfkit.batches._answer import is_answer
from perfkit.executors import processes
from perfkit.executors._frames import HEAD, Frames, pack
from perfkit.executors._pool import Pool
from perfkit.recipe import Recipe
from tests import invoice_page
from tests.command import perfkit as command
from tests.small_pdf import small_pdf
from tests.test_batch import FOLDER, lines

PACKAGE = Path(__file__).parent.parent / "perfkit"
PAYLOADS = (
    b"=HYPERLINK\\(0\\)", b"+cmd|' /C calc'!A0", b"@SUM\\(1+1\\)", b"<script>alert\\(1\\)</script>",
    b"<img src=x onerror=alert\\(1\\)>", b"[bold red]{{7*7}}", b"\\033[31mRED",
    b"%s%n{0.__class__}",
)  # fmt: skip


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """An order whose descriptions are payloads, under a name that is one too."""
    rows = [
        invoice_page.row(680 - 20 * k, b"XS%dA" % (9826 + k), payload)
        for k, payload in enumerate(PAYLOADS)
    ]
    path = tmp_path / "=1+1<b>\x1b[31m.pdf"
    path.write_bytes(small_pdf(invoice_page.HEAD + b"".join(rows)))
    return path


@pytest.mark.parametrize("engine", ["pdfium", "pypdf"])
def test_payloads_of_a_document_are_inert_in_every_output(hostile, engine):
    found = perfkit.extract(hostile, Recipe(engine=engine))
    assert len(found.line_items) == len(PAYLOADS)
    told = [item.description for item in found.line_items]
    assert "=HYPERLINK(0)" in told  # nothing is lost where no spreadsheet reads it
    table = command("extract", "--engine", engine, "--format", "csv", hostile).out
    for cells in csv.reader(io.StringIO(table)):
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-", "\t", "\r"))]
    for form in ("table", "json"):
        done = command("extract", "--engine", engine, "--format", form, hostile, terminal=True)
        assert "\x1b[31m" not in done.out.replace("\x1b[31m.pdf", "") or form == "table"
        assert "\x1b[31mRED" not in done.out + done.err
    page = found._repr_html_()
    assert not re.search(r"<(script|img|b)[ >]", page)


def test_payloads_are_inert_in_what_a_batch_writes_and_says(hostile, tmp_path):
    done = command("batch", hostile.parent, "--out", tmp_path / "out", terminal=True)
    assert done.code == 0
    for name in ("results.jsonl", "manifest.jsonl", "summary.json"):
        content = (tmp_path / "out" / name).read_bytes()
        assert content.isascii()
        assert b"\x1b" not in content
    assert "\x1b[31m.pdf" not in done.err
    assert len(lines(tmp_path / "out" / "results.jsonl")) == 1


@pytest.mark.parametrize("name", ["..\\..\\up.pdf", "C:evil.pdf", "a\nb.pdf", "...pdf", "~.pdf"])
def test_no_name_of_a_document_leads_out_of_the_output_folder(tmp_path, name):
    path = tmp_path / "in" / name
    path.parent.mkdir()
    path.write_bytes((FOLDER / "order_one_page.pdf").read_bytes())
    out = tmp_path / "out"
    assert command("extract", "--out", f"{out}/", path).code == 0
    (written,) = out.iterdir()
    assert written.suffix == ".json"
    assert not re.search(r"[\\/:\n]|^\.", written.name)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in", "out"]


def test_nothing_in_the_package_reads_a_pickle():
    readers = {"pickle", "cPickle", "dill", "joblib", "shelve", "cloudpickle"}
    # These pack, hand over and run the caller's own functions, and open no stranger's document.
    own = {"isolated.py", "live_pair.py", "pair_worker.py"}
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            names = [
                each.name for each in getattr(node, "names", ()) if isinstance(each, ast.alias)
            ]
            names.append(getattr(node, "module", None) or "")
            taken = {name.partition(".")[0] for name in names} & readers
            assert not taken or path.name in own, path
        if "marshal.load" in text:
            assert path.name in {"_frames.py", "entities.py"}  # the latter: what it wrote itself


def test_a_password_is_in_nothing_that_is_written_or_said(tmp_path):
    secret = "hunter2-und-mehr"
    (tmp_path / "password").write_text(secret)
    done = command(
        "extract", "--password-file", tmp_path / "password", FOLDER / "order_encrypted_rc4.pdf"
    )
    assert secret not in done.out + done.err
    assert secret not in repr(Recipe())
    with pytest.raises(perfkit.EncryptedPdfError) as caught:
        perfkit.extract(FOLDER / "order_encrypted_rc4.pdf", password=secret)
    assert secret not in str(caught.value) + repr(vars(caught.value))
    apart = Recipe(executor="processes", workers=1)
    with pytest.raises(perfkit.EncryptedPdfError) as caught:
        perfkit.extract(FOLDER / "order_encrypted_rc4.pdf", apart, password=secret)
    assert secret not in str(caught.value)


def test_log_events_hold_no_text_of_a_document(hostile, caplog):
    with caplog.at_level("DEBUG"):
        perfkit.CreativeCoopPerformanceOptimizer(
            perfkit.Recipe(max_memory_mb=16_000)
        ).process_optimized(hostile)
    assert caplog.records
    assert not [text for text in ("HYPERLINK", "alert", "XS9826A") if text in caplog.text]


@pytest.mark.parametrize(
    "sent",
    [b"\xff" * 40, HEAD.pack(1 << 40), HEAD.pack(3) + b"xyz", pack(7), pack((1, 2))],
    ids=["noise", "endless", "no message", "a number", "too short"],
)
def test_a_worker_that_sends_rubbish_costs_its_own_call_only(sent):
    own = Pool(())
    try:
        calls = [(sent,), (b"",)]
        spoilt, sound = processes.ordered_map(
            "tests.executor_jobs:answer_with", calls, workers=1, pool=own
        )
    finally:
        own.close()
    assert isinstance(spoilt.error, perfkit.WorkerLostError)
    assert sound.value is None


def test_parts_of_a_message_wait_for_the_rest():
    frames = Frames()
    frames._buffer += pack("whole")[:-1]
    assert frames.next() is None


@pytest.mark.parametrize(
    "value",
    [
        None, 7, {}, {"sha256": None, "seconds": "1"}, {"sha256": 7, "seconds": 1.0},
        {"sha256": None, "seconds": 1.0, "error": ("x",)},
        {"sha256": None, "seconds": 1.0, "result": "text"},
        {"sha256": None, "seconds": 1.0, "nonsense": 1},
    ],
)  # fmt: skip
def test_an_answer_of_another_form_is_none(value):
    assert not is_answer(value)


def test_a_real_answer_is_one(tmp_path):
    from perfkit.batches._document import read_document

    for name in ("order_one_page.pdf", "scan_order.pdf", "none.pdf"):
        answer = read_document(str(FOLDER / name), Recipe().as_dict(), None)
        assert is_answer(answer), name
        assert json.dumps(answer["seconds"])
    assert os.listdir(tmp_path) == []
