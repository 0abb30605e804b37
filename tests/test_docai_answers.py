"""Answers become words, header fields and one document, whoever made them."""

from __future__ import annotations

import dataclasses
import os
import stat
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from google.cloud import documentai

from perfkit import plugins
from perfkit.docai import answers as kept_answers
from perfkit.docai.answers import pack, unpack
from perfkit.docai.header import header_entities, reconciled
from perfkit.docai.joining import cut_out, joined
from perfkit.docai.recordings import Recordings
from perfkit.docai.settings import settings_of
from perfkit.docai.walk import page_numbers, pages_of
from perfkit.errors import ServiceError
from perfkit.model import Extraction, Word
from perfkit.optimizers.cached import IntelligentCachingSystem
from perfkit.optimizers.entities import ParallelEntityProcessor
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from perfkit.source import open_source

ORDER = Path(__file__).parent.parent / "test_invoices/CS003837319.pdf"
SHORT = ORDER.with_name("CI004848705.pdf")


def box(x0: float, y0: float, x1: float, y1: float, *, pixels: bool = False) -> dict[str, Any]:
    corners = [{"x": x, "y": y} for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
    return {"vertices" if pixels else "normalized_vertices": corners}


def token(where: tuple[int, int] | None, place: dict[str, Any], **more: Any) -> dict[str, Any]:
    segments = [{"start_index": where[0], "end_index": where[1]}] if where else []
    layout = {"text_anchor": {"text_segments": segments}, "bounding_poly": place}
    return {"layout": {**layout, **more.pop("layout", {})}, **more}


def document(text: str, *pages: dict[str, Any], **fields: Any) -> Any:
    return documentai.Document({"text": text, "pages": pages, **fields})._pb


def words(made: Any, size: tuple[float, float] = (100.0, 200.0)) -> list[Word]:
    (page,) = pages_of(made, (1, 1), lambda _number: size)
    return list(page.words)


# ---- Tokens to words.


def test_punctuation_that_was_parted_joins_its_word_again():
    text = '4"H ok\n'
    tokens = [
        token((0, 1), box(0.1, 0.1, 0.15, 0.2)),
        token((1, 2), box(0.15, 0.1, 0.17, 0.2)),
        token((2, 4), box(0.17, 0.1, 0.2, 0.2)),
        token((4, 7), box(0.3, 0.1, 0.4, 0.2)),
    ]
    made = document(text, {"page_number": 1, "tokens": tokens})
    assert words(made) == [Word('4"H', 10, 20, 20, 40), Word("ok", 30, 20, 40, 40)]


@pytest.mark.parametrize(
    ("text", "spans", "breaks", "gap"),
    [
        ("24 0", [(0, 3), (3, 4)], [0, 0], 0.0),
        ("24 0", [(0, 2), (3, 4)], [0, 0], 0.0),
        ("24\n0", [(0, 3), (3, 4)], [0, 0], 0.0),
        ("240", [(0, 2), (2, 3)], [1, 0], 0.0),
        ("240", [(0, 2), (2, 3)], [2, 0], 0.0),
        ("240", [(0, 2), (2, 3)], [0, 0], 0.2),
    ],
    ids=["space", "space between", "new line", "break", "wide break", "gap to be seen"],
)
def test_tokens_stay_apart_where_anything_says_so(text, spans, breaks, gap):
    tokens = [
        token(spans[0], box(0.1, 0.1, 0.2, 0.12), detected_break={"type_": breaks[0]}),
        token(spans[1], box(0.2 + gap, 0.1, 0.3 + gap, 0.12), detected_break={"type_": breaks[1]}),
    ]
    made = document(text, {"page_number": 1, "tokens": tokens})
    assert [word.text for word in words(made)] == ["24", "0"]


def test_tokens_without_white_space_are_one_word_though_they_stand_a_little_apart():
    tokens = [
        token((0, 1), box(0.1, 0.1, 0.15, 0.2)),
        token((1, 4), box(0.19, 0.1, 0.3, 0.2)),
    ]
    made = document("$1.5", {"page_number": 1, "tokens": tokens})
    assert words(made) == [Word("$1.5", 10, 20, 30, 40)]


def test_a_slanted_token_keeps_the_whole_box_around_it():
    corners = [(0.1, 0.12), (0.3, 0.1), (0.32, 0.2), (0.12, 0.22)]
    slanted = {"normalized_vertices": [{"x": x, "y": y} for x, y in corners]}
    made = document("24", {"page_number": 1, "tokens": [token((0, 2), slanted)]})
    assert words(made) == [Word("24", 10, 20, 32, 44)]


def test_tokens_on_two_lines_are_two_words():
    tokens = [token((0, 2), box(0.1, 0.1, 0.2, 0.2)), token((2, 3), box(0.2, 0.3, 0.3, 0.4))]
    assert len(words(document("240", {"page_number": 1, "tokens": tokens}))) == 2


def test_a_token_of_several_segments_and_one_of_several_words():
    made = document(
        "Metal Bal\nlerina",
        {
            "page_number": 1,
            "tokens": [
                token((0, 6), box(0.0, 0.1, 0.5, 0.2)),
                {
                    "layout": {
                        "text_anchor": {
                            "text_segments": [
                                {"start_index": 6, "end_index": 9},
                                {"start_index": 10, "end_index": 16},
                            ]
                        },
                        "bounding_poly": box(0.5, 0.1, 0.9, 0.2),
                    }
                },
            ],
        },
    )
    assert [word.text for word in words(made)] == ["Metal", "Ballerina"]
    lines = document("a bc", {"page_number": 1, "lines": [token((0, 4), box(0, 0, 0.4, 0.1))]})
    assert words(lines) == [Word("a", 0, 0, 10, 20), Word("bc", 20, 0, 40, 20)]


def test_pixels_are_understood_with_the_pages_dimension():
    page = {
        "page_number": 1,
        "dimension": {"width": 1000, "height": 2000},
        "tokens": [token((0, 2), box(100, 200, 200, 300, pixels=True))],
    }
    assert words(document("24", page)) == [Word("24", 10, 20, 20, 30)]


def test_what_has_no_place_or_no_text_is_no_word():
    tokens = [token((0, 2), {}), token(None, box(0, 0, 1, 1)), token((2, 3), box(0, 0, 1, 1))]
    assert words(document("24 ", {"page_number": 1, "tokens": tokens})) == []
    by_content = token(None, box(0, 0, 0.5, 0.5), layout={"text_anchor": {"content": "24 "}})
    assert words(document("", {"page_number": 1, "tokens": [by_content]}))[0].text == "24"


@pytest.mark.parametrize(
    ("orientation", "place", "size"),
    [
        (1, (10, 20, 30, 40), (100, 200)),
        (2, (20, 70, 40, 90), (200, 100)),
        (3, (70, 160, 90, 180), (100, 200)),
        (4, (160, 10, 180, 30), (200, 100)),
    ],
)
def test_a_page_that_was_scanned_lying_down_is_turned_upright(orientation, place, size):
    page = {
        "page_number": 1,
        "layout": {"orientation": orientation},
        "tokens": [token((0, 2), box(0.1, 0.1, 0.3, 0.2))],
    }
    (found,) = pages_of(document("24", page), (1, 1), lambda _number: (100.0, 200.0))
    assert found.words == [Word("24", *place)]
    assert (found.width, found.height) == size


@pytest.mark.parametrize(
    ("told", "expected"),
    [([4, 5, 6], [4, 5, 6]), ([1, 2, 3], [4, 5, 6]), ([0, 0, 0], [4, 5, 6]), ([5, 6], [5, 6])],
)
def test_pages_keep_their_numbers_in_the_whole_document(told, expected):
    made = document("", *({"page_number": number} for number in told))
    assert page_numbers(made, (4, 6)) == expected


def test_pages_that_nobody_asked_for_are_left_out():
    made = document("", *({"page_number": number} for number in range(1, 9)))
    found = [page.number for page in pages_of(made, (4, 6), lambda _number: (1.0, 1.0))]
    assert found == [4, 5, 6]


# ---- Header fields.

FOUND = Extraction(
    "order.pdf", "creative_coop_order", "documentai", 1, (),
    invoice_number="CS003837319", invoice_date=date(2025, 1, 17), vendor="Creative Co-Op",
    total=Decimal("1234.56"),
)  # fmt: skip


def header(*entities: tuple[str, str, float]) -> Any:
    return header_entities(
        document(
            "",
            entities=[
                {"type_": kind, "mention_text": text, "confidence": sure}
                for kind, text, sure in entities
            ],
        )
    )


def test_entities_that_agree_with_the_page_change_nothing():
    entities = header(
        ("invoice_id", "CS003837319\n", 0.9),
        ("invoice_date", "January 17, 2025", 0.9),
        ("supplier_name", "Creative Co-op, Inc.", 0.9),
        ("total_amount", "$1,234.56", 0.9),
        ("line_item", "nothing of this", 0.9),
    )
    assert reconciled(FOUND, entities) == FOUND


def test_a_disagreement_is_reported_and_the_page_keeps_its_word():
    found = reconciled(FOUND, header(("invoice_id", "CS0038373I9", 0.6)))
    assert found.invoice_number == "CS003837319"
    (warning,) = found.warnings
    assert "CS0038373I9" in warning
    assert "CS003837319" in warning
    assert "0.60" in warning


def test_what_the_page_does_not_label_is_taken_from_the_entities_and_said_so():
    bare = dataclasses.replace(FOUND, invoice_date=None, total=None)
    found = reconciled(
        bare, header(("invoice_date", "1/17/2025", 0.8), ("total_amount", "99.00", 0.7))
    )
    assert (found.invoice_date, found.total) == (date(2025, 1, 17), Decimal("99.00"))
    assert len(found.warnings) == 2


def test_of_several_answers_the_value_of_most_counts():
    told = [("invoice_id", "CS1111", 0.99), ("invoice_id", "CS2222", 0.5)]
    bare = dataclasses.replace(FOUND, invoice_number=None)
    assert reconciled(bare, header(*told, told[1])).invoice_number == "CS2222"
    assert reconciled(bare, header(*told)).invoice_number == "CS1111"


def test_real_entities_are_normalised_by_the_entity_processor(emulator):
    found = whole(emulator, ORDER)
    processor = ParallelEntityProcessor()
    results = processor.process_entities_sequential(found.entities)
    rows = [result for result in results if result["type"] == "line_item"]
    items = extract(ORDER).line_items
    assert [row["product_code"] for row in rows] == [item.product_code for item in items]
    assert [row["amount"] for row in rows] == [str(item.extended_price) for item in items]
    wrapped = documentai.Document.wrap(found).entities
    assert processor.process_entities_parallel(wrapped, max_workers=2) == results


# ---- One document of many answers, and back.


def whole(emulator: Any, path: Path, **changes: Any) -> Any:
    recipe = Recipe(engine="documentai", docai_endpoint=emulator.address, **changes)
    engine = plugins.load("engines", "documentai")
    with engine.open_document(open_source(path), "", recipe) as opened:
        return opened.answer()


def said(made: Any) -> list[tuple[object, ...]]:
    """Type, first word and pages: a request knows nothing of how a row goes on overleaf."""
    return sorted(
        (
            entity.type_,
            entity.mention_text.split()[0],
            tuple(ref.page for ref in entity.page_anchor.page_refs),
        )
        for entity in made.entities
    )


@pytest.mark.parametrize("changes", [{"chunk_pages": 1}, {"chunk_pages": 2, "docai_mode": "split"}])
def test_answers_to_pieces_join_to_the_answer_to_the_whole(emulator, changes):
    one = whole(emulator, SHORT, chunk_pages=15)
    many = whole(emulator, SHORT, **changes)
    assert many.text == one.text
    assert list(many.pages) == list(one.pages)
    assert said(many) == said(one)


def test_some_pages_of_an_answer_are_what_asking_for_them_gives(emulator):
    one = whole(emulator, SHORT, chunk_pages=15)
    engine = plugins.load("engines", "documentai")
    recipe = Recipe(engine="documentai", docai_endpoint=emulator.address, chunk_pages=1)
    with engine.open_document(open_source(SHORT), "", recipe) as opened:
        for (first, _), asked in opened._answers(1, 3, {}):
            piece = cut_out(one, [first])
            assert piece.text == asked.text
            assert list(piece.pages) == list(asked.pages)
    assert cut_out(one, [99]).text == ""
    with pytest.raises(ValueError, match="no answer"):
        joined([])


# ---- Answers that are kept.


@pytest.fixture
def private(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("PERFKIT_DOCAI_ANSWERS", str(tmp_path / "answers"))
    monkeypatch.setattr(kept_answers, "_open_stores", {})


@pytest.mark.usefixtures("private")
@pytest.mark.parametrize("cache", ["memory", "disk"])
def test_an_answer_that_is_kept_makes_no_call_and_costs_nothing(emulator, cache):
    recipe = Recipe(engine="documentai", docai_endpoint=emulator.address, docai_answers=cache)
    first = extract(SHORT, recipe)
    requests = emulator.statistics()["requests"]
    again = extract(SHORT.read_bytes(), recipe)
    assert emulator.statistics()["requests"] == requests
    assert again.line_items == first.line_items
    assert first.service is not None
    assert again.service is not None
    assert (again.service.requests, again.service.cached) == (0, first.service.requests)
    assert again.service.cost_usd == again.service.cost_high_usd == Decimal(0)


@pytest.mark.usefixtures("private")
@pytest.mark.parametrize(
    "changes",
    [
        {"docai_imageless": True},
        {"docai_field_mask": "text,pages"},
        {"docai_processor": "projects/local/locations/us/processors/other"},
        {"chunk_pages": 3},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_another_processor_other_options_or_pages_are_another_answer(emulator, changes):
    recipe = Recipe(
        engine="documentai", docai_endpoint=emulator.address, docai_answers="memory", chunk_pages=1
    )
    extract(SHORT, recipe)
    other = extract(SHORT, recipe.with_(**changes))
    assert other.service is not None
    assert other.service.cached == 0


def test_an_answer_comes_back_as_it_was_and_nothing_else_is_taken_for_one(emulator):
    made = whole(emulator, SHORT)
    packed = pack(made)
    assert unpack(packed) == made
    for broken in (b"", packed[:-9], b"no answer", packed[:40]):
        with pytest.raises(ServiceError, match="kept answer"):
            unpack(broken)


def test_results_of_two_processors_are_not_mixed_up_in_the_result_cache(emulator, monkeypatch):
    """The recipe is the same; the environment names the processor."""
    keys = []
    for name in ("one", "other"):
        monkeypatch.setenv("PERFKIT_DOCAI_PROCESSOR", f"projects/p/locations/us/processors/{name}")
        monkeypatch.setenv("PERFKIT_DOCAI_ENDPOINT", emulator.address)
        cache = IntelligentCachingSystem(recipe=Recipe(engine="documentai"))
        keys.append(cache.serve(SHORT).key)
    assert len(set(keys)) == 2


# ---- Answers on file.


def test_a_recording_is_found_by_content_and_says_what_it_is(emulator, tmp_path):
    recipe = Recipe(engine="documentai", docai_endpoint=emulator.address)
    recordings = Recordings(tmp_path / "recordings")
    engine = plugins.load("engines", "documentai")
    settings = settings_of(recipe)
    with engine.open_document(open_source(SHORT), "", recipe) as opened:
        file, asked = recordings.record(SHORT.name, opened, settings)
        again = recordings.record(SHORT.name, opened, settings)
        content = opened.content
    assert asked
    assert again == (file, False)
    (found,) = recordings.all()
    assert (found.file, found.name, found.pages) == (file, SHORT.name, 3)
    assert recordings.find(content) == whole(emulator, SHORT)
    assert recordings.find("0" * 64) is None
    assert b"test_invoices" not in file.read_bytes(), "no path of this machine"
    assert stat.S_ISREG(os.stat(file).st_mode)
    file.write_bytes(b"something else")
    with pytest.raises(ServiceError, match="no recorded answer"):
        list(recordings.all())
