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
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from perfkit.engines._cents import join_cents
from perfkit.engines._left_out import drawn_once, left_out, without_outside
from perfkit.engines._pypdf_annotations import annotations_page
from perfkit.engines._pypdf_canvas import Canvas, leaves_a_mark
from perfkit.engines._pypdf_fonts import Glyphs, check_pypdf, entry, number
from perfkit.engines._pypdf_shown import Layers
from perfkit.engines._pypdf_words import Matrix, multiply, upright
from perfkit.engines._readable import check_readable
from perfkit.errors import DamagedPdfError, DocumentError, EncryptedPdfError, MissingExtraError
from perfkit.model import Page, Word
from perfkit.recipe import Recipe
from perfkit.source import Source

__all__ = ["PypdfDocument", "open_document"]

#: In a batch a document may take so many times as long as with other engines.
DEADLINE_FACTOR = 5.0

# What these repair on their way they also log; without a handler of the program's own,
# Python would print that to the user.
for _library in ("pypdf", "fontTools"):
    logging.getLogger(_library).addHandler(logging.NullHandler())

#: Objects shared by pages (fonts, above all) are kept for so many pages, then read anew.
PAGES_BETWEEN_RELEASES = 50
#: Of a page that gives no size: US letter, as pdfium takes it.
_LETTER = (0.0, 0.0, 612.0, 792.0)
_TURN_DEGREES, _TURNS = 90, 4
_LONGEST_REASON = 160
_NOT_BY_PASSWORD = "the PDF is encrypted in a way that pypdf cannot undo"


def open_document(
    source: Source,
    password: str = "",
    recipe: Recipe = Recipe(),  # noqa: ARG001 - there is nothing to set
) -> PypdfDocument:
    """Open a checked document; see :class:`perfkit.engines.Engine`."""
    return PypdfDocument(source, password)


class PypdfDocument:
    """An open document; fulfils :class:`perfkit.engines.OpenDocument`."""

    def __init__(self, source: Source, password: str = "") -> None:
        check_pypdf()
        self._source = source
        self._fonts: dict[tuple[int, int], tuple[Glyphs, Any]] = {}
        self._pages_read = 0
        self._reader: pypdf.PdfReader | None = None
        with self._errors(None):
            stream = source.path if source.path is not None else io.BytesIO(source.data or b"")
            try:
                reader = pypdf.PdfReader(stream, strict=False)
            except NotImplementedError as error:
                if str(error).startswith("Unsupported filter"):
                    raise
                # So says pypdf of encryption that is not by password, and of newer kinds.
                raise EncryptedPdfError(source.name, problem=_NOT_BY_PASSWORD) from error
            self._reader = reader
            # The empty password it has tried by itself; pages tell if that was wrong.
            if password and reader.is_encrypted and not reader.decrypt(password):
                raise EncryptedPdfError(source.name)
            self._layers = Layers(reader.root_object)
            self._readable = len(reader.pages)
            self.page_count: int = max(self._readable, _claimed_pages(reader))
            # The pages are in a list by now; what their tree was made of has served.
            getattr(reader, "resolved_objects", {}).clear()
        if self.page_count < 1:
            raise DamagedPdfError(source.name, problem="the PDF holds no page")

    @contextlib.contextmanager
    def _errors(self, page: int | None) -> Iterator[None]:
        """Turn whatever pypdf raises over a document into an error that names it."""
        name = self._source.name
        try:
            yield
        except (DocumentError, MemoryError):
            raise
        except FileNotDecryptedError as error:
            raise EncryptedPdfError(name) from error
        except DependencyError as error:
            raise MissingExtraError("cryptography", "all", "Decryption by pypdf") from error
        except Exception as error:
            raise DamagedPdfError(name, page, problem=_problem(error)) from error

    def pages(self, first: int = 1, last: int | None = None) -> Iterator[Page]:
        """Pages ``first`` to ``last``, one at a time; see :class:`OpenDocument`."""
        for page_number in range(first, (last or self.page_count) + 1):
            yield self._page(page_number)

    def pages_shown(self, first: int = 1, last: int | None = None) -> Iterator[Page]:
        """The same pages: this engine always looks at each word."""
        return self.pages(first, last)

    def _page(self, page_number: int) -> Page:
        if self._reader is None:
            raise ValueError("the document is closed")
        if not 1 <= page_number <= self._readable:
            raise DamagedPdfError(self._source.name, page_number)
        with self._errors(page_number):
            page = self._reader.pages[page_number - 1]
            try:
                return self._read(page_number, page)
            finally:
                self._release(self._reader, page)

    def _read(self, page_number: int, page: pypdf.PageObject) -> Page:
        unit = max(0.0, number(entry(page, "/UserUnit"), 1.0)) or 1.0
        left, bottom, right, top = box = _bounding_box(page)
        turns = int(number(entry(page, "/Rotate"), 0.0)) // _TURN_DEGREES % _TURNS
        width, height = unit * (right - left), unit * (top - bottom)
        if turns % 2:
            width, height = height, width
        resources = entry(page, "/Resources")
        place = multiply(_to_reader(box, turns), (unit, 0.0, 0.0, unit, 0.0, 0.0))
        canvas = Canvas(place, resources, self._glyphs, self._layers)
        _draw(canvas, page)
        if (notes := annotations_page(page)) is not None:
            canvas.begin(place, notes["/Resources"])
            _draw(canvas, notes)
        canvas.finish()
        painted = canvas.painted
        if not resources and (contents := page.get_contents()) is not None:
            # Without resources there is no text, and pypdf looks no further.
            painted = leaves_a_mark(contents.operations)
        words, told = canvas.shown(width, height)
        check_readable(" ".join([word.text for word in words]), self._source.name, page_number)
        if (turned := canvas.words.turns()) and words:
            # Read as a reader would who turns the page until its text stands upright.
            words = upright(words, width, height, turned)
            if turned % 2:
                width, height = height, width
        plain, outside = without_outside(drawn_once(join_cents(list(words))), width, height)
        words = list(map(Word._make, plain))
        return left_out(Page(page_number, width, height, words, painted), told + outside)

    def _glyphs(self, resource: Any) -> Glyphs:
        """Glyphs of a font resource, read once for all pages that share it."""
        if isinstance(resource, IndirectObject):
            key = (resource.idnum, resource.generation)
            resource = resource.get_object()
        else:
            key = (id(resource), -1)
        found = self._fonts.get(key)
        if found is None:
            known = resource if isinstance(resource, DictionaryObject) else None
            # The resource is kept, too: else its id might become that of another.
            self._fonts[key] = found = (Glyphs(known), resource)
        return found[0]

    def _release(self, reader: pypdf.PdfReader, page: pypdf.PageObject) -> None:
        """Let go of what was read for one page; pypdf would keep it to the end.

        Contents, pictures and forms go at once: they are nearly all of it. Fonts and the
        rest may serve the next pages, and are let go every so many.
        """
        objects: dict[Any, Any] = getattr(reader, "resolved_objects", {})
        self._pages_read += 1
        if self._pages_read % PAGES_BETWEEN_RELEASES == 0:
            objects.clear()
            self._fonts.clear()
            return
        done = {key for key, found in objects.items() if _is_drawn(found)}
        for reference in _references(page.get("/Contents"), objects):
            done.add((reference.generation, reference.idnum))
        for key in done:
            objects.pop(key, None)

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


