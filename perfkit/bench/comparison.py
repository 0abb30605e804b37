"""Comparison: what records of interleaved arms say, whatever the arms are."""

from __future__ import annotations

import abc
import dataclasses
import os
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Self

from perfkit.bench.environment import Environment
from perfkit.bench.formatting import Sentence, count
from perfkit.bench.paired import RULES, Interval, PairedRules, word
from perfkit.bench.records import Check, Run, Session, merge, read
from perfkit.bench.results import PLACEBO, ArmResult, pace, results_of, set_ratio
from perfkit.errors import MeasurementError, MissingExtraError

if TYPE_CHECKING:
    import pandas

__all__ = ["Comparison"]


@dataclasses.dataclass(frozen=True)
class Comparison(abc.ABC):
    """Arms on the same documents, timed in interleaved rounds against a baseline.

    Attributes
    ----------
    session : Session
        The raw records and their environment.
    baseline : str
        Arm that the others are held against.
    rules : PairedRules
        Confidence and margins.
    """

    session: Session
    baseline: str
    rules: PairedRules = RULES

    #: What an arm is, in messages and as the name of a column.
    kind: ClassVar[str]
    #: The baseline unless another is named.
    usual_baseline: ClassVar[str]
    #: Whether a time needs the baseline's very output, or one of known accuracy will do.
    equal_only: ClassVar[bool] = False

    @classmethod
    def from_records(
        cls, path: str | os.PathLike[str], *, baseline: str | None = None, pool: bool = False
    ) -> Self:
        """The newest comparison of a record file with this baseline, or all of them pooled.

        Raises
        ------
        MeasurementError
            If the file holds none, or ``pool`` would mix unlike environments.
        """
        wanted = baseline or cls.usual_baseline
        sessions = [
            session
            for session in read(path)
            if any(isinstance(each, Check) and each.arm == wanted for each in session.records)
        ]
        if not sessions:
            raise MeasurementError(
                f"{os.fspath(path)} holds no {cls.kind} comparison against {wanted}."
            )
        return cls(merge(sessions) if pool else sessions[-1], wanted)

    @property
    def environment(self) -> Environment:
        """Machine, packages and revision of the records."""
        return self.session.environment

    @cached_property
    def results(self) -> tuple[ArmResult, ...]:
        """One result a document and arm, small documents first, the baseline before others."""
        return tuple(
            results_of(self.session, self.baseline, self.rules, equal_only=self.equal_only)
        )

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms compared, the baseline first."""
        return tuple(dict.fromkeys(result.arm for result in self.results))

    @property
    def rounds(self) -> int:
        """Rounds that were timed."""
        return len({(r.launch, r.round) for r in self.session.records if isinstance(r, Run)})

    def of(self, arm: str) -> list[ArmResult]:
        """Results of one arm."""
        return [result for result in self.results if result.arm == arm]

    def shared(self, arm: str) -> list[ArmResult]:
        """Results of one arm for the documents that both it and the baseline were timed on."""
        timed = {result.document for result in self.of(self.baseline) if result.page_ms}
        return [r for r in self.of(arm) if r.page_ms and r.document in timed]

    def ratio(self, arm: str, against: str | None = None) -> Interval | None:
        """Time arm / baseline (or another arm) over all shared documents; None without any."""
        documents = [result.document for result in self.shared(arm)]
        return set_ratio(self.session, arm, against or self.baseline, documents, self.rules)

    def pace(self, arm: str, beside: str | None = None) -> Interval:
        """Milliseconds a page over the documents shared with the baseline (and ``beside``)."""
        results = self.shared(beside or arm)
        pages = sum(result.pages for result in results)
        documents = [result.document for result in results]
        return pace(self.session, arm, documents, pages, self.rules)

    @property
    def placebo_of(self) -> str:
        """The arm that is timed a second time, as the placebo."""
        return self.baseline

    @property
    def placebo(self) -> Interval | None:
        """An arm against itself, same rounds: an interval without 1 is noise, found out."""
        runs = (record for record in self.session.records if isinstance(record, Run))
        documents = sorted({run.document for run in runs if run.arm == PLACEBO})
        return set_ratio(self.session, PLACEBO, self.placebo_of, documents, self.rules)

    def ranking(self) -> list[tuple[str, Interval]]:
        """Arms other than the baseline with their ratio, fastest first."""
        others = [arm for arm in self.arms if arm != self.baseline]
        found = [(arm, ratio) for arm in others if (ratio := self.ratio(arm))]
        return sorted(found, key=lambda pair: pair[1].value)

    def verdict(self, arm: str, against: str | None = None) -> str:
        """``faster``, ``slower``, ``same`` or ``undecided`` than the baseline (or another)."""
        ratio = self.ratio(arm, against)
        return "undecided" if ratio is None else word(ratio, self.rules)

    @abc.abstractmethod
    def sentence(self) -> Sentence:
        """The conclusion in one sentence, computed, with its interval."""

    def tidy(self, times: str) -> pandas.DataFrame:
        """Tidy results, one row a document and arm; the columns are told by ``frame``.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtraError("pandas", "workbench", "A frame of results") from error
        return pd.DataFrame([self._row(result, times) for result in self.results])

    def _row(self, result: ArmResult, times: str) -> dict[str, object]:
        row: dict[str, object] = {"document": result.document, self.kind: result.arm}
        row |= {
            name: getattr(result, name)
            for name in (
                "is_baseline",
                "pages",
                "items",
                "accuracy",
                "accuracy_kind",
                "same_as_baseline",
                "rows_differing",
            )
        }
        row["rounds"] = self.rounds if result.page_ms else 0
        for name, unit, interval in (
            (times, "_ms", result.page_ms if times == "time_per_page" else result.document_ms),
            ("time_ratio", "", result.time_ratio),
        ):
            for part, end in (("value", ""), ("low", "_low"), ("high", "_high")):
                row[f"{name}{end}{unit}"] = getattr(interval, part) if interval else None
        for name in ("cpu_per_wall", "memory_peak_mb", "memory_import_mb", "error"):
            row[name] = getattr(result, name)
        # Columns of their own, where a service is asked: requests, retries, cost.
        return row | (result.service or {})

    def __str__(self) -> str:
        return str(self.sentence())

    def __repr__(self) -> str:
        documents = count(len({result.document for result in self.results}), "document")
        arms = ", ".join(self.arms)
        return f"<{type(self).__name__} of {arms} on {documents}, {self.rounds} rounds>"
