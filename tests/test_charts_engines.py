"""The chart of engines can be read by everyone, and says in words what it shows."""

from __future__ import annotations

import dataclasses
import re
from xml.etree import ElementTree

import pytest

from perfkit.bench.engine_comparison import EngineComparison
from perfkit.bench.environment import collect
from perfkit.bench.records import Check, Peak, Record, Run, Session
from perfkit.charts import _palette
from perfkit.charts._figure import MIME
from perfkit.charts.engines import draw
from perfkit.errors import MeasurementError

SVG = "{http://www.w3.org/2000/svg}"


def comparison(
    memory: bool = True, document: str = "a.pdf", kind: str = "truth"
) -> EngineComparison:
    records: list[Record] = []
    for engine, scale in (("pypdf", 10.0), ("pdfium", 1.0)):
        for name, pages in (("one.pdf", 1), (document, 15)):
            records.append(Check(engine, name, pages, 9, 0.99987, kind, True, 0))
            for number in range(1, 6):
                wall = scale * pages * (1 + 0.02 * (number % 3)) / 1000
                records.append(Run("l", engine, name, number, 0, 0.0, wall, wall, 1, 1))
            if memory:
                records.append(Peak(engine, name, 12.0, 12.0 + scale))
    return EngineComparison(Session(collect(), tuple(records)))


@pytest.fixture(scope="module")
def svg() -> str:
    return draw(comparison()).svg()


def test_every_axis_has_its_unit() -> None:
    labels = [axes.get_xlabel() for axes in draw(comparison()).axes]
    assert "(ms" in labels[0]
    assert "(MiB)" in labels[1]


def test_bars_begin_at_zero_and_each_carries_its_figure(svg: str) -> None:
    chart = draw(comparison())
    assert all(axes.get_xlim()[0] == 0 for axes in chart.axes)
    texts = [node.text for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    for figure in ("1.03", "10.3", "one.pdf, 1 page", "a.pdf, 15 pages", "accuracy"):
        assert figure in texts


def test_accuracy_is_never_rounded_up_to_perfect(svg: str) -> None:
    texts = [node.text for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert texts.count("0.999") == 4
    assert "1.000" not in texts


def test_self_check_is_marked() -> None:
    assert "0.999*" in draw(comparison(kind="self-check")).svg()


def test_chart_carries_its_sentence_and_its_words_hold_every_figure() -> None:
    chart = draw(comparison())
    assert chart.sentence == str(comparison().sentence())
    for words in ("pdfium on a.pdf (15 pages): 1.03 ms a page, peak 1.0 MiB", "0.999"):
        assert words in chart.alternative


def test_svg_is_an_image_with_title_and_description(svg: str) -> None:
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    ids = {node.get("id"): node.tag.removeprefix(SVG) for node in root if node.get("id")}
    assert [ids[name] for name in root.get("aria-labelledby", "").split()] == ["title", "desc"]


def test_svg_loads_nothing_and_has_no_fixed_colour(svg: str) -> None:
    assert not re.findall(r"(?:href|src)=\"(?!#)|url\((?!#)|@import", svg)
    for colour in _palette.VARIABLES:
        assert len(re.findall(colour, svg)) == len(re.findall(rf"var\(--[\w-]+, {colour}\)", svg))


def test_two_charts_in_one_page_share_no_id() -> None:
    one, other = (draw(comparison(document=name)).svg() for name in ("a.pdf", "b.pdf"))
    ids = [set(re.findall(r'\bid="([^"]+)"', chart)) for chart in (one, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for chart, own in zip((one, other), ids, strict=True):
        assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', chart)[0]) - {""} <= own


def test_same_records_draw_the_same_bytes(svg: str) -> None:
    assert draw(comparison()).svg() == svg


def test_users_matplotlib_settings_do_not_reach_the_chart(svg: str) -> None:
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 30.0, "axes.facecolor": "red"}):
        assert draw(comparison()).svg() == svg


def test_markup_and_formulas_in_a_name_are_plain_text() -> None:
    chart = draw(comparison(document="<b>$x$.pdf"))
    assert "<b>" not in chart.svg()
    texts = [node.text for node in ElementTree.fromstring(chart.svg()).iter(f"{SVG}text")]
    assert "<b>$x$.pdf, 15 pages" in texts


def test_without_memory_there_is_one_panel() -> None:
    assert len(draw(comparison(memory=False)).axes) == 1


def test_jupyter_gets_the_drawing_and_its_words() -> None:
    chart = draw(comparison())
    bundle = chart._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")
    assert bundle["text/plain"] == chart.alternative
    assert bundle[MIME]["sentence"] == chart.sentence


def test_nothing_timed_is_an_error_and_no_empty_chart() -> None:
    plain = comparison()
    failed = [
        dataclasses.replace(record, error="cannot be read")
        for record in plain.session.records
        if isinstance(record, Check)
    ]
    with pytest.raises(MeasurementError, match="nothing to draw"):
        draw(EngineComparison(Session(plain.environment, tuple(failed))))


def _lightness(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_first_colour_and_the_baseline_differ_in_grey() -> None:
    light, dark = _lightness(_palette.BASELINE), _lightness(_palette.SERIES[0])
    assert (light + 0.05) / (dark + 0.05) >= 2.5
