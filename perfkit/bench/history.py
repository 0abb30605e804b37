"""Trends over revisions, from records that were kept, with the points where a level changed."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from perfkit.bench.formatting import Sentence, count, percent
from perfkit.bench.paired import RULES, Interval, PairedRules, exponential, trimmed
from perfkit.bench.records import Check, Run, Session, read
from perfkit.bench.results import PLACEBO
from perfkit.errors import MeasurementError, MissingExtraError

if TYPE_CHECKING:
    import pandas

__all__ = ["Change", "History", "Moment", "Trend", "history"]

_FEWEST_RUNS = 3
#: Fewer sessions have no level to depart from.
_FEWEST_MOMENTS = 4
#: Two sessions make a level: one alone may have been a bad day.
_FEWEST_OF_LEVEL = 2
#: Times of one code on one machine differ by so much from day to day at the least.
_LEAST_NOISE = 0.005
#: The penalty for a change, in units of noise variance times the logarithm of the length (Yao
#: 1988, Statistics and Probability Letters 6, 181-189: 2 at least). Noise is only estimated
#: here: of trends of pure noise this lets one in fifty seem changed at 12 sessions.
_PENALTY = 9.0
_MS = 1000.0


@dataclasses.dataclass(frozen=True, slots=True)
class Moment:
    """One session's figure: when (seconds since 1970), of which revision, milliseconds a call."""

    started: float
    revision: str
    packages: tuple[tuple[str, str], ...]
    time_ms: Interval


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """A new level: the moment that it begins with, and its ratio to the level before.

    ``packages`` tells whether installed packages changed there too.
    """

    place: int
    ratio: float
    packages: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Trend:
    """One arm on one document on one machine, in the order of time."""

    machine: str
    arm: str
    document: str
    moments: tuple[Moment, ...]
    changes: tuple[Change, ...]

    @property
    def title(self) -> str:
        """Arm and document."""
        return f"{self.arm}, {self.document}" if self.document else self.arm

    @property
    def levels(self) -> list[tuple[int, int, float]]:
        """First and last place of each level, and its milliseconds (a geometric mean)."""
        starts = [0, *(change.place for change in self.changes), len(self.moments)]
        return [
            (first, after - 1, math.exp(fmean(self._logs()[first:after])))
            for first, after in pairwise(starts)
        ]

    def _logs(self) -> list[float]:
        return [math.log(moment.time_ms.value) for moment in self.moments]


