"""Calibration: how often verdicts on work of known amount were right on this machine."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

from perfkit.bench.environment import Environment, collect
from perfkit.bench.formatting import Sentence, count, figure, percent
from perfkit.bench.html import Column, table
from perfkit.bench.state import state_folder

__all__ = ["COLUMNS", "Calibration", "Tally", "broken_off", "file_of", "keep", "latest"]

_SCHEMA = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Tally:
    """Verdicts on one kind of work.

    Attributes
    ----------
    more : float
        Relative: how much more work one of the two has; 0 for two that are the same.
    busy : int
        Busy processes beside it.
    budget_seconds : float
        Of each verdict.
    verdicts : int
    found : int
        That told the one with more work as such.
    wrong : int
        That told one as slower which is not.
    covered : int
        Whose interval holds the true ratio.
    too_noisy : int
        That were not to be had.
    seconds : float
        Measuring time of all together.
    least_found, most_wrong : float or None
        The goals, as shares of the verdicts; None where there is none.
    """

    more: float
    busy: int
    budget_seconds: float
    least_found: float | None
    most_wrong: float | None
    verdicts: int = 0
    found: int = 0
    wrong: int = 0
    covered: int = 0
    too_noisy: int = 0
    seconds: float = 0.0

    @property
    def title(self) -> str:
        """What was compared, in words."""
        what = f"{percent(self.more)} more work" if self.more else "the same work twice"
        return f"{what}, {self.busy} busy processes beside" if self.busy else what

    @property
    def goals_hold(self) -> bool:
        """Whether as many were found, and as few wrong, as the goals say."""
        if not self.verdicts:
            return True
        enough = self.least_found is None or self.found >= self.least_found * self.verdicts
        return enough and (self.most_wrong is None or self.wrong <= self.most_wrong * self.verdicts)


@dataclasses.dataclass(frozen=True, slots=True)
class Calibration:
    """Verdicts on work of exactly known amount, and how many of them were right.

    Attributes
    ----------
    taken : str
        When it was begun, ISO 8601 with its offset.
    quick : bool
        Whether it was the short one.
    complete : bool
        False where it was broken off.
    environment : Environment
        Where it was taken.
    tallies : tuple of Tally
    """

    taken: str
    quick: bool
    complete: bool
    environment: Environment
    tallies: tuple[Tally, ...]

    @property
    def verdicts(self) -> int:
        """All of them."""
        return sum(tally.verdicts for tally in self.tallies)

    @property
    def coverage(self) -> tuple[int, int]:
        """Intervals that hold the true ratio, of how many: those without busy processes."""
        calm = [tally for tally in self.tallies if not tally.busy]
        return sum(tally.covered for tally in calm), sum(tally.verdicts for tally in calm)

    @property
    def goals_hold(self) -> bool:
        """Whether every goal was met."""
        return all(tally.goals_hold for tally in self.tallies)

    def sentence(self) -> Sentence:
        """What it found, in one sentence."""
        parts = [_told(tally) for tally in self.tallies if tally.verdicts and not tally.busy]
        covered, of = self.coverage
        if of:
            parts.append(f"the 99 % interval held the true ratio in {covered} of {of}")
        parts += _told_of_busy([tally for tally in self.tallies if tally.busy])
        kind = "quick calibration" if self.quick else "calibration"
        if not self.complete:
            kind += ", broken off,"
        said = "; ".join(parts) or "no verdict was reached"
        return Sentence(f"By the {kind} of {self.taken[:10]} on this machine: {said}.")

    def rows(self) -> list[list[str]]:
        """A row a kind of work, for :data:`COLUMNS`."""
        return [
            [
                tally.title,
                f"{figure(tally.budget_seconds, 2)} s",
                str(tally.verdicts),
                "–" if not tally.more else _share(tally.found, tally.verdicts),
                _share(tally.wrong, tally.verdicts),
                _share(tally.covered, tally.verdicts),
                str(tally.too_noisy),
                f"{tally.seconds / tally.verdicts:.1f} s" if tally.verdicts else "–",
            ]
            for tally in self.tallies
        ]

    def _repr_html_(self) -> str:
        return table(str(self.sentence()), COLUMNS, self.rows())

    def as_dict(self) -> dict[str, Any]:
        """Plain, JSON-ready values."""
        return {
            "taken": self.taken,
            "quick": self.quick,
            "complete": self.complete,
            "environment": self.environment.as_dict(),
            "tallies": [dataclasses.asdict(tally) for tally in self.tallies],
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Calibration:
        """The inverse of :meth:`as_dict`."""
        return cls(
            taken=str(values["taken"]),
            quick=bool(values["quick"]),
            complete=bool(values["complete"]),
            environment=Environment.from_dict(values["environment"]),
            tallies=tuple(Tally(**tally) for tally in values["tallies"]),
        )


COLUMNS = (
    Column("compared"),
    Column("budget", numeric=True),
    Column("verdicts", numeric=True),
    Column("found", numeric=True),
    Column("wrong", numeric=True),
    Column("interval holds the truth", numeric=True),
    Column("too noisy", numeric=True),
    Column("mean time", numeric=True),
)


def _share(part: int, whole: int) -> str:
    return f"{part} ({percent(part / whole)})" if whole else "–"


def _told(tally: Tally) -> str:
    if not tally.more:
        alarms = count(tally.wrong, "false alarm")
        return f"{alarms} in {tally.verdicts} comparisons of the same work"
    within = f"within {figure(tally.budget_seconds, 2)} s"
    return f"{tally.title} found in {tally.found} of {tally.verdicts} {within}"


def _told_of_busy(tallies: list[Tally]) -> list[str]:
    verdicts = sum(tally.verdicts for tally in tallies)
    if not verdicts:
        return []
    wrong, noisy = (sum(getattr(of, name) for of in tallies) for name in ("wrong", "too_noisy"))
    beside = count(tallies[0].busy, "busy process", "busy processes")
    return [f"beside {beside} {wrong} of {verdicts} were wrong and {noisy} too noisy to say"]


def file_of(environment: Environment) -> Path:
    """Where the calibrations of a machine and interpreter are kept."""
    return state_folder() / f"calibration-{environment.machine}.json"


def keep(calibration: Calibration) -> Path:
    """Keep it as the machine's latest, in one step; give the file.

    One that was broken off is kept beside the last that was complete, and is the latest only
    where there is none.
    """
    path = file_of(calibration.environment)
    kept = _read(path)
    if calibration.complete:
        kept = {"complete": calibration.as_dict()}
    else:
        kept["broken off"] = calibration.as_dict()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    fresh.write_text(json.dumps({"schema": _SCHEMA, **kept}, indent=1) + "\n", encoding="utf-8")
    os.replace(fresh, path)
    return path


def latest(environment: Environment | None = None) -> Calibration | None:
    """The newest complete calibration of this machine, else one broken off; None without any.

    Parameters
    ----------
    environment : Environment, optional
        Of another machine or interpreter than this one.
    """
    kept = _read(file_of(environment or collect()))
    return _calibration(kept.get("complete")) or _calibration(kept.get("broken off"))


def broken_off(environment: Environment) -> Calibration | None:
    """The one that was broken off with the same machine, packages and code, if any."""
    found = _calibration(_read(file_of(environment)).get("broken off"))
    return found if found and found.environment.id == environment.id else None


def _calibration(values: Any) -> Calibration | None:
    try:
        return Calibration.from_dict(values)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # there is none, or another version wrote it


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(values, dict) or values.pop("schema", None) != _SCHEMA:
        return {}
    return values
