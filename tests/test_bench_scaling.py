"""Scaling: laws are recovered from exact times, and nothing is told beyond the data."""

import dataclasses
import math
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.bench.environment import collect
from perfkit.bench.records import Check, Plan, Point, Record, Run, Session
from perfkit.bench.scaling import FURTHEST, scaling_of
from perfkit.bench.scaling_laws import Law, fit, karp_flatt
from perfkit.bench.scaling_of_sweep import scaling_from
from perfkit.bench.sweep_results import Sweep
from perfkit.errors import MeasurementError
from tests.chart_records import sweep_of

SHARES = st.floats(0, 1)
LEVELS = (1, 2, 3, 4, 6, 8, 12, 16)


def scaled(seconds: Any, **options: Any) -> Any:
    return scaling_of(seconds, **{"resamples": 20, **options})


def times(
    law: Law, levels: Sequence[int] = LEVELS, rounds: int = 7, noise: float = 0.0
) -> dict[int, list[float]]:
    draw = random.Random(1)
    return {
        n: [math.exp(noise * draw.gauss(0, 1)) / law.speed(n) for _ in range(rounds)]
        for n in levels
    }


@given(pace=st.floats(0.5, 20), contention=SHARES, coherence=st.floats(0, 0.2))
def test_the_universal_scalability_law_is_found_in_exact_times(pace, contention, coherence):
    law = Law(pace, contention, coherence)
    found = fit(LEVELS, [math.log(law.speed(n)) for n in LEVELS], coherence=True)
    assert found.pace == pytest.approx(pace, rel=1e-4)
    assert found.contention == pytest.approx(contention, abs=1e-4)
    assert found.coherence == pytest.approx(coherence, abs=1e-5)


@given(pace=st.floats(0.5, 20), contention=SHARES, levels=st.integers(3, 8))
def test_amdahls_law_is_found_in_exact_times(pace, contention, levels):
    law = Law(pace, contention)
    numbers = LEVELS[:levels]
    found = fit(numbers, [math.log(law.speed(n)) for n in numbers], coherence=False)
    assert found.contention == pytest.approx(contention, abs=1e-4)
    assert found.coherence == 0


@given(logs=st.lists(st.floats(-3, 3), min_size=5, max_size=8), coherence=st.booleans())
def test_a_law_of_any_times_keeps_its_bounds(logs, coherence):
    found = fit(LEVELS[: len(logs)], logs, coherence=coherence)
    assert 0 <= found.contention <= 1
    assert 0 <= found.coherence <= 1
    assert found.pace > 0


@given(contention=st.floats(0.001, 1), workers=st.integers(2, 64))
def test_karp_flatt_gives_the_serial_share_of_amdahls_law(contention, workers):
    speedup = Law(1.0, contention).speed(workers)
    assert karp_flatt(speedup, workers) == pytest.approx(contention, abs=1e-9)


@pytest.mark.parametrize(
    ("levels", "name"),
    [
        ((1, 2), ""),
        ((1, 2, 4), "Amdahl's law"),
        ((1, 2, 3, 4), "Amdahl's law"),
        ((1, 2, 3, 4, 6), "Universal Scalability Law"),
    ],
)
def test_the_number_of_levels_says_which_law_is_fitted(levels, name):
    found = scaled(times(Law(1, 0.1, 0.01), levels, 5, 0.01), cores=16)
    assert found.law_name == name
    assert (found.optimum is None) == (name != "Universal Scalability Law")


def test_efficiency_and_karp_flatt_come_with_two_levels():
    found = scaled(times(Law(1, 0.25), (1, 2)), cores=2)
    two = found.levels[1]
    assert two.speedup.value == pytest.approx(1.6)
    assert two.efficiency == pytest.approx(0.8)
    assert two.serial_share.value == pytest.approx(0.25)
    assert "carry no law" in found.sentence()


