"""What every executor keeps to, wherever it runs its calls."""

from __future__ import annotations

import itertools
import threading

import pytest

from perfkit import plugins
from perfkit.correlation import correlated
from perfkit.errors import DamagedPdfError


@pytest.fixture(params=plugins.names("executors"))
def ordered_map(request):
    return plugins.load("executors", request.param).ordered_map


def test_outcomes_come_in_the_order_of_the_calls(ordered_map):
    found = ordered_map("math:sqrt", ((n * n,) for n in range(50)), workers=3)
    assert [outcome.value for outcome in found] == list(range(50))


def test_no_calls_give_no_outcomes(ordered_map):
    assert list(ordered_map("math:sqrt", [], workers=2)) == []


def test_a_call_that_fails_is_an_outcome_and_the_others_go_on(ordered_map):
    before, failed, after = ordered_map("math:sqrt", [(4,), (-1,), (9,)], workers=2)
    assert (before.value, after.value) == (2.0, 3.0)
    assert isinstance(failed.error, ValueError)
    assert str(failed.error) == "math domain error"


def test_an_error_over_a_document_keeps_its_file_page_and_words(ordered_map):
    (outcome,) = ordered_map(
        "tests.executor_jobs:refuse", [("a.pdf", 7, "it is torn", "Mend it.")], workers=1
    )
    assert isinstance(outcome.error, DamagedPdfError)
    assert str(outcome.error) == "a.pdf, page 7: it is torn. Mend it."
    assert (outcome.error.file, outcome.error.page) == ("a.pdf", 7)


def test_a_function_that_does_not_exist_is_an_outcome_too(ordered_map):
    (outcome,) = ordered_map("math:no_such", [(1,)], workers=1)
    assert isinstance(outcome.error, AttributeError)


def test_calls_are_asked_for_as_they_are_needed(ordered_map):
    """An endless stream of calls is taken bit by bit."""
    asked = itertools.count()
    found = ordered_map("math:sqrt", ((next(asked),) for _ in itertools.repeat(0)), workers=2)
    for number in range(5):
        assert next(found).value == pytest.approx(number**0.5)
    found.close()
    assert next(asked) < 40


def test_what_arrives_is_told_once_each(ordered_map):
    arrived: list[float] = []
    found = ordered_map(
        "math:sqrt", [(1,), (4,)], workers=2, arrived=lambda outcome: arrived.append(outcome.value)
    )
    assert [outcome.value for outcome in found] == sorted(arrived) == [1.0, 2.0]


def test_what_the_check_raises_ends_the_map(ordered_map):
    def check():
        raise TimeoutError("enough")

    with pytest.raises(TimeoutError, match="enough"):
        list(ordered_map("math:sqrt", ((n,) for n in range(1000)), workers=2, check=check))


def test_a_call_knows_the_correlation_id_of_its_document(ordered_map):
    with correlated("abc"):
        found = list(ordered_map("perfkit.correlation:correlation_id", [()] * 3, workers=2))
    (after,) = ordered_map("perfkit.correlation:correlation_id", [()], workers=1)
    assert [outcome.value for outcome in found] == ["abc"] * 3
    assert after.value == ""


def test_maps_in_many_threads_keep_apart(ordered_map):
    found: dict[int, list[float]] = {}

    def work(start):
        calls = [(n,) for n in range(start, start + 20)]
        found[start] = [o.value for o in ordered_map("math:floor", calls, workers=2)]

    threads = [threading.Thread(target=work, args=(start,)) for start in range(0, 100, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {start: list(range(start, start + 20)) for start in range(0, 100, 20)}
