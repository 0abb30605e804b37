"""Any callable, and any installed package's, is swept, compared and reported the same way."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import perfkit
from perfkit import plugins, report
from perfkit.bench.subjects import subject_of
from perfkit.errors import ParameterError, RecipeError
from tests.test_docs import ROOT, examples

DOCUMENT = "order_one_page.pdf"
BLOCKS = examples(ROOT / "docs/own-pipeline.md")


def block(about: str) -> str:
    """The text of a block of the page."""
    (found,) = [each.text for each in BLOCKS if about in (each.about, each.kind)]
    return found


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The page's package, as pip would have installed it, and some that are broken."""
    (tmp_path / "word_count.py").write_text(block("file=word_count.py"))
    points = tomllib.loads(block("toml"))["project"]["entry-points"]["perfkit.pipelines"]
    points |= {"function": "word_count:run", "number": "sys:maxsize", "lost": "no_such_module"}
    info = tmp_path / "word_count-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: word_count\nVersion: 1.0\n")
    lines = [f"{name} = {value}" for name, value in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[perfkit.pipelines]", *lines]) + "\n")
    monkeypatch.syspath_prepend(tmp_path)
    # The kernel of a notebook has it too.
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    plugins._third_party.cache_clear()
    yield tmp_path
    plugins._third_party.cache_clear()
    sys.modules.pop("word_count", None)


def test_the_example_is_ten_lines() -> None:
    assert len(block("file=word_count.py").splitlines()) <= 12  # with its docstring and blanks


@pytest.mark.parametrize("name", ["word_count", "function"])
def test_an_installed_pipeline_is_swept_by_its_name(installed, name) -> None:
    axes = {"method": ["bounded", "range"]}
    record = installed / "record.jsonl"
    sweep = perfkit.sweep(name, axes, DOCUMENT, rounds=3, record=record, progress=False)
    assert sweep.plan.subject == name
    frame = sweep.frame()
    assert list(frame["point"]) == ["baseline", "method=bounded", "method=range"]
    assert frame["same_as_baseline"].all()
    assert frame["time_ms"].gt(0).all()
    assert (frame["items"] > 50).all()
    # From its record too, though its baseline is not the usual one.
    assert "method=" in perfkit.explore(record).chart().sentence


@pytest.mark.usefixtures("installed")
def test_it_is_compared_by_name_as_a_callable_and_with_other_settings() -> None:
    import word_count  # type: ignore[import-not-found]  # installed by the fixture

    for other in (word_count.run, partial(word_count.run, method="range")):
        verdict = perfkit.compare("word_count", other, documents=DOCUMENT, budget_seconds=0.1)
        assert verdict.output == "outputs equal"


@pytest.mark.slow
def test_it_is_reported_like_any_other(installed: Path) -> None:
    parameters, code = block("text").split("---\n")
    cells = [
        new_markdown_cell("# Words, counted"),
        new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        new_code_cell(code),
    ]
    nbformat.write(new_notebook(cells=cells), installed / "word_count.ipynb")
    given = {"document": str(ROOT / "test_invoices" / DOCUMENT)}
    made = report.run([installed / "word_count.ipynb"], given, installed / "out")
    made.raise_for_failures()
    assert "lowest time a page" in made.outcomes[0].sentences[0]
    assert "<svg" in made.index.read_text(encoding="utf-8")


def test_pages_and_score_of_an_output_are_taken_where_it_has_them() -> None:
    class Output(list[int]):
        pages = 4

    def work(document: str, more: int = 0) -> Output:
        return Output([len(Path(document).name), more - more])

    def half(output: Output) -> float:
        return 1 / len(output)

    sweep = perfkit.sweep(work, {"more": [1]}, DOCUMENT, rounds=3, score=half, progress=False)
    row = sweep.frame().iloc[1]
    assert (row["pages"], row["items"], row["accuracy"]) == (4, 2, 0.5)
    assert row["time_ms"] == pytest.approx(4 * row["time_per_page_ms"])


def test_a_setting_that_it_does_not_take_is_refused_before_anything_runs() -> None:
    def work(document: str, workers: int = 1) -> str:
        raise AssertionError(f"it ran on {document} with {workers}")

    with pytest.raises(ParameterError, match=r"work takes no setting 'worker'; did you mean 'work"):
        perfkit.sweep(work, {"worker": [1]}, DOCUMENT)
    with pytest.raises(ParameterError, match="it takes none"):
        perfkit.sweep(len, {"worker": [1]}, DOCUMENT)


@pytest.mark.usefixtures("installed")
def test_what_is_no_pipeline_is_refused() -> None:
    with pytest.raises(RecipeError, match="no pipeline 'word_cont'; did you mean 'word_count'"):
        subject_of("word_cont")
    with pytest.raises(RecipeError, match="cannot be loaded"):
        subject_of("lost")
    with pytest.raises(RecipeError, match="neither a callable"):
        subject_of("number")
    with pytest.raises(ParameterError, match="needs documents"):
        perfkit.compare("word_count", "word_count")
