"""The optimizer that composes the others: what really ran, its limits, and who gets what."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from perfkit.corpus import make
from perfkit.errors import DocumentNotFoundError, PerformanceError, WorkersError
from perfkit.executors import _choice, processes
from perfkit.executors._choice import Choice, Pace
from perfkit.optimizers._limits import Limits
from perfkit.optimizers.creative_coop import CreativeCoopPerformanceOptimizer
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from perfkit.trackers.metrics import Metrics
from tests.test_streaming import ORDER, damaged


@pytest.fixture(scope="module")
def documents(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("documents")
    paths = [folder / f"{seed}.pdf" for seed in range(10)]
    for seed, path in enumerate(paths):
        make(path, layout=("order", "invoice")[seed % 2], pages=1 + seed % 3, seed=seed)
    return paths


def test_a_result_has_its_keys_and_says_what_ran():
    optimizer = CreativeCoopPerformanceOptimizer(Recipe(executor="inline"))
    result = optimizer.process_optimized(ORDER)
    metrics = result["performance_metrics"]
    assert len(result["line_items"]) == 145
    assert (result["accuracy_score"], result["invoice_number"]) == (1.0, "CS003837319")
    assert result["processing_successful"] is True
    assert metrics["cache_hit"] is False
    assert metrics["optimizations_applied"] == ["page_streaming"]
    assert metrics["processing_time"] > 0
    assert metrics["memory_peak_mb"] > 0
    assert metrics["cache_hit_rate"] == 0


def test_a_second_call_is_served_from_the_cache():
    optimizer = CreativeCoopPerformanceOptimizer()
    first = optimizer.process_optimized(ORDER)
    second = optimizer.process_optimized(ORDER)
    assert second["line_items"] == first["line_items"]
    assert second["performance_metrics"]["cache_hit"] is True
    assert second["performance_metrics"]["optimizations_applied"] == ["result_cache"]
    assert second["performance_metrics"]["cache_hit_rate"] == 0.5


def test_workers_are_named_where_they_ran():
    recipe = Recipe(executor="processes", workers=2)
    result = CreativeCoopPerformanceOptimizer(recipe, cache=None).process_optimized(ORDER)
    metrics = result["performance_metrics"]
    assert metrics["optimizations_applied"] == ["concurrent_pages"]
    assert (metrics["executor"], metrics["workers"]) == ("processes", 2)
    assert [i["product_code"] for i in result["line_items"]] == [
        i.product_code for i in extract(ORDER).line_items
    ]


def test_a_password_passes_by_the_cache():
    optimizer = CreativeCoopPerformanceOptimizer()
    for _ in range(2):
        result = optimizer.process_optimized(ORDER, password="secret")
        assert result["performance_metrics"]["cache_hit"] is False


def test_auto_says_why_it_chose():
    optimizer = CreativeCoopPerformanceOptimizer(Recipe(executor="auto"), cache=None)
    metrics = optimizer.process_optimized(ORDER)["performance_metrics"]
    assert metrics["optimizations_applied"][0] == "adaptive_executor"
    assert "15 pages at" in metrics["reason"]


def test_without_workers_it_goes_on_here_and_records_it(monkeypatch):
    def none(*_args, **_options):
        raise WorkersError("There is no fork here.")
        yield

    monkeypatch.setattr(processes, "ordered_map", none)
    recipe = Recipe(executor="processes")
    result = CreativeCoopPerformanceOptimizer(recipe).process_optimized(ORDER)
    assert len(result["line_items"]) == 145
    assert result["performance_metrics"]["fallback"] == "There is no fork here."
    assert result["performance_metrics"]["optimizations_applied"] == ["page_streaming"]


def test_a_failure_is_a_performance_error_with_its_cause_and_what_was_read(tmp_path):
    with pytest.raises(PerformanceError, match="page 9") as caught:
        CreativeCoopPerformanceOptimizer().process_optimized(damaged(tmp_path / "torn.pdf", 9))
    assert caught.value.partial is not None
    assert caught.value.partial["pages_processed"] == 8
    with pytest.raises(PerformanceError, match=r"no\.pdf") as missing:
        CreativeCoopPerformanceOptimizer().process_optimized("no.pdf")
    assert isinstance(missing.value.__cause__, DocumentNotFoundError)


@pytest.mark.parametrize("executor", ["inline", "processes", "auto"])
def test_a_limit_of_time_is_held_while_it_runs(executor):
    recipe = Recipe(executor=executor, max_seconds=1e-6)
    with pytest.raises(PerformanceError, match=r"s have passed and \d+ pages .* limit is 1e-06 s"):
        CreativeCoopPerformanceOptimizer(recipe).process_optimized(ORDER)


@pytest.mark.parametrize("executor", ["inline", "processes"])
def test_a_limit_of_memory_is_held(executor):
    recipe = Recipe(executor=executor, max_memory_mb=1)
    with pytest.raises(PerformanceError, match=r"MiB, .* limit is 1 MiB"):
        CreativeCoopPerformanceOptimizer(recipe).process_optimized(ORDER)


def test_limits_are_looked_at_by_the_clock_that_is_given():
    now = [0.0]
    limits = Limits("a.pdf", Recipe(max_seconds=60), clock=lambda: now[0])
    limits.check()
    now[0] = 61.0
    with pytest.raises(PerformanceError, match=r"a\.pdf: 61\.00 s have passed"):
        limits.check()


def test_threads_keep_apart(documents):
    """8 threads, one optimizer: every result belongs to its document."""
    optimizer = CreativeCoopPerformanceOptimizer(Recipe(executor="auto"))
    truth = {path: [i.as_dict() for i in extract(path).line_items] for path in documents}
    wrong: list[Path] = []

    def work(start):
        wrong.extend(
            path
            for path in documents[start:] + documents[:start]
            if optimizer.process_optimized(path)["line_items"] != truth[path]
        )

    threads = [threading.Thread(target=work, args=(start,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_figures_go_to_the_metrics_and_the_events(caplog):
    metrics = Metrics()
    optimizer = CreativeCoopPerformanceOptimizer(metrics=metrics, target_seconds=1e-9)
    with caplog.at_level(logging.DEBUG, "perfkit.events"):
        result = optimizer.process_optimized(ORDER)
    assert "creative_coop_processing_time_seconds_count 1.0" in metrics.text()
    done, missed = (r for r in caplog.records if r.event in {"document_processed", "target_missed"})
    assert done.levelname == "INFO"
    assert missed.levelname == "WARNING"
    assert missed.fields["target_time_seconds"] == 1e-9
    assert missed.fields["performance_degradation_percent"] > 0
    correlation = result["performance_metrics"]["correlation_id"]
    assert {record.fields["correlation_id"] for record in caplog.records} == {correlation}
    for record in caplog.records:
        assert "CS003837319" not in record.getMessage()


class TestPace:
    """What the choice is made from."""

    @pytest.fixture(autouse=True)
    def _machine(self, monkeypatch):
        monkeypatch.setattr(_choice, "usable_cores", lambda: 2)
        monkeypatch.setattr(processes, "is_warm", lambda: True)

    def test_one_page_and_one_worker_stay_here(self):
        pace = Pace()
        pace.price("pdfium", 0.001)
        assert pace.choose("pdfium", 1).executor == "inline"
        assert pace.choose("pdfium", 100, workers=1).executor == "inline"

    def test_an_unknown_pace_stays_here(self):
        assert Pace().choose("pdfium", 100).executor == "inline"

    @pytest.mark.parametrize(
        ("milliseconds", "pages", "executor"),
        [(1, 2, "inline"), (1, 15, "processes"), (10, 2, "processes"), (0.1, 15, "inline")],
    )
    def test_long_documents_and_slow_pages_go_to_workers(self, milliseconds, pages, executor):
        pace = Pace()
        pace.price("pdfium", milliseconds / 1000)
        assert pace.choose("pdfium", pages).executor == executor

    def test_what_was_measured_at_this_length_outweighs_what_was_reckoned(self):
        pace = Pace()
        pace.price("pdfium", 0.001)
        for _ in range(3):
            pace.record("pdfium", "processes", 15, 0.030)
        assert pace.choose("pdfium", 15).executor == "inline"
        assert pace.choose("pdfium", 100).executor == "processes"

    def test_workers_are_started_once_the_time_forgone_would_have_paid_for_them(self, monkeypatch):
        monkeypatch.setattr(processes, "is_warm", lambda: False)
        pace = Pace()
        pace.price("pdfium", 0.001)
        chosen = [pace.choose("pdfium", 15) for _ in range(40)]
        assert chosen[0].executor == "inline"
        assert "to start them" in chosen[0].reason
        assert chosen[-1] == Choice("processes", 2, chosen[-1].reason)
