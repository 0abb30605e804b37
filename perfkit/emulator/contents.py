"""What the documents that were sent hold: read once, and kept while they are asked for."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from perfkit import plugins
from perfkit.emulator.pages import image_scale
from perfkit.emulator.png import png_of_grey
from perfkit.emulator.reading import TextPage, read_text
from perfkit.emulator.refusal import Refused
from perfkit.errors import DocumentError, EncryptedPdfError, MissingExtraError, RecipeError
from perfkit.model import Page
from perfkit.source import Source, open_source

if TYPE_CHECKING:
    from perfkit.engines import OpenDocument

__all__ = ["Content", "Contents"]

#: Documents whose pages are kept, the latest used ones.
_KEPT = 8


@dataclasses.dataclass
class Content:
    """One document: its digest, its pages as far as they were read, and why some have no text."""

    digest: str
    source: Source
    page_count: int
    read: dict[int, tuple[Page, TextPage]] = dataclasses.field(default_factory=dict)
    without_text: dict[int, str] = dataclasses.field(default_factory=dict)

    def pages(self, numbers: list[int], *, ocr: bool = True) -> list[tuple[Page, TextPage]]:
        """Pages and their text; each is read when it is first asked for, scans by ``ocr``.

        Raises
        ------
        Refused
            If one of them cannot be read.
        """
        missing = [number for number in numbers if number not in self.read]
        if missing:
            try:
                with _open("pdfium", self.source) as document:
                    for number in missing:
                        self._read(document, number, ocr=ocr)
            except DocumentError as error:
                raise Refused("INVALID_ARGUMENT", f"The page cannot be read: {error}") from error
        return [self.read[number] for number in numbers]

    def _read(self, document: OpenDocument, number: int, *, ocr: bool) -> None:
        (page,) = document.pages(number, number)
        if not page.words and page.has_graphics:
            if ocr:
                page = self._scan(page)
            else:
                self.without_text[number] = "This stand-in was started without OCR."
        self.read[number] = page, read_text(page)

    def _scan(self, page: Page) -> Page:
        """A page without a text layer, as OCR reads it; as it is where there is none."""
        try:
            with _open("ocr", self.source) as document:
                (found,) = document.pages(page.number, page.number)
        except (MissingExtraError, RecipeError) as error:
            self.without_text[page.number] = str(error)
            return page
        return found

    def images(self, numbers: list[int]) -> list[tuple[bytes, int, int]]:
        """PNG, width and height in pixels of each page."""
        import pypdfium2

        data = self.source.data or b""
        found = []
        document = pypdfium2.PdfDocument(data)
        try:
            for number in numbers:
                page = document[number - 1]
                bitmap = page.render(scale=image_scale(), grayscale=True)
                found.append(
                    (
                        png_of_grey(bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride),
                        bitmap.width,
                        bitmap.height,
                    )
                )
                bitmap.close()
                page.close()
        finally:
            document.close()
        return found


class Contents:
    """Documents by their bytes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Content] = OrderedDict()

    def get(self, data: bytes, mime_type: str) -> Content:
        """The document that these bytes are.

        Raises
        ------
        Refused
            If it is not one that can be read.
        """
        if mime_type != "application/pdf":
            raise Refused(
                "INVALID_ARGUMENT",
                f"Unsupported input file format: {mime_type or 'no mime_type'}. This stand-in "
                "reads application/pdf only.",
            )
        digest = hashlib.sha256(data).hexdigest()
        found = self._kept.pop(digest, None) or _content(data, digest)
        self._kept[digest] = found
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return found


def _content(data: bytes, digest: str) -> Content:
    try:
        source = open_source(data, max_file_mb=float("inf"))
        with _open("pdfium", source) as document:
            return Content(digest, source, document.page_count)
    except EncryptedPdfError as error:
        raise Refused("INVALID_ARGUMENT", "The document is encrypted.") from error
    except DocumentError as error:
        raise Refused("INVALID_ARGUMENT", f"Unsupported input file format. {error}") from error


def _open(engine: str, source: Source) -> OpenDocument:
    open_document: Callable[[Source], OpenDocument] = plugins.load("engines", engine).open_document
    return open_document(source)
