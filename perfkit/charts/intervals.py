"""Every point's time against the baseline's as an interval, the fastest at the top."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from perfkit.bench import formatting
from perfkit.bench.comparison import Comparison
from perfkit.bench.paired import Interval
from perfkit.bench.sweep_results import Sweep
from perfkit.charts._lines import WIDTH_INCHES, shorten
from perfkit.charts._palette import GRID, INK, MUTED, PAPER, SERIES
from perfkit.errors import MeasurementError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.charts._figure import Chart

__all__ = ["draw"]

_ROW_INCHES = 0.44
#: Of the scale, from fine to coarse: the finest is taken of which not too many are in sight.
_STEPS = (
    (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.4, 1.6, 1.8, 2, 2.5),
    (0.2, 0.3, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 6),
    (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100),
    (0.001, 0.01, 0.1, 1, 10, 100, 1000),
)
_MOST_MARKS = 7
#: Colour and marker of each verdict: neither needs the other.
_LOOKS = {
    "faster": (SERIES[0], "o"),
    "slower": (SERIES[1], "D"),
    "same": (PAPER, "s"),
    "undecided": (GRID, "X"),
}


class _Row(NamedTuple):
    name: str
    ratio: Interval
    verdict: str


def draw(records: Comparison | str | os.PathLike[str], /) -> Chart:
    """Intervals of the ratio of times on a logarithmic scale, below 1 is faster.

    Parameters
    ----------
    records : Comparison or path of a sweep's records

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    MeasurementError
        If there is no ratio to draw.
    """
    from perfkit.charts._figure import Chart, style

    comparison = records if isinstance(records, Comparison) else Sweep.from_records(records)
    rows = _rows(comparison)
    with style():
        height = _ROW_INCHES * len(rows) + 0.75
        chart = Chart(figsize=(WIDTH_INCHES, height))
        axes = chart.subplots()
        _draw(axes, rows, comparison)
        _settle(chart, axes, rows, height)
    count = formatting.count(len(rows), "ratio")
    chart.title = f"Time against {comparison.baseline}: {count} with intervals"
    chart.sentence = comparison.sentence()
    chart.alternative = _alternative(rows, comparison)
    return chart


def _rows(comparison: Comparison) -> list[_Row]:
    several = len({result.document for result in comparison.results}) > 1
    rows = []
    for result in comparison.results:
        if result.time_ratio is None:
            continue
        verdict = (
            comparison.verdict_at(result)
            if isinstance(comparison, Sweep)
            else comparison.verdict(result.arm)
        )
        name = f"{result.arm} · {result.document}" if several else result.arm
        rows.append(_Row(name, result.time_ratio, verdict))
    if not rows:
        raise MeasurementError(f"There is nothing to draw: {comparison.sentence()}")
    return sorted(rows, key=lambda row: row.ratio.value)


def _draw(axes: Axes, rows: list[_Row], comparison: Comparison) -> None:
    margin = comparison.rules.margin
    axes.axvspan(1 - margin, 1 + margin, color=GRID, linewidth=0)
    axes.axvline(1, color=MUTED, linewidth=1.2)
    for place, row in enumerate(rows):
        colour, marker = _LOOKS[row.verdict]
        axes.plot([row.ratio.low, row.ratio.high], [place, place], color=INK, linewidth=1.6)
        axes.plot(
            row.ratio.value,
            place,
            marker=marker,
            markersize=7,
            color=colour,
            markeredgecolor=INK,
            markeredgewidth=0.8,
            linestyle="none",
        )
        at: dict[str, Any] = {
            "transform": axes.get_yaxis_transform(),
            "va": "bottom",
            # The line at 1 may run behind it.
            "bbox": {"facecolor": PAPER, "edgecolor": "none", "pad": 1.0},
        }
        axes.text(0, place - 0.2, shorten(row.name, 48), ha="left", **at)
        axes.text(
            1, place - 0.2, f"{formatting.figure(row.ratio.value)} {row.verdict}", ha="right", **at
        )
    confidence = formatting.percent(comparison.rules.confidence)
    axes.set_xlabel(f"time / baseline's time (log scale; line: {confidence} interval)")
    axes.set_yticks([])
    axes.set_ylim(len(rows) - 0.7, -0.75)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")


def _settle(chart: Chart, axes: Axes, rows: list[_Row], height: float) -> None:
    """The scale, and room for the names."""
    from matplotlib.ticker import FixedLocator, NullLocator

    low = min(0.9, *(row.ratio.low for row in rows))
    high = max(1.1, *(row.ratio.high for row in rows))
    # One interval that is very wide must not press all others together.
    low = max(low, 0.2 * min(row.ratio.value for row in rows))
    high = min(high, 5 * max(1.0, *(row.ratio.value for row in rows)))
    axes.set_xscale("log")
    axes.set_xlim(low / 1.06, high * 1.06)
    shown = ([of for of in steps if low / 1.06 <= of <= high * 1.06] for steps in _STEPS)
    marks = next((marks for marks in shown if len(marks) <= _MOST_MARKS), [1.0])
    axes.xaxis.set_major_locator(FixedLocator(marks))
    axes.set_xticks(marks, [f"{mark:g}" for mark in marks])
    axes.xaxis.set_minor_locator(NullLocator())
    chart.subplots_adjust(left=0.05, right=0.95, top=1 - 0.1 / height, bottom=0.52 / height)


def _alternative(rows: list[_Row], comparison: Comparison) -> str:
    said = [f"Intervals of the time against {comparison.baseline}, the fastest first."]
    said += [
        f"{row.name}: {formatting.figure(row.ratio.value)} ({formatting.span(row.ratio)}), "
        f"{row.verdict}."
        for row in rows
    ]
    return " ".join(said)
