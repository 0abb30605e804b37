"""disk: entries that outlive the process, shared by all processes of one user.

One file an entry, with a keyed digest over all of it: what was not written by a holder of
the secret, or not for this key, is never served. There is nothing to open and no index that
could break; a file is replaced whole or not at all, so a process may die at any point.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from perfkit.caches import _survey
from perfkit.caches._entry import OVERHEAD_BYTES, entry_name, seal, unseal
from perfkit.caches._locks import has_locks, locked
from perfkit.caches._look import MIB, Life, Look
from perfkit.caches._private import default_folder, load_secret, private_folder, secret_file
from perfkit.errors import CacheError

__all__ = ["DiskStore", "open_store"]

logger = logging.getLogger(__name__)

#: A write takes well under a millisecond; who holds the folder longer is stopped or hangs.
_WRITE_PATIENCE_SECONDS = 5.0
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_CLOEXEC = getattr(os, "O_CLOEXEC", 0)


class DiskStore:
    """Entries in a folder; fulfils :class:`perfkit.caches.Store` for threads and processes.

    Parameters
    ----------
    folder : Path
        Of mode 0700.
    secret : bytes
        Keys the digests; whoever has another one sees an empty store.
    ttl_seconds, max_mb, clock
        As :meth:`perfkit.caches.Cache.open_store` says; file sizes count.
    """

    def __init__(
        self,
        folder: Path,
        secret: bytes,
        ttl_seconds: float,
        max_mb: float,
        clock: Callable[[], float],
    ) -> None:
        self._folder, self._secret = os.fspath(folder), secret
        self._ttl, self._clock = ttl_seconds, clock
        self._max_bytes = max_mb * MIB
        self._surveyed = False

    def look(self, key: str) -> Look:
        """What is held under a key."""
        name = entry_name(self._secret, key)
        path = self._path(name, ".entry")
        try:
            descriptor = os.open(path, _READ | _CLOEXEC)
        except FileNotFoundError:
            return Look("missing")
        except OSError as error:
            if error.errno == errno.ELOOP:
                return self._tampered(name, "a symbolic link", None)
            logger.warning("a cache entry cannot be read: %s", error)
            return Look("missing")
        try:
            return self._look_into(name, descriptor)
        except OSError as error:
            logger.warning("a cache entry cannot be read: %s", error)
            return Look("missing")
        finally:
            os.close(descriptor)

    def _look_into(self, name: str, descriptor: int) -> Look:
        status = os.fstat(descriptor)
        doubt = self._doubt(status)
        if doubt:
            return self._tampered(name, doubt, status)
        entry = unseal(self._secret, name, os.read(descriptor, status.st_size + 1))
        if entry is None:
            return self._tampered(name, "its digest is wrong", status)
        if not entry.life.holds(self._clock(), self._ttl):
            self._drop(name, status)
            return Look("expired")
        # The order of use, for eviction. Not by the store's clock, which may stand still.
        with contextlib.suppress(OSError):
            os.utime(descriptor, ns=(time.time_ns(),) * 2)
        return Look("live", entry.payload)

    def put(self, key: str, payload: bytes) -> None:
        """Keep a payload."""
        name, now = entry_name(self._secret, key), self._clock()
        size = OVERHEAD_BYTES + len(payload)
        if size > self._max_bytes:
            logger.warning(
                "a result of %d bytes is larger than the cache and is not kept; raise max_mb", size
            )
            return
        sealed = seal(self._secret, name, Life(now, now + self._ttl), payload)
        try:
            try:
                self._write(name, sealed)
            except FileNotFoundError:  # someone removed the folder
                private_folder(Path(self._folder))
                self._write(name, sealed)
        except (OSError, CacheError) as error:
            logger.warning(
                "a result cannot be kept in the cache, and is made anew next time: %s", error
            )

    @contextlib.contextmanager
    def flight(self, key: str, patience_seconds: float) -> Iterator[bool]:
        """Held by one thread of one process at a time for a key."""
        path = self._path(entry_name(self._secret, key), ".lock")
        with contextlib.ExitStack() as stack:
            try:
                alone = stack.enter_context(locked(path, patience_seconds)) is not None
            except OSError as error:
                logger.warning("the cache cannot lock, work may be done twice: %s", error)
                alone = False
            yield alone

    def _path(self, name: str, suffix: str) -> str:
        return f"{self._folder}/{name}{suffix}"

    def _doubt(self, status: os.stat_result) -> str | None:
        """Why a file cannot be an entry of this store, as far as its status tells."""
        if not stat.S_ISREG(status.st_mode):
            return "not a regular file"
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            return "others could have written or read it"
        if not OVERHEAD_BYTES <= status.st_size <= self._max_bytes:
            return "its size is wrong"
        return None

    def _write(self, name: str, sealed: bytes) -> None:
        # One writer at a time: a draft that is seen under this lock is a dead process's.
        with self._folder_locked() as descriptor:
            _survey.make_room(
                self._folder, descriptor, len(sealed), self._max_bytes, anew=not self._surveyed
            )
            self._surveyed = True
            draft = self._path(f"{name}.{os.urandom(4).hex()}", _survey.DRAFT)
            try:
                with open(os.open(draft, _CREATE | _CLOEXEC, 0o600), "wb") as file:
                    file.write(sealed)
                os.replace(draft, self._path(name, ".entry"))
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(draft)
                raise

    @contextlib.contextmanager
    def _folder_locked(self) -> Iterator[int]:
        with locked(f"{self._folder}/.lock", _WRITE_PATIENCE_SECONDS, keep=True) as descriptor:
            if descriptor is None:
                raise TimeoutError("another process holds the cache's folder and does not go on")
            yield descriptor

    def _tampered(self, name: str, why: str, seen: os.stat_result | None) -> Look:
        logger.warning("a cache entry was tampered with (%s) and is dropped: %s", why, name[:16])
        self._drop(name, seen)
        return Look("tampered")

    def _drop(self, name: str, seen: os.stat_result | None) -> None:
        """Remove what was seen (None: a link), not what someone put in its place meanwhile."""
        path = self._path(name, ".entry")
        try:
            with self._folder_locked():
                status = os.lstat(path)
                if seen is None and not stat.S_ISLNK(status.st_mode):
                    return
                if seen is not None and not os.path.samestat(status, seen):
                    return
                (os.rmdir if stat.S_ISDIR(status.st_mode) else os.unlink)(path)
        except FileNotFoundError:
            pass
        except OSError as error:
            logger.warning("a cache entry cannot be removed: %s", error)


class _Nothing:
    """Stands in where nothing can be kept: everything is missing, and made anew."""

    def look(self, key: str) -> Look:  # noqa: ARG002 -- the protocol's
        return Look("missing")

    def put(self, key: str, payload: bytes) -> None:
        """Keep nothing; that was said once, at the start."""

    @contextlib.contextmanager
    def flight(self, key: str, patience_seconds: float) -> Iterator[bool]:  # noqa: ARG002 -- same
        yield False


def open_store(
    *,
    ttl_seconds: float,
    max_mb: float,
    directory: str | os.PathLike[str] | None,
    clock: Callable[[], float],
) -> DiskStore | _Nothing:
    """The store in a folder, made if it is not there; in the user's cache folder by default.

    Where the folder cannot be made, a warning is logged and nothing is kept.

    Raises
    ------
    CacheError
        If the folder or the secret is not private, or there are no file locks (Windows).
    """
    if not has_locks():
        raise CacheError(
            'store="disk" needs the file locks of POSIX (the module fcntl), which this platform '
            'does not have. Use store="memory".'
        )
    folder = default_folder() if directory is None else Path(directory).absolute()
    try:
        private_folder(folder)
        secret = load_secret(secret_file(), folder)
    except OSError as error:
        logger.warning("the cache cannot be kept on disk, every result is made anew: %s", error)
        return _Nothing()
    return DiskStore(folder, secret, ttl_seconds, max_mb, clock)
