"""A batch keeps what is doubtful with its reasons, and every document of a file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit import vendors
from perfkit.batches._answer import is_answer
from perfkit.batches._document import _tell
from perfkit.executors import processes
from perfkit.recipe import Recipe
from tests.command import perfkit as command
from tests.test_batch import FOLDER, lines

HANDED = Path(__file__).parent / "data" / "handed" / "documents"
GOOD, SEVERAL = "actualtext.pdf", "two_invoices_in_one.pdf"
MISSING_PAGE, CONFLICT = "page_1_of_2_only.pdf", "tounicode_lies.pdf"

GOOD_INVOICES = sorted(
    path.with_suffix(".pdf")
    for path in FOLDER.glob("*.json")
    if "expected_error" not in json.loads(path.read_text(encoding="utf-8"))
)


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in (GOOD, SEVERAL, MISSING_PAGE):
        shutil.copy(HANDED / name, folder)
    return folder


def records(out: Path) -> dict[str, dict[str, Any]]:
    return {Path(each["file"]).name: each for each in lines(out / "manifest.jsonl")}


def test_every_document_of_a_file_has_a_result(inbox, tmp_path):
    summary = perfkit.batch(inbox, tmp_path / "out")
    assert summary.outcomes == {"items": 3}
    found = [
        (Path(each["source"]).name, each["invoice_number"], len(each["line_items"]))
        for each in lines(tmp_path / "out" / "results.jsonl")
        if Path(each["source"]).name == SEVERAL
    ]
    assert found == [(SEVERAL, "CI004848799", 3), (SEVERAL, "CI004848800", 3)]
    record = records(tmp_path / "out")[SEVERAL]
    assert (record["items"], record["pages"], record["self_check"]) == (6, 2, 1.0)
    told = [(each["invoice_number"], each["pages"]) for each in record["documents"]]
    assert told == [("CI004848799", 1), ("CI004848800", 1)]


def test_a_result_of_several_lines_is_kept_whole_or_read_again(inbox, tmp_path):
    out = tmp_path / "out"
    perfkit.batch(inbox, out)
    whole = (out / "results.jsonl").read_bytes()
    assert perfkit.batch(inbox, out).unchanged == 3
    assert (out / "results.jsonl").read_bytes() == whole
    rows = whole.splitlines(keepends=True)
    second = next(row for row in rows if b'"CI004848800"' in row)
    (out / "results.jsonl").write_bytes(whole.replace(second, b""))
    assert perfkit.batch(inbox, out).unchanged == 2
    perfkit.batch(inbox, out)
    assert sorted(map(_without_number, lines(out / "results.jsonl"))) == sorted(
        _without_number(json.loads(row)) for row in rows
    )


def _without_number(line: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in line.items() if name != "record"})


def test_the_manifest_says_why_a_document_is_doubtful(inbox, tmp_path):
    summary = perfkit.batch(inbox, tmp_path / "out")
    found = {name: record["doubtful"] for name, record in records(tmp_path / "out").items()}
    assert (found[GOOD], found[SEVERAL]) == ([], [])
    (reason,) = found[MISSING_PAGE]
    assert (reason["document"], reason["kind"]) == ("CI004848799", "page_missing")
    assert reason["message"].startswith("page 2 of 2 is missing")
    assert (summary.doubtful, summary.damaged) == (1, 0)
    kept = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert kept["doubtful"] == 1


def test_the_command_ends_with_1_over_a_doubtful_file_also_when_it_is_unchanged(inbox, tmp_path):
    out = tmp_path / "out"
    for unchanged in (0, 3):
        done = command("batch", inbox, "--out", out)
        assert done.code == 1
        assert "1 file is doubtful: manifest.jsonl says why" in done.err
        assert json.loads((out / "summary.json").read_text())["unchanged"] == unchanged
    accepted = command("batch", inbox, "--out", out, "--accept-doubtful")
    assert accepted.code == 0
    (inbox / MISSING_PAGE).unlink()
    assert command("batch", inbox, "--out", out).code == 0


@pytest.mark.parametrize(("name", "looks"), [(GOOD, 1), (MISSING_PAGE, 1), (CONFLICT, 2)])
def test_the_other_engine_looks_only_where_the_evidence_contradicts_itself(
    tmp_path, monkeypatch, name, looks
):
    asked: list[str] = []
    real = processes.completed_map

    def listening(function, calls, **options):
        def noted(call):
            asked.append(call[1]["engine"])
            return call

        yield from real(function, map(noted, calls), **options)  # which asks again at its end

    monkeypatch.setattr(processes, "completed_map", listening)
    perfkit.batch(HANDED / name, tmp_path)
    assert asked == ["pdfium", "pypdf"][:looks]


@pytest.mark.parametrize("path", GOOD_INVOICES, ids=lambda path: path.stem)
def test_a_right_document_is_never_read_twice(path):
    answer: dict[str, Any] = {"sha256": "0" * 64}
    _tell([perfkit.extract(path)], answer, whole=True)
    assert "items_sha256" not in answer
    assert answer["doubtful"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": [1]},
        {"result": [b"{}"], "documents": None},
        {"documents": [3]},
        {"doubtful": [{"kind": ["nested"]}]},
        {"doubtful": "all"},
    ],
)
def test_an_answer_of_another_form_is_none(wrong):
    good = {"sha256": "a", "seconds": 1.0, "result": [b"{}"], "documents": [], "doubtful": []}
    assert is_answer(good)
    bad = {name: value for name, value in (good | wrong).items() if value is not None}
    assert not is_answer(bad)


def test_all_is_read_again_after_a_layout_has_changed(inbox, tmp_path):
    layout = tmp_path / "mine.toml"
    shutil.copy(Path(vendors.__file__).parent / "creative_coop_invoice.toml", layout)
    recipe = Recipe(layout=str(layout))
    perfkit.batch(inbox, tmp_path / "out", recipe)
    assert perfkit.batch(inbox, tmp_path / "out", recipe).unchanged == 3
    layout.write_text(layout.read_text() + "\n# changed\n")
    assert perfkit.batch(inbox, tmp_path / "out", recipe).unchanged == 0
