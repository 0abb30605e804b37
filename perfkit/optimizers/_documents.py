"""Find a document, and tell it from all others by its bytes."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
from pathlib import Path
from typing import NamedTuple

from perfkit.errors import DocumentNotFoundError, NotAFileError
from perfkit.nearest import did_you_mean
from perfkit.source import Invoice, open_source

__all__ = ["Document", "NamedBytes", "find_by_number", "identify", "is_number"]

_CHUNK_BYTES = 1 << 20


class NamedBytes(io.BytesIO):
    """A document in memory that errors can name."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = name


class Document(NamedTuple):
    """A document's name, the SHA-256 of its bytes, and its bytes if they were read whole."""

    name: str
    digest: str
    data: bytes | None

    def whole(self, max_file_mb: float) -> Document:
        """The same with its bytes; digested anew, for the file may be another one by now."""
        if self.data is not None:
            return self
        source = open_source(self.name, max_file_mb=max_file_mb)
        try:
            data = Path(source.name).read_bytes()
        except OSError as error:
            raise NotAFileError(
                self.name, problem=f"the file cannot be read ({error.strerror})"
            ) from error
        return Document(self.name, hashlib.sha256(data).hexdigest(), data)


def identify(invoice: Invoice, max_file_mb: float) -> Document:
    """Digest a document; a file is not kept in memory for it.

    Raises
    ------
    DocumentError
        If it cannot be a document; see :func:`perfkit.source.open_source`.
    """
    if isinstance(invoice, (str, os.PathLike)):
        path = os.fspath(invoice)
        digest = _digest_of_file(path, max_file_mb)
        if digest is not None:
            return Document(path, digest, None)
    source = open_source(invoice, max_file_mb=max_file_mb)
    if source.data is None:
        raise NotAFileError(source.name, problem="the file cannot be read")
    return Document(source.name, hashlib.sha256(source.data).hexdigest(), source.data)


def _digest_of_file(path: str, max_file_mb: float) -> str | None:
    """None where something is wrong: `open_source` finds the words for it."""
    try:
        # Looked at before it is opened: opening a pipe would wait for a writer.
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > max_file_mb * (1 << 20):
            return None
        state = hashlib.sha256()
        # One buffer that is used again: memory taken for the whole file costs more than
        # reading it.
        chunk = memoryview(bytearray(min(_CHUNK_BYTES, status.st_size + 1)))
        with open(path, "rb", buffering=0) as file:
            while count := file.readinto(chunk):
                state.update(chunk[:count])
    except (OSError, ValueError):
        return None
    return state.hexdigest()


def is_number(invoice: Invoice) -> bool:
    """Whether it is meant as an invoice number: text that is no file, nor looks like one."""
    return (
        isinstance(invoice, str)
        and Path(invoice).name == invoice
        and not invoice.lower().endswith(".pdf")
        and not os.path.isfile(invoice)
    )


def find_by_number(number: str, folder: str | os.PathLike[str]) -> str:
    """Path of the PDF whose file name is the number, or else has it as a word in it.

    A relative folder is looked for in the working folder and in those above it, so that a
    notebook finds the same documents as a call from the repository's root.

    Raises
    ------
    DocumentNotFoundError
        If there is none, or more than one.
    """
    place = _folder(Path(folder), number)
    files = sorted(file for file in place.iterdir() if file.suffix.lower() == ".pdf")
    wanted = number.lower()
    found = [file for file in files if file.stem.lower() == wanted]
    if not found and wanted:
        word = re.compile(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])")
        found = [file for file in files if word.search(file.stem.lower())]
    if len(found) == 1:
        return os.fspath(found[0])
    if found:
        names = ", ".join(file.name for file in found)
        raise DocumentNotFoundError(
            number,
            problem=f"{len(found)} documents in {place} have this number in their name: {names}",
            remedy="Give the path of the one that is meant.",
        )
    raise DocumentNotFoundError(
        number,
        problem=f"no document in {place} has this number as its file's name",
        remedy=f"Check the number, or give a path{did_you_mean(number, (f.stem for f in files))}",
    )


def _folder(folder: Path, number: str) -> Path:
    here = Path.cwd()
    for above in (here, *here.parents):
        if (above / folder).is_dir():
            # As short as the caller wrote it, where it is found from the working folder.
            return folder if above == here else above / folder
    raise DocumentNotFoundError(
        number,
        problem=f"there is no folder {folder} to look for this number in",
        remedy="Give the folder of your invoices (invoices=...), or a path.",
    )