@dataclasses.dataclass(frozen=True)
class History:
    """Trends of all that was recorded. Unlike machines are trends of their own."""

    trends: tuple[Trend, ...]

    def sentence(self) -> Sentence:
        """What changed, in one sentence."""
        trends = count(len(self.trends), "trend")
        sessions = len({moment.started for trend in self.trends for moment in trend.moments})
        changed = [(trend, change) for trend in self.trends for change in trend.changes]
        head = f"{trends} over {count(sessions, 'session')}"
        if not changed:
            return Sentence(f"{head}: no level changed.")
        trend, change = max(changed, key=lambda each: abs(math.log(each[1].ratio)))
        what = "slower" if change.ratio > 1 else "faster"
        revision = trend.moments[change.place].revision
        packages = ", with other packages" if change.packages else ""
        return Sentence(
            f"{head}: {count(len(changed), 'level')} changed; the largest is {trend.title}, "
            f"{percent(abs(change.ratio - 1))} {what} from {revision} on{packages}."
        )

    def rows(self) -> list[dict[str, object]]:
        """One row a trend and session: plain values, in the order of time."""
        return [
            {
                "machine": trend.machine,
                "arm": trend.arm,
                "document": trend.document,
                "started": moment.started,
                "revision": moment.revision,
                "time_ms": moment.time_ms.value,
                "time_low_ms": moment.time_ms.low,
                "time_high_ms": moment.time_ms.high,
                "runs": moment.time_ms.observations,
                "change_ratio": next((c.ratio for c in trend.changes if c.place == place), None),
            }
            for trend in self.trends
            for place, moment in enumerate(trend.moments)
        ]

    def frame(self) -> pandas.DataFrame:
        """The rows as a table; ``change_ratio`` stands where a new level begins.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtraError("pandas", "workbench", "A frame of results") from error
        return pd.DataFrame(self.rows())


def history(
    records: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    arm: str | None = None,
    document: str | None = None,
    rules: PairedRules = RULES,
) -> History:
    """Trends over the sessions of record files.

    A figure is the trimmed mean of a session's runs of one arm on one document. Sessions of
    another machine or interpreter are never joined to a trend.

    Parameters
    ----------
    records : path or sequence of paths
        JSON-lines files of records, or folders that hold such.
    arm, document : str, optional
        Only those whose name holds this text.

    Raises
    ------
    MeasurementError
        If a file cannot be read, or no session has three runs of anything.
    MissingExtraError
        If ruptures is not installed.
    """
    given = [records] if isinstance(records, (str, os.PathLike)) else list(records)
    moments: dict[tuple[str, str, str], list[Moment]] = {}
    names: dict[str, str] = {}
    for session in _sessions(given):
        key = session.environment.machine
        about = session.environment
        names[key] = f"{about.cpu}, {about.cores:g} cores, {about.python} ({key[:6]})"
        for (of, on), moment in _moments(session, rules):
            if (arm or "") in of and (document or "") in on:
                moments.setdefault((key, of, on), []).append(moment)
    if not moments:
        where = ", ".join(os.fspath(each) for each in given)
        raise MeasurementError(
            f"No session in {where} has {_FEWEST_RUNS} runs of what was asked for. Records "
            "are written by record=... and by perfkit gate --record."
        )
    trends = []
    for (key, of, on), found in sorted(moments.items()):
        ordered = tuple(sorted(found, key=lambda moment: moment.started))
        trends.append(Trend(names[key], of, on, ordered, tuple(_changes(ordered))))
    return History(tuple(trends))


def _sessions(given: Sequence[str | os.PathLike[str]]) -> Iterator[Session]:
    for path in map(Path, given):
        if not path.is_dir():
            yield from read(path)
            continue
        for file in sorted(path.glob("**/*.jsonl")):
            try:
                yield from read(file)
            except MeasurementError:
                continue  # a folder may hold lines of other kinds too


def _moments(session: Session, rules: PairedRules) -> Iterator[tuple[tuple[str, str], Moment]]:
    failed = {(of.arm, of.document) for of in session.records if isinstance(of, Check) and of.error}
    runs: dict[tuple[str, str], list[Run]] = {}
    for record in session.records:
        if isinstance(record, Run) and record.arm != PLACEBO:
            runs.setdefault((record.arm, record.document), []).append(record)
    place = session.environment
    for key, taken in runs.items():
        if len(taken) < _FEWEST_RUNS or key in failed:
            continue
        logs = [math.log(_MS * run.own_seconds / run.repeats) for run in taken]
        yield (
            key,
            Moment(
                min(run.started for run in taken),
                place.revision or f"perfkit {dict(place.packages).get('perfkit', '')}".strip(),
                place.packages,
                exponential(trimmed(logs, rules)),
            ),
        )


def _changes(moments: Sequence[Moment]) -> Iterator[Change]:
    """Where the level changes, by PELT on the logarithms (Killick and others 2012, JASA 107)."""
    if len(moments) < _FEWEST_MOMENTS:
        return
    try:
        import numpy as np
        from ruptures import Pelt
    except ImportError as error:
        raise MissingExtraError("ruptures", "workbench", "Change points") from error
    logs = np.log([moment.time_ms.value for moment in moments])
    # From step to step, so that a change of level counts once: as the largest, left out.
    steps = np.sort(np.abs(np.diff(logs)))[:-1]
    noise = max(_LEAST_NOISE, math.sqrt(float(np.mean(steps**2)) / 2))
    found = Pelt(model="l2", min_size=_FEWEST_OF_LEVEL, jump=1).fit(logs)
    ends = found.predict(pen=_PENALTY * noise**2 * math.log(len(logs)))
    starts = [0, *ends]
    for before, place, after in zip(starts, starts[1:], starts[2:], strict=False):
        ratio = math.exp(float(logs[place:after].mean() - logs[before:place].mean()))
        other = moments[place].packages != moments[place - 1].packages
        yield Change(place, ratio, other)
