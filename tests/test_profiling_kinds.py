"""Lines, memory and allocations: the known line, function and MiB are named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import perfkit
from perfkit.errors import MeasurementError, ParameterError
from perfkit.profiling.allocation_profile import check_platform
from perfkit.profiling.line_profile import LineProfile
from perfkit.profiling.memory_profile import MemoryProfile
from perfkit.profiling.result import Profile
from perfkit.profiling.stacks import StackProfile
from tests import hot_work
from tests.browser import chromium, faults
from tests.test_profiling import line_of


def test_lines_of_the_hot_function_are_counted_exactly() -> None:
    found = perfkit.profile(hot_work.hot, kind="line", seconds=0.05)
    part = found.part("line")
    assert isinstance(part, LineProfile)
    (_, file), line, share = part.hottest()[0]
    assert (file, line) == ("tests/hot_work.py", line_of("the hot line"))
    assert share > 0.4
    rows = found.frame("line").set_index("line")
    assert rows.hits[line] == 40_000
    assert f"{file}:{line}" in found.sentence()


def test_lines_that_run_in_worker_processes_are_counted() -> None:
    recipe = perfkit.Recipe(executor="processes", workers=2)
    found = perfkit.profile(recipe, "CS003837319.pdf", kind="line", seconds=0.05)
    rows = found.frame()
    assert (rows.process.str.startswith("worker process") & (rows.hits > 0)).any()
    assert (rows.source != "").all()
    assert 'class="perfkit-heat-' in found.html()


def test_a_large_allocation_is_named_with_its_size() -> None:
    found = perfkit.profile(hot_work.keep, kind="allocations")
    part = found.part("allocations")
    assert isinstance(part, StackProfile)
    first = part.lines[0]
    assert (first.function.name, first.line) == ("allocate", line_of("the large line"))
    assert first.amount == pytest.approx(hot_work.LARGE_MB, rel=0.02)
    assert first.share > 0.9
    assert part.slowdown.observations >= 5
    assert found.speedscope("allocations")["profiles"][0]["unit"] == "bytes"


def test_allocations_of_worker_processes_are_part_of_the_profile() -> None:
    recipe = perfkit.Recipe(executor="processes", workers=2)
    rows = perfkit.profile(recipe, "CS003837319.pdf", kind="allocations").frame()
    workers = rows[rows.process.str.startswith("worker process")]
    assert workers.file.str.startswith("perfkit/engines/pdfium").any()
    assert (workers.self_mb > 0).all()


def test_memray_is_asked_for_only_where_it_runs(monkeypatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(MeasurementError, match="Linux and macOS only"):
        check_platform()


def test_memory_is_followed_page_by_page_in_a_fresh_process() -> None:
    found = perfkit.profile(perfkit.Recipe(), "CS003837319.pdf", kind="memory")
    part = found.part("memory")
    assert isinstance(part, MemoryProfile)
    assert part.fresh
    assert part.pages()[-1][0] == 15
    assert part.peak.memory_mb > part.samples[0].memory_mb
    assert list(found.frame().columns) == ["seconds", "memory_mb", "pages"]
    assert "MiB at most" in found.sentence()


#: Coverage of subprocesses is asked for by these; the repository is where its tests are found.
UNTRACED = {name: value for name, value in os.environ.items() if not name.startswith("COV")} | {
    "PYTHONPATH": str(Path(__file__).parents[1])
}
MEMORY_BY_LINE = """
import json
import perfkit
from tests import hot_work

found = perfkit.profile(
    hot_work.keep, kind="memory", function="tests/hot_work.py:keep", seconds=0.1
)
part = found.part("memory")
print(json.dumps([[each.source, each.grown_mb] for each in part.lines]), part.lines_slowdown.value)
"""


def test_the_line_at_which_memory_grows_is_named() -> None:
    """In a process of its own: where coverage is measured, nobody else can trace."""
    command = [sys.executable, "-c", MEMORY_BY_LINE]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=UNTRACED)
    lines, _, slowdown = done.stdout.rpartition(" ")
    source, grown_mb = max(json.loads(lines), key=lambda each: each[1])
    assert "allocate()" in source
    assert grown_mb == pytest.approx(hot_work.LARGE_MB, rel=0.1)
    assert float(slowdown) > 0


def test_lines_of_memory_are_refused_where_another_tool_traces(monkeypatch) -> None:
    monkeypatch.setattr(sys, "gettrace", lambda: print)
    with pytest.raises(MeasurementError, match="Another tool traces this process"):
        perfkit.profile(
            hot_work.keep, kind="memory", function="tests/hot_work.py:keep", seconds=0.01
        )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "time", "function": "a.py:b"}, "kind='memory'"),
        ({"kind": "memory", "function": "a.py:b"}, "names no function"),
    ],
)
def test_a_function_that_cannot_be_looked_at_is_refused(options, message) -> None:
    with pytest.raises(ParameterError, match=message):
        perfkit.profile(hot_work.keep, seconds=0.05, **options)


@pytest.mark.slow
def test_all_kinds_fit_one_small_sound_page_and_are_kept(tmp_path) -> None:
    found = perfkit.profile(perfkit.Recipe(), "order_one_page.pdf", kind="all", seconds=0.2)
    assert found.kinds == ("time", "line", "memory", "allocations")
    kept, page = tmp_path / "profile.json", tmp_path / "profile.html"
    kept.write_text(found.to_json(), encoding="utf-8")
    page.write_text(found.html(), encoding="utf-8")
    assert Profile.load(kept) == found
    assert max(kept.stat().st_size, page.stat().st_size) < 1_000_000
    with pytest.raises(MeasurementError, match="no call stacks"):
        found.speedscope("memory")
    with pytest.raises(MeasurementError, match="no drawing"):
        found.flame("line")
    with chromium() as browser:
        assert faults(browser, page) == []
