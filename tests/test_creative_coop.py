"""The optimizer that composes the others: what really ran, its limits, and who gets what."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from perfkit.corpus import make
from perfkit.errors import DocumentNotFoundError, PerformanceError, WorkersError
from perfkit.executors import processes
from perfkit.optimizers._limits import Limits
from perfkit.optimizers.creative_coop import CreativeCoopPerformanceOptimizer
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from perfkit.trackers import memory
from perfkit.trackers.metrics import Metrics
from tests.test_streaming import ORDER, damaged

#: The limit counts this whole process, in which other tests have run and left their libraries.
ROOMY = Recipe(max_memory_mb=16_000)


@pytest.fixture(scope="module")
def documents(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("documents")
    paths = [folder / f"{seed}.pdf" for seed in range(50)]
    for seed, path in enumerate(paths):
        make(path, layout=("order", "invoice")[seed % 2], pages=1 + (seed % 5 == 0), seed=seed)
    return paths


def test_a_result_has_its_keys_and_says_what_ran():
    optimizer = CreativeCoopPerformanceOptimizer(ROOMY.with_(executor="inline"))
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
    optimizer = CreativeCoopPerformanceOptimizer(ROOMY)
    first = optimizer.process_optimized(ORDER)
    second = optimizer.process_optimized(ORDER)
    assert second["line_items"] == first["line_items"]
    assert second["performance_metrics"]["cache_hit"] is True
    assert second["performance_metrics"]["optimizations_applied"] == ["result_cache"]
    assert second["performance_metrics"]["cache_hit_rate"] == 0.5


def test_the_recipe_says_where_results_are_kept_and_for_how_long(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    now = [0.0]
    options = {"directory": tmp_path / "cache", "clock": lambda: now[0]}
    recipe = ROOMY.with_(cache="disk", cache_ttl=60)

    def hit(recipe: Recipe) -> bool:
        optimizer = CreativeCoopPerformanceOptimizer(recipe, cache_options=options)
        found: bool = optimizer.process_optimized(ORDER)["performance_metrics"]["cache_hit"]
        return found

    assert [hit(recipe), hit(recipe), hit(recipe.with_(cache="none"))] == [False, True, False]
    now[0] = 61.0
    assert not hit(recipe)


def test_workers_are_named_where_they_ran():
    recipe = ROOMY.with_(executor="processes", workers=2, cache="none")
    result = CreativeCoopPerformanceOptimizer(recipe).process_optimized(ORDER)
    metrics = result["performance_metrics"]
    assert metrics["optimizations_applied"] == ["concurrent_pages"]
    assert (metrics["executor"], metrics["workers"]) == ("processes", 2)
    assert [i["product_code"] for i in result["line_items"]] == [
        i.product_code for i in extract(ORDER).line_items
    ]


def test_a_password_passes_by_the_cache():
    optimizer = CreativeCoopPerformanceOptimizer(ROOMY)
    for _ in range(2):
        result = optimizer.process_optimized(ORDER, password="secret")
        assert result["performance_metrics"]["cache_hit"] is False


def test_auto_says_why_it_chose():
    processes.warm(2)  # else so short a document is read here, and nothing needs a price
    optimizer = CreativeCoopPerformanceOptimizer(ROOMY.with_(executor="auto", cache="none"))
    metrics = optimizer.process_optimized(ORDER)["performance_metrics"]
    assert metrics["optimizations_applied"][0] == "adaptive_executor"
    assert "15 pages at" in metrics["reason"]


def test_without_workers_it_goes_on_here_and_records_it(monkeypatch):
    def none(*_args, **_options):
        raise WorkersError("There is no fork here.")
        yield

    monkeypatch.setattr(processes, "ordered_map", none)
    recipe = ROOMY.with_(executor="processes")
    result = CreativeCoopPerformanceOptimizer(recipe).process_optimized(ORDER)
    assert len(result["line_items"]) == 145
    assert result["performance_metrics"]["fallback"] == "There is no fork here."
    assert result["performance_metrics"]["optimizations_applied"] == ["page_streaming"]


def test_a_failure_is_a_performance_error_with_its_cause_and_what_was_read(tmp_path):
    with pytest.raises(PerformanceError, match="page 9") as caught:
        CreativeCoopPerformanceOptimizer(ROOMY).process_optimized(damaged(tmp_path / "torn.pdf", 9))
    assert caught.value.partial is not None
    assert caught.value.partial["pages_processed"] == 8
    with pytest.raises(PerformanceError, match=r"no\.pdf") as missing:
        CreativeCoopPerformanceOptimizer(ROOMY).process_optimized("no.pdf")
    assert isinstance(missing.value.__cause__, DocumentNotFoundError)


@pytest.mark.parametrize("executor", ["inline", "processes", "auto"])
def test_a_limit_of_time_is_held_while_it_runs(executor):
    recipe = ROOMY.with_(executor=executor, max_seconds=1e-6)
    with pytest.raises(PerformanceError, match=r"s have passed and \d+ pages .* limit is 1e-06 s"):
        CreativeCoopPerformanceOptimizer(recipe).process_optimized(ORDER)


@pytest.mark.parametrize("executor", ["inline", "processes"])
def test_a_limit_of_memory_is_held(executor):
    recipe = Recipe(executor=executor, max_memory_mb=1)
    with pytest.raises(PerformanceError, match=r"MiB, .* limit is 1 MiB"):
        CreativeCoopPerformanceOptimizer(recipe).process_optimized(ORDER)


def test_limits_are_looked_at_by_the_clock_that_is_given():
    now = [0.0]
    limits = Limits("a.pdf", ROOMY.with_(max_seconds=60), clock=lambda: now[0])
    limits.check()
    now[0] = 61.0
    with pytest.raises(PerformanceError, match=r"a\.pdf: 61\.00 s have passed"):
        limits.check()


@pytest.mark.parametrize("executor", ["auto", "processes"])
def test_threads_keep_apart(executor, documents):
    """8 threads, 50 documents, one optimizer: every result belongs to its document."""
    optimizer = CreativeCoopPerformanceOptimizer(ROOMY.with_(executor=executor, cache="none"))
    truth = {path: extract(path).as_dict() for path in documents}

    def wrong(start: int) -> list[Path]:
        found = []
        for path in documents[start:] + documents[:start]:
            result = optimizer.process_optimized(path)
            same = all(result[key] == truth[path][key] for key in ("line_items", "invoice_number"))
            found += [] if same else [path]
        return found

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(wrong, range(0, 48, 6))) == [[]] * 8


def test_threads_that_ask_for_one_document_are_served_one_result():
    optimizer = CreativeCoopPerformanceOptimizer(ROOMY)
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(optimizer.process_optimized, [ORDER] * 8))
    assert [result["performance_metrics"]["cache_hit"] for result in results].count(False) == 1
    assert all(result["line_items"] == results[0]["line_items"] for result in results)


def test_a_system_that_tells_no_memory_sets_no_limit_and_shows_none(monkeypatch):
    monkeypatch.setattr("sys.platform", "freebsd14")
    monkeypatch.setattr(memory, "resident_or_none", lambda _=None: None)
    now = [0.0]
    limits = Limits("a.pdf", Recipe(max_memory_mb=1), clock=lambda: now[0])
    now[0] = 1.0
    limits.check()
    limits.check()
    assert limits.end() is None
    limits.close()


def test_long_work_is_tracked():
    now = [0.0]
    limits = Limits("a.pdf", ROOMY, clock=lambda: now[0])
    now[0] = 1.0
    limits.check()
    block = bytearray(b"x") * (30 << 20)
    limits.check()
    peak = limits.end()
    del block
    limits.close()
    assert peak is not None
    assert peak > 30


def test_figures_go_to_the_metrics_and_the_events(caplog):
    metrics = Metrics()
    optimizer = CreativeCoopPerformanceOptimizer(ROOMY, metrics=metrics, target_seconds=1e-9)
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
