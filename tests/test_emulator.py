"""The stand-in speaks the service's protocol to Google's own client, and repeats what it does."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.cloud import documentai
from google.cloud.documentai_v1.services.document_processor_service import transports

from perfkit.emulator import Options, running
from perfkit.emulator.chance import Attempts, Chance, Quota
from perfkit.emulator.options import Failure, Latency, parse_failures, parse_latency
from perfkit.emulator.process import ask
from perfkit.emulator.reading import read_text
from perfkit.errors import EmulatorError, ParameterError
from perfkit.model import Page, Word
from tests.small_pdf import small_pdf

INVOICES = Path(__file__).parent.parent / "test_invoices"
SHORT = (INVOICES / "CI004848705.pdf").read_bytes()
NAME = "projects/123/locations/us/processors/abcdef0123"
UNLIMITED = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]


@pytest.fixture
def client(emulator):
    with grpc.insecure_channel(emulator.address, options=UNLIMITED) as channel:
        transport = transports.DocumentProcessorServiceGrpcTransport(channel=channel)
        yield documentai.DocumentProcessorServiceClient(transport=transport)


def process(client: Any, content: bytes = SHORT, *pages: int, **fields: Any) -> Any:
    request: dict[str, Any] = {
        "name": NAME,
        "raw_document": {"content": content, "mime_type": "application/pdf"},
        **fields,
    }
    if pages:
        request["process_options"] = {"individual_page_selector": {"pages": pages}}
    return client.process_document(request, retry=None, timeout=30).document


def pdf(pages: int) -> bytes:
    shows = [b"BT /F1 10 Tf 50 700 Td (page%d) Tj ET" % number for number in range(1, pages + 1)]
    return small_pdf(*shows)


# ---- Answers.


def test_the_answer_holds_text_that_its_tokens_point_into(client):
    found = process(client)
    assert [page.page_number for page in found.pages] == [1, 2, 3]
    pieces = []
    for page in found.pages:
        assert page.dimension.unit == "pixels"
        for token in page.tokens:
            (segment,) = token.layout.text_anchor.text_segments
            piece = found.text[segment.start_index : segment.end_index]
            assert re.fullmatch(r"(\w+|[^\w\s])[ \n]?", piece)
            corners = token.layout.bounding_poly.normalized_vertices
            assert all(0 <= corner.x <= 1 and 0 <= corner.y <= 1 for corner in corners)
            pieces.append(piece)
    assert "".join(pieces) == found.text
    assert "CI004848705\n" in found.text


def test_pages_that_are_selected_keep_their_numbers(client):
    found = process(client, SHORT, 3, 2)
    assert [page.page_number for page in found.pages] == [2, 3]
    whole = process(client).text
    assert whole.endswith(found.text)


@pytest.mark.parametrize(
    ("options", "expected"),
    [({"from_start": 2}, [1, 2]), ({"from_end": 1}, [3]), ({"from_start": 9}, [1, 2, 3])],
)
def test_pages_are_selected_from_either_end(client, options, expected):
    found = process(client, process_options=options)
    assert [page.page_number for page in found.pages] == expected


def test_page_images_are_there_unless_nobody_wants_them(client):
    (page,) = process(client, pdf(1)).pages
    assert page.image.content.startswith(b"\x89PNG")
    assert (page.image.width, page.image.height) == (page.dimension.width, page.dimension.height)
    assert not process(client, pdf(1), imageless_mode=True).pages[0].image.content


@pytest.mark.parametrize(
    ("paths", "fields", "page_fields"),
    [
        (["text"], {"text"}, None),
        (["text", "pages.pageNumber"], {"text", "pages"}, {"page_number"}),
        (["pages.page_number", "pages.tokens"], {"pages"}, {"page_number", "tokens"}),
        (["entities", "mimeType"], {"entities", "mime_type"}, None),
    ],
)
def test_a_field_mask_leaves_out_what_was_not_asked_for(client, paths, fields, page_fields):
    found = process(client, field_mask={"paths": paths})._pb
    assert {field.name for field, _ in found.ListFields()} == fields
    for page in found.pages:
        assert {field.name for field, _ in page.ListFields()} == page_fields


def test_entities_are_those_of_the_invoice_parser_with_their_pages(client):
    found = process(client, SHORT, 2, 3)
    kinds = {entity.type_ for entity in found.entities}
    assert {"invoice_id", "supplier_name", "line_item"} <= kinds
    for entity in found.entities:
        (reference,) = entity.page_anchor.page_refs
        assert 0 <= reference.page < 2, "relative to the answer"
        for segment in entity.text_anchor.text_segments:
            piece = found.text[segment.start_index : segment.end_index]
            assert piece == entity.text_anchor.content
    row = next(entity for entity in found.entities if entity.type_ == "line_item")
    kinds = {part.type_ for part in row.properties}
    assert {"line_item/product_code", "line_item/quantity", "line_item/amount"} <= kinds


def test_other_processors_give_no_entities_and_other_vendors_none_either(client):
    ocr = NAME.replace("abcdef0123", "my-ocr")
    assert not process(client, name=ocr).entities
    assert not process(client, (INVOICES / "other_vendor.pdf").read_bytes()).entities


def test_processors_are_told_and_listed(client):
    found = client.get_processor(name=NAME)
    assert (found.name, found.type_) == (NAME, "INVOICE_PROCESSOR")
    assert found.default_processor_version.startswith(f"{NAME}/processorVersions/")
    listed = list(client.list_processors(parent="projects/123/locations/us"))
    assert [each.type_ for each in listed] == [
        "INVOICE_PROCESSOR",
        "OCR_PROCESSOR",
        "FORM_PARSER_PROCESSOR",
    ]


# ---- Limits, in the service's words.


@pytest.mark.parametrize(
    ("content", "fields", "message"),
    [
        (pdf(31), {}, "Document pages exceed the limit: 30 got 31"),
        (pdf(31), {"imageless_mode": True}, "Document pages exceed the limit: 30 got 31"),
        (pdf(16), {}, "Document pages in non-imageless mode exceed the limit: 15 got 16"),
        (b"no pdf", {}, "Unsupported input file format"),
        (SHORT, {"name": "nonsense"}, "Invalid resource name"),
        (SHORT, {"field_mask": {"paths": ["pages.tokens.layout"]}}, "Invalid field mask"),
        (SHORT, {"raw_document": {"content": SHORT, "mime_type": "image/png"}}, "Unsupported"),
        ((INVOICES / "order_one_page.pdf").read_bytes()[:900], {}, "Unsupported"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_service_refuses_is_refused(client, content, fields, message):
    with pytest.raises(exceptions.InvalidArgument, match=message):
        process(client, content, **fields)


def test_the_limit_is_for_the_pages_that_are_selected(client):
    assert len(process(client, pdf(40), *range(21, 36)).pages) == 15
    assert len(process(client, pdf(40), *range(1, 31), imageless_mode=True).pages) == 30
    with pytest.raises(exceptions.InvalidArgument, match="non-imageless mode"):
        process(client, pdf(40), *range(2, 20), imageless_mode=True)
    with pytest.raises(exceptions.InvalidArgument, match="not one of the 40 pages"):
        process(client, pdf(40), 41)


def test_a_document_that_is_too_large_is_refused(client, emulator):
    emulator.reset(max_mb=0.001)
    with pytest.raises(exceptions.InvalidArgument, match=r"Document size \(\d+\) exceeds"):
        process(client)


def test_beyond_the_quota_nothing_is_answered_for_a_while(client, emulator):
    emulator.reset(quota=2)
    process(client, pdf(1))
    process(client, pdf(1))
    with pytest.raises(exceptions.ResourceExhausted, match="Quota exceeded for quota metric"):
        process(client, pdf(1))


def test_pages_can_be_dropped(client, emulator):
    emulator.reset(drop_pages=(2,))
    assert [page.page_number for page in process(client).pages] == [1, 3]


# ---- The same at any number of workers.


def outcomes(client: Any, workers: int) -> list[str]:
    def attempts(page: int) -> str:
        told = []
        while "OK" not in told:
            try:
                process(client, CONTENT, page, field_mask=TEXT)
                told.append("OK")
            except exceptions.GoogleAPICallError as error:
                told.append(type(error).__name__)
        return " ".join(told)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(attempts, range(1, 21)))


CONTENT, TEXT = pdf(20), {"paths": ["text"]}


def test_failures_hang_on_seed_content_and_pages_and_not_on_who_asks_when(client, emulator):
    def run(seed: int, workers: int) -> list[str]:
        emulator.reset(fail="UNAVAILABLE:0.3,RESOURCE_EXHAUSTED:0.1", seed=seed)
        return outcomes(client, workers)

    alone = run(7, 1)
    assert any("ServiceUnavailable" in told for told in alone)
    assert any("ResourceExhausted" in told for told in alone)
    assert run(7, 8) == alone
    assert outcomes(client, 3) == alone, "once answered, it begins anew"
    assert run(8, 8) != alone


def test_statistics_tell_what_was_seen(client, emulator):
    emulator.reset(latency="150ms", fail="UNAVAILABLE:0.2", seed=1)
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda page: outcome_of(client, page), (1, 2, 3, 4)))
    seen = emulator.statistics()
    assert seen["codes"] == {code: told.count(code) for code in sorted(set(told))}
    assert seen["requests"] == seen["methods"]["ProcessDocument"] == 4
    assert 1 < seen["peak_in_flight"] <= 4
    assert seen["in_flight"] == 0
    assert seen["pages"] == told.count("OK")
    assert seen["bytes_received"] > 4 * len(CONTENT)
    assert seen["bytes_sent"] > 0


def outcome_of(client: Any, page: int) -> str:
    try:
        process(client, CONTENT, page, field_mask=TEXT)
    except exceptions.ServiceUnavailable:
        return "UNAVAILABLE"
    return "OK"


def test_a_caller_that_gives_up_is_counted_and_does_no_harm(client, emulator):
    emulator.reset(latency="20s")
    with pytest.raises(exceptions.DeadlineExceeded):
        client.process_document(
            {"name": NAME, "raw_document": {"content": SHORT, "mime_type": "application/pdf"}},
            retry=None,
            timeout=0.2,
        )
    emulator.reset()
    assert process(client, pdf(1)).text == "page1\n"


def test_latencies_and_failures_have_the_distribution_that_was_asked_for():
    chance = Chance(Options(latency="lognormal:200ms,0.5", fail="UNAVAILABLE:0.25", seed=3))
    seconds = sorted(chance.seconds("content", [page], 1) for page in range(2001))
    assert seconds[1000] == pytest.approx(0.2, rel=0.05)
    assert seconds[1682] / seconds[1000] == pytest.approx(1.65, rel=0.1)
    failed = [chance.failure("content", [page], 1) for page in range(2000)]
    assert failed.count("UNAVAILABLE") == pytest.approx(500, abs=60)
    assert chance.seconds("content", [1, 2], 1) == pytest.approx(
        chance.seconds("content", [1], 1) + chance.seconds("content", [2], 1)
    )


def test_attempts_count_until_one_succeeds():
    attempts = Attempts()
    assert [attempts.next("a"), attempts.next("b"), attempts.next("a")] == [1, 1, 2]
    attempts.succeeded("a")
    assert [attempts.next("a"), attempts.next("b")] == [1, 2]


def test_a_quota_counts_the_last_minute():
    now = 0.0
    quota = Quota(2, lambda: now)
    assert [quota.take(), quota.take(), quota.take()] == [True, True, False]
    now = 60.0
    assert quota.take()


# ---- Options.


def test_options_are_understood_and_travel():
    assert parse_latency("200ms") == Latency("constant", 0.2)
    assert parse_latency("uniform: 100ms, 0.3s") == Latency("uniform", 0.1, 0.3)
    assert parse_latency("lognormal:200ms,0.5") == Latency("lognormal", 0.2, 0.5)
    assert parse_failures("unavailable:0.1, INTERNAL:0") == (
        Failure("UNAVAILABLE", 0.1),
        Failure("INTERNAL", 0.0),
    )
    options = Options(latency="1s", drop_pages=(1, 2))
    assert Options.from_json(options.as_json()) == options


@pytest.mark.parametrize(
    "options",
    [
        {"latency": "200"},
        {"latency": "lognormal:200ms"},
        {"latency": "uniform:2s,1s"},
        {"latency": "normal:1s,1"},
        {"latency": "lognormal:1s,x"},
        {"fail": "UNAVAILABLE"},
        {"fail": "NONSENSE:0.1"},
        {"fail": "UNAVAILABLE:1.5"},
        {"fail": "UNAVAILABLE:0.6,INTERNAL:0.6"},
        {"port": 99999},
        {"quota": -1},
    ],
    ids=str,
)
def test_options_that_cannot_be_are_refused(options):
    with pytest.raises(ParameterError):
        Options(**options)


def test_tokens_part_at_punctuation_and_cells_end_a_line():
    words = [
        Word('4-1/4"H', 10, 10, 40, 20), Word("Jar", 43, 10, 60, 20), Word("24", 200, 10, 210, 20),
        Word("next", 10, 30, 30, 40),
    ]  # fmt: skip
    found = read_text(Page(1, 612, 792, words))
    assert found.text == '4-1/4"H Jar\n24\nnext\n'
    pieces = [found.text[token.start : token.end] for token in found.tokens]
    assert pieces == ["4", "-", "1", "/", "4", '"', "H ", "Jar\n", "24\n", "next\n"]
    assert found.tokens[0].box[0] == 10
    assert found.tokens[6].box[2] == 40


# ---- Its process.


def test_a_port_that_is_taken_is_said_so(emulator):
    port = int(emulator.address.rpartition(":")[2])
    with pytest.raises(EmulatorError, match=f"port {port} is taken"), running(port=port):
        pass


def test_it_ends_with_who_started_it_and_is_then_not_there():
    with running() as started:
        address, process_ = started.address, started.process
    assert process_.returncode == 0
    with pytest.raises(EmulatorError, match=re.escape(address)):
        ask(address, "Statistics")


def test_a_parent_that_is_killed_leaves_none_behind():
    code = (
        "import sys; from perfkit.emulator import running\n"
        "with running() as started: print(started.address, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        address = parent.stdout.readline().strip()
        assert ask(address, "Statistics")["requests"] == 0
        parent.kill()
    for _ in range(100):
        try:
            ask(address, "Statistics")
        except EmulatorError:
            break
    else:
        pytest.fail("it still answers")
