"""The engine documentai reads what the text engines read, however its pages are asked for."""

from __future__ import annotations

import dataclasses
import functools
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from perfkit import plugins
from perfkit.docai import client
from perfkit.docai.settings import settings_of
from perfkit.emulator import running
from perfkit.errors import (
    DamagedPdfError,
    DocumentError,
    EncryptedPdfError,
    MissingExtraError,
    NoTextLayerError,
    PagesFailedError,
    RecipeError,
    ServiceError,
)
from perfkit.model import Extraction, Page, Word
from perfkit.optimizers.concurrent import ConcurrentPageProcessor
from perfkit.optimizers.streaming import StreamingDocumentProcessor
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from perfkit.source import open_source
from tests.small_pdf import small_pdf

INVOICES = Path(__file__).parent.parent / "test_invoices"
NAMES = sorted(path.name for path in INVOICES.glob("*.pdf") if "scan" not in path.name)
ORDER = INVOICES / "CS003837319.pdf"
ENCRYPTED = "invoice_encrypted_aes256.pdf"


@pytest.fixture
def recipe(emulator) -> Recipe:
    return Recipe(engine="documentai", docai_endpoint=emulator.address)


def pages(engine: str, path: Path, recipe: Recipe | None = None) -> list[Page]:
    module = plugins.load("engines", engine)
    options = () if recipe is None else ("", recipe)
    with module.open_document(open_source(path), *options) as document:
        return list(document.pages())


def apart(ours: Iterable[Word], theirs: Iterable[Word]) -> float:
    """How far words of two lists are apart at most, in points: each with its nearest."""
    left, most = list(theirs), 0.0
    for word in ours:
        same = min(
            (other for other in left if other.text == word.text),
            key=lambda other: max(abs(a - b) for a, b in zip(word[1:], other[1:], strict=True)),
        )
        left.remove(same)
        most = max(most, *(abs(a - b) for a, b in zip(word[1:], same[1:], strict=True)))
    return most


@functools.cache
def expected(name: str) -> object:
    """What the text engine makes of a document."""
    return outcome(INVOICES / name, Recipe())


def outcome(path: Path, recipe: Recipe) -> object:
    try:
        found = extract(path, recipe)
    except DocumentError as error:
        return type(error), error.page
    return dataclasses.replace(found, engine="")


