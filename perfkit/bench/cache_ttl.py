"""Hit rate by time to live: the real cache, an exact simulation and theory on one trace."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from statistics import median
from typing import TYPE_CHECKING

from perfkit.bench import cache_simulation
from perfkit.bench.cache_advice import Advice, Saving, advise
from perfkit.bench.cache_replay import replay
from perfkit.bench.cache_theory import theoretical_hit_rate
from perfkit.bench.cache_traces import Trace, draw_trace, read_trace
from perfkit.bench.documents import find_document
from perfkit.bench.formatting import Sentence
from perfkit.bench.profile_choice import chosen
from perfkit.bench.progress import Progress
from perfkit.errors import MeasurementError, ParameterError
from perfkit.recipe import Recipe
from perfkit.trackers.time import Stopwatch

if TYPE_CHECKING:
    import pandas

__all__ = ["CacheTtlSweep", "TtlPoint", "cache_ttl_sweep", "sweep_trace"]

_HOUR = 3600.0
#: Calls whose median is the time of a miss, and of a hit.
_MISSES, _HITS = 5, 51


@dataclasses.dataclass(frozen=True, slots=True)
class TtlPoint:
    """Hit rates, 0 to 1, at one TTL.

    Attributes
    ----------
    ttl_seconds : float
    replayed : float
        Of the real cache.
    simulated : float
        Of the exact simulation; equal, or an error was raised.
    theory : float
    """

    ttl_seconds: float
    replayed: float
    simulated: float
    theory: float


@dataclasses.dataclass(frozen=True)
class CacheTtlSweep:
    """Hit rates of one trace by TTL, and what follows from them.

    Attributes
    ----------
    trace : Trace
    capacity : int or None
        Results that there was room for; None for all.
    points : tuple of TtlPoint
        By TTL.
    advice : Advice
    saving : Saving or None
        None where no document was given to take times from.
    """

    trace: Trace
    capacity: int | None
    points: tuple[TtlPoint, ...]
    advice: Advice
    saving: Saving | None

    @property
    def theory_error(self) -> float:
        """Furthest that theory lies from the real cache, 0 to 1."""
        return max(abs(point.theory - point.replayed) for point in self.points)

    def sentence(self) -> Sentence:
        """The conclusion in one sentence, computed."""
        from perfkit.bench.cache_ttl_wording import sentence

        return sentence(self)

    def notes(self) -> tuple[str, ...]:
        """What a reader must know before believing the figures."""
        from perfkit.bench.cache_ttl_wording import notes

        return notes(self)

    def frame(self) -> pandas.DataFrame:
        """One row a TTL.

        Columns
        -------
        ttl_seconds : float
        hit_rate : float
            Of the real cache, 0 to 1.
        hit_rate_simulated, hit_rate_theory : float
        theory_error_points : float
            Theory less the real cache, in percentage points.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        from perfkit.bench.cache_ttl_wording import frame

        return frame(self)

    def _repr_html_(self) -> str:
        from perfkit.bench.cache_ttl_wording import as_html

        return as_html(self)

    def __str__(self) -> str:
        return str(self.sentence())


def cache_ttl_sweep(
    trace_csv: str | os.PathLike[str] = "",
    *,
    kind: str = "steady",
    documents: int = 1000,
    requests: int = 0,
    requests_per_hour: float = 360.0,
    exponent: float = 0.9,
    ttl_hours: Sequence[float] = (),
    capacity: int = 0,
    document: str | os.PathLike[str] = "",
    cost_per_document: str | Decimal = "",
    profile: str = "quick",
    seed: int = 0,
    progress: bool = True,
) -> CacheTtlSweep:
    """Hit rate by TTL of a user's own requests, or of drawn ones.

    Parameters
    ----------
    trace_csv : path, optional
        CSV with the columns time and document, see
        :func:`~perfkit.bench.cache_traces.read_trace`; in its place requests are drawn.
    kind, documents, requests_per_hour, exponent, seed
        As :func:`~perfkit.bench.cache_traces.draw_trace` takes them.
    requests : int
        Requests to draw; 0 for 120,000 (quick) or 400,000 (full).
    ttl_hours : sequence of float
        TTLs to replay, hours; by default 6 (quick) or 12 (full) from a minute to the trace's
        length, equally far apart on a logarithmic scale.
    capacity : int
        Results that there is room for; 0 for all.
    document : path, optional
        One whose processing and hit are timed, for what is saved.
    cost_per_document : str or Decimal
        Money for processing one document, in any currency; none is assumed.
    profile : {"quick", "full"}
    progress : bool
        Show what is being done.

    Raises
    ------
    ParameterError
        If an argument makes no sense.
    MeasurementError
        If the file is no trace, or the real cache and the simulation disagree on any request.
    """
    number = chosen(profile, requests, quick=120_000, full=400_000)
    if trace_csv:
        trace = read_trace(trace_csv)
    else:
        trace = draw_trace(
            kind,
            documents=documents,
            requests=number,
            requests_per_hour=requests_per_hour,
            exponent=exponent,
            seed=seed,
        )
    count = chosen(profile, 0, quick=6, full=12)
    ttls = [_HOUR * hours for hours in ttl_hours] or _spread(trace.seconds, count)
    return sweep_trace(
        trace,
        ttls,
        capacity=capacity or None,
        document=document or None,
        cost_per_document=_money(cost_per_document),
        progress=progress,
    )


