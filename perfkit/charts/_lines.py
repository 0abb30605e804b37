"""Lines over a measured quantity: told apart by marker and dash as well as by colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from perfkit.charts._palette import BASELINE, INK, MUTED, SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.charts._figure import Chart

__all__ = ["HEIGHT_INCHES", "WIDTH_INCHES", "Look", "look", "plain", "shorten", "ticks", "write"]

#: Narrow, so that the same drawing can be read on a phone and in a column of print.
WIDTH_INCHES, HEIGHT_INCHES = 5.0, 3.1
_LONGEST_NAME = 34


class Look(NamedTuple):
    """How a series looks; in grey its marker and dash tell it apart."""

    color: str
    marker: str
    linestyle: Any

    def options(self) -> dict[str, Any]:
        """For matplotlib: a marker with a dark edge stands out on any paper."""
        return {
            "color": self.color,
            "marker": self.marker,
            "linestyle": self.linestyle,
            "markersize": 6,
            "markeredgecolor": INK,
            "markeredgewidth": 0.6,
            "linewidth": 1.8,
        }


_MARKERS = "osD^vP"
_DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1)), (0, (8, 3)))


def look(place: int, *, is_baseline: bool = False) -> Look:
    """Of the series at a place; the baseline is always the same light grey."""
    if is_baseline:
        return Look(BASELINE, "X", (0, (4, 2)))
    turn, dash = place % len(SERIES), (place // len(SERIES) + place) % len(_DASHES)
    return Look(SERIES[turn], _MARKERS[turn], _DASHES[dash])


def plain(text: str) -> str:
    """Text that matplotlib takes as it is: dollar signs begin no formula."""
    return text.replace("$", r"\$")


def shorten(text: str, longest: int = _LONGEST_NAME) -> str:
    """A name that fits beside a drawing."""
    short = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return plain(short)


def ticks(axes: Axes, values: Sequence[float], *, most: int = 8) -> None:
    """Ticks at measured places of the logarithmic x-axis, as plain numbers, as far as they fit."""
    low, high = min(values), max(values)
    gap = math.log(high / low) / most if high > low else 0.0
    kept: list[float] = []
    for value in sorted(set(values)):
        if not kept or math.log(value / kept[-1]) >= gap:
            kept.append(value)
    axes.set_xticks(kept, [f"{value:,.10g}" for value in kept])
    axes.minorticks_off()


def write(chart: Chart, axes: Axes, *, columns: int = 1) -> None:
    """The legend below the drawing, where it covers no point at any width."""
    handles, labels = axes.get_legend_handles_labels()
    if not handles:
        return
    rows = math.ceil(len(handles) / columns)
    width, height = chart.get_size_inches()
    room = 0.22 * rows + 0.1
    chart.set_size_inches(width, height + room)
    whole = height + room
    chart.subplots_adjust(
        left=0.155, right=0.965, top=1 - 0.12 / whole, bottom=(0.52 + room) / whole
    )
    chart.legend(
        handles,
        labels,
        loc="lower left",
        bbox_to_anchor=(0.12, 0.0),
        ncols=columns,
        frameon=False,
        labelcolor=INK,
        handlelength=3.2,
        borderaxespad=0.2,
    )
    axes.tick_params(colors=MUTED, labelcolor=INK)
    # Long labels at the left need more room than usual ones.
    boxes = [box for each in chart.axes if (box := each.yaxis.get_tightbbox()) is not None]
    outermost = min(box.x0 for box in boxes) / chart.dpi
    if outermost < 0:
        chart.subplots_adjust(left=0.165 - outermost / width)