@settings(max_examples=15, deadline=None)
@given(contention=st.floats(0, 0.3), coherence=st.floats(0, 0.05))
def test_the_optimum_is_the_laws_own_and_never_far_beyond_the_data(contention, coherence):
    law = Law(1, contention, coherence)
    found = scaled(times(law, noise=0.005), cores=16, resamples=30)
    best, limit = found.optimum, FURTHEST * max(LEVELS)
    assert best.limit == limit
    assert 1 <= best.low <= best.high <= limit
    if best.value is not None:
        assert best.low <= best.value <= best.high
    if law.optimum < 12:
        assert best.value == pytest.approx(law.optimum, rel=0.25)
    if law.optimum > 3 * limit:
        assert best.high == limit


def test_the_intervals_cover_the_law_that_made_the_times():
    law = Law(1, 0.1, 0.01)
    found = scaled(times(law, rounds=15, noise=0.02), cores=16, resamples=300)
    assert found.contention.low <= 0.1 <= found.contention.high
    assert found.coherence.low <= 0.01 <= found.coherence.high
    assert found.optimum.low <= law.optimum <= found.optimum.high


def test_the_law_of_cpu_bound_work_uses_the_cores_alone():
    found = scaled(times(Law(1, 0.1, 0.01)), cores=4)
    assert [level.workers for level in found.fitted] == [1, 2, 3, 4]
    assert [level.oversubscribed for level in found.levels] == [False] * 4 + [True] * 4
    assert "more than the 4 usable cores" in found.notes()[0]
    waiting = scaled(times(Law(1, 0.1, 0.01)), cores=4, cpu_bound=False)
    assert len(waiting.fitted) == len(LEVELS)


def test_the_speed_is_held_against_sequential_work_where_it_is_given():
    found = scaled({1: [1.1] * 5, 2: [0.6] * 5}, cores=2, sequential=[1.0] * 5)
    assert found.levels[0].speedup.value == pytest.approx(1 / 1.1)
    assert found.levels[1].speedup.value == pytest.approx(1 / 0.6)


def test_times_of_one_number_alone_do_not_scale():
    with pytest.raises(MeasurementError, match="one worker"):
        scaling_of({2: [1.0] * 5}, cores=2)
    with pytest.raises(MeasurementError, match="one worker"):
        scaling_of({1: [1.0] * 5}, cores=2)


@pytest.mark.parametrize(
    ("cpu_share", "waited", "crowded", "is_bound"),
    [(0.95, 0, 2, True), (0.4, 1, 30, True), (0.4, 30, 1, False)],
)
def test_work_that_others_crowd_out_is_told_from_work_that_waits(
    cpu_share, waited, crowded, is_bound
):
    times = {"alone": 1.0, "workers=1": 1.1, "workers=2": 0.6, "workers=4": 0.7}
    plan = Plan("digest", "work", "alone", {"workers": [1, 2, 4]}, {"a.pdf": "0"})
    records: list[Record] = [plan]
    for arm, wall in times.items():
        settings = {} if arm == "alone" else {"workers": int(arm[-1])}
        records += [Point(arm, settings, {}), Check(arm, "a.pdf", 9, 9, 1.0, "truth", True, 0)]
        records += [
            Run("l", arm, "a.pdf", number, 0, 0.0, wall, cpu_share * wall, 1, 1, waited, crowded)
            for number in range(1, 6)
        ]
    place = dataclasses.replace(collect(), cores=2.0)
    found = scaling_from(Sweep(Session(place, tuple(records), "l"), "alone"))
    assert found.cpu_bound == is_bound
    assert len(found.fitted) == (2 if is_bound else 3)
    assert found.sequential == "alone"


def test_a_sweep_over_something_else_does_not_scale():
    with pytest.raises(MeasurementError, match="over 'workers'"):
        scaling_from(sweep_of())


def test_the_frame_and_the_page_hold_every_level():
    found = scaled(times(Law(1, 0.1, 0.01)), cores=4)
    frame = found.frame()
    assert list(frame["workers"]) == list(LEVELS)
    assert frame["law_speedup"].notna().all()
    assert found._repr_html_().count("<tr>") == len(LEVELS) + 1
