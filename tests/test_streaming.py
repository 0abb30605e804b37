"""Streaming keeps nothing but the items, and hands them on as they come."""

from __future__ import annotations

import io
from pathlib import Path
from typing import cast

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NullObject

from perfkit.accuracy import self_check
from perfkit.corpus import make
from perfkit.errors import (
    DamagedPdfError,
    DocumentNotFoundError,
    MemoryOptimizationError,
    PerformanceError,
)
from perfkit.model import LineItem
from perfkit.optimizers import streaming
from perfkit.optimizers.streaming import MemoryOptimizer, StreamingDocumentProcessor
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from perfkit.trackers.memory import peak_of_fresh_process
from tests.small_pdf import small_pdf

ORDER = Path(__file__).parent.parent / "test_invoices/CS003837319.pdf"


@pytest.fixture
def items() -> list[dict[str, object]]:
    return [item.as_dict() for item in extract(ORDER).line_items]


def damaged(path: Path, page: int) -> Path:
    """The order with one page that is no page."""
    writer = PdfWriter(clone_from=ORDER)
    pages = cast("DictionaryObject", writer.root_object["/Pages"])
    kids = cast("ArrayObject", pages["/Kids"])
    kids[page - 1] = writer._add_object(NullObject())
    writer.write(path)
    return path


@pytest.mark.parametrize("opened", [str, Path, Path.read_bytes, lambda p: p.open("rb")])
def test_paths_bytes_and_open_files_give_the_items_of_extract(opened, items):
    document = opened(ORDER)
    result = StreamingDocumentProcessor().process_with_streaming(document)
    if isinstance(document, io.IOBase):
        document.close()
    assert result["line_items"] == items
    assert result["pages_processed"] == 15
    assert result["memory_peak_mb"] > 0
    # Without a truth beside it, a row that prints no UPC counts as a check that failed.
    wanted = 1.0 if result["accuracy_kind"] == "truth" else self_check(extract(ORDER)).score
    assert result["accuracy_score"] == wanted
    assert result["accuracy_score"] > 0.98
    assert result["doubtful"] is False
    assert result["invoice_number"] == "CS003837319"


def test_items_come_while_later_pages_are_still_unread(items):
    found = StreamingDocumentProcessor().iterate(ORDER)
    first = next(found)
    assert isinstance(first, LineItem)
    assert first.as_dict() == items[0]
    found.close()


def test_documents_are_opened_anew_now_and_then_without_a_difference(items, monkeypatch):
    monkeypatch.setattr(streaming, "PAGES_BETWEEN_RELEASES", 4)
    assert StreamingDocumentProcessor().process_with_streaming(ORDER)["line_items"] == items


def test_an_error_keeps_the_items_of_the_pages_before_it(tmp_path):
    path = damaged(tmp_path / "torn.pdf", 9)
    found: list[LineItem] = []
    with pytest.raises(DamagedPdfError) as caught:
        found.extend(StreamingDocumentProcessor().iterate(path))
    assert caught.value.page == 9
    assert {item.page for item in found} == set(range(1, 9))

    with pytest.raises(DamagedPdfError, match="page 9") as again:
        StreamingDocumentProcessor().process_with_streaming(path)
    assert again.value.partial == {
        "line_items": [item.as_dict() for item in found],
        "pages_processed": 8,
    }


def test_the_memory_optimizer_raises_its_own_error_with_what_was_read(tmp_path):
    with pytest.raises(MemoryOptimizationError, match="page 9") as caught:
        MemoryOptimizer().process_with_memory_optimization(damaged(tmp_path / "torn.pdf", 9))
    assert caught.value.partial is not None
    assert caught.value.partial["pages_processed"] == 8
    assert isinstance(caught.value.__cause__, DamagedPdfError)


def test_a_document_is_loaded_as_chunks_that_hold_nothing():
    loaded = MemoryOptimizer(chunk_pages=4).load_document_efficiently(ORDER)
    assert (loaded["total_pages"], loaded["memory_optimized"]) == (15, True)
    chunks = loaded["document_chunks"]
    assert [(c.first_page, c.last_page) for c in chunks] == [(1, 4), (5, 8), (9, 12), (13, 15)]
    assert [page.number for page in chunks[-1].pages()] == [13, 14, 15]


def test_a_document_is_loaded_as_one_chunk_a_page_unless_told_otherwise():
    loaded = MemoryOptimizer().load_document_efficiently(ORDER)
    chunks = loaded["document_chunks"]
    assert len(chunks) == loaded["total_pages"] == 15
    assert [page.number for chunk in chunks[:2] for page in chunk.pages()] == [1, 2]


def test_a_document_that_is_not_there_is_an_error_of_either_kind():
    with pytest.raises(DocumentNotFoundError):
        StreamingDocumentProcessor().process_with_streaming("no.pdf")
    for work in (
        MemoryOptimizer().load_document_efficiently,
        MemoryOptimizer().process_with_memory_optimization,
    ):
        with pytest.raises(MemoryOptimizationError, match=r"no\.pdf: there is no such file"):
            work("no.pdf")


def test_memory_optimization_tells_its_peak_and_score():
    result = MemoryOptimizer().process_with_memory_optimization(ORDER)
    peak = result["memory_peak_mb"]
    assert result["memory_efficiency_score"] == min(1.0, 800 / peak)
    assert result["processing_successful"] is True
    assert len(result["line_items"]) == 145


def test_a_limit_of_memory_is_held():
    with pytest.raises(MemoryOptimizationError, match="limit is 1 MiB"):
        MemoryOptimizer(Recipe(max_memory_mb=1)).process_with_memory_optimization(ORDER)
    assert issubclass(MemoryOptimizationError, PerformanceError)


def test_a_document_without_items_is_an_error_as_ever():
    with pytest.raises(MemoryOptimizationError, match="no layout recognises"):
        MemoryOptimizer().process_with_memory_optimization(
            small_pdf(b"BT /F1 9 Tf 72 720 Td (Hello) Tj ET")
        )


@pytest.mark.usefixtures("untraced")
def test_memory_does_not_grow_with_the_pages(tmp_path):
    """Of 300 pages, streamed in a process of its own, at most 25 MiB; 1.3 times 15 pages."""
    peaks = []
    for pages in (15, 300):
        path = tmp_path / f"{pages}.pdf"
        make(path, layout="order", pages=pages, seed=1)
        peaks.append(peak_of_fresh_process("tests.executor_jobs:stream", [str(path)]))
    assert all(peak.above_mb <= 25 for peak in peaks)
    assert peaks[1].peak_mb <= 1.3 * peaks[0].peak_mb
