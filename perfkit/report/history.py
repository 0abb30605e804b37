"""Earlier runs of the notebooks: a line each, appended beside the pages, shown on the index."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from perfkit.errors import ReportError

__all__ = ["FILE", "Past", "note", "past_runs"]

FILE = "history.jsonl"


@dataclasses.dataclass(frozen=True, slots=True)
class Past:
    """What stays of a run once its page is written over.

    ``started`` is ISO 8601 with its offset, ``machine`` names processor and cores,
    ``revision`` the code; ``sentences`` are what its verdicts said, ``error`` the cell that
    failed.
    """

    name: str
    title: str
    started: str
    seconds: float
    sentences: tuple[str, ...]
    error: str | None
    machine: str
    revision: str | None


def note(run: Past, out: Path) -> None:
    """Append a run to the history of a report folder.

    Raises
    ------
    ReportError
        If the folder can't be written to.
    """
    line = json.dumps(dataclasses.asdict(run)) + "\n"
    path = out / FILE
    try:
        with path.open("a+b") as file:
            # A kill may have cut the last line; what comes now must not be joined to it.
            if file.tell() and not path.read_bytes().endswith(b"\n"):
                file.write(b"\n")
            file.write(line.encode())
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error.strerror}.") from error


def past_runs(out: Path) -> list[Past]:
    """All runs that were noted, newest first. A line that is no run is left out."""
    try:
        lines = (out / FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            values = json.loads(line)
            found.append(Past(**{**values, "sentences": tuple(map(str, values["sentences"]))}))
        except (ValueError, KeyError, TypeError):
            continue
    return sorted(found, key=lambda run: str(run.started), reverse=True)
