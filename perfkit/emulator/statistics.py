"""What a stand-in has seen since it was started."""

from __future__ import annotations

from collections import Counter
from typing import Any

__all__ = ["Statistics"]


class Statistics:
    """Counts of requests; the server's one thread keeps them."""

    def __init__(self) -> None:
        self._methods: Counter[str] = Counter()
        self._codes: Counter[str] = Counter()
        self._in_flight = self._peak = 0
        self._bytes_in = self._bytes_out = self._pages = 0

    def begun(self, method: str, size: int) -> None:
        """A request has come in."""
        self._methods[method] += 1
        self._bytes_in += size
        self._in_flight += 1
        self._peak = max(self._peak, self._in_flight)

    def ended(self, code: str, size: int = 0, pages: int = 0) -> None:
        """It has been answered."""
        self._codes[code] += 1
        self._bytes_out += size
        self._pages += pages
        self._in_flight -= 1

    def as_dict(self) -> dict[str, Any]:
        """Plain values.

        ``requests`` in all and by method in ``methods``, ``codes`` (answers by gRPC code),
        ``in_flight`` and its peak, ``bytes_received`` and ``bytes_sent`` (messages), ``pages``
        (that were answered).
        """
        return {
            "requests": self._methods.total(),
            "methods": dict(sorted(self._methods.items())),
            "codes": dict(sorted(self._codes.items())),
            "in_flight": self._in_flight,
            "peak_in_flight": self._peak,
            "bytes_received": self._bytes_in,
            "bytes_sent": self._bytes_out,
            "pages": self._pages,
        }
