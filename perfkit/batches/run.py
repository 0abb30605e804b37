"""A batch: every file of a folder to its items or to one named error, by supervised workers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable

from perfkit.batches._executor import executor_of
from perfkit.batches._journal import RESULTS, Journal
from perfkit.batches._sources import Source, find_files, sources_of
from perfkit.batches._work import Progress, Work
from perfkit.batches.summary import BatchSummary
from perfkit.errors import BatchError
from perfkit.recipe import Recipe

__all__ = ["batch"]


def batch(
    sources: Source | Iterable[Source],
    out: Source,
    recipe: Recipe = Recipe(),
    *,
    workers: int = 0,
    executor: str = "processes",
    form: str = "jsonl",
    progress: Progress | None = None,
    check: Callable[[], None] | None = None,
) -> BatchSummary:
    """Read many documents, each in a worker process, and keep how every one of them ended.

    A second call with the same folder does only what is missing: files that are new, that have
    changed (by the SHA-256 of their content), that failed under other limits, or that another
    engine or layout has read.

    Parameters
    ----------
    sources : path, or iterable of paths
        Folders, patterns, lists of files, PDFs; see :func:`perfkit.batches._sources.find_files`.
    out : path
        Folder for ``results.jsonl`` (one line for each document, of which a file may hold
        several), ``manifest.jsonl`` (one line for each file),
        ``summary.json`` and ``recipe.toml``; with ``form="parquet"`` ``items.parquet`` too.
    recipe : Recipe
        How each is read, and its limits; its own executor is not used: one worker reads a
        document from end to end.
    workers : int
        0 for as many as there are usable cores.
    executor : str
        ``"processes"``, or ``"dask://ADDRESS"`` of a scheduler.
    form : str
        ``"jsonl"`` or ``"parquet"``.
    progress : callable, optional
        Given the summary so far and the manifest's record of each file as it ends.
    check : callable, optional
        Called often; what it raises ends the batch.

    Returns
    -------
    BatchSummary

    Raises
    ------
    BatchError
        If there is nothing to read, or the folder cannot be written; what is done is kept.
    RecipeError, MissingExtraError
        If the recipe cannot be followed for any file.
    WorkersError
        If there can be no workers here.
    """
    files = find_files(sources_of(sources))
    calls = executor_of(executor, recipe, workers, check)
    if form == "parquet":
        from perfkit.batches._parquet import check_parquet

        check_parquet()
    with Journal(os.fspath(out)) as journal:
        journal.write("recipe.toml", recipe.to_toml())
        work = Work(files, journal, recipe, progress)
        try:
            ended = calls(work.queue)
            with contextlib.closing(ended):
                for each in ended:
                    work.take(each)
        except BaseException:
            work.summary.interrupted = True
            with contextlib.suppress(BatchError):  # the first one says it all
                work.end()
            raise
        work.end()
        if form == "parquet":
            from perfkit.batches._parquet import write_items

            write_items(journal.path(RESULTS), journal.path("items.parquet"))
    return work.summary
