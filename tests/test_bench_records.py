"""Raw runs are kept as they are taken, and unlike machines are not mixed."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from perfkit.bench.environment import collect
from perfkit.bench.records import Check, Peak, Recorder, Run, merge, read
from perfkit.errors import MeasurementError

HERE = collect()


def run(launch: str, round_number: int = 1) -> Run:
    return Run(
        launch=launch,
        arm="pypdf",
        document="a.pdf",
        round=round_number,
        order=0,
        started=1.5,
        wall_seconds=0.25,
        cpu_seconds=0.24,
        repeats=1,
        pid=7,
    )


def write(path: Path, cpu: str = "a CPU") -> Recorder:
    with Recorder(path, dataclasses.replace(HERE, cpu=cpu)) as recorder:
        recorder.add(Check("pypdf", "a.pdf", 3, 9, 1.0, "truth", True, 0))
        recorder.add(run(recorder.launch))
        recorder.add(Peak("pypdf", "a.pdf", 12.5, 40.25))
    return recorder


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    recorder = write(tmp_path / "runs.jsonl")
    assert read(tmp_path / "runs.jsonl") == [recorder.session]


def test_each_record_is_on_disk_before_the_next_one_is_taken(tmp_path: Path) -> None:
    with Recorder(tmp_path / "runs.jsonl", HERE) as recorder:
        recorder.add(run(recorder.launch))
        assert len(read(tmp_path / "runs.jsonl")[0].records) == 1


def test_a_line_cut_short_by_a_kill_costs_that_line_only(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    first = write(path)
    path.write_bytes(path.read_bytes()[:-20])
    second = write(path)
    kept, whole = read(path)
    assert kept.records == first.session.records[:-1]
    assert whole == second.session


def test_sessions_of_one_environment_are_merged(tmp_path: Path) -> None:
    for _ in range(2):
        write(tmp_path / "runs.jsonl")
    merged = merge(read(tmp_path / "runs.jsonl"))
    assert len(merged.records) == 6
    assert len({r.launch for r in merged.records if isinstance(r, Run)}) == 2


def test_sessions_of_unlike_machines_are_not_merged(tmp_path: Path) -> None:
    write(tmp_path / "runs.jsonl")
    write(tmp_path / "runs.jsonl", cpu="another CPU")
    with pytest.raises(MeasurementError, match="differ in cpu"):
        merge(read(tmp_path / "runs.jsonl"))


def test_nothing_to_merge_is_an_error() -> None:
    with pytest.raises(MeasurementError, match="no records"):
        merge([])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no record"),
        ("[]\nnonsense\n", "no record"),
        ('{"kind": "environment", "cpu": "x"}\n', "not as this version"),
        ('{"kind": "run", "arm": "x"}\n', "not as this version"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "runs.jsonl").write_text(text)
    with pytest.raises(MeasurementError, match=message):
        read(tmp_path / "runs.jsonl")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="No such file"):
        read(tmp_path / "none.jsonl")


def test_every_line_names_its_kind_and_launch(tmp_path: Path) -> None:
    recorder = write(tmp_path / "runs.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "runs.jsonl").read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["environment", "check", "run", "peak"]
    assert {line["launch"] for line in lines} == {recorder.launch}
