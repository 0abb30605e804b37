"""`perfkit score` compares results with truths, file by file or folder by folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import Done, perfkit


def score(*arguments: object) -> Done:
    """Run `perfkit score`."""
    return perfkit("score", *arguments)


def row(code: str, **values: Any) -> dict[str, Any]:
    return {"product_code": code, "unit": "each", "your_price": "1.60", "page": 1, **values}


A, B, C, D = row("AA1111"), row("BB2222"), row("CC3333"), row("DD4444")


def truth(path: Path, *rows: dict[str, Any], **more: Any) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"line_items": rows, **more}), encoding="utf-8")
    return path


def result(
    path: Path, failures: dict[str, str] | None = None, **documents: list[dict[str, Any]]
) -> Path:
    path.parent.mkdir(exist_ok=True)
    content = {
        "schema_version": "1.0",
        "documents": [
            {"source": f"somewhere/{name}.pdf", "line_items": rows}
            for name, rows in documents.items()
        ],
        "failures": [
            {"file": f"somewhere/{name}.pdf", "error": error}
            for name, error in (failures or {}).items()
        ],
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_two_files_are_compared_whatever_their_names(tmp_path):
    found = result(tmp_path / "x.json", order=[A, B])
    done = score(found, truth(tmp_path / "y.json", A, B))
    assert done == (0, "y: recall 1.0000, precision 1.0000, field accuracy 1.0000\n", "")
    assert score(tmp_path / "y.json", tmp_path / "y.json").code == 0


def test_differences_say_row_field_and_both_values(tmp_path):
    found = result(tmp_path / "x.json", order=[{**A, "your_price": "1.6", "unit": None}, D])
    done = score(found, truth(tmp_path / "y.json", A, B))
    assert done.code == 0
    assert done.out.splitlines() == [
        "y: recall 0.5000, precision 0.5000, field accuracy 0.3750",
        "  row 1 AA1111, unit: expected 'each', found nothing",
        "  row 2 BB2222: missing",
        "  row 2 DD4444: not in the truth",
    ]


def test_the_first_ten_differences_are_shown_or_all(tmp_path):
    rows = [row(f"AA{n:04d}") for n in range(30)]
    found = result(tmp_path / "x.json", order=[{**each, "unit": "Set"} for each in rows])
    expected = truth(tmp_path / "y.json", *rows)
    done = score(found, expected)
    assert done.out.count("found 'Set'") == 10
    assert "20 more differences; --all shows them" in done.out
    assert score(found, expected, "--all").out.count("found 'Set'") == 30


def test_many_documents_are_matched_by_stem_and_added_up(tmp_path):
    found = result(tmp_path / "x.json", one=[A, B, C], two=[A], three=[])
    for name, rows in {"one": [A, B, C], "two": [B], "three": [], "four": [D]}.items():
        truth(tmp_path / "truths" / f"{name}.json", *rows)
    done = score(found, tmp_path / "truths", "--format", "json")
    scores = json.loads(done.out)
    assert (scores["recall"], scores["precision"], scores["field_accuracy"]) == (0.75, 0.75, 0.75)
    assert [each["name"] for each in scores["documents"]] == ["one", "three", "two"]
    assert scores["without_document"] == ["four"]
    table = score(found, tmp_path / "truths").out
    assert "left out, truth without a document: four" in table
    assert "3 documents: recall 0.7500, precision 0.7500" in table


def test_two_folders_are_matched_and_what_is_missing_counts(tmp_path):
    result(tmp_path / "found" / "one.json", one=[A])
    truth(tmp_path / "found" / "stray.json", A)
    truth(tmp_path / "truths" / "one.json", A)
    truth(tmp_path / "truths" / "two.json", A, B, C)
    done = score(tmp_path / "found", tmp_path / "truths", "--min", "0.9")
    assert done.code == 1
    assert "2 documents: recall 0.2500, precision 1.0000, field accuracy 0.2500" in done.out
    assert "not read, all rows count as missing: two" in done.out
    assert "left out, no truth: stray" in done.out
    assert done.err == "perfkit: below --min 0.9\n"


def test_a_document_that_failed_counts_unless_its_truth_expects_it(tmp_path):
    failures = {"scan": "NoTextLayerError", "odd": "NoTableError", "other": "DamagedPdfError"}
    found = result(tmp_path / "x.json", failures, one=[A])
    folder = tmp_path / "truths"
    truth(folder / "one.json", A)
    truth(folder / "scan.json", A, B, expected_error="NoTextLayerError")
    truth(folder / "odd.json", A, B, expected_error="UnknownVendorError")
    truth(folder / "other.json", C)
    scores = json.loads(score(found, folder, "--format", "json").out)
    assert scores["recall"] == 0.25
    assert (scores["as_expected"], scores["missing"]) == (["scan"], ["odd", "other"])


def test_one_document_that_failed_is_compared_with_one_truth(tmp_path):
    found = result(tmp_path / "x.json", {"scan": "NoTextLayerError"})
    assert score(found, truth(tmp_path / "y.json", A), "--min", "0.5").code == 1
    expected = truth(tmp_path / "z.json", A, expected_error="NoTextLayerError")
    assert score(found, expected, "--min", "1").code == 0


@pytest.mark.parametrize(
    ("rows", "code"),
    [([A, B, C, D], 0), ([A, B, C], 1), ([A, B, C, D, A], 1), ([A, B, C, {**D, "page": 2}], 1)],
)
def test_min_holds_for_recall_precision_and_fields_alike(tmp_path, rows, code):
    found = result(tmp_path / "x.json", order=rows)
    assert score(found, truth(tmp_path / "y.json", A, B, C, D), "--min", "0.99").code == code


def test_json_has_every_difference_and_exact_money(tmp_path):
    rows = [row(f"AA{n:04d}") for n in range(30)]
    found = result(tmp_path / "x.json", order=[{**each, "your_price": "1.61"} for each in rows])
    done = score(found, truth(tmp_path / "y.json", *rows), "--format", "json")
    (document,) = json.loads(done.out)["documents"]
    assert document["differences"][29] == {
        "row": 30, "product_code": "AA0029", "field": "your_price",
        "expected": "1.60", "found": "1.61",
    }  # fmt: skip
    assert (document["fields"], document["right"]) == (120, 90)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ("no.json", "cannot be read"),
        ("broken.json", "not JSON"),
        ("list.json", "no line items"),
        ("odd.json", "no line items"),
        ("empty", "no .json file"),
        ("twice.json", "second document named order"),
        ("stranger.json", "no document here has the name"),
    ],
)
def test_what_cannot_be_compared_is_exit_code_2_and_named(tmp_path, found, words):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    (tmp_path / "list.json").write_text("[1]", encoding="utf-8")
    (tmp_path / "odd.json").write_text('{"documents": [1], "failures": [2]}', encoding="utf-8")
    result(tmp_path / "stranger.json", one=[A], two=[A])
    content = json.loads(result(tmp_path / "twice.json", order=[A]).read_text("utf-8"))
    content["documents"] *= 2
    (tmp_path / "twice.json").write_text(json.dumps(content), encoding="utf-8")
    truth(tmp_path / "truths" / "order.json", A)
    done = score(tmp_path / found, tmp_path / "truths")
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert found in done.err


@pytest.mark.parametrize("wrong", [["--min", "2"], ["--min", "much"], ["--format", "csv"], []])
def test_wrong_usage_is_exit_code_2(tmp_path, wrong):
    files = [truth(tmp_path / "y.json", A)] * (2 if wrong else 1)
    assert score(*files, *wrong).code == 2


def test_names_and_values_cannot_drive_the_terminal(tmp_path):
    found = result(tmp_path / "x.json", order=[{**A, "unit": "\x1b[2J"}, row("\x1b[2JBB2222")])
    done = score(found, truth(tmp_path / "y\x1b[2J.json", A), "--all")
    assert (done.out + done.err).replace("\n", "").isprintable()


def test_help_shows_examples_and_exit_codes():
    done = score("--help")
    for text in ("perfkit score results/", "--min", "Exit code: 0"):
        assert text in done.out
