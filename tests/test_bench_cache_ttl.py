"""Hit rates: the real cache, its exact simulation and theory, on one trace."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.bench import cache_simulation
from perfkit.bench.cache_advice import Saving, advise, enough
from perfkit.bench.cache_replay import replay
from perfkit.bench.cache_theory import _by_slowest_mode, _by_steps, hit_probability
from perfkit.bench.cache_theory import theoretical_hit_rate as theory
from perfkit.bench.cache_traces import KINDS, Trace, draw_trace, read_trace
from perfkit.bench.cache_ttl import cache_ttl_sweep, sweep_trace
from perfkit.errors import MeasurementError, ParameterError

HOUR, DAY = 3600.0, 86_400.0
QUIET: dict[str, Any] = {"progress": False}

requests = st.lists(st.tuples(st.floats(0, 50), st.integers(0, 6)), min_size=1, max_size=60)


def trace_of(rows: list[tuple[float, int]]) -> Trace:
    rows = sorted(rows)
    times, documents = zip(*rows, strict=True)
    return Trace(np.asarray(times), np.asarray(documents), 7, "a trace")


@settings(max_examples=60)
@given(requests, st.floats(0.001, 60), st.sampled_from([None, 1, 2, 5, 7]))
def test_the_real_cache_and_the_simulation_agree_on_every_request(rows, ttl, capacity):
    trace = trace_of(rows)
    assert replay(trace, ttl, capacity) == cache_simulation.hits(trace, ttl, capacity)


@pytest.mark.parametrize("kind", KINDS)
def test_they_agree_on_traces_of_every_kind(kind):
    trace = draw_trace(kind, documents=200, requests=3000)
    for ttl, capacity in ((HOUR, None), (DAY, 40), (math.inf, 10)):
        assert replay(trace, ttl, capacity) == cache_simulation.hits(trace, ttl, capacity)


@pytest.mark.parametrize("exponent", [0.6, 1.1])
@pytest.mark.parametrize("capacity", [None, 300, 30])
def test_theory_is_within_0_35_points_on_a_thousand_documents(exponent, capacity):
    trace = draw_trace(requests=300_000, exponent=exponent)
    for ttl in (600, 4 * HOUR, DAY, math.inf):
        rate = cache_simulation.hit_rate(trace, ttl, capacity)
        assert theory(trace, ttl, capacity) == pytest.approx(rate, abs=0.0035)


def test_theory_with_room_for_all_is_the_formula():
    rates = np.array([0.0, 0.1, 2.0])
    assert hit_probability(rates, 10.0) == pytest.approx([0, 1 / 2, 20 / 21])


def test_theory_without_a_ttl_is_ches():
    rates = 1.0 / np.arange(1, 51)
    found = hit_probability(rates, math.inf, 10)
    idle = -math.log1p(-found[0]) / rates[0]
    assert found == pytest.approx(-np.expm1(-rates * idle))
    assert found.sum() == pytest.approx(10)


@given(st.floats(1.0, 60), st.floats(11, 13))
def test_both_solutions_of_the_renewal_equation_agree(busy, ttl):
    rates = np.array([busy])
    slowest = _by_slowest_mode(rates, ttl, 1.0, np.expm1(rates))
    assert slowest == pytest.approx(_by_steps(rates, ttl, 1.0), rel=1e-4)


@given(st.floats(0.01, 500), st.floats(0.1, 100), st.floats(1, 10))
def test_a_longer_ttl_never_has_fewer_hits(rate, ttl, factor):
    rates = np.full(20, rate)
    short, long = (hit_probability(rates, each, 5)[0] for each in (ttl, ttl * factor))
    assert 0 <= short <= long + 1e-6 <= 1 + 2e-6


def test_bursts_and_drift_depart_from_theory():
    for kind in ("bursts", "drift"):
        trace = draw_trace(kind, requests=20_000)
        assert abs(theory(trace, HOUR) - cache_simulation.hit_rate(trace, HOUR)) > 0.02


def test_a_drawn_trace_has_the_rate_and_popularity_that_were_asked_for():
    trace = draw_trace(documents=100, requests=50_000, requests_per_hour=1000, exponent=1.0)
    assert len(trace) / trace.seconds == pytest.approx(1000 / HOUR, rel=0.02)
    counts = np.bincount(trace.documents)
    assert counts[0] / counts[9] == pytest.approx(10, rel=0.2)
    again = draw_trace(documents=100, requests=50_000, requests_per_hour=1000, exponent=1.0)
    assert (again.times == trace.times).all()


def test_a_log_is_read_with_seconds_or_dates_in_any_order(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("Document,user,Time\nb.pdf,x,30\na.pdf,y,10\nb.pdf,z,25.5\n\n")
    trace = read_trace(path)
    assert trace.times.tolist() == [0, 15.5, 20]
    assert trace.documents.tolist() == [0, 1, 1]
    path.write_text("time,document\n2026-11-24T08:00:00,a\n2026-11-24T08:01:30Z,a\n")
    assert read_trace(path).seconds == 90


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "time and document"),
        ("when,what\n1,a\n", "when, what"),
        ("time,document\n", "no request"),
        ("time,document\n1,a\nnoon,b\n", "line 3: 'noon' is no time"),
        ("time,document\ninf,a\n", "line 2: 'inf' is no time"),
        ("time,document\n1,\n", "line 2: there is no document"),
        ("time,document\n1\n", "line 2: there is no document"),
    ],
)
def test_a_log_that_makes_no_sense_is_named_with_its_line(tmp_path, text, said):
    path = tmp_path / "log.csv"
    path.write_text(text)
    with pytest.raises(MeasurementError, match=said) as told:
        read_trace(path)
    assert "log.csv" in str(told.value)


def test_a_missing_log_is_named(tmp_path):
    with pytest.raises(MeasurementError, match=r"no\.csv"):
        read_trace(tmp_path / "no.csv")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"kind": "steedy"}, "did you mean 'steady'"),
        ({"documents": 0}, "documents must be above 0"),
        ({"requests_per_hour": -1}, "requests_per_hour must be above 0"),
        ({"exponent": -1}, "exponent must be 0 or above"),
        ({"ttl_hours": [0.0]}, "TTLs above 0"),
        ({"capacity": -2}, "room for one result"),
        ({"cost_per_document": "a lot"}, "no amount of money"),
        ({"cost_per_document": "-1"}, "0 or above"),
        ({"profile": "quik"}, "did you mean 'quick'"),
    ],
)
def test_what_makes_no_sense_is_refused(options, said):
    with pytest.raises(ParameterError, match=said):
        cache_ttl_sweep(**{"requests": 50, **QUIET, **options})


def test_what_is_enough_is_the_first_value_from_which_no_doubling_gains_a_point():
    rates = {1: 0.1, 2: 0.105, 4: 0.5, 8: 0.8, 16: 0.805, 32: 0.809}
    value, gain = enough(list(rates), rates.__getitem__)
    assert value == 8
    assert gain == pytest.approx(0.005)
    assert enough([1, 2], {1: 0.1, 2: 0.9}.__getitem__) == (2, 0.0)


def test_advice_holds_on_its_own_trace():
    trace = draw_trace(documents=100, requests=20_000, requests_per_hour=3600)
    advice = advise(trace)
    twice = cache_simulation.hit_rate(trace, 2 * advice.ttl_seconds)
    assert twice - cache_simulation.hit_rate(trace, advice.ttl_seconds) < 0.01
    half = cache_simulation.hit_rate(trace, advice.ttl_seconds / 2)
    assert cache_simulation.hit_rate(trace, advice.ttl_seconds) - half >= 0.01
    assert advice.hit_rate <= advice.ceiling == 1 - 100 / 20_000


def test_money_is_saved_only_where_a_cost_is_given():
    saving = Saving(0.5, 0.2, 0.1, 1000, None)
    assert saving.seconds(1000) == pytest.approx(50)
    assert saving.money(1000) is None
    assert Saving(0.5, 0.2, 0.1, 1000, Decimal("0.03")).money(1000) == Decimal("15.00")


def test_a_sweep_tells_what_is_enough_and_what_it_saves():
    found = cache_ttl_sweep(
        documents=50, requests=8000, ttl_hours=[1, 0.1], document="order_one_page.pdf",
        cost_per_document="0.03", **QUIET,
    )  # fmt: skip
    frame = found.frame()
    assert list(frame["ttl_seconds"]) == [360, 3600]
    assert (frame["hit_rate"] == frame["hit_rate_simulated"]).all()
    for words in ("are enough for these 8,000 requests", "in money", "points off the real cache"):
        assert words in str(found)
    assert found._repr_html_().count("<tr>") == 3
    assert any("max_mb" in note for note in found.notes())


def test_bursts_are_told_to_be_no_case_for_theory():
    trace = draw_trace("bursts", documents=300, requests=3000)
    notes = " ".join(sweep_trace(trace, [HOUR], **QUIET).notes())
    assert "Rely on the replay" in notes


def test_a_trace_that_is_too_short_to_tell_what_is_enough_is_told_so():
    given: dict[str, Any] = {"documents": 300, "progress": False}
    short = cache_ttl_sweep(requests=900, **given)
    assert "they are too few to tell which TTL is enough" in short.sentence()
    assert "Record a longer trace to learn which TTL is enough." in short.notes()
    long = cache_ttl_sweep(requests=60_000, ttl_hours=[1], **given)
    assert "are enough for these 60,000 requests" in long.sentence()
    assert not [note for note in long.notes() if "Record" in note]
