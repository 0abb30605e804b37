"""Sweep: what a grid of settings showed, as data, as one sentence and as a table."""

from __future__ import annotations

import dataclasses
import os
import time
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

from perfkit.bench.comparison import Comparison
from perfkit.bench.correction import Correction, adjusted, p_value
from perfkit.bench.formatting import Sentence
from perfkit.bench.paired import Interval, word
from perfkit.bench.points import point_id
from perfkit.bench.records import Plan, Point, Run, merge, read
from perfkit.bench.results import ArmResult
from perfkit.errors import MeasurementError

if TYPE_CHECKING:
    import pandas

__all__ = ["PAGES", "Sweep"]

#: The axis of document size.
PAGES = "pages"


@dataclasses.dataclass(frozen=True, repr=False)
class Sweep(Comparison):
    """Points of a grid on the same documents, timed in interleaved rounds against a baseline.

    Made by :func:`perfkit.bench.sweep.sweep`, or from a file of its records.

    Attributes
    ----------
    correction : str
        How the verdicts allow for there being many of them.
    """

    kind: ClassVar[str] = "point"
    usual_baseline: ClassVar[str] = "sequential pypdf"

    correction: Correction = "holm"

    @classmethod
    def from_records(
        cls,
        path: str | os.PathLike[str],
        *,
        baseline: str | None = None,
        pool: bool = False,
        correction: Correction = "holm",
    ) -> Self:
        """The newest sweep of a record file (with this baseline), or all of the same one pooled.

        Raises
        ------
        MeasurementError
            If the file holds none, or ``pool`` would mix unlike environments.
        """
        sessions = [
            session
            for session in read(path)
            for plan in session.records
            if isinstance(plan, Plan) and baseline in (None, plan.baseline)
        ]
        if not sessions:
            against = f" against {baseline}" if baseline else ""
            raise MeasurementError(f"{os.fspath(path)} holds no sweep{against}.")
        newest = cls(sessions[-1], "").plan
        if not pool:
            return cls(sessions[-1], newest.baseline, correction=correction)
        same = [of for of in sessions if cls(of, "").plan.digest == newest.digest]
        return cls(merge(same), newest.baseline, correction=correction)

    @property
    def plan(self) -> Plan:
        """What was to be measured."""
        return next(of for of in self.session.records if isinstance(of, Plan))

    @property
    def axes(self) -> dict[str, list[Any]]:
        """Values of each axis."""
        return self.plan.axes

    @cached_property
    def points(self) -> dict[str, Point]:
        """Settings by name, the baseline first."""
        return {of.arm: of for of in self.session.records if isinstance(of, Point)}

    def point_id(self, result: ArmResult) -> str:
        """What joins a result with everything else that is known of the same work."""
        recipe = self.points[result.arm].recipe
        return point_id(self.plan.subject, recipe, self.plan.documents[result.document])

    @property
    def ended(self) -> datetime:
        """When its last run began; now, where none did."""
        runs = [of.started for of in self.session.records if isinstance(of, Run)]
        return datetime.fromtimestamp(max(runs, default=time.time())).astimezone()

    def setting(self, result: ArmResult, axis: str) -> Any:
        """An axis' value at a result: pages of its document, or a field of its recipe."""
        if axis == PAGES:
            return result.pages
        point = self.points[result.arm]
        return point.settings.get(axis, point.recipe.get(axis))

    def seconds(self, arm: str, document: str) -> dict[tuple[str, int], float]:
        """Seconds of each run of a point on a document, by launch and round."""
        return {
            (run.launch, run.round): run.own_seconds / run.repeats
            for run in self.session.records
            if isinstance(run, Run) and (run.arm, run.document) == (arm, document)
        }

    @cached_property
    def p_values(self) -> dict[tuple[str, str], tuple[float, float]]:
        """By arm and document: p of its ratio, and p adjusted for all of them."""
        found = {
            (result.arm, result.document): result.time_ratio
            for result in self.results
            if result.time_ratio is not None
        }
        raw = [p_value(ratio, self.rules) for ratio in found.values()]
        both = zip(raw, adjusted(raw, self.correction), strict=True)
        return dict(zip(found, both, strict=True))

    def verdict_at(self, result: ArmResult) -> str:
        """``faster``, ``slower``, ``same`` or ``undecided``, allowing for all the others."""
        ratio = result.time_ratio
        if ratio is None:
            return "baseline" if result.is_baseline else "undecided"
        said = word(ratio, self.rules)
        if said not in ("faster", "slower"):
            return said
        corrected = self.p_values[result.arm, result.document][1]
        return said if corrected < 1 - self.rules.confidence else "undecided"

    def best(self) -> tuple[str, Interval] | None:
        """The fastest point over all documents, with its ratio; None where none was timed."""
        return next(iter(self.ranking()), None)

    def sentence(self) -> Sentence:
        """The conclusion in one sentence, computed, with its interval."""
        from perfkit.bench.sweep_wording import sentence

        return sentence(self)

    def notes(self) -> tuple[str, ...]:
        """What a reader must know before believing the figures; each says what to do."""
        from perfkit.bench.wording import remarks

        return remarks(self)

    def frame(self) -> pandas.DataFrame:
        """Tidy results, one row a document and point.

        Columns
        -------
        document, point : str
            ``point`` is the arm's name.
        point_id : str
            Of the same settings on the same bytes, in any record: ``perfkit point`` and
            ``perfkit profile --point`` take it.
        one column an axis
            Its value there; the baseline's where it has the field.
        is_baseline : bool
        pages, items : int
        accuracy : float
            0 to 1; ``accuracy_kind`` tells ``truth`` from ``self-check``.
        same_as_baseline : bool
        rows_differing : int
        rounds : int
        time_ms, time_low_ms, time_high_ms : float
            Trimmed mean and its interval, milliseconds of wall time a document, less what
            other processes took.
        time_per_page_ms : float
        time_ratio, time_ratio_low, time_ratio_high : float
            Point / baseline, paired; below 1 is faster.
        p_value, p_adjusted : float
            Of a ratio outside the margin, alone and among all of the sweep's.
        verdict : str
            By the adjusted value: faster, slower, same, undecided or baseline.
        cpu_per_wall : float
            CPU time of the process tree / wall time.
        memory_peak_mb, memory_import_mb : float
            Peak of a fresh process tree above ``import perfkit``, and that import's own, MiB.
        error : str
            Why there are no figures.
        requests, retries, cost_usd, cost_high_usd
            Where a service is asked: of a document, and US dollars for 1,000 like it.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        rows = self.tidy("time")
        tests = [self.p_values.get((of.arm, of.document), (None, None)) for of in self.results]
        added: dict[str, Any] = {
            "point_id": [self.point_id(of) for of in self.results],
            **{
                axis: [self.setting(of, axis) for of in self.results]
                for axis in self.axes
                if axis != PAGES
            },
            "time_per_page_ms": rows["time_ms"] / rows["pages"].where(rows["pages"] > 0),
            "p_value": [alone for alone, _ in tests],
            "p_adjusted": [among for _, among in tests],
            "verdict": [self.verdict_at(of) for of in self.results],
        }
        rows = rows.assign(**added)
        names = [name for name in rows.columns if name not in added]
        order = _behind(names, "point", ["point_id", *(of for of in self.axes if of != PAGES)])
        order = _behind(order, "time_high_ms", ["time_per_page_ms"])
        order = _behind(order, "time_ratio_high", ["p_value", "p_adjusted", "verdict"])
        return rows[order]

    def _repr_html_(self) -> str:
        from perfkit.bench.sweep_wording import as_html

        return as_html(self)


def _behind(names: list[str], name: str, more: list[str]) -> list[str]:
    place = names.index(name) + 1
    return [*names[:place], *more, *names[place:]]
