"""Time a page and peak memory of each engine, by document, with the accuracy beside."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from perfkit.bench import formatting
from perfkit.bench.engine_comparison import EngineComparison
from perfkit.charts._palette import BASELINE, INK, MUTED, SERIES
from perfkit.errors import MeasurementError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.bench.engine_results import EngineResult
    from perfkit.charts._figure import Chart

__all__ = ["draw"]

#: Narrow, so that the same drawing can be read on a phone and in a column of print.
WIDTH_INCHES = 5.0
_ROW_INCHES = 0.235
_MARGINS_INCHES = 1.4
_LABEL_INCHES = 0.72
_ACCURACY_INCHES = 0.82


def draw(records: EngineComparison | str | os.PathLike[str], /) -> Chart:
    """Bars of time a page (ms) and of peak memory (MiB) against the baseline's.

    Parameters
    ----------
    records : EngineComparison or path
        A comparison, or a JSON-lines file of one.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    MeasurementError
        If no engine was timed.
    """
    from perfkit.charts._figure import Chart, style

    comparison = (
        records if isinstance(records, EngineComparison) else EngineComparison.from_records(records)
    )
    if not any(result.page_ms for result in comparison.results):
        raise MeasurementError(f"There is nothing to draw: {comparison.sentence()}")
    rows = _rows(comparison)
    has_memory = any(result.memory_peak_mb is not None for result in comparison.results)
    panels = 2 if has_memory else 1
    height = panels * (len(rows) * _ROW_INCHES + _MARGINS_INCHES / 2)
    with style():
        chart = Chart(figsize=(WIDTH_INCHES, height))
        axes = chart.subplots(panels, 1, squeeze=False)[:, 0]
        chart.subplots_adjust(
            left=_LABEL_INCHES / WIDTH_INCHES,
            right=1 - _ACCURACY_INCHES / WIDTH_INCHES,
            top=1 - 0.08 / height,
            bottom=0.5 / height,
            hspace=0.75 / (len(rows) * _ROW_INCHES),
        )
        colours = _colours(comparison)
        confidence = formatting.percent(comparison.rules.confidence)
        _panel(axes[0], rows, colours, _time, f"time a page (ms; line: {confidence} interval)")
        _accuracy(axes[0], rows)
        if has_memory:
            _panel(axes[1], rows, colours, _memory, "peak memory above import perfkit (MiB)")
    chart.title = f"Time a page and peak memory of {_listed(comparison.engines)}"
    chart.sentence = str(comparison.sentence())
    chart.alternative = _alternative(comparison)
    return chart


def _rows(comparison: EngineComparison) -> list[str | EngineResult]:
    """A heading for each document, then its results."""
    rows: list[str | EngineResult] = []
    seen = ""
    for result in comparison.results:
        if result.document != seen:
            seen = result.document
            rows.append(_heading(comparison, seen))
        rows.append(result)
    return rows


def _heading(comparison: EngineComparison, document: str) -> str:
    pages = max(r.pages for r in comparison.results if r.document == document)
    name = document if len(document) <= 40 else f"…{document[-39:]}"
    # Dollar signs would be read as the start of a formula.
    return f"{name}, {formatting.count(pages, 'page')}".replace("$", r"\$")


def _colours(comparison: EngineComparison) -> dict[str, str]:
    others = [engine for engine in comparison.engines if engine != comparison.baseline]
    colours = {engine: SERIES[place % len(SERIES)] for place, engine in enumerate(others)}
    return {comparison.baseline: BASELINE, **colours}


def _time(result: EngineResult) -> tuple[float, float, float] | None:
    found = result.page_ms
    return (found.value, max(0.0, found.low), found.high) if found else None


def _memory(result: EngineResult) -> tuple[float, float, float] | None:
    peak = result.memory_peak_mb
    return None if peak is None else (peak, peak, peak)


def _panel(
    axes: Axes,
    rows: list[str | EngineResult],
    colours: dict[str, str],
    measure: Callable[[EngineResult], tuple[float, float, float] | None],
    label: str,
) -> None:
    ticks, names = [], []
    # x as a share of the axes, y as a row: for what stands outside the scale.
    beside = axes.get_yaxis_transform()
    drawn = [found for row in rows if not isinstance(row, str) and (found := measure(row))]
    widest = max((high for _, _, high in drawn), default=1.0)
    axes.set_xlim(0, widest * 1.22)
    for place, row in enumerate(rows):
        if isinstance(row, str):
            start = -_LABEL_INCHES / (axes.get_position().width * WIDTH_INCHES)
            axes.text(start + 0.01, place + 0.1, row, transform=beside, weight="bold", va="center")
            continue
        ticks.append(place)
        names.append(row.engine)
        found = measure(row)
        if found is None:
            axes.text(0.01, place, "failed", transform=beside, va="center", color=MUTED)
            continue
        value, low, high = found
        axes.barh(
            place, value, height=0.74, color=colours[row.engine], edgecolor=INK, linewidth=0.6
        )
        if high > low:
            axes.plot([low, high], [place, place], color=INK, linewidth=1.4)
        axes.annotate(
            formatting.figure(value),
            (high, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center_baseline",
        )
    axes.set_yticks(ticks, names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel(label)
    axes.grid(axis="x")


def _accuracy(axes: Axes, rows: list[str | EngineResult]) -> None:
    edge = 1.0 + 0.95 * _ACCURACY_INCHES / (axes.get_position().width * WIDTH_INCHES)
    at: dict[str, Any] = {
        "transform": axes.get_yaxis_transform(),
        "va": "center_baseline",
        "ha": "right",
    }
    axes.text(edge, 0, "accuracy", weight="bold", **at)
    for place, row in enumerate(rows):
        if isinstance(row, str) or row.accuracy is None:
            continue
        mark = "*" if row.accuracy_kind == "self-check" else ""
        text = formatting.accuracy(row.accuracy) + mark
        axes.text(edge, place, text, **at)


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _alternative(comparison: EngineComparison) -> str:
    told = [
        f"Horizontal bars for {_listed(comparison.engines)}; {comparison.baseline} is the baseline."
    ]
    for result in comparison.results:
        where = f"{result.engine} on {result.document} ({formatting.count(result.pages, 'page')})"
        if result.page_ms is None:
            told.append(f"{where}: no figures.")
            continue
        figures = [f"{formatting.milliseconds(result.page_ms.value)} a page"]
        if result.memory_peak_mb is not None:
            figures.append(f"peak {formatting.mib(result.memory_peak_mb)}")
        if result.accuracy is not None:
            kind = "self-check" if result.accuracy_kind == "self-check" else "accuracy"
            figures.append(f"{kind} {formatting.accuracy(result.accuracy)}")
        told.append(f"{where}: {', '.join(figures)}.")
    return " ".join(told)
