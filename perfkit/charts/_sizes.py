"""What charts over document size share: a sweep's points as lines over the number of pages."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from perfkit.bench.results import ArmResult
from perfkit.bench.sweep_results import Sweep
from perfkit.charts._lines import Look, look, shorten, ticks
from perfkit.charts._palette import INK
from perfkit.errors import MeasurementError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Reading", "draw_lines", "readings", "sweep_of"]

#: Value with the ends of its interval.
Reading = tuple[float, float, float]


def sweep_of(records: Sweep | str | os.PathLike[str]) -> Sweep:
    """A sweep, or the newest one of a file of records."""
    return records if isinstance(records, Sweep) else Sweep.from_records(records)


def readings(
    sweep: Sweep, measure: Callable[[ArmResult], Reading | None]
) -> dict[str, dict[int, Reading]]:
    """By point and pages, for points that were measured at two sizes at least.

    Raises
    ------
    MeasurementError
        If there is none.
    """
    found: dict[str, dict[int, Reading]] = {}
    for arm in sweep.arms:
        values = {of.pages: reading for of in sweep.of(arm) if (reading := measure(of))}
        if len(values) > 1:
            found[arm] = values
    if not found:
        raise MeasurementError(
            "There is nothing to draw over document size: sweep an axis pages of two sizes or more."
        )
    return found


def draw_lines(axes: Axes, sweep: Sweep, lines: dict[str, dict[int, Reading]]) -> dict[str, Look]:
    """Draw every point's line with its intervals over pages; how each looks."""
    looks, place = {}, 0
    for arm, values in lines.items():
        looks[arm] = look(place, is_baseline=arm == sweep.baseline)
        place += arm != sweep.baseline
        sizes = sorted(values)
        axes.plot(
            sizes,
            [values[size][0] for size in sizes],
            label=shorten(arm),
            **looks[arm].options(),
        )
        for size in sizes:
            _, low, high = values[size]
            if high > low:
                axes.plot([size, size], [low, high], color=INK, linewidth=1.1, zorder=1.5)
    axes.set_xscale("log")
    ticks(axes, [size for values in lines.values() for size in values])
    axes.set_xlabel("document size (pages, log scale)")
    axes.grid(axis="y")
    return looks
