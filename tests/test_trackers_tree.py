"""What /proc tells of processes, those that are gone or not ours included."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
from typing import Any

import pytest

from perfkit.errors import MeasurementError
from perfkit.trackers import _sampler, _tree, memory, time

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

GONE = 2**22 + 1


def test_a_process_that_is_gone_holds_nothing_and_has_no_children() -> None:
    assert _tree.standing(GONE) is None
    assert _tree.share(GONE) == (0.0, 0.0)
    assert _tree._children(GONE) == []
    assert not _tree.forget_mark(GONE)


def test_a_process_holds_what_it_holds_and_shares_some_of_it() -> None:
    now, share = _tree.standing(os.getpid()), _tree.share(os.getpid())
    assert now is not None
    assert 0 < share.pss_mb <= share.rss_mb
    assert share.rss_mb == pytest.approx(now.rss_mb, rel=0.1)


def without(*files: str) -> Any:
    """The builtin open, on a system that does not let these files be opened."""
    real = builtins.open

    def guarded(path: Any, *arguments: Any, **options: Any) -> Any:
        if str(path).endswith(files):
            raise (PermissionError if str(path).endswith("clear_refs") else FileNotFoundError)(path)
        return real(path, *arguments, **options)

    return guarded


def test_a_mark_that_may_not_be_set_back_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtins, "open", without("clear_refs"))
    assert not _tree.forget_mark(os.getpid())


def test_children_are_found_on_a_kernel_that_keeps_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        with monkeypatch.context() as patch:
            patch.setattr(builtins, "open", without("/children"))
            assert child.pid in _tree.processes()
        child.communicate(b"\n")


def test_a_thread_that_has_ended_meanwhile_has_no_children(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = os.listdir

    def with_an_old_one(path: str) -> list[str]:
        return [*listed(path), str(GONE)] if path.endswith("/task") else listed(path)

    monkeypatch.setattr(os, "listdir", with_an_old_one)
    assert _tree.processes()[0] == os.getpid()
    assert time.tree_cpu_seconds() > 0


def test_a_process_that_ends_while_it_is_looked_at_counts_as_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    peak = _sampler.start()
    with monkeypatch.context() as patch:
        patch.setattr(_sampler, "processes", lambda: [os.getpid(), GONE])
        patch.setattr(time, "processes", lambda: [os.getpid(), GONE])
        for _ in range(2):
            _sampler._sampler.look()
        assert time.tree_cpu_seconds() > 0
    _sampler.stop(peak)
    assert peak.mb > 0


def test_marks_of_processes_that_have_ended_are_forgotten() -> None:
    _tree._forgotten[GONE] = 7.0
    assert _tree.forgotten_mark_mb(GONE) == 7.0
    _tree.forget_gone({os.getpid()})
    assert _tree.forgotten_mark_mb(GONE) == 0.0


class TestElsewhere:
    """On systems that this one can only stand in for."""

    def test_the_bsds_and_macos_tell_their_own_mark_in_their_own_unit(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.platform", "freebsd14")
        bsd = memory.peak_mb()
        monkeypatch.setattr("sys.platform", "darwin")
        assert memory.peak_mb() == pytest.approx(bsd / 1024, rel=0.1)

    @pytest.mark.parametrize("missing", [True, False])
    def test_a_system_without_a_mark_raises(
        self, missing: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import resource

        class Nothing:
            ru_maxrss = 0

        monkeypatch.setattr("sys.platform", "freebsd14")
        monkeypatch.setattr(resource, "getrusage", lambda _: Nothing)
        if missing:
            monkeypatch.setitem(sys.modules, "resource", None)
        with pytest.raises(MeasurementError, match="keeps no mark"):
            memory.peak_mb()

    def test_windows_asks_psutil(self, monkeypatch: pytest.MonkeyPatch) -> None:
        psutil = pytest.importorskip("psutil")
        monkeypatch.setattr("sys.platform", "win32")
        with pytest.raises(MeasurementError, match="cannot be read"):
            memory.peak_mb(GONE)

        class Marks:
            peak_wset = 5 << 20

        monkeypatch.setattr(psutil.Process, "memory_info", lambda _: Marks)
        assert memory.peak_mb() == 5.0
        monkeypatch.setitem(sys.modules, "psutil", None)
        with pytest.raises(MeasurementError, match="pip install psutil"):
            memory.peak_mb()

    def test_windows_keeps_no_account_of_children(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.platform", "win32")
        assert 0 < time.cpu_seconds() <= __import__("time").process_time()
