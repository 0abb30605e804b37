"""A worker process keeps to its limits of memory and time, and costs its own call at most."""

from __future__ import annotations

from typing import Any

import pytest

from perfkit import plugins
from perfkit.errors import (
    OutOfMemoryError,
    TimedOutError,
    WorkerHungError,
    WorkerLostError,
    WorkerMemoryError,
)
from perfkit.executors import _limits, _pool, processes
from perfkit.executors._outcome import Completed, Outcome
from perfkit.executors._pool import Pool
from perfkit.pipeline import extract
from perfkit.recipe import Recipe

JOBS = "tests.executor_jobs"


@pytest.fixture
def pool():
    own = Pool(())
    yield own
    own.close()


def done(
    pool: Pool, function: str, *calls: tuple[object, ...], **options: Any
) -> dict[int, Completed]:
    """What became of calls, by their place, on one worker."""
    found = processes.completed_map(
        f"{JOBS}:{function}", calls, workers=options.pop("workers", 1), pool=pool, **options
    )
    return {each.place: each for each in found}


def test_a_call_that_takes_too_much_memory_says_so_and_the_others_go_on(pool):
    found = done(pool, "keep_mb", (4,), (900,), (5,), memory_mb=300.0)
    assert isinstance(found[1].outcome.error, WorkerMemoryError)
    assert found[0].outcome.value != found[2].outcome.value  # which a fresh worker did


def test_the_limit_goes_with_the_call(pool):
    for limit in (300.0, 0.0, 400.0):
        found = done(pool, "address_space_mb", (), memory_mb=limit)
        assert found[0].outcome.value == limit


def test_a_worker_that_holds_half_its_limit_is_replaced(pool):
    found = done(pool, "keep_mb", (1,), (200,), (1,), (1,), memory_mb=350.0)
    pids = [found[place].outcome.value for place in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_worker_is_replaced_after_so_many_calls_of_one_map(pool, monkeypatch):
    monkeypatch.setattr(_pool, "MOST_CALLS", 2)
    found = done(pool, "keep_mb", *[(0,)] * 5)
    assert len({each.outcome.value for each in found.values()}) == 3


def test_a_library_that_aborts_for_want_of_memory_is_told_from_one_that_just_aborts(pool):
    found = done(pool, "abort_holding_mb", (1,), (200,), memory_mb=350.0)
    assert type(found[0].outcome.error) is WorkerLostError
    assert type(found[1].outcome.error) is WorkerMemoryError
    assert found[1].peak_mb > 200


def test_a_deadline_that_the_worker_sets_itself_ends_it(pool):
    found = done(pool, "late", (0.1,))
    assert isinstance(found[0].outcome.error, WorkerHungError)
    assert 0.1 < found[0].seconds < 15


def test_a_deadline_is_over_with_its_call(pool):
    calls = processes.completed_map(
        "perfkit.executors._limits:set_deadline", [(0.05,)], workers=1, pool=pool
    )
    assert [each.outcome.error for each in calls] == [None]
    found = done(pool, "spin", (0.2,))
    assert found[0].outcome.error is None


def test_limits_of_workers_do_nothing_elsewhere():
    _limits.set_deadline(0.001)
    _limits.limit_memory(1.0)
    _limits.grant_memory(2.0)
    assert not _limits.near_limit()
    assert not _limits.is_worker()


def test_a_slow_call_holds_up_no_other(pool):
    found = processes.completed_map(f"{JOBS}:spin", [(1.0,), *[(0.0,)] * 30], workers=2, pool=pool)
    assert [each.place for each in found][-1] == 0


def test_calls_may_be_added_while_others_run_and_after_the_last(pool):
    class Calls:
        def __init__(self) -> None:
            self.waiting = [(4,), (9,)]

        def __iter__(self) -> Calls:
            return self

        def __next__(self) -> tuple[int]:
            if not self.waiting:
                raise StopIteration
            return self.waiting.pop(0)

    calls = Calls()
    values = []
    for each in processes.completed_map("math:sqrt", calls, workers=1, pool=pool):
        values.append(each.outcome.value)
        if len(values) < 5:
            calls.waiting.append((16,))
    assert values == [2.0, 3.0, 4.0, 4.0, 4.0, 4.0]


@pytest.mark.parametrize(
    ("lost", "told"), [(WorkerHungError, TimedOutError), (WorkerMemoryError, OutOfMemoryError)]
)
def test_a_page_that_passes_a_limit_twice_is_told_by_name(monkeypatch, lost, told, repository):
    class Limited:
        def ordered_map(self, _, calls, **__):
            for _ in calls:
                yield Outcome(None, lost("it was ended"))

    load = plugins.load
    monkeypatch.setattr(
        plugins,
        "load",
        lambda folder, name: Limited() if folder == "executors" else load(folder, name),
    )
    recipe = Recipe(executor="processes", workers=1)
    with pytest.raises(told) as caught:
        extract(repository / "test_invoices/CI004848705.pdf", recipe)
    assert caught.value.remedy == told.remedy


def test_an_engine_is_granted_what_it_needs_at_least(monkeypatch):
    limits: list[float] = []
    monkeypatch.setattr(_limits, "limit_memory", limits.append)
    monkeypatch.setattr(_limits, "_limit_mb", 300.0)
    _limits.grant_memory(200.0)
    _limits.grant_memory(700.0)
    assert limits == [700.0]


def test_a_worker_that_waits_past_its_deadline_is_told_from_one_that_works(pool):
    (waits,) = done(pool, "late", (0.3, 30.0)).values()
    (works,) = done(pool, "late", (1.5,)).values()
    assert isinstance(waits.outcome.error, WorkerHungError)
    assert waits.starved
    assert isinstance(works.outcome.error, WorkerHungError)
    # On a busy machine it may have worked for less than half of its time.
    assert works.seconds > 1.4
