"""`perfkit sweep` and `perfkit compare`: grids and verdicts from the command line."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.command import perfkit

DOCUMENT = "order_one_page.pdf"
QUICK = ("--rounds", "3", "--no-memory")


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweep") / "sweep.jsonl"
    done = perfkit("sweep", "--axis", "engine=pypdf,pdfium", DOCUMENT, *QUICK, "--record", path)
    assert done.code == 0
    return path, done


def test_the_table_holds_every_point_and_the_sentence(record):
    out = record[1].out
    assert "sequential pypdf" in out
    assert "engine=pdfium" in out
    assert "Of 2 points on 1 document" in out


def test_the_same_command_goes_on_and_measures_nothing_twice(record):
    path, _ = record
    before = path.read_text()
    done = perfkit(
        "sweep", "--axis", "engine=pypdf,pdfium", DOCUMENT, *QUICK, "--record", path,
        "--format", "json",
    )  # fmt: skip
    found = json.loads(done.out)
    assert path.read_text() == before
    assert "holds 12 runs of this sweep" in done.err
    assert {row["point"] for row in found["results"]} == {
        "sequential pypdf", "engine=pypdf", "engine=pdfium",
    }  # fmt: skip
    assert found["environment"]["cores"] > 0


def test_csv_names_its_units(record):
    done = perfkit(
        "sweep", "--axis", "engine=pypdf,pdfium", DOCUMENT, *QUICK, "--record", record[0],
        "--format", "csv",
    )  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert {"time_ms", "memory_peak_mb", "time_ratio", "p_adjusted"} <= set(rows[0])


def test_a_baseline_and_fixed_fields_are_settings():
    done = perfkit(
        "sweep", "--axis", "chunk_pages=1", "--set", "engine=pypdf,stall_seconds=9",
        "--baseline", "engine=pdfium", DOCUMENT, *QUICK,
    )  # fmt: skip
    assert done.code == 0
    assert "engine=pdfium" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--axis", "worker=1", DOCUMENT), "did you mean 'workers'"),
        (("--axis", "workers=x", DOCUMENT), "has to be of the type int"),
        (("--axis", "workers", DOCUMENT), "no NAME=VALUE"),
        (("--axis", "workers=1", "--axis", "workers=2", DOCUMENT), "given twice"),
        (("--axis", "workers=-1", DOCUMENT), "whole number from 0"),
        (("--axis", "workers=1"), "no document"),
        ((DOCUMENT,), "no axis"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(arguments, said):
    done = perfkit("sweep", *arguments)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""


def test_a_missing_document_is_named_with_its_nearest():
    done = perfkit("sweep", "--axis", "workers=1", "order_one_pag.pdf")
    assert done.code == 1
    assert "order_one_page.pdf" in done.err


def test_compare_gives_a_verdict_as_text_and_as_json():
    arguments = ("compare", "engine=pypdf", "engine=pdfium", DOCUMENT, "--budget", "0.6")
    done = perfkit(*arguments, "--format", "json")
    assert done.code in (0, 3)
    found = json.loads(done.out)
    assert found["output"] == "outputs equal"
    assert found["ratio"] < 1


@pytest.mark.slow
def test_compare_in_processes_of_their_own_counts_launches():
    arguments = ("compare", "engine=pypdf", "engine=pdfium", DOCUMENT, "--isolated")
    done = perfkit(*arguments, "--budget", "0.1", "--format", "json")
    assert done.code in (0, 3)
    found = json.loads(done.out)
    assert (found["launches"], found["pairs"]) == (6, 30)
    assert found["ratio"] < 1


def test_compare_refuses_what_is_no_recipe():
    done = perfkit("compare", "pypdf", "engine=pdfium", DOCUMENT)
    assert done.code == 2
    assert "no NAME=VALUE" in done.err
