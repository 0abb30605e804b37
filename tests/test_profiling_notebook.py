"""``%perfkit profile`` in a real kernel, and what is left of it once papermill has exported it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from perfkit import report
from tests.browser import chromium, faults
from tests.kernel import cells_run

CELLS = (
    "%load_ext perfkit",
    """def hot():
    state = 1
    for _ in range(60000):
        state = state * 16807 % 2147483647
    return state""",
    "%%perfkit profile --seconds 0.1\nprint('once')\nkept = hot()",
    "kept > 0",
    "%perfkit profile --seconds 0.05 --kind time,line,allocations hot()",
)
MISUSED = {
    "%perfkit profile": "Give the code",
    "%perfkit profile --kind tme len('a')": "did you mean 'time'",
    "%%perfkit profile hot()\nx": "Give the code",
    "%perfkit profile --knd time hot()": "There is no option --knd",
}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook with the magics as the report shows it."""
    folder = tmp_path_factory.mktemp("profiled")
    cells = [
        new_markdown_cell("# Profiled"),
        new_code_cell("rounds: int = 3  # a count, of nothing", metadata={"tags": ["parameters"]}),
        *map(new_code_cell, CELLS),
    ]
    nbformat.write(new_notebook(cells=cells), folder / "profiled.ipynb")
    made = report.run([folder / "profiled.ipynb"], {}, folder / "out")
    made.raise_for_failures()
    return folder / "out/profiled.html"


@pytest.mark.slow
def test_flames_tables_and_trees_survive_export(exported) -> None:
    page = exported.read_text(encoding="utf-8")
    assert len(page) < 1_000_000
    assert page.count('class="perfkit-flame"') == 3  # of the cell; time and allocations
    assert "perfkit-heat-4" in page.partition("</style>")[2]  # of the counted lines
    assert "cell 3:4" in page  # the cell's own number, and the line in it
    assert "&lt;style" not in page
    assert "&lt;svg" not in page


@pytest.mark.slow
def test_the_exported_page_is_sound_offline_and_goes_by_keyboard(exported) -> None:
    with chromium() as browser:
        assert faults(browser, exported) == []
        shown = browser.new_context(offline=True).new_page()
        shown.goto(exported.as_uri())
        tree = shown.locator("details.perfkit-calls").first
        assert not tree.locator("code").first.is_visible()
        tree.locator("summary").first.focus()
        shown.keyboard.press("Enter")
        assert tree.locator("code").first.is_visible()
        frame = shown.locator(".perfkit-flame .fr[tabindex]").first
        frame.focus()
        assert frame.locator(".said").first.is_visible()


def test_a_cell_that_is_profiled_prints_once_and_its_names_stay(repository) -> None:
    outputs = cells_run([*CELLS[:4], *MISUSED], repository)
    said = [each.text for each in outputs[2] if each.output_type == "stream"]
    assert said == ["once\n"]
    (kept,) = outputs[3]
    assert kept.data["text/plain"] == "True"
    for wrong, message in zip(outputs[4:], MISUSED.values(), strict=True):
        told = "".join(each.text if each.output_type == "stream" else each.evalue for each in wrong)
        assert message in told
