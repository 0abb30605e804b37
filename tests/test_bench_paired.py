"""The statistics of paired times, held to scipy and to what they claim."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from perfkit.bench.paired import PairedRules, difference, log_ratio, trimmed, word
from perfkit.errors import MeasurementError

times = st.floats(1e-4, 1e3)
pairs = st.lists(st.tuples(times, times), min_size=3, max_size=30)


def _sample(count: int, seed: int) -> list[float]:
    draw = random.Random(seed)
    return [draw.gauss(1.0, 0.2) + (draw.random() < 0.2) for _ in range(count)]


@pytest.mark.parametrize("count", [3, 4, 5, 7, 10, 23, 50])
def test_trimmed_mean_is_scipys(count: int) -> None:
    sample = _sample(count, count)
    assert trimmed(sample).value == pytest.approx(stats.trim_mean(sample, 0.2))


@pytest.mark.parametrize("count", [5, 7, 10, 23, 50])
@pytest.mark.parametrize("confidence", [0.95, 0.99])
def test_interval_ends_where_scipys_yuen_test_gives_its_level(
    count: int, confidence: float
) -> None:
    """Against a constant, the two-sample test of Yuen is the test of one sample."""
    sample = _sample(count, count)
    interval = trimmed(sample, PairedRules(confidence=confidence))
    for end in (interval.low, interval.high):
        shifted = [value - end for value in sample]
        tested = stats.ttest_ind(shifted, [0.0] * count, equal_var=False, trim=0.2)
        assert tested.pvalue == pytest.approx(1 - confidence, rel=1e-6)


def test_with_nothing_cut_the_interval_is_students() -> None:
    sample = _sample(12, 5)
    ours = trimmed(sample, PairedRules(cut=0.0))
    student = stats.ttest_1samp(sample, 0.0).confidence_interval(0.99)
    assert (ours.low, ours.high) == pytest.approx((student.low, student.high))


def test_interval_covers_the_true_ratio_as_often_as_it_says() -> None:
    """99 % intervals of skewed noise with stolen time slices cover in 97 to 100 %."""
    draw = random.Random(20)
    covered = 0
    for _ in range(400):
        base = [draw.lognormvariate(0, 0.05) + (draw.random() < 0.1) for _ in range(15)]
        other = [1.1 * (draw.lognormvariate(0, 0.05) + (draw.random() < 0.1)) for _ in range(15)]
        found = log_ratio(other, base)
        covered += found.low <= 1.1 <= found.high
    assert covered / 400 >= 0.97


@given(pairs)
@settings(max_examples=60, deadline=None)
def test_swapping_the_arms_gives_the_inverse(sample: list[tuple[float, float]]) -> None:
    ours, theirs = (list(side) for side in zip(*sample, strict=True))
    one, other = log_ratio(ours, theirs), log_ratio(theirs, ours).inverse()
    for a, b in ((one.value, other.value), (one.low, other.low), (one.high, other.high)):
        # As logarithms: an interval of three wild pairs may end beyond any float.
        if 0 < a < math.inf and 0 < b < math.inf:
            assert math.log(a) == pytest.approx(math.log(b), abs=1e-6, rel=1e-9)


@given(pairs, st.floats(0.01, 100))
@settings(max_examples=60, deadline=None)
def test_the_unit_of_time_does_not_matter(sample: list[tuple[float, float]], unit: float) -> None:
    ours, theirs = (list(side) for side in zip(*sample, strict=True))
    scaled = log_ratio([unit * t for t in ours], [unit * t for t in theirs])
    assert scaled.value == pytest.approx(log_ratio(ours, theirs).value, rel=1e-6)


@given(pairs)
@settings(max_examples=60, deadline=None)
def test_the_estimate_lies_within_its_interval(sample: list[tuple[float, float]]) -> None:
    ours, theirs = (list(side) for side in zip(*sample, strict=True))
    found = difference(ours, theirs)
    assert found.low <= found.value <= found.high


def test_one_stolen_time_slice_does_not_move_the_estimate() -> None:
    steady = [1.0 + 0.001 * place for place in range(10)]
    found = log_ratio([*steady[:-1], 50.0], steady)
    assert found.value == pytest.approx(1.0, abs=0.002)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [([1.0, 1.0], [1.0, 1.0]), ([1.0] * 3, [1.0] * 4), ([0.0] * 3, [1.0] * 3)],
    ids=["two pairs", "unequal lengths", "a time of zero"],
)
def test_what_is_no_measurement_gets_no_interval(ours: list[float], theirs: list[float]) -> None:
    with pytest.raises(MeasurementError):
        log_ratio(ours, theirs)


def test_a_time_that_is_not_finite_gets_no_interval() -> None:
    with pytest.raises(MeasurementError, match="not finite"):
        trimmed([1.0, 2.0, math.inf])


@pytest.mark.parametrize(
    ("ratio", "expected"), [(0.9, "faster"), (1.1, "slower"), (1.0, "same"), (1.01, "slower")]
)
def test_verdict_follows_from_where_the_interval_lies(ratio: float, expected: str) -> None:
    base = [1.0, 1.001, 0.999, 1.0, 1.0005, 0.9995, 1.0]
    assert word(log_ratio([ratio * t for t in base[::-1]], base)) == expected


def test_a_wide_interval_about_one_is_undecided() -> None:
    assert word(log_ratio([1.0, 2.0, 0.5, 1.1], [1.0] * 4)) == "undecided"


@pytest.mark.parametrize("rules", [{"confidence": 1.0}, {"cut": 0.5}, {"margin": 0.03}])
def test_rules_that_make_no_sense_are_refused(rules: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        PairedRules(**rules)
