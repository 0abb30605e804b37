"""IntelligentCachingSystem: a document is processed once, and known by its bytes."""

from __future__ import annotations

import json
import os
import shutil
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from perfkit.errors import (
    CacheError,
    EmptyFileError,
    TruthError,
)
from perfkit.model import Extraction
from perfkit.optimizers.cached import CacheCounts, IntelligentCachingSystem
from perfkit.recipe import Recipe
from tests.cache_work import ITEM, NUMBER, PDF, Clock, Work

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    path = tmp_path / "invoices" / f"{NUMBER}.pdf"
    path.parent.mkdir()
    path.write_bytes(PDF)
    return path


@pytest.fixture
def on_disk(tmp_path: Path, invoice: Path, clock: Clock, work: Work) -> dict[str, Any]:
    return {
        "store": "disk",
        "directory": tmp_path / "cache",
        "invoices": invoice.parent,
        "clock": clock,
        "process": work,
    }


@pytest.fixture(params=["memory", "disk"])
def options(request: pytest.FixtureRequest, on_disk: dict[str, Any]) -> dict[str, Any]:
    in_memory = {"store": "memory", "directory": None}
    return on_disk if request.param == "disk" else on_disk | in_memory


@pytest.fixture
def system(options: dict[str, Any]) -> IntelligentCachingSystem:
    return IntelligentCachingSystem(**options)


def test_a_document_is_processed_once_and_served_after(system, work):
    first, second = system.serve(NUMBER), system.serve(NUMBER)
    assert (first.hit, second.hit) == (False, True)
    assert first.data == second.data
    assert first.key == second.key
    assert work.documents == [PDF]
    assert system.counts == CacheCounts(hits=1, misses=1)
    assert system.cache_hit_rate() == 0.5


def test_money_and_dates_come_back_exactly(system, invoice):
    for _ in range(2):
        data = system.get_processed_data(invoice)
        assert data["subtotal"] == "4.00"
        assert data["invoice_date"] == "2026-01-31"
        assert data["line_items"] == [ITEM.as_dict()]


def test_a_path_an_open_file_and_bytes_are_the_same_document(system, work, invoice):
    assert system.get_processed_data(str(invoice))["source"] == str(invoice)
    assert system.get_processed_data(invoice)["source"] == str(invoice)
    with invoice.open("rb") as file:
        assert system.get_processed_data(file)["source"] == str(invoice)
    assert system.get_processed_data(PDF)["source"] == "<bytes>"
    assert work.runs == 1


def test_a_copy_under_another_name_is_a_hit_with_its_own_name(system, work, invoice):
    system.get_processed_data(invoice)
    copy = invoice.with_name("copy.pdf")
    shutil.copy(invoice, copy)
    assert system.serve(copy).hit
    assert system.get_processed_data(copy)["source"] == str(copy)
    assert work.runs == 1


def test_a_change_that_leaves_path_size_and_time_alike_is_seen(system, work, invoice):
    system.get_processed_data(invoice)
    before = invoice.stat()
    changed = PDF.replace(b"a doc", b"b doc")
    invoice.write_bytes(changed)
    os.utime(invoice, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not system.serve(invoice).hit
    assert work.documents == [PDF, changed]


def test_a_file_that_is_swapped_before_it_is_parsed_leaves_its_result_under_its_own_key(
    system, work, invoice, monkeypatch
):
    other = PDF.replace(b"a doc", b"b doc")
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path).replace(b"a doc", b"b doc"))
    system.get_processed_data(invoice)
    monkeypatch.undo()
    assert work.documents == [other]
    assert system.serve(other).hit
    assert not system.serve(PDF).hit


def test_another_recipe_is_another_result(options, invoice, work):
    IntelligentCachingSystem(**options).get_processed_data(invoice)
    again = IntelligentCachingSystem(**options, recipe=Recipe(engine="pypdf"))
    assert not again.serve(invoice).hit
    assert work.runs == 2


def test_a_result_lives_for_its_time(options, clock, work):
    system = IntelligentCachingSystem(60, **options)
    key = system.serve(NUMBER).key
    clock.now += 59
    assert not system.is_cache_expired(key)
    assert system.serve(NUMBER).hit
    clock.now += 1
    assert not system.serve(NUMBER).hit
    assert work.runs == 2
    assert system.counts.expired == 1


def test_whoever_changes_what_was_handed_out_changes_nobody_elses(system):
    original = system.get_processed_data(NUMBER)
    for _ in range(2):
        data = system.get_processed_data(NUMBER)
        data["line_items"][0]["description"] = "changed"
        data["warnings"].append("changed")
    assert system.get_processed_data(NUMBER) == original
    value = {"a": [1]}
    system.set_cached_data("key", value)
    value["a"].append(2)
    assert system.get_cached_data("key") == {"a": [1]}


def test_threads_that_ask_at_once_make_one_run_and_each_gets_its_own_copy(options, work):
    barrier, found = threading.Barrier(8), []
    system = IntelligentCachingSystem(**options)

    def ask() -> None:
        barrier.wait()
        found.append(system.get_processed_data(NUMBER))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert work.runs == 1
    assert len({id(data) for data in found}) == 8
    assert all(data == found[0] for data in found)
    assert system.counts == CacheCounts(hits=7, misses=1)


