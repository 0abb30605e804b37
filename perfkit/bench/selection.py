"""Part of a sweep to look at: one metric along one axis, for the settings that are chosen."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from perfkit.bench import formatting
from perfkit.bench.formatting import Sentence, count
from perfkit.bench.paired import Interval
from perfkit.bench.results import ArmResult
from perfkit.bench.sweep_results import PAGES, Sweep
from perfkit.errors import ParameterError
from perfkit.nearest import did_you_mean

__all__ = ["DOCUMENT", "METRICS", "Metric", "Place", "Selection"]

#: What documents are told apart by, beside the axes.
DOCUMENT = "document"


@dataclasses.dataclass(frozen=True, slots=True)
class Metric:
    """A figure of every point: what its axis says, unit included, and which end is better."""

    label: str
    better: str

    @property
    def unit(self) -> str:
        """What stands behind a figure."""
        units = {"ms": " ms", "MiB": " MiB", "times the baseline's": " times the baseline's"}
        return units.get(self._in_brackets, "")

    @property
    def _in_brackets(self) -> str:
        return self.label.rpartition("(")[2].rstrip(")")


METRICS = {
    "time_per_page_ms": Metric("time a page (ms)", "lowest"),
    "time_ms": Metric("time a document (ms)", "lowest"),
    "speedup": Metric("speed (times the baseline's)", "highest"),
    "memory_peak_mb": Metric("peak memory above import perfkit (MiB)", "lowest"),
    "accuracy": Metric("accuracy (0 to 1)", "highest"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A figure at one value of the axis, with its interval where it has one."""

    at: Any
    value: float
    low: float
    high: float
    result: ArmResult


@dataclasses.dataclass(frozen=True)
class Selection:
    """One metric of a sweep along one of its axes.

    Parameters
    ----------
    sweep : Sweep
        What was measured.
    axis : str
        One of ``sweep.axes``; by default the first.
    metric : str
        A key of :data:`METRICS`.
    only : mapping
        Values of the other axes, and of ``document``, to look at; without one, all of them.

    Raises
    ------
    ParameterError
        If there is no such axis, metric, filter or value; the message names the nearest.
    """

    sweep: Sweep
    axis: str = ""
    metric: str = "time_per_page_ms"
    only: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.axis:
            object.__setattr__(self, "axis", next(iter(self.sweep.axes)))
        _known("axis", self.axis, self.sweep.axes)
        _known("metric", self.metric, METRICS)
        for name, value in self.only.items():
            _known("filter", name, self.filters)
            _known(name, value, self.filters[name])

    @classmethod
    def of(cls, records: Selection | Sweep | str | os.PathLike[str]) -> Selection:
        """As it is, or the first view of a sweep or of a JSON-lines file of one."""
        if isinstance(records, Selection):
            return records
        return cls(records if isinstance(records, Sweep) else Sweep.from_records(records))

    @cached_property
    def filters(self) -> dict[str, list[Any]]:
        """Values of everything but the axis that tells results apart."""
        found = {name: list(values) for name, values in self.sweep.axes.items()}
        del found[self.axis]
        if PAGES not in self.sweep.axes:
            found[DOCUMENT] = list(dict.fromkeys(of.document for of in self.sweep.results))
        return found

    @cached_property
    def series(self) -> dict[str, list[Place]]:
        """Places in the axis' order by what else was set; the baseline's are not among them."""
        order = {value: place for place, value in enumerate(self.sweep.axes[self.axis])}
        found: dict[str, list[Place]] = {}
        for result in self.sweep.results:
            place = None if result.is_baseline else self._place(result)
            if place is not None and self._chosen(result):
                found.setdefault(self._name(result), []).append(place)
        for places in found.values():
            places.sort(key=lambda place: order.get(place.at, len(order)))
        return found

    @cached_property
    def baselines(self) -> list[Place]:
        """The baseline's, one a document."""
        found = (self._place(of) for of in self.sweep.results if of.is_baseline)
        wanted = self.only.get(DOCUMENT)
        return [of for of in found if of and wanted in (None, of.result.document)]

    def sentence(self) -> Sentence:
        """Where the metric is best, in one sentence."""
        metric = METRICS[self.metric]
        places = [(name, place) for name, all_ in self.series.items() for place in all_]
        if not places:
            return Sentence(f"No point of this choice has a {_bare(metric)}.")
        pick = min if metric.better == "lowest" else max
        name, best = pick(places, key=lambda pair: pair[1].value)
        figure = formatting.figure(best.value) + metric.unit
        interval = ""
        if best.low < best.high:
            low, high = formatting.figure(max(0.0, best.low)), formatting.figure(best.high)
            interval = f" (interval {low} to {high})"
        where = f"{self.axis}={best.at}" + (f", {name}" if name else "")
        baseline = [of for of in self.baselines if of.result.document == best.result.document]
        against = (
            f", where {self.sweep.baseline} has {formatting.figure(baseline[0].value)}{metric.unit}"
            if baseline
            else ""
        )
        return Sentence(
            f"Of {count(len(places), 'point')}, {where} has the {metric.better} "
            f"{_bare(metric)}: {figure}{interval}{against}."
        )

    def _chosen(self, result: ArmResult) -> bool:
        return all(self._setting(result, name) == value for name, value in self.only.items())

    def _setting(self, result: ArmResult, name: str) -> Any:
        return result.document if name == DOCUMENT else self.sweep.setting(result, name)

    def _name(self, result: ArmResult) -> str:
        """What tells its series from the others: settings that are not the same in all."""
        told = [
            f"{self._setting(result, name)}" if name == DOCUMENT else f"{name}={value}"
            for name, values in self.filters.items()
            if len(values) > 1 and name not in self.only
            for value in [self._setting(result, name)]
        ]
        return ", ".join(told)

    def _place(self, result: ArmResult) -> Place | None:
        at = self.sweep.setting(result, self.axis)
        found = _figure(result, self.metric)
        if found is None:
            return None
        if isinstance(found, Interval):
            return Place(at, found.value, found.low, found.high, result)
        return Place(at, found, found, found, result)


def _figure(result: ArmResult, metric: str) -> Interval | float | None:
    found: dict[str, Interval | float | None] = {
        "time_per_page_ms": result.page_ms,
        "time_ms": result.document_ms,
        "speedup": result.speedup,
        "memory_peak_mb": result.memory_peak_mb,
        "accuracy": result.accuracy,
    }
    return found[metric]


def _bare(metric: Metric) -> str:
    return metric.label.partition(" (")[0]


def _known(kind: str, name: Any, known: Mapping[str, Any] | Sequence[Any]) -> None:
    if name not in known:
        near = did_you_mean(str(name), map(str, known))
        raise ParameterError(f"This sweep has no {kind} {name!r}{near}")
