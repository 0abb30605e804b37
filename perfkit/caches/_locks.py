"""Locks between threads and processes that the kernel frees when their holder dies."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["has_locks", "locked", "sweep"]

_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
#: Pauses between two attempts: a waiter learns of the end so much later at most.
_SHORTEST_SECONDS, _LONGEST_SECONDS = 0.0005, 0.010

#: Descriptors of locks held here. A forked child inherits them, and a lock lives as long as
#: any copy of its descriptor: the child closes its own, or a dead parent's lock would stay.
_held: set[int] = set()


def has_locks() -> bool:
    """Whether this platform has them."""
    return fcntl is not None


def _forget() -> None:
    for descriptor in _held:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


@contextlib.contextmanager
def locked(path: str, patience_seconds: float, *, keep: bool = False) -> Iterator[int | None]:
    """Hold the lock file: its descriptor, or None where the patience ran out.

    Parameters
    ----------
    path : str
        The lock file; made if it is not there.
    patience_seconds : float
        A holder may be stopped (SIGSTOP) or hang, so nobody waits for ever.
    keep : bool
        Leave the file when done; else it is removed, so that no lock outlives its use.

    Raises
    ------
    OSError
        If the file cannot be made.
    """
    descriptor = _take(path, time.monotonic() + patience_seconds)
    if descriptor is None:
        yield None
        return
    _held.add(descriptor)
    try:
        yield descriptor
    finally:
        if descriptor in _held:  # else this is a forked child, and the lock its parent's
            _held.discard(descriptor)
            if not keep:
                _unlink(path)
            # Unlocked by name: closing would not do it while a forked child has a copy.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)


def sweep(path: str) -> None:
    """Remove a lock file that a dead process left; one in use stays."""
    with contextlib.suppress(OSError), locked(path, 0.0):
        pass


def _take(path: str, deadline: float) -> int | None:
    pause = _SHORTEST_SECONDS
    while True:
        descriptor = _attempt(path)
        if descriptor is not None:
            return descriptor
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_SECONDS)


def _attempt(path: str) -> int | None:
    try:
        descriptor = os.open(path, _FLAGS, 0o600)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        _unlink(path)  # a symbolic link was planted here; it must not stop the work
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The last holder may have removed the file after it was opened here: then this lock
        # is on a file that nobody else will find, and worth nothing.
        if os.path.samestat(os.fstat(descriptor), os.lstat(path)):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _unlink(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)
