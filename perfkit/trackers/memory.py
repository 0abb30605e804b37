"""Peak memory, from the kernel's own high-water mark. Unit: MiB, in names ``_mb``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from perfkit.errors import MeasurementError

__all__ = ["FreshPeak", "peak_mb", "peak_of_fresh_process"]

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
        return _from_status(Path(f"/proc/{pid or 'self'}/status"))
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
