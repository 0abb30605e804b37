"""memory: entries of this process, gone when it ends; exact LRU."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

import cachetools

from perfkit.caches._look import MIB, Life, Look
from perfkit.errors import CacheError

__all__ = ["MemoryStore", "open_store"]

logger = logging.getLogger(__name__)


class _Held(NamedTuple):
    life: Life
    payload: bytes
    size: int


class _Flight:
    """One lock of a key, and how many threads use it."""

    def __init__(self) -> None:
        self.lock, self.users = threading.Lock(), 0


class MemoryStore:
    """Entries in memory; fulfils :class:`perfkit.caches.Store` for the threads of a process.

    Parameters
    ----------
    ttl_seconds, max_mb, clock
        As :meth:`perfkit.caches.Cache.open_store` says; keys and payloads count as size.
    """

    def __init__(self, ttl_seconds: float, max_mb: float, clock: Callable[[], float]) -> None:
        self._ttl, self._clock = ttl_seconds, clock
        self._entries: cachetools.LRUCache[str, _Held] = cachetools.LRUCache(
            max_mb * MIB, getsizeof=lambda held: held.size
        )
        self._flights: dict[str, _Flight] = {}
        self._lock = threading.Lock()

    def look(self, key: str) -> Look:
        """What is held under a key."""
        now = self._clock()
        with self._lock:
            held = self._entries.get(key)
            if held is None:
                return Look("missing")
            if not held.life.holds(now, self._ttl):
                del self._entries[key]
                return Look("expired")
            return Look("live", held.payload)

    def put(self, key: str, payload: bytes) -> None:
        """Keep a payload."""
        now, size = self._clock(), len(key) + len(payload)
        if size > self._entries.maxsize:
            logger.warning(
                "a result of %d bytes is larger than the cache and is not kept; raise max_mb", size
            )
            return
        with self._lock:
            self._entries[key] = _Held(Life(now, now + self._ttl), payload, size)

    @contextlib.contextmanager
    def flight(self, key: str, patience_seconds: float) -> Iterator[bool]:
        """Held by one thread at a time for a key."""
        with self._lock:
            flight = self._flights.setdefault(key, _Flight())
            flight.users += 1
        alone = flight.lock.acquire(timeout=min(patience_seconds, threading.TIMEOUT_MAX))
        try:
            yield alone
        finally:
            if alone:
                flight.lock.release()
            with self._lock:
                flight.users -= 1
                if not flight.users:
                    del self._flights[key]


def open_store(
    *,
    ttl_seconds: float,
    max_mb: float,
    directory: str | os.PathLike[str] | None,
    clock: Callable[[], float],
) -> MemoryStore:
    """A new, empty store.

    Raises
    ------
    CacheError
        If a directory is given: nothing would be kept there.
    """
    if directory is not None:
        raise CacheError('A directory is of no use to store="memory"; give store="disk".')
    return MemoryStore(ttl_seconds, max_mb, clock)
