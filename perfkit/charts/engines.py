"""Time a page and peak memory of each engine, by document, with the accuracy beside."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.engine_comparison import EngineComparison
from perfkit.charts._bars import (
    Bar,
    Layout,
    by_document,
    draw_accuracies,
    draw_bars,
    listed,
    peak,
    told,
)
from perfkit.charts._palette import BASELINE, SERIES
from perfkit.errors import MeasurementError

if TYPE_CHECKING:
    from perfkit.bench.results import ArmResult
    from perfkit.charts._figure import Chart

__all__ = ["draw"]

_LABEL_INCHES = 0.72


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
    layout = Layout(by_document(comparison.results), _LABEL_INCHES)
    panels = 2 if any(map(peak, comparison.results)) else 1
    with style():
        chart = Chart(figsize=layout.size(panels))
        axes = layout.panels(chart, panels)
        colours = _colours(comparison)
        confidence = formatting.percent(comparison.rules.confidence)
        draw_bars(axes[0], layout, colours, _time, f"time a page (ms; line: {confidence} interval)")
        draw_accuracies(axes[0], layout)
        if panels > 1:
            draw_bars(axes[1], layout, colours, peak, "peak memory above import perfkit (MiB)")
    chart.title = f"Time a page and peak memory of {listed(comparison.engines)}"
    chart.sentence = str(comparison.sentence())
    chart.alternative = _alternative(comparison)
    return chart


def _colours(comparison: EngineComparison) -> dict[str, str]:
    others = [engine for engine in comparison.engines if engine != comparison.baseline]
    colours = {engine: SERIES[place % len(SERIES)] for place, engine in enumerate(others)}
    return {comparison.baseline: BASELINE, **colours}


def _time(result: ArmResult) -> Bar | None:
    found = result.page_ms
    if found is None:
        return None
    return Bar(found.value, max(0.0, found.low), found.high, formatting.figure(found.value))


def _alternative(comparison: EngineComparison) -> str:
    said = [
        f"Horizontal bars for {listed(comparison.engines)}; {comparison.baseline} is the baseline."
    ]
    for result in comparison.results:
        where = f"{result.arm} on {result.document} ({formatting.count(result.pages, 'page')})"
        if result.page_ms is None:
            said.append(f"{where}: no figures.")
            continue
        figures = [f"{formatting.milliseconds(result.page_ms.value)} a page", *told(result)]
        said.append(f"{where}: {', '.join(figures)}.")
    return " ".join(said)
