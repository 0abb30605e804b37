"""What befalls a request: drawn by hashing, so that a run repeats at any number of workers."""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Sequence

from perfkit.emulator.options import Options, parse_failures, parse_latency

__all__ = ["Attempts", "Chance", "Quota"]

_BYTES = 8
_WINDOW_SECONDS = 60.0


class Chance:
    """Latency and failure of an attempt, by seed, content, pages and the attempt's number."""

    def __init__(self, options: Options) -> None:
        self._seed = options.seed
        self._latency = parse_latency(options.latency)
        self._failures = parse_failures(options.fail)

    def seconds(self, content: str, pages: Sequence[int], attempt: int) -> float:
        """How long the attempt takes: the sum over its pages."""
        return sum(
            self._latency.at(self._share("latency", content, page, attempt)) for page in pages
        )

    def failure(self, content: str, pages: Sequence[int], attempt: int) -> str | None:
        """The code that the attempt fails with, if it does."""
        share = self._share("failure", content, tuple(pages), attempt)
        for failure in self._failures:
            if share < failure.share:
                return failure.code
            share -= failure.share
        return None

    def _share(self, *what: object) -> float:
        """Above 0 and below 1, the same for the same things."""
        state = hashlib.blake2b(repr((self._seed, *what)).encode(), digest_size=_BYTES)
        return (int.from_bytes(state.digest()) + 0.5) / (1 << 8 * _BYTES)


class Attempts:
    """Counts the attempts at one thing, until it succeeds."""

    def __init__(self) -> None:
        self._made: defaultdict[object, int] = defaultdict(int)

    def next(self, what: object) -> int:
        """Number of this attempt, from 1."""
        self._made[what] += 1
        return self._made[what]

    def succeeded(self, what: object) -> None:
        """The next attempt at the same thing is a first one again."""
        self._made.pop(what, None)


class Quota:
    """At most so many requests within any minute; those that are refused do not count."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._most, self._clock = per_minute, clock
        self._taken: deque[float] = deque()

    def take(self) -> bool:
        """Whether one more is within the quota."""
        if not self._most:
            return True
        now = self._clock()
        while self._taken and self._taken[0] <= now - _WINDOW_SECONDS:
            self._taken.popleft()
        if len(self._taken) >= self._most:
            return False
        self._taken.append(now)
        return True
