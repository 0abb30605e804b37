"""perfkit history: trends over sessions, and where a level changes."""

from __future__ import annotations

import dataclasses
import json
import math
import random
from pathlib import Path

import pytest

from perfkit.bench.environment import Environment, collect
from perfkit.bench.history import history
from perfkit.bench.records import Check, Recorder, Run
from perfkit.charts.history import draw
from perfkit.errors import MeasurementError
from tests.command import perfkit

HERE = dataclasses.replace(collect(), revision="r0")


def session(
    path: Path, number: int, seconds: float, *, arm: str = "pdfium", place: Environment = HERE
) -> None:
    """Five runs of an arm, taken on day ``number``."""
    draw_by = random.Random(number)
    with Recorder(path, dataclasses.replace(place, revision=f"r{number}")) as recorder:
        for at in range(5):
            wall = seconds * math.exp(draw_by.gauss(0, 0.004))
            started = 86400.0 * (number + 1) + at
            recorder.add(Run(recorder.launch, arm, "a.pdf", at, 0, started, wall, wall, 1, 1))


@pytest.fixture
def records(tmp_path):
    """Ten sessions; the last four are a tenth slower."""
    path = tmp_path / "runs.jsonl"
    for number in range(10):
        session(path, number, 0.020 if number < 6 else 0.022)
    return path


def test_the_revision_that_a_level_changes_with_is_found(records):
    [trend] = history(records).trends
    [change] = trend.changes
    assert trend.moments[change.place].revision == "r6"
    assert change.ratio == pytest.approx(1.1, abs=0.01)
    assert not change.packages
    assert [level[:2] for level in trend.levels] == [(0, 5), (6, 9)]


def test_its_sentence_names_the_largest_change(records):
    said = history(records).sentence()
    assert said.startswith("1 trend over 10 sessions: 1 level changed; the largest is pdfium")
    assert "slower from r6 on" in said


def test_noise_alone_changes_hardly_a_level(tmp_path):
    """One trend in fifty may seem changed."""
    path, noise = tmp_path / "runs.jsonl", random.Random(4)
    for trend in range(25):
        for number in range(12):
            session(path, number, 0.02 * math.exp(noise.gauss(0, 0.01)), arm=f"arm {trend}")
    assert sum(bool(trend.changes) for trend in history(path).trends) <= 2


def test_unlike_machines_are_never_merged(records):
    session(records, 11, 0.5, place=dataclasses.replace(HERE, cpu="another"))
    found = history(records)
    assert len(found.trends) == 2
    assert sorted(len(trend.moments) for trend in found.trends) == [1, 10]


def test_packages_that_changed_with_the_level_are_told(tmp_path):
    path = tmp_path / "runs.jsonl"
    other = dataclasses.replace(HERE, packages=(("numpy", "9.9"),))
    for number in range(8):
        late = number >= 4
        session(path, number, 0.02 + 0.01 * late, place=other if late else HERE)
    assert "with other packages" in history(path).sentence()


def test_what_failed_or_was_run_too_seldom_has_no_figure(tmp_path):
    path = tmp_path / "runs.jsonl"
    with Recorder(path, HERE) as recorder:
        recorder.add(Check("broken", "a.pdf", 0, 0, None, None, None, None, "it fails"))
        for arm in ("broken", "broken", "broken", "seldom"):
            recorder.add(Run(recorder.launch, arm, "a.pdf", 1, 0, 1.0, 1.0, 1.0, 1, 1))
    with pytest.raises(MeasurementError, match="No session"):
        history(path)


def test_a_folder_is_read_with_all_its_records(records):
    (records.parent / "other.jsonl").write_text('{"sentences": []}\n')
    session(records.parent / "more.jsonl", 10, 0.022)
    [trend] = history(records.parent).trends
    assert len(trend.moments) == 11


def test_arms_and_documents_can_be_chosen(records):
    session(records, 3, 0.1, arm="pypdf")
    assert [trend.arm for trend in history(records, arm="pypdf").trends] == ["pypdf"]
    with pytest.raises(MeasurementError):
        history(records, document="b.pdf")


def test_its_frame_marks_the_new_level(records):
    frame = history(records).frame()
    assert list(frame.loc[frame["change_ratio"].notna(), "revision"]) == ["r6"]


def test_its_chart_carries_its_words(records):
    chart = draw(records)
    assert "slower from r6 on" in chart.alternative
    assert chart.sentence == str(history(records).sentence())
    assert chart.axes[0].get_ylabel() == "time (ms a call)"
    assert "<svg" in chart.svg()


def test_the_command_prints_table_data_and_chart(records, tmp_path):
    shown = perfkit("history", records, "--chart", tmp_path / "h.svg")
    assert shown.code == 0, shown.err
    assert "1970-01-02" in shown.out
    assert (tmp_path / "h.svg").read_text().startswith("<svg")
    rows = json.loads(perfkit("history", records, "--format", "json").out)
    assert [row["revision"] for row in rows] == [f"r{number}" for number in range(10)]
    assert perfkit("history", records, "--format", "csv").out.startswith("machine,arm,document")


def test_without_records_the_command_says_so(tmp_path):
    done = perfkit("history", tmp_path)
    assert done.code == 1
    assert "No session" in done.err
