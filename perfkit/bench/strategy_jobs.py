"""The jobs that strategies are timed on: calls of the real optimizers, each proving what it did.

A memory reading makes one of them in a fresh process, so that each imports only what it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import repeat
from typing import Any, NamedTuple

from perfkit.errors import MeasurementError
from perfkit.recipe import Recipe

__all__ = ["BASELINE", "COLD", "WARM", "Job", "Setting", "jobs", "sequential"]

#: What all strategies are held against: pypdf, page after page, in one process.
BASELINE = "sequential pypdf"
#: Ends of names: a document that no cache has seen, and one that it has.
COLD, WARM = " (cold)", " (warm)"

#: Gives the optimizer's own result.
Job = Callable[[], Mapping[str, Any]]


class Setting(NamedTuple):
    """What the strategies work on: a PDF's path, an engine, workers, a folder for disk caches."""

    document: str
    engine: str
    workers: int
    folder: str


def sequential(engine: str) -> str:
    """Name of the strategy that reads page after page with this engine."""
    return f"sequential {engine}"


def jobs(setting: Setting, unseen: Iterable[str]) -> dict[str, Callable[[], Job]]:
    """Makers of the jobs, by the strategy's name, the baseline first.

    Parameters
    ----------
    setting : Setting
        What to work on.
    unseen : iterable of str
        Paths of documents that no cache has seen yet; each cold job goes through them anew.

    Returns
    -------
    dict
        A maker sets up what outlives a document (the object, its cache) and gives the job.
        The job raises MeasurementError if it did not go the way that its name says.
    """
    document, engine, workers, _ = setting
    makers: dict[str, Callable[[], Job]] = {BASELINE: partial(_sequential, document, "pypdf")}
    makers |= {  # with engine="pypdf" the first of these is the baseline
        sequential(engine): partial(_sequential, document, engine),
        "streaming": partial(_streaming, document, engine),
        f"concurrent ({workers} workers)": partial(_concurrent, document, engine, workers),
    }
    for store in ("memory", "disk"):
        cached = partial(_cached, store, setting)
        makers[f"{store} cache{COLD}"] = partial(cached, unseen)
        makers[f"{store} cache{WARM}"] = cached
    combined = partial(_combined, setting)
    makers[f"optimizer{COLD}"] = partial(combined, unseen)
    makers[f"optimizer{WARM}"] = combined
    return makers


def _sequential(document: str, engine: str) -> Job:
    from perfkit.optimizers.concurrent import ConcurrentPageProcessor

    processor = ConcurrentPageProcessor(Recipe(engine=engine))
    return partial(processor.process_pages_sequentially, document)


def _streaming(document: str, engine: str) -> Job:
    from perfkit.optimizers.streaming import StreamingDocumentProcessor

    return partial(
        StreamingDocumentProcessor(Recipe(engine=engine)).process_with_streaming, document
    )


def _concurrent(document: str, engine: str, workers: int) -> Job:
    from perfkit.optimizers.concurrent import ConcurrentPageProcessor

    processor = ConcurrentPageProcessor(Recipe(engine=engine))

    def job() -> Mapping[str, Any]:
        result = processor.process_pages_concurrently(document, max_workers=workers)
        if not result["concurrent_processing"]:
            raise MeasurementError(f"No worker ran ({result['reason']}), so there is no time.")
        return result

    return job


def _cached(store: str, setting: Setting, unseen: Iterable[str] | None = None) -> Job:
    from perfkit.optimizers.cached import IntelligentCachingSystem

    directory = setting.folder if store == "disk" else None
    recipe = Recipe(engine=setting.engine)
    system = IntelligentCachingSystem(store=store, directory=directory, recipe=recipe)
    if unseen is None:
        system.serve(setting.document)
    documents = _documents(setting, unseen)

    def job() -> Mapping[str, Any]:
        served = system.serve(next(documents))
        _went_as_named(hit=served.hit, warm=unseen is None)
        return served.data

    return job


def _combined(setting: Setting, unseen: Iterable[str] | None = None) -> Job:
    from perfkit.optimizers.creative_coop import CreativeCoopPerformanceOptimizer

    recipe = Recipe(engine=setting.engine, executor="auto", workers=setting.workers)
    optimizer = CreativeCoopPerformanceOptimizer(recipe)
    if unseen is None:
        optimizer.process_optimized(setting.document)
    documents = _documents(setting, unseen)

    def job() -> Mapping[str, Any]:
        result = optimizer.process_optimized(next(documents))
        _went_as_named(hit=result["performance_metrics"]["cache_hit"], warm=unseen is None)
        return result

    return job


def _documents(setting: Setting, unseen: Iterable[str] | None) -> Iterator[str]:
    return repeat(setting.document) if unseen is None else iter(unseen)


def _went_as_named(*, hit: bool, warm: bool) -> None:
    if hit != warm:
        was = "served from the cache" if hit else "not in the cache"
        raise MeasurementError(f"The document was {was}, so this time would prove nothing.")
