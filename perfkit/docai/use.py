"""What a document took from the service."""

from __future__ import annotations

import threading
from collections import Counter

from perfkit.docai.cost import Prices
from perfkit.docai.retry import Tries
from perfkit.model import ServiceUse

__all__ = ["Meter"]


class Meter:
    """Counts requests, attempts and pages; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests = self._attempts = self._cached = 0
        self._codes: Counter[str] = Counter()
        #: Pages of each request that was answered, and of those that may have been all the same.
        self._answered: list[int] = []
        self._perhaps: list[int] = []

    def asked(self, pages: int, tries: Tries, *, answered: bool) -> None:
        """A request of so many pages has ended."""
        with self._lock:
            self._requests += 1
            self._attempts += tries.attempts
            self._codes += tries.codes
            if answered:
                self._answered.append(pages)
            self._perhaps += [pages] * tries.codes["DEADLINE_EXCEEDED"]

    def kept(self) -> None:
        """An answer was there already: no call, no cost."""
        with self._lock:
            self._cached += 1

    def use(self, prices: Prices, price: str) -> ServiceUse:
        """All of it, with what it costs by a price table."""
        with self._lock:
            low, high = prices.cost(price, self._answered, self._perhaps)
            return ServiceUse(
                requests=self._requests,
                attempts=self._attempts,
                failures=tuple(sorted(self._codes.items())),
                cached=self._cached,
                pages=sum(self._answered),
                cost_usd=low,
                cost_high_usd=high,
            )
