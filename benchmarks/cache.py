"""What a cache hit costs, and what kill -9 leaves behind."""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.bench import INVOICE, Bench
from benchmarks.goals import Goal, Measured, counted
from perfkit.bench.documents import find_document
from perfkit.bench.paired import Interval
from perfkit.caches import disk
from perfkit.optimizers.cached import IntelligentCachingSystem

__all__ = ["kills", "measure", "median"]

SMALL_BYTES, LARGE_BYTES = 200_000, 5_000_000

SMALL = Goal("hit on 200 KB, digest included, disk, p50", "ms", "at most", 0.5)
LARGE = Goal("hit on 5 MB, digest included, disk, p50", "ms", "at most", 4)
SMALL_MEMORY = Goal("hit on 200 KB, digest included, memory, p50", "ms", "at most", 0.5)
LARGE_MEMORY = Goal("hit on 5 MB, digest included, memory, p50", "ms", "at most", 4)
FIRST = Goal("first hit of a process on 200 KB, after imports, p50", "ms", "at most", 2)
BAD = Goal("bad reads after kill -9", "entries", "at most", 0)
FAILED = Goal("failed opens after kill -9", "stores", "at most", 0)

#: 99 % of a normal distribution lie within so many standard deviations.
_DEVIATIONS, _CONFIDENCE = 2.576, 0.99

FIRST_HIT = """
import sys, time
from perfkit.optimizers.cached import IntelligentCachingSystem
before = time.perf_counter()
system = IntelligentCachingSystem(store="disk", directory=sys.argv[1])
served = system.serve(sys.argv[2])
print(time.perf_counter() - before if served.hit else "miss")
"""

WRITER = """
import sys, time
from perfkit.caches import disk
store = disk.open_store(ttl_seconds=3600, max_mb=1, directory=sys.argv[1], clock=time.time)
sys.stdout.write("writing\\n")
sys.stdout.flush()
number = 0
while True:
    number += 1
    store.put(str(number % 7), bytes([number % 251]) * (20_000 + number % 7))
"""


def median(values: Sequence[float]) -> Interval:
    """The median, between the order statistics that hold it with 99 % confidence."""
    ordered, count = sorted(values), len(values)
    reach = _DEVIATIONS * math.sqrt(count) / 2
    low = ordered[max(0, math.floor(count / 2 - reach))]
    high = ordered[min(count - 1, math.ceil(count / 2 + reach))]
    return Interval(ordered[count // 2], low, high, count, _CONFIDENCE)


def measure(bench: Bench) -> Iterator[Measured]:
    """All goals of this part."""
    folder, known = bench.folder, os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(folder / "state")
    try:
        yield from _hits(bench, folder / "cache")
        bench.tell("killing writers")
        bad, failed = kills(folder / "killed", bench.rounds(200, 20))
    finally:
        del os.environ["XDG_STATE_HOME"]
        os.environ |= {} if known is None else {"XDG_STATE_HOME": known}
    yield BAD.against(counted(bad))
    yield FAILED.against(counted(failed))


def _hits(bench: Bench, cache: Path) -> Iterator[Measured]:
    small = _padded(bench.folder / "small.pdf", SMALL_BYTES)
    large = _padded(bench.folder / "large.pdf", LARGE_BYTES)
    on_disk = IntelligentCachingSystem(store="disk", directory=cache)
    in_memory = IntelligentCachingSystem()
    arms = [
        (SMALL, on_disk, small),
        (LARGE, on_disk, large),
        (SMALL_MEMORY, in_memory, small),
        (LARGE_MEMORY, in_memory, large),
    ]
    bench.tell("hits")
    yield from _interleaved(arms, bench.rounds(400, 60))
    bench.tell("first hits of fresh processes")
    fresh = [_first_hit(cache, small) for _ in range(bench.rounds(25, 7))]
    yield FIRST.against(median(fresh))


def kills(folder: Path, times: int, seed: int = 1) -> tuple[int, int]:
    """Kill a writer so many times, each at a moment of its own: bad reads, failed opens."""
    draw, bad, failed = random.Random(seed), 0, 0
    for _ in range(times):
        command = [sys.executable, "-c", WRITER, str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(draw.uniform(0.0, 0.02))
            writer.kill()
        try:
            store = disk.open_store(ttl_seconds=3600, max_mb=1, directory=folder, clock=time.time)
            looks = [store.look(str(number)) for number in range(7)]
            store.put("the next one", b"x")
            failed += store.look("the next one").state != "live"
        except Exception as error:  # noqa: BLE001 -- whatever it is, it counts
            print(f"an open failed: {error!r}", file=sys.stderr)
            failed += 1
            continue
        for number, (state, payload) in enumerate(looks):
            whole = payload is None or (
                len(payload) == 20_000 + number and len(set(payload)) == 1  # one write's bytes
            )
            bad += state == "tampered" or not whole
    return bad, failed


def _padded(path: Path, size: int) -> Path:
    """An invoice of exactly so many bytes: a comment, and its end once more."""
    content = find_document(INVOICE).read_bytes()
    end = content[content.rindex(b"startxref") :]
    missing = size - len(content) - len(end) - 3
    noise = random.Random(size).randbytes(missing // 2 + 1).hex().encode()[:missing]
    path.write_bytes(content + b"\n%" + noise + b"\n" + end)
    return path


def _interleaved(
    arms: Sequence[tuple[Goal, IntelligentCachingSystem, Path]], rounds: int
) -> Iterator[Measured]:
    """Each arm once a round, in random order: a busy moment slows all of them alike."""
    draw = random.Random(0)
    times: dict[str, list[float]] = {goal.name: [] for goal, _, _ in arms}
    for _, system, path in arms:
        system.serve(path)
    for _ in range(rounds):
        for goal, system, path in draw.sample(arms, len(arms)):
            before = time.perf_counter()
            served = system.serve(path)
            times[goal.name].append(1000 * (time.perf_counter() - before))
            if not served.hit:
                raise RuntimeError(f"{goal.name}: that was a miss, so its time says nothing")
    for goal, _, _ in arms:
        yield goal.against(median(times[goal.name]))


def _first_hit(cache: Path, document: Path) -> float:
    """Milliseconds in a fresh process: opening the store, digest, look, decoding."""
    command = [sys.executable, "-c", FIRST_HIT, str(cache), str(document)]
    for _ in range(3):
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        if done.stdout.strip() != "miss":
            return 1000 * float(done.stdout)
        # Somebody edited the code since, and its results are made anew: now they are there.
    raise RuntimeError("no hit in a fresh process, so no time to measure")
