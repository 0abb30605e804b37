"""Peak memory by document size."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.formatting import Sentence
from perfkit.bench.results import ArmResult
from perfkit.bench.sweep_results import Sweep
from perfkit.charts._lines import HEIGHT_INCHES, WIDTH_INCHES, write
from perfkit.charts._sizes import Reading, draw_lines, readings, sweep_of

if TYPE_CHECKING:
    from perfkit.charts._figure import Chart

__all__ = ["draw"]


def draw(records: Sweep | str | os.PathLike[str], /) -> Chart:
    """Lines over pages (logarithmic), one a point; memory begins at 0.

    Parameters
    ----------
    records : Sweep over pages, or path of its records

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    MeasurementError
        If no point's memory was measured at two sizes.
    """
    from perfkit.charts._figure import Chart, style

    sweep = sweep_of(records)
    lines = readings(sweep, _peak_mb)
    with style():
        chart = Chart(figsize=(WIDTH_INCHES, HEIGHT_INCHES))
        axes = chart.subplots()
        draw_lines(axes, sweep, lines)
        axes.set_ylim(0, 1.12 * max(of[0] for line in lines.values() for of in line.values()))
        axes.set_ylabel("peak memory above\nimport perfkit (MiB)")
        write(chart, axes)
    chart.title = "Peak memory by document size"
    chart.sentence = Sentence(_sentence(lines))
    chart.alternative = _alternative(lines)
    return chart


def _peak_mb(result: ArmResult) -> Reading | None:
    found = result.memory_peak_mb
    return None if found is None else (found, found, found)


def _sentence(lines: dict[str, dict[int, Reading]]) -> str:
    told = []
    for arm, values in lines.items():
        first, last = min(values), max(values)
        low, high = values[first][0], values[last][0]
        a_page = (high - low) / (last - first)
        told.append(
            f"{arm} takes {formatting.mib(low)} for {formatting.count(first, 'page')} and "
            f"{formatting.mib(high)} for {last:,}, {a_page:+.3f} MiB a page"
        )
    return f"At its peak, {'; '.join(told)} (one reading each, in a fresh process)."


def _alternative(lines: dict[str, dict[int, Reading]]) -> str:
    said = ["Lines of the peak memory over the pages of a document."]
    for arm, values in lines.items():
        places = ", ".join(
            f"{formatting.mib(values[pages][0])} at {formatting.count(pages, 'page')}"
            for pages in sorted(values)
        )
        said.append(f"{arm}: {places}.")
    return " ".join(said)
