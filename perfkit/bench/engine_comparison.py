"""EngineComparison: what was found, as data, as one sentence and as a table."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, ClassVar

from perfkit.bench.comparison import Comparison
from perfkit.bench.formatting import Sentence

if TYPE_CHECKING:
    import pandas

__all__ = ["EngineComparison"]


@dataclasses.dataclass(frozen=True, repr=False)
class EngineComparison(Comparison):
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

    kind: ClassVar[str] = "engine"
    usual_baseline: ClassVar[str] = "pypdf"

    baseline: str = usual_baseline

    @property
    def engines(self) -> tuple[str, ...]:
        """Engines compared, the baseline first."""
        return self.arms

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
        return self.tidy("time_per_page")

    def _repr_html_(self) -> str:
        from perfkit.bench.engine_wording import as_html

        return as_html(self)
