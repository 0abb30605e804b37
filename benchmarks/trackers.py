"""What the memory tracker sees of memory whose size is known."""

from __future__ import annotations

import mmap
import time
from collections.abc import Iterator
from functools import partial

from benchmarks.bench import Bench
from benchmarks.goals import Goal, Measured
from perfkit.bench.paired import trimmed
from perfkit.trackers.memory import MemoryUsageTracker
from tests.executor_jobs import hold_together

__all__ = ["measure"]

#: So long is memory held that a tracker is to see by itself.
_HELD_SECONDS = 0.1
#: Worker processes (0: this one), and MiB that each of them holds.
CASES = ((0, 50), (0, 500), (1, 50), (1, 500), (2, 50), (2, 250), (4, 50), (4, 125))


def measure(bench: Bench) -> Iterator[Measured]:
    """All goals of this part."""
    hold_together(1, 4)  # so that workers no longer share what any work takes
    for workers, size_mb in CASES:
        where = (
            f"by each of {workers} workers" if workers > 1 else ("by a worker", "here")[not workers]
        )
        known = size_mb * max(1, workers)
        bench.tell(f"{size_mb} MiB held {where}")
        found = [_tracked_mb(workers, size_mb) / known for _ in range(bench.rounds(5, 3))]
        goal = Goal(f"off by: {size_mb} MiB held {where}", "%", "at most", 5)
        yield goal.against(trimmed([100 * abs(share - 1) for share in found]))


def _tracked_mb(workers: int, size_mb: int) -> float:
    with MemoryUsageTracker() as watching:
        before = watching.get_peak_memory_mb()
        if workers:
            hold_together(size_mb, workers, partial(time.sleep, _HELD_SECONDS))
        else:
            block = bytearray(size_mb << 20)
            block[:: mmap.PAGESIZE] = b"x" * len(block[:: mmap.PAGESIZE])
            time.sleep(_HELD_SECONDS)
            del block
    return watching.get_peak_memory_mb() - before
