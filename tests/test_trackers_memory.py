"""Peak memory is the kernel's mark, and nothing is invented where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from perfkit.errors import MeasurementError
from perfkit.executors._pool import Pool
from perfkit.trackers import _sampler, _tree, memory
from perfkit.trackers.memory import MemoryUsageTracker
from tests.executor_jobs import hold_together

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


def hold(size_mb: int) -> int:
    """Hold so much memory, and let it go again at once."""
    block = bytearray(size_mb << 20)
    block[::4096] = b"x" * len(block[::4096])
    return len(block)


@linux
@pytest.mark.parametrize("size_mb", [50, 200, 500])
def test_a_tracker_sees_what_this_process_held_however_short(size_mb: int) -> None:
    hold(size_mb)  # so that the allocator's own growth is behind it
    with MemoryUsageTracker() as tracker:
        before = tracker.get_peak_memory_mb()
        hold(size_mb)
    assert tracker.get_peak_memory_mb() - before == pytest.approx(size_mb, rel=0.05)


@linux
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_a_tracker_sees_what_worker_processes_hold(workers: int) -> None:
    pool = Pool(("tests.executor_jobs",))
    try:
        hold_together(1, workers, pool=pool)  # they share less from their first call on
        with MemoryUsageTracker() as tracker:
            before = tracker.get_peak_memory_mb()
            hold_together(50, workers, tracker.get_peak_memory_mb, pool)
    finally:
        pool.close()
    grown = tracker.get_peak_memory_mb() - before
    assert grown == pytest.approx(50 * workers, rel=0.05)


@linux
def test_memory_let_go_while_it_is_read_is_in_the_peak(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worst moment to free memory is between two readings of the same look."""
    held: list[bytearray] = []
    read = _tree._read

    def read_and_free(path: str) -> bytes:
        text = read(path)
        held.clear()
        return text

    hold(40)
    peak = _sampler.start()
    before = peak.mb
    monkeypatch.setattr(_tree, "_read", read_and_free)
    held.append(bytearray(b"x") * (40 << 20))
    _sampler.look()
    _sampler.stop(peak)
    assert peak.mb > before + 38


@linux
def test_what_a_new_process_held_and_freed_before_the_first_look_counts() -> None:
    peak = _sampler.start()
    before = peak.mb
    code = "b = bytearray(b'x') * (60 << 20); del b; print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        _sampler.look()
        child.communicate(b"\n")
    _sampler.stop(peak)
    assert peak.mb > before + 58


@linux
def test_a_forked_child_may_leave_what_its_parent_tracks() -> None:
    code = (
        "import os; from perfkit.trackers.memory import MemoryUsageTracker\n"
        "with MemoryUsageTracker():\n"
        "    child = os.fork()\n"
        "if child:\n"
        "    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout.split(), done.stderr) == (["0"], "")


@linux
def test_tracking_again_before_it_is_stopped_goes_on_with_the_same_peak() -> None:
    tracker = MemoryUsageTracker()
    with tracker:
        hold(60)
        with tracker:
            inner = tracker.get_peak_memory_mb()
        assert tracker.get_peak_memory_mb() == inner
    assert tracker.get_peak_memory_mb() >= 60
    with tracker:
        assert tracker.get_peak_memory_mb() < inner - 40


@linux
def test_trackers_do_not_disturb_each_other() -> None:
    with MemoryUsageTracker() as outer:
        hold(60)
        with MemoryUsageTracker() as inner:
            pass
    assert outer.get_peak_memory_mb() > inner.get_peak_memory_mb() + 40


@linux
def test_a_tracker_may_be_shared_by_threads() -> None:
    tracker = MemoryUsageTracker()

    def work() -> None:
        for _ in range(5):
            with tracker:
                assert tracker.get_peak_memory_mb() > 0

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with pytest.raises(MeasurementError, match="Nothing is tracked"):
        tracker.stop_tracking()


def test_what_was_never_tracked_has_no_peak() -> None:
    with pytest.raises(MeasurementError, match="Nothing was tracked"):
        MemoryUsageTracker().get_peak_memory_mb()


def test_a_platform_without_a_source_raises_and_names_one_that_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.platform", "freebsd14")
    with pytest.raises(MeasurementError, match="Linux has and freebsd14 has not"):
        MemoryUsageTracker().start_tracking()


@linux
def test_a_kernel_without_proportional_memory_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    read = _tree._read
    monkeypatch.setattr(_tree, "_read", lambda p: b"" if p.endswith("rollup") else read(p))
    with pytest.raises(MeasurementError, match=r"Linux 4\.14"):
        MemoryUsageTracker().start_tracking()


@linux
def test_children_are_found_without_the_kernels_list() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in _tree._children(os.getpid())
        assert child.pid in _tree._children_by_parent(os.getpid())
        assert child.pid in _tree.processes()
        child.communicate(b"\n")


@linux
def test_a_peak_between_two_looks_is_read_off_the_kernels_mark() -> None:
    peak = _sampler.start()
    before = peak.mb
    hold(40)
    _sampler.stop(peak)
    assert peak.mb > before + 38


@linux
def test_a_process_keeps_its_own_peak_though_its_mark_was_set_back() -> None:
    hold(80)
    before = memory.peak_mb()
    with MemoryUsageTracker():
        hold(5)
    assert memory.peak_mb() >= before
