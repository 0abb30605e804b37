"""Peak memory: of a process by the kernel's own high-water mark, of a tree by looking often.

Unit: MiB, in names ``_mb``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from perfkit.errors import MeasurementError
from perfkit.trackers import _sampler
from perfkit.trackers._tree import Standing, forgotten_mark_mb, processes, share, standing

__all__ = [
    "FreshPeak",
    "MemoryUsageTracker",
    "peak_mb",
    "peak_of_fresh_process",
    "resident_or_none",
    "tree_memory_mb",
]

_KIB_PER_MIB = 1024
_MIB = 1 << 20
_MARK = "perfkit-peak"

#: Imports nothing of its own after the first mark, so that only the work is counted.
_CHILD = f"""
import sys
from importlib import import_module
from perfkit.trackers.memory import peak_mb
import perfkit
before = peak_mb()
module, _, name = sys.argv[1].partition(":")
getattr(import_module(module), name)(*sys.argv[2:])
print("{_MARK}", repr(before), repr(peak_mb()))
"""


class FreshPeak(NamedTuple):
    """High-water marks of a process that did one job and nothing before it, in MiB."""

    before_mb: float
    peak_mb: float

    @property
    def above_mb(self) -> float:
        """What the job added to an interpreter that had only imported perfkit."""
        return self.peak_mb - self.before_mb


class MemoryUsageTracker:
    """Peak memory of this process and all its descendants while tracking, in MiB.

    Memory is the proportional set size (PSS), in which shared pages count once over the tree.
    It is read whenever resident memory, looked at every few milliseconds, has grown; where the
    kernel's high-water mark shows that a process held more between two looks, that counts
    too. On an idle tree it costs about 1 % of a core.

    Safe to share between threads. Tracking may be nested: what is started again before it is
    stopped goes on until it has been stopped as often, and trackers do not disturb each other.

    Raises
    ------
    MeasurementError
        By :meth:`start_tracking` where there is no source: PSS is Linux's own.

    Examples
    --------
    >>> with MemoryUsageTracker() as tracker:
    ...     block = bytearray(10_000_000)
    >>> tracker.get_peak_memory_mb() > 9
    True
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._depth = 0
        self._peak: _sampler.Peak | None = None

    def start_tracking(self) -> None:
        """Begin; the peak starts anew unless tracking goes on already."""
        with self._lock:
            if self._depth == 0:
                self._peak = _sampler.start()
            self._depth += 1

    def stop_tracking(self) -> float:
        """End, once it was called as often as :meth:`start_tracking`; the peak in MiB.

        Raises
        ------
        MeasurementError
            If nothing was started.
        """
        with self._lock:
            if self._depth == 0 or self._peak is None:
                raise MeasurementError("Nothing is tracked: call start_tracking() first.")
            self._depth -= 1
            if self._depth == 0:
                _sampler.stop(self._peak)
            else:
                _sampler.look()
            return self._peak.mb

    def get_peak_memory_mb(self) -> float:
        """The peak so far, or of the tracking that has ended.

        Raises
        ------
        MeasurementError
            If nothing was tracked yet.
        """
        with self._lock:
            if self._peak is None:
                raise MeasurementError("Nothing was tracked: call start_tracking() first.")
            if self._depth:
                _sampler.look()
            return self._peak.mb

    def last_seen_mb(self) -> float:
        """The peak as it was last seen, without looking anew: for a check that runs often."""
        peak = self._peak
        return 0.0 if peak is None else peak.mb

    def __enter__(self) -> MemoryUsageTracker:
        self.start_tracking()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop_tracking()


def resident_or_none(pid: int | None = None) -> Standing | None:
    """Resident memory of a process now and its high-water mark; None where Linux is not.

    Cheap, where a tracker is not: tens of microseconds.
    """
    return standing(pid or os.getpid())


def tree_memory_mb() -> float:
    """Memory that this process and all its descendants hold now (PSS), in MiB.

    Raises
    ------
    MeasurementError
        Where there is no source: PSS is Linux's own.
    """
    return sum(share(pid).pss_mb for pid in processes())


def peak_mb(pid: int | None = None) -> float:
    """Most resident memory that a process has held since it started, in MiB.

    Linux: ``VmHWM`` of ``/proc/PID/status``, which starts anew with each program that is
    executed (``ru_maxrss`` does not: a child shows the peak of the parent it was forked
    from). macOS: ``ru_maxrss``. Windows: the peak working set.

    Parameters
    ----------
    pid : int, optional
        A process; None for the calling one.

    Raises
    ------
    MeasurementError
        If the platform keeps no such mark, or the process is gone or not ours to read.
    """
    if sys.platform.startswith("linux"):
        mark = _from_status(Path(f"/proc/{pid or 'self'}/status"))
        return max(mark, forgotten_mark_mb(pid or os.getpid()))
    if sys.platform == "win32":
        return _working_set(pid)
    if pid not in (None, os.getpid()):
        raise MeasurementError(f"On {sys.platform} only a process itself can read its peak memory.")
    return _own_maxrss()


def _from_status(status: Path) -> float:
    try:
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError as error:
        raise MeasurementError(
            f"{status} cannot be read ({error.strerror}), so there is no peak memory to show: "
            "the process has ended, belongs to another user, or /proc is not mounted."
        ) from error
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / _KIB_PER_MIB
    raise MeasurementError(f"{status} has no VmHWM line: this kernel keeps no memory mark.")


def _own_maxrss() -> float:
    try:
        import resource
    except ImportError as error:
        raise MeasurementError(f"{sys.platform} keeps no mark of peak memory.") from error
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if peak <= 0:
        raise MeasurementError(f"{sys.platform} keeps no mark of peak memory.")
    # getrusage(2): bytes on macOS, KiB on the BSDs.
    return peak / _MIB if sys.platform == "darwin" else peak / _KIB_PER_MIB


def _working_set(pid: int | None) -> float:
    try:
        import psutil
    except ImportError as error:
        raise MeasurementError(
            "On Windows peak memory is read with psutil: pip install psutil."
        ) from error
    try:
        marks: Any = psutil.Process(pid).memory_info()
        return float(marks.peak_wset) / _MIB
    except psutil.Error as error:
        raise MeasurementError(f"The process {pid} cannot be read: {error}") from error


def peak_of_fresh_process(
    function: str, arguments: Sequence[str] = (), *, timeout_seconds: float = 300.0
) -> FreshPeak:
    """Run one function in a new interpreter and read the marks before and after it.

    A process that has done other work can't tell what one more job needs: its mark is
    already high, and freed memory is used again. So each reading gets a process.

    Parameters
    ----------
    function : str
        ``"package.module:name"``; its import counts as part of the job.
    arguments : sequence of str
        Handed to the function.
    timeout_seconds : float
        When to give up.

    Raises
    ------
    MeasurementError
        If the process fails or takes too long; the message ends with what it said.
    """
    command = [sys.executable, "-c", _CHILD, function, *arguments]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise MeasurementError(
            f"{function}{tuple(arguments)} did not end within {timeout_seconds:g} s."
        ) from error
    marks = [line.split() for line in done.stdout.splitlines() if line.startswith(_MARK)]
    if done.returncode != 0 or not marks:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise MeasurementError(f"{function}{tuple(arguments)} failed: {said[-1]}")
    _, before, peak = marks[-1]
    return FreshPeak(float(before), float(peak))


def _environment() -> dict[str, str]:
    """The child must import this perfkit, also where it is not installed."""
    home = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([home, known] if known else [home])}