def sweep_trace(
    trace: Trace,
    ttl_seconds: Iterable[float],
    *,
    capacity: int | None = None,
    document: str | os.PathLike[str] | None = None,
    cost_per_document: Decimal | None = None,
    recipe: Recipe | None = None,
    progress: bool = True,
) -> CacheTtlSweep:
    """Replay, simulate and compute the hit rate of a trace at each TTL.

    Parameters and errors are those of :func:`cache_ttl_sweep`; ``recipe`` says how the
    document is processed.
    """
    ttls = sorted(set(ttl_seconds))
    if not ttls or not ttls[0] > 0:
        raise ParameterError("A cache needs TTLs above 0 to be swept over.")
    if len(trace) < 2 or trace.seconds <= 0:  # noqa: PLR2004 - two requests make one interval
        raise MeasurementError("A trace needs two requests at least, at different times.")
    points = []
    with Progress(progress) as show:
        for place, ttl in enumerate(ttls):
            points.append(_point(trace, ttl, capacity, _share(show, ttl, place, len(ttls))))
        show("looking for the TTL and the size that are enough", 1.0)
        advice = advise(trace, capacity)
        saving = None
        if document is not None:
            miss, hit, size = _times(document, recipe or Recipe())
            saving = Saving(advice.hit_rate, miss, hit, size, cost_per_document)
    return CacheTtlSweep(trace, capacity, tuple(points), advice, saving)


def _share(show: Progress, ttl: float, place: int, count: int) -> Callable[[float], None]:
    return lambda share: show(f"replaying a TTL of {ttl / _HOUR:.3g} h", (place + share) / count)


def _point(
    trace: Trace, ttl: float, capacity: int | None, show: Callable[[float], None]
) -> TtlPoint:
    real = replay(trace, ttl, capacity, show=show)
    exact = cache_simulation.hits(trace, ttl, capacity)
    if real != exact:
        first = next(i for i, (a, b) in enumerate(zip(real, exact, strict=True)) if a != b)
        raise MeasurementError(
            f"At a TTL of {ttl:g} s the cache and its simulation disagree on request {first + 1}; "
            "please report it, with the trace."
        )
    rate = sum(real) / len(trace)
    return TtlPoint(ttl, rate, rate, theoretical_hit_rate(trace, ttl, capacity))


def _spread(seconds: float, count: int) -> list[float]:
    """From a minute, or a thousandth of the trace, to its length: equal factors."""
    first = min(60.0, seconds / 1000)
    factor = (seconds / first) ** (1 / (count - 1))
    return [first * factor**place for place in range(count)]


def _money(text: str | Decimal) -> Decimal | None:
    if text == "":
        return None
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise ParameterError(f"cost_per_document: {text!r} is no amount of money.") from error
    if not (found.is_finite() and found >= 0):
        raise ParameterError(f"cost_per_document must be 0 or above, not {text!r}.")
    return found


def _times(document: str | os.PathLike[str], recipe: Recipe) -> tuple[float, float, int]:
    """Seconds of a miss and of a hit, and bytes of the result, by the real cache."""
    from perfkit.optimizers.cached import IntelligentCachingSystem

    path = os.fspath(find_document(document))
    took: dict[bool, list[float]] = {True: [], False: []}
    size = 0
    for _ in range(_MISSES):
        system = IntelligentCachingSystem(recipe=recipe)
        for _ in range(1 + _HITS // _MISSES):
            with Stopwatch() as watch:
                served = system.serve(path)
            took[served.hit].append(watch.elapsed.wall_seconds)
            size = len(served.key) + len(json.dumps(served.data, default=str))
    return median(took[False]), median(took[True]), size
