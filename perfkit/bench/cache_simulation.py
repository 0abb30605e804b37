"""A cache with TTL and LRU, simulated exactly: for each request, whether it is a hit.

The rules are those of the memory store behind
:class:`~perfkit.optimizers.cached.IntelligentCachingSystem` for results of one size: an entry
lives for the TTL from when it was written, whoever asks makes it the most recently used one, an
entry past its time keeps its place until it is asked for, and the least recently used one makes
room.
"""

from __future__ import annotations

import math
from collections import OrderedDict

from perfkit.bench.cache_traces import Trace

__all__ = ["hit_rate", "hits"]


def hit_rate(trace: Trace, ttl_seconds: float, capacity: int | None = None) -> float:
    """Share of the requests that are hits, 0 to 1."""
    return sum(hits(trace, ttl_seconds, capacity)) / len(trace)


def hits(trace: Trace, ttl_seconds: float, capacity: int | None = None) -> bytearray:
    """1 for a hit and 0 for a miss, for each request in order.

    Parameters
    ----------
    trace : Trace
    ttl_seconds : float
        From insertion; may be infinite.
    capacity : int, optional
        Documents that there is room for, at least 1; None for all.
    """
    times, documents = trace.times.tolist(), trace.documents.tolist()
    if capacity is None or capacity >= trace.distinct:
        return _roomy(times, documents, ttl_seconds, trace.distinct)
    return _bounded(times, documents, ttl_seconds, capacity)


def _roomy(times: list[float], documents: list[int], ttl: float, distinct: int) -> bytearray:
    found = bytearray(len(times))
    ends = [-math.inf] * distinct
    for place, (now, document) in enumerate(zip(times, documents, strict=True)):
        if now < ends[document]:
            found[place] = 1
        else:
            ends[document] = now + ttl
    return found


def _bounded(times: list[float], documents: list[int], ttl: float, capacity: int) -> bytearray:
    found = bytearray(len(times))
    ends: OrderedDict[int, float] = OrderedDict()
    used, evict = ends.move_to_end, ends.popitem
    for place, (now, document) in enumerate(zip(times, documents, strict=True)):
        if document in ends:
            used(document)
            if now < ends[document]:
                found[place] = 1
                continue
        elif len(ends) >= capacity:
            evict(last=False)
        ends[document] = now + ttl
    return found
