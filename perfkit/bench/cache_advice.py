"""Which TTL and which size are enough for a trace, and what they save."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from perfkit.bench.cache_simulation import hit_rate
from perfkit.bench.cache_traces import Trace

Number = TypeVar("Number", int, float)

__all__ = ["LEAST_GAIN", "Advice", "Saving", "advise", "enough"]

#: A doubling that gains less than one point of hit rate is not worth it.
LEAST_GAIN = 0.01
#: The shortest TTL that is looked at: a minute, or less where the trace is no longer than so
#: many doublings of it.
_MINUTE, _DOUBLINGS = 60.0, 10


@dataclasses.dataclass(frozen=True, slots=True)
class Advice:
    """The smallest TTL and size from which on no doubling gains a point.

    Attributes
    ----------
    ttl_seconds : float
    capacity : int
        Results to have room for, at that TTL.
    hit_rate : float
        With both, 0 to 1, by exact simulation.
    ttl_gain, capacity_gain : float
        What the next doubling would gain, 0 to 1; 0 at the end of what the trace can tell.
    ceiling : float
        Hit rate with no limit at all: each document's first request is a miss.
    """

    ttl_seconds: float
    capacity: int
    hit_rate: float
    ttl_gain: float
    capacity_gain: float
    ceiling: float


@dataclasses.dataclass(frozen=True, slots=True)
class Saving:
    """What a hit rate saves, from times of a real document.

    Attributes
    ----------
    hit_rate : float
    miss_seconds, hit_seconds : float
        Median of processing the document, and of serving it from the cache.
    result_bytes : int
        Room that its result takes, about.
    cost_per_document : Decimal or None
        Money that processing one document costs.
    """

    hit_rate: float
    miss_seconds: float
    hit_seconds: float
    result_bytes: int
    cost_per_document: Decimal | None

    def seconds(self, requests: int) -> float:
        """Saved over so many requests."""
        return requests * self.hit_rate * (self.miss_seconds - self.hit_seconds)

    def money(self, requests: int) -> Decimal | None:
        """Saved over so many requests; None where no cost was given."""
        if self.cost_per_document is None:
            return None
        return self.cost_per_document * Decimal(round(requests * self.hit_rate))


def advise(trace: Trace, capacity: int | None = None) -> Advice:
    """The TTL that is enough (with room for ``capacity``), and the size that is at that TTL."""
    ttls = [min(_MINUTE, trace.seconds / 2**_DOUBLINGS)]
    while ttls[-1] < trace.seconds:  # beyond its length no TTL can gain
        ttls.append(2 * ttls[-1])
    ttl, ttl_gain = enough(ttls, lambda value: hit_rate(trace, value, capacity))
    most = min(capacity or trace.distinct, trace.distinct)
    sizes = [1]
    while sizes[-1] < most:
        sizes.append(min(2 * sizes[-1], most))
    size, size_gain = enough(sizes, lambda value: hit_rate(trace, ttl, value))
    return Advice(
        ttl,
        size,
        hit_rate(trace, ttl, size),
        ttl_gain,
        size_gain,
        1 - trace.asked / len(trace),
    )


def enough(values: list[Number], rate: Callable[[Number], float]) -> tuple[Number, float]:
    """The first value from which on no next one gains a point, and what its next one gains.

    Looked for from the largest down: a curve that rises slowly at first, or in steps, is not
    left on its first flat part.
    """
    after = rate(values[-1])
    gain = 0.0
    for place in range(len(values) - 1, 0, -1):
        before = rate(values[place - 1])
        if after - before >= LEAST_GAIN:
            return values[place], gain
        after, gain = before, after - before
    return values[0], gain
