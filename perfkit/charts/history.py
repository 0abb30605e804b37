"""Time over revisions: a panel a trend, with its levels and where they change."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from perfkit.bench.formatting import count, milliseconds, percent
from perfkit.bench.history import History, Trend, history
from perfkit.charts._palette import BASELINE, SERIES
from perfkit.errors import MeasurementError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.charts._figure import Chart

__all__ = ["draw"]

_WIDTH_INCHES, _PANEL_INCHES, _FOOT_INCHES = 5.0, 1.35, 0.6
#: More are not readable on a page; those that changed come first.
_MOST_PANELS = 8
_MOST_LABELS = 5
_REVISION_LETTERS = 9


def draw(records: History | str | os.PathLike[str], /) -> Chart:
    """Points with their intervals in the order of time, and lines for the levels.

    Parameters
    ----------
    records : History or path
        A history, or a file or folder of records.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    MeasurementError
        If there is nothing to draw.
    """
    from perfkit.charts._figure import Chart, style

    found = records if isinstance(records, History) else history(records)
    if not found.trends:
        raise MeasurementError("There is no trend to draw.")
    trends = sorted(found.trends, key=lambda trend: -len(trend.changes))[:_MOST_PANELS]
    height = len(trends) * _PANEL_INCHES + _FOOT_INCHES
    with style():
        chart = Chart(figsize=(_WIDTH_INCHES, height))
        panels = chart.subplots(len(trends), 1, squeeze=False)[:, 0]
        for axes, trend in zip(panels, trends, strict=True):
            _panel(axes, trend)
        panels[-1].set_xlabel("session, by code revision (a line: level; dashed: it changes)")
        chart.tight_layout(pad=0.4)
    left = len(found.trends) - len(trends)
    chart.title = "Time over revisions" + (f", {left} more trends not shown" if left else "")
    chart.sentence = str(found.sentence())
    chart.alternative = " ".join(_told(trend) for trend in trends)
    return chart


def _panel(axes: Axes, trend: Trend) -> None:
    values = [moment.time_ms.value for moment in trend.moments]
    reach = [
        [value - moment.time_ms.low for value, moment in zip(values, trend.moments, strict=True)],
        [moment.time_ms.high - value for value, moment in zip(values, trend.moments, strict=True)],
    ]
    places = list(range(len(values)))
    axes.errorbar(places, values, yerr=reach, fmt="o", markersize=3, color=SERIES[0], linewidth=1)
    for first, last, level in trend.levels:
        axes.hlines(level, first - 0.4, last + 0.4, color=BASELINE, linewidth=2, zorder=0)
    for change in trend.changes:
        axes.axvline(change.place - 0.5, color=SERIES[1], linestyle="--", linewidth=1)
    axes.set_title(_plain(trend.title), loc="left", fontsize=9)
    axes.set_ylabel("time (ms a call)")
    axes.set_ylim(bottom=0, top=1.15 * max(moment.time_ms.high for moment in trend.moments))
    axes.set_xlim(-0.6, len(values) - 0.4)
    step = -(-len(values) // _MOST_LABELS)
    axes.set_xticks(places[::step])
    labels = [moment.revision[:_REVISION_LETTERS] for moment in trend.moments]
    axes.set_xticklabels(labels[::step], fontsize=9)


def _plain(text: str) -> str:
    # Dollar signs would be read as the start of a formula.
    return text.replace("$", r"\$")


def _told(trend: Trend) -> str:
    first, last = trend.moments[0], trend.moments[-1]
    said = (
        f"{trend.title}, {count(len(trend.moments), 'session')}: from "
        f"{milliseconds(first.time_ms.value)} at {first.revision} to "
        f"{milliseconds(last.time_ms.value)} at {last.revision}"
    )
    for change in trend.changes:
        what = "slower" if change.ratio > 1 else "faster"
        revision = trend.moments[change.place].revision
        said += f"; {percent(abs(change.ratio - 1))} {what} from {revision} on"
    return said + "."
