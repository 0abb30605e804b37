"""documentai: words as Google Document AI reads them, on any document and on scans.

Pages are asked for several requests at a time, on threads of its own; what the service
cannot answer is told page by page, and all the rest is kept.
"""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from perfkit.docai.asking import MOST_BYTES, Asker, Piece
from perfkit.docai.cost import read_prices
from perfkit.docai.fetch import Fetched, Fetcher
from perfkit.docai.header import Entity, header_entities, reconciled
from perfkit.docai.joining import joined
from perfkit.docai.plan import page_chunks
from perfkit.docai.retry import Answered, Refusal
from perfkit.docai.settings import Settings, settings_of
from perfkit.docai.walk import page_numbers, pages_of
from perfkit.engines._documentai_local import LocalPdf
from perfkit.errors import NotAFileError, PagesFailedError, ServiceError
from perfkit.model import Extraction, Page, ServiceUse
from perfkit.recipe import Recipe
from perfkit.source import Source

__all__ = [
    "ASKS_A_SERVICE",
    "DEADLINE_FACTOR",
    "WORKER_MEMORY_MB",
    "DocumentAiDocument",
    "open_document",
    "outside",
]

_MISSING = Refusal("OK", "the answer does not hold it")


#: See perfkit.engines.ServiceEngine.
ASKS_A_SERVICE = True
#: Of a worker process of a batch: gRPC reserves address space for each of its threads, and
#: waiting for answers takes longer than reading.
WORKER_MEMORY_MB, DEADLINE_FACTOR = 4096.0, 60.0


def open_document(
    source: Source, password: str = "", recipe: Recipe = Recipe(engine="documentai")
) -> DocumentAiDocument:
    """Open a checked document; see :class:`perfkit.engines.ServiceEngine`.

    Raises
    ------
    ServiceError
        If neither the recipe nor the environment names a processor.
    """
    return DocumentAiDocument(source, password, settings_of(recipe))


def outside(recipe: Recipe) -> dict[str, str]:
    """Processor and endpoint, wherever they are set; see :class:`perfkit.engines.ServiceEngine`."""
    settings = settings_of(recipe)
    return {"docai_processor": settings.processor, "docai_endpoint": settings.endpoint}


