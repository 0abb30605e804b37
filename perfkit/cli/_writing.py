"""Where results go: to standard output or to files, whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, TextIO

from perfkit.cli._text import printable

__all__ = ["TargetError", "check_target", "names_in", "whole_file", "whole_output"]

#: More than this is kept on disk, not in memory, until it is whole.
_MOST_IN_MEMORY_BYTES = 1 << 20
#: File systems allow 255; room is left for a suffix and a number.
_LONGEST_NAME_BYTES, _LONGEST_TEMPORARY = 200, 48


class TargetError(Exception):
    """A file that must not, or cannot, be written."""


@contextlib.contextmanager
def whole_output() -> Iterator[TextIO]:
    """A stream that reaches standard output at the end, and not if anything goes wrong."""
    import shutil
    import tempfile

    with tempfile.SpooledTemporaryFile(max_size=_MOST_IN_MEMORY_BYTES) as kept:
        text = io.TextIOWrapper(kept, encoding="utf-8", errors="replace", newline="")
        yield text
        text.flush()
        kept.seek(0)
        try:
            shutil.copyfileobj(kept, sys.stdout.buffer)
            sys.stdout.flush()
        except OSError as error:
            # What the stream still holds must not fail once more when the process ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if isinstance(error, BrokenPipeError):
                raise
            raise TargetError(f"standard output cannot be written: {error.strerror}") from error


@contextlib.contextmanager
def whole_file(path: str) -> Iterator[TextIO]:
    """A stream that becomes the file in one step at the end, and not if anything goes wrong.

    Raises
    ------
    TargetError
        If the file cannot be written.
    """
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            # A device or pipe cannot be replaced, only written to.
            with _open(path, "w") as text:
                yield text
        else:
            with _replacement(os.path.realpath(path)) as text:  # a link stays a link
                yield text
    except OSError as error:
        raise TargetError(
            f"{printable(path)} cannot be written: {error.strerror or error}"
        ) from error


@contextlib.contextmanager
def _replacement(target: str) -> Iterator[TextIO]:
    folder, name = os.path.split(target)
    made = os.path.join(folder, f".{name[:_LONGEST_TEMPORARY]}.{os.urandom(6).hex()}.tmp")
    try:
        with _open(made, "x") as text:
            yield text
        if os.path.exists(target):
            os.chmod(made, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(made, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(made)


def _open(path: str, mode: Literal["w", "x"]) -> TextIO:
    return open(path, mode, encoding="utf-8", errors="replace", newline="")


def names_in(folder: str, files: Iterable[str], suffix: str) -> list[str]:
    """A path in the folder for each file, by its stem; no two are the same.

    File systems may take upper and lower case for the same, so these count as the same.
    """
    taken: set[str] = set()
    paths = []
    for file in files:
        stem = name = _safe_stem(file)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        paths.append(os.path.join(folder, name + suffix))
    return paths


def _safe_stem(file: str) -> str:
    # A document may come with a name from another system: both separators count.
    stem = Path(file.replace("\\", "/")).stem
    kept = "".join(
        letter if letter.isprintable() and letter not in '/:*?"<>|' else "_" for letter in stem
    )
    short = kept.encode("utf-8")[:_LONGEST_NAME_BYTES].decode("utf-8", "ignore")
    return short.lstrip(".") or "document"


def check_target(path: str, inputs: Iterable[str]) -> None:
    """Make the file's folder; refuse a file that must not be written, before any work is done.

    Raises
    ------
    TargetError
        If it is a document that is read, or the truth beside one, or cannot be written.
    """
    shown, folder = printable(path), os.path.dirname(path) or os.curdir
    try:
        os.makedirs(folder, exist_ok=True)
        is_file = os.path.isfile(path)
        if not os.access(path if os.path.exists(path) else folder, os.W_OK):
            raise TargetError(f"{shown} cannot be written: no permission")
        if is_file and any(
            os.path.exists(each) and os.path.samefile(path, each) for each in inputs
        ):
            raise TargetError(f"{shown} is one of the documents to read; name another file")
        if is_file and _is_truth(Path(path)):
            raise TargetError(
                f"{shown} is the truth beside a PDF and is not written over; name another place"
            )
    except OSError as error:
        raise TargetError(f"{shown} cannot be written: {error.strerror or error}") from error


def _is_truth(path: Path) -> bool:
    if path.suffix != ".json" or not path.with_suffix(".pdf").exists():
        return False
    with path.open("rb") as file:
        # What this command wrote before names its documents at the start.
        return b'"documents"' not in file.read(64)
