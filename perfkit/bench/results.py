"""From the records of a comparison to its results: one a document and arm."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from perfkit.bench.paired import Interval, PairedRules, log_ratio, trimmed
from perfkit.bench.records import Check, Peak, Run, Session
from perfkit.errors import MeasurementError

__all__ = ["PLACEBO", "ArmResult", "pace", "results_of", "set_ratio"]

#: Name of the arm that is the baseline once more: how far from 1 its ratio lies is noise.
PLACEBO = "placebo"

_MS = 1000.0

#: launch and round of a run: what its partners share.
_Key = tuple[str, int]


@dataclasses.dataclass(frozen=True, slots=True)
class ArmResult:
    """What one arm made of one document, and what that took.

    Times are None where the arm failed or its output was not proved; ratios (arm / baseline,
    below 1 is faster) are None for the baseline itself. Memory is the peak above an
    interpreter that has only imported perfkit. ``service`` is what a service was asked for, and
    takes for 1,000 documents like it; None where none was.
    """

    document: str
    arm: str
    is_baseline: bool
    pages: int
    items: int
    accuracy: float | None
    accuracy_kind: str | None
    same_as_baseline: bool | None
    rows_differing: int | None
    error: str | None
    page_ms: Interval | None
    time_ratio: Interval | None
    cpu_per_wall: float | None
    memory_import_mb: float | None
    memory_peak_mb: float | None
    service: dict[str, Any] | None = None

    @property
    def document_ms(self) -> Interval | None:
        """Milliseconds of the whole document."""
        found = self.page_ms
        if found is None:
            return None
        value, low, high = (self.pages * each for each in (found.value, found.low, found.high))
        return dataclasses.replace(found, value=value, low=low, high=high)

    @property
    def speedup(self) -> Interval | None:
        """How many times as fast as the baseline."""
        return None if self.time_ratio is None else self.time_ratio.inverse()


def results_of(
    session: Session, baseline: str, rules: PairedRules, *, equal_only: bool = False
) -> list[ArmResult]:
    """Results in the order of document size, the baseline first within each.

    ``equal_only`` asks for the baseline's very output before it gives a time; else an output
    of known accuracy will do.
    """
    checks = [record for record in session.records if isinstance(record, Check)]
    if not checks:
        raise MeasurementError("These records hold no comparison.")
    times = _times(session.records)
    peaks = {(p.arm, p.document): p for p in session.records if isinstance(p, Peak)}
    ordered = sorted(checks, key=lambda check: (check.pages, check.document, check.arm != baseline))
    return [
        _result(check, baseline, times, peaks.get((check.arm, check.document)), rules, equal_only)
        for check in ordered
    ]


def _result(
    check: Check,
    baseline: str,
    times: dict[tuple[str, str], dict[_Key, Run]],
    peak: Peak | None,
    rules: PairedRules,
    equal_only: bool,
) -> ArmResult:
    runs = times.get((check.arm, check.document), {})
    # A time stands only beside proof of the output: the same, or its accuracy known.
    known = not equal_only and check.accuracy is not None
    proved = check.error is None and (check.same_as_baseline or known)
    shown = runs if proved else {}
    page_ms = ratio = cpu_per_wall = None
    if shown:
        seconds = {key: run.own_seconds / run.repeats for key, run in shown.items()}
        page_ms = _no_less_than_0(
            trimmed([_MS * value / check.pages for value in seconds.values()], rules)
        )
        wall = sum(run.wall_seconds for run in shown.values())
        cpu_per_wall = sum(run.cpu_seconds for run in shown.values()) / wall
        if check.arm != baseline:
            ratio = _ratio(shown, times.get((baseline, check.document), {}), rules)
    return ArmResult(
        document=check.document,
        arm=check.arm,
        is_baseline=check.arm == baseline,
        pages=check.pages,
        items=check.items,
        accuracy=check.accuracy,
        accuracy_kind=check.accuracy_kind,
        same_as_baseline=check.same_as_baseline,
        rows_differing=check.rows_differing,
        error=check.error,
        page_ms=page_ms,
        time_ratio=ratio,
        cpu_per_wall=cpu_per_wall,
        memory_import_mb=peak.before_mb if peak and proved else None,
        memory_peak_mb=peak.peak_mb - peak.before_mb if peak and proved else None,
        service=check.service,
    )


def _times(records: Iterable[object]) -> dict[tuple[str, str], dict[_Key, Run]]:
    found: dict[tuple[str, str], dict[_Key, Run]] = {}
    for run in records:
        if isinstance(run, Run):
            found.setdefault((run.arm, run.document), {})[run.launch, run.round] = run
    return found


def _ratio(
    candidate: dict[_Key, Run], baseline: dict[_Key, Run], rules: PairedRules
) -> Interval | None:
    rounds = [key for key in candidate if key in baseline]
    if not rounds:
        return None
    return log_ratio(
        [candidate[key].own_seconds / candidate[key].repeats for key in rounds],
        [baseline[key].own_seconds / baseline[key].repeats for key in rounds],
        rules,
    )


def set_ratio(
    session: Session, arm: str, baseline: str, documents: Sequence[str], rules: PairedRules
) -> Interval | None:
    """Ratio of the times for all the documents together, paired round by round."""
    times = _times(session.records)
    totals = [_round_totals(times, name, documents) for name in (arm, baseline)]
    rounds = [key for key in totals[0] if key in totals[1]]
    if not rounds:
        return None
    ours, theirs = ([total[key] for key in rounds] for total in totals)
    return log_ratio(ours, theirs, rules)


def pace(
    session: Session, arm: str, documents: Sequence[str], pages: int, rules: PairedRules
) -> Interval:
    """Milliseconds a page over all the documents together."""
    totals = _round_totals(_times(session.records), arm, documents)
    return _no_less_than_0(trimmed([_MS * total / pages for total in totals.values()], rules))


def _no_less_than_0(times: Interval) -> Interval:
    """An interval of few rounds may reach below 0, where no time is."""
    return dataclasses.replace(times, low=max(times.low, 0.0))


def _round_totals(
    times: dict[tuple[str, str], dict[_Key, Run]], arm: str, documents: Sequence[str]
) -> dict[_Key, float]:
    runs = [times.get((arm, document), {}) for document in documents]
    complete = set.intersection(*map(set, runs)) if runs else set()
    return {
        key: sum(of[key].own_seconds / of[key].repeats for of in runs) for key in sorted(complete)
    }