def test_threads_with_different_documents_each_get_their_own(system):
    found: dict[int, Any] = {}

    def ask(number: int) -> None:
        found[number] = system.serve(b"%%PDF- %d %%%%EOF" % number).key

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found.values())) == 20


def test_who_loses_patience_does_the_work_too(options, work, clock):
    system = IntelligentCachingSystem(60, **options, patience_seconds=0)
    key = system.serve(NUMBER).key
    clock.now += 60
    with system._store.flight(key, 0):
        assert not system.serve(NUMBER).hit
    assert work.runs == 2


def test_errors_are_not_cached(options, invoice):
    outcomes: list[EmptyFileError | Extraction] = [
        EmptyFileError("first"),
        Extraction("", "layout", "engine", 1, ()),
    ]

    def process(_document: BinaryIO, _recipe: Recipe) -> Extraction:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    system = IntelligentCachingSystem(**options | {"process": process})
    with pytest.raises(EmptyFileError):
        system.serve(invoice)
    assert not system.serve(invoice).hit
    assert system.serve(invoice).hit


def test_accuracy_follows_the_truth_beside_the_document_as_it_is_now(system, work, invoice):
    assert system.get_processed_data(invoice)["accuracy_score"] == 0.5  # the self-check
    truth = invoice.with_suffix(".json")
    for description, wanted in (("Vase", 1.0), ("Bowl", 0.9), ("Vase", 1.0)):
        row = ITEM.as_dict() | {"description": description}
        truth.write_text(json.dumps({"line_items": [row]}), encoding="utf-8")
        for _ in range(2):
            assert system.get_processed_data(invoice)["accuracy_score"] == pytest.approx(
                wanted, abs=0.02
            )
    truth.unlink()
    assert system.get_processed_data(invoice)["accuracy_score"] == 0.5
    assert work.runs == 1


def test_what_perfkit_extract_wrote_beside_a_document_is_no_truth(system, invoice):
    written = {"documents": [{"line_items": [ITEM.as_dict()]}]}
    invoice.with_suffix(".json").write_text(json.dumps(written), encoding="utf-8")
    for _ in range(2):
        data = system.get_processed_data(invoice)
        assert (data["accuracy_score"], data["accuracy_kind"]) == (0.5, "self-check")


def test_a_result_is_found_by_who_keeps_it_elsewhere_or_for_longer(on_disk, invoice, work):
    IntelligentCachingSystem(10, **on_disk, recipe=Recipe(cache="disk", cache_ttl=10)).serve(
        invoice
    )
    other = IntelligentCachingSystem(90, **on_disk, recipe=Recipe(cache="auto", cache_ttl=90))
    assert other.serve(invoice).hit
    assert not IntelligentCachingSystem(**on_disk, recipe=Recipe(engine="pypdf")).serve(invoice).hit
    assert work.runs == 2


def test_a_truth_that_is_none_is_an_error_each_time(system, invoice):
    invoice.with_suffix(".json").write_text("{", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(TruthError):
            system.get_processed_data(invoice)


def test_tampering_is_counted_and_the_result_made_anew(on_disk, tmp_path, work, caplog):
    system = IntelligentCachingSystem(**on_disk)
    original = system.get_processed_data(NUMBER)
    (entry,) = (tmp_path / "cache").glob("*.entry")
    for place in (0, 20, 60, 90, -1):
        content = bytearray(entry.read_bytes())
        content[place] ^= 1
        entry.write_bytes(content)
        assert system.get_processed_data(NUMBER) == original
        assert system.serve(NUMBER).hit
    assert work.runs == 6
    assert system.counts == CacheCounts(hits=5, misses=6, tampered=5)
    assert caplog.text.count("tampered") == 5
    assert "Vase" not in caplog.text


def test_a_result_is_returned_where_it_cannot_be_kept(on_disk, tmp_path, caplog):
    (tmp_path / "file").touch()
    on_disk["directory"] = tmp_path / "file" / "cache"
    system = IntelligentCachingSystem(**on_disk)
    assert system.get_processed_data(NUMBER)["pages"] == 1
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_the_disk_store_serves_the_next_process(on_disk, work, tmp_path):
    IntelligentCachingSystem(**on_disk).get_processed_data(NUMBER)
    assert IntelligentCachingSystem(**on_disk).serve(NUMBER).hit
    assert work.runs == 1
    for entry in (tmp_path / "cache").glob("*.entry"):
        assert PDF not in entry.read_bytes()


def test_values_are_kept_under_keys_of_ones_own(system, clock):
    assert system.cache_hit_rate() == 0.0
    assert system.get_cached_data("key") is None
    assert system.is_cache_expired("key")
    system.set_cached_data("key", {"items": [1, 2.5, None, "é"]})
    assert not system.is_cache_expired("key")
    assert system.get_cached_data("key") == {"items": [1, 2.5, None, "é"]}
    assert system.counts == CacheCounts(hits=1, misses=1)
    clock.now += 3600
    assert system.is_cache_expired("key")
    assert system.get_cached_data("key") is None
    assert system.counts == CacheCounts(hits=1, misses=2, expired=1)


def test_a_value_that_would_come_back_as_another_is_refused(system):
    with pytest.raises(CacheError, match="JSON"):
        system.set_cached_data("key", {"price": Decimal("1.50")})
    assert system.is_cache_expired("key")
