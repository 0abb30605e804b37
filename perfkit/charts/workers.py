"""Speed-up by number of workers, against the ideal and the fitted law."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.scaling import FURTHEST, Level, Scaling
from perfkit.bench.scaling_of_sweep import scaling_from
from perfkit.bench.sweep_results import Sweep
from perfkit.charts._lines import HEIGHT_INCHES, WIDTH_INCHES, shorten, write
from perfkit.charts._palette import INK, MUTED, PAPER, SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.charts._figure import Chart

__all__ = ["draw"]

_STEPS = 60


def draw(records: Scaling | Sweep | str | os.PathLike[str], /) -> Chart:
    """Points with intervals; the ideal as a thin line, a law as a dashed one.

    Parameters
    ----------
    records : Scaling, Sweep over workers, or path of its records

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    MeasurementError
        If nothing tells how it scales.
    """
    from perfkit.charts._figure import Chart, style

    if isinstance(records, Scaling):
        scaling = records
    else:
        sweep = records if isinstance(records, Sweep) else Sweep.from_records(records)
        scaling = scaling_from(sweep)
    with style():
        chart = Chart(figsize=(WIDTH_INCHES, HEIGHT_INCHES))
        axes = chart.subplots()
        _draw(axes, scaling)
        write(chart, axes)
    chart.title = f"Speed-up by number of workers on {scaling.subject}"
    chart.sentence = scaling.sentence()
    chart.alternative = _alternative(scaling)
    return chart


def _draw(axes: Axes, scaling: Scaling) -> None:
    most = max(level.workers for level in scaling.levels)
    top = max(1.2, *(level.speedup.value for level in scaling.levels))
    axes.plot(
        [1, most], [1, most], color=MUTED, linewidth=1.0, label="ideal: N workers, N times as fast"
    )
    if scaling.law is not None:
        # Where it was fitted, and half as far again at most.
        fitted = max(level.workers for level in scaling.fitted)
        end = min(FURTHEST * fitted, most * 1.05)
        places = [1 + (end - 1) * step / _STEPS for step in range(_STEPS + 1)]
        axes.plot(
            places,
            [scaling.law.speed(place) for place in places],
            color=SERIES[1],
            linestyle=(0, (5, 2)),
            linewidth=1.8,
            label=f"{scaling.law_name}, fitted up to {formatting.count(fitted, 'worker')}",
        )
    inside = [level for level in scaling.levels if not level.oversubscribed]
    beyond = [level for level in scaling.levels if level.oversubscribed]
    confidence = formatting.percent(scaling.levels[0].speedup.confidence)
    _points(axes, inside, SERIES[0], f"measured, {confidence} interval")
    _points(axes, beyond, PAPER, f"more workers than the {scaling.cores:g} usable cores")
    axes.axhline(1, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)))
    axes.set_xlim(0.7, 1.12 * most + 0.2)
    highest = max(level.speedup.high for level in scaling.levels)
    axes.set_ylim(0, min(max(top * 1.25, min(highest, top * 1.5)), max(most, top) * 1.25))
    axes.set_xticks([level.workers for level in scaling.levels])
    axes.set_xlabel("workers (count)")
    axes.set_ylabel(f"speed-up (times as fast as\n{shorten(scaling.sequential)})")
    axes.grid(axis="y")


def _points(axes: Axes, levels: list[Level], colour: str, label: str) -> None:
    if not levels:
        return
    values = [level.speedup.value for level in levels]
    axes.errorbar(
        [level.workers for level in levels],
        values,
        yerr=[
            [of.speedup.value - of.speedup.low for of in levels],
            [of.speedup.high - of.speedup.value for of in levels],
        ],
        color=colour,
        marker="o",
        markersize=7,
        markeredgecolor=INK,
        markeredgewidth=0.9,
        linestyle="none",
        ecolor=INK,
        elinewidth=1.2,
        capsize=3,
        label=label,
    )
    for level in levels:
        axes.annotate(
            formatting.figure(level.speedup.value),
            (level.workers, level.speedup.value),
            xytext=(7, 5),
            textcoords="offset points",
        )


def _alternative(scaling: Scaling) -> str:
    intro = f"Points of the speed-up on {scaling.subject} against {scaling.sequential}"
    said = [f"{intro}, over the number of workers, with the ideal as a line."]
    for level in scaling.levels:
        beyond = ", more than usable cores" if level.oversubscribed else ""
        said.append(
            f"{formatting.count(level.workers, 'worker')}{beyond}: "
            f"{formatting.figure(level.speedup.value)} times as fast "
            f"({formatting.span(level.speedup)}), efficiency "
            f"{formatting.percent(round(level.efficiency, 2))}."
        )
    return " ".join(said)
