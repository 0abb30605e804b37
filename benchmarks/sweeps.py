"""What a sweep costs beside the work it times, and how quick and right the cache's replay is."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.cache import median
from benchmarks.goals import Goal, Measured, counted
from perfkit.bench.cache_replay import replay
from perfkit.bench.cache_simulation import hit_rate, hits
from perfkit.bench.cache_theory import theoretical_hit_rate
from perfkit.bench.cache_traces import KINDS, draw_trace
from perfkit.bench.paired import Interval
from perfkit.bench.sweep import sweep
from perfkit.executors import processes
from perfkit.pipeline import extract
from perfkit.recipe import Recipe

__all__ = ["measure"]

OVERHEAD = Goal("sweep, beside its calls, a point, workers warm", "ms", "at most", 50)
EVENTS = Goal("exact simulation of a cache with TTL and LRU", "M events/s", "at least", 1)
THEORY = Goal("hit rate by theory, 1,000 documents, furthest off", "points", "at most", 0.35)
APART = Goal("requests on which cache and simulation disagree", "requests", "at most", 0)

_HOUR, _DAY = 3600.0, 86_400.0
_DOCUMENT = "CI004848705.pdf"


def measure(bench: Bench) -> Iterator[Measured]:
    """All goals of this part."""
    bench.tell("sweeping beside the clock")
    yield OVERHEAD.against(median([_overhead_ms(rounds=5) for _ in range(bench.rounds(9, 3))]))
    trace = draw_trace(requests=400_000)
    rates = []
    for capacity in (None, 500, 50):
        for _ in range(bench.rounds(5, 2)):
            begun = time.perf_counter()
            hits(trace, _DAY, capacity)
            rates.append(len(trace) / (time.perf_counter() - begun) / 1e6)
    yield EVENTS.against(median(rates))
    off = [
        100 * abs(theoretical_hit_rate(drawn, ttl, capacity) - hit_rate(drawn, ttl, capacity))
        for drawn in (draw_trace(requests=400_000, exponent=each) for each in (0.6, 0.9, 1.1))
        for capacity in (None, 500, 100, 30)
        for ttl in (600, _HOUR, 6 * _HOUR, _DAY, 7 * _DAY)
    ]
    worst = max(off)
    yield THEORY.against(Interval(worst, worst, worst, len(off), 1.0))
    apart = 0
    for kind in KINDS:
        short = draw_trace(kind, requests=bench.rounds(20_000, 3_000))
        for ttl, capacity in ((_HOUR, None), (_DAY, 100)):
            pairs = zip(replay(short, ttl, capacity), hits(short, ttl, capacity), strict=True)
            apart += sum(one != other for one, other in pairs)
    yield APART.against(counted(apart))


def _overhead_ms(rounds: int) -> float:
    """Wall time of a sweep beyond what its calls took themselves, a point."""
    inside = 0.0

    def call(document: str, *, workers: int = 0) -> object:
        nonlocal inside
        begun = time.perf_counter()
        recipe = Recipe(executor="processes" if workers else "inline", workers=workers)
        found = extract(document, recipe)
        inside += time.perf_counter() - begun
        return found.line_items

    processes.warm(2)
    begun = time.perf_counter()
    found = sweep(call, {"workers": [1, 2]}, _DOCUMENT, rounds=rounds, progress=False)
    return 1000 * (time.perf_counter() - begun - inside) / len(found.arms)
