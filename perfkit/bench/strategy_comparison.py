"""StrategyComparison: what was found, as data, as one sentence and as a table."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, ClassVar

from perfkit.bench.comparison import Comparison
from perfkit.bench.formatting import Sentence
from perfkit.bench.paired import Interval
from perfkit.bench.strategy_jobs import BASELINE, WARM, sequential

if TYPE_CHECKING:
    import pandas

__all__ = ["StrategyComparison"]


@dataclasses.dataclass(frozen=True, repr=False)
class StrategyComparison(Comparison):
    """Ways to process a document, timed in interleaved rounds against sequential pypdf.

    Made by :func:`perfkit.bench.strategies.compare_strategies`, or from a file of its
    records.

    Attributes
    ----------
    session : Session
        The raw records and their environment.
    baseline : str
        Strategy that the others are held against.
    rules : PairedRules
        Confidence and margins.
    """

    kind: ClassVar[str] = "strategy"
    usual_baseline: ClassVar[str] = BASELINE
    equal_only: ClassVar[bool] = True

    baseline: str = usual_baseline

    @property
    def strategies(self) -> tuple[str, ...]:
        """Strategies compared, the baseline first."""
        return self.arms

    @property
    def document(self) -> str:
        """Name of the document."""
        return self.results[0].document

    @property
    def pages(self) -> int:
        """Pages of the document."""
        return self.results[0].pages

    @property
    def plain(self) -> str:
        """The strategy that reads in turn with the optimizers' own engine."""
        return [arm for arm in self.arms if arm.startswith(sequential(""))][-1]

    @property
    def placebo_of(self) -> str:
        """The strategy that is timed a second time: with a quick engine it costs little."""
        return self.plain

    def first_time(self) -> list[tuple[str, Interval]]:
        """Ranking of the strategies on a document that no cache has seen."""
        return [each for each in self.ranking() if not each[0].endswith(WARM)]

    def again(self) -> list[tuple[str, Interval]]:
        """Ranking of the strategies on a document that a cache has seen."""
        return [each for each in self.ranking() if each[0].endswith(WARM)]

    def sentence(self) -> Sentence:
        """The conclusion in one sentence, computed, with its interval."""
        from perfkit.bench.strategy_wording import sentence

        return sentence(self)

    def notes(self) -> tuple[str, ...]:
        """What a reader must know before believing the figures; each says what to do."""
        from perfkit.bench.strategy_wording import notes

        return notes(self)

    def frame(self) -> pandas.DataFrame:
        """Tidy results, one row a strategy.

        Columns
        -------
        document, strategy : str
        is_baseline : bool
        pages, items : int
            Pages of the document, line items found.
        accuracy : float
            0 to 1; ``accuracy_kind`` tells ``truth`` from ``self-check``.
        same_as_baseline : bool
            Whether all line items equal the baseline's; ``rows_differing`` counts the others.
        rounds : int
        time_ms, time_low_ms, time_high_ms : float
            Trimmed mean and its interval, milliseconds of wall time for the whole document.
        time_ratio, time_ratio_low, time_ratio_high : float
            Strategy / baseline, paired; below 1 is faster.
        cpu_per_wall : float
            CPU time with the workers' / wall time; clearly below 1 is waiting or contention.
        memory_peak_mb, memory_import_mb : float
            Peak of a fresh process with its workers above ``import perfkit``, and that
            import's own, MiB.
        error : str
            Why there are no figures.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        return self.tidy("time")

    def _repr_html_(self) -> str:
        from perfkit.bench.strategy_wording import as_html

        return as_html(self)
