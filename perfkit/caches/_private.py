"""The cache's folder, and the secret outside of it: both for their owner's eyes alone."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from perfkit.errors import CacheError

__all__ = ["SECRET_BYTES", "default_folder", "load_secret", "private_folder", "secret_file"]

SECRET_BYTES = 32
_OTHERS = 0o077


def default_folder() -> Path:
    """Where a cache lies if nobody says where."""
    return _base("XDG_CACHE_HOME", ".cache") / "results"


def secret_file() -> Path:
    """Where the secret lies: with a user's state, which nobody clears as they do a cache."""
    return _base("XDG_STATE_HOME", ".local/state") / "cache.key"


def _base(variable: str, below_home: str) -> Path:
    # The specification has a relative path ignored (XDG Base Directory 0.8).
    named = Path(os.environ.get(variable, ""))
    if named.is_absolute():
        return named / "perfkit"
    try:
        return Path.home() / below_home / "perfkit"
    except RuntimeError as error:
        raise CacheError(
            f"No home folder is known for the disk cache. Set {variable} to a folder of your own."
        ) from error


def private_folder(folder: Path) -> None:
    """Make the folder with mode 0700, or check that it is so; an empty one is made so.

    Raises
    ------
    CacheError
        If it belongs to someone else, or others may enter it.
    OSError
        If it cannot be made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.stat()
    if not stat.S_ISDIR(status.st_mode):
        raise CacheError(f"{folder}: this is no folder. Give the cache another directory.")
    if status.st_uid != os.geteuid():
        raise CacheError(
            f"{folder}: the folder belongs to another user, who could read and replace results. "
            "Give the cache a directory of your own."
        )
    if status.st_mode & _OTHERS:
        # Nothing was in it that others could have seen or put there: it may be closed.
        if not any(folder.iterdir()):
            folder.chmod(0o700)
            return
        raise CacheError(
            f"{folder}: others may enter the folder (mode {stat.S_IMODE(status.st_mode):04o}). "
            f"If it is a cache, close it (chmod 700) and empty it; else give another directory."
        )


def load_secret(file: Path, cache: Path) -> bytes:
    """The secret, made on first use; whoever has it can forge entries.

    Raises
    ------
    CacheError
        If it lies inside the cache, is damaged, or others may read it.
    OSError
        If it can be neither read nor made.
    """
    if cache.resolve() in file.resolve().parents:
        raise CacheError(
            f"{cache}: the secret of the cache lies in this folder, where it protects nothing. "
            "Give the cache another directory."
        )
    with contextlib.suppress(FileNotFoundError):
        return _read(file)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written in full under another name, then linked: nobody ever reads half of it, and of
    # several processes that start together one wins.
    draft = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as out:
            out.write(os.urandom(SECRET_BYTES))
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink()
    return _read(file)


def _read(file: Path) -> bytes:
    again = f"Remove {file}: a new one is made, and the cache starts afresh."
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise CacheError(
            f"The cache's secret cannot be read ({error.strerror}). {again}"
        ) from error
    with open(descriptor, "rb") as opened:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
            raise CacheError(f"The cache's secret is not a file of your own. {again}")
        if status.st_mode & _OTHERS:
            raise CacheError(f"The cache's secret could be read by others. {again}")
        secret = opened.read(SECRET_BYTES + 1)
    if len(secret) != SECRET_BYTES:
        raise CacheError(f"The cache's secret is damaged. {again}")
    return secret
