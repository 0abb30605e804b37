"""Records for every chart, made up for tests; a new chart needs its line in RECORDS."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from typing import Any

from perfkit import Recipe
from perfkit.bench.batch_scaling import BatchScaling, Scaled
from perfkit.bench.cache_traces import draw_trace
from perfkit.bench.cache_ttl import sweep_trace
from perfkit.bench.document_ai_sweep import DocumentAiSweep, Service
from perfkit.bench.engine_comparison import EngineComparison
from perfkit.bench.environment import collect
from perfkit.bench.history import Change, History, Moment, Trend
from perfkit.bench.memory_timeline import MemoryTimeline, Sample
from perfkit.bench.paired import Interval
from perfkit.bench.records import Check, Peak, Plan, Point, Record, Run, Session
from perfkit.bench.scaling import Scaling, scaling_of
from perfkit.bench.scaling_laws import Law
from perfkit.bench.strategy_comparison import StrategyComparison
from perfkit.bench.sweep_results import Sweep
from perfkit.bench.tradeoff import Choice, Tradeoff
from perfkit.tuning.limits import Limits
from perfkit.tuning.recommendation import Recommendation
from perfkit.tuning.trials import Trial

__all__ = ["RECORDS", "sweep_of"]


def _records(arms: dict[str, float], documents: dict[str, int], rounds: int = 7) -> list[Record]:
    """Arms by milliseconds a page, documents by pages."""
    draw = random.Random(1)
    found: list[Record] = []
    for arm, pace in arms.items():
        for document, pages in documents.items():
            found.append(Check(arm, document, pages, 9 * pages, 0.9987, "truth", True, 0))
            found.append(Peak(arm, document, 12.0, 12.0 + pace + 0.1 * pages))
            for number in range(1, rounds + 1):
                wall = pace * pages * draw.uniform(0.98, 1.02) / 1000
                found.append(Run("l", arm, document, number, 0, 0.0, wall, wall, 1, 1))
    return found


def sweep_of(name: str = "engine=pdfium", documents: dict[str, int] | None = None) -> Sweep:
    """Three points on documents of several sizes."""
    baseline = "sequential pypdf"
    arms = {baseline: 20.0, name: 2.0, "engine=other, workers=2": 31.0}
    documents = documents or {"a.pdf": 1, "b.pdf": 15, "c.pdf": 150}
    axes: dict[str, list[Any]] = {"engine": ["pdfium"], "pages": [1, 15, 150]}
    plan = Plan("digest", "perfkit.extract", baseline, axes, dict.fromkeys(documents, "0"))
    points = [Point(arm, {}, {"engine": arm}) for arm in arms]
    return Sweep(Session(collect(), (plan, *points, *_records(arms, documents)), "l"), baseline)


def _document_ai(name: str) -> DocumentAiSweep:
    """Two numbers of workers at two sizes of a request, against one request at a time."""
    baseline = DocumentAiSweep.usual_baseline
    arms = {baseline: (1, 15, 200.0)}
    for workers in (2, 8):
        for pages in (1, 5):
            label = f"workers={workers}, chunk_pages={pages}"
            arms[label] = (workers, pages, 200.0 / min(workers, 15 // pages))
    bill = {"requests": 3.0, "retries": 1.0, "cost_usd": 200.0, "cost_high_usd": 300.0}
    found = [
        dataclasses.replace(each, service=bill) if isinstance(each, Check) else each
        for each in _records({arm: pace for arm, (_, _, pace) in arms.items()}, {name: 15})
    ]
    axes: dict[str, list[Any]] = {"workers": [2, 8], "chunk_pages": [1, 5]}
    plan = Plan("digest", "perfkit.extract", baseline, axes, {name: "0"})
    points = [
        Point(arm, {"workers": workers, "chunk_pages": pages}, {})
        for arm, (workers, pages, _) in arms.items()
    ]
    session = Session(collect(), (plan, *points, *found), "l")
    return DocumentAiSweep(session, baseline, service=Service("a stand-in", 600))


def _engines(name: str) -> EngineComparison:
    records = _records({"pypdf": 20.0, "pdfium": 2.0}, {name: 15})
    return EngineComparison(Session(collect(), tuple(records)))


def _strategies(name: str) -> StrategyComparison:
    arms = {"sequential pypdf": 20.0, "streaming": 2.0, "memory cache (warm)": 0.1}
    return StrategyComparison(Session(collect(), tuple(_records(arms, {name: 15}))))


def _scaling(name: str) -> Scaling:
    draw, law = random.Random(1), Law(0.95, 0.06, 0.01)
    times = {
        workers: [draw.uniform(0.97, 1.03) / law.speed(workers) for _ in range(7)]
        for workers in (1, 2, 3, 4, 6, 8, 12)
    }
    return scaling_of(times, cores=8, sequential=[1.0] * 7, subject=name, resamples=20)


def _batches(name: str) -> BatchScaling:
    seconds: dict[int, tuple[float, ...]] = {1: (0.016, 0.017, 0.018), 2: (0.009, 0.01, 0.011)}
    slower = {count: tuple(1.2 * each for each in values) for count, values in seconds.items()}
    return BatchScaling("in", 60, 300, 2, (Scaled(name, seconds), Scaled("dask", slower)))


def _timeline(name: str) -> MemoryTimeline:
    samples = (Sample(0.0, 9.0, 0), Sample(0.1, 30.0, 2), Sample(0.2, 25.0, 15))
    return MemoryTimeline(name, Recipe(), samples)


def _tradeoff(name: str) -> Tradeoff:
    choices = (
        Choice(name, 2.1, 2.0, 2.3, 0.993, proved=True, worth_it=True),
        Choice("engine=ocr", 300.0, 290.0, 310.0, 0.93, proved=False, worth_it=False),
        Choice("engine=documentai", 900.0, 850.0, 960.0, 0.999, proved=True, worth_it=True),
    )
    return Tradeoff(choices, "ms a page", 3)


def _history(name: str) -> History:
    moments = tuple(
        Moment(86_400.0 * day, f"revision{day}", (), Interval(ms, 0.98 * ms, 1.02 * ms, 7, 0.99))
        for day, ms in enumerate([20.0, 20.2, 19.9, 24.1, 24.0, 24.2], start=1)
    )
    return History((Trend("machine", name, "a.pdf", moments, (Change(3, 1.2, False),)),))


def _recommendation(name: str) -> Recommendation:
    def trial(engine: str, ratio: float | None, **more: Any) -> Trial:
        fields = Recipe(engine=engine if engine != "x" else "pypdf").as_dict()
        interval = Interval(ratio, 0.97 * ratio, 1.03 * ratio, 5, 0.99) if ratio else None
        known = {"is_right": True, "accuracy": 1.0, "accuracy_kind": "truth", "peak_mb": 40.0}
        return Trial(f"engine={engine}", {"engine": engine}, fields, ratio=interval,
                     time_ratio=ratio, slowest_seconds=ratio, cost_usd=0.0,
                     **{**known, **more})  # fmt: skip

    best = trial("pdfium", 1.0)
    others = (trial("pypdf", 10.0), trial(name, 0.8, is_right=False), trial("x", None, error="no"))
    return Recommendation(
        "2026-01-01T00:00:00+00:00", "time", Limits(max_memory_mb=60), (name,), collect(), best,
        Interval(10.0, 9.8, 10.2, 30, 0.99), "Proved.", 3.0, None, (), (), (best, *others), 9,
    )  # fmt: skip


#: A maker of records by the chart's name; it is given a name to put into them.
RECORDS: dict[str, Callable[[str], Any]] = {
    "batch_scaling": _batches,
    "cost_accuracy": _tradeoff,
    "document_ai": _document_ai,
    "document_size": sweep_of,
    "engines": _engines,
    "history": _history,
    "hit_rate": lambda _: sweep_trace(
        draw_trace(documents=50, requests=2000), [60, 3600, 40_000], capacity=20, progress=False
    ),
    "intervals": sweep_of,
    "memory_size": sweep_of,
    "memory_timeline": _timeline,
    "recommendation": _recommendation,
    "selection": sweep_of,
    "strategies": _strategies,
    "workers": _scaling,
}
