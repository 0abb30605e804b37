"""What every chart keeps to, whatever it shows."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from perfkit import plugins
from perfkit.charts import _palette
from tests.chart_records import RECORDS

NAMES = plugins.names("charts")
#: A phone is so many CSS pixels wide.
PHONE_PIXELS = 375
HOSTILE = "<script>alert(1)</script> $x_1$ & co"

each = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def charts() -> dict[str, Any]:
    """Each chart of its made-up records."""
    return {name: draw(name) for name in NAMES}


def draw(name: str, shown: str = "engine=pdfium") -> Any:
    return plugins.load("charts", name).draw(RECORDS[name](shown))


@each
def test_it_carries_its_words(charts, name):
    chart = charts[name]
    assert len(chart.title) > 10
    assert re.search(r"\d.*\.$", chart.sentence, re.DOTALL), "a sentence with its figures"
    assert len(chart.alternative) > len(chart.title)
    assert len(re.findall(r"\d", chart.alternative)) >= 3


@each
def test_every_axis_says_what_it_shows_with_its_unit(charts, name):
    for axes in charts[name].axes:
        for axis in (axes.xaxis, axes.yaxis):
            if axis.get_visible() and any(_is_number(t.get_text()) for t in axis.get_ticklabels()):
                assert re.search(r"\(.+\)", axis.get_label_text(), re.DOTALL), axis.get_label_text()


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[-\u2212]?[\d.,]+( \w+)?", text.replace("$", "")))


@each
def test_nothing_is_cut_off_and_all_can_be_read_on_a_phone(charts, name):
    chart = charts[name]
    canvas: Any = FigureCanvasAgg(chart)
    canvas.draw()
    width, height = chart.get_size_inches() * chart.dpi
    scale = PHONE_PIXELS / (chart.get_size_inches()[0] * 72)
    texts = [axes.texts for axes in chart.axes]
    labels = [[axes.xaxis.label, axes.yaxis.label] for axes in chart.axes]
    legends = [legend.get_texts() for legend in chart.legends]
    for text in [one for many in (*texts, *labels, *legends) for one in many]:
        if not text.get_text():
            continue
        box = text.get_window_extent(canvas.get_renderer())
        assert box.x0 >= -1, text.get_text()
        assert box.x1 <= width + 1, text.get_text()
        assert box.y0 >= -1, text.get_text()
        assert box.y1 <= height + 1, text.get_text()
        assert text.get_fontsize() * scale >= 9, text.get_text()


@each
def test_series_are_told_apart_without_colour(charts, name):
    for axes in charts[name].axes:
        lines = [line for line in axes.lines if not str(line.get_label()).startswith("_")]
        looks = [(line.get_marker(), str(line._dash_pattern), _fill(line)) for line in lines]
        assert len(looks) == len(set(looks))


def _fill(line: Any) -> str:
    """Empty or full: what is left of a marker's colour in grey."""
    colour = line.get_markerfacecolor()
    return "empty" if colour in ("none", _palette.PAPER) else "full"


@each
def test_its_svg_is_one_image_that_loads_nothing_and_can_go_dark(charts, name):
    svg = charts[name].svg()
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert not re.findall(r"(?:href|src)=\"(?!#)|url\((?!#)|@import", svg)
    for colour in set(re.findall(r"#[0-9a-f]{6}\b", svg)):
        assert colour in _palette.VARIABLES, f"{colour} would not go dark"
        assert len(re.findall(colour, svg)) == len(re.findall(rf"var\(--[\w-]+, {colour}\)", svg))


@each
def test_the_same_records_draw_the_same_bytes(charts, name):
    assert draw(name).svg() == charts[name].svg()


@each
def test_markup_in_a_name_is_plain_text(name):
    chart = draw(name, HOSTILE)
    svg = chart.svg()
    assert "<script" not in svg
    ElementTree.fromstring(svg)
