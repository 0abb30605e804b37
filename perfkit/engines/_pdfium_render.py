"""Pages as grey pictures, drawn by pdfium: what OCR reads.

Drawn through the same ``PyDLL`` as the engine pdfium: no two threads are ever in the library.
"""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING, Any

from perfkit.engines._pdfium_binding import library
from perfkit.engines._pdfium_open import opened
from perfkit.errors import DamagedPdfError
from perfkit.source import Source

if TYPE_CHECKING:
    import numpy

__all__ = ["Pictures"]

#: Of fpdfview.h: bytes a pixel of each form, and how a page is drawn.
_GREY, _ANNOTATIONS, _GREY_SCALE = 1, 0x01, 0x08
_WHITE = 0xFFFFFFFF
_POINTS_AN_INCH = 72.0

_POINTER, _INT, _FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_float
#: name -> (result, arguments), from pdfium's public header fpdfview.h.
_PROTOTYPES: dict[str, tuple[Any, list[Any]]] = {
    "FPDF_GetPageWidthF": (_FLOAT, [_POINTER]),
    "FPDF_GetPageHeightF": (_FLOAT, [_POINTER]),
    "FPDFBitmap_CreateEx": (_POINTER, [_INT, _INT, _INT, _POINTER, _INT]),
    "FPDFBitmap_FillRect": (_INT, [_POINTER, _INT, _INT, _INT, _INT, ctypes.c_ulong]),
    "FPDFBitmap_Destroy": (None, [_POINTER]),
    "FPDF_RenderPageBitmap": (None, [_POINTER, _POINTER, *[_INT] * 6]),
}


class Pictures:
    """An open document whose pages are drawn one at a time.

    Raises
    ------
    EncryptedPdfError, DamagedPdfError
        If it cannot be opened.
    """

    def __init__(self, source: Source, password: str = "") -> None:
        self._pdfium = library()
        for function, (result, arguments) in _PROTOTYPES.items():
            prototype = getattr(self._pdfium, function)
            prototype.restype, prototype.argtypes = result, arguments
        self._source = source
        self._handle: int | None = None
        self._handle, self.page_count = opened(self._pdfium, source, password)

    def draw(self, number: int, dpi: float, most_pixels: float) -> tuple[numpy.ndarray, float]:
        """A page, counted from 1, as rows of grey pixels (0 black), and pixels a point.

        A page so large that it would have more pixels than ``most_pixels`` is drawn coarser.

        Raises
        ------
        DamagedPdfError
            If the page cannot be loaded or drawn.
        """
        import numpy

        pdfium = self._pdfium
        if self._handle is None:
            raise ValueError("the document is closed")
        page = pdfium.FPDF_LoadPage(self._handle, number - 1)
        if not page:
            raise DamagedPdfError(self._source.name, number)
        try:
            width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
            scale = dpi / _POINTS_AN_INCH
            scale = min(scale, (most_pixels / max(width * height, 1.0)) ** 0.5)
            columns, rows = max(1, round(width * scale)), max(1, round(height * scale))
            picture = numpy.full((rows, columns), 255, dtype=numpy.uint8)
            bitmap = pdfium.FPDFBitmap_CreateEx(
                columns, rows, _GREY, picture.ctypes.data_as(_POINTER), columns
            )
            if not bitmap:
                raise DamagedPdfError(self._source.name, number)
            try:
                pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, columns, rows, _WHITE)
                flags = _ANNOTATIONS | _GREY_SCALE
                pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, columns, rows, 0, flags)
            finally:
                pdfium.FPDFBitmap_Destroy(bitmap)
            return picture, scale
        finally:
            pdfium.FPDF_ClosePage(page)

    def close(self) -> None:
        """Release the document; safe to call twice."""
        handle, self._handle = getattr(self, "_handle", None), None
        if handle:
            self._pdfium.FPDF_CloseDocument(handle)

    def __del__(self) -> None:
        # At the very end another user of the library may have shut it down already.
        if not sys.is_finalizing():
            self.close()
