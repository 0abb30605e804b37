"""Pages as a real Chromium shows them: sound on every screen, and no text of a document runs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from perfkit import report
from perfkit.corpus import content
from perfkit.corpus.build import make_bytes
from tests.browser import chromium, faults

EVIL = "<script>window.ran=1</script><img src=x onerror='window.ran=1'> Vase"

CARELESS = """
from IPython.display import HTML, SVG, Markdown, display
display(HTML(f"<div>{text}</div>"), Markdown(f"**{text}** [x](javascript:window.ran=1)"))
display(HTML(f'<iframe srcdoc="{text}"></iframe><a href="javascript:window.ran=1">x</a>'))
SVG(
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9' onload='window.ran=1'>"
    "<script>window.ran=1</script><image href='http://x.example/i.png'/>"
    "<rect width='9' height='9'/></svg>"
)
"""
CHART = """
from perfkit.charts._figure import Chart
chart = Chart(figsize=(4, 2))
chart.add_subplot().set(xlabel=text, ylabel="time (s)")
chart.title = chart.sentence = chart.alternative = text
chart
"""
CELLS = (
    "import perfkit\nextraction = perfkit.extract(document)\nextraction",
    "extraction.to_frame()",
    "text = extraction.line_items[0].description\nprint(text)\nassert text.startswith('<script>')",
    CARELESS,
    CHART,
    "raise ValueError(text)",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on a real PDF whose product descriptions hold markup."""
    folder = tmp_path_factory.mktemp("browser")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "describe", lambda *_, **__: EVIL)
        data, _ = make_bytes(layout="invoice", pages=1, seed=3)
    (folder / "in <b>bold<b>.pdf").write_bytes(data)
    cells = [
        new_markdown_cell(f"# About {EVIL}\n\nText, {EVIL}"),
        new_code_cell('document: str = ""  # a PDF file', metadata={"tags": ["parameters"]}),
        *map(new_code_cell, CELLS),
    ]
    nbformat.write(new_notebook(cells=cells), folder / "evil.ipynb")
    given = {"document": str(folder / "in <b>bold<b>.pdf")}
    made = report.run([folder / "evil.ipynb"], given, folder / "out")
    assert "cell 7 (raise ValueError(text))" in (made.outcomes[0].error or "")
    # A second run, so that the index tells of an earlier one too.
    report.run([folder / "evil.ipynb"], given, folder / "out")
    return folder / "out"


@pytest.mark.slow
@pytest.mark.parametrize("page", ["evil", "index"])
def test_markup_in_a_documents_text_is_shown_and_never_run(made: Path, page: str) -> None:
    with chromium() as browser:
        assert faults(browser, made / f"{page}.html") == []
        shown = browser.new_page()
        shown.goto((made / f"{page}.html").as_uri())
        assert EVIL[:30] in shown.inner_text("body")
        assert shown.locator("script, iframe, img[src=x]").count() == 0


@pytest.mark.slow
def test_the_first_key_leads_past_the_navigation_and_all_can_be_reached(made: Path) -> None:
    with chromium() as browser:
        page = browser.new_page()
        page.goto((made / "evil.html").as_uri())
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        # Folded code opens by the keyboard.
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        page.keyboard.press("Enter")
        assert page.locator("details[open] pre").first.is_visible()
