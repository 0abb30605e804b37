"""A verdict's word, and the sentence that it prints as."""

import dataclasses
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.bench.paired import Interval, PairedRules
from perfkit.bench.verdict import Verdict, judge

RULES = PairedRules()
STILL = Interval(1.0, 0.999, 1.001, 40, 0.99)


def around(value: float, half: float, pairs: int = 40) -> Interval:
    return Interval(value, value - half, value + half, pairs, 0.99)


def verdict(**changes: Any) -> Verdict:
    values: dict[str, Any] = {
        "word": "slower",
        "ratio": 1.05,
        "low": 1.046,
        "high": 1.054,
        "confidence": 0.99,
        "margin": 0.005,
        "pairs": 60,
        "launches": 1,
        "seconds": 2.4,
        "placebo": STILL,
        "cpu": around(1.05, 0.004),
        "held_up_share": 0.0,
        "preempted_share": 0.0,
        "smallest_effect": 0.012,
        "baseline_seconds": 0.02,
        "candidate_seconds": 0.021,
        "output": "outputs equal",
        "baseline": "old",
        "candidate": "new",
    }
    return Verdict(**{**values, **changes})


@pytest.mark.parametrize(
    ("ratio", "word"),
    [
        (around(1.05, 0.01), "slower"),
        (around(0.95, 0.01), "faster"),
        (around(1.0, 0.01), "same"),
        (around(1.0, 0.05, pairs=6), "undecided"),
        (around(1.0, 0.05, pairs=40), "too noisy"),
    ],
)
def test_the_word_follows_from_where_the_interval_lies(ratio, word):
    assert judge(ratio, STILL, RULES)[0] == word


def test_a_baseline_that_differs_from_itself_is_noise_whatever_the_ratio():
    assert judge(around(2.0, 0.01), around(1.03, 0.01), RULES)[0] == "too noisy"


def test_a_baseline_that_differs_from_itself_by_less_than_the_margin_holds():
    assert judge(around(2.0, 0.01), Interval(1.002, 1.001, 1.003, 400, 0.99), RULES)[0] == "slower"


@given(value=st.floats(0.2, 5.0), half=st.floats(0.0001, 0.1))
def test_swapping_the_two_turns_the_word_about(value, half):
    low, high = value * math.exp(-half), value * math.exp(half)
    ratio = Interval(value, low, high, 40, 0.99)
    turned = {"faster": "slower", "slower": "faster"}
    # The margin is 0.5 % on either side: an interval between 1/1.005 and 0.995 is no one's.
    if not 0.995 <= high <= 1 / 1.005 and not 0.995 <= 1 / low <= 1 / 1.005:
        word, other = judge(ratio, STILL, RULES)[0], judge(ratio.inverse(), STILL, RULES)[0]
        assert {word, other} <= {"same", "too noisy"} or turned.get(word) == other


@given(half=st.floats(0.001, 0.2))
def test_the_smallest_effect_grows_with_the_interval(half):
    smallest = judge(around(1.0, half), STILL, RULES)[1]
    assert smallest > RULES.margin + half


def test_a_verdict_prints_as_one_sentence_with_its_proof():
    assert str(verdict()) == (
        "new is slower than old: 1.050x [1.046, 1.054], 99 % interval, 60 pairs, 2.4 s, "
        "placebo holds, CPU time agrees, outputs equal."
    )


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("faster", "new is faster than old"),
        ("same", "new takes the same time as old"),
        ("undecided", "give it more budget"),
        ("too noisy", "a difference of 1.2 % would have been found"),
    ],
)
def test_each_word_has_a_sentence(word, said):
    assert said in str(verdict(word=word))


def test_time_without_work_is_told_as_waiting():
    waiting = verdict(cpu=around(1.0, 0.004))
    assert waiting.cpu_agrees is False
    assert "waiting or contention" in str(waiting)


def test_without_a_cpu_clock_nothing_is_said_of_it():
    silent = verdict(cpu=None)
    assert silent.cpu_agrees is None
    assert "CPU" not in str(silent)


def test_launches_are_told_where_there_were_several():
    assert "60 pairs in 12 launches" in str(verdict(launches=12))


def test_a_failing_placebo_is_told_with_its_interval():
    assert "old against itself gave [1.020, 1.040]" in str(verdict(placebo=around(1.03, 0.01)))


def test_html_takes_names_as_text():
    shown = verdict(candidate="<script>")._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_a_verdict_is_plain_values():
    plain = verdict().as_dict()
    assert plain["word"] == "slower"
    assert plain["placebo"] == dataclasses.asdict(STILL)
