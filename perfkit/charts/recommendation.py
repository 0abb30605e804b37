"""Recipes that a tuning tried by their time, the quickest at the top; the chosen one stands out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from perfkit.bench import formatting
from perfkit.charts._lines import WIDTH_INCHES, plain, shorten
from perfkit.charts._palette import GRID, INK, MUTED, PAPER, SERIES
from perfkit.errors import MeasurementError
from perfkit.tuning import wording
from perfkit.tuning.recommendation import Recommendation
from perfkit.tuning.trials import Trial

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.charts._figure import Chart

__all__ = ["draw"]

_ROW_INCHES = 0.44
#: So many are drawn, the quickest; the sentence below the chart's title counts all.
_MOST_ROWS = 12
_LONGEST_NAME = 48
_STEPS = (1.0, 2.0, 5.0)


class _Row(NamedTuple):
    trial: Trial
    result: str


def draw(records: Recommendation | str | os.PathLike[str], /) -> Chart:
    """Time of each recipe on a logarithmic scale, relative to the quickest.

    Parameters
    ----------
    records : Recommendation or path of its JSON file

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    MeasurementError
        If no recipe was timed.
    """
    from perfkit.charts._figure import Chart, style

    found = records if isinstance(records, Recommendation) else Recommendation.load(records)
    rows = _rows(found)
    shown = rows[:_MOST_ROWS]
    with style():
        height = _ROW_INCHES * len(shown) + 0.75
        chart = Chart(figsize=(WIDTH_INCHES, height))
        axes = chart.subplots()
        _draw(axes, shown)
        chart.subplots_adjust(left=0.05, right=0.95, top=1 - 0.1 / height, bottom=0.52 / height)
    of = f" of {len(rows)}" if len(rows) > len(shown) else ""
    star = "; the star marks what is recommended" if found.best is not None else ""
    chart.title = f"Time of the {len(shown)}{of} quickest recipes that were tried{star}"
    chart.sentence = found.sentence()
    chart.word = "recommended" if found.best is not None else ""
    chart.alternative = _alternative(found, rows)
    return chart


def _rows(found: Recommendation) -> list[_Row]:
    timed = [trial for trial in found.trials if trial.time_ratio]
    if not timed:
        raise MeasurementError(f"There is nothing to draw: {found.sentence()}")
    ordered = sorted(timed, key=lambda trial: trial.time_ratio or 0.0)
    return [_Row(trial, wording.result(found, trial)) for trial in ordered]


def _draw(axes: Axes, rows: list[_Row]) -> None:
    fastest = rows[0].trial.time_ratio or 1.0
    values = [(row.trial.time_ratio or 0.0) / fastest for row in rows]
    for place, (row, value) in enumerate(zip(rows, values, strict=True)):
        ratio = row.trial.ratio
        if ratio is not None and ratio.high > ratio.low:
            ends = [max(ratio.low / fastest, value / 3), min(ratio.high / fastest, value * 3)]
            axes.plot(ends, [place, place], color=INK, linewidth=1.6)
        colour, marker = _look(row.result)
        axes.plot(
            value,
            place,
            marker=marker,
            markersize=9 if marker == "*" else 6,
            color=colour,
            markeredgecolor=INK,
            markeredgewidth=0.8,
            linestyle="none",
        )
        at: dict[str, Any] = {
            "transform": axes.get_yaxis_transform(),
            "va": "bottom",
            "bbox": {"facecolor": PAPER, "edgecolor": "none", "pad": 1.0},
        }
        bold = "bold" if marker == "*" else "normal"
        name = shorten(_short(row.trial), _LONGEST_NAME)
        axes.text(0, place - 0.2, name, ha="left", weight=bold, **at)
        is_out = row.result and marker != "*"
        told = shorten(row.result, 26) if is_out else f"{formatting.figure(value)}x"
        colour = INK if bold == "bold" else MUTED
        axes.text(1, place - 0.2, plain(told), ha="right", color=colour, **at)
    lows = [(of.trial.ratio.low / fastest if of.trial.ratio else 1.0) for of in rows]
    _settle(axes, max(0.4, min(0.8, *lows)), values)


def _short(trial: Trial) -> str:
    """A recipe in few words: names need not say of what."""
    told = trial.settings.items()
    words = [value if isinstance(value, str) else f"{axis}={value}" for axis, value in told]
    return ", ".join(map(str, words)) or trial.name


def _look(result: str) -> tuple[str, str]:
    """Colour and marker: neither needs the other."""
    if result == "recommended":
        return SERIES[0], "*"
    return (GRID, "X") if result else (PAPER, "o")


def _settle(axes: Axes, low: float, values: list[float]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.set_xscale("log")
    axes.set_xlim(0.95 * low, 1.3 * max(*values, 1.5))
    axes.xaxis.set_major_locator(LogLocator(base=10, subs=_STEPS))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("time / the quickest recipe's time (log scale; line: 99 % interval)")
    axes.set_yticks([])
    axes.set_ylim(len(values) - 0.7, -0.75)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")


def _alternative(found: Recommendation, rows: list[_Row]) -> str:
    fastest = rows[0].trial.time_ratio or 1.0
    said = ["Times of recipes against the quickest, which comes first."]
    for trial, result in rows:
        ratio = formatting.figure((trial.time_ratio or 0.0) / fastest)
        said.append(f"{trial.name}: {ratio}{f', {result}' if result else ''}.")
    failed = len(found.trials) - len(rows)
    if failed:
        said.append(f"{formatting.count(failed, 'recipe')} could not be timed.")
    return " ".join(said)
