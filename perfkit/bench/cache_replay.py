"""A trace replayed in virtual time through the real cache: no request waits, no clock is ours."""

from __future__ import annotations

from collections.abc import Callable

from perfkit.bench.cache_traces import Trace
from perfkit.errors import ParameterError
from perfkit.optimizers.cached import IntelligentCachingSystem

__all__ = ["replay"]

_MIB = 1 << 20


class _VirtualClock:
    """Seconds of the trace."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def replay(
    trace: Trace,
    ttl_seconds: float,
    capacity: int | None = None,
    *,
    show: Callable[[float], None] | None = None,
) -> bytearray:
    """1 for a hit and 0 for a miss, for each request in order.

    Each request is a look-up in an
    :class:`~perfkit.optimizers.cached.IntelligentCachingSystem` whose clock is the trace's own;
    what is missing is put there. All entries are of one size, so that ``capacity`` of them
    fill it.

    Parameters
    ----------
    trace : Trace
    ttl_seconds : float
    capacity : int, optional
        Results that the store has room for; None for all.
    show : callable, optional
        Told the share that is done now and then, 0 to 1.

    Raises
    ------
    ParameterError
        If the capacity is below 1.
    """
    if capacity is not None and capacity < 1:
        raise ParameterError(f"A cache needs room for one result at least, not {capacity!r}.")
    clock = _VirtualClock()
    keys = [f"{number:012d}" for number in range(trace.distinct)]
    # Keys and payloads count; a text in JSON is two quotes longer.
    size = len(keys[0]) + len('"0"')
    room = min(capacity or trace.distinct, trace.distinct)
    system = IntelligentCachingSystem(
        ttl_seconds,
        max_mb=(room + 0.5) * size / _MIB,
        clock=clock,
    )
    found = bytearray(len(trace))
    times, documents = trace.times.tolist(), trace.documents.tolist()
    for place, (now, document) in enumerate(zip(times, documents, strict=True)):
        clock.now = now
        key = keys[document]
        if system.get_cached_data(key) is not None:
            found[place] = 1
        else:
            system.set_cached_data(key, "0")
        if show is not None and not place % 4096:
            show(place / len(times))
    return found
