"""Files a second of a batch by number of workers, with the law fitted to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.batch_scaling import BatchScaling
from perfkit.charts._palette import BASELINE, SERIES

if TYPE_CHECKING:
    from perfkit.charts._figure import Chart

__all__ = ["draw"]

_STEPS = 40


def draw(records: BatchScaling, /) -> Chart:
    """Points with intervals, the fitted law as a line, and what no loss would give as a dashed one.

    Parameters
    ----------
    records : BatchScaling

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    from perfkit.charts._figure import Chart, style

    with style():
        chart = Chart(figsize=(6.4, 3.4), layout="constrained")
        axes = chart.subplots()
        said = []
        for each, colour in zip(records.executors, SERIES, strict=False):
            counts = list(each.seconds)
            rates = [each.rate(count) for count in counts]
            most = max(counts)
            steps = [1 + k * (most - 1) / _STEPS for k in range(_STEPS + 1)]
            law = each.law
            curve = [1 / (law.serial + law.parallel / step) for step in steps]
            axes.plot(steps, curve, color=colour, linewidth=1.2, label=f"{each.executor}, law")
            low = [max(0.0, rate.value - rate.low) for rate in rates]
            high = [max(0.0, rate.high - rate.value) for rate in rates]
            axes.errorbar(
                counts,
                [rate.value for rate in rates],
                [low, high],
                fmt="o",
                color=colour,
                capsize=3,
                label=f"{each.executor}, measured",
            )
            told = ", ".join(
                f"{formatting.count(count, 'worker')} {formatting.bracketed(rate)}"
                for count, rate in zip(counts, rates, strict=True)
            )
            said.append(f"{each.executor}: {told} files a second")
        first = records.executors[0]
        few, many = min(first.seconds), max(first.seconds)
        start = first.rate(few).value
        axes.plot(
            [few, many],
            [start, start * many / few],
            color=BASELINE,
            linestyle="--",
            label="no loss",
        )
        axes.set(xlabel="workers", ylabel="files a second", ylim=(0, None))
        axes.set_xticks(sorted({count for each in records.executors for count in each.seconds}))
        axes.grid(axis="y")
        axes.legend(frameon=False, fontsize=8)
    chart.title = f"A batch of {records.files} files by workers, on {records.cores} cores"
    chart.sentence = str(records.sentence())
    chart.alternative = f"Points by number of workers. {'; '.join(said)}."
    return chart
