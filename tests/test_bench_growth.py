"""Growth with size, the trade-off of cost and accuracy, and memory over time."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.bench.growth import growth_from, growth_of
from perfkit.bench.memory_timeline import memory_timeline
from perfkit.bench.tradeoff import tradeoff_from
from perfkit.charts import cost_accuracy, document_size, intervals
from perfkit.errors import DocumentNotFoundError, MeasurementError, ParameterError
from tests.chart_records import sweep_of


@given(st.floats(-1, 3), st.floats(0.001, 10))
def test_the_exponent_of_an_exact_power_law_is_found(exponent, scale):
    seconds = {pages: [scale * pages**exponent] * 5 for pages in (1, 3, 20, 150)}
    found = growth_of(seconds).exponent
    assert found.value == pytest.approx(exponent, abs=1e-9)
    assert found.low == pytest.approx(found.high, abs=1e-6)


def test_a_noisy_round_widens_the_interval_and_no_more():
    seconds = {1: [1.0, 1.0, 1.0, 1.1, 0.9], 10: [10.0, 10.1, 9.9, 10.0, 10.0]}
    found = growth_of(seconds).exponent
    assert found.low < 1 < found.high


def test_one_size_does_not_grow():
    with pytest.raises(MeasurementError, match="two sizes"):
        growth_of({1: [1.0] * 5})
    with pytest.raises(MeasurementError, match="fewer than two sizes"):
        growth_from(sweep_of(documents={"a.pdf": 3}), "engine=pdfium")
    with pytest.raises(MeasurementError, match="two sizes or more"):
        document_size.draw(sweep_of(documents={"a.pdf": 3}))


def test_growth_of_a_sweep_is_that_of_its_times():
    found = growth_from(sweep_of(), "engine=pdfium")
    assert found.exponent.value == pytest.approx(1, abs=0.02)
    assert (found.smallest, found.largest) == (1, 150)


def test_without_a_price_cost_is_time():
    found = tradeoff_from(sweep_of())
    assert found.choices[0].name == "engine=pdfium"
    assert found.choices[0].cost == pytest.approx(2, rel=0.02)
    assert [choice.worth_it for choice in found.choices] == [True, False, False]
    assert found.unit == "ms a page"


def test_with_a_price_cost_is_money_for_a_thousand_pages():
    fees = {"engine=pdfium": Decimal("0.01")}
    found = tradeoff_from(sweep_of(), fees_per_page=fees, machine_per_hour=Decimal("3.6"))
    costs = {choice.name: choice.cost for choice in found.choices}
    assert costs["engine=pdfium"] == pytest.approx(10 + 0.002, rel=0.02)
    assert costs["sequential pypdf"] == pytest.approx(0.02, rel=0.02)
    assert "money" in cost_accuracy.draw(found).sentence


def test_a_fee_of_no_point_names_the_nearest():
    with pytest.raises(ParameterError, match="did you mean 'engine=pdfium'"):
        tradeoff_from(sweep_of(), fees_per_page={"engine=pdfum": Decimal(1)})


def test_ratios_are_sorted_from_the_fastest():
    said = intervals.draw(sweep_of()).alternative
    assert said.index("engine=pdfium") < said.index("engine=other")
    assert "faster" in said
    assert "slower" in said


def test_memory_is_followed_from_before_the_document_to_its_last_page():
    found = memory_timeline("CI004848705.pdf")
    assert found.samples[0].pages == 0
    assert found.pages == 3
    seconds = [sample.seconds for sample in found.samples]
    assert seconds == sorted(seconds)
    assert found.peak.memory_mb >= found.samples[-1].memory_mb > found.before_mb > 1
    assert "3 pages" in str(found)


def test_memory_of_no_document_names_the_nearest():
    with pytest.raises(DocumentNotFoundError, match=r"CI004848705\.pdf"):
        memory_timeline("CI00484870.pdf")
