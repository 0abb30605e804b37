"""Peak memory is the kernel's mark, and nothing is invented where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from perfkit.errors import MeasurementError
from perfkit.trackers import memory

JOBS = """
def hold_mb(size):
    block = bytearray(int(size) << 20)
    block[::4096] = b"x" * len(block[::4096])

def fail(said):
    raise ValueError(said)
"""

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "peak_jobs.py").write_text(JOBS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_peak_rises_with_what_is_allocated_and_stays_when_it_is_freed() -> None:
    before = memory.peak_mb()
    block = bytearray(int((before + 40) * (1 << 20)))
    block[:: os.sysconf("SC_PAGE_SIZE")] = b"x" * len(block[:: os.sysconf("SC_PAGE_SIZE")])
    del block
    assert memory.peak_mb() >= before + 38


@pytest.mark.usefixtures("jobs")
def test_fresh_process_pays_for_its_job_alone() -> None:
    """A job of 30 MiB shows as 30 MiB, however much this process has held before."""
    bytearray(80 << 20)
    found = memory.peak_of_fresh_process("peak_jobs:hold_mb", ["30"])
    assert 29 <= found.above_mb <= 34


@linux
def test_another_process_can_be_read_by_its_id() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert memory.peak_mb(other.pid) > 0
        other.communicate(b"\n")


@linux
def test_process_that_is_gone_raises() -> None:
    with pytest.raises(MeasurementError, match="cannot be read"):
        memory.peak_mb(2**22 + 1)


def test_kernel_without_a_mark_raises(tmp_path: Path) -> None:
    (tmp_path / "status").write_text("Name:\tx\nVmRSS:\t 10 kB\n")
    with pytest.raises(MeasurementError, match="VmHWM"):
        memory._from_status(tmp_path / "status")


def test_platform_whose_children_cannot_be_read_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "freebsd14")
    assert memory.peak_mb() > 0
    with pytest.raises(MeasurementError, match="itself"):
        memory.peak_mb(1)


@pytest.mark.usefixtures("jobs")
def test_job_that_fails_raises_with_what_it_said() -> None:
    with pytest.raises(MeasurementError, match="no good"):
        memory.peak_of_fresh_process("peak_jobs:fail", ["no good"])


@pytest.mark.usefixtures("jobs")
def test_job_that_takes_too_long_raises() -> None:
    with pytest.raises(MeasurementError, match="did not end within"):
        memory.peak_of_fresh_process("peak_jobs:hold_mb", ["1"], timeout_seconds=0.001)
