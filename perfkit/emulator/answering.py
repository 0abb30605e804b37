"""From a request to its answer: limits, pages, mask, entities."""

from __future__ import annotations

from typing import Any, NamedTuple

from google.cloud import documentai

from perfkit.docai.joining import cut_out
from perfkit.docai.recordings import Recordings
from perfkit.emulator import processors
from perfkit.emulator.contents import Content, Contents
from perfkit.emulator.entities import Place, add_entities
from perfkit.emulator.masks import Mask
from perfkit.emulator.options import Options
from perfkit.emulator.pages import add_page
from perfkit.emulator.refusal import Refused, check_pages, check_size, wanted_pages

__all__ = ["Answerer", "Asked"]

_ANSWER: Any = documentai.ProcessResponse.pb()
_DOCUMENT: Any = documentai.Document.pb()
#: Of google.rpc.Code.
_UNIMPLEMENTED = 12


class Asked(NamedTuple):
    """A request that will be answered: of which content, which pages, what of them."""

    content: Content
    pages: list[int]
    mask: Mask
    kind: str


class Answerer:
    """Makes answers from the text of the documents themselves."""

    def __init__(self, options: Options, contents: Contents) -> None:
        self._options, self._contents = options, contents
        self._recordings = Recordings(options.recordings) if options.recordings else None
        self._unpacked: dict[str, Any] = {}

    def understand(self, request: Any) -> Asked:
        """Check a request as the service does.

        Raises
        ------
        Refused
            With the service's code and message.
        """
        processors.check_name(request.name)
        kind = request.WhichOneof("source")
        if kind == "raw_document":
            data, mime = request.raw_document.content, request.raw_document.mime_type
        elif kind == "inline_document":
            data, mime = request.inline_document.content, request.inline_document.mime_type
        elif kind == "gcs_document":
            raise Refused("UNIMPLEMENTED", "This stand-in reads no documents from Cloud Storage.")
        else:
            raise Refused("INVALID_ARGUMENT", "The request holds no document.")
        check_size(len(data), self._options)
        mask = Mask(request.field_mask.paths, _DOCUMENT())
        content = self._contents.get(data, mime)
        pages = wanted_pages(request, content.page_count)
        check_pages(pages, self._options, imageless=request.imageless_mode)
        return Asked(content, pages, mask, processors.kind_of(request.name))

    def answer(self, asked: Asked, imageless: bool) -> bytes:
        """The answer, serialized.

        Raises
        ------
        Refused
            If a page cannot be read, or no answer to the document was recorded.
        """
        answer = _ANSWER()
        numbers = [page for page in asked.pages if page not in self._options.drop_pages]
        if self._recordings is None:
            self._make(answer.document, asked, numbers, imageless)
        else:
            answer.document.CopyFrom(cut_out(self._recorded(asked.content.digest), numbers))
        asked.mask.cut(answer.document)
        serialized: bytes = answer.SerializeToString()
        return serialized

    def _recorded(self, digest: str) -> Any:
        assert self._recordings is not None
        if digest not in self._unpacked:
            found = self._recordings.find(digest)
            if found is None:
                raise Refused(
                    "INVALID_ARGUMENT",
                    "No answer to this document was recorded: record it first (perfkit docai "
                    'record), and send it whole (docai_mode="select").',
                )
            self._unpacked[digest] = found
        return self._unpacked[digest]

    def _make(self, document: Any, asked: Asked, numbers: list[int], imageless: bool) -> None:
        """Fill a document from the text of the pages themselves."""
        mask = asked.mask
        document.mime_type = "application/pdf"
        found = asked.content.pages(numbers, ocr=self._options.ocr)
        offset, places = 0, []
        for index, (_, text) in enumerate(found):
            if mask.wants_pages:
                add_page(document, text, offset, mask.wants_of_pages)
            places.append(Place(text, index, offset))
            offset += len(text.text)
        document.text = "".join(text.text for _, text in found)
        if asked.kind == "invoice" and mask.wants("entities"):
            add_entities(document, [page for page, _ in found], places)
        if not imageless and mask.wants_pages and mask.wants_of_pages("image"):
            for page, (png, width, height) in zip(
                document.pages, asked.content.images(numbers), strict=True
            ):
                page.image.content, page.image.mime_type = png, "image/png"
                page.image.width, page.image.height = width, height
        why = {n: asked.content.without_text[n] for n in numbers if n in asked.content.without_text}
        if why:
            listed = ", ".join(map(str, why))
            document.error.code = _UNIMPLEMENTED
            document.error.message = (
                f"No text on page {listed}: it has no text layer. {next(iter(why.values()))}"
            )
