"""Every file of a batch ends in its items or in one named error, and a second run does the rest."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit.accuracy import self_check
from perfkit.batches import _journal
from perfkit.batches.outcomes import OUTCOMES, outcome_of
from perfkit.batches.summary import BatchSummary
from perfkit.errors import BatchError, DocumentError, MissingExtraError, RecipeError
from perfkit.executors import processes
from perfkit.executors._outcome import Completed, Outcome
from perfkit.recipe import Recipe
from tests.command import perfkit as command
from tests.hostile import SPECIAL, make_hostile, make_special

FOLDER = Path(__file__).parent.parent / "test_invoices"
GOOD = ("CI004848705.pdf", "order_one_page.pdf", "invoice_typst.pdf", "order_cairo.pdf")
HOSTILE = ("bomb", "self_call", "claimed_pages", "page_loop", "deep", "wide_columns", "garbage")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def manifest(out: Path) -> dict[str, dict[str, Any]]:
    """The manifest by file name; each file stands in it once."""
    records = lines(out / "manifest.jsonl")
    found = {os.path.basename(record["file"]): record for record in records}
    assert len(found) == len(records)
    return found


def results(out: Path) -> dict[str, Any]:
    """Line items by file name; each document stands there once."""
    documents = lines(out / "results.jsonl")
    found = {os.path.basename(each["source"]): each["line_items"] for each in documents}
    assert len(found) == len(documents)
    return found


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in GOOD:
        shutil.copy(FOLDER / name, folder)
    return folder


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def expected(path: Path) -> list[dict[str, Any]]:
    return [item.as_dict() for item in perfkit.extract(path).line_items]


def test_good_files_lose_nothing_among_hostile_ones_and_each_of_these_is_named(inbox, out):
    for kind in HOSTILE:
        make_hostile(inbox / f"{kind}.pdf", kind, 4 if kind == "bomb" else 1)
    for kind in SPECIAL:
        make_special(inbox / f"{kind}.pdf", kind)
    summary = perfkit.batch(inbox, out, Recipe(worker_memory_mb=130.0), workers=2)
    assert results(out) == {name: expected(inbox / name) for name in GOOD}
    found = {name: record["outcome"] for name, record in manifest(out).items()}
    assert {name: found.pop(name) for name in GOOD} == dict.fromkeys(GOOD, "items")
    named = {
        "bomb": "out of memory", "self_call": "out of memory", "claimed_pages": "too many pages",
        "garbage": "damaged", "pipe": "not a file", "zeros": "not a file", "sparse": "too large",
        "sparse_pdf": "damaged", "link_loop": "not a file", "dangling": "not a file",
        "socket": "not a file", "page_loop": "damaged",
    }  # fmt: skip
    assert {name: found[f"{name}.pdf"] for name in named} == named
    assert set(found.values()) <= set(OUTCOMES)
    assert "folder.pdf" not in found  # what is in it would be
    assert sum(summary.outcomes.values()) == summary.done == summary.files == len(found) + 4


def test_a_record_says_what_a_file_is_and_what_it_took(inbox, out):
    perfkit.batch(inbox / GOOD[0], out)
    (record,) = lines(out / "manifest.jsonl")
    assert record["file"] == str(inbox / GOOD[0])
    assert len(record["sha256"]) == 64
    assert (record["outcome"], record["engine"], record["attempts"]) == ("items", "pdfium", 1)
    assert (record["pages"], record["items"]) == (3, 54)
    assert record["self_check"] == self_check(perfkit.extract(inbox / GOOD[0])).score
    assert record["doubtful"] == []
    (document,) = record["documents"]
    assert document == {
        "invoice_number": "CI004848705", "pages": 3, "items": 54,
        "self_check": record["self_check"],
    }  # fmt: skip
    assert 0 < record["seconds"] < record["deadline_seconds"] == 5.3
    assert record["peak_mb"] > 5


def test_a_second_run_reads_nothing_again(inbox, out):
    make_hostile(inbox / "cut.pdf", "cut", 0)
    first = perfkit.batch(inbox, out)
    before = (out / "manifest.jsonl").read_bytes(), (out / "results.jsonl").read_bytes()
    second = perfkit.batch(inbox, out)
    assert (first.unchanged, second.unchanged) == (0, 5)
    assert second.outcomes == first.outcomes
    assert ((out / "manifest.jsonl").read_bytes(), (out / "results.jsonl").read_bytes()) == before


def test_what_has_changed_is_read_again_and_what_was_only_touched_is_not(inbox, out):
    perfkit.batch(inbox, out)
    changed, touched = inbox / GOOD[0], inbox / GOOD[1]
    shutil.copy(FOLDER / "CS003837319.pdf", changed)
    touched.write_bytes(touched.read_bytes())
    shutil.copy(FOLDER / GOOD[1], inbox / "new.pdf")
    assert perfkit.batch(inbox, out).unchanged == 3
    perfkit.batch(inbox, out)  # which drops what was superseded
    assert results(out) == {path.name: expected(path) for path in sorted(inbox.glob("*.pdf"))}
    assert manifest(out)[changed.name]["pages"] == 15


def test_a_file_that_failed_is_tried_again_under_other_limits_only(inbox, out):
    strict = Recipe(max_pages=2)
    failed = perfkit.batch(inbox, out, strict).outcomes["too many pages"]
    assert failed > 0
    assert perfkit.batch(inbox, out, strict).unchanged == 4
    assert perfkit.batch(inbox, out).unchanged == 4 - failed
    perfkit.batch(inbox, out)
    assert {record["outcome"] for record in manifest(out).values()} == {"items"}


def test_another_engine_reads_all_of_it_again(inbox, out):
    one = inbox / "order_one_page.pdf"
    perfkit.batch(one, out)
    assert perfkit.batch(one, out, Recipe(engine="pypdf")).unchanged == 0
    perfkit.batch(one, out, Recipe(engine="pypdf"))
    assert {record["engine"] for record in manifest(out).values()} == {"pypdf"}


@pytest.mark.parametrize("kept", [0, 1, -1, -40])
def test_what_a_crash_tore_is_dropped_and_read_again(inbox, out, kept):
    perfkit.batch(inbox, out)
    for torn in (out / "manifest.jsonl", out / "results.jsonl"):
        torn.write_bytes(torn.read_bytes()[:kept])
        perfkit.batch(inbox, out)
        perfkit.batch(inbox, out)
        assert results(out) == {each: expected(inbox / each) for each in GOOD}
        assert len(manifest(out)) == len(GOOD)


def test_a_line_that_a_disk_has_spoilt_is_read_again(inbox, out):
    perfkit.batch(inbox, out)
    path = out / "results.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"qty_shipped":', b'"qty_shipper":', 1))
    assert perfkit.batch(inbox, out).unchanged == 3
    assert results(out) == {each: expected(inbox / each) for each in GOOD}


def test_a_folder_is_used_by_one_batch_at_a_time(inbox, out):
    with _journal.Journal(str(out)), pytest.raises(BatchError, match="in use by another"):
        perfkit.batch(inbox, out)


def test_a_full_disk_ends_the_batch_clearly_and_it_can_go_on(inbox, out, monkeypatch):
    real, calls = os.write, Counter[str]()

    def write(handle: int, data: Any) -> int:
        calls["all"] += 1
        if calls["all"] == 4:  # the second file's line of the manifest, torn
            real(handle, bytes(data)[:20])
            raise OSError(28, "No space left on device")
        return real(handle, data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write)
        with pytest.raises(BatchError, match=r"No space left on device\. What is done is kept"):
            perfkit.batch(inbox, out)
    assert len(manifest(out)) == len(results(out)) == 1
    assert json.loads((out / "summary.json").read_text())["interrupted"] is True
    assert perfkit.batch(inbox, out).unchanged == 1
    assert results(out) == {each: expected(inbox / each) for each in GOOD}


def test_sources_may_be_patterns_and_lists_and_each_file_counts_once(inbox, out, tmp_path):
    listed = tmp_path / "files.txt"
    listed.write_text(f"{inbox / GOOD[0]}\n\n{inbox / 'none.pdf'}\n", encoding="utf-8")
    found = perfkit.batch([str(inbox / "**/*.pdf"), str(listed), inbox], out)
    assert found.outcomes == {"items": 4, "not a file": 1}
    assert manifest(out)["none.pdf"]["error"] == "DocumentNotFoundError"


def test_odd_names_come_through(inbox, out):
    odd = os.fsdecode(b"a\xff\n\x1b[31m=1+1;'.pdf")
    shutil.copy(FOLDER / GOOD[0], inbox / odd)
    done = command("batch", inbox, "--out", out, "--format", "parquet")
    assert done.code == 0
    assert results(out)[odd] == expected(inbox / GOOD[0])


@pytest.mark.parametrize("source", ["none", "none/*.pdf", "in/empty"])
def test_sources_that_give_nothing_are_named(inbox, out, tmp_path, source):
    (inbox / "empty").mkdir()
    done = command("batch", tmp_path / source, "--out", out)
    assert done.code == 1
    assert str(tmp_path / source) in done.err
    assert not out.exists()


def test_items_as_parquet_are_those_of_the_results(inbox, out):
    parquet = pytest.importorskip("pyarrow.parquet")
    perfkit.batch(inbox, out, form="parquet")
    rows = parquet.read_table(out / "items.parquet").to_pylist()
    wanted = sorted(len(items) for items in results(out).values())
    assert sorted(Counter(row["source"] for row in rows).values()) == wanted
    first = next(row for row in rows if row["source"].endswith(GOOD[0]))
    assert first["extended_price"] == first["qty_shipped"] * first["your_price"]
    assert first["sha256"] == manifest(out)[GOOD[0]]["sha256"]


@pytest.mark.parametrize("amount", ["9" * 40, "0.12345678", "NaN", "ten"])
def test_an_amount_that_no_invoice_has_spoils_no_table(tmp_path, amount):
    parquet = pytest.importorskip("pyarrow.parquet")
    from perfkit.batches._parquet import write_items

    item = {"product_code": "X\udc80", "list_price": amount, "qty_shipped": 10**20, "page": 1}
    line = {"source": "a.pdf", "sha256": "0", "invoice_number": None, "line_items": [item]}
    (tmp_path / "results.jsonl").write_text(json.dumps(line) + "\n")
    assert write_items(f"{tmp_path}/results.jsonl", f"{tmp_path}/items.parquet") == 2
    (row,) = parquet.read_table(tmp_path / "items.parquet").to_pylist()
    assert (row["product_code"], row["list_price"], row["page"]) == ("X?", None, 1)


def test_the_command_names_failures_and_sums_up(inbox, out):
    make_hostile(inbox / "cut.pdf", "cut", 0)
    done = command("batch", inbox, "--out", out)
    assert done.code == 0
    assert f"{inbox / 'cut.pdf'}: the PDF is cut off" in done.err
    assert done.err.endswith(": 4 items, 1 damaged)\n")
    assert done.out == ""


def test_a_terminal_sees_a_bar_and_the_same_end(inbox, out):
    done = command("batch", inbox, "--out", out, terminal=True)
    assert done.err.rstrip().endswith("4 items)")


def test_the_recipe_of_a_batch_may_come_from_a_file(inbox, out, tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text("max_pages = 1\n")
    assert command("batch", inbox, "--out", out, "--recipe", path, "--engine", "pypdf").code == 0
    kept = Recipe.from_toml(out / "recipe.toml")
    assert kept == Recipe(max_pages=1, engine="pypdf")
    assert command("batch", inbox, "--out", out, "--recipe", out / "none").code == 2


@pytest.mark.parametrize(
    "error", [RecipeError("no such thing"), MissingExtraError("a", "b", "c")], ids=type
)
def test_what_would_fail_for_every_file_ends_the_batch(inbox, out, monkeypatch, error):
    def fail(_: str, calls: Iterable[tuple[Any, ...]], **__: object) -> Any:
        for place, _call in enumerate(calls):
            yield Completed(place, Outcome(None, error))

    monkeypatch.setattr(processes, "completed_map", fail)
    with pytest.raises(type(error)):
        perfkit.batch(inbox, out)


def test_every_error_over_a_document_has_its_outcome():
    from perfkit import errors

    kinds = [getattr(errors, name) for name in errors.__all__]
    named = {outcome_of(kind("a.pdf")) for kind in kinds if issubclass(kind, DocumentError)}
    assert named == set(OUTCOMES) - {"items"}
    assert outcome_of(RecursionError()) == "damaged"


def test_time_left_goes_by_the_rate_so_far():
    summary = BatchSummary("out", 100, done=20, seconds=4.0)
    assert (summary.rate, summary.seconds_left) == (5.0, 16.0)
    assert BatchSummary("out", 100).seconds_left is None
