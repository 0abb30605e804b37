"""Cost and requests are part of records and verdicts, and the setting to take is computed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from perfkit.bench.bill import bill_of, costs_told
from perfkit.bench.compare import compare
from perfkit.bench.document_ai import sweep_document_ai
from perfkit.bench.document_ai_sweep import DocumentAiSweep, Service
from perfkit.bench.records import Check, read
from perfkit.bench.sweep import sweep
from perfkit.recipe import Recipe
from tests.chart_records import RECORDS

SHORT = Path(__file__).parent.parent / "test_invoices/CI004848705.pdf"


@pytest.fixture
def recipe(emulator) -> Recipe:
    return Recipe(engine="documentai", docai_endpoint=emulator.address, cache="none", workers=3)


def made(quota: int) -> DocumentAiSweep:
    """3 s and 1 request a document at a time; 200 ms a page, split among the workers."""
    sweep_: DocumentAiSweep = RECORDS["document_ai"]("a.pdf")
    return dataclasses.replace(sweep_, service=Service("it", quota))


def test_without_a_quota_time_alone_says_what_to_take():
    chosen = made(0).recommended
    assert (chosen.workers, chosen.chunk_pages) == (8, 1)
    assert chosen.documents_a_minute == pytest.approx(160, rel=0.03)
    assert not chosen.quota_limits
    assert "take 8 workers and 1 page a request" in made(0).sentence()


def test_a_quota_limits_what_gets_through_and_then_the_cheapest_and_quickest_is_taken():
    chosen = made(60).recommended
    assert chosen.documents_a_minute == 15
    assert chosen.quota_limits
    assert "the quota of 60 requests a minute lets 15.0 documents a minute through" in (
        made(60).sentence()
    )
    assert "US$ 200 to 300" in made(60).sentence()


def test_what_it_says_of_costs_names_the_date_of_the_prices():
    assert "price table of 2025-11-24" in made(0).notes()[0]
    assert "US$ 200 to 300" in made(0)._repr_html_()


def test_records_of_a_sweep_hold_requests_retries_and_cost(emulator, tmp_path):
    """That it brings its own stand-in is seen where the notebook is run."""
    emulator.reset(fail="UNAVAILABLE:0.3", seed=5)
    record = tmp_path / "sweep.jsonl"
    found = sweep_document_ai(
        SHORT, workers=[2], chunk_pages=[1], rounds=3, endpoint=emulator.address,
        record=record, progress=False,
    )  # fmt: skip
    assert {of.result.arm for of in found.settings} == {
        "workers=1, chunk_pages=15",
        "workers=2, chunk_pages=1",
    }
    (row,) = found.frame().query("not is_baseline").to_dict("records")
    assert (row["requests"], row["cost_usd"], row["cost_high_usd"]) == (3, 100.0, 300.0)
    assert row["retries"] > 0
    (session,) = read(record)
    checks = [of for of in session.records if isinstance(of, Check)]
    assert all(check.service for check in checks)


def test_any_sweep_over_the_engine_tells_its_cost(recipe):
    found = sweep(
        recipe, {"chunk_pages": [1]}, SHORT, rounds=3, baseline={"chunk_pages": 3},
        memory=False, progress=False,
    )  # fmt: skip
    assert list(found.frame()["cost_high_usd"]) == [100.0, 300.0]


def test_a_verdict_tells_what_both_cost(recipe):
    verdict = compare(
        recipe.with_(chunk_pages=3), recipe.with_(chunk_pages=1), documents=SHORT,
        budget_seconds=0.5, progress=False,
    )  # fmt: skip
    told = "the service takes US$ 100 to 300 against US$ 100 for 1,000 documents"
    assert told in verdict.output
    assert told in str(verdict)


def test_where_no_service_was_asked_there_is_no_bill():
    assert bill_of([object()]) is None
    assert bill_of(None) is None
    assert costs_told([object()], [object()]) == ""
