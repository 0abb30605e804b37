"""The environment that every record carries."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pytest

from perfkit.bench import environment
from perfkit.bench.environment import Environment, collect


def test_environment_survives_json() -> None:
    here = collect()
    assert Environment.from_dict(json.loads(json.dumps(here.as_dict()))) == here


def test_load_belongs_to_the_moment_and_not_to_the_machine() -> None:
    here = collect()
    busier = dataclasses.replace(here, load=99.0)
    assert (busier.id, busier.machine) == (here.id, here.machine)


def test_other_package_versions_are_another_environment_on_the_same_machine() -> None:
    here = collect()
    upgraded = dataclasses.replace(here, packages=(("pypdf", "999"),))
    assert upgraded.id != here.id
    assert upgraded.machine == here.machine


def test_rows_hold_a_text_for_each_name() -> None:
    unknown = dataclasses.replace(collect(), memory_mb=None, load=None, revision=None)
    assert all(name and value for name, value in unknown.rows())


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({"cpu.max": "150000 100000"}, 1.5),
        ({"cpu.max": "max 100000"}, None),
        ({"cpu/cpu.cfs_quota_us": "50000", "cpu/cpu.cfs_period_us": "100000"}, 0.5),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, None),
        ({}, None),
    ],
    ids=["version 2", "version 2, no limit", "version 1", "version 1, no limit", "none"],
)
def test_cores_are_capped_by_the_quota(
    tmp_path: Path, files: dict[str, str], cores: float | None
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert environment._cgroup_quota(tmp_path) == cores


def test_usable_cores_are_no_more_than_the_machine_has() -> None:
    assert 0 < environment.usable_cores() <= (os.cpu_count() or 1)


def test_folder_that_git_does_not_track_has_no_revision(tmp_path: Path) -> None:
    assert environment._revision(tmp_path) is None


def test_command_that_is_not_there_says_nothing() -> None:
    assert environment._said(["no-such-command-anywhere"]) is None
