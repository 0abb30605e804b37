"""The bench: its parts can be chosen, and its figures are kept with their verdicts."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import PARTS
from benchmarks.document import keep_figures
from benchmarks.goals import Goal, counted, quotient
from perfkit.bench.paired import Interval
from perfkit.errors import ParameterError

ROOT = Path(__file__).parent.parent


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_a_module_that_measures(part):
    assert callable(importlib.import_module(f"benchmarks.{part}").measure)


def test_a_part_that_is_named_is_measured_and_kept(tmp_path):
    done = bench("patterns", "--quick", "--out", str(tmp_path))
    assert done.returncode in {0, 1}, done.stderr  # a busy machine may miss a goal
    kept = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert [goal["part"] for goal in kept["goals"]] == ["patterns"] * 3
    assert {goal["verdict"].removesuffix(", not proved") for goal in kept["goals"]} <= {
        "met",
        "MISSED",
    }
    shown = (tmp_path / "bench.md").read_text(encoding="utf-8")
    assert shown in done.stdout
    assert " ns" in shown
    assert (tmp_path / "bench.jsonl").read_text(encoding="utf-8").count("\n") > 3


def test_a_part_that_does_not_exist_is_refused_with_those_that_do():
    done = bench("pattern")
    assert done.returncode == 2
    assert "no part 'pattern'; choose from engines, workers" in done.stderr


def test_a_goal_is_met_for_certain_only_where_the_whole_interval_says_so():
    goal = Goal("share", "x", "at most", 1.0)
    for ends, verdict in (
        ((0.8, 0.7, 0.9), "met"),
        ((0.9, 0.7, 1.1), "met, not proved"),
        ((1.1, 0.9, 1.3), "MISSED, not proved"),
        ((1.2, 1.1, 1.3), "MISSED"),
    ):
        assert goal.against(Interval(*ends, 9, 0.99)).verdict == verdict
    assert Goal("bad", "entries", "at most", 0).against(counted(0)).verdict == "met"


def test_figures_of_a_page_are_replaced_part_by_part(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("above\n<!-- figures -->\n<!-- end of figures -->\nbelow\n", encoding="utf-8")
    goal = Goal("bad | reads", "entries", "at most", 1)
    keep_figures(page, {"cache": [goal.against(counted(2))], "auto": []}, "2026-01-01")
    keep_figures(page, {"codes": [goal.against(counted(0))]}, "2026-01-02")
    keep_figures(page, {"cache": [goal.against(counted(1))]}, "2026-01-03")
    text = page.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if "bad \\| reads" in line]
    assert [row.split("|")[1].strip() for row in rows] == ["codes", "cache"]
    assert ["2026-01-02" in rows[0], "2026-01-03" in rows[1], "2026-01-01" in text] == [1, 1, 0]
    assert text.startswith("above\n")
    assert text.endswith("\nbelow\n")


def test_a_page_without_a_place_for_figures_is_refused(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("nothing here", encoding="utf-8")
    with pytest.raises(ParameterError, match="no table between"):
        keep_figures(page, {}, "2026-01-01")


def test_the_page_on_strategies_has_figures_of_parts_that_exist():
    text = (ROOT / "docs/strategies.md").read_text(encoding="utf-8")
    figures = text.partition("<!-- figures -->")[2].partition("<!-- end of figures -->")[0]
    parts = {line.split("|")[1].strip() for line in figures.strip().splitlines()[2:]}
    assert {"auto", "cache", "workers"} <= parts <= set(PARTS)


def test_a_quotient_of_unpaired_estimates_is_as_wide_as_both_allow():
    found = quotient(Interval(4, 3, 5, 5, 0.99), Interval(2, 1, 4, 5, 0.99))
    assert (found.low, found.value, found.high) == (0.75, 2, 5)
