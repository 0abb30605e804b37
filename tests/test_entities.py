"""Entities to normalised values: the same in one process and in several."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.errors import ParameterError, WorkersError
from perfkit.executors import processes
from perfkit.optimizers.entities import ParallelEntityProcessor

ROW = {"type": "line_item", "mention_text": "XS9482 Stoneware Mug 12 0 0 12 each 3.50 2.80 33.60"}


def one(entity: object) -> dict[str, Any]:
    return ParallelEntityProcessor().process_entities_sequential([entity])[0]


def rows(count: int) -> list[dict[str, str]]:
    return [
        {
            "type": "line_item",
            "mention_text": f"AB{n % 9999:04d} Mug, 19100{n:07d} {n} 0 0 {n} each 3.50 2.80 "
            f"{n * 2.8:.2f}",
        }
        for n in range(1, count + 1)
    ]


def test_a_row_becomes_a_line_item():
    found = one(ROW)
    assert found["normalised"]
    assert (found["product_code"], found["quantity"], found["unit"]) == ("XS9482", 12, "each")
    assert (found["list_price"], found["unit_price"], found["amount"]) == ("3.50", "2.80", "33.60")
    assert found["description"] == "Stoneware Mug"
    assert found["problem"] is None


def test_properties_come_before_the_text():
    entity = {
        "type": "line_item",
        "mention_text": "",
        "properties": [
            {"type": "line_item/product_code", "mention_text": "XS9826A"},
            {"type": "line_item/description", "mention_text": "A  jug"},
            {"type": "line_item/quantity", "mention_text": "1,200"},
            {"type": "line_item/unit_price", "mention_text": "$2.00"},
            {"type": "line_item/amount", "mention_text": "2,400.00"},
        ],
    }
    found = one(entity)
    assert (found["product_code"], found["description"]) == ("XS9826A", "A jug")
    assert (found["quantity"], found["amount"]) == (1200, "2400.00")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("invoice_date", "06/12/2025", "2025-06-12"),
        ("invoice_date", "June 12th, 2025", "2025-06-12"),
        ("total_amount", "$1,234.50", "1234.50"),
        ("invoice_id", "No. CS003837319", "CS003837319"),
        ("supplier_name", "Creative  Co-Op", "Creative Co-Op"),
    ],
)
def test_what_is_no_row_is_read_by_its_type(kind, text, value):
    assert one({"type": kind, "mention_text": text})["value"] == value


@pytest.mark.parametrize(
    "entity",
    [{"type": "line_item", "text": ""}, {"type": "invoice_date", "text": "soon"}, 3, None, {}],
)
def test_what_cannot_be_normalised_says_so_and_is_no_error(entity):
    found = one(entity)
    assert not found["normalised"]
    assert found["problem"]


def test_document_ai_entities_are_read_like_dicts():
    documentai = pytest.importorskip("google.cloud.documentai")
    entity = documentai.Document.Entity(
        type_="line_item",
        mention_text=ROW["mention_text"],
        properties=[documentai.Document.Entity(type_="line_item/quantity", mention_text="12")],
    )
    expected = one({**ROW, "properties": [{"type": "line_item/quantity", "mention_text": "12"}]})
    assert one(entity) == one(entity._pb) == expected


def test_many_entities_go_to_workers_and_come_back_in_order():
    entities = rows(3000)
    processes.warm(2)
    processor = ParallelEntityProcessor()
    found = processor.process_entities_parallel(entities, max_workers=2)
    assert found == ParallelEntityProcessor().process_entities_sequential(entities)
    assert processor.last_run is not None
    assert processor.last_run.entities == 3000
    assert processor.last_run.executor in ("processes", "inline")


def test_few_entities_stay_here_and_the_reason_is_told():
    processor = ParallelEntityProcessor()
    assert processor.process_entities_parallel(rows(5)) == [one(row) for row in rows(5)]
    assert processor.last_run is not None
    assert processor.last_run.executor == "inline"
    assert "too few" in processor.last_run.reason


def test_where_no_workers_can_be_had_the_work_is_done_here(monkeypatch):
    def refuse(*_, **__):
        raise WorkersError("none today")

    monkeypatch.setattr(processes, "ordered_map", refuse)
    monkeypatch.setattr(processes, "is_warm", lambda: True)
    monkeypatch.setattr(ParallelEntityProcessor, "_why_not", lambda *_: None)
    processor = ParallelEntityProcessor()
    assert len(processor.process_entities_parallel(rows(300), max_workers=2)) == 300
    assert processor.last_run is not None
    assert "none today" in processor.last_run.reason


def test_one_worker_is_no_gain():
    processor = ParallelEntityProcessor()
    processor.process_entities_parallel(rows(200), max_workers=1)
    assert processor.last_run is not None
    assert "no gain" in processor.last_run.reason


def test_no_workers_at_all_are_refused():
    with pytest.raises(ParameterError, match="max_workers"):
        ParallelEntityProcessor().process_entities_parallel([], max_workers=0)


def test_nothing_gives_nothing():
    assert ParallelEntityProcessor().process_entities_parallel([]) == []


@given(st.lists(st.one_of(st.text(max_size=30), st.integers(), st.none()), max_size=5))
def test_any_text_gives_one_result_an_entity(texts):
    entities = [{"type": "line_item", "mention_text": text} for text in texts]
    assert len(ParallelEntityProcessor().process_entities_sequential(entities)) == len(texts)


def test_it_is_at_the_front_door():
    assert perfkit.ParallelEntityProcessor is ParallelEntityProcessor
