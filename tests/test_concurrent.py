"""Pages side by side give what pages one after the other give."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from perfkit.corpus import make
from perfkit.errors import DamagedPdfError, RecipeError, WorkersError
from perfkit.executors import processes
from perfkit.executors._pool import shared_pool
from perfkit.executors._workers import Worker
from perfkit.optimizers.concurrent import ConcurrentPageProcessor
from perfkit.recipe import Recipe
from tests.test_streaming import ORDER, damaged


@pytest.fixture(scope="module")
def long_order(tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp("long") / "long.pdf"
    make(path, layout="order", pages=200, seed=3)
    return path


@pytest.mark.parametrize("workers", [1, 2, 3, 5])
def test_results_are_equal_but_for_how_they_came_about(workers):
    processor = ConcurrentPageProcessor()
    one = processor.process_pages_sequentially(ORDER)
    other = processor.process_pages_concurrently(ORDER, workers)
    how = {"concurrent_processing", "workers", "reason", "retried"}
    assert {k: v for k, v in one.items() if k not in how} == {
        k: v for k, v in other.items() if k not in how
    }
    assert (one["concurrent_processing"], other["concurrent_processing"]) == (False, True)
    assert one["pages_processed"] == 15
    assert one["accuracy_score"] == 1.0


def test_three_workers_are_the_default():
    assert ConcurrentPageProcessor().process_pages_concurrently(ORDER)["workers"] == 3


def test_a_damaged_page_is_the_same_error_with_the_same_items(tmp_path):
    path = damaged(tmp_path / "torn.pdf", 9)
    processor = ConcurrentPageProcessor()
    caught = []
    for work in (processor.process_pages_sequentially, processor.process_pages_concurrently):
        with pytest.raises(DamagedPdfError) as error:
            work(path)
        caught.append(error.value)
    assert str(caught[0]) == str(caught[1])
    assert caught[0].partial == caught[1].partial
    assert caught[0].partial is not None
    assert caught[0].partial["pages_processed"] == 8


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_worker_that_is_ended_or_stopped_costs_no_page(long_order, how, monkeypatch):
    """The signal is sent once the worker has its pages; they are read again and said so.

    More workers are idle than the document needs, and each of them would be struck.
    """
    processes.warm(4)
    recipe = Recipe(stall_seconds=1.0)
    expected = ConcurrentPageProcessor(recipe).process_pages_sequentially(long_order)
    victims = set(shared_pool().pids)
    send = Worker.send

    def send_and_strike(worker, *call):
        send(worker, *call)
        if worker.pid in victims:
            victims.discard(worker.pid)
            os.kill(worker.pid, how)

    monkeypatch.setattr(Worker, "send", send_and_strike)
    found = ConcurrentPageProcessor(recipe).process_pages_concurrently(long_order, 2)
    assert found["line_items"] == expected["line_items"]
    assert len(found["retried"]) >= 1


def test_without_workers_it_goes_on_here_and_says_so(monkeypatch):
    def none(*_args, **_options):
        raise WorkersError("There is no fork here.")
        yield

    monkeypatch.setattr(processes, "ordered_map", none)
    with ORDER.open("rb") as file:
        result = ConcurrentPageProcessor().process_pages_concurrently(file)
    assert len(result["line_items"]) == 145
    assert result["concurrent_processing"] is False
    assert result["reason"] == "no workers: There is no fork here."


def test_another_executor_can_be_named():
    result = ConcurrentPageProcessor(Recipe(executor="threads")).process_pages_concurrently(ORDER)
    assert len(result["line_items"]) == 145


@pytest.mark.parametrize("workers", [-1, 1.5, True, "2"])
def test_workers_are_a_whole_number(workers):
    with pytest.raises(RecipeError, match="workers"):
        ConcurrentPageProcessor().process_pages_concurrently(ORDER, workers)
