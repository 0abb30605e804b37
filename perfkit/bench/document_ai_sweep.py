"""DocumentAiSweep: what each setting takes of time, requests and money, and which to take."""

from __future__ import annotations

import dataclasses
from typing import ClassVar, NamedTuple

from perfkit.bench import formatting
from perfkit.bench.bill import DOCUMENTS
from perfkit.bench.formatting import Sentence, count, milliseconds, money, percent, span
from perfkit.bench.html import POINT_ID, Column, notes_list, table
from perfkit.bench.results import ArmResult
from perfkit.bench.sweep_results import Sweep
from perfkit.bench.wording import rounds_run
from perfkit.errors import MeasurementError

__all__ = ["DocumentAiSweep", "Service", "Setting"]

_MS_A_MINUTE = 60_000.0
#: Throughputs that differ by less than this share are as good as each other.
_AS_GOOD = 0.05


class Service(NamedTuple):
    """Who answered, in words, and the requests a minute that it grants; 0 for no limit."""

    told: str = "a service"
    quota: int = 0


class Setting(NamedTuple):
    """One point: its result, and documents a minute that time and quota let through."""

    result: ArmResult
    workers: int
    chunk_pages: int
    documents_a_minute: float
    quota_limits: bool

    @property
    def requests(self) -> float:
        """Requests of a document, with those that were repeated."""
        service = self.result.service or {}
        return float(service.get("requests", 0) + service.get("retries", 0))

    @property
    def cost_usd(self) -> tuple[float, float]:
        """US dollars for 1,000 documents, at least and at most."""
        service = self.result.service or {}
        return float(service.get("cost_usd", 0)), float(service.get("cost_high_usd", 0))


@dataclasses.dataclass(frozen=True, repr=False)
class DocumentAiSweep(Sweep):
    """A sweep over ``workers`` and ``chunk_pages`` of a document that a service reads.

    Made by :func:`perfkit.bench.document_ai.sweep_document_ai`.

    Attributes
    ----------
    service : Service
        Who answered.
    """

    usual_baseline: ClassVar[str] = "workers=1, chunk_pages=15"

    service: Service = dataclasses.field(default_factory=Service)

    @property
    def settings(self) -> list[Setting]:
        """All points that were timed, the baseline first.

        Raises
        ------
        MeasurementError
            If none was.
        """
        found = [self._setting(result) for result in self.results if result.document_ms]
        if not found:
            why = next((of.error for of in self.results if of.error), "no point was timed")
            raise MeasurementError(f"No setting could be timed: {why}")
        return found

    def _setting(self, result: ArmResult) -> Setting:
        took = result.document_ms
        assert took is not None
        workers, chunk = (int(self.setting(result, axis)) for axis in ("workers", "chunk_pages"))
        free = Setting(result, workers, chunk, _MS_A_MINUTE / took.value, quota_limits=False)
        granted = self.service.quota / free.requests if free.requests else 0.0
        if self.service.quota and granted < free.documents_a_minute:
            return free._replace(documents_a_minute=granted, quota_limits=True)
        return free

    @property
    def recommended(self) -> Setting:
        """Of the settings that let most documents through, the one that costs least.

        Most is meant within 5 %; of those that cost the same at most, the quickest.
        """
        best = max(setting.documents_a_minute for setting in self.settings)
        near = [of for of in self.settings if of.documents_a_minute >= (1 - _AS_GOOD) * best]
        return min(near, key=lambda of: (of.cost_usd[1], _milliseconds(of)))

    def sentence(self) -> Sentence:
        """The conclusion: the setting to take, what it gains, and what it costs."""
        chosen = self.recommended
        result = chosen.result
        gain = ""
        if result.speedup is not None:
            speed = result.speedup
            gain = (
                f", {formatting.figure(speed.value)} times as fast as one sequential request at a "
                f"time ({percent(speed.confidence)} interval {span(speed)}, "
                f"{count(self.rounds, 'round')})"
            )
        limit = (
            f"the quota of {self.service.quota:,} requests a minute"
            if (chosen.quota_limits)
            else "its time"
        )
        return Sentence(
            f"Against {self.service.told}, take {count(chosen.workers, 'worker')} and "
            f"{count(chosen.chunk_pages, 'page')} a request: "
            f"{milliseconds(_milliseconds(chosen))} a document of {count(result.pages, 'page')}"
            f"{gain}; {limit} lets {formatting.figure(chosen.documents_a_minute)} documents a "
            f"minute through, and {count(DOCUMENTS, 'document')} cost {money(*chosen.cost_usd)}."
        )

    def notes(self) -> tuple[str, ...]:
        """What a reader must know before believing the figures."""
        from perfkit.docai.cost import read_prices

        prices = read_prices()
        costs = (
            f"Costs are by the price table of {prices.date.isoformat()}: at least if the pages of "
            "a document count together, at most if each request begins a unit of its own. Replace "
            "it with PERFKIT_DOCAI_PRICES."
        )
        reckoned = (
            "Documents a minute are reckoned for one process that reads one document after the "
            "other: what its time allows, or what the quota grants, whichever is less."
        )
        return (costs, reckoned, *super().notes())

    def _repr_html_(self) -> str:
        columns = [
            Column("workers", numeric=True),
            Column("pages a request", numeric=True),
            Column("time", numeric=True),
            Column("times as fast", numeric=True),
            Column("requests", numeric=True),
            Column("retries", numeric=True),
            Column("documents a minute", numeric=True),
            Column(f"cost of {DOCUMENTS:,} documents", numeric=True),
            Column("verdict"),
            POINT_ID,
        ]
        rows = []
        for setting in self.settings:
            result, service = setting.result, setting.result.service or {}
            speed = result.speedup
            limit = " (quota)" if setting.quota_limits else ""
            rows.append(
                [
                    str(setting.workers),
                    str(setting.chunk_pages),
                    milliseconds(_milliseconds(setting)),
                    "1" if speed is None else formatting.bracketed(speed),
                    f"{service.get('requests', 0):g}",
                    f"{service.get('retries', 0):g}",
                    f"{formatting.figure(setting.documents_a_minute)}{limit}",
                    money(*setting.cost_usd),
                    self.verdict_at(result),
                    self.point_id(result),
                ]
            )
        document = self.settings[0].result.document
        caption = f"{document} by {self.service.told}: {rounds_run(self)}"
        return (
            self.sentence()._repr_html_() + table(caption, columns, rows) + notes_list(self.notes())
        )


def _milliseconds(setting: Setting) -> float:
    took = setting.result.document_ms
    assert took is not None
    return took.value
