"""The pdfium library through ctypes: prototypes, and boxes of many characters at once.

The library that the package ``pypdfium2_raw`` ships is called through ``ctypes.PyDLL``:
pdfium is not thread-safe, not even on separate documents, and ``PyDLL`` holds the
interpreter's lock through every call, so that threads take turns. Own prototypes for the
few functions used spare the import of bindings for some four hundred.
"""

from __future__ import annotations

import ctypes
import importlib.util
import itertools
import sys
from array import array
from collections import deque
from pathlib import Path
from typing import Any, ClassVar

from perfkit.errors import MissingExtraError

__all__ = ["Boxes", "char_indices", "library"]

_FIRST_CAPACITY = 1024
_FREED_BYTES = 4 << 20
_MOST_IDLE = 4
_LAST_IN_ONE_UNIT = 0xFFFF

_POINTER, _INT, _TEXT = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
_LONG, _DOUBLE = ctypes.c_ulong, ctypes.c_double
#: name -> (result, arguments), from pdfium's public headers fpdfview.h, fpdf_text.h,
#: fpdf_edit.h, fpdf_transformpage.h, fpdf_formfill.h, fpdf_flatten.h, fpdf_annot.h and
#: fpdf_attachment.h.
_PROTOTYPES: dict[str, tuple[Any, list[Any]]] = {
    "FPDF_InitLibrary": (None, []),
    "FPDF_LoadDocument": (_POINTER, [_TEXT, _TEXT]),
    "FPDF_LoadMemDocument64": (_POINTER, [_TEXT, ctypes.c_size_t, _TEXT]),
    "FPDF_GetLastError": (ctypes.c_ulong, []),
    "FPDF_CloseDocument": (None, [_POINTER]),
    "FPDF_GetPageCount": (_INT, [_POINTER]),
    "FPDF_LoadPage": (_POINTER, [_POINTER, _INT]),
    "FPDF_ClosePage": (None, [_POINTER]),
    "FPDF_GetPageBoundingBox": (_INT, [_POINTER, _POINTER]),
    "FPDFPage_GetRotation": (_INT, [_POINTER]),
    "FPDFPage_CountObjects": (_INT, [_POINTER]),
    "FPDFText_LoadPage": (_POINTER, [_POINTER]),
    "FPDFText_ClosePage": (None, [_POINTER]),
    "FPDFText_CountChars": (_INT, [_POINTER]),
    "FPDFText_GetText": (_INT, [_POINTER, _INT, _INT, _POINTER]),
    "FPDFText_GetCharIndexFromTextIndex": (_INT, [_POINTER, _INT]),
    # How high fonts are that do not state it.
    "FPDFText_GetCharOrigin": (_INT, [_POINTER, _INT, _POINTER, _POINTER]),
    "FPDFText_GetFontSize": (_DOUBLE, [_POINTER, _INT]),
    "FPDFText_GetMatrix": (_INT, [_POINTER, _INT, _POINTER]),
    "FPDFTextObj_GetFont": (_POINTER, [_POINTER]),
    # What is shown of a page's text.
    "FPDFText_GetTextObject": (_POINTER, [_POINTER, _INT]),
    "FPDFText_HasUnicodeMapError": (_INT, [_POINTER, _INT]),
    "FPDFText_GetBoundedText": (_INT, [_POINTER, *[_DOUBLE] * 4, _POINTER, _INT]),
    "FPDFPage_GetObject": (_POINTER, [_POINTER, _INT]),
    "FPDFPageObj_GetType": (_INT, [_POINTER]),
    "FPDFPageObj_GetBounds": (_INT, [_POINTER] * 5),
    "FPDFPageObj_GetFillColor": (_INT, [_POINTER] * 5),
    "FPDFPageObj_SetIsActive": (_INT, [_POINTER, _INT]),
    "FPDFPageObj_GetClipPath": (_POINTER, [_POINTER]),
    "FPDFClipPath_CountPaths": (_INT, [_POINTER]),
    "FPDFClipPath_CountPathSegments": (_INT, [_POINTER, _INT]),
    "FPDFClipPath_GetPathSegment": (_POINTER, [_POINTER, _INT, _INT]),
    "FPDFPathSegment_GetPoint": (_INT, [_POINTER] * 3),
    "FPDFPageObj_CountMarks": (_INT, [_POINTER]),
    "FPDFPageObj_GetMark": (_POINTER, [_POINTER, _LONG]),
    "FPDFPageObjMark_GetName": (_INT, [_POINTER, _POINTER, _LONG, _POINTER]),
    "FPDFTextObj_GetTextRenderMode": (_INT, [_POINTER]),
    "FPDFTextObj_GetRenderedBitmap": (_POINTER, [_POINTER, _POINTER, _POINTER, ctypes.c_float]),
    "FPDFFormObj_CountObjects": (_INT, [_POINTER]),
    "FPDFFormObj_GetObject": (_POINTER, [_POINTER, _LONG]),
    "FPDFBitmap_CreateEx": (_POINTER, [_INT, _INT, _INT, _POINTER, _INT]),
    "FPDFBitmap_FillRect": (_INT, [_POINTER, _INT, _INT, _INT, _INT, _LONG]),
    "FPDFBitmap_GetBuffer": (_POINTER, [_POINTER]),
    "FPDFBitmap_GetStride": (_INT, [_POINTER]),
    "FPDFBitmap_GetHeight": (_INT, [_POINTER]),
    "FPDFBitmap_Destroy": (None, [_POINTER]),
    "FPDF_RenderPageBitmap": (None, [_POINTER, _POINTER, *[_INT] * 6]),
    # Annotations and the fields of forms.
    "FPDF_GetFormType": (_INT, [_POINTER]),
    "FPDFPage_GetAnnotCount": (_INT, [_POINTER]),
    "FPDFPage_GetAnnot": (_POINTER, [_POINTER, _INT]),
    "FPDFPage_CloseAnnot": (None, [_POINTER]),
    "FPDFAnnot_GetSubtype": (_INT, [_POINTER]),
    "FPDFAnnot_GetFlags": (_INT, [_POINTER]),
    "FPDFAnnot_SetFlags": (_INT, [_POINTER, _INT]),
    "FPDFPage_Flatten": (_INT, [_POINTER, _INT]),
    "FPDFDOC_InitFormFillEnvironment": (_POINTER, [_POINTER, _POINTER]),
    "FPDFDOC_ExitFormFillEnvironment": (None, [_POINTER]),
    "FORM_OnAfterLoadPage": (None, [_POINTER, _POINTER]),
    "FORM_OnBeforeClosePage": (None, [_POINTER, _POINTER]),
    # Attached files.
    "FPDFDoc_GetAttachmentCount": (_INT, [_POINTER]),
    "FPDFDoc_GetAttachment": (_POINTER, [_POINTER, _INT]),
    "FPDFAnnot_GetFileAttachment": (_POINTER, [_POINTER]),
    "FPDFAttachment_GetName": (_LONG, [_POINTER, _POINTER, _LONG]),
    "FPDFAttachment_GetFile": (_INT, [_POINTER, _POINTER, _LONG, _POINTER]),
}

