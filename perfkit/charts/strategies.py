"""How many times as fast as sequential pypdf each strategy is, its peak and its accuracy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.strategy_comparison import StrategyComparison
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

_LABEL_INCHES = 1.72


def draw(records: StrategyComparison | str | os.PathLike[str], /) -> Chart:
    """Bars of the speed against the baseline (logarithmic) and of peak memory (MiB).

    Parameters
    ----------
    records : StrategyComparison or path
        A comparison, or a JSON-lines file of one.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    MeasurementError
        If no strategy was timed.
    """
    from perfkit.charts._figure import Chart, style

    comparison = (
        records
        if isinstance(records, StrategyComparison)
        else StrategyComparison.from_records(records)
    )
    if not any(result.page_ms for result in comparison.results):
        raise MeasurementError(f"There is nothing to draw: {comparison.sentence()}")
    layout = Layout(by_document(comparison.results), _LABEL_INCHES)
    panels = 2 if any(map(peak, comparison.results)) else 1
    colours = dict.fromkeys(comparison.strategies, SERIES[0]) | {comparison.baseline: BASELINE}
    with style():
        chart = Chart(figsize=layout.size(panels))
        axes = layout.panels(chart, panels)
        confidence = formatting.percent(comparison.rules.confidence)
        label = f"times as fast (log scale; line: {confidence} interval)"
        draw_bars(axes[0], layout, colours, _speed, label, logarithmic=True)
        draw_accuracies(axes[0], layout)
        if panels > 1:
            draw_bars(axes[1], layout, colours, peak, "peak memory above import perfkit (MiB)")
    strategies = formatting.count(len(comparison.strategies), "strategy", "strategies")
    chart.title = f"Speed and peak memory of {strategies} on {comparison.document}"
    chart.sentence = str(comparison.sentence())
    chart.alternative = _alternative(comparison)
    return chart


def _speed(result: ArmResult) -> Bar | None:
    """Speed against the baseline, with the milliseconds behind the bar."""
    found = result.document_ms
    if found is None:
        return None
    speed, time = result.speedup, formatting.milliseconds(found.value)
    if speed is None:
        return Bar(1.0, 1.0, 1.0, f"1 ({time})")
    return Bar(speed.value, speed.low, speed.high, f"{formatting.figure(speed.value)} ({time})")


def _alternative(comparison: StrategyComparison) -> str:
    pages = formatting.count(comparison.pages, "page")
    bars = f"Horizontal bars for {listed(comparison.strategies)} on {comparison.document}, {pages}"
    said = [f"{bars}; {comparison.baseline} is the baseline."]
    for result in comparison.results:
        if result.document_ms is None:
            said.append(f"{result.arm}: no figures.")
            continue
        figures = [formatting.milliseconds(result.document_ms.value)]
        if result.speedup is not None:
            figures.append(f"{formatting.figure(result.speedup.value)} times as fast")
        said.append(f"{result.arm}: {', '.join([*figures, *told(result)])}.")
    return " ".join(said)
