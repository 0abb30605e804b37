"""One metric of a sweep along one axis, a line for every other setting, the baseline beside."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from perfkit.bench import formatting
from perfkit.bench.selection import METRICS, Place, Selection
from perfkit.bench.sweep_results import Sweep
from perfkit.charts._palette import BASELINE, SERIES
from perfkit.errors import MeasurementError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.charts._figure import Chart

__all__ = ["draw"]

#: More lines than this are told apart by nobody; the others are named, to be chosen.
_MOST_LINES = len(SERIES)
#: From one line to the next, where names stand on the axis: their distance is 1.
_BESIDE = 0.12
_MARKERS = "osD^vP"
#: From this span on, equal factors are drawn as equal lengths.
_WIDE = 20


def draw(records: Selection | Sweep | str | os.PathLike[str], /) -> Chart:
    """Points with their intervals, joined where the axis is of numbers.

    Parameters
    ----------
    records : Selection, Sweep or path
        What to look at; of a sweep, or a JSON-lines file of one, the first axis.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    MeasurementError
        If nothing that is chosen has the metric.
    """
    from perfkit.charts._figure import Chart, style

    selection = Selection.of(records)
    lines = dict(list(selection.series.items())[:_MOST_LINES])
    if not lines:
        raise MeasurementError(f"There is nothing to draw: {selection.sentence()}")
    left_out = len(selection.series) - len(lines)
    metric = METRICS[selection.metric]
    with style():
        chart = Chart(figsize=(5.0, 3.0 + 0.2 * (len(lines) + 1)))
        axes = chart.subplots()
        where = _positions(axes, selection)
        for place, (name, places) in enumerate(lines.items()):
            beside = _BESIDE * (place - (len(lines) - 1) / 2)
            _line(axes, where, beside, places, name or selection.sweep.plan.subject, place)
        _baselines(axes, selection, where)
        axes.set_xlabel(_with_unit(selection.axis))
        axes.set_ylabel(metric.label)
        _scale(axes, [of.value for places in lines.values() for of in places])
        axes.grid(axis="y")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), frameon=False)
        chart.subplots_adjust(left=0.14, right=0.97, top=0.97)
        chart.subplots_adjust(bottom=1 - 0.97 * 2.4 / chart.get_figheight())
    chart.title = f"{metric.label.capitalize()} by {selection.axis}"
    chart.sentence = str(selection.sentence())
    chart.alternative = _alternative(selection, lines, left_out)
    return chart


def _with_unit(axis: str) -> str:
    """An axis' name with its unit, as far as names tell it; a user's own is as it was set."""
    if axis in ("pages", "workers", "chunk_pages", "max_pages"):
        return f"{axis} (count)"
    for end, unit in (("_seconds", "s"), ("_ttl", "s"), ("_mb", "MiB")):
        if axis.endswith(end):
            return f"{axis} ({unit})"
    return f"{axis} (as set)"


def _positions(axes: Axes, selection: Selection) -> Mapping[Any, float]:
    """Where each value of the axis stands: numbers in their place, names side by side."""
    values = selection.sweep.axes[selection.axis]
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        low, high = min(values), max(values)
        if low > 0 and high / low >= _WIDE:
            axes.set_xscale("log")
        axes.set_xticks(sorted(values), [f"{value:,}" for value in sorted(values)])
        axes.minorticks_off()
        return {value: float(value) for value in values}
    axes.set_xticks(range(len(values)), [_plain(value) for value in values])
    axes.set_xlim(-0.5, len(values) - 0.5)
    return {value: float(place) for place, value in enumerate(values)}


def _line(
    axes: Axes,
    where: Mapping[Any, float],
    beside: float,
    places: Sequence[Place],
    name: str,
    number: int,
) -> None:
    drawn = [of for of in places if of.at in where]
    numeric = all(isinstance(of.at, (int, float)) for of in drawn)
    axes.errorbar(
        # Side by side where names stand; numbers stand where they are.
        [where[of.at] + (0.0 if numeric else beside) for of in drawn],
        [of.value for of in drawn],
        yerr=(
            [max(0.0, of.value - of.low) for of in drawn],
            [max(0.0, of.high - of.value) for of in drawn],
        ),
        color=SERIES[number % len(SERIES)],
        marker=_MARKERS[number % len(_MARKERS)],
        markersize=5,
        linestyle="-" if numeric else "none",
        capsize=3,
        label=_plain(name),
    )


def _baselines(axes: Axes, selection: Selection, where: Mapping[Any, float]) -> None:
    places = selection.baselines
    if all(of.at in where for of in places) and len({of.at for of in places}) > 1:
        axes.plot(
            [where[of.at] for of in sorted(places, key=lambda of: where[of.at])],
            [of.value for of in sorted(places, key=lambda of: where[of.at])],
            color=BASELINE,
            linestyle="--",
            label=_plain(selection.sweep.baseline),
        )
        return
    for of in places[:1] if len(places) == 1 else ():
        axes.axhline(
            of.value, color=BASELINE, linestyle="--", label=_plain(selection.sweep.baseline)
        )


def _scale(axes: Axes, values: Sequence[float]) -> None:
    low, high = min(values), max(values)
    if low > 0 and high / low >= _WIDE:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    elif low >= 0:
        axes.set_ylim(bottom=0)


def _plain(text: object) -> str:
    # Dollar signs would be read as the start of a formula, a leading underscore hides a line.
    return str(text).replace("$", r"\$").lstrip("_")


def _alternative(selection: Selection, lines: Mapping[str, Sequence[Place]], left_out: int) -> str:
    unit = METRICS[selection.metric].unit
    said = [f"{METRICS[selection.metric].label.capitalize()} by {selection.axis}."]
    for name, places in lines.items():
        figures = "; ".join(f"{of.at}: {formatting.figure(of.value)}{unit}" for of in places)
        said.append(f"{name}: {figures}." if name else f"{figures}.")
    if left_out:
        said.append(f"{formatting.count(left_out, 'more line')} not drawn: choose by a filter.")
    return " ".join(said)
