"""Entities to line items: two workers against none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import cycle, islice
from typing import Any

from benchmarks.bench import Bench
from benchmarks.goals import Goal, Measured
from perfkit.errors import MeasurementError
from perfkit.model import LineItem
from perfkit.optimizers.entities import ParallelEntityProcessor
from perfkit.pipeline import extract

__all__ = ["measure"]

WORKERS, COUNT = 2, 20_000
MANY = Goal("20,000 entities, two workers against none", "x", "at most", 0.65)


def measure(bench: Bench) -> Iterator[Measured]:
    """All goals of this part."""
    items = extract(bench.document(100)).line_items
    entities = list(map(_entity, islice(cycle(items), COUNT)))
    one, several = ParallelEntityProcessor(), ParallelEntityProcessor()
    sequential = partial(one.process_entities_sequential, entities)
    parallel = partial(several.process_entities_parallel, entities, max_workers=WORKERS)
    for _ in range(2):  # workers are started once they have paid
        if parallel() != sequential():
            raise MeasurementError("Parallel gives other results, so its time says nothing.")
    run = several.last_run
    if run is None or run.executor != "processes":
        raise MeasurementError(f"No worker ran ({run and run.reason}), so there is no time.")
    arms = [("parallel", "", parallel), ("sequential", "", sequential)]
    times = bench.time("entities", arms, bench.rounds(25, 7))
    yield MANY.against(times.ratio("parallel", "sequential"))


def _entity(item: LineItem) -> dict[str, Any]:
    """As a service would give it: the row's text, and what it made of its parts."""
    shown = (
        item.product_code,
        item.upc,
        item.description,
        item.qty_ordered,
        item.qty_backordered,
        item.qty_shipped,
        item.unit,
        item.list_price,
        item.your_price,
        item.extended_price,
    )
    parts = {
        "line_item/product_code": item.product_code,
        "line_item/description": item.description,
        "line_item/amount": item.extended_price,
    }
    return {
        "type": "line_item",
        "mention_text": " ".join(str(value) for value in shown if value is not None),
        "properties": [
            {"type": kind, "mention_text": str(value)}
            for kind, value in parts.items()
            if value is not None
        ],
    }
