"""Horizontal bars in rows: one panel a measure, the same rows in each, accuracy at the right."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from perfkit.bench import formatting
from perfkit.charts._palette import INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.bench.results import ArmResult
    from perfkit.charts._figure import Chart

__all__ = [
    "Bar",
    "Layout",
    "by_document",
    "draw_accuracies",
    "draw_bars",
    "listed",
    "peak",
    "told",
]

#: Narrow, so that the same drawing can be read on a phone and in a column of print.
WIDTH_INCHES = 5.0
_ROW_INCHES = 0.235
_MARGINS_INCHES = 1.4
_ACCURACY_INCHES = 0.82
_LONGEST_NAME = 40


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """A bar's length, the interval that is drawn over it, and what is written behind it."""

    value: float
    low: float
    high: float
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """Rows from top to bottom: a heading, or what a row's bars stand for.

    ``label_inches`` is the room for the names at the left.
    """

    rows: Sequence[str | ArmResult]
    label_inches: float

    def size(self, panels: int) -> tuple[float, float]:
        """Width and height of a figure with so many panels, inches."""
        return WIDTH_INCHES, panels * (len(self.rows) * _ROW_INCHES + _MARGINS_INCHES / 2)

    def panels(self, chart: Chart, count: int) -> list[Axes]:
        """Equal panels, one below the other."""
        _, height = self.size(count)
        axes = chart.subplots(count, 1, squeeze=False)[:, 0]
        chart.subplots_adjust(
            left=self.label_inches / WIDTH_INCHES,
            right=1 - _ACCURACY_INCHES / WIDTH_INCHES,
            top=1 - 0.08 / height,
            bottom=0.5 / height,
            hspace=0.75 / (len(self.rows) * _ROW_INCHES),
        )
        return list(axes)


def by_document(results: Iterable[ArmResult]) -> list[str | ArmResult]:
    """A heading for each document, then its results."""
    rows: list[str | ArmResult] = []
    pages: dict[str, int] = {}
    results = list(results)
    for result in results:
        pages[result.document] = max(result.pages, pages.get(result.document, 0))
    seen = ""
    for result in results:
        if result.document != seen:
            seen = result.document
            rows.append(_heading(seen, pages[seen]))
        rows.append(result)
    return rows


def _heading(document: str, pages: int) -> str:
    short = document if len(document) <= _LONGEST_NAME else f"…{document[1 - _LONGEST_NAME :]}"
    # Dollar signs would be read as the start of a formula.
    return f"{short}, {formatting.count(pages, 'page')}".replace("$", r"\$")


def draw_bars(
    axes: Axes,
    layout: Layout,
    colours: Mapping[str, str],
    measure: Callable[[ArmResult], Bar | None],
    label: str,
    *,
    logarithmic: bool = False,
) -> None:
    """Draw one panel.

    Parameters
    ----------
    axes : Axes
        Where.
    layout : Layout
        The rows.
    colours : mapping
        Colour of each arm.
    measure : callable
        Gives a result's bar; None says that it has none.
    label : str
        Of the axis of measure, with its unit.
    logarithmic : bool
        For ratios: bars begin at 1 instead of 0, equal factors have equal length.
    """
    ticks, names = [], []
    # x as a share of the axes, y as a row: for what stands outside the scale.
    beside = axes.get_yaxis_transform()
    drawn = {
        place: measure(row) for place, row in enumerate(layout.rows) if not isinstance(row, str)
    }
    _scale(axes, [bar for bar in drawn.values() if bar], logarithmic=logarithmic)
    for place, row in enumerate(layout.rows):
        if isinstance(row, str):
            start = -layout.label_inches / (axes.get_position().width * WIDTH_INCHES)
            axes.text(start + 0.01, place + 0.1, row, transform=beside, weight="bold", va="center")
            continue
        ticks.append(place)
        names.append(row.arm)
        bar = drawn[place]
        if bar is None:
            why = "failed" if row.error or row.same_as_baseline else "other line items"
            axes.text(0.01, place, why, transform=beside, va="center", color=MUTED)
            continue
        _draw_bar(axes, place, bar, colours[row.arm], 1.0 if logarithmic else 0.0)
    axes.set_yticks(ticks, names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(len(layout.rows) - 0.4, -0.6)
    axes.set_xlabel(label)
    axes.grid(axis="x")


def _scale(axes: Axes, bars: Sequence[Bar], *, logarithmic: bool) -> None:
    """Room for the widest bar and what is written behind it."""
    widest = max((bar.high for bar in bars), default=1.0)
    if not logarithmic:
        axes.set_xlim(0, widest * 1.22)
        return
    axes.set_xscale("log")
    lowest = min([1.0, *(bar.low for bar in bars)])
    highest = max(widest, 2.0)
    # The text behind the longest bar takes two fifths of the panel; no tick stands under it.
    axes.set_xlim(lowest, highest * (highest / lowest) ** 0.67)
    powers = range(math.ceil(math.log10(lowest)), math.floor(math.log10(highest)) + 1)
    ticks = [10.0**power for power in powers]
    axes.set_xticks(ticks, [formatting.figure(tick, 1) for tick in ticks])
    axes.minorticks_off()


def _draw_bar(axes: Axes, place: int, bar: Bar, colour: str, origin: float) -> None:
    axes.barh(
        place,
        bar.value - origin,
        left=origin,
        height=0.74,
        color=colour,
        edgecolor=INK,
        linewidth=0.6,
    )
    if bar.high > bar.low:
        axes.plot([bar.low, bar.high], [place, place], color=INK, linewidth=1.4)
    axes.annotate(
        bar.text,
        (max(bar.high, origin), place),
        xytext=(4, 0),
        textcoords="offset points",
        va="center_baseline",
    )


def draw_accuracies(axes: Axes, layout: Layout) -> None:
    """Write every row's accuracy at the right of a panel, the self-check's with a star."""
    edge = 1.0 + 0.95 * _ACCURACY_INCHES / (axes.get_position().width * WIDTH_INCHES)
    at: dict[str, Any] = {
        "transform": axes.get_yaxis_transform(),
        "va": "center_baseline",
        "ha": "right",
    }
    axes.text(edge, 0, "accuracy", weight="bold", **at)
    for place, row in enumerate(layout.rows):
        if isinstance(row, str) or row.accuracy is None:
            continue
        mark = "*" if row.accuracy_kind == "self-check" else ""
        text = formatting.accuracy(row.accuracy) + mark
        axes.text(edge, place, text, **at)


def peak(result: ArmResult) -> Bar | None:
    """Bar of the peak memory, MiB."""
    found = result.memory_peak_mb
    return None if found is None else Bar(found, found, found, formatting.figure(found))


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them: a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def told(result: ArmResult) -> list[str]:
    """Peak and accuracy in words, for a reader who cannot see the drawing."""
    figures = []
    if result.memory_peak_mb is not None:
        figures.append(f"peak {formatting.mib(result.memory_peak_mb)}")
    if result.accuracy is not None:
        kind = "self-check" if result.accuracy_kind == "self-check" else "accuracy"
        figures.append(f"{kind} {formatting.accuracy(result.accuracy)}")
    return figures
