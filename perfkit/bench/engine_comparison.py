"""EngineComparison: what was found, as data, as one sentence and as a table."""

from __future__ import annotations

import dataclasses
import os
from functools import cached_property
from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.engine_results import PLACEBO, EngineResult, pace, results_of, set_ratio
from perfkit.bench.environment import Environment
from perfkit.bench.formatting import Sentence
from perfkit.bench.paired import RULES, Interval, PairedRules, word
from perfkit.bench.records import Check, Run, Session, merge, read
from perfkit.errors import MeasurementError, MissingExtraError

if TYPE_CHECKING:
    import pandas

__all__ = ["EngineComparison"]


@dataclasses.dataclass(frozen=True)
class EngineComparison:
    """Engines on the same documents, timed in interleaved rounds against a baseline.

    Made by :func:`perfkit.bench.engines.compare_engines`, or from a file of its records.

    Attributes
    ----------
    session : Session
        The raw records and their environment.
    baseline : str
        Engine that the others are held against.
    rules : PairedRules
        Confidence and margins.
    """

    session: Session
    baseline: str = "pypdf"
    rules: PairedRules = RULES

    @classmethod
    def from_records(
        cls, path: str | os.PathLike[str], *, baseline: str = "pypdf", pool: bool = False
    ) -> EngineComparison:
        """The newest comparison of a record file, or all of them pooled.

        Raises
        ------
        MeasurementError
            If the file holds none, or ``pool`` would mix unlike environments.
        """
        sessions = [
            session
            for session in read(path)
            if any(isinstance(record, Check) for record in session.records)
        ]
        if not sessions:
            raise MeasurementError(f"{os.fspath(path)} holds no engine comparison.")
        return cls(merge(sessions) if pool else sessions[-1], baseline)

    @property
    def environment(self) -> Environment:
        """Machine, packages and revision of the records."""
        return self.session.environment

    @cached_property
    def results(self) -> tuple[EngineResult, ...]:
        """One result a document and engine, small documents first, the baseline before others."""
        return tuple(results_of(self.session, self.baseline, self.rules))

    @property
    def engines(self) -> tuple[str, ...]:
        """Engines compared, the baseline first."""
        return tuple(dict.fromkeys(result.engine for result in self.results))

    @property
    def rounds(self) -> int:
        """Rounds that were timed."""
        return len({(r.launch, r.round) for r in self.session.records if isinstance(r, Run)})

    def of(self, engine: str) -> list[EngineResult]:
        """Results of one engine."""
        return [result for result in self.results if result.engine == engine]

    def shared(self, engine: str) -> list[EngineResult]:
        """Results of one engine for the documents that both it and the baseline were timed on."""
        timed = {result.document for result in self.of(self.baseline) if result.page_ms}
        return [r for r in self.of(engine) if r.page_ms and r.document in timed]

    def ratio(self, engine: str) -> Interval | None:
        """Time engine / baseline for all shared documents together; None where there is none."""
        documents = [result.document for result in self.shared(engine)]
        return set_ratio(self.session, engine, self.baseline, documents, self.rules)

    def pace(self, engine: str, beside: str | None = None) -> Interval:
        """Milliseconds a page over the documents shared with the baseline (and ``beside``)."""
        results = self.shared(beside or engine)
        pages = sum(result.pages for result in results)
        documents = [result.document for result in results]
        return pace(self.session, engine, documents, pages, self.rules)

    @property
    def placebo(self) -> Interval | None:
        """The baseline against itself, same rounds: an interval without 1 is noise, found out."""
        runs = (record for record in self.session.records if isinstance(record, Run))
        documents = sorted({run.document for run in runs if run.arm == PLACEBO})
        return set_ratio(self.session, PLACEBO, self.baseline, documents, self.rules)

    def ranking(self) -> list[tuple[str, Interval]]:
        """Engines other than the baseline with their ratio, fastest first."""
        others = [engine for engine in self.engines if engine != self.baseline]
        found = [(engine, ratio) for engine in others if (ratio := self.ratio(engine))]
        return sorted(found, key=lambda pair: pair[1].value)

    def sentence(self) -> Sentence:
        """The conclusion in one sentence, computed, with its interval."""
        from perfkit.bench.engine_wording import sentence

        return sentence(self)

    def notes(self) -> tuple[str, ...]:
        """What a reader must know before believing the figures; each says what to do."""
        from perfkit.bench.engine_wording import notes

        return notes(self)

    def frame(self) -> pandas.DataFrame:
        """Tidy results, one row a document and engine.

        Columns
        -------
        document, engine : str
        is_baseline : bool
        pages, items : int
            Pages of the document, line items found.
        accuracy : float
            0 to 1; ``accuracy_kind`` tells ``truth`` from ``self-check``.
        same_as_baseline : bool
            Whether every field equals the baseline's; ``rows_differing`` counts the others.
        rounds : int
        time_per_page_ms, time_per_page_low_ms, time_per_page_high_ms : float
            Trimmed mean and its interval, milliseconds of wall time.
        time_ratio, time_ratio_low, time_ratio_high : float
            Engine / baseline, paired; below 1 is faster.
        cpu_per_wall : float
            CPU time / wall time; clearly below 1 is waiting or contention.
        memory_peak_mb, memory_import_mb : float
            Peak of a fresh process above ``import perfkit``, and that import's own, MiB.
        error : str
            Why there are no figures.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtraError("pandas", "workbench", "A frame of results") from error
        return pd.DataFrame([self._row(result) for result in self.results])

    def _row(self, result: EngineResult) -> dict[str, object]:
        row: dict[str, object] = {
            name: getattr(result, name)
            for name in ("document", "engine", "is_baseline", "pages", "items", "accuracy")
        }
        row |= {
            "accuracy_kind": result.accuracy_kind,
            "same_as_baseline": result.same_as_baseline,
            "rows_differing": result.rows_differing,
            "rounds": self.rounds if result.page_ms else 0,
        }
        for name, unit, interval in (
            ("time_per_page", "_ms", result.page_ms),
            ("time_ratio", "", result.time_ratio),
        ):
            for part, end in (("value", ""), ("low", "_low"), ("high", "_high")):
                row[f"{name}{end}{unit}"] = getattr(interval, part) if interval else None
        for name in ("cpu_per_wall", "memory_peak_mb", "memory_import_mb", "error"):
            row[name] = getattr(result, name)
        return row

    def verdict(self, engine: str) -> str:
        """``faster``, ``slower``, ``same`` or ``undecided`` than the baseline."""
        ratio = self.ratio(engine)
        return "undecided" if ratio is None else word(ratio, self.rules)

    def __str__(self) -> str:
        return str(self.sentence())

    def _repr_html_(self) -> str:
        from perfkit.bench.engine_wording import as_html

        return as_html(self)

    def __repr__(self) -> str:
        engines = ", ".join(self.engines)
        documents = formatting.count(len({r.document for r in self.results}), "document")
        return f"<EngineComparison of {engines} on {documents}, {self.rounds} rounds>"
