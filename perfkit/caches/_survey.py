"""Keep the disk store's folder within its bound, and free of what dead processes left."""

from __future__ import annotations

import contextlib
import os
import re
from typing import NamedTuple

from perfkit.caches._locks import sweep

__all__ = ["DRAFT", "make_room"]

DRAFT = ".draft"
#: An eviction goes on to this share of the bound, so that the next write needs none.
_LOW_WATER = 0.9
#: Only files that the store itself makes are ever touched, whatever else lies in the folder.
_OURS = re.compile(r"[0-9a-f]{64}(?:\.[0-9a-f]{8})?\.(entry|lock|draft)")
_DIGITS = 20


class _File(NamedTuple):
    used_ns: int
    size: int
    path: str


def make_room(folder: str, counter: int, size: int, max_bytes: float, *, anew: bool) -> None:
    """Note that ``size`` bytes are to come, after evicting what has to go.

    To be called by the one who holds the folder's lock. The sum of all sizes is kept in the
    lock file: reading the whole folder at each write would cost more than the write. The
    sum is only ever too high (an entry replaced or dropped, a writer killed), which leads to
    the next survey a little early; the bound holds.

    Parameters
    ----------
    folder : str
        The store's folder.
    counter : int
        Descriptor of the lock file.
    size, max_bytes : int, float
        What comes, and the bound.
    anew : bool
        Do not trust the sum, look for yourself.
    """
    noted = os.pread(counter, _DIGITS, 0)
    total = int(noted) if noted.isdigit() and not anew else None
    if total is None or total + size > max_bytes:
        total = _survey(folder, size, max_bytes)
    os.pwrite(counter, b"%0*d" % (_DIGITS, total + size), 0)


def _survey(folder: str, size: int, max_bytes: float) -> int:
    """Sweep and evict; the bytes that stay."""
    entries = []
    with os.scandir(folder) as files:
        for file in files:
            found = _OURS.fullmatch(file.name)
            if not found:
                continue
            if found[1] == "lock":
                sweep(file.path)
            elif found[1] == "draft":
                _remove(file.path)
            else:
                with contextlib.suppress(FileNotFoundError):
                    status = file.stat(follow_symlinks=False)
                    entries.append(_File(status.st_mtime_ns, status.st_size, file.path))
    total = sum(entry.size for entry in entries)
    if total + size > max_bytes:
        for entry in sorted(entries):
            if total + size <= _LOW_WATER * max_bytes:
                break
            if _remove(entry.path):
                total -= entry.size
    return total


def _remove(path: str) -> bool:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