class DocumentAiDocument:
    """An open document; fulfils :class:`perfkit.engines.OpenDocument`.

    Nothing is sent before pages are asked for.
    """

    def __init__(self, source: Source, password: str, settings: Settings) -> None:
        self._source, self._settings = source, settings
        self._local = LocalPdf(source, password)
        self.page_count = self._local.page_count
        self._whole: bytes | None = None
        self._reading = threading.Lock()
        self._asker = Asker(settings, lambda: self.content)
        self._entities: list[Entity] = []
        self._said: list[str] = []
        self._fetcher: Fetcher[Any] | None = None

    @property
    def workers(self) -> int:
        """Requests at a time, at most."""
        return self._settings.workers

    def pages(self, first: int = 1, last: int | None = None) -> Iterator[Page]:
        """Pages ``first`` to ``last``, one at a time; see :class:`perfkit.engines.OpenDocument`.

        Raises
        ------
        PagesFailedError
            If the service gave no answer for some pages: after all the others.
        ServiceError
            If it cannot be asked at all.
        DamagedPdfError
            If there is no such page.
        """
        end = last or self.page_count
        for number in (first, end):
            self._local.size_of(number)
        failed: dict[int, Refusal] = {}
        for chunk, document in self._answers(first, end, failed):
            found = set()
            for page in pages_of(document, chunk, self._local.size_of):
                found.add(page.number)
                yield page if page.words else self._without_words(page, document)
            for number in range(chunk[0], chunk[1] + 1):
                if number not in found:
                    failed[number] = _MISSING
        if failed:
            raise self._failure(failed)

    def answer(self) -> Any:
        """All pages as one answer, protobuf.

        Raises
        ------
        PagesFailedError, ServiceError
            As :meth:`pages` says; also if an answer lacks a page.
        """
        failed: dict[int, Refusal] = {}
        parts = []
        for chunk, document in self._answers(1, self.page_count, failed):
            numbers = page_numbers(document, chunk)
            for number in set(range(chunk[0], chunk[1] + 1)) - set(numbers):
                failed[number] = _MISSING
            shift = numbers[0] - document.pages[0].page_number if numbers else 0
            parts.append((shift, document))
        if failed:
            raise self._failure(failed)
        return joined(parts)

    @property
    def content(self) -> str:
        """Digest of the bytes that are sent."""
        return hashlib.sha256(self._content()).hexdigest()

    def use(self) -> ServiceUse:
        """What was asked for so far, and what it costs."""
        return self._asker.meter.use(read_prices(), self._settings.price)

    def _answers(
        self, first: int, last: int, failed: dict[int, Refusal]
    ) -> Iterator[tuple[tuple[int, int], Any]]:
        """Answers in order; pages of requests that failed go to ``failed``."""
        settings = self._settings
        split = settings.split or self._must_split()
        chunks = page_chunks(
            first,
            last,
            workers=settings.workers,
            chunk_pages=settings.chunk_pages,
            imageless=settings.imageless,
            split=split,
        )
        self._fetcher = Fetcher(partial(self._ask, split=split), settings.workers)
        for fetched in self._fetcher.fetch(chunks):
            document = self._answer_of(fetched)
            if document is None:
                assert fetched.outcome.refusal is not None
                start, end = fetched.chunk
                failed.update(dict.fromkeys(range(start, end + 1), fetched.outcome.refusal))
                continue
            self._entities += header_entities(document)
            yield fetched.chunk, document

    def _answer_of(self, fetched: Fetched[Any]) -> Any | None:
        refusal = fetched.outcome.refusal
        if refusal is not None and refusal.is_fatal:
            raise ServiceError(
                f"{self._settings.processor} at {self._settings.endpoint}: {refusal}. Check the "
                "processor's name, its location and your permissions."
            )
        return fetched.outcome.answer

    def _ask(
        self, chunk: tuple[int, int], wait: Callable[[float], bool], *, split: bool
    ) -> Answered[Any]:
        """The answer for some pages; runs on a thread."""
        cut = partial(self._local.cut_out, *chunk)
        return self._asker.get(Piece(*chunk, split, cut if split else self._content), wait)

    def _content(self) -> bytes:
        """The document's bytes, read once and without encryption."""
        with self._reading:
            if self._whole is None:
                if self._local.is_encrypted:
                    self._whole = self._local.decrypted()
                elif self._source.data is not None:
                    self._whole = self._source.data
                else:
                    self._whole = _read(self._source)
            return self._whole

    def _must_split(self) -> bool:
        """Whether the document is larger than what the service takes."""
        return len(self._content()) > MOST_BYTES

    def _without_words(self, page: Page, document: Any) -> Page:
        """Blank, or a picture that nobody read; the service may say why."""
        if document.error.message and document.error.message not in self._said:
            self._said.append(document.error.message)
        return page._replace(has_graphics=not self._local.is_blank(page.number))

    def _failure(self, failed: dict[int, Refusal]) -> PagesFailedError:
        numbers = sorted(failed)
        said = list(dict.fromkeys(str(failed[number]) for number in numbers))
        error = PagesFailedError(
            self._source.name,
            numbers[0],
            problem=f"Document AI gave no answer for {_listed(numbers)} of {self.page_count} "
            f"({'; '.join(said)})",
        )
        error.pages = tuple(numbers)
        return error

    def completed(self, extraction: Extraction) -> Extraction:
        """The extraction with what the service told besides words, and what it took."""
        found = reconciled(extraction, self._entities)
        return dataclasses.replace(
            found,
            warnings=(*found.warnings, *self._said),
            service=self.use(),
        )

    def close(self) -> None:
        """Release the document and give up what is still asked for; safe to call twice."""
        fetcher, self._fetcher = self._fetcher, None
        if fetcher is not None:
            fetcher.stop()
        self._local.close()
        self._whole = None

    def __enter__(self) -> DocumentAiDocument:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _read(source: Source) -> bytes:
    try:
        return Path(source.path or "").read_bytes()
    except OSError as error:
        raise NotAFileError(
            source.name, problem=f"the file cannot be read ({error.strerror})"
        ) from error


def _listed(numbers: list[int]) -> str:
    """Page numbers with runs joined: pages 3, 6-10."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
    return f"page {told}" if len(numbers) == 1 else f"pages {told}"
