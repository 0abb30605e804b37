"""What is held against perfkit: less work than its own, through the same library handle."""

from __future__ import annotations

from collections import deque

from perfkit.engines import pdfium
from perfkit.source import open_source

__all__ = ["consume_pages", "count_characters"]


def count_characters(path: str) -> int:
    """The practical floor: pdfium loads every page's text and counts it; nothing is read out."""
    library = pdfium.library()
    document = library.FPDF_LoadDocument(path.encode(), None)
    total = 0
    for number in range(library.FPDF_GetPageCount(document)):
        page = library.FPDF_LoadPage(document, number)
        text_page = library.FPDFText_LoadPage(page)
        total += library.FPDFText_CountChars(text_page)
        library.FPDFText_ClosePage(text_page)
        library.FPDF_ClosePage(page)
    library.FPDF_CloseDocument(document)
    return total


def consume_pages(path: str) -> None:
    """All that perfkit's engine does, and nothing of what comes after it."""
    with pdfium.open_document(open_source(path)) as document:
        deque(document.pages(), maxlen=0)
