"""Serve a document's result from a cache that knows the document by its bytes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

from perfkit import plugins
from perfkit.accuracy import is_result, items_of, score, self_check
from perfkit.caches import Cache, Store
from perfkit.caches import disk as _  # noqa: F401 -- now, or the first hit would wait for it
from perfkit.caches._payload import decode, encode
from perfkit.engines._service import fingerprint
from perfkit.errors import CacheError
from perfkit.json_files import read_json
from perfkit.model import Extraction
from perfkit.optimizers._code import PIPELINE_VERSION
from perfkit.optimizers._documents import (
    Document,
    NamedBytes,
    find_by_number,
    identify,
    is_number,
)
from perfkit.optimizers._results import doubts_of
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from perfkit.source import Invoice
from perfkit.vendors.declaration import vendors_digest

__all__ = ["CacheCounts", "IntelligentCachingSystem", "Served"]


@dataclasses.dataclass(frozen=True, slots=True)
class CacheCounts:
    """What became of the lookups of one :class:`IntelligentCachingSystem`.

    Attributes
    ----------
    hits, misses : int
        Lookups that were served, also after waiting for another one's work, and those that
        were not.
    expired, tampered : int
        Entries that were found past their time, or not as they were written.
    """

    hits: int = 0
    misses: int = 0
    expired: int = 0
    tampered: int = 0

    @property
    def hit_rate(self) -> float:
        """Hits / lookups, 0 to 1; 0 before the first."""
        lookups = self.hits + self.misses
        return self.hits / lookups if lookups else 0.0


class Served(NamedTuple):
    """A result, whether it came from the cache, and the key it is kept under."""

    data: dict[str, Any]
    hit: bool
    key: str


class IntelligentCachingSystem:
    """Results of documents, made once and then served for a time.

    A result is kept under the digest of the document's bytes, the recipe, the layouts' files,
    and the version of the pipeline: a file that is changed in place is processed anew, and a
    copy under another name is not. However many threads (``store="disk"``: and processes) ask
    for one document at a time, one of them does the work. What is handed out is a copy. Errors
    are not kept.

    Parameters
    ----------
    cache_ttl : float
        Seconds that a result lives from when it was made.
    store : str
        Name of a module in :mod:`perfkit.caches`: ``"memory"``, or ``"disk"``, which
        outlives the process.
    directory : path, optional
        Folder of the disk store, of mode 0700; by default in the user's cache folder.
    max_mb : float
        Bound on what is kept, in MiB; what was not used for longest makes room.
    invoices : path
        Folder in which a document is found by its number.
    recipe : Recipe, optional
        How documents are processed; its own ``cache`` and ``cache_ttl`` are for those who
        make such a system from it.
    clock : callable
        Gives seconds; the disk store needs one that all processes agree on.
    process : callable
        Turns an open document and the recipe into an extraction.
    patience_seconds : float
        How long to wait for another one's work on the same document before doing it too.

    Raises
    ------
    CacheError
        If a limit is not positive, the folder is not private, or the store does not work
        on this platform.
    RecipeError
        If there is no such store.
    """

    def __init__(
        self,
        cache_ttl: float = 3600,
        *,
        store: str = "memory",
        directory: str | os.PathLike[str] | None = None,
        max_mb: float = 256,
        invoices: str | os.PathLike[str] = "test_invoices",
        recipe: Recipe | None = None,
        clock: Callable[[], float] = time.time,
        process: Callable[[BinaryIO, Recipe], Extraction] = extract,
        patience_seconds: float = 120.0,
    ) -> None:
        for name, value in (("cache_ttl", cache_ttl), ("max_mb", max_mb)):
            if not value > 0:
                raise CacheError(f"{name} must be above 0, not {value!r}.")
        cache: Cache = plugins.load("caches", store)
        self._store: Store = cache.open_store(
            ttl_seconds=cache_ttl, max_mb=max_mb, directory=directory, clock=clock
        )
        self._invoices, self._recipe = invoices, recipe or Recipe()
        self._process, self._patience = process, patience_seconds
        fields = json.dumps(fingerprint(self._recipe), sort_keys=True)
        self._how = f"{hashlib.sha256(fields.encode()).hexdigest()[:32]}-{PIPELINE_VERSION}"
        self._counts, self._lock = CacheCounts(), threading.Lock()

    @property
    def counts(self) -> CacheCounts:
        """The counts so far; a snapshot."""
        return self._counts

    def cache_hit_rate(self) -> float:
        """Hits / lookups of this object, 0 to 1; 0 before the first."""
        return self._counts.hit_rate

    def get_cached_data(self, key: str) -> Any:
        """A copy of what is kept under a key; None if there is nothing, or it has expired."""
        payload = self._look(key)
        self._count("misses" if payload is None else "hits")
        return None if payload is None else decode(payload)

    def set_cached_data(self, key: str, data: Any) -> None:
        """Keep a value of JSON's types under a key.

        Raises
        ------
        CacheError
            If the value would not come back from JSON as it is.
        """
        self._store.put(key, encode(data))

    def is_cache_expired(self, key: str) -> bool:
        """Whether nothing would be served under a key: expired, dropped, or never there."""
        return self._look(key) is None

    def get_processed_data(self, invoice_or_id: Invoice) -> dict[str, Any]:
        """A document's result: the keys of ``Extraction.as_dict()``, its accuracy, its doubts.

        ``accuracy_score`` is measured against the truth beside the document where there is one
        (``accuracy_kind``: ``"truth"``), and is a self-check else. ``doubts`` has the messages
        of the ledger's doubts; ``doubtful`` is whether there are any.

        Parameters
        ----------
        invoice_or_id : str, path, open binary file or bytes
            A document, or the number of one in the invoice folder.

        Raises
        ------
        DocumentNotFoundError
            If there is no such file, or no document of that number.
        DocumentError, TruthError
            As :func:`perfkit.pipeline.extract` and :func:`perfkit.accuracy.assess` say.
        """
        return self.serve(invoice_or_id).data

    def serve(self, invoice_or_id: Invoice) -> Served:
        """As :meth:`get_processed_data`, with whether it was a hit."""
        if is_number(invoice_or_id):
            invoice_or_id = find_by_number(str(invoice_or_id), self._invoices)
        document = identify(invoice_or_id, self._recipe.max_file_mb)
        # A vendor's file may change while this object lives.
        how = f"{self._how}-{vendors_digest(self._recipe.layout)}"
        key = f"{document.digest}-{how}"
        payload = self._look(key)
        if payload is not None:
            self._count("hits")
            return self._handed_out(document, payload, key, hit=True)
        # The very bytes that are parsed give the key: a file that was swapped since it was
        # looked up must not leave its result under the other one's.
        document = document.whole(self._recipe.max_file_mb)
        key = f"{document.digest}-{how}"
        with self._store.flight(key, self._patience):
            payload = self._look(key)  # somebody else may have done it meanwhile
            hit = payload is not None
            self._count("hits" if hit else "misses")
            if payload is None:
                payload = self._make(document)
                self._store.put(key, payload)
        return self._handed_out(document, payload, key, hit=hit)

    def _make(self, document: Document) -> bytes:
        assert document.data is not None
        found = self._process(NamedBytes(document.data, document.name), self._recipe)
        accuracy = self_check(found)
        # Its name is the caller's: the same bytes may lie elsewhere for the next one.
        rest = {"source": "", "accuracy_score": accuracy.score, "accuracy_kind": accuracy.kind}
        return encode(found.as_dict() | rest | {"doubts": doubts_of(found)})

    def _handed_out(self, document: Document, payload: bytes, key: str, *, hit: bool) -> Served:
        data = decode(payload)
        data["source"] = document.name
        beside = os.path.splitext(document.name)[0] + ".json"
        if document.name[:1] != "<" and os.path.isfile(beside):
            data |= self._against_truth(beside, data["line_items"], key)
        return Served(data, hit, key)

    def _against_truth(
        self, beside: str, items: list[dict[str, Any]], key: str
    ) -> dict[str, float | str | None]:
        """The score against the truth as it is now: kept apart, by the digest of the truth."""
        truth_key = f"{key}-{_digest(beside)}"
        payload = self._look(truth_key)
        if payload is not None:
            kept: dict[str, float | str | None] = decode(payload)
            return kept
        content = read_json(beside)
        found: dict[str, float | str | None] = {}
        if not is_result(content):  # what `perfkit extract` wrote proves nothing
            accuracy = score(items, items_of(content, beside))
            found = {"accuracy_score": accuracy.score, "accuracy_kind": accuracy.kind}
        if truth_key == f"{key}-{_digest(beside)}":  # not edited while it was read
            self._store.put(truth_key, encode(found))
        return found

    def _look(self, key: str) -> bytes | None:
        found = self._store.look(key)
        if found.state in {"expired", "tampered"}:
            self._count(found.state)
        return found.payload

    def _count(self, what: str) -> None:
        with self._lock:
            now = getattr(self._counts, what)
            self._counts = dataclasses.replace(self._counts, **{what: now + 1})


def _digest(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return "unreadable"  # the reader of truths says why
