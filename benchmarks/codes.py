"""Search for product codes against the plain pattern, and the memory of a long stream."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.goals import Goal, Measured
from benchmarks.texts import dense, sparse
from perfkit.bench.paired import difference
from perfkit.bench.records import Peak
from perfkit.errors import MeasurementError
from perfkit.patterns.codes import OptimizedProductCodeSearch, find_all_reference
from perfkit.trackers.memory import peak_of_fresh_process

__all__ = ["measure"]

#: Engine, and how many times as fast as the plain pattern on dense and on sparse text.
FASTER = (("standard", 3, 12), ("numpy", 5, 25))
STREAMED = Goal("50 MB streamed, above import perfkit", "MiB", "at most", 5)
_TIMES = 50


def measure(bench: Bench) -> Iterator[Measured]:
    """All goals of this part."""
    importlib.import_module("numpy")  # as in a program that has it anyway
    texts = {"dense": dense(bench), "sparse": sparse(bench)}
    for kind, text in texts.items():
        expected = find_all_reference(text)
        arms = [("plain pattern", kind, partial(find_all_reference, text))]
        for engine, *_ in FASTER:
            search = OptimizedProductCodeSearch(engine).find_all_product_codes  # type: ignore[arg-type]
            if search(text) != expected:
                raise MeasurementError(f"{engine} finds other codes, so its time says nothing.")
            arms.append((engine, kind, partial(search, text)))
        times = bench.time(f"codes, 1 MB {kind}", arms, bench.rounds(41, 9))
        for engine, on_dense, on_sparse in FASTER:
            limit = on_dense if kind == "dense" else on_sparse
            goal = Goal(f"1 MB {kind}, {engine} against the pattern", "x faster", "at least", limit)
            yield goal.against(times.ratio(engine, "plain pattern").inverse())
    yield _streamed(bench, texts["dense"])


def _streamed(bench: Bench, text: str) -> Measured:
    path = Path(bench.folder) / "long.txt"
    with path.open("w", encoding="utf-8") as file:
        for _ in range(_TIMES):
            file.write(text + "\n")
    count = len(find_all_reference(text))
    marks = []
    for _ in range(bench.rounds(5, 3)):
        bench.tell("searching 50 MB")
        found = peak_of_fresh_process("benchmarks.jobs:search_file", [str(path), str(count)])
        bench.recorder.add(Peak("codes", path.name, *found))
        marks.append(found)
    return STREAMED.against(
        difference([of.peak_mb for of in marks], [of.before_mb for of in marks])
    )
