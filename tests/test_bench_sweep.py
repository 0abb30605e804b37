"""A grid of settings against a baseline: proved, timed round by round, resumed."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit import Recipe
from perfkit.bench.correction import adjusted, p_value
from perfkit.bench.paired import Interval, PairedRules, trimmed
from perfkit.bench.records import Run, read
from perfkit.bench.sweep import sweep
from perfkit.bench.sweep_results import Sweep
from perfkit.errors import DocumentNotFoundError, MeasurementError, ParameterError, RecipeError

QUIET: dict[str, Any] = {"progress": False, "memory": False, "rounds": 3}
DOCUMENT = "CI004848705.pdf"


def spell(document, *, times=1):
    return [document] * (1000 * times > 0)


def read_bytes(document, *, times=3):
    copies = [Path(document).read_bytes() for _ in range(times)]
    return copies[-1][:10]


def fresh(document, *, times):
    return object(), document, times


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    record = tmp_path_factory.mktemp("sweep") / "runs.jsonl"
    return record, sweep(
        Recipe(), {"chunk_pages": [0, 1]}, DOCUMENT, record=record, rounds=3, progress=False
    )


def test_every_point_is_proved_timed_and_weighed(swept):
    frame = swept[1].frame()
    assert list(frame["point"]) == ["sequential pypdf", "chunk_pages=0", "chunk_pages=1"]
    assert frame["same_as_baseline"].all()
    assert (frame["time_ms"] > 0).all()
    assert (frame["memory_peak_mb"] > 0).all()
    assert list(frame["chunk_pages"]) == [0, 0, 1]
    assert frame["verdict"][0] == "baseline"


def test_a_sweep_over_caches_times_what_they_serve_and_proves_it_the_same():
    axes: dict[str, list[Any]] = {"cache": ["none", "memory", "disk"], "cache_ttl": [3600]}
    frame = sweep(Recipe(), axes, DOCUMENT, **QUIET).frame()
    assert list(frame["cache"]) == ["none", "none", "memory", "disk"]
    assert frame["same_as_baseline"].all()
    assert (frame["accuracy"] == 1.0).all()
    assert frame["time_ms"][2] < frame["time_ms"][1]


def test_a_result_that_has_outlived_its_time_is_made_anew():
    frame = sweep(Recipe(cache="memory"), {"cache_ttl": [1e-9, 60]}, DOCUMENT, **QUIET).frame()
    slow, quick = frame["time_ms"][1:]
    assert quick < slow


def test_the_sentence_names_the_fastest_point_and_its_proof(swept):
    said = str(swept[1].sentence())
    assert "of 2 verdicts, corrected after Holm" in said
    assert "times as fast as sequential pypdf" in said


def test_the_page_shows_every_point(swept):
    shown = swept[1]._repr_html_()
    assert shown.count("<tr>") == 4


def test_records_give_the_sweep_again(swept):
    record, found = swept
    again = Sweep.from_records(record)
    assert again.frame().equals(found.frame())


def test_a_sweep_that_was_cut_short_goes_on_where_it_stopped(swept, tmp_path):
    record, found = swept
    cut = tmp_path / "cut.jsonl"
    lines = record.read_text().splitlines(keepends=True)
    kept = [line for line in lines if '"kind": "peak"' not in line][:-5]
    cut.write_text("".join(kept) + '{"kind": "run", "arm"')
    before = {run for of in read(cut) for run in of.records if isinstance(run, Run)}
    again = sweep(Recipe(), {"chunk_pages": [0, 1]}, DOCUMENT, record=cut, rounds=3, progress=False)
    [session] = read(cut)
    runs = [of for of in session.records if isinstance(of, Run)]
    assert before < set(runs)
    assert len(runs) == len({(of.round, of.arm) for of in runs}) == 3 * 4
    assert again.rounds == found.rounds


def test_another_sweep_in_the_same_file_stands_beside_the_first(swept, tmp_path):
    record = tmp_path / "runs.jsonl"
    record.write_text(swept[0].read_text())
    sweep(Recipe(), {"stall_seconds": [5.0]}, DOCUMENT, record=record, **QUIET)
    assert len(read(record)) == 2


def test_document_size_is_an_axis(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = sweep(Recipe(), {"pages": [2, 1]}, **QUIET)
    frame = found.frame()
    assert list(frame["pages"]) == [1, 1, 2, 2]
    assert (frame["accuracy"] == 1.0).all()


def test_any_callable_of_a_document_can_be_swept(tmp_path):
    paper = tmp_path / "paper.txt"
    paper.write_text("x")
    found = sweep(spell, {"times": [1, 2]}, paper, score=lambda _: 0.5, **QUIET)
    assert found.plan.subject == "tests.test_bench_sweep:spell"
    assert set(found.frame()["accuracy"]) == {0.5}
    assert found.baseline == "baseline"


def test_a_callable_too_is_swept_over_document_size(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = sweep(read_bytes, {"pages": [2, 1], "times": [1, 2]}, **QUIET)
    assert list(found.frame()["pages"]) == [1, 1, 1, 2, 2, 2]


def test_a_callable_that_never_gives_the_same_proves_nothing(tmp_path):
    (tmp_path / "a").write_text("x")
    with pytest.raises(MeasurementError, match="differently each time"):
        sweep(fresh, {"times": [1]}, tmp_path / "a", baseline={"times": 0}, **QUIET)


@pytest.mark.parametrize(
    ("subject", "axes", "documents", "options", "error", "said"),
    [
        (Recipe(), {}, DOCUMENT, {}, ParameterError, "no axis"),
        (Recipe(), {"workers": []}, DOCUMENT, {}, ParameterError, "needs a list"),
        (Recipe(), {"engine": "pdfium"}, DOCUMENT, {}, ParameterError, "needs a list"),
        (Recipe(), {"workers": [1]}, None, {}, ParameterError, "no document"),
        (Recipe(), {"pages": [1]}, DOCUMENT, {}, ParameterError, "not both"),
        (Recipe(), {"workers": [1]}, DOCUMENT, {"rounds": 2}, ParameterError, "rounds"),
        (Recipe(), {"workers": [1]}, DOCUMENT, {"correction": "hol"}, ParameterError, "holm"),
        (Recipe(), {"worker": [1]}, DOCUMENT, {}, RecipeError, "workers"),
        (Recipe(), {"engine": ["pdfum"]}, DOCUMENT, {}, RecipeError, "did you mean 'pdfium'"),
        (Recipe(), {"workers": [1]}, DOCUMENT, {"baseline": {"executor": "n"}}, RecipeError, "n"),
        (Recipe(), {"workers": [1]}, "no.pdf", {}, DocumentNotFoundError, r"no\.pdf"),
        (3, {"workers": [1]}, DOCUMENT, {}, ParameterError, "no callable"),
        ("nobodys", {"workers": [1]}, DOCUMENT, {}, RecipeError, "nobodys"),
    ],
)
def test_what_cannot_be_swept_is_refused_before_anything_runs(
    subject, axes, documents, options, error, said
):
    with pytest.raises(error, match=said):
        sweep(subject, axes, documents, **{**QUIET, **options})


def test_where_nothing_can_be_timed_it_is_said_why():
    found = sweep(Recipe(), {"max_pages": [1, 2]}, DOCUMENT, baseline={"max_pages": 1}, **QUIET)
    assert found.best() is None
    assert "could be timed: " in str(found)
    assert "max_pages" in str(found)


def test_a_record_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(MeasurementError, match="cannot be written"):
        sweep(Recipe(), {"workers": [1]}, DOCUMENT, record=tmp_path / "file" / "a", **QUIET)


def test_holm_and_benjamini_hochberg_give_the_textbook_values():
    given_values = [0.01, 0.04, 0.03, 0.005]
    assert adjusted(given_values, "holm") == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert adjusted(given_values, "benjamini-hochberg") == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert adjusted(given_values, "none") == given_values


@given(st.lists(st.floats(0, 1), max_size=8))
def test_a_correction_never_makes_a_finding_clearer(values):
    for correction in ("holm", "benjamini-hochberg"):
        assert all(
            after >= before - 1e-12
            for before, after in zip(values, adjusted(values, correction), strict=True)
        )


@given(st.lists(st.floats(-0.2, 0.2), min_size=5, max_size=20))
def test_a_ratio_clears_the_margin_where_its_p_value_is_small(logs):
    import math

    rules = PairedRules()
    found = trimmed(logs, rules)
    low, value, high = map(math.exp, (found.low, found.value, found.high))
    ratio = Interval(value, low, high, found.observations, found.confidence)
    clear = low > 1 + rules.margin or high < 1 - rules.margin
    p = p_value(ratio, rules)
    if abs(p - 0.01) > 1e-6:
        assert clear == (p < 0.01)
