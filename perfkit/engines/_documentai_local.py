"""The document on this machine: counted, measured, decrypted and cut up before it is sent."""

from __future__ import annotations

import ctypes
import threading
from types import TracebackType
from typing import Any

from perfkit.engines._pdfium_binding import library
from perfkit.engines._pdfium_open import opened
from perfkit.errors import DamagedPdfError
from perfkit.source import Source

__all__ = ["LocalPdf"]

#: Of fpdfview.h and fpdf_save.h.
_NO_INCREMENTAL, _REMOVE_SECURITY = 2, 3
_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_WRITE_BLOCK = ctypes.CFUNCTYPE(_INT, _POINTER, ctypes.POINTER(ctypes.c_char), ctypes.c_ulong)
_PROTOTYPES: dict[str, tuple[Any, list[Any]]] = {
    "FPDF_CreateNewDocument": (_POINTER, []),
    "FPDF_ImportPagesByIndex": (
        _INT,
        [_POINTER, _POINTER, ctypes.POINTER(_INT), ctypes.c_ulong, _INT],
    ),
    "FPDF_SaveAsCopy": (_INT, [_POINTER, _POINTER, ctypes.c_ulong]),
    "FPDF_GetSecurityHandlerRevision": (_INT, [_POINTER]),
    "FPDF_GetPageSizeByIndexF": (_INT, [_POINTER, _INT, _POINTER]),
}


class _Writer(ctypes.Structure):
    """FPDF_FILEWRITE: where pdfium writes a file to."""

    _fields_ = [("version", _INT), ("write_block", _WRITE_BLOCK)]


class LocalPdf:
    """A PDF that is open in pdfium; its calls take turns, whichever thread they come from.

    Raises
    ------
    EncryptedPdfError
        If it is encrypted and the password does not open it.
    DamagedPdfError
        If it cannot be opened, or holds no page.
    """

    def __init__(self, source: Source, password: str = "") -> None:
        self._pdfium = _library()
        self._source = source
        # Nobody may close the document while another thread is in the middle of it.
        self._lock = threading.RLock()
        self._handle: int | None = None
        self._handle, self.page_count = opened(self._pdfium, source, password)
        self.is_encrypted = self._pdfium.FPDF_GetSecurityHandlerRevision(self._handle) >= 0

    def size_of(self, number: int) -> tuple[float, float]:
        """Width and height in points of a page as a reader sees it; its content is not read.

        Raises
        ------
        DamagedPdfError
            If there is no such page, or it cannot be read.
        """
        size = (ctypes.c_float * 2)()
        with self._lock:
            handle = self._open_handle()
            if not self._pdfium.FPDF_GetPageSizeByIndexF(handle, number - 1, size):
                raise DamagedPdfError(self._source.name, number)
        width, height = size
        return width, height

    def is_blank(self, number: int) -> bool:
        """Whether nothing is drawn on a page.

        Raises
        ------
        DamagedPdfError
            If it cannot be read.
        """
        pdfium = self._pdfium
        with self._lock:
            page = pdfium.FPDF_LoadPage(self._open_handle(), number - 1)
            if not page:
                raise DamagedPdfError(self._source.name, number)
            try:
                return bool(pdfium.FPDFPage_CountObjects(page) == 0)
            finally:
                pdfium.FPDF_ClosePage(page)

    def decrypted(self) -> bytes:
        """The whole file without its encryption."""
        with self._lock:
            return self._saved(self._open_handle(), _REMOVE_SECURITY)

    def cut_out(self, first: int, last: int) -> bytes:
        """A PDF of some pages, both ends included.

        Raises
        ------
        DamagedPdfError
            If pdfium cannot copy them.
        """
        pdfium = self._pdfium
        with self._lock:
            handle, piece = self._open_handle(), pdfium.FPDF_CreateNewDocument()
            try:
                indices = (_INT * (last - first + 1))(*range(first - 1, last))
                if not pdfium.FPDF_ImportPagesByIndex(piece, handle, indices, len(indices), 0):
                    raise DamagedPdfError(
                        self._source.name,
                        first,
                        problem=f"pages {first} to {last} cannot be cut out",
                        remedy='Send the whole document instead (docai_mode="select").',
                    )
                return self._saved(piece, _NO_INCREMENTAL)
            finally:
                pdfium.FPDF_CloseDocument(piece)

    def _saved(self, handle: int, flags: int) -> bytes:
        parts: list[bytes] = []

        def write(_writer: int, data: Any, size: int) -> int:
            parts.append(ctypes.string_at(data, size))
            return 1

        writer = _Writer(1, _WRITE_BLOCK(write))
        if not self._pdfium.FPDF_SaveAsCopy(handle, ctypes.byref(writer), flags):
            raise DamagedPdfError(self._source.name)
        return b"".join(parts)

    def _open_handle(self) -> int:
        if self._handle is None:
            raise ValueError("the document is closed")
        return self._handle

    def close(self) -> None:
        """Release the document; safe to call twice."""
        with self._lock:
            handle, self._handle = self._handle, None
            if handle:
                self._pdfium.FPDF_CloseDocument(handle)

    def __enter__(self) -> LocalPdf:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _library() -> ctypes.PyDLL:
    loaded = library()
    for function, (result, arguments) in _PROTOTYPES.items():
        prototype = getattr(loaded, function)
        prototype.restype, prototype.argtypes = result, arguments
    return loaded
