"""Cost against accuracy: what is worth its cost, and what something else beats."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.sweep_results import Sweep
from perfkit.bench.tradeoff import Choice, Tradeoff, tradeoff_from
from perfkit.charts._lines import HEIGHT_INCHES, WIDTH_INCHES, shorten, write
from perfkit.charts._palette import INK, MUTED, PAPER, SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.charts._figure import Chart

__all__ = ["draw"]


def draw(records: Tradeoff | Sweep | str | os.PathLike[str], /) -> Chart:
    """Points of accuracy (percent) over cost (logarithmic), with the interval of the cost.

    Parameters
    ----------
    records : Tradeoff, Sweep, or path of a sweep's records
        Without a Tradeoff's prices, cost is time.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    MeasurementError
        If no point was both timed and scored.
    """
    from perfkit.charts._figure import Chart, style

    if isinstance(records, Tradeoff):
        found = records
    else:
        found = tradeoff_from(
            records if isinstance(records, Sweep) else Sweep.from_records(records)
        )
    with style():
        chart = Chart(figsize=(WIDTH_INCHES, HEIGHT_INCHES))
        axes = chart.subplots()
        _draw(axes, found)
        write(chart, axes)
    chart.title = "Cost against accuracy"
    chart.sentence = found.sentence()
    chart.alternative = _alternative(found)
    return chart


def _draw(axes: Axes, found: Tradeoff) -> None:
    worth = [choice for choice in found.choices if choice.worth_it]
    beaten = [choice for choice in found.choices if not choice.worth_it]
    axes.step(
        [of.cost for of in worth],
        [100 * of.accuracy for of in worth],
        where="post",
        color=MUTED,
        linewidth=1.0,
        linestyle=(0, (4, 2)),
    )
    _points(axes, worth, SERIES[0], "o", "worth its cost")
    _points(axes, beaten, PAPER, "s", "costs more, no more accurate")
    _scales(axes, found)
    _names(axes, found.choices)
    axes.set_xlabel(f"cost ({found.unit}, log scale)")
    axes.set_ylabel("accuracy (% of true fields)" if _proved(found) else "accuracy (%)")
    axes.grid(visible=True)


def _proved(found: Tradeoff) -> bool:
    return all(choice.proved for choice in found.choices)


def _points(axes: Axes, choices: list[Choice], colour: str, marker: str, label: str) -> None:
    if not choices:
        return
    for of in choices:
        axes.plot([of.low, of.high], [100 * of.accuracy] * 2, color=INK, linewidth=1.4)
    axes.plot(
        [of.cost for of in choices],
        [100 * of.accuracy for of in choices],
        color=colour,
        marker=marker,
        markersize=7,
        markeredgecolor=INK,
        markeredgewidth=0.9,
        linestyle="none",
        label=label,
    )


def _scales(axes: Axes, found: Tradeoff) -> None:
    costs = [of.cost for of in found.choices if of.cost > 0]
    if costs and len(costs) == len(found.choices):
        from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

        axes.set_xscale("log")
        # An interval that is very wide must not press the points together.
        low = min(max(of.low, of.cost / 4) for of in found.choices)
        high = max(min(of.high, of.cost * 4) for of in found.choices)
        room = max((high / low) ** 0.18, 1.4)
        axes.set_xlim(low / room, high * room)
        steps = (1.0,) if high / low > 50 else (1.0, 2.0, 5.0)
        axes.xaxis.set_major_locator(LogLocator(base=10, subs=steps))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: formatting.figure(value, 1)))
        axes.xaxis.set_minor_locator(NullLocator())
    from matplotlib.ticker import MaxNLocator

    lowest = min(100 * of.accuracy for of in found.choices)
    span = max(100 - lowest, 5.0)
    bottom = max(lowest - 0.4 * span, 0.0)
    marks = MaxNLocator(5).tick_values(bottom, 100.0)
    axes.set_yticks([mark for mark in marks if bottom <= mark < 100 + 1e-6])
    axes.set_ylim(bottom, 100 + 0.08 * (100 - bottom))


def _names(axes: Axes, choices: tuple[Choice, ...]) -> None:
    """Names below and above in turn, so that neighbours do not write over each other."""
    for place, choice in enumerate(choices):
        axes.annotate(
            shorten(choice.name) + ("" if choice.proved else "*"),
            (choice.cost, 100 * choice.accuracy),
            xytext=(0, (-14, -25, -36)[place % 3]),
            textcoords="offset points",
            ha="center",
            arrowprops=None,
        )


def _alternative(found: Tradeoff) -> str:
    said = [f"Points of accuracy over cost, {found.unit}."]
    for choice in found.choices:
        kind = "accuracy" if choice.proved else "self-check"
        beaten = "" if choice.worth_it else ", which another one beats"
        said.append(
            f"{choice.name}: {formatting.figure(choice.cost)}, {kind} "
            f"{formatting.accuracy(choice.accuracy)}{beaten}."
        )
    return " ".join(said)
