"""Explorer: look at a sweep's records by axis, metric and filter, in a notebook.

With ipywidgets it has menus; in an exported page, where nothing runs, it is the chart that
was chosen, and its sentence.
"""

from __future__ import annotations

import dataclasses
import html
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from perfkit.bench.formatting import tied
from perfkit.bench.selection import METRICS, Selection
from perfkit.bench.sweep_results import Sweep
from perfkit.errors import MeasurementError

if TYPE_CHECKING:
    from perfkit.charts._figure import Chart

__all__ = ["Explorer", "explore"]

_ALL = "all"


def explore(
    records: Sweep | str | os.PathLike[str],
    axis: str = "",
    metric: str = "time_per_page_ms",
    **only: Any,
) -> Explorer:
    """Menus for axis, metric and filters of a sweep, over the chart that they choose.

    Parameters
    ----------
    records : Sweep or path
        A sweep, or a JSON-lines file of one.
    axis, metric : str
        What is shown first: an axis of the sweep (by default its first), and
        ``time_per_page_ms``, ``time_ms``, ``speedup``, ``memory_peak_mb`` or ``accuracy``.
    **only
        Values of other axes, or of ``document``, to look at first.

    Raises
    ------
    ParameterError
        If there is no such axis, metric, filter or value; the message names the nearest.
    MeasurementError
        If the file holds no sweep.
    """
    sweep = records if isinstance(records, Sweep) else Sweep.from_records(records)
    return Explorer(Selection(sweep, axis, metric, only))


class Explorer:
    """A sweep to look at; ``selection`` is what is chosen now.

    Shown in JupyterLab it has menus, if ipywidgets is installed.
    """

    def __init__(self, selection: Selection) -> None:
        self.selection = selection

    def chart(self) -> Chart:
        """The chart of what is chosen now.

        Raises
        ------
        MeasurementError
            If nothing that is chosen has the metric.
        MissingExtraError
            If matplotlib is not installed.
        """
        from perfkit.charts.selection import draw

        return draw(self.selection)

    def choose(self, **changes: Any) -> None:
        """Change ``axis``, ``metric`` or ``only``, as a menu does.

        Raises
        ------
        ParameterError
            As :func:`explore`.
        """
        self.selection = dataclasses.replace(self.selection, **changes)

    def widget(self) -> Any:
        """Menus over the chart, as an ipywidgets box; None where ipywidgets is not installed."""
        try:
            import ipywidgets
        except ImportError:
            return None
        shown = ipywidgets.HTML(value=self._markup())
        filters = ipywidgets.VBox()
        metrics = [(metric.label, name) for name, metric in METRICS.items()]

        def menu(name: str, options: Any, value: Any, chosen: Callable[[Any], None]) -> Any:
            def changed(change: Any) -> None:
                chosen(change["new"])
                shown.value = self._markup()

            made = ipywidgets.Dropdown(options=options, value=value, description=name)
            made.observe(changed, names="value")
            return made

        def filter_menu(name: str, values: Sequence[Any]) -> Any:
            # By place: values may be what no menu can hold.
            options = [(_ALL, -1), *((str(value), place) for place, value in enumerate(values))]
            only = self.selection.only
            now = values.index(only[name]) if name in only else -1
            return menu(name, options, now, lambda place: self._filter(name, values, place))

        def fill_filters() -> None:
            filters.children = [filter_menu(*each) for each in self.selection.filters.items()]

        def axis_chosen(axis: str) -> None:
            only = {name: of for name, of in self.selection.only.items() if name != axis}
            self.choose(axis=axis, only=only)
            fill_filters()

        fill_filters()
        axes = list(self.selection.sweep.axes)
        return ipywidgets.VBox(
            [
                menu("axis", axes, self.selection.axis, axis_chosen),
                menu("metric", metrics, self.selection.metric, lambda of: self.choose(metric=of)),
                filters,
                shown,
            ]
        )

    def _filter(self, name: str, values: Sequence[Any], place: int) -> None:
        only = {of: value for of, value in self.selection.only.items() if of != name}
        self.choose(only=only if place < 0 else {**only, name: values[place]})

    def _markup(self) -> str:
        sentence = f"<p>{html.escape(tied(self.selection.sentence()))}</p>"
        try:
            return sentence + self.chart().svg()
        except MeasurementError:
            return sentence  # it says that there is nothing

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        try:
            # What a page shows in which nothing runs.
            bundle = self.chart()._repr_mimebundle_()
        except MeasurementError:
            sentence = self.selection.sentence()
            bundle = {"text/plain": str(sentence), "text/html": sentence._repr_html_()}
        widget = self.widget()
        if widget is not None:
            shown = widget._repr_mimebundle_(**options) or {}
            bundle |= {kind: data for kind, data in shown.items() if kind != "text/plain"}
        return bundle
