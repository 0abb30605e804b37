"""What a worker does with one file of a batch: digest it, read it, write down what it found."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import stat
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from perfkit import plugins
from perfkit.accuracy import self_check
from perfkit.batches._damage import integrity
from perfkit.errors import (
    DamagedPdfError,
    DocumentError,
    DocumentTooLargeError,
    EmptyFileError,
    MissingExtraError,
    NotAFileError,
    NotAPdfError,
    RecipeError,
)
from perfkit.executors._limits import grant_memory, set_deadline
from perfkit.executors._outcome import pack_error
from perfkit.model import Extraction, LineItem
from perfkit.pipeline import read
from perfkit.recipe import Recipe
from perfkit.source import Source, open_source
from perfkit.trackers._tree import forget_mark, standing

__all__ = ["deadline_factor", "deadline_seconds", "read_document"]

_MIB = 1 << 20
_MOST_COMPLAINTS = 3
#: No invoice lists one product so often on a page, in rows that are alike in all.
_MANY_TIMES = 4
#: Kinds of doubt in which the evidence of the page contradicts itself: another engine may show
#: that the text was changed. A wrong check digit or a missing page is as it was printed.
_CONFLICTS = frozenset({"arithmetic", "totals", "field_missing", "left_over", "column_missing"})


def deadline_factor(engine: str) -> float:
    """How many times as long as others an engine may take."""
    return float(getattr(plugins.load("engines", engine), "DEADLINE_FACTOR", 1.0))


def deadline_seconds(recipe: Recipe, pages: int) -> float:
    """How long a document of so many pages may take."""
    seconds = recipe.deadline_seconds + recipe.deadline_page_seconds * pages
    return min(recipe.max_seconds, seconds) * deadline_factor(recipe.engine)


def read_document(
    path: str, fields: dict[str, Any], known: str | None, purpose: str = "read"
) -> dict[str, Any]:
    """Read a file, or find out its digest only.

    Parameters
    ----------
    path : str
    fields : dict
        The recipe's.
    known : str, optional
        SHA-256 that the file had when it was read last.
    purpose : str
        ``"read"``; ``"digest"``: no more than that; ``"count"``: its pages; ``"compare"``: for
        its items' digest only.

    Returns
    -------
    dict
        Plain. ``sha256``, ``bytes``, ``seconds``, ``peak_mb`` always; then ``unchanged`` if the
        digest is the known one; or ``error`` (packed), or ``result`` (JSON, one line for each
        document of the file), with ``documents`` and ``doubtful`` (what the manifest says of
        each, and the reasons), ``pages``, ``items``, ``score``, ``deadline_seconds``, ``signs``
        of damage, ``covered`` (see :class:`perfkit.batches._damage.Integrity`), ``complaints``
        (what the engine's library logged) and, where the other engine is to have a look,
        ``items_sha256``.
    """
    begun = time.perf_counter()
    recipe = Recipe(**fields)
    forget_mark(os.getpid())
    set_deadline(deadline_seconds(recipe, 0))
    answer: dict[str, Any] = {"sha256": None, "bytes": None, "pages": None}
    try:
        data, refusal = _bytes_of(path, recipe.max_file_mb)
        answer["sha256"], answer["bytes"] = hashlib.sha256(data).hexdigest(), len(data)
        if answer["sha256"] == known:
            answer["unchanged"] = True
        elif refusal is not None:
            answer["error"] = _packed(refusal)
        elif purpose == "count":
            with read(Source(path, None, data), recipe) as reading:
                answer["pages"] = reading.page_count
        elif purpose != "digest":
            with _listening() as complaints:
                found = _read(Source(path, None, data), recipe, begun, answer)
            answer["complaints"] = complaints
            _tell(found, answer, whole=purpose == "read")
            if purpose == "read":
                answer["signs"], answer["covered"] = integrity(data)
    except (MemoryError, MissingExtraError, RecipeError):
        raise
    except Exception as error:  # noqa: BLE001 - told with what is known of the file
        answer["error"] = _packed(error)
    answer["seconds"] = time.perf_counter() - begun
    now = standing(os.getpid())
    answer["peak_mb"] = now.mark_mb if now else None
    return answer


def _read(source: Source, recipe: Recipe, begun: float, answer: dict[str, Any]) -> list[Extraction]:
    grant_memory(getattr(plugins.load("engines", recipe.engine), "WORKER_MEMORY_MB", 0.0))
    with read(source, recipe) as reading:
        answer["pages"] = reading.page_count
        allowed = deadline_seconds(recipe, reading.page_count)
        set_deadline(max(0.001, allowed - (time.perf_counter() - begun)))
        answer["deadline_seconds"] = allowed
        return reading.extract_all()


def _tell(found: Sequence[Extraction], answer: dict[str, Any], *, whole: bool) -> None:
    """Add what was found, in ASCII, so that no text of a document can break a line."""
    plain = [each.as_dict() for each in found]
    if whole:
        _tell_whole(found, plain, answer)
    items = [item for each in found for item in each.line_items]
    kinds = {doubt.kind for each in found for doubt in each.ledger.doubts}
    if not whole or kinds & _CONFLICTS or _repeats(items):
        rows = json.dumps([each["line_items"] for each in plain]).encode("ascii")
        answer["items_sha256"] = hashlib.sha256(rows).hexdigest()


def _tell_whole(
    found: Sequence[Extraction], plain: Sequence[dict[str, Any]], answer: dict[str, Any]
) -> None:
    checks = [self_check(each) for each in found]
    answer["result"] = []
    for each, accuracy in zip(plain, checks, strict=True):
        line = {"sha256": answer["sha256"], **each, "accuracy": accuracy.as_dict()}
        answer["result"].append(json.dumps(line, separators=(",", ":")).encode("ascii"))
    answer["documents"] = [
        {
            "invoice_number": each.invoice_number,
            "pages": each.pages,
            "items": len(each.line_items),
            "self_check": accuracy.score,
        }
        for each, accuracy in zip(found, checks, strict=True)
    ]
    answer["doubtful"] = [
        {"document": each.invoice_number, "kind": doubt.kind, "message": doubt.message}
        for each in found
        for doubt in each.ledger.doubts
    ]
    answer["items"] = sum(len(each.line_items) for each in found)
    made = sum(accuracy.checks for accuracy in checks)
    answer["score"] = sum(accuracy.held for accuracy in checks) / made if made else None


def _repeats(items: Sequence[LineItem]) -> bool:
    """Whether a row stands on its page many times, as where a form draws itself."""
    return bool(items) and max(Counter(items).values()) >= _MANY_TIMES


@contextlib.contextmanager
def _listening() -> Iterator[list[str]]:
    """Names of the loggers that an engine's library complains to meanwhile, a few at most."""
    heard: list[str] = []

    class _Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if len(heard) < _MOST_COMPLAINTS:
                heard.append(record.name)

    listener, library = _Listener(logging.WARNING), logging.getLogger("pypdf")
    library.addHandler(listener)
    try:
        yield heard
    finally:
        library.removeHandler(listener)


def _packed(error: Exception) -> tuple[str, str, int | None]:
    """Class, message, and page."""
    kind, values = pack_error(error)
    if isinstance(error, DocumentError):
        return kind, str(error), error.page
    return type(error).__name__, str(values[0]) if values else "", None


def _bytes_of(path: str, max_file_mb: float) -> tuple[bytes, DocumentError | None]:
    """The content, and why it cannot be a document.

    It is read once: what is digested is what is read, whatever becomes of the file.
    """
    refusal: DocumentError | None = None
    try:
        open_source(path, max_file_mb=max_file_mb)
    except (NotAPdfError, EmptyFileError, DamagedPdfError) as error:
        refusal = error
    most = int(max_file_mb * _MIB)
    try:
        # Should it have become a pipe since, opening it does not wait for a writer.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(handle, "rb", buffering=0) as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise NotAFileError(path)
            data = file.read(min(most, status.st_size) + 1)
    except OSError as error:
        raise NotAFileError(path, problem=f"the file cannot be read ({error.strerror})") from error
    if len(data) > most:
        raise DocumentTooLargeError(path)
    return data, refusal
