"""What theory says of a cache's hit rate: Poisson requests, a TTL from insertion, LRU eviction.

An object is asked for at rate r. With a TTL of T seconds from when it was inserted and room for
all, ``r T / (1 + r T)`` of its requests are hits (Jung, Berger and Balakrishnan 2003, *Modeling
TTL-based Internet caches*, INFOCOM). With room for C objects, one that nobody asks for within
the characteristic time t is evicted, and ``sum(1 - exp(-r_i t)) = C`` gives t (Che, Tung and
Wang 2002, *Hierarchical Web caching systems*, IEEE JSAC 20).

Both at once: an entry past its TTL keeps its place until it is asked for again, so the TTL does
not change what is evicted, and t stays as it is. From an insertion on, hits come until a
request is later than T or follows a gap longer than t. Their mean number m solves a renewal
equation, and m / (1 + m) of the requests are hits.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perfkit.bench.cache_traces import Trace
from perfkit.errors import MissingExtraError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["characteristic_time", "hit_probability", "theoretical_hit_rate"]

#: From so many characteristic times on, the slowest mode alone is left of the renewal equation.
_LONG = 12
#: Of the pole nearest to 0, in idle times.
_POPULAR, _NEVER = 1e-5, 1e-250


def theoretical_hit_rate(trace: Trace, ttl_seconds: float, capacity: int | None = None) -> float:
    """Hit rate that theory expects on a trace, 0 to 1.

    Each document's rate is taken from the trace, ``(n - 1) / W`` for n requests in W seconds, and
    no TTL counts as longer than W: a document that never expires is then expected to have
    n - 1 hits, as it has.

    Parameters
    ----------
    trace : Trace
    ttl_seconds : float
        From insertion.
    capacity : int, optional
        Documents that there is room for; None for all.

    Raises
    ------
    MissingExtraError
        If numpy or scipy is not installed.
    """
    import numpy as np

    requests = np.bincount(trace.documents, minlength=trace.distinct).astype(float)
    rates = np.maximum(requests - 1, 0.0) / (trace.seconds or 1.0)
    found = hit_probability(rates, min(ttl_seconds, trace.seconds), capacity)
    return float((requests * found).sum() / requests.sum())


def hit_probability(rates: Floats, ttl_seconds: float, capacity: int | None = None) -> Floats:
    """Share of each object's requests that are hits.

    Parameters
    ----------
    rates : array of shape (objects,)
        Requests a second.
    ttl_seconds : float
        May be infinite.
    capacity : int, optional
        Objects that there is room for.
    """
    import numpy as np

    idle = characteristic_time(rates, capacity)
    hits = np.zeros_like(rates)
    asked = rates > 0
    hits[asked] = _hits_of_an_insertion(rates[asked], ttl_seconds, idle)
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(hits), 1.0, hits / (1 + hits))


def characteristic_time(rates: Floats, capacity: int | None) -> float:
    """Seconds without a request after which an object is evicted; infinite with room for all."""
    import numpy as np

    try:
        from scipy.optimize import brentq
    except ImportError as error:
        raise MissingExtraError("scipy", "workbench", "The theory of caches") from error

    asked = rates[rates > 0]
    if capacity is None or capacity >= len(asked):
        return math.inf

    def excess(log_time: float) -> float:
        return float(-np.expm1(-asked * math.exp(log_time)).sum()) - capacity

    # So short that less than half an object is held, so long that all but less than half are.
    low = math.log(0.5 / asked.sum())
    high = math.log(math.log(4 * len(asked)) / asked.min() + 1 / asked.sum())
    return math.exp(float(brentq(excess, low, high, xtol=1e-12)))


def _hits_of_an_insertion(rates: Floats, ttl: float, idle: float) -> Floats:
    """Mean number of hits between an insertion and the next miss."""
    import numpy as np

    if ttl <= idle:
        return rates * ttl
    with np.errstate(over="ignore"):
        endless: Floats = np.expm1(rates * idle)  # with no TTL: Che's
    if math.isinf(ttl):
        return endless
    if ttl < _LONG * idle:
        return _by_steps(rates, ttl, idle)
    return _by_slowest_mode(rates, ttl, idle, endless)


def _by_steps(rates: Floats, ttl: float, idle: float) -> Floats:
    """The renewal equation's own series: its k-th term begins after k idle times."""
    import numpy as np

    lost = rates * np.exp(-rates * idle)
    hits = np.zeros_like(rates)
    for step in range(math.floor(ttl / idle) + 1):
        left = ttl - step * idle
        factor = (-lost) ** step * left**step / math.factorial(step)
        hits += rates * factor * left / (step + 1)
        if step:
            hits += factor
    return hits


def _by_slowest_mode(rates: Floats, ttl: float, idle: float, endless: Floats) -> Floats:
    """``endless`` less what the TTL cuts off, by the pole nearest to 0 of the equation's
    Laplace transform, ``(r - a exp(-s t)) / (s (s + a exp(-s t)))`` with ``a = r exp(-r t)``.

    The other poles have died away after a few idle times.
    """
    import numpy as np
    from scipy.special import lambertw

    busy = rates * idle
    slow = np.real(lambertw(-busy * np.exp(-busy)))
    pole = slow / idle  # = -rates where busy <= 1
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        weight = (rates + pole) / (pole * (1 + slow))
        # Of popular objects both terms are huge and their sum is small: its own series then.
        start = np.where(slow > -_POPULAR, (busy / 2 - 1) * slow, endless + weight)
        hits = start + weight * np.expm1(pole * ttl)
    # A gap that never comes: the TTL alone ends an entry's life.
    hits = np.where(slow > -_NEVER, rates * ttl, hits)
    hits = np.where(busy <= 1, endless, hits)
    return np.clip(hits, 0.0, rates * ttl)
