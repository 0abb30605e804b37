"""Hit rate of a cache by its TTL: the real cache, the exact simulation, theory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.cache_ttl import CacheTtlSweep
from perfkit.charts._lines import HEIGHT_INCHES, WIDTH_INCHES, write
from perfkit.charts._palette import INK, MUTED, SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.charts._figure import Chart

__all__ = ["draw"]

_UNITS = (1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400, 28 * 86_400, 364 * 86_400)


def draw(records: CacheTtlSweep, /) -> Chart:
    """Points of the real cache on the line of the simulation, theory dashed, over the TTL.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    from perfkit.charts._figure import Chart, style

    with style():
        chart = Chart(figsize=(WIDTH_INCHES, HEIGHT_INCHES))
        axes = chart.subplots()
        _draw(axes, records)
        write(chart, axes)
    chart.title = f"Hit rate by time to live: {records.trace.name}"
    chart.sentence = records.sentence()
    chart.alternative = _alternative(records)
    return chart


def _draw(axes: Axes, sweep: CacheTtlSweep) -> None:
    ttls = [point.ttl_seconds for point in sweep.points]
    axes.set_xscale("log")
    axes.plot(
        ttls,
        [100 * point.simulated for point in sweep.points],
        color=SERIES[0],
        linewidth=1.8,
        label="exact simulation, equal on every request",
    )
    axes.plot(
        ttls,
        [100 * point.theory for point in sweep.points],
        color=SERIES[1],
        linewidth=1.8,
        linestyle=(0, (4, 2)),
        marker="D",
        markersize=4,
        markeredgecolor=INK,
        markeredgewidth=0.5,
        label="theory (steady random requests)",
    )
    axes.plot(
        ttls,
        [100 * point.replayed for point in sweep.points],
        color=SERIES[0],
        linestyle="none",
        marker="o",
        markersize=7,
        markerfacecolor="none",
        markeredgecolor=INK,
        markeredgewidth=1.2,
        label="real cache, replayed in virtual time",
    )
    advised = sweep.advice.ttl_seconds
    axes.axvline(
        advised,
        color=MUTED,
        linewidth=1.2,
        linestyle=(0, (1, 2)),
        label=f"enough: {formatting.duration(advised)}",
    )
    low, high = min(ttls[0], advised) / 1.3, max(ttls[-1], advised) * 1.3
    marks = [unit for unit in _UNITS if low <= unit <= high / 1.2]
    axes.set_xlim(low, high)
    axes.set_xticks(marks, [formatting.duration(unit) for unit in marks])
    axes.minorticks_off()
    axes.set_ylim(0, 103)
    axes.set_xlabel("time to live, TTL (log scale)")
    axes.set_ylabel("hits (% of requests)")
    axes.grid(axis="y")


def _alternative(sweep: CacheTtlSweep) -> str:
    intro = f"Hit rate of the real cache over its time to live, for {sweep.trace.name}"
    said = [f"{intro}, beside the exact simulation (equal) and theory."]
    said += [
        f"TTL {formatting.duration(point.ttl_seconds)}: {formatting.percent(point.replayed)}, "
        f"theory {formatting.percent(point.theory)}."
        for point in sweep.points
    ]
    return " ".join(said)
