"""Why a file holds no document that can be read: what its pages alone do not tell."""

from __future__ import annotations

from perfkit.attachments import attached_names
from perfkit.engines._pdfium_binding import library
from perfkit.engines._pdfium_open import opened
from perfkit.errors import (
    AttachmentsOnlyError,
    DocumentError,
    DynamicFormError,
    MissingExtraError,
    NoLineItemsError,
    UnknownVendorError,
)
from perfkit.source import Source

__all__ = ["explained"]

#: A message names so many attached files.
_MOST_NAMED = 5
#: Of FPDF_GetFormType: a form whose pages are made by the program that opens it.
_DYNAMIC_FORM = 2
#: Kinds of annotations and of objects on a page, in fpdf_annot.h and fpdf_edit.h.
_FIELD, _IMAGE = 20, 3
_MOST_OBJECTS = 1000


def explained(error: DocumentError, source: Source, password: str = "") -> DocumentError:
    """The error that fits a file in which nothing was found; the one given if that is the one.

    A file with attached PDFs, a form that only Adobe's programs draw, and a form whose fields are
    empty look like a file of an unknown vendor or a blank one.
    """
    try:
        names = attached_names(source, password)
        form, is_empty = _form_of(source, password, error.page or 1)
    except (DocumentError, MissingExtraError):
        return error  # what was found first stands
    found: DocumentError
    if names:
        told = ", ".join(names[:_MOST_NAMED])
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        one = "a PDF is" if len(names) == 1 else f"{len(names)} PDFs are"
        found = AttachmentsOnlyError(
            source.name,
            problem=f"its own pages hold no order or invoice, and {one} attached: {told}{more}",
        )
    elif form == _DYNAMIC_FORM:
        found = DynamicFormError(source.name)
    elif is_empty and not isinstance(error, UnknownVendorError):
        found = NoLineItemsError(
            source.name,
            error.page or 1,
            problem="the page is a form whose fields are empty, and holds no other text",
            remedy="Fill it in and save it, or ask who sent it for the filled-in form.",
        )
    else:
        return error
    found.partial = error.partial
    return found


def _form_of(source: Source, password: str, number: int) -> tuple[int, bool]:
    """The kind of a file's form; whether a page has fields and no picture that might be a scan."""
    pdfium = library()
    document, _ = opened(pdfium, source, password)
    try:
        kind: int = pdfium.FPDF_GetFormType(document)
        page = pdfium.FPDF_LoadPage(document, number - 1) if kind else None
        if not page:
            return kind, False
        try:
            return kind, _has_fields(page) and not _has_picture(page)
        finally:
            pdfium.FPDF_ClosePage(page)
    finally:
        pdfium.FPDF_CloseDocument(document)


def _has_fields(page: int) -> bool:
    pdfium = library()
    for k in range(pdfium.FPDFPage_GetAnnotCount(page)):
        note = pdfium.FPDFPage_GetAnnot(page, k)
        kind = pdfium.FPDFAnnot_GetSubtype(note) if note else 0
        pdfium.FPDFPage_CloseAnnot(note)
        if kind == _FIELD:
            return True
    return False


def _has_picture(page: int) -> bool:
    pdfium = library()
    count = pdfium.FPDFPage_CountObjects(page)
    found = (
        pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, k)) == _IMAGE
        for k in range(min(count, _MOST_OBJECTS))
    )
    return count > _MOST_OBJECTS or any(found)
