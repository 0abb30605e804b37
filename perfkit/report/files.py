"""Write a file so that a reader finds the old one or the new one, never a half."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from perfkit.errors import ReportError

__all__ = ["write_whole"]


def write_whole(path: Path, text: str) -> None:
    """Replace a file in one step; an interruption leaves what was there.

    Raises
    ------
    ReportError
        If the folder can't be made or written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ReportError(f"{path} cannot be written: {error.strerror}.") from error
        raise


def _umask() -> int:
    # mkstemp makes files that only their owner reads; a report is for others too.
    mask = os.umask(0)
    os.umask(mask)
    return mask
