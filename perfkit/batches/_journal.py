"""The output folder of a batch: results and manifest, appended so that no crash harms them.

``results.jsonl`` has one line for each document, ``manifest.jsonl`` one for each file. The lines
of a file's documents are written in one piece before its line of the manifest, and all carry the
number that ties them together. What a crash leaves half done is therefore a torn
last line, or a result that the manifest does not know: both are dropped at the next start.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
import zlib
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, NamedTuple

from perfkit.batches.outcomes import ITEMS
from perfkit.errors import BatchError

__all__ = ["MANIFEST", "PREDICTION", "RESULTS", "Journal", "Known", "read_lines"]

MANIFEST, RESULTS, _LOCK = "manifest.jsonl", "results.jsonl", ".lock"
#: What a dry run has said; see :mod:`perfkit.batches.predict`.
PREDICTION = "prediction.json"
_NUMBER = re.compile(rb'\{"record":(\d+),')
#: How often what was written is made to survive a power cut.
SYNC_SECONDS = 5.0


class Known(NamedTuple):
    """What a run before found out about a file."""

    record: int
    sha256: str | None
    outcome: str
    recipe: str
    doubtful: bool = False


class Journal:
    """An output folder while a batch writes to it; for one thread, and one process at a time.

    Attributes
    ----------
    known : dict of str to Known
        What earlier runs have finished, by the file's absolute path.

    Raises
    ------
    BatchError
        If the folder cannot be used, or another batch is using it.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.known: dict[str, Known] = {}
        self._synced = time.monotonic()
        try:
            os.makedirs(folder, exist_ok=True)
            self._lock = os.open(os.path.join(folder, _LOCK), os.O_CREAT | os.O_RDWR, 0o600)
            self._take_lock()
            self._next = self._recover()
            self._results, self._manifest = self._append_to(RESULTS), self._append_to(MANIFEST)
        except OSError as error:
            raise BatchError(f"{folder} cannot be written: {error.strerror or error}.") from error

    def _take_lock(self) -> None:
        import fcntl

        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            raise BatchError(
                f"{self.folder} is in use by another batch. Wait for it, or name another folder."
            ) from error

    def path(self, name: str) -> str:
        """Of a file in the folder."""
        return os.path.join(self.folder, name)

    def _append_to(self, name: str) -> int:
        return os.open(self.path(name), os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o666)

    def _recover(self) -> int:
        """Find out what is done, drop what is not sound; the next number."""
        lines: dict[str, tuple[int, int | None]] = {}  # file: its last line, and its checksum
        count = most = 0
        for line in read_lines(self.path(MANIFEST)):
            count += 1
            record = _parsed(line)
            if record is None:
                continue
            number, file = record["record"], record["file"]
            most = max(most, number)
            lines[file] = number, record.get("crc32")
            self.known[file] = _known(record)
        kept = {crc[0]: crc[1] for crc in lines.values() if crc[1] is not None}
        found: dict[int, int] = {}  # the checksum of all lines of a number
        for line in read_lines(self.path(RESULTS)):
            number = _number(line)
            most = max(most, number)
            found[number] = zlib.crc32(line, found.get(number, 0))
        sound = {number for number, crc in found.items() if kept.get(number) == crc}
        self.known = {
            file: known
            for file, known in self.known.items()
            if known.outcome != ITEMS or known.record in sound
        }
        live = {known.record for known in self.known.values()}
        if len(found) != len(sound) or _is_torn(self.path(RESULTS)):
            self._compact(RESULTS, sound & live)
        if count != len(live) or _is_torn(self.path(MANIFEST)):
            self._compact(MANIFEST, live)
        return most + 1

    def _compact(self, name: str, keep: set[int]) -> None:
        """Write a file anew, in one step, with the lines of these numbers; one in the manifest."""
        left = set(keep)
        made = self.path(f".{name}.tmp")
        with open(made, "wb") as file:
            for line in read_lines(self.path(name)):
                number = _number(line)
                if number in left:
                    if name == MANIFEST:
                        left.discard(number)
                    file.write(line)
            file.flush()
            os.fsync(file.fileno())
        os.replace(made, self.path(name))

    def add(self, record: dict[str, Any], result: Sequence[bytes]) -> None:
        """Write down how a file ended; ``result`` has a line for each document, a JSON object.

        Raises
        ------
        BatchError
            If it cannot be written, the disk being full above all; the files are as before.
        """
        number = self._next
        self._next += 1
        before = [os.fstat(handle).st_size for handle in (self._results, self._manifest)]
        record = {"record": number, **record}
        try:
            if result:
                told = {name: record[name] for name in ("integrity", "damage")}
                head = json.dumps({"record": number, **told}, separators=(",", ":")).encode()
                lines = b"".join(
                    b"%b,%b\n" % (head[:-1], line[1:].replace(b"\n", b" ")) for line in result
                )
                record["crc32"] = zlib.crc32(lines)
                _write(self._results, lines)
            _write(self._manifest, json.dumps(record, separators=(",", ":")).encode() + b"\n")
            if time.monotonic() > self._synced + SYNC_SECONDS:
                self._sync()
        except OSError as error:
            for handle, size in zip((self._results, self._manifest), before, strict=True):
                with contextlib.suppress(OSError):
                    os.ftruncate(handle, size)
            raise BatchError(
                f"{self.folder} cannot be written: {error.strerror or error}. What is done is "
                "kept: make room and run the same command again, it does the rest."
            ) from error
        self.known[record["file"]] = _known(record)

    def _sync(self) -> None:
        os.fsync(self._results)  # the manifest must not know of a result that is not there
        os.fsync(self._manifest)
        self._synced = time.monotonic()

    def write(self, name: str, text: str) -> None:
        """Write a small file of the folder in one step."""
        made = self.path(f".{name}.tmp")
        try:
            with open(made, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(made, self.path(name))
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(made)
            raise BatchError(
                f"{self.path(name)} cannot be written: {error.strerror or error}."
            ) from error

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):
            self._sync()
        for handle in (self._results, self._manifest, self._lock):
            os.close(handle)


def _known(record: dict[str, Any]) -> Known:
    return Known(
        record["record"],
        record["sha256"],
        record["outcome"],
        record["recipe"],
        bool(record.get("doubtful")),
    )


def read_lines(path: str) -> Iterator[bytes]:
    """Whole lines of a file, with their ends; none if it does not exist."""
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed below
    except FileNotFoundError:
        return
    with file:
        for line in file:
            if line.endswith(b"\n"):
                yield line


def _is_torn(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            if not file.seek(0, os.SEEK_END):
                return False
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
    except FileNotFoundError:
        return False


def _parsed(line: bytes) -> dict[str, Any] | None:
    """A line of the manifest; None if it is none."""
    try:
        record = json.loads(line)
        whole = all(name in record for name in ("record", "file", "sha256", "outcome", "recipe"))
    except (ValueError, TypeError):
        return None
    return record if whole and isinstance(record["record"], int) else None


def _number(line: bytes) -> int:
    found = _NUMBER.match(line)
    return int(found[1]) if found else -1


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
