"""Memory of the process tree while a document is processed, and the pages read by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.memory_timeline import MemoryTimeline
from perfkit.charts._lines import HEIGHT_INCHES, WIDTH_INCHES, write
from perfkit.charts._palette import INK, MUTED, SERIES
from perfkit.errors import MeasurementError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.charts._figure import Chart

__all__ = ["draw"]

_FEWEST = 3
#: Samples that are told in words.
_TOLD = 8


def draw(records: MemoryTimeline, /) -> Chart:
    """A line of memory (MiB) over time (s), pages as a second line with its axis at the right.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    MeasurementError
        If the document was done before three samples were taken.
    """
    from perfkit.charts._figure import Chart, style

    if len(records.samples) < _FEWEST:
        raise MeasurementError(
            f"{records.document} was done before a line could be sampled; take a longer document."
        )
    with style():
        chart = Chart(figsize=(WIDTH_INCHES, HEIGHT_INCHES))
        axes = chart.subplots()
        _draw(axes, records)
        write(chart, axes)
        chart.subplots_adjust(right=0.87)
    chart.title = f"Memory while {records.document} is read"
    chart.sentence = records.sentence()
    chart.alternative = _alternative(records)
    return chart


def _draw(axes: Axes, timeline: MemoryTimeline) -> None:
    from matplotlib.ticker import MaxNLocator

    seconds = [sample.seconds for sample in timeline.samples]
    memory = [sample.memory_mb for sample in timeline.samples]
    peak = timeline.peak
    axes.plot(seconds, memory, color=SERIES[0], linewidth=2.0, label="memory (left axis)")
    axes.fill_between(seconds, memory, color=SERIES[0], alpha=0.12, linewidth=0)
    axes.plot(
        peak.seconds,
        peak.memory_mb,
        color=SERIES[0],
        marker="o",
        markersize=7,
        markeredgecolor=INK,
        linestyle="none",
        label=f"peak: {formatting.mib(peak.memory_mb)}",
    )
    axes.axhline(
        timeline.before_mb,
        color=MUTED,
        linewidth=1.0,
        linestyle=(0, (1, 2)),
        label=f"before it was opened: {formatting.mib(timeline.before_mb)}",
    )
    axes.set_ylim(0, 1.15 * peak.memory_mb)
    axes.set_xlim(0, max(seconds))
    axes.set_xlabel("time since the start (s)")
    axes.set_ylabel("memory of the process tree (MiB)")
    axes.grid(axis="y")
    right = axes.twinx()
    pages = [sample.pages for sample in timeline.samples]
    right.step(seconds, pages, where="post", color=SERIES[1], linewidth=1.8, linestyle=(0, (4, 2)))
    right.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    right.set_ylim(0, 1.15 * max(timeline.pages, 1))
    right.set_ylabel("pages read (count)")
    right.spines["right"].set_visible(True)
    axes.plot(
        [], [], color=SERIES[1], linewidth=1.8, linestyle=(0, (4, 2)), label="pages (right axis)"
    )


def _alternative(timeline: MemoryTimeline) -> str:
    said = [f"Line of memory over time while {timeline.document} is read, and of pages read."]
    step = max(1, len(timeline.samples) // _TOLD)
    said += [
        f"After {formatting.figure(sample.seconds)} s: {formatting.mib(sample.memory_mb)}, "
        f"{formatting.count(sample.pages, 'page')}."
        for sample in timeline.samples[::step]
    ]
    said.append(f"Peak: {formatting.mib(timeline.peak.memory_mb)}.")
    return " ".join(said)