_library: ctypes.PyDLL | None = None


def library() -> ctypes.PyDLL:
    """The pdfium library with its prototypes set, loaded and initialised once a process.

    Raises
    ------
    MissingExtraError
        If the package that ships the library is not installed.
    """
    global _library
    if _library is None:
        found = importlib.util.find_spec("pypdfium2_raw")
        if found is None or not found.submodule_search_locations:
            raise MissingExtraError("pypdfium2", "all", "The engine pdfium")
        folder = Path(found.submodule_search_locations[0])
        name = {"win32": "pdfium.dll", "darwin": "libpdfium.dylib"}.get(
            sys.platform, "libpdfium.so"
        )
        loaded = ctypes.PyDLL(str(folder / name))
        for function, (result, arguments) in _PROTOTYPES.items():
            prototype = getattr(loaded, function)
            prototype.restype, prototype.argtypes = result, arguments
        loaded.FPDF_InitLibrary()
        _keep_freed_memory()
        _library = loaded
    return _library


def _keep_freed_memory() -> None:
    """Have glibc keep up to 8 MiB of what a page has freed, for the next page.

    By default it gives back what lies free at the end of its heap beyond 128 KiB, and pdfium
    builds and frees several hundred KiB with each page: the page faults of getting them again
    took 8 % of a document's time. Freeing one block of 4 MiB that was mapped on its own raises
    both limits, as it would in any process that has freed such a block (mallopt(3): the dynamic
    M_MMAP_THRESHOLD). Nothing is fixed by it, and other allocators take no notice.
    """
    bytes(_FREED_BYTES)


class Boxes:
    """Boxes of many characters, read through one buffer that grows as needed.

    :meth:`borrow` one and :meth:`give_back`: making the thousand references into its buffer
    takes as long as reading a page.
    """

    _idle: ClassVar[list[Boxes]] = []

    @classmethod
    def borrow(cls, pdfium: ctypes.PyDLL) -> Boxes:
        """One that nobody uses; documents that are open side by side have one each."""
        try:
            return cls._idle.pop()  # one step, whatever other threads do
        except IndexError:
            return cls(pdfium)

    def give_back(self) -> None:
        """Leave it to the next document."""
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(self)

    def __init__(self, pdfium: ctypes.PyDLL) -> None:
        # An entry of its own without argument types: by-reference objects made once and
        # passed as they are take 0.6 of the time of integers checked at every call. Nor is
        # the result made an integer that nobody looks at.
        self._get_box = pdfium["FPDFText_GetLooseCharBox"]
        self._get_box.restype = None
        self._resize(_FIRST_CAPACITY)

    def _resize(self, capacity: int) -> None:
        self._floats = array("f", bytes(16 * capacity))
        self.array = (ctypes.c_float * (4 * capacity)).from_buffer(self._floats)
        self._references = [ctypes.byref(self.array, 16 * k) for k in range(capacity)]

    def read(self, text_page: int, indices: list[int]) -> array[float]:
        """Left, top, right and bottom of each character in points, one after the other."""
        if len(indices) > len(self._references):
            self._resize(2 * len(indices))
        # The arguments of all calls take turns in one tuple.
        page = itertools.repeat(ctypes.c_void_p.from_param(text_page))
        arguments = zip(page, indices, self._references)  # noqa: B905 - the shortest ends it
        deque(itertools.starmap(self._get_box, arguments), maxlen=0)
        return self._floats[: 4 * len(indices)]


def char_indices(pdfium: ctypes.PyDLL, text_page: int, text: str, ends: list[int]) -> list[int]:
    """Indices of pdfium's characters for indices into the text it gave."""
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if ord(character) > _LAST_IN_ONE_UNIT else 1))
    to_char = pdfium.FPDFText_GetCharIndexFromTextIndex
    return [max(0, to_char(text_page, units[index])) for index in ends]
