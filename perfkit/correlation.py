"""The id of the document that is being processed, in this thread, task or worker process."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from contextvars import ContextVar

__all__ = ["carried", "correlated", "correlation_id"]

_correlation_id: ContextVar[str] = ContextVar("perfkit_correlation_id", default="")


def correlation_id() -> str:
    """The id of the document that is being processed here; empty outside."""
    return _correlation_id.get()


@contextlib.contextmanager
def carried(known: str) -> Iterator[None]:
    """Go on with the id of whoever asked for the work; an empty one is none."""
    token = _correlation_id.set(known)
    try:
        yield
    finally:
        _correlation_id.reset(token)


@contextlib.contextmanager
def correlated(known: str = "") -> Iterator[str]:
    """Give a document an id: the one that is in force already, or ``known``, or a new one."""
    chosen = correlation_id() or known or uuid.uuid4().hex
    with carried(chosen):
        yield chosen
