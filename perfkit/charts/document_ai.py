"""Time and cost of a document by pages a request and workers, where a service reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.bill import DOCUMENTS
from perfkit.bench.document_ai_sweep import DocumentAiSweep, Setting
from perfkit.charts._lines import HEIGHT_INCHES, WIDTH_INCHES, look, ticks, write
from perfkit.charts._palette import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from perfkit.charts._figure import Chart

__all__ = ["draw"]

#: Costs hang on the pages of a request and on what failed, hardly on the workers.
_LOW, _HIGH = "at least", "at most"


def draw(records: DocumentAiSweep, /) -> Chart:
    """Above, a line of seconds for each number of workers; below, what the service takes.

    Parameters
    ----------
    records : DocumentAiSweep

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    MeasurementError
        If no setting was timed.
    """
    from perfkit.charts._figure import Chart, style

    settings = records.settings
    with style():
        chart = Chart(figsize=(WIDTH_INCHES, 1.75 * HEIGHT_INCHES))
        times, costs = chart.subplots(2, 1, sharex=True)
        _draw_times(times, records, settings)
        _draw_costs(costs, settings)
        write(chart, times)
        chart.subplots_adjust(hspace=0.12)
    chart.title = f"Document AI: {settings[0].result.document} by workers and pages a request"
    chart.sentence = str(records.sentence())
    chart.alternative = _alternative(settings)
    return chart


def _draw_times(axes: Axes, sweep: DocumentAiSweep, settings: list[Setting]) -> None:
    axes.set_xscale("log")
    by_workers: dict[int, list[Setting]] = {}
    for setting in settings:
        if not setting.result.is_baseline:
            by_workers.setdefault(setting.workers, []).append(setting)
    for place, (workers, line) in enumerate(sorted(by_workers.items())):
        line.sort(key=lambda of: of.chunk_pages)
        axes.plot(
            [of.chunk_pages for of in line],
            [_seconds(of) for of in line],
            label=formatting.count(workers, "worker"),
            **look(place).options(),
        )
    for setting in settings:
        if setting.result.is_baseline:
            axes.plot(
                [setting.chunk_pages],
                [_seconds(setting)],
                label="one sequential request at a time",
                **look(0, is_baseline=True).options(),
            )
    chosen = sweep.recommended
    axes.annotate(
        "recommended",
        (chosen.chunk_pages, _seconds(chosen)),
        xytext=(-4, 8),
        textcoords="offset points",
        ha="right" if chosen.chunk_pages > 1 else "left",
        color=INK,
    )
    axes.set_ylim(bottom=0, top=1.25 * max(map(_seconds, settings)))
    axes.set_ylabel("time (s a document)")
    axes.grid(axis="y")


def _draw_costs(axes: Axes, settings: list[Setting]) -> None:
    by_chunk: dict[int, list[Setting]] = {}
    for setting in settings:
        by_chunk.setdefault(setting.chunk_pages, []).append(setting)
    chunks = sorted(by_chunk)
    for place, (label, end) in enumerate(((_LOW, 0), (_HIGH, 1))):
        axes.plot(
            chunks,
            [max(of.cost_usd[end] for of in by_chunk[chunk]) for chunk in chunks],
            **look(place + 2).options(),
        )
        last = max(of.cost_usd[end] for of in by_chunk[chunks[0]])
        axes.annotate(label, (chunks[0], last), xytext=(8, 3), textcoords="offset points")
    top = max(of.cost_usd[1] for of in settings)
    axes.set_ylim(bottom=0, top=1.25 * top if top else 1.0)
    ticks(axes, chunks)
    axes.set_xlim(min(chunks) / 1.2, max(chunks) * 1.25)
    axes.set_xlabel("pages a request (count)")
    axes.set_ylabel(f"cost (US dollars for\n{DOCUMENTS:,} documents)")
    axes.grid(axis="y")


def _seconds(setting: Setting) -> float:
    took = setting.result.document_ms
    assert took is not None
    return took.value / 1000


def _alternative(settings: list[Setting]) -> str:
    intro = "Lines of the time of a document over the pages a request, one for each number of"
    said = [f"{intro} workers; below them the least and the highest cost."]
    for setting in settings:
        baseline = " (baseline)" if setting.result.is_baseline else ""
        said.append(
            f"{formatting.count(setting.workers, 'worker')}, "
            f"{formatting.count(setting.chunk_pages, 'page')} a request{baseline}: "
            f"{formatting.figure(_seconds(setting))} s, {formatting.money(*setting.cost_usd)} for "
            f"{formatting.count(DOCUMENTS, 'document')}."
        )
    return " ".join(said)
