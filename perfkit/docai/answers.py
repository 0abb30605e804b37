"""Answers that are kept: by content, pages, processor version and options."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfkit import plugins
from perfkit.errors import ServiceError

if TYPE_CHECKING:
    from perfkit.caches import Cache, Store

__all__ = ["FOLDER", "Answers", "answers_for", "pack", "unpack"]

#: Variable of the environment: where the disk cache of answers lies.
FOLDER = "PERFKIT_DOCAI_ANSWERS"
#: Protobuf packs to a fifth at the quickest level; others take longer and gain little.
_LEVEL = 1
#: Bound on what is kept, MiB, and on what one answer may unpack to: bytes.
_MAX_MB, _MAX_BYTES = 1024.0, 1 << 30
#: The version that a processor's name stands for is asked again after so long.
_VERSION_SECONDS = 3600.0
_PATIENCE_SECONDS = 120.0

_opening = threading.Lock()
_open_stores: dict[tuple[str, float, str], Answers] = {}


class Answers:
    """Answers in a store of :mod:`perfkit.caches`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def look(self, key: str) -> Any | None:
        """The document that is kept under a key; None if there is none."""
        payload = self._store.look(key).payload
        return None if payload is None else unpack(payload)

    def put(self, key: str, document: Any) -> None:
        """Keep a document."""
        self._store.put(key, pack(document))

    def flight(self, key: str) -> contextlib.AbstractContextManager[bool]:
        """Held by one who asks for a key, so that two do not pay for the same answer."""
        return self._store.flight(key, _PATIENCE_SECONDS)

    def version(self, processor: str, ask: Callable[[], str]) -> str:
        """The version that a processor stands for: known for an hour, then asked for again."""
        key = f"version-{_digest(processor)}"
        with self._store.flight(key, _PATIENCE_SECONDS):
            payload = self._store.look(key).payload
            when, _, version = (payload or b"0 ").decode().partition(" ")
            if not 0 <= time.time() - float(when) < _VERSION_SECONDS:
                version = ask()
                self._store.put(key, f"{time.time()} {version}".encode())
            return version

    @staticmethod
    def key(content: str, pages: str, version: str, options: str) -> str:
        """The key of an answer; ``content`` is the digest of the document's bytes."""
        return f"answer-{content}-{pages}-{_digest(f'{version} {options}')}"


def answers_for(cache: str, seconds: float) -> Answers:
    """The answers that a cache holds, opened once a process.

    Raises
    ------
    RecipeError
        If there is no such cache.
    CacheError
        If its folder is not private.
    """
    folder = os.environ.get(FOLDER, "")
    key = (cache, seconds, folder)
    with _opening:
        if key not in _open_stores:
            module: Cache = plugins.load("caches", cache)
            directory = (Path(folder) if folder else _folder()) if cache == "disk" else None
            store = module.open_store(
                ttl_seconds=seconds, max_mb=_MAX_MB, directory=directory, clock=time.time
            )
            _open_stores[key] = Answers(store)
        return _open_stores[key]


def pack(document: Any) -> bytes:
    """A document as compressed protobuf."""
    return zlib.compress(document.SerializeToString(), _LEVEL)


def unpack(payload: bytes) -> Any:
    """What :func:`pack` gave.

    Raises
    ------
    ServiceError
        If it is something else.
    """
    from google.cloud import documentai
    from google.protobuf.message import DecodeError

    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(payload, _MAX_BYTES)
        if unpacking.unconsumed_tail or not unpacking.eof:
            raise ServiceError("A kept answer is cut off, or larger than 1 GiB.")
        return documentai.Document.pb().FromString(data)
    except (zlib.error, DecodeError) as error:
        raise ServiceError(f"A kept answer cannot be read: {error}.") from error


def _folder() -> Path:
    """Beside the cache of results, and apart from it: what was paid for makes no room."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "perfkit" / "answers"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
