"""Every notebook is thin and stripped, and runs at its smallest parameters."""

from __future__ import annotations

import html
import re
from pathlib import Path

import nbformat
import pytest

from perfkit import report
from perfkit.report.find import find_notebooks
from tests.browser import chromium, faults

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))

#: Smallest parameters of each notebook; a new notebook needs its line here.
SMALLEST: dict[str, dict[str, object]] = {
    "batch_scaling": {"workers": [1, 2], "files": 20},
    "cache_ttl_sweep": {"documents": 20, "requests": 300, "document": "order_one_page.pdf"},
    "document_ai_sweep": {
        "document": "order_one_page.pdf",
        "workers": [2],
        "chunk_pages": [1],
        "rounds": 3,
    },
    "document_size_sweep": {"pages": [1, 2], "rounds": 3},
    "engines": {"documents": ["order_one_page.pdf"], "rounds": 3},
    "optimizers": {"document": "order_one_page.pdf", "rounds": 3},
    "profile": {"document": "order_one_page.pdf", "seconds": 0.1},
    "recommend": {"documents": ["order_one_page.pdf"], "rounds": 3},
    "worker_sweep": {"document": "order_one_page.pdf", "workers": [1, 2], "rounds": 3},
}

LOGIC = re.compile(r"^\s*(def|class|for|while|if|try|with)\b", re.MULTILINE)

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@each
def test_notebook_is_stripped(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert set(notebook.metadata) <= {"kernelspec"}
    for cell in notebook.cells:
        assert cell.id
        assert not set(cell.metadata) - {"tags"}
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@each
def test_notebook_is_thin_and_begins_with_its_title(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert notebook.cells[0].source.startswith("# ")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not LOGIC.search(cell.source)


@each
def test_every_parameter_has_a_type_and_a_meaning(path: Path) -> None:
    (notebook,) = find_notebooks([path])
    assert notebook.parameters
    for parameter in notebook.parameters:
        assert len(parameter.meaning) > 10, f"{parameter.name} needs a comment"
    source = nbformat.read(path, as_version=4)
    cells = [cell for cell in source.cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(re.findall(r"^\w+: ", cells[0].source, re.MULTILINE)) == len(notebook.parameters)


@pytest.mark.slow
@each
def test_notebook_runs_at_its_smallest_parameters(path: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)  # from anywhere, not from the repository only
    made = report.run([path], SMALLEST[path.stem], tmp_path / "out")
    made.raise_for_failures()
    (outcome,) = made.outcomes
    assert outcome.sentences
    page = outcome.page.read_text(encoding="utf-8")
    assert "<svg" in page
    told = re.findall(r'<p class="perfkit-sentence">(.*?)</p>', page, re.DOTALL)
    assert len(told) == len(set(told))
    executed = nbformat.read(tmp_path / "out" / path.name, as_version=4)
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output.output_type == "stream"] == []
    assert "perfkit-error" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    index = html.unescape(made.index.read_text(encoding="utf-8"))
    for sentence in outcome.sentences:
        assert sentence in index.replace("\N{NO-BREAK SPACE}", " ")
    with chromium() as browser:
        assert faults(browser, outcome.page) == []
