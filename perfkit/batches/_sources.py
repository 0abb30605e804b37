"""Which files a batch is over: those of a folder, of a pattern, or of a list."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator

from perfkit.errors import BatchError

__all__ = ["Source", "find_files", "sources_of"]

Source = str | os.PathLike[str]

_PATTERN = "*?["
#: A list is lines of text; a longer one is something else.
_LONGEST_PATH_BYTES = 1 << 16


def sources_of(given: Source | Iterable[Source]) -> Iterable[Source]:
    """One source or several, as several."""
    return [given] if isinstance(given, str | os.PathLike) else given


def find_files(sources: Iterable[Source]) -> list[str]:
    """Absolute paths of all files, each once, in order: sources as given, a folder sorted.

    A folder gives everything in it and below it whose name ends in ``.pdf``, be it a file or
    not; links to folders are not followed. A name with ``*``, ``?`` or ``[`` that is no file is
    a pattern (``**`` for any depth). A file that does not end in ``.pdf`` is a list, one path a
    line.

    Raises
    ------
    BatchError
        If a source does not exist, or gives nothing.
    """
    found: dict[str, None] = {}
    for source in sources:
        name = os.fspath(source)
        files = [os.path.abspath(file) for file in _files_of(name)]
        if not files:
            raise BatchError(f"{name}: there is no PDF here. Give a folder, a pattern or a list.")
        found |= dict.fromkeys(files)
    return list(found)


def _files_of(source: str) -> Iterable[str]:
    if os.path.isdir(source):
        return _below(source)
    if not os.path.lexists(source) and any(sign in source for sign in _PATTERN):
        return sorted(glob.glob(source, recursive=True, include_hidden=True))
    if source.lower().endswith(".pdf"):
        return [source]
    return _listed(source)


def _below(folder: str) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders.sort()
        yield from (
            os.path.join(place, name) for name in sorted(files) if name.lower().endswith(".pdf")
        )


def _listed(source: str) -> Iterator[str]:
    try:
        if not os.path.isfile(source):
            raise BatchError(f"{source}: there is no such folder, pattern or list.")
        with open(source, "rb") as file:
            while line := file.readline(_LONGEST_PATH_BYTES):
                path = os.fsdecode(line).rstrip("\r\n")
                if len(line) == _LONGEST_PATH_BYTES or "\0" in path:
                    raise BatchError(f"{source}: this is no list of files, one path a line.")
                if path.strip():
                    # As written: relative to where the command runs, as `find` prints them.
                    yield path
    except (OSError, ValueError) as error:
        raise BatchError(f"{source}: the list cannot be read ({error}).") from error
