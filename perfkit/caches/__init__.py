"""Caches: where results are kept, as bytes under a key.

A cache is a module of this folder (or an entry point of the group ``perfkit.caches``) with
one function, :func:`open_store`, as :class:`Cache` says.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from perfkit.caches._look import Look

__all__ = ["Cache", "Store"]


class Store(Protocol):
    """Payloads with a time to live, bounded in size; safe to share between threads."""

    def look(self, key: str) -> Look:
        """What is held under a key; a live entry becomes the most recently used one.

        An entry that is past its time, or is not as it was written, is dropped.
        """
        ...

    def put(self, key: str, payload: bytes) -> None:
        """Keep a payload, in place of what was there; the least recently used ones make room.

        What cannot be kept (no space, a folder that cannot be written, a payload larger than
        the whole store) is logged as a warning and not kept; nothing is raised.
        """
        ...

    def flight(self, key: str, patience_seconds: float) -> AbstractContextManager[bool]:
        """Held by one at a time for a key, among all who share the store.

        Gives True, or False where the holder outlasted the patience or nothing can be locked
        here: then the work goes on without the lock.
        """
        ...


class Cache(Protocol):
    """What a module of this folder offers."""

    def open_store(
        self,
        *,
        ttl_seconds: float,
        max_mb: float,
        directory: str | os.PathLike[str] | None,
        clock: Callable[[], float],
    ) -> Store:
        """Open a store.

        Parameters
        ----------
        ttl_seconds : float
            An entry lives so long from when it was written. One that was written with a
            longer life by someone else counts as expired at this age.
        max_mb : float
            Bound on what is held, in MiB.
        directory : path or None
            Where to persist; None where the store keeps nothing, or for its own default.
        clock : callable
            Seconds, on a scale that all who share the store agree on.

        Raises
        ------
        CacheError
            If it cannot be trusted or does not work on this platform.
        """
        ...
