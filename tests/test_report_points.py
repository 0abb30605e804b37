"""From a slow point on a page of the report to its profile, offline."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfkit import report
from perfkit.bench.kept_points import folder_of
from perfkit.bench.sweep_results import Sweep
from perfkit.report.points import link_points
from tests.browser import chromium, faults
from tests.command import perfkit
from tests.test_report import write

# Its points are no other test's, which may have a profile already.
SWEEP = """
from perfkit import Recipe, sweep
sweep(
    Recipe(max_pages=1999), {"engine": ["pypdf", "pdfium"]}, "order_one_page.pdf",
    rounds=3, memory=False, record=record,
)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of which one point has a profile, which was taken after the report was made."""
    folder = tmp_path_factory.mktemp("linked")
    record = folder / "sweep.jsonl"
    notebook = write(folder, "swept", SWEEP, parameters='record: str = ""  # a file of records')
    made = report.run([notebook], {"record": str(record)}, folder / "out")
    made.raise_for_failures()
    (folder / "out" / "id").write_text(slowest(record))
    return folder / "out"


def slowest(record: Path) -> str:
    sweep = Sweep.from_records(record)
    timed = [result for result in sweep.results if result.document_ms]
    return sweep.point_id(max(timed, key=lambda of: of.document_ms.value if of.document_ms else 0))


@pytest.mark.slow
def test_a_point_leads_to_its_profile_once_it_has_one(made: Path) -> None:
    name = (made / "id").read_text()
    page = made / "swept.html"
    assert f'id="point-{name}"' in page.read_text(encoding="utf-8")
    assert link_points(made) == 0
    assert "points/" not in page.read_text(encoding="utf-8")
    profiled = perfkit("profile", "--point", name, "--seconds", "0.05", "--report", made)
    assert f"points/{name}.html leads to it" in profiled.err
    profile = folder_of(name) / "profile.html"
    once = page.read_text(encoding="utf-8")
    assert once.count(f'href="points/{name}.html"') == 1
    assert link_points(made) == 1
    assert page.read_text(encoding="utf-8") == once
    with chromium() as browser:
        assert faults(browser, page) == []
        assert faults(browser, made / "points" / f"{name}.html") == []
        shown = browser.new_context(offline=True).new_page()
        shown.goto(page.resolve().as_uri())
        shown.get_by_role("link", name=name).click()
        told = shown.inner_text("main")
        for words in ("engine=pypdf", "times as fast", "accuracy", "1.000", name):
            assert words in told
        shown.get_by_role("link", name="About swept").click()
        assert shown.url.endswith(f"/swept.html#point-{name}")
        shown.go_back()
        shown.get_by_role("link", name="Its profile").click()
        assert shown.inner_text("h1").startswith("Profile of order_one_page.pdf (engine=pypdf")
    profile.unlink()
    assert link_points(made) == 0
    assert "points/" not in page.read_text(encoding="utf-8")
