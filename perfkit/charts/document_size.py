"""Time a page by document size, with the exponent by which the whole time grows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.formatting import Sentence
from perfkit.bench.growth import Growth, growth_from
from perfkit.bench.results import ArmResult
from perfkit.bench.sweep_results import Sweep
from perfkit.charts._lines import HEIGHT_INCHES, WIDTH_INCHES, write
from perfkit.charts._sizes import Reading, draw_lines, readings, sweep_of

if TYPE_CHECKING:
    from perfkit.charts._figure import Chart

__all__ = ["draw"]


def draw(records: Sweep | str | os.PathLike[str], /) -> Chart:
    """Lines over pages (both axes logarithmic), one a point, with intervals.

    Parameters
    ----------
    records : Sweep over pages, or path of its records

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    MeasurementError
        If no point was timed at two sizes.
    """
    from perfkit.charts._figure import Chart, style

    sweep = sweep_of(records)
    lines = readings(sweep, _page_ms)
    growths = {arm: growth_from(sweep, arm) for arm in lines}
    with style():
        chart = Chart(figsize=(WIDTH_INCHES, HEIGHT_INCHES))
        axes = chart.subplots()
        draw_lines(axes, sweep, lines)
        for line, growth in zip(axes.get_legend_handles_labels()[0], growths.values(), strict=True):
            line.set_label(f"{line.get_label()}: pages^{growth.exponent.value:.2f}")
        axes.set_yscale("log")
        _y_ticks(axes, lines)
        axes.set_ylabel("time (ms a page, log scale)")
        write(chart, axes)
    chart.title = "Time a page by document size"
    chart.sentence = Sentence(_sentence(sweep, growths))
    chart.alternative = _alternative(lines, growths)
    return chart


def _page_ms(result: ArmResult) -> Reading | None:
    found = result.page_ms
    # An interval of few rounds may reach below 0, where no time is.
    return None if found is None else (found.value, max(found.low, found.value / 10), found.high)


def _y_ticks(axes: object, lines: dict[str, dict[int, Reading]]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    values = [of[0] for line in lines.values() for of in line.values()]
    wide = max(values) / min(values) > 30
    steps = (1.0,) if wide else (1.0, 2.0, 5.0)
    axis = axes.yaxis  # type: ignore[attr-defined]  # an Axes, which is not imported here
    axis.set_major_locator(LogLocator(base=10, subs=steps))
    axis.set_major_formatter(FuncFormatter(lambda value, _: formatting.figure(value, 1)))
    axis.set_minor_locator(NullLocator())


def _grows(growth: Growth) -> str:
    of = growth.exponent
    return (
        f"{growth.arm} as pages^{of.value:.3f} ({formatting.percent(of.confidence)} interval "
        f"{of.low:.3f} to {of.high:.3f})"
    )


def _sentence(sweep: Sweep, growths: dict[str, Growth]) -> str:
    first = next(iter(growths.values()))
    told = "; ".join(map(_grows, growths.values()))
    sizes = f"{formatting.count(first.smallest, 'page')} to {first.largest:,}"
    return (
        f"From {sizes}, the time of a whole document grows: {told} "
        f"({formatting.count(sweep.rounds, 'round')}; 1 is the same time a page at any size)."
    )


def _alternative(lines: dict[str, dict[int, Reading]], growths: dict[str, Growth]) -> str:
    said = ["Lines of the time a page over the pages of a document."]
    for arm, values in lines.items():
        places = ", ".join(
            f"{formatting.milliseconds(values[pages][0])} at {formatting.count(pages, 'page')}"
            for pages in sorted(values)
        )
        said.append(f"{arm}: {places}; the whole grows as pages^{growths[arm].exponent.value:.2f}.")
    return " ".join(said)
