"""Files a second of a batch by number of workers, against the ideal and the law, if any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.batch_scaling import BatchScaling, Scaled
from perfkit.charts._lines import HEIGHT_INCHES, WIDTH_INCHES, look, shorten, write
from perfkit.charts._palette import INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.charts._figure import Chart

__all__ = ["draw"]

_STEPS = 40


def draw(records: BatchScaling, /) -> Chart:
    """Points with intervals, the ideal as a thin line, and a law, if any, as a dashed one.

    Parameters
    ----------
    records : BatchScaling

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    from perfkit.charts._figure import Chart, style

    said = []
    with style():
        chart = Chart(figsize=(WIDTH_INCHES, HEIGHT_INCHES))
        axes = chart.subplots()
        for place, each in enumerate(records.executors):
            said.append(_draw(axes, each, place))
        first = records.executors[0]
        few, many = min(first.seconds), max(first.seconds)
        start = first.rate(few).value
        axes.plot(
            [few, many],
            [start, start * many / few],
            color=MUTED,
            linewidth=1.0,
            label="ideal: N workers, N times as many",
        )
        axes.set_xlim(few - 0.3, many + 0.35)
        axes.set_xlabel("workers (count)")
        axes.set_ylabel("rate (files a second)")
        axes.set_ylim(0, None)
        axes.set_xticks(sorted({count for each in records.executors for count in each.seconds}))
        axes.grid(axis="y")
        write(chart, axes)
    chart.title = f"A batch of {records.files} files by workers, on {records.cores} cores"
    chart.sentence = str(records.sentence())
    chart.alternative = f"Points by number of workers. {'; '.join(said)}."
    return chart


def _draw(axes: Axes, scaled: Scaled, place: int) -> str:
    """One executor's law and points; what they say, in words."""
    how, name = look(place), shorten(scaled.executor)
    counts = list(scaled.seconds)
    rates = [scaled.rate(count) for count in counts]
    most, law = max(counts), scaled.law
    if law is not None:
        steps = [1 + step * (most - 1) / _STEPS for step in range(_STEPS + 1)]
        axes.plot(
            steps,
            [1 / (law.serial + law.parallel / step) for step in steps],
            color=how.color,
            linestyle=look(place + 1).linestyle,  # the ideal's line is the unbroken one
            linewidth=1.8,
            label=f"{name}: Amdahl's law, fitted",
        )
    axes.errorbar(
        counts,
        [rate.value for rate in rates],
        yerr=[
            [rate.value - rate.low for rate in rates],
            [rate.high - rate.value for rate in rates],
        ],
        color=how.color,
        marker=how.marker,
        markersize=7,
        markeredgecolor=INK,
        markeredgewidth=0.9,
        linestyle="none",
        ecolor=INK,
        elinewidth=1.2,
        capsize=3,
        label=f"{name}: measured, {formatting.percent(rates[0].confidence)} interval",
    )
    for count, rate in zip(counts, rates, strict=True):
        at = (count, rate.value)
        axes.annotate(formatting.figure(rate.value), at, (7, -11), textcoords="offset points")
    told = ", ".join(
        f"{formatting.count(count, 'worker')} {formatting.bracketed(rate)}"
        for count, rate in zip(counts, rates, strict=True)
    )
    return f"{scaled.executor}: {told} files a second"