def _draw(canvas: Canvas, page: pypdf.PageObject) -> None:
    page.extract_text(
        visitor_operand_before=canvas.visit_before, visitor_operand_after=canvas.visit_after
    )


def _claimed_pages(reader: pypdf.PdfReader) -> int:
    """Pages that the document says it has: more than are there if some were lost."""
    return int(number(entry(entry(reader.root_object, "/Pages"), "/Count"), 0.0))


def _problem(error: Exception) -> str:
    """What pypdf says, shortened: it may quote the document, which can hold anything."""
    said = " ".join(str(error).split())[:_LONGEST_REASON]
    printable = "".join([sign if sign.isprintable() else "?" for sign in said])
    return f"{DamagedPdfError.problem} ({type(error).__name__}: {printable})"


def _is_drawn(found: Any) -> bool:
    return isinstance(found, StreamObject) and found.get("/Subtype") in {"/Image", "/Form"}


def _references(value: Any, objects: dict[Any, Any]) -> list[IndirectObject]:
    """References to the streams that are a page's contents: one, or an array of them."""
    found = []
    if isinstance(value, IndirectObject):
        found.append(value)
        value = objects.get((value.generation, value.idnum))
    if isinstance(value, ArrayObject):
        found += [item for item in value if isinstance(item, IndirectObject)]
    return found


def _bounding_box(page: pypdf.PageObject) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of what a reader sees: the crop box inside the media box."""
    media = _box(page, "/MediaBox") or _LETTER
    crop = _box(page, "/CropBox") or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (left, bottom, right, top) if left < right and bottom < top else media


def _box(page: pypdf.PageObject, name: str) -> tuple[float, float, float, float] | None:
    found = entry(page, name)
    values = [item.get_object() for item in found] if isinstance(found, ArrayObject) else []
    if len(values) != len(_LETTER) or not all(isinstance(v, (int, float)) for v in values):
        return None
    x0, y0, x1, y1 = map(float, values)
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
