"""Document AI: the walk over an answer, the client's own CPU time, and requests side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from google.cloud import documentai

from benchmarks.bench import Bench
from benchmarks.goals import Goal, Measured
from perfkit import plugins
from perfkit.bench.documents import find_document
from perfkit.bench.paired import difference
from perfkit.docai.walk import pages_of
from perfkit.emulator import running
from perfkit.errors import MeasurementError
from perfkit.geometry import lines_of
from perfkit.model import Page
from perfkit.pipeline import extract
from perfkit.reading.flow import Flow
from perfkit.recipe import Recipe
from perfkit.source import open_source

__all__ = ["measure"]

ORDER, PAGES = "CS003837319.pdf", 15
WALK = Goal("tokens to words through ._pb against proto-plus", "x faster", "at least", 10)
CPU = Goal("client's CPU a page beyond the layout's", "ms", "at most", 3)
SIDE_BY_SIDE = Goal("15 requests of 200 ms, 8 workers against one", "x faster", "at least", 7)
_MS = 1000.0
_SIZE = (612.0, 792.0)


def measure(bench: Bench) -> Iterator[Measured]:
    """All goals of this part."""
    path = find_document(ORDER)
    with running() as emulator:
        recipe = Recipe(
            engine="documentai", docai_endpoint=emulator.address, docai_quota=0, cache="none"
        )
        if extract(path, recipe).line_items != extract(path).line_items:
            raise MeasurementError("The engine reads something else, so its time says nothing.")
        engine = plugins.load("engines", "documentai")
        with engine.open_document(open_source(path), "", recipe) as document:
            answer = document.answer()
            pages = list(document.pages())
        yield _walk(bench, answer)
        yield _cpu(bench, pages, partial(extract, path, recipe.with_(chunk_pages=5)))
        emulator.reset(latency="200ms")
        yield _side_by_side(bench, path.name, lambda **of: extract(path, recipe.with_(**of)))


def _walk(bench: Bench, answer: Any) -> Measured:
    def words(document: Any) -> list[Page]:
        return list(pages_of(document, (1, PAGES), lambda _number: _SIZE))

    wrapped = documentai.Document.wrap(answer)
    if words(answer) != words(wrapped):
        raise MeasurementError("Both walks give other words, so their times say nothing.")
    arms = [
        ("through ._pb", ORDER, partial(words, answer)),
        ("through proto-plus", ORDER, partial(words, wrapped)),
    ]
    times = bench.time("walk", arms, bench.rounds(15, 5))
    return WALK.against(times.ratio("through ._pb", "through proto-plus").inverse())


def _cpu(bench: Bench, pages: list[Page], read: Callable[[], object]) -> Measured:
    def layout() -> None:
        flow = Flow(ORDER, Recipe(engine="documentai"))
        flow.extraction(tuple(flow.line_items(map(lines_of, pages))), PAGES)

    with_service: list[float] = []
    alone: list[float] = []
    for work in (read, layout):
        work()
    for _ in range(bench.rounds(25, 7)):
        for work, found in ((read, with_service), (layout, alone)):
            begun = time.process_time()
            work()
            found.append(_MS * (time.process_time() - begun) / PAGES)
    return CPU.against(difference(with_service, alone))


def _side_by_side(bench: Bench, name: str, read: Callable[..., object]) -> Measured:
    arms: list[tuple[str, str, Callable[[], object]]] = [
        (f"{workers} workers", name, partial(read, workers=workers, chunk_pages=1))
        for workers in (1, 8)
    ]
    times = bench.time("requests", arms, bench.rounds(5, 3))
    return SIDE_BY_SIDE.against(times.ratio("8 workers", "1 workers").inverse())
