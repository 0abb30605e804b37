"""Who reads a document, by its length and by what pages have cost so far."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.engines import pdfium
from perfkit.executors import _choice, processes
from perfkit.executors._choice import Choice, Pace, seconds_a_page, usable_cores
from perfkit.source import open_source

ORDER = Path(__file__).parent.parent / "test_invoices/CS003837319.pdf"


@pytest.fixture(autouse=True)
def _machine(monkeypatch):
    monkeypatch.setattr(_choice, "usable_cores", lambda: 2)
    monkeypatch.setattr(processes, "is_warm", lambda: True)


def test_one_page_and_one_worker_stay_here():
    pace = Pace()
    pace.price("pdfium", 0.001)
    assert pace.choose("pdfium", 1).executor == "inline"
    assert pace.choose("pdfium", 100, workers=1).executor == "inline"


def test_an_unknown_pace_stays_here():
    assert Pace().choose("pdfium", 100).executor == "inline"


@pytest.mark.parametrize(
    ("milliseconds", "pages", "executor"),
    [(0.5, 2, "inline"), (1, 15, "processes"), (10, 2, "processes"), (0.1, 15, "inline")],
)
def test_long_documents_and_slow_pages_go_to_workers(milliseconds, pages, executor):
    pace = Pace()
    pace.price("pdfium", milliseconds / 1000)
    assert pace.choose("pdfium", pages).executor == executor


def test_what_was_measured_at_this_length_outweighs_what_was_reckoned():
    pace = Pace()
    pace.price("pdfium", 0.001)
    for _ in range(3):
        pace.record("pdfium", "processes", 15, 0.030)
    assert pace.choose("pdfium", 15).executor == "inline"
    assert pace.choose("pdfium", 100).executor == "processes"


def test_workers_are_started_once_the_time_forgone_would_have_paid_for_them(monkeypatch):
    monkeypatch.setattr(processes, "is_warm", lambda: False)
    pace = Pace()
    pace.price("pdfium", 0.001)
    chosen = [pace.choose("pdfium", 15) for _ in range(40)]
    assert chosen[0].executor == "inline"
    assert "to start them" in chosen[0].reason
    assert chosen[-1] == Choice("processes", 2, chosen[-1].reason)


def test_one_slow_document_changes_nothing():
    """A stolen time slice is no pace."""
    pace = Pace()
    for seconds in (0.015, 0.015, 0.3, 0.015):
        pace.record("pdfium", "inline", 15, seconds)
    assert pace.expected_inline("pdfium", 15) == pytest.approx(0.015)
    assert pace.expected_inline("pdfium", 100) == pytest.approx(0.1)


def documents(pace: Pace, count: int, seconds: dict[str, float]) -> list[str]:
    """Who reads each of so many documents of 15 pages, where each takes its time for one."""
    chosen = []
    for _ in range(count):
        executor = pace.choose("pdfium", 15).executor
        pace.record("pdfium", executor, 15, seconds[executor])
        chosen.append(executor)
    return chosen


@pytest.mark.parametrize("worse", ["inline", "processes"])
def test_a_wrong_start_is_found_out(worse):
    """What was measured while the machine was busy does not hold for ever."""
    pace = Pace()
    for _ in range(5):
        pace.record("pdfium", "processes", 15, 0.025 if worse == "inline" else 0.010)
        pace.record("pdfium", "inline", 15, 0.010 if worse == "inline" else 0.025)
    seconds = {"inline": 0.020, "processes": 0.010}
    if worse == "processes":
        seconds = {"inline": 0.010, "processes": 0.020}
    chosen = documents(pace, 1000, seconds)
    assert chosen[0] == worse
    assert chosen[-100:].count(worse) <= 2


@settings(max_examples=30)
@given(inline=st.floats(0.01, 1.0), times=st.floats(0.25, 4), wrong=st.floats(0.25, 4))
def test_trying_costs_little(inline, times, wrong):
    """After the first some hundred like documents at most 5 % more than the better of both."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_choice, "usable_cores", lambda: 2)
        patch.setattr(processes, "is_warm", lambda: True)
        pace = Pace()
        pace.price("pdfium", wrong * inline / 15)
        seconds = {"inline": inline, "processes": times * inline}
        documents(pace, 300, seconds)
        spent = sum(seconds[executor] for executor in documents(pace, 300, seconds))
    assert spent <= 1.05 * 300 * min(seconds.values())


def test_workers_are_not_started_only_to_see(monkeypatch):
    monkeypatch.setattr(processes, "is_warm", lambda: False)
    pace = Pace()
    pace.price("pdfium", 0.0001)
    assert set(documents(pace, 2000, {"inline": 0.0015})) == {"inline"}


def test_a_document_of_no_pages_tells_no_pace():
    pace = Pace()
    pace.record("pdfium", "inline", 0, 0.1)
    assert pace.expected_inline("pdfium", 15) == 0


def test_a_page_is_priced_before_the_first_long_document_only(monkeypatch):
    pace = Pace()
    assert [pace.needs_price("pdfium", pages) for pages in (2, 15)] == [False, True]
    monkeypatch.setattr(processes, "is_warm", lambda: False)
    assert [pace.needs_price("pdfium", pages) for pages in (15, 100)] == [False, True]
    pace.price("pdfium", 0.001)
    assert not pace.needs_price("pdfium", 100)


def test_a_page_costs_what_gathering_its_lines_takes():
    with pdfium.open_document(open_source(ORDER)) as document:
        assert 0 < seconds_a_page(document) < 1


def test_one_core_has_nothing_beside_it(monkeypatch):
    monkeypatch.setattr(_choice, "usable_cores", lambda: 1)
    pace = Pace()
    pace.price("pdfium", 1.0)
    assert pace.choose("pdfium", 100).reason == "1 usable core: nothing can run side by side"


def test_usable_cores_are_counted_where_the_system_keeps_no_list(monkeypatch):
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert usable_cores() == 1
