"""A compiled pattern from the cache, against compiling it and against re's own cache."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.bench import Bench
from benchmarks.goals import Goal, Measured
from perfkit.patterns.cache import OptimizedPatternCache
from perfkit.patterns.finder import BUILT_IN

__all__ = ["measure"]

COLD = Goal("a pattern from the cache against compiling it", "x", "at most", 0.1)
WARM = Goal("a pattern from the cache against re's own, warm", "x", "at most", 0.6)
MANY = Goal("beyond the 512 that re keeps, against re", "x", "at most", 0.1)

PATTERNS = [pattern.pattern for pattern in BUILT_IN.values()]
#: More than re keeps, asked for in turn.
_MANY = [f"{PATTERNS[0]}{number}" for number in range(600)]


def measure(bench: Bench) -> Iterator[Measured]:
    """All goals of this part."""
    rounds = bench.rounds(41, 9)
    cache = OptimizedPatternCache()
    cached, warm = _each(cache.get_compiled_pattern, PATTERNS), _each(re.compile, PATTERNS)

    def cold() -> None:
        re.purge()
        warm()

    # Together, re would never be warm: what compiles anew clears its cache.
    times = bench.time("patterns, warm", [("cache", "", cached), ("re, warm", "", warm)], rounds)
    yield WARM.against(times.ratio("cache", "re, warm"))
    bench.times["patterns, warm"] = times.shared_out(len(PATTERNS))
    times = bench.time("patterns, cold", [("cache", "", cached), ("re, cold", "", cold)], rounds)
    yield COLD.against(times.ratio("cache", "re, cold"))
    bench.times["patterns, cold"] = times.shared_out(len(PATTERNS))
    arms = [
        ("cache", "", _each(cache.get_compiled_pattern, _MANY)),
        ("re, cold again and again", "", _each(re.compile, _MANY)),
    ]
    times = bench.time("patterns, 600 of them", arms, bench.rounds(7, 3))
    yield MANY.against(times.ratio("cache", "re, cold again and again"))
    bench.times["patterns, 600 of them"] = times.shared_out(len(_MANY))


def _each(get: Callable[[str], Any], patterns: list[str]) -> Callable[[], None]:
    def work() -> None:
        for pattern in patterns:
            get(pattern)

    return work
