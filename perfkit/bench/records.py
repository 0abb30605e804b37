"""Raw measurements as JSON lines, written as they are taken and kept with their environment.

A file holds sessions: a line with the environment, then a line a record. A kill loses at
most the line that is being written. Sessions of several days may share a file; those of
unlike machines stay apart.
"""

from __future__ import annotations

import dataclasses
import json
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from perfkit.bench.environment import Environment, collect
from perfkit.errors import MeasurementError

__all__ = [
    "Check",
    "Peak",
    "Plan",
    "Point",
    "Record",
    "Recorder",
    "Run",
    "Session",
    "differing",
    "merge",
    "read",
]


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """One timed run of one arm on one document.

    ``wall_seconds`` and ``cpu_seconds`` are for ``repeats`` calls together; runs of the
    same ``launch`` (a process) and ``round`` are pairs, ``order`` is the place within the
    round. Context switches are None where the platform does not count them.
    """

    launch: str
    arm: str
    document: str
    round: int
    order: int
    started: float
    wall_seconds: float
    cpu_seconds: float
    repeats: int
    pid: int
    voluntary_switches: int | None = None
    involuntary_switches: int | None = None

    @property
    def was_held_up(self) -> bool:
        """Whether it had a processor for less than 97 % of its time."""
        return self.cpu_seconds < 0.97 * self.wall_seconds

    @property
    def was_preempted(self) -> bool:
        """Whether others took the processor from a run that, as far as known, never waited."""
        return self.voluntary_switches == 0 and bool(self.involuntary_switches)

    @property
    def own_seconds(self) -> float:
        """Wall time, less what other processes took from a run that waited for nothing itself.

        What waits (a file, a lock, a sleep) does so as part of its work, and keeps its time.
        """
        if self.was_preempted and self.cpu_seconds > 0:
            return min(self.wall_seconds, self.cpu_seconds)
        return self.wall_seconds


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """What an arm made of a document, taken before any of its times is shown.

    ``error`` says why there is no result; the figures are then zero or None.
    """

    arm: str
    document: str
    pages: int
    items: int
    accuracy: float | None
    accuracy_kind: str | None
    same_as_baseline: bool | None
    rows_differing: int | None
    error: str | None = None
    service: dict[str, Any] | None = None  # of perfkit.bench.bill.bill_of


@dataclasses.dataclass(frozen=True, slots=True)
class Peak:
    """Memory marks of a fresh process that did one job once, in MiB."""

    arm: str
    document: str
    before_mb: float
    peak_mb: float


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """What a sweep is about to measure; ``digest`` tells whether two are the same sweep.

    ``axes`` maps each axis to its values, ``documents`` each document to the digest of its
    bytes; ``subject`` names what is swept. ``paths`` says where the documents lay.
    """

    digest: str
    subject: str
    baseline: str
    axes: dict[str, list[Any]]
    documents: dict[str, str]
    paths: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Point:
    """The settings behind an arm's name: values of the axes, and all fields of its recipe."""

    arm: str
    settings: dict[str, Any]
    recipe: dict[str, Any]


Record = Run | Check | Peak | Plan | Point
_KINDS: dict[str, type[Record]] = {
    kind.__name__.lower(): kind for kind in (Run, Check, Peak, Plan, Point)
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclasses.dataclass(frozen=True, slots=True)
class Session:
    """Records that one launch made, or several merged, all of one environment.

    ``launch`` is its name; empty where several were merged.
    """

    environment: Environment
    records: tuple[Record, ...]
    launch: str = ""


class Recorder:
    """Collects records, and appends each to a file as it comes.

    Parameters
    ----------
    path : path, optional
        A JSON-lines file, made or appended to; None keeps the records in memory only.
    environment : Environment, optional
        Of the records; by default that of this process.
    go_on : Session, optional
        A session of the same file that was cut short: its records stay, and what is added
        belongs to it.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        environment: Environment | None = None,
        *,
        go_on: Session | None = None,
    ) -> None:
        self.environment = go_on.environment if go_on else environment or collect()
        #: Names this recording; runs carry it, so that rounds of two launches never pair.
        self.launch = (go_on and go_on.launch) or uuid.uuid4().hex[:12]
        self.records: list[Record] = list(go_on.records) if go_on else []
        self._file: TextIO | None = None
        if path is not None:
            self._file = _append_to(Path(path))
            if go_on is None:
                self._write("environment", self.environment.as_dict())

    def add(self, record: Record) -> None:
        """Keep a record; it is on its way to the disk before this returns."""
        self.records.append(record)
        if self._file is not None:
            self._write(_NAMES[type(record)], dataclasses.asdict(record))

    def _write(self, kind: str, values: dict[str, Any]) -> None:
        assert self._file is not None
        line = {"kind": kind, "launch": self.launch, **values}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    @property
    def session(self) -> Session:
        """All that was added, with its environment."""
        return Session(self.environment, tuple(self.records), self.launch)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _append_to(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torn = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise MeasurementError(f"{path} cannot be written to ({error.strerror}).") from error
    if torn:
        # A kill cut the last line; what comes now must not be joined to it.
        file.write("\n")
    return file


def read(path: str | os.PathLike[str]) -> list[Session]:
    """The sessions of a file, in the order they were begun.

    A line that a kill cut short is left out.

    Raises
    ------
    MeasurementError
        If the file cannot be read, or holds no record of perfkit.
    """
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise MeasurementError(f"{os.fspath(path)}: {error.strerror}.") from error
    environments: dict[str, Environment] = {}
    records: dict[str, list[Record]] = {}
    for values in _lines(text):
        kind = values.pop("kind", None)
        try:
            launch = values["launch"] if kind == "run" else values.pop("launch", None)
            if kind == "environment":
                environments[launch] = Environment.from_dict(values)
            elif kind in _KINDS:
                records.setdefault(launch, []).append(_KINDS[kind](**values))
        except (KeyError, TypeError) as error:
            raise MeasurementError(
                f"{os.fspath(path)}: a line is not as this version writes it ({error})."
            ) from error
    if not environments:
        raise MeasurementError(f"{os.fspath(path)} holds no record of perfkit.")
    return [Session(place, tuple(records.get(key, ())), key) for key, place in environments.items()]


def _lines(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            values = json.loads(line)
        except ValueError:
            continue
        if isinstance(values, dict):
            yield values


def merge(sessions: Sequence[Session]) -> Session:
    """One session of many, where machine and code are the same.

    Raises
    ------
    MeasurementError
        If there is none, or they are of unlike machines, packages or code: such times say
        nothing about each other.
    """
    if not sessions:
        raise MeasurementError("There are no records to merge.")
    first = sessions[0].environment
    for session in sessions[1:]:
        if session.environment.id != first.id:
            apart = differing(first, session.environment)
            raise MeasurementError(
                f"Records of unlike environments are not merged; they differ in {apart}. "
                "Choose one session of read(path)."
            )
    everything: Iterable[Record] = (record for session in sessions for record in session.records)
    return Session(first, tuple(everything))


def differing(one: Environment, other: Environment) -> str:
    """In what two environments differ, with both values."""
    left, right = one.as_dict(), other.as_dict()
    names = [name for name in left if name != "load" and left[name] != right[name]]
    return ", ".join(f"{name} ({left[name]} and {right[name]})" for name in names)
