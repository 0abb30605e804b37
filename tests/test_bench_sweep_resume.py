"""A sweep that is killed loses at most one run, and the same call runs only what is missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from perfkit import Recipe
from perfkit.bench.records import Check, Run, read
from perfkit.bench.sweep import sweep
from perfkit.bench.sweep_results import Sweep
from perfkit.errors import MeasurementError

CALLS: list[int] = []


def counted(document, *, times):
    """Work whose calls are counted."""
    CALLS.append(times)
    return document, sum(range(20_000 * times)) * 0


def failing(document, *, times):
    if times > 1:
        raise ValueError(f"no {times}")
    return document


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    (tmp_path / "paper.txt").write_text("x")
    return tmp_path / "paper.txt"


def swept(paper: Path, record: Path, rounds: int = 3, **options) -> Sweep:
    CALLS.clear()
    return sweep(
        counted,
        {"times": [1, 2]},
        paper,
        baseline={"times": 3},
        record=record,
        rounds=rounds,
        **{"progress": False, **options},
    )


def runs_of(record: Path) -> list[Run]:
    return [of for session in read(record) for of in session.records if isinstance(of, Run)]


def test_a_whole_record_is_not_measured_again(paper, tmp_path):
    record = tmp_path / "runs.jsonl"
    first = swept(paper, record)
    lines = record.read_text()
    again = swept(paper, record)
    assert CALLS == []
    assert record.read_text() == lines
    assert again.frame().equals(first.frame())


def test_only_the_arm_with_missing_runs_is_called_again(paper, tmp_path):
    record = tmp_path / "runs.jsonl"
    swept(paper, record)
    lines = record.read_text().splitlines(keepends=True)
    last = max(i for i, line in enumerate(lines) if json.loads(line).get("arm") == "times=1")
    record.write_text("".join(lines[:last] + lines[last + 1 :]))
    swept(paper, record)
    assert set(CALLS) == {1}
    assert len(runs_of(record)) == 3 * 4


def test_more_rounds_are_added_to_those_that_are_there(paper, tmp_path):
    record = tmp_path / "runs.jsonl"
    before = swept(paper, record).session.records
    found = swept(paper, record, rounds=5)
    assert found.rounds == 5
    assert found.session.records[: len(before)] == before
    assert len({run.document for run in runs_of(record) if run.arm == "placebo"}) == 1


def test_a_fresh_start_stands_beside_the_first(paper, tmp_path):
    record = tmp_path / "runs.jsonl"
    swept(paper, record)
    swept(paper, record, resume=False)
    assert len(read(record)) == 2
    assert Sweep.from_records(record, pool=True).rounds == 6


def test_it_is_said_that_a_sweep_goes_on(paper, tmp_path, capsys):
    record = tmp_path / "runs.jsonl"
    swept(paper, record)
    swept(paper, record, progress=True)
    assert "runs.jsonl holds 12 runs of this sweep" in capsys.readouterr().err


def test_the_same_sweep_of_another_machine_is_kept_apart_and_said(paper, tmp_path, capsys):
    record = tmp_path / "runs.jsonl"
    swept(paper, record)
    kind, *others = record.read_text().splitlines()
    other = json.loads(kind) | {"cpu": "Another CPU"}
    record.write_text("\n".join([json.dumps(other), *others]) + "\n")
    swept(paper, record, progress=True)
    assert "kept apart: cpu (Another CPU" in capsys.readouterr().err
    assert len(read(record)) == 2
    with pytest.raises(MeasurementError, match="unlike environments"):
        Sweep.from_records(record, pool=True)


def test_a_changed_document_is_another_sweep(paper, tmp_path):
    record = tmp_path / "runs.jsonl"
    swept(paper, record)
    paper.write_text("y")
    swept(paper, record)
    assert len(read(record)) == 2


def test_a_point_that_fails_is_told_and_the_others_go_on(paper):
    found = sweep(
        failing, {"times": [1, 2]}, paper, baseline={"times": 0}, rounds=3, progress=False
    )
    failed = [of for of in found.session.records if isinstance(of, Check) and of.error]
    assert [of.arm for of in failed] == ["times=2"]
    assert "ValueError: no 2" in str(failed[0].error)


def test_records_name_their_own_baseline(paper, tmp_path):
    record = tmp_path / "runs.jsonl"
    swept(paper, record)
    assert Sweep.from_records(record).baseline == "times=3"
    with pytest.raises(MeasurementError, match="holds no sweep against nobody"):
        Sweep.from_records(record, baseline="nobody")


@pytest.mark.slow
def test_kill_9_loses_at_most_one_run(tmp_path):
    record = tmp_path / "runs.jsonl"
    code = (
        "from perfkit import Recipe, sweep; sweep(Recipe(), {'chunk_pages': [0, 1]}, "
        f"'CI004848705.pdf', rounds=400, memory=False, record={str(record)!r})"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    try:
        for _ in range(3000):
            if record.exists() and record.read_text().count('"kind": "run"') >= 9:
                break
            time.sleep(0.01)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    kept = runs_of(record)
    assert len(kept) >= 9
    rounds = max(run.round for run in kept)
    first = [run for run in kept if run.round < rounds]
    assert len(first) == 4 * (rounds - 1)  # nothing before the round that was cut is missing
    again = sweep(
        Recipe(),
        {"chunk_pages": [0, 1]},
        "CI004848705.pdf",
        rounds=rounds,
        memory=False,
        record=record,
        progress=False,
    )
    assert again.rounds == rounds
    found = runs_of(record)
    assert set(kept) < set(found) or kept == found
    assert len(found) == 4 * rounds
