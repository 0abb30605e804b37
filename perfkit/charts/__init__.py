"""Charts: one file each, named for what it shows.

A chart is a module of this folder with one function, :func:`draw`, as :class:`ChartModule`
says. What several share lies in files whose name begins with an underscore.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from perfkit.charts._figure import Chart

__all__ = ["ChartModule"]


class ChartModule(Protocol):
    """What a module of this folder offers."""

    def draw(self, records: Any, /) -> Chart:
        """A matplotlib figure with its sentence and alternative text.

        Parameters
        ----------
        records : object or path
            What the chart shows, or a JSON-lines file of its raw records.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        MeasurementError
            If the records hold nothing that this chart could show.
        """
        ...
