"""Four metrics by their names, and events that tell no text of a document."""

from __future__ import annotations

import json
import logging
import threading
import urllib.request

import prometheus_client
import pytest

from perfkit.errors import MissingExtraError
from perfkit.trackers import events
from perfkit.trackers.metrics import Metrics

NAMES = (
    "creative_coop_processing_time_seconds",
    "memory_peak_usage_mb",
    "cache_hit_rate",
    "concurrent_processing_speedup",
)


@pytest.fixture
def metrics() -> Metrics:
    found = Metrics()
    found.record(0.02, peak_mb=40.0, hit_rate=0.5, speedup=1.7)
    return found


def test_the_four_metrics_stand_in_the_text(metrics):
    text = metrics.text()
    for name in NAMES:
        assert f"# TYPE {name} " in text
    assert "memory_peak_usage_mb 40.0\n" in text
    assert "creative_coop_processing_time_seconds_sum 0.02\n" in text


def test_what_was_not_measured_is_left_as_it_was(metrics):
    metrics.record(0.01)
    assert "concurrent_processing_speedup 1.7\n" in metrics.text()


def test_who_shares_a_registry_shares_its_metrics():
    registry = prometheus_client.CollectorRegistry()
    for _ in range(2):
        Metrics(registry).record(0.5)
    assert "creative_coop_processing_time_seconds_count 2.0" in Metrics(registry).text()


def test_the_text_is_written_to_a_file_whole(metrics, tmp_path):
    path = tmp_path / "perfkit.prom"
    metrics.write(path)
    assert path.read_text() == metrics.text()
    assert list(tmp_path.iterdir()) == [path]


def test_the_text_is_served_while_the_with_statement_lasts(metrics):
    with (
        metrics.served() as port,
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer,
    ):
        assert b"memory_peak_usage_mb 40.0" in answer.read()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics")


def test_without_the_package_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "prometheus_client", None)
    with pytest.raises(MissingExtraError, match="prometheus-client"):
        Metrics()


def test_a_correlation_id_is_of_one_thread_and_ends_with_its_document():
    with events.correlated() as outer, events.correlated() as inner:
        other = []
        thread = threading.Thread(target=lambda: other.append(events.correlation_id()))
        thread.start()
        thread.join()
        assert outer == inner == events.correlation_id()
        assert other == [""]
    assert events.correlation_id() == ""


def test_an_event_is_one_line_of_json_that_nothing_can_forge(caplog):
    with caplog.at_level(logging.INFO, "perfkit.events"), events.correlated("abc"):
        events.emit("document_failed", error="a\nb\x1b[31m", processing_time_seconds=0.5)
    (record,) = caplog.records
    line = events.JsonLines().format(record)
    assert "\n" not in line
    assert "\x1b" not in line
    told = json.loads(line)
    assert told["event"] == "document_failed"
    assert (told["correlation_id"], told["processing_time_seconds"]) == ("abc", 0.5)


def test_a_record_of_another_logger_is_put_in_the_same_form():
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "said %s", ("hello",), None)
    assert json.loads(events.JsonLines().format(record))["event"] == "said hello"


def test_a_warning_of_another_logger_carries_the_documents_id():
    record = logging.LogRecord("x", logging.WARNING, "x.py", 1, "a cache is full", (), None)
    with events.correlated("abc"):
        told = json.loads(events.JsonLines().format(record))
    assert (told["event"], told["correlation_id"]) == ("a cache is full", "abc")
