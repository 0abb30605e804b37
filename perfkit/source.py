"""Source: a document's bytes, wherever they come from, checked before an engine sees them."""

from __future__ import annotations

import os
import re
import stat
import sys
from typing import BinaryIO, NamedTuple

from perfkit.errors import (
    DocumentNotFoundError,
    DocumentTooLargeError,
    EmptyFileError,
    NotAFileError,
    NotAPdfError,
    TruncatedPdfError,
)

__all__ = ["Invoice", "Source", "check_source", "open_source"]

#: What callers may give as a document.
Invoice = str | os.PathLike[str] | BinaryIO | bytes

#: Readers accept a header within the first 1,024 bytes (PDF Reference 1.7, appendix H, note 13).
_WINDOW_BYTES = 1024
#: Programs pad a file, or append something: so much of its end is read to find its end mark.
_TAIL_BYTES = 1 << 16
_OBJECT = re.compile(rb"\b\d+\s+\d+\s+obj\b")
_MIB = 1 << 20


class Source(NamedTuple):
    """A checked document: its name for messages, and its path or its bytes (one of the two)."""

    name: str
    path: str | None
    data: bytes | None


def open_source(invoice: Invoice, *, max_file_mb: float = 100.0) -> Source:
    """Check that a document can be a PDF, reading only its first and last bytes.

    Parameters
    ----------
    invoice : path, open binary file or bytes
        An open file is read from where it stands to its end.
    max_file_mb : float
        Limit in MiB.

    Raises
    ------
    DocumentNotFoundError, NotAFileError, EmptyFileError, DocumentTooLargeError,
    NotAPdfError, TruncatedPdfError
        As their names say; each names the file and what to do.
    """
    if isinstance(invoice, (bytes, bytearray, memoryview)):
        return check_source(Source("<bytes>", None, bytes(invoice)), max_file_mb=max_file_mb)
    if isinstance(invoice, (str, os.PathLike)):
        return _from_path(os.fspath(invoice), max_file_mb)
    if not hasattr(invoice, "read"):
        raise TypeError(
            f"a document is a path, an open binary file or bytes, not {type(invoice).__name__}"
        )
    name = getattr(invoice, "name", None)
    data = _read(invoice, max_file_mb)
    source = Source(name if isinstance(name, str) else "<file>", None, data)
    return check_source(source, max_file_mb=max_file_mb)


def _read(file: BinaryIO, max_file_mb: float) -> bytes:
    """All that is left of a file, or one byte more than the limit."""
    left = int(min(max_file_mb * _MIB, sys.maxsize - 1)) + 1
    parts = []
    # An unbuffered file or pipe gives less than it is asked for.
    while left > 0 and (part := file.read(left)):
        if not isinstance(part, bytes):
            raise TypeError("open the document in binary mode: open(path, 'rb')")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _from_path(path: str, max_file_mb: float) -> Source:
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DocumentNotFoundError(path) from error
    except (OSError, ValueError) as error:
        raise NotAFileError(path, problem=f"the file cannot be reached ({error})") from error
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe, socket or device"
        raise NotAFileError(path, problem=f"this is {kind}, not a regular file")
    _check_size(path, status.st_size, max_file_mb)
    try:
        with open(path, "rb") as file:
            head = file.read(_WINDOW_BYTES)
            file.seek(max(0, status.st_size - _TAIL_BYTES))
            tail = file.read()
    except OSError as error:
        raise NotAFileError(
            path,
            problem=f"the file cannot be opened ({error.strerror})",
            remedy="Check its permissions.",
        ) from error
    _check_ends(path, head, tail, status.st_size)
    return Source(path, path, None)


def check_source(source: Source, *, max_file_mb: float = 100.0) -> Source:
    """The source, if its bytes can be a PDF.

    Raises
    ------
    EmptyFileError, DocumentTooLargeError, NotAPdfError, TruncatedPdfError
        See :func:`open_source`.
    """
    data = source.data or b""
    _check_size(source.name, len(data), max_file_mb)
    _check_ends(source.name, data[:_WINDOW_BYTES], data[-_TAIL_BYTES:], len(data))
    return source


def _check_size(name: str, size: int, max_file_mb: float) -> None:
    if size == 0:
        raise EmptyFileError(name)
    if size > max_file_mb * _MIB:
        raise DocumentTooLargeError(
            name,
            problem=f"the file has {size / _MIB:.1f} MiB, the limit is {max_file_mb:g} MiB",
            remedy="Split it, or raise Recipe.max_file_mb.",
        )


def _check_ends(name: str, head: bytes, tail: bytes, size: int) -> None:
    if b"%PDF-" not in head:
        raise NotAPdfError(name)
    # A linearized file says its own length at its start, and has an end mark there too.
    linearized = re.search(rb"/Linearized\b[^>]*?/L\s+(\d+)", head)
    behind = tail.rpartition(b"%%EOF")
    # What servers or mail programs append is no PDF object; what an update begins with is one.
    cut_off = not behind[1] or _OBJECT.search(behind[2])
    if cut_off or (linearized and int(linearized[1]) > size):
        raise TruncatedPdfError(name)
