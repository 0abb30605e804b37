"""A sweep is looked at by axis, metric and filter; without a kernel it is the chosen chart."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit import Recipe
from perfkit.bench.selection import METRICS
from perfkit.bench.sweep_results import Sweep
from perfkit.errors import MeasurementError, ParameterError
from perfkit.explorer import explore
from tests.kernel import cells_run

WIDGET, SVG = "application/vnd.jupyter.widget-view+json", "image/svg+xml"


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sweep") / "sweep.jsonl"
    axes: dict[str, list[Any]] = {"engine": ["pdfium", "pypdf"], "max_pages": [50, 100]}
    documents = ["order_one_page.pdf", "CI004848705.pdf"]
    perfkit.sweep(Recipe(), axes, documents, rounds=3, memory=False, record=path, progress=False)
    return path


def test_the_first_view_is_the_first_axis_and_every_other_setting_is_a_line(records: Path) -> None:
    found = explore(records)
    assert found.selection.axis == "engine"
    assert list(found.selection.series) == [
        f"max_pages={pages}, {document}"
        for document in ("order_one_page.pdf", "CI004848705.pdf")
        for pages in (50, 100)
    ]
    chart = found.chart()
    assert chart.title == "Time a page (ms) by engine"
    assert "engine=pdfium" in chart.sentence
    assert "ms (interval" in chart.sentence
    assert "where sequential pypdf has" in chart.sentence
    assert "max_pages=50, order_one_page.pdf: pdfium:" in chart.alternative


def test_filters_leave_one_line_and_the_baseline(records: Path) -> None:
    found = explore(records, axis="max_pages", engine="pdfium", document="CI004848705.pdf")
    (name, places), *others = found.selection.series.items()
    assert (name, [place.at for place in places], others) == ("", [50, 100], [])
    assert len(found.selection.baselines) == 1
    assert "sequential pypdf" in found.chart().svg()


@pytest.mark.parametrize("metric", [name for name in METRICS if name != "memory_peak_mb"])
@pytest.mark.parametrize("axis", ["engine", "max_pages"])
def test_every_metric_is_drawn_along_every_axis_with_its_unit(records, axis, metric) -> None:
    chart = explore(records, axis, metric).chart()
    assert chart.get_axes()[0].get_ylabel() == METRICS[metric].label
    assert chart.get_axes()[0].get_xlabel().startswith(f"{axis} (")
    assert axis in chart.sentence


def test_what_was_not_measured_is_said_and_not_drawn(records: Path) -> None:
    found = explore(records, metric="memory_peak_mb")
    with pytest.raises(MeasurementError, match="nothing to draw"):
        found.chart()
    bundle = found._repr_mimebundle_()
    assert SVG not in bundle
    assert "has a peak memory" in bundle["text/plain"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"axis": "engin"}, "no axis 'engin'; did you mean 'engine'"),
        ({"metric": "time_m"}, "no metric 'time_m'; did you mean 'time_ms'"),
        ({"max_page": 50}, "no filter 'max_page'; did you mean 'max_pages'"),
        ({"document": "CI00484870.pdf"}, "did you mean 'CI004848705.pdf'"),
    ],
)
def test_what_the_sweep_does_not_have_names_the_nearest(records, arguments, message) -> None:
    with pytest.raises(ParameterError, match=message):
        explore(records, **arguments)


def test_menus_choose_axis_metric_and_filters(records: Path) -> None:
    found = explore(Sweep.from_records(records))
    axis, metric, filters, shown = found.widget().children

    def menus() -> dict[str, Any]:
        return {menu.description: menu for menu in filters.children}

    assert list(menus()) == ["max_pages", "document"]
    menus()["document"].value = 1
    assert found.selection.only == {"document": "CI004848705.pdf"}
    assert "order_one_page" not in shown.value
    axis.value = "max_pages"
    assert list(menus()) == ["engine", "document"]
    assert menus()["document"].value == 1
    menus()["engine"].value = 0
    metric.value = "speedup"
    assert "times the baseline" in shown.value
    metric.value = "memory_peak_mb"
    assert "<svg" not in shown.value
    menus()["document"].value = -1
    assert found.selection.only == {"engine": "pdfium"}


def test_without_ipywidgets_it_is_the_chart(records: Path, monkeypatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "ipywidgets":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    bundle = explore(records)._repr_mimebundle_()
    assert SVG in bundle
    assert WIDGET not in bundle


@pytest.mark.slow
def test_in_a_kernel_it_has_menus_and_in_an_exported_page_the_chart(
    records: Path, tmp_path
) -> None:
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    from perfkit import report

    source = f"import perfkit\nperfkit.explore({str(records)!r}, metric='speedup')"
    (outputs,) = cells_run([source], tmp_path)
    assert {WIDGET, SVG} <= set(outputs[0].data)
    cells = [new_markdown_cell("# Explorer"), new_code_cell(source)]
    nbformat.write(new_notebook(cells=cells), tmp_path / "n.ipynb")
    made = report.run([tmp_path / "n.ipynb"], out=tmp_path / "out")
    made.raise_for_failures()
    page = (tmp_path / "out" / "n.html").read_text(encoding="utf-8")
    assert "Speed (times the baseline's) by engine</title>" in page
    assert "highest speed" in made.index.read_text(encoding="utf-8")
