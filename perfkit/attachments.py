"""PDFs that are attached to a PDF: those of its list of files, and those pinned to its pages."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from typing import NamedTuple

from perfkit.engines._pdfium_binding import library
from perfkit.engines._pdfium_open import opened
from perfkit.errors import DamagedPdfError, DocumentError, DocumentTooLargeError
from perfkit.source import Source, check_source

__all__ = ["attached_names", "attached_pdfs", "safe_name"]

#: A file is pinned to one of the first pages, if to any; and no honest file attaches so many.
_PIN_PAGES, _MOST_ATTACHED = 20, 1000
#: Of annotations, in fpdf_annot.h.
_FILE_PIN = 17
_LONGEST_NAME = 80
#: A header stands within so many bytes.
_WINDOW_BYTES = 1024
_MIB = 1 << 20


class _Attached(NamedTuple):
    """An attached file: pdfium's handle and the name that the PDF gives it."""

    handle: int
    name: str


def attached_names(source: Source, password: str = "") -> list[str]:
    """Names of the PDFs that a file attaches, safe to print; empty where it has none.

    Raises
    ------
    DocumentError
        If the file cannot be opened.
    """
    with _attached(source, password) as found:
        return [name for name, _ in _pdfs(found)]


def attached_pdfs(
    source: Source, password: str = "", *, max_file_mb: float = 100.0
) -> Iterator[Source | DocumentError]:
    """Each attached PDF as a source, named ``FILE#NAME``; its bytes are read when it is asked for.

    One that is too large, no PDF or cannot be taken out is given as the error that says so.

    Parameters
    ----------
    source, password
        The file that they are attached to.
    max_file_mb : float
        Limit in MiB that holds for each.

    Raises
    ------
    DocumentError
        If the file cannot be opened.
    """
    with _attached(source, password) as found:
        for name, each in _pdfs(found):
            try:
                yield _taken_out(f"{source.name}#{name}", each, max_file_mb)
            except DocumentError as error:
                yield error


def _taken_out(whole: str, each: _Attached, max_file_mb: float) -> Source:
    size = _content_size(each)
    if size > max_file_mb * _MIB:
        raise DocumentTooLargeError(
            whole,
            problem=f"the attached file has {size / _MIB:.1f} MiB, the limit is "
            f"{max_file_mb:g} MiB",
            remedy="Save it from the PDF and split it, or raise Recipe.max_file_mb.",
        )
    data = _content(each, size)
    if data is None:
        raise DamagedPdfError(whole, problem="the attached file cannot be taken out")
    return check_source(Source(whole, None, data), max_file_mb=max_file_mb)


def safe_name(name: str, number: int) -> str:
    """A name without folders and without what a terminal or file system takes for more than text.

    ``number`` names a file whose own name leaves nothing.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        [sign if sign.isprintable() and sign not in '<>:"|?*' else "_" for sign in last]
    )
    shown = " ".join(shown.split()).strip(". ")
    if len(shown) > _LONGEST_NAME:
        stem, dot, suffix = shown.rpartition(".")
        keeps = bool(dot) and len(suffix) <= len("pdfx")
        shown = f"{stem[: _LONGEST_NAME - 5]}.{suffix}" if keeps else shown[:_LONGEST_NAME]
    return shown or f"attachment-{number}.pdf"


@contextlib.contextmanager
def _attached(source: Source, password: str) -> Iterator[list[_Attached]]:
    """Files that are attached, usable while the context lasts."""
    pdfium = library()
    document, pages = opened(pdfium, source, password)
    with contextlib.ExitStack() as stack:
        stack.callback(pdfium.FPDF_CloseDocument, document)
        count = pdfium.FPDFDoc_GetAttachmentCount(document)
        if count > _MOST_ATTACHED:
            raise DocumentTooLargeError(
                source.name,
                problem=f"{count} files are attached, the limit is {_MOST_ATTACHED}",
                remedy="Save those you need from the PDF, and read them.",
            )
        handles = [pdfium.FPDFDoc_GetAttachment(document, k) for k in range(count)]
        for number in range(min(pages, _PIN_PAGES)):
            page = pdfium.FPDF_LoadPage(document, number)
            if page:
                stack.callback(pdfium.FPDF_ClosePage, page)
                handles += _pinned(page, stack)
        yield [_Attached(each, _name_of(each)) for each in handles[:_MOST_ATTACHED] if each]


def _pinned(page: int, stack: contextlib.ExitStack) -> Iterator[int]:
    """Files that are pinned to a page as annotations."""
    pdfium = library()
    for k in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST_ATTACHED)):
        note = pdfium.FPDFPage_GetAnnot(page, k)
        if note:
            stack.callback(pdfium.FPDFPage_CloseAnnot, note)
            if pdfium.FPDFAnnot_GetSubtype(note) == _FILE_PIN:
                yield pdfium.FPDFAnnot_GetFileAttachment(note)


def _pdfs(found: list[_Attached]) -> Iterator[tuple[str, _Attached]]:
    """Those that are PDFs by their name or content, with a name for each that no other has."""
    given: set[str] = set()
    for number, each in enumerate(found, 1):
        if not each.name.lower().endswith(".pdf") and not _begins_as_pdf(each):
            continue
        name = safe_name(each.name, number)
        if name in given:
            name = f"{number}-{name}"
        given.add(name)
        yield name, each


def _name_of(attached: int) -> str:
    pdfium = library()
    size = pdfium.FPDFAttachment_GetName(attached, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFAttachment_GetName(attached, buffer, size)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")


def _begins_as_pdf(each: _Attached) -> bool:
    size = _content_size(each)
    data = _content(each, size) if 0 < size <= _MOST_ATTACHED * _MIB else None
    return data is not None and b"%PDF-" in data[:_WINDOW_BYTES]


def _content_size(each: _Attached) -> int:
    size = ctypes.c_ulong(0)
    found = library().FPDFAttachment_GetFile(each.handle, None, 0, ctypes.byref(size))
    return size.value if found else 0


def _content(each: _Attached, size: int) -> bytes | None:
    buffer, got = ctypes.create_string_buffer(max(1, size)), ctypes.c_ulong(0)
    found = library().FPDFAttachment_GetFile(each.handle, buffer, size, ctypes.byref(got))
    return buffer.raw[:size] if found and got.value == size else None
