"""Points that were measured on this machine, each in a folder of its id, with its profile."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from perfkit.bench.points import MeasuredPoint
from perfkit.bench.records import Check, Plan, Run, Session, read
from perfkit.bench.state import state_folder
from perfkit.bench.sweep_results import Sweep
from perfkit.errors import MeasurementError, ParameterError

__all__ = [
    "PROFILE",
    "find_point",
    "folder_of",
    "keep",
    "keep_points",
    "keep_session",
    "profile_page",
]

#: Names of a point's files; its profile is a page, and the same as data.
PROFILE = "profile"
_POINT = "point.json"
#: Fewer runs carry no interval.
_FEWEST_RUNS = 3
#: As long a beginning of an id tells enough.
_FEWEST_DIGITS = 4


def folder_of(name: str) -> Path:
    """Where all of a point is kept; it need not exist.

    Raises
    ------
    MeasurementError
        If no home folder is known.
    """
    return state_folder() / "points" / name


def profile_page(name: str) -> Path | None:
    """The page of a point's profile; None where it has none."""
    path = folder_of(name) / f"{PROFILE}.html"
    return path if path.is_file() else None


def keep_points(sweep: Sweep) -> None:
    """Keep what was found of each point, in place of what was found before.

    Raises
    ------
    MeasurementError
        If no folder is there to keep it in, or it cannot be written to.
    """
    for result in sweep.results:
        keep(MeasuredPoint.of(sweep, result))


def keep_session(session: Session) -> None:
    """As :func:`keep_points`, of what was not measured by a sweep: of a tuning."""
    for point in points_of(session):
        keep(point)


def keep(point: MeasuredPoint, **files: str) -> Path:
    """Keep a point, and texts of files beside it; give its folder.

    Parameters
    ----------
    point : MeasuredPoint
    **files : str
        Content by ending, as ``html=...`` for ``profile.html``.

    Raises
    ------
    MeasurementError
        As :func:`keep_points`.
    """
    folder = folder_of(point.id)
    texts = {f"{PROFILE}.{ending}": text for ending, text in files.items()}
    texts[_POINT] = json.dumps(point.as_dict(), indent=1) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            fresh = folder / f".{name}.{os.getpid()}.tmp"
            fresh.write_text(text, encoding="utf-8")
            os.replace(fresh, folder / name)
    except OSError as error:
        raise MeasurementError(f"{folder} cannot be written to ({error.strerror}).") from error
    return folder


def find_point(name: str, record: str | os.PathLike[str] | None = None) -> MeasuredPoint:
    """The point of an id, or of its first digits.

    Parameters
    ----------
    name : str
    record : path, optional
        A file of records to look in, its newest session first; by default what sweeps on this
        machine have found.

    Raises
    ------
    ParameterError
        If there is none, or more than one begins so.
    MeasurementError
        If the file holds no records.
    """
    wanted = name.strip().lower()
    if not re.fullmatch(rf"[0-9a-f]{{{_FEWEST_DIGITS},}}", wanted):
        raise ParameterError(
            f"{name!r} is no point's id: those are ten of the digits 0-9 and a-f, or the first "
            f"{_FEWEST_DIGITS} of them at least."
        )
    points = _kept(wanted) if record is None else _recorded(record)
    found: dict[str, MeasuredPoint] = {}
    for point in points:
        if point.id.startswith(wanted):
            found.setdefault(point.id, point)
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise ParameterError(f"More than one point begins with {wanted}: {', '.join(found)}.")
    where = "kept on this machine" if record is None else f"in {os.fspath(record)}"
    raise ParameterError(
        f"There is no point {wanted} {where}. The tables of perfkit sweep and of the report tell "
        "the ids of points; --record names a file of records to look in."
    )


def _kept(begins: str) -> Iterator[MeasuredPoint]:
    for path in sorted(folder_of("").glob(f"{begins}*/{_POINT}")):
        try:
            yield MeasuredPoint.from_dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):  # of another version
            continue


def _recorded(path: str | os.PathLike[str]) -> Iterator[MeasuredPoint]:
    for session in reversed(read(path)):
        yield from points_of(session)


def points_of(session: Session) -> Iterator[MeasuredPoint]:
    """Points of a sweep or of a tuning; too few runs for an interval are no time."""
    plan = next((of for of in session.records if isinstance(of, Plan)), None)
    if plan is None:
        return
    runs = Counter((of.arm, of.document) for of in session.records if isinstance(of, Run))
    records = tuple(
        of
        for of in session.records
        if not isinstance(of, Run) or runs[of.arm, of.document] >= _FEWEST_RUNS
    )
    sweep = Sweep(Session(session.environment, records, session.launch), plan.baseline)
    checked = any(isinstance(of, Check) for of in records)
    for result in sweep.results if checked else ():
        yield MeasuredPoint.of(sweep, result)
