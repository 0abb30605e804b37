"""One piece of work is timed with its interval, and how restless the machine was."""

from __future__ import annotations

from itertools import count

import pytest

from perfkit.bench.paired import Interval
from perfkit.bench.timing import Timing, time_work
from perfkit.errors import ParameterError


def timing(value: float, low: float, high: float, repeats: int = 1) -> Timing:
    return Timing(Interval(value, low, high, 40, 0.99), 0.0123, 0.025, repeats)


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (timing(1.5, 1.25, 1.75), "1.50 s [1.25, 1.75]"),
        (timing(0.0123, 0.0121, 0.0125), "12.3 ms [12.1, 12.5]"),
        (timing(2e-6, -1e-6, 3e-6), "2.00 µs [0, 3.00]"),
        (timing(3e-9, 2e-9, 4e-9), "3.00 ns [2.00, 4.00]"),
    ],
)
def test_a_timing_is_one_line_in_a_unit_that_suits(found: Timing, line: str) -> None:
    assert str(found) == (f"{line}, 99 % interval of 40 runs; noise 1.23 %, 2.5 % of runs held up")
    assert "<" not in found._repr_html_().removeprefix('<p class="perfkit-timing">')[:-4]


def test_calls_that_are_timed_together_are_told() -> None:
    assert "40 runs of 3,400 calls" in str(timing(1e-6, 1e-6, 1e-6, 3400))


def test_work_is_called_until_the_budget_is_spent_and_three_times_at_least() -> None:
    calls: list[int] = []
    told: list[float] = []
    seconds = count()
    found = time_work(
        lambda: calls.append(sum(range(300_000))),
        budget_seconds=6,
        clock=lambda: float(next(seconds)),
        tell=told.append,
    )
    assert found.seconds.observations == 4
    assert len(calls) == 2 + 4 * found.repeats
    assert told == sorted(told)
    assert found.seconds.value > 0
    assert time_work(lambda: None, budget_seconds=1e-9).seconds.observations == 3


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ParameterError, match="budget_seconds"):
        time_work(lambda: None, budget_seconds=0)
