"""Memory of a process and of all that descend from it, as Linux counts it."""

from __future__ import annotations

import os
import sys
from collections.abc import Container
from pathlib import Path
from typing import NamedTuple

from perfkit.errors import MeasurementError

__all__ = [
    "Standing",
    "forget_gone",
    "forget_mark",
    "forgotten_mark_mb",
    "processes",
    "share",
    "standing",
]

_KIB_PER_MIB = 1024


class Standing(NamedTuple):
    """Resident memory of one process now, and its high-water mark, in MiB."""

    rss_mb: float
    mark_mb: float


def processes(root: int | None = None) -> list[int]:
    """Ids of a process (by default this one) and of all its descendants that are there now.

    Raises
    ------
    MeasurementError
        Where there is no /proc to tell.
    """
    if not sys.platform.startswith("linux"):
        raise MeasurementError(
            f"The memory of a process tree is read from /proc, which Linux has and {sys.platform} "
            "has not. Measure on Linux."
        )
    found = [root or os.getpid()]
    for pid in found:  # grows while it is gone through
        found += _children(pid)
    return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return found
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/children", "rb", buffering=0) as file:
                found += map(int, file.read().split())
        except FileNotFoundError:
            if os.path.exists(f"/proc/{pid}/task/{thread}"):
                return _children_by_parent(pid)  # a kernel without CONFIG_PROC_CHILDREN
        except OSError:
            continue
    return found


def _children_by_parent(pid: int) -> list[int]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                # pid (name) state parent ...; the name may hold anything, brackets too.
                fields = Path(f"/proc/{entry}/stat").read_bytes().rpartition(b")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid:
                found.append(int(entry))
    return found


def standing(pid: int) -> Standing | None:
    """Where a process stands; None if it is gone."""
    text = _read(f"/proc/{pid}/status")
    mark, rss = _kib(text, b"\nVmHWM:"), _kib(text, b"\nVmRSS:")
    if mark is None or rss is None:
        return None
    return Standing(rss / _KIB_PER_MIB, mark / _KIB_PER_MIB)


#: Highest marks that were set back here, by process id.
_forgotten: dict[int, float] = {}


def forget_mark(pid: int) -> bool:
    """Set a process's high-water mark back to what it holds now; whether that was allowed.

    Only so does the mark tell of the next peak that is lower than an earlier one (proc(5),
    ``clear_refs``). :func:`forgotten_mark_mb` has the mark that was.
    """
    found = standing(pid)
    if found is None:
        return False
    try:
        with open(f"/proc/{pid}/clear_refs", "wb", buffering=0) as file:
            file.write(b"5")
    except OSError:
        return False
    _forgotten[pid] = max(found.mark_mb, _forgotten.get(pid, 0.0))
    return True


def forget_gone(alive: Container[int]) -> None:
    """Drop what is remembered of processes that have ended: their ids are given out again."""
    for pid in [pid for pid in _forgotten if pid not in alive]:
        del _forgotten[pid]


def forgotten_mark_mb(pid: int) -> float:
    """The highest mark of a process that was set back here; 0 if none was. MiB."""
    return _forgotten.get(pid, 0.0)


class Share(NamedTuple):
    """Resident memory of one process, and what it comes to if shared pages are shared out. MiB."""

    rss_mb: float
    pss_mb: float


def share(pid: int) -> Share:
    """Resident and proportional set size, of one moment; zeros for a process that is gone.

    In the proportional set size (PSS) a page that n processes share counts as 1/n in each.

    Raises
    ------
    MeasurementError
        If this kernel does not tell.
    """
    text = _read(f"/proc/{pid}/smaps_rollup")
    rss, pss = _kib(text, b"\nRss:"), _kib(text, b"\nPss:")
    if rss is not None and pss is not None:
        return Share(rss / _KIB_PER_MIB, pss / _KIB_PER_MIB)
    if standing(pid) is None:
        return Share(0.0, 0.0)
    raise MeasurementError(
        f"/proc/{pid}/smaps_rollup gives no Pss: it takes Linux 4.14 or newer, and leave to read "
        "the process."
    )


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except OSError:
        return b""


def _kib(text: bytes, label: bytes) -> int | None:
    start = text.find(label)
    if start < 0:
        return None
    return int(text[start + len(label) :].split(None, 1)[0])
