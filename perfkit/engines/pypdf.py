"""pypdf: the sequential baseline, pure Python.

Words come from pypdf's visitors, which see every operation of a page with its matrices;
its plain text glues neighbouring cells together. Nothing here runs side by side or ahead.
"""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import pypdf
from pypdf.errors import DependencyError, FileNotDecryptedError
from pypdf.generic import DictionaryObject, RectangleObject

from perfkit.engines._pypdf_fonts import Glyphs, check_pypdf
from perfkit.engines._pypdf_words import Canvas, Matrix
from perfkit.errors import DamagedPdfError, DocumentError, EncryptedPdfError, MissingExtraError
from perfkit.model import Page
from perfkit.source import Source

__all__ = ["PypdfDocument", "open_document"]

# What pypdf repairs on its way it also logs; without a handler of the program's own,
# Python would print that to the user.
logging.getLogger("pypdf").addHandler(logging.NullHandler())

#: Objects shared by pages (fonts, above all) are kept for so many pages, then read anew.
PAGES_BETWEEN_RELEASES = 50
#: Of a page that gives no size: US letter, as pdfium takes it.
_LETTER = (0.0, 0.0, 612.0, 792.0)
_TURN_DEGREES, _TURNS = 90, 4


def open_document(source: Source, password: str = "") -> PypdfDocument:
    """Open a checked document; see :class:`perfkit.engines.Engine`."""
    return PypdfDocument(source, password)


class PypdfDocument:
    """An open document; fulfils :class:`perfkit.engines.OpenDocument`."""

    def __init__(self, source: Source, password: str = "") -> None:
        check_pypdf()
        self._source = source
        self._fonts: dict[tuple[int, int], Glyphs] = {}
        self._pages_read = 0
        self._reader: pypdf.PdfReader | None = None
        with self._errors(None):
            stream = source.path if source.path is not None else io.BytesIO(source.data or b"")
            reader = pypdf.PdfReader(stream, strict=False)
            self._reader = reader
            if reader.is_encrypted and not reader.decrypt(password):
                raise EncryptedPdfError(source.name)
            self.page_count: int = len(reader.pages)
        if self.page_count < 1:
            raise DamagedPdfError(source.name, problem="the PDF holds no page")

    @contextlib.contextmanager
    def _errors(self, page: int | None) -> Iterator[None]:
        """Turn whatever pypdf raises over a document into an error that names it."""
        try:
            yield
        except (DocumentError, MemoryError):
            raise
        except FileNotDecryptedError as error:
            raise EncryptedPdfError(self._source.name) from error
        except DependencyError as error:
            raise MissingExtraError("cryptography", "all", "Decryption by pypdf") from error
        except Exception as error:
            raise DamagedPdfError(self._source.name, page) from error

    def pages(self, first: int = 1, last: int | None = None) -> Iterator[Page]:
        """Pages ``first`` to ``last``, one at a time; see :class:`OpenDocument`."""
        for number in range(first, (last or self.page_count) + 1):
            yield self._page(number)

    def _page(self, number: int) -> Page:
        if self._reader is None:
            raise ValueError("the document is closed")
        if not 1 <= number <= self.page_count:
            raise DamagedPdfError(self._source.name, number)
        with self._errors(number):
            try:
                return self._read(number, self._reader.pages[number - 1])
            finally:
                self._release(self._reader)

    def _read(self, number: int, page: pypdf.PageObject) -> Page:
        left, bottom, right, top = box = _bounding_box(page)
        turns = page.rotation // _TURN_DEGREES % _TURNS
        width, height = right - left, top - bottom
        if turns % 2:
            width, height = height, width
        resources = page.get("/Resources", DictionaryObject()).get_object()
        canvas = Canvas(_to_reader(box, turns), resources, self._glyphs)
        page.extract_text(
            visitor_operand_before=canvas.visit_before, visitor_operand_after=canvas.visit_after
        )
        canvas.finish()
        return Page(number, width, height, canvas.words, canvas.painted)

    def _glyphs(self, resource: Any) -> Glyphs:
        """Glyphs of a font resource, which pages share."""
        reference = getattr(resource, "indirect_reference", None)
        return Glyphs(resource)

    def _release(self, reader: pypdf.PdfReader) -> None:
        pass

    def close(self) -> None:
        """Release the document; safe to call twice."""
        reader, self._reader = getattr(self, "_reader", None), None
        if reader is not None:
            reader.close()

    def __enter__(self) -> PypdfDocument:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _bounding_box(page: pypdf.PageObject) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of what a reader sees: the crop box inside the media box."""
    media = _box(page, "/MediaBox") or _LETTER
    crop = _box(page, "/CropBox") or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (left, bottom, right, top) if left < right and bottom < top else media


def _box(page: pypdf.PageObject, name: str) -> tuple[float, float, float, float] | None:
    found = page.get(name)
    values = [] if found is None else [float(n.get_object()) for n in found.get_object()]
    if len(values) != len(_LETTER):
        return None
    x0, y0, x1, y1 = values
    box = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
    return box if box[0] < box[2] and box[1] < box[3] else None


def _to_reader(box: tuple[float, float, float, float], turns: int) -> Matrix:
    """From the page's coordinates to a reader's: origin top left, turned clockwise."""
    left, bottom, right, top = box
    return (
        (1.0, 0.0, 0.0, -1.0, -left, top),
        (0.0, 1.0, 1.0, 0.0, -bottom, -left),
        (-1.0, 0.0, 0.0, 1.0, right, -bottom),
        (0.0, -1.0, -1.0, 0.0, top, right),
    )[turns]
