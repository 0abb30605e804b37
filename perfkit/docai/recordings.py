"""Answers on file: recorded once from the service, served as often as one likes."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from perfkit.docai.answers import pack, unpack
from perfkit.docai.settings import Settings
from perfkit.errors import ServiceError

__all__ = ["Answering", "Recording", "Recordings"]

_SUFFIX = ".docai"
_MAGIC = b"perfkit docai 1\n"
_LONGEST_HEAD_BYTES = 1 << 16


class Recording(NamedTuple):
    """What an answer on file is an answer to; ``content`` is the digest of the document."""

    file: Path
    name: str
    content: str
    pages: int
    processor: str
    options: str
    recorded: str


class Answering(Protocol):
    """An open document that can give all its pages as one answer."""

    @property
    def content(self) -> str:
        """Digest of what is sent."""
        ...

    def answer(self) -> Any:
        """The answer, protobuf."""
        ...


class Recordings:
    """A folder of answers, one file each: a line that says to what, then compressed protobuf.

    Parameters
    ----------
    folder : path
        Made when the first answer is saved.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)

    def record(
        self, name: str, document: Answering, settings: Settings, *, again: bool = False
    ) -> tuple[Path, bool]:
        """Ask for a document and keep the answer; its file, and whether it was asked for.

        What is on file already is not, unless ``again``.

        Raises
        ------
        PagesFailedError, ServiceError
            If there is no answer for every page.
        """
        file = self._file(document.content, settings)
        if file.is_file() and not again:
            return file, False
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return self.save(name, document.content, settings, document.answer(), now), True

    def save(
        self, name: str, content: str, settings: Settings, document: Any, recorded: str
    ) -> Path:
        """Keep the answer to a whole document; one of the same content and options makes way."""
        head = {
            "name": name,
            "content": content,
            "pages": len(document.pages),
            "processor": settings.processor,
            "options": settings.options,
            "recorded": recorded,
        }
        file = self._file(content, settings)
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}.part")
        draft.write_bytes(_MAGIC + json.dumps(head).encode() + b"\n" + pack(document))
        draft.replace(file)
        return file

    def _file(self, content: str, settings: Settings) -> Path:
        what = f"{settings.processor} {settings.options}"
        return self.folder / f"{content[:32]}-{_digest(what)}{_SUFFIX}"

    def all(self) -> Iterator[Recording]:
        """What there is, by file name.

        Raises
        ------
        ServiceError
            If a file is not one that was recorded.
        """
        for file in sorted(self.folder.glob(f"*{_SUFFIX}")):
            yield _read(file)[0]

    def find(self, content: str) -> Any | None:
        """The answer to a document, by the digest of its bytes; None if there is none.

        Of several, recorded with other options, the newest.
        """
        found = [of for of in self.all() if of.content == content]
        newest = max(found, key=lambda of: of.recorded, default=None)
        return None if newest is None else unpack(_read(newest.file)[1])


def _read(file: Path) -> tuple[Recording, bytes]:
    data = file.read_bytes()
    head, newline, payload = data[len(_MAGIC) :].partition(b"\n")
    if not data.startswith(_MAGIC) or not newline or len(head) > _LONGEST_HEAD_BYTES:
        raise ServiceError(f"{file} is no recorded answer.")
    try:
        told = json.loads(head)
        return Recording(file, **told), payload
    except (ValueError, TypeError) as error:
        raise ServiceError(f"{file} is no recorded answer ({error}).") from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
