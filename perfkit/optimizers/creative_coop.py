"""The optimizer that composes the others: cache, then stream or concurrent, under limits."""

from __future__ import annotations

import dataclasses
import logging
import os
import threading
import time
from collections.abc import Mapping
from typing import Any, BinaryIO

from perfkit.errors import PerfkitError, PerformanceError, WorkersError
from perfkit.model import Extraction, LineItem
from perfkit.optimizers._limits import Limits
from perfkit.optimizers._results import described, keeping_what_was_read, plain_items
from perfkit.optimizers.cached import IntelligentCachingSystem, Served
from perfkit.pipeline import Reading, read
from perfkit.recipe import Recipe
from perfkit.source import Invoice, Source, open_source
from perfkit.trackers import events
from perfkit.trackers.metrics import Metrics

__all__ = ["CreativeCoopPerformanceOptimizer"]


@dataclasses.dataclass
class _Run:
    """What happens to one document, noted as it happens."""

    limits: Limits
    applied: list[str] = dataclasses.field(default_factory=list)
    executor: str | None = None
    workers: int = 0
    reason: str = "served from the cache"
    fallback: str | None = None
    retried: list[str] = dataclasses.field(default_factory=list)
    speedup: float | None = None


class CreativeCoopPerformanceOptimizer:
    """Serves a document from its cache, or else reads it the fastest way there is.

    Safe to share between threads.

    Parameters
    ----------
    recipe : Recipe, optional
        Engine, layout, executor (by default ``"auto"``), cache (``"auto"`` is in memory) and
        limits: 60 s and 800 MiB unless it says otherwise. They are looked at between pages
        where pages are read in this process, and at all times where workers read them.
    cache_options : mapping
        Further arguments of :class:`~perfkit.optimizers.cached.IntelligentCachingSystem`:
        ``directory``, ``max_mb``, ``invoices``.
    metrics : Metrics, optional
        Takes the figures of each document.
    target_seconds : float, optional
        A document that takes longer is logged as a warning.
    """

    def __init__(
        self,
        recipe: Recipe | None = None,
        *,
        cache_options: Mapping[str, Any] | None = None,
        metrics: Metrics | None = None,
        target_seconds: float | None = None,
    ) -> None:
        self._recipe = recipe or Recipe(executor="auto")
        self._metrics, self._target = metrics, target_seconds
        self._here = threading.local()
        self._cache: IntelligentCachingSystem | None = None
        if self._recipe.cache != "none":
            self._cache = IntelligentCachingSystem(
                self._recipe.cache_ttl,
                store="memory" if self._recipe.cache == "auto" else self._recipe.cache,
                recipe=self._recipe,
                process=self._extract,
                patience_seconds=self._recipe.max_seconds,
                **(cache_options or {}),
            )

    def process_optimized(self, invoice: Invoice, *, password: str = "") -> dict[str, Any]:
        """Process one document.

        Parameters
        ----------
        invoice : path, open binary file, bytes, or the number of a document in the cache's
            invoice folder
        password : str
            For an encrypted document, which then passes by the cache; never kept.

        Returns
        -------
        dict
            ``line_items``, ``accuracy_score`` and its kind, ``invoice_number``,
            ``pages_processed``, ``doubtful`` and ``doubts`` (the reasons, a sentence each),
            ``warnings``, ``processing_successful`` and ``performance_metrics``:
            ``processing_time`` (seconds), ``cache_hit``, ``optimizations_applied`` (what really
            ran), ``memory_peak_mb`` (MiB; None where the platform does not tell), ``executor``,
            ``workers`` and ``reason``,
            ``fallback`` (why workers were not used although they should have been),
            ``retried``, ``correlation_id``, and the four metrics by their names.

        Raises
        ------
        PerformanceError
            If it fails, or passes a limit; ``partial`` holds what was read before.
        """
        name = os.fspath(invoice) if isinstance(invoice, (str, os.PathLike)) else "<document>"
        limits = Limits(str(name), self._recipe)
        run = _Run(limits)
        self._here.run = run
        with events.correlated() as correlation:
            try:
                limits.check()
                data, hit = self._serve(invoice, password)
                peak = limits.end()
            except PerformanceError as error:
                self._tell_failure(error, run)
                raise
            except PerfkitError as error:
                self._tell_failure(error, run)
                failure = PerformanceError(str(error))
                failure.partial = getattr(error, "partial", None)
                raise failure from error
            finally:
                limits.close()
                self._here.run = None
            if hit:
                run.applied = ["result_cache"]
            metrics = self._figures(run, hit=hit, peak_mb=peak, correlation=correlation)
            return {
                "line_items": data["line_items"],
                "accuracy_score": data["accuracy_score"],
                "accuracy_kind": data["accuracy_kind"],
                "invoice_number": data["invoice_number"],
                "pages_processed": data.get("pages", data.get("pages_processed")),
                "doubtful": data["doubtful"],
                "doubts": data["doubts"],
                "warnings": data["warnings"],
                "processing_successful": True,
                "performance_metrics": metrics,
            }

    def _serve(self, invoice: Invoice, password: str) -> tuple[dict[str, Any], bool]:
        if self._cache is not None and not password:
            served: Served = self._cache.serve(invoice)
            return served.data, served.hit
        extraction = self._extract(invoice, self._recipe, password)
        result = described(extraction)
        return {"line_items": plain_items(list(extraction.line_items)), **result}, False

    def _extract(
        self, invoice: Invoice | BinaryIO, recipe: Recipe, password: str = ""
    ) -> Extraction:
        """Read a document as the recipe says, or here if there can be no workers."""
        run: _Run = self._here.run
        source = open_source(invoice, max_file_mb=recipe.max_file_mb)
        try:
            return self._read(source, recipe, password, run)
        except WorkersError as error:
            run.fallback = str(error)
            return self._read(source, recipe.with_(executor="inline"), password, run)

    def _read(self, source: Source, recipe: Recipe, password: str, run: _Run) -> Extraction:
        items: list[LineItem] = []
        begun = time.perf_counter()
        with read(source, recipe, password=password, check=run.limits.check) as reading:
            run.limits.pages_done = lambda: reading.pages_done
            run.limits.worker_pids = lambda: reading.worker_seconds
            run.executor, run.workers, run.reason = (
                reading.executor,
                reading.workers,
                reading.reason,
            )
            with keeping_what_was_read(reading, items):
                items.extend(reading)
                extraction = reading.extraction(tuple(items))
            seconds = time.perf_counter() - begun
            reading.took(seconds)
        run.applied = ["adaptive_executor"] if recipe.executor == "auto" else []
        run.applied.append("page_streaming" if reading.executor == "inline" else "concurrent_pages")
        run.retried = reading.retried
        self._note_workers(reading, seconds, run)
        return extraction

    def _note_workers(self, reading: Reading, seconds: float, run: _Run) -> None:
        if reading.executor == "inline":
            return
        expected = reading.expected_inline_seconds
        run.speedup = expected / seconds if expected else None
        for pid, busy in reading.worker_seconds.items():
            events.emit("pages_read", level=logging.DEBUG, worker=pid, processing_time_seconds=busy)

    def _figures(
        self, run: _Run, *, hit: bool, peak_mb: float | None, correlation: str
    ) -> dict[str, Any]:
        seconds = run.limits.seconds
        rate = self._cache.cache_hit_rate() if self._cache is not None else None
        figures = {
            "processing_time": seconds,
            "cache_hit": hit,
            "optimizations_applied": run.applied,
            "memory_peak_mb": peak_mb,
            "executor": run.executor,
            "workers": run.workers,
            "reason": run.reason,
            "fallback": run.fallback,
            "retried": run.retried,
            "correlation_id": correlation,
            "creative_coop_processing_time_seconds": seconds,
            "memory_peak_usage_mb": peak_mb,
            "cache_hit_rate": rate,
            "concurrent_processing_speedup": run.speedup,
        }
        if self._metrics is not None:
            self._metrics.record(seconds, peak_mb=peak_mb, hit_rate=rate, speedup=run.speedup)
        common: dict[str, Any] = {
            "processing_time_seconds": seconds,
            "memory_peak_mb": peak_mb,
            "optimizations_applied": run.applied,
            "cache_hit_rate": rate,
        }
        events.emit("document_processed", **common)
        if self._target is not None and seconds > self._target:
            events.emit(
                "target_missed",
                level=logging.WARNING,
                **common,
                target_time_seconds=self._target,
                performance_degradation_percent=100 * (seconds / self._target - 1),
            )
        return figures

    def _tell_failure(self, error: PerfkitError, run: _Run) -> None:
        events.emit(
            "document_failed",
            level=logging.ERROR,
            error=type(error).__name__,
            processing_time_seconds=run.limits.seconds,
        )
