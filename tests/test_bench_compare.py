"""compare: outputs first, then pairs of times until the ratio is known."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.bench.paired import Interval, PairedRules
from perfkit.bench.pairs import BASELINE, CANDIDATE, Observed, StoppingRule, observe
from perfkit.bench.records import Run, read
from perfkit.errors import DocumentNotFoundError, OutputsDifferError, ParameterError

RULES = PairedRules()


def count(times: int) -> Callable[[], object]:
    def work() -> object:
        total = 0
        for number in range(times):
            total += number & 3
        return total >= 0

    return work


def run(arm: str, wall: float, cpu: float | None = None, order: int = 0) -> Run:
    return Run("", arm, "", 1, order, 0.0, wall, wall if cpu is None else cpu, 1, 1)


def test_three_times_the_work_is_slower():
    verdict = perfkit.compare(count(60_000), count(180_000), budget_seconds=20)
    assert verdict.word == "slower"
    assert verdict.low < verdict.ratio < verdict.high
    assert verdict.output == "outputs equal"


def test_clear_work_ends_before_its_budget():
    verdict = perfkit.compare(count(30_000), count(300_000), budget_seconds=60)
    assert verdict.seconds < 30


def test_work_that_returns_nothing_is_told_so():
    verdict = perfkit.compare(lambda: None, lambda: None, budget_seconds=0.05)
    assert verdict.output == "neither returns anything to compare"


def test_recipes_are_named_by_what_sets_them_apart():
    one = perfkit.Recipe()
    verdict = perfkit.compare(
        one.with_(engine="pypdf"), one, documents="CI004848705.pdf", budget_seconds=0.2
    )
    assert (verdict.baseline, verdict.candidate) == ("engine=pypdf", "engine=pdfium")
    assert verdict.word == "faster"


def test_every_run_is_kept_as_it_is_taken(tmp_path):
    record = tmp_path / "runs.jsonl"
    verdict = perfkit.compare(
        count(60_000), count(60_000), budget_seconds=0.3, record=record, progress=True
    )
    [session] = read(record)
    assert len(session.records) == 2 * verdict.pairs
    assert {of.arm for of in session.records if isinstance(of, Run)} == {BASELINE, CANDIDATE}


def test_no_time_is_shown_where_outputs_differ():
    with pytest.raises(OutputsDifferError, match="another output than"):
        perfkit.compare(lambda: 1, lambda: 2)


def test_no_time_is_shown_where_an_output_differs_from_call_to_call():
    with pytest.raises(OutputsDifferError, match="each time"):
        perfkit.compare(lambda: iter(()), lambda: iter(()))


def test_a_given_check_replaces_equality():
    near: dict[str, Any] = {
        "check": lambda one, other: abs(one - other) < 2,
        "budget_seconds": 0.05,
    }
    assert perfkit.compare(lambda: 1, lambda: 2, **near).output == "outputs pass the given check"
    with pytest.raises(OutputsDifferError, match="says no"):
        perfkit.compare(lambda: 1, lambda: 9, **near)


def test_tables_and_arrays_are_compared_as_wholes():
    import numpy
    import pandas

    for make in (lambda: pandas.DataFrame({"a": [1, 2]}), lambda: numpy.arange(3)):
        assert perfkit.compare(make, make, budget_seconds=0.05).output == "outputs equal"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((perfkit.Recipe(), perfkit.Recipe()), "need documents"),
        ((perfkit.Recipe(), len), "A recipe compares with a recipe"),
        ((1, len), "neither a callable nor a Recipe"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments, said):
    with pytest.raises(ParameterError, match=said):
        perfkit.compare(*arguments)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"budget_seconds": 0}, "budget_seconds"),
        ({"alpha": 2}, "alpha"),
        ({"margin": -1}, "margin"),
    ],
)
def test_what_makes_no_sense_is_refused(options, said):
    with pytest.raises(ParameterError, match=said):
        perfkit.compare(dict, dict, **options)


def test_a_document_that_is_not_there_is_named():
    with pytest.raises(DocumentNotFoundError, match=r"no_such\.pdf"):
        perfkit.compare(perfkit.Recipe(), perfkit.Recipe(), documents=["no_such.pdf"])
    with pytest.raises(ParameterError, match="no document"):
        perfkit.compare(perfkit.Recipe(), perfkit.Recipe(), documents=[])


def test_a_round_gives_two_pairs_and_a_placebo():
    observed = Observed()
    observed.add([run(BASELINE, 1), run(CANDIDATE, 2), run(CANDIDATE, 3), run(BASELINE, 1.5)])
    assert observed.own == pytest.approx([math.log(2), math.log(2)])
    assert observed.placebo == pytest.approx([math.log(1.5)])


def test_runs_that_were_held_up_are_counted():
    observed = Observed()
    observed.add(
        [run(BASELINE, 1, 0.5), run(CANDIDATE, 1), run(CANDIDATE, 1), run(BASELINE, 1, 0.0)]
    )
    assert observed.held_up == 2
    assert len(observed.cpu) == 1


@given(value=st.floats(0.5, 2), half=st.floats(0.0001, 0.1))
def test_the_stopping_rule_never_ends_on_a_wide_interval(value, half):
    ratio = Interval(value, value * (1 - half), value * (1 + half), 40, 0.99)
    if StoppingRule().ends(ratio, RULES):
        is_clear = ratio.low > 1.005 or ratio.high < 0.995
        assert half <= 0.0026 or (is_clear and half <= max(0.0076, abs(value - 1) / 9))


def test_a_narrow_interval_of_few_pairs_is_not_believed():
    narrow = Interval(1.0, 0.999, 1.001, 40, 0.99)
    assert not StoppingRule().ends(narrow, RULES)
    assert StoppingRule().ends(dataclasses.replace(narrow, observations=60), RULES)


def test_it_does_not_end_while_the_placebo_fails():
    clear = Observed(own=[0.1 + 0.0001 * at for at in range(20)], placebo=[0.0] * 10)
    assert clear.is_settled(StoppingRule(), RULES)
    clear.placebo = [0.05 + 0.0001 * at for at in range(10)]
    assert not clear.is_settled(StoppingRule(), RULES)


def test_three_rounds_are_taken_whatever_the_budget():
    observed = observe(count(10), count(10), repeats=1, budget_seconds=1e-9, rules=RULES)
    assert len(observed.own) == 6


def test_the_budget_counts_the_round_that_would_follow():
    now = [0.0]

    def clock() -> float:
        return now[0]

    def work() -> None:
        now[0] += 1.0

    told: list[float] = []
    observed = observe(
        work, work, repeats=1, budget_seconds=21.0, rules=RULES, clock=clock, tell=told.append
    )
    assert observed.elapsed == 20.0
    assert told[-1] == pytest.approx(20 / 21)
