"""Open a document in pdfium, whoever reads it then: words, pictures, or the file itself."""

from __future__ import annotations

import ctypes
import os

from perfkit.errors import DamagedPdfError, EncryptedPdfError
from perfkit.source import Source

__all__ = ["opened"]

#: Of FPDF_GetLastError, in fpdfview.h.
_ERROR_PASSWORD, _ERROR_SECURITY = 4, 5


def opened(pdfium: ctypes.PyDLL, source: Source, password: str = "") -> tuple[int, int]:
    """Handle of a document, for ``FPDF_CloseDocument`` in the end, and the number of its pages.

    Raises
    ------
    EncryptedPdfError
        If it is encrypted and the password does not open it.
    DamagedPdfError
        If it cannot be opened, or holds no page.
    """
    secret = password.encode("utf-8")
    if source.path is not None:
        # By path pdfium reads what it needs; the file never lies in memory whole.
        handle = pdfium.FPDF_LoadDocument(os.fsencode(source.path), secret)
    else:
        data = source.data or b""
        handle = pdfium.FPDF_LoadMemDocument64(data, len(data), secret)
    if not handle:
        code = pdfium.FPDF_GetLastError()
        encrypted = code in (_ERROR_PASSWORD, _ERROR_SECURITY)
        raise (EncryptedPdfError if encrypted else DamagedPdfError)(source.name)
    count = pdfium.FPDF_GetPageCount(handle)
    if count < 1:
        pdfium.FPDF_CloseDocument(handle)
        raise DamagedPdfError(source.name, problem="the PDF holds no page")
    return handle, count