@pytest.mark.parametrize("name", NAMES)
def test_words_and_items_are_those_of_the_text_layer(recipe, name):
    ours, theirs = pages("documentai", INVOICES / name, recipe), pages("pdfium", INVOICES / name)
    assert [page.number for page in ours] == [page.number for page in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one[1:3] == pytest.approx(other[1:3], abs=0.01)
        assert sorted(word.text for word in one.words) == sorted(w.text for w in other.words)
        assert apart(one.words, other.words) < 0.02
    assert outcome(INVOICES / name, recipe) == expected(name)


@pytest.mark.parametrize(
    "changes",
    [
        {"workers": 1, "chunk_pages": 1},
        {"workers": 8, "chunk_pages": 1},
        {"workers": 3, "chunk_pages": 2},
        {"chunk_pages": 99},
        {"docai_imageless": True},
        {"docai_mode": "split", "chunk_pages": 2},
        {"docai_field_mask": "text,pages"},
        {"executor": "threads", "workers": 4},
        {"executor": "auto"},
    ],
    ids=lambda changes: " ".join(f"{key}={value}" for key, value in changes.items()),
)
def test_the_result_does_not_depend_on_how_pages_are_asked_for(recipe, changes):
    path = INVOICES / "order_typst.pdf"
    assert outcome(path, recipe.with_(**changes)) == expected(path.name)


def test_a_description_goes_on_over_the_edge_of_a_request(recipe):
    """Every page boundary of every document is such an edge here."""
    name = "order_reportlab_description_under.pdf"
    assert outcome(INVOICES / name, recipe.with_(chunk_pages=1)) == expected(name)


def test_optimizers_read_through_the_service_too(recipe):
    expected = [item.as_dict() for item in extract(ORDER).line_items]
    concurrent = ConcurrentPageProcessor(recipe)
    side_by_side = concurrent.process_pages_concurrently(ORDER, max_workers=4)
    assert side_by_side["line_items"] == expected
    assert side_by_side["concurrent_processing"]
    assert side_by_side["workers"] == 4
    one_by_one = concurrent.process_pages_sequentially(ORDER)
    assert one_by_one["line_items"] == expected
    assert not one_by_one["concurrent_processing"]
    assert (
        StreamingDocumentProcessor(recipe).process_with_streaming(ORDER)["line_items"] == expected
    )


def test_an_encrypted_document_is_sent_without_its_encryption(recipe):
    assert extract(INVOICES / ENCRYPTED, recipe).line_items


def test_a_document_that_cannot_be_opened_is_never_sent(recipe, emulator):
    before = emulator.statistics()["requests"]
    with pytest.raises(DamagedPdfError):
        extract(b"%PDF-1.7\nnothing of use\n%%EOF\n", recipe)
    with pytest.raises(EncryptedPdfError):
        extract(INVOICES / ENCRYPTED, recipe, password="wrong")
    assert emulator.statistics()["requests"] == before


def test_a_scan_names_its_page_and_what_the_service_said(recipe, emulator):
    emulator.reset(ocr=False)
    module = plugins.load("engines", "documentai")
    picture = small_pdf(b"10 10 200 200 re f", b"")
    with module.open_document(open_source(picture), "", recipe) as document:
        drawn, blank = document.pages()
        said = document.completed(Extraction("", "", "", 2, ())).warnings
    assert (drawn.words, drawn.has_graphics) == ([], True)
    assert (blank.words, blank.has_graphics) == ([], False)
    assert said == (
        "No text on page 1: it has no text layer. This stand-in was started without OCR.",
    )
    with pytest.raises(NoTextLayerError):
        extract(picture, recipe.with_(layout="creative_coop_order"))


def test_what_it_took_is_told_and_no_part_of_equality(recipe):
    found = extract(ORDER, recipe.with_(chunk_pages=5))
    assert found.service is not None
    assert (found.service.requests, found.service.attempts, found.service.pages) == (3, 3, 15)
    assert found == extract(ORDER, recipe.with_(chunk_pages=15))


def test_settings_may_come_from_the_environment(recipe, emulator, monkeypatch):
    with pytest.raises(ServiceError, match="PERFKIT_DOCAI_PROCESSOR"):
        extract(ORDER, Recipe(engine="documentai"))
    monkeypatch.setenv("PERFKIT_DOCAI_ENDPOINT", emulator.address)
    assert extract(ORDER, Recipe(engine="documentai")) == extract(ORDER, recipe)


def test_a_wrong_mode_is_refused():
    with pytest.raises(RecipeError, match="docai_mode"):
        Recipe(docai_mode="online")


# ---- When the service fails.


def test_pages_that_an_answer_lacks_are_named_and_the_others_kept(emulator, recipe):
    emulator.reset(drop_pages=(7, 8, 11))
    with pytest.raises(PagesFailedError, match=r"pages 7-8, 11 of 15") as caught:
        extract(ORDER, recipe.with_(chunk_pages=5))
    assert caught.value.pages == (7, 8, 11)
    partial = caught.value.partial
    assert partial is not None
    assert partial["pages_failed"] == [7, 8, 11]
    whole = [item.as_dict() for item in extract(ORDER).line_items]
    expected = [item for item in whole if item["page"] not in (7, 8, 11)]
    assert [item["product_code"] for item in partial["line_items"]] == [
        item["product_code"] for item in expected
    ]


def test_a_request_that_is_never_answered_ends_at_its_deadline(emulator, recipe):
    emulator.reset(latency="5s")
    with pytest.raises(PagesFailedError, match="DEADLINE_EXCEEDED"):
        extract(INVOICES / "order_one_page.pdf", recipe.with_(docai_deadline_seconds=0.5))


def test_failures_that_pass_are_repeated_until_the_document_is_whole(emulator, recipe):
    emulator.reset(fail="UNAVAILABLE:0.3", seed=5)
    found = extract(ORDER, recipe.with_(chunk_pages=1))
    codes = emulator.statistics()["codes"]
    assert found.line_items == extract(ORDER).line_items
    assert found.service is not None
    assert dict(found.service.failures) == {"UNAVAILABLE": codes["UNAVAILABLE"]}
    assert found.service.attempts == 15 + codes["UNAVAILABLE"]


def test_with_the_gate_on_no_request_meets_the_quota(emulator, recipe):
    emulator.reset(quota=20)
    found = extract(ORDER, recipe.with_(chunk_pages=1, docai_quota=20))
    assert found.service is not None
    assert found.service.failures == ()


def test_a_refusal_of_the_request_itself_is_not_repeated(recipe):
    with pytest.raises(PagesFailedError, match="INVALID_ARGUMENT: Invalid field mask") as caught:
        extract(INVOICES / "order_one_page.pdf", recipe.with_(docai_field_mask="text,nonsense"))
    assert caught.value.pages == (1,)


def test_a_processor_that_cannot_be_asked_is_no_fault_of_the_document(emulator, recipe):
    emulator.reset(fail="PERMISSION_DENIED:1")
    with pytest.raises(ServiceError, match="PERMISSION_DENIED"):
        extract(ORDER, recipe)


def test_a_server_that_was_killed_and_started_again_is_found_again():
    with running(latency="30ms") as first:
        port = int(first.address.rpartition(":")[2])
        recipe = Recipe(engine="documentai", docai_endpoint=first.address, chunk_pages=1, workers=2)
        module = plugins.load("engines", "documentai")
        with module.open_document(open_source(ORDER), "", recipe) as document:
            stream = document.pages()
            found = [next(stream), next(stream)]
            first.kill()
            with running(port=port):
                found += stream
    assert [page.number for page in found] == list(range(1, 16))


# ---- What is loaded, and what is not.


def test_the_client_library_is_loaded_by_the_first_request_only():
    code = (
        "import sys, perfkit; from perfkit import plugins; plugins.load('engines', 'documentai');"
        "print([name for name in ('grpc', 'google.cloud.documentai') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_the_extra_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.api_core.client_options", None)
    settings = settings_of(Recipe(engine="documentai", docai_endpoint="localhost:1"))
    with pytest.raises(MissingExtraError, match=r'pip install "perfkit\[docai\]"'):
        client.client_for(settings)


def test_no_environment_of_google_is_needed_for_a_local_endpoint(recipe, monkeypatch):
    for name in list(os.environ):
        if name.startswith("GOOGLE"):
            monkeypatch.delenv(name)
    assert extract(INVOICES / "order_one_page.pdf", recipe).line_items
