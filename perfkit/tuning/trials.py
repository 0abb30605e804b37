"""What is measured of one recipe, and what the records tell of it."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from perfkit.bench.bill import DOCUMENTS
from perfkit.bench.paired import RULES, Interval
from perfkit.bench.records import Check, Peak, Record, Run, Session
from perfkit.bench.results import set_ratio

__all__ = ["Trial", "trial_of"]

#: Rounds that carry an interval.
_FEWEST_ROUNDS = 3
_TRUTH = "truth"


@dataclasses.dataclass(frozen=True, slots=True)
class Trial:
    """What was found of one recipe on all documents.

    Attributes
    ----------
    name : str
        Its values on the axes.
    settings : dict
    recipe : dict
        All its fields.
    error : str or None
        Why it reads a document not at all.
    is_right : bool
        Whether its output is proved: the baseline's very output, or as right by the truth.
    accuracy : float or None
        0 to 1, of the worst document.
    accuracy_kind : str or None
        ``truth``, or ``self-check`` where some document has no truth.
    slowest_seconds : float or None
        Of the slowest document, by the median of its runs.
    ratio : Interval or None
        Time / the anchor's, over all documents, in the same rounds; None where it was not
        timed, or so much slower that one call was enough.
    time_ratio : float or None
        The same as a plain number, also from one call.
    peak_mb : float or None
        Highest memory of the process tree on any document, in MiB; None while not weighed.
    cost_usd : float or None
        US dollars a document, at most, on average; 0 where no service is asked.
    """

    name: str
    settings: dict[str, Any]
    recipe: dict[str, Any]
    error: str | None = None
    is_right: bool = False
    accuracy: float | None = None
    accuracy_kind: str | None = None
    slowest_seconds: float | None = None
    ratio: Interval | None = None
    time_ratio: float | None = None
    peak_mb: float | None = None
    cost_usd: float | None = None

    @property
    def can_win(self) -> bool:
        """Whether it reads all documents, and what it reads is proved."""
        return self.error is None and self.is_right and self.time_ratio is not None


def trial_of(
    empty: Trial,
    records: Sequence[Record],
    documents: Sequence[str],
    anchor: str,
    session: Session,
    rounds: int,
    least_accuracy: float | None = None,
) -> Trial | None:
    """A trial from its records; None where something is missing that has to be measured.

    Parameters
    ----------
    empty : Trial
        With name, settings and recipe.
    records : sequence
        Those of its arm.
    documents : sequence of str
        Labels of all documents.
    anchor : str
        The arm that all are timed beside.
    session : Session
        All records.
    rounds : int
        Timed rounds of a recipe.
    least_accuracy : float, optional
        From which an output other than the baseline's is right too; by default none that has
        a fault.
    """
    checks = {each.document: each for each in records if isinstance(each, Check)}
    failed = next((each for each in checks.values() if each.error), None)
    if failed is not None:
        return dataclasses.replace(empty, error=f"{failed.document}: {failed.error}")
    if any(label not in checks for label in documents):
        return None
    found = [checks[label] for label in documents]
    own = [of for of in records if isinstance(of, Run)]
    # Not those that came as the anchor of others: a trial stays what it was when it was made.
    runs = _seconds(own[: rounds * len(documents)])
    if any(label not in runs for label in documents):
        return None
    peaks = {each.document: each.peak_mb for each in records if isinstance(each, Peak)}
    if empty.name == anchor:
        ratio: Interval | None = Interval(1.0, 1.0, 1.0, rounds, RULES.confidence)
    else:
        ratio = set_ratio(session, empty.name, anchor, documents, RULES)
    if ratio is not None:
        time_ratio = ratio.value
    else:
        theirs = _seconds(_until(session.records, anchor, own[-1].round))
        ours, beside = ([statistics.median(of[d]) for d in documents] for of in (runs, theirs))
        time_ratio = sum(ours) / sum(beside)
    scores = [each.accuracy for each in found]
    by_truth = all(each.accuracy_kind == _TRUTH for each in found)
    return dataclasses.replace(
        empty,
        is_right=all(_is_right(each, least_accuracy) for each in found),
        accuracy=None if None in scores else min(score for score in scores if score is not None),
        accuracy_kind=_TRUTH if by_truth else "self-check",
        slowest_seconds=max(statistics.median(runs[label]) for label in documents),
        ratio=ratio,
        time_ratio=time_ratio,
        peak_mb=max(peaks.values()) if all(label in peaks for label in documents) else None,
        cost_usd=_cost(found),
    )


def _is_right(check: Check, least_accuracy: float | None) -> bool:
    """The baseline's very output; or accurate by the truth, or where the baseline reads nothing."""
    if check.same_as_baseline:
        return True
    if check.accuracy is None or (check.accuracy_kind != _TRUTH and check.rows_differing):
        return False
    return check.accuracy >= (1.0 if least_accuracy is None else least_accuracy)


def _until(records: Sequence[Record], arm: str, last_round: int) -> list[Run]:
    return [
        of for of in records if isinstance(of, Run) and of.arm == arm and of.round <= last_round
    ]


def _seconds(runs: Sequence[Run]) -> Mapping[str, list[float]]:
    found: dict[str, list[float]] = {}
    for run in runs:
        found.setdefault(run.document, []).append(run.own_seconds / run.repeats)
    return found


def _cost(checks: Sequence[Check]) -> float:
    bills = [float(check.service["cost_high_usd"]) for check in checks if check.service]
    return sum(bills) / DOCUMENTS / len(checks)
