"""Limits of time and memory over one document, looked at while it is processed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable

from perfkit.errors import MeasurementError, PerformanceError
from perfkit.recipe import Recipe
from perfkit.trackers import memory
from perfkit.trackers.memory import MemoryUsageTracker

__all__ = ["Limits"]

#: Over shorter work the marks that the kernel keeps anyway serve: a tracker costs milliseconds.
_TRACKED_AFTER_SECONDS = 0.1


class Limits:
    """Watches over one document; for one thread.

    Parameters
    ----------
    name : str
        The document, for messages.
    recipe : Recipe
        Its ``max_seconds`` and ``max_memory_mb``.
    clock : callable
        Gives seconds.
    """

    def __init__(
        self, name: str, recipe: Recipe, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._name, self._recipe, self._clock = name, recipe, clock
        self._begun = clock()
        self._tracker: MemoryUsageTracker | None = None
        self._can_measure = True
        self._mark = memory.resident_or_none()
        self.pages_done: Callable[[], int] = int
        self.worker_pids: Callable[[], Iterable[int]] = tuple

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._begun

    def check(self) -> None:
        """Look at both limits.

        Raises
        ------
        PerformanceError
            If one is passed.
        """
        seconds = self.seconds
        if seconds > self._recipe.max_seconds:
            raise PerformanceError(
                f"{self._name}: {seconds:.2f} s have passed and {self.pages_done()} pages are "
                f"done; the limit is {self._recipe.max_seconds:g} s. Raise Recipe.max_seconds, "
                "or take a faster engine or more workers."
            )
        if self._tracker is not None:
            self._check_memory(self._tracker.last_seen_mb())
        elif seconds > _TRACKED_AFTER_SECONDS and self._can_measure:
            self._start_tracker()

    def _start_tracker(self) -> None:
        tracker = MemoryUsageTracker()
        try:
            tracker.start_tracking()
        except MeasurementError:
            self._can_measure = False
        else:
            self._tracker = tracker

    def _check_memory(self, peak_mb: float) -> None:
        if peak_mb > self._recipe.max_memory_mb:
            raise PerformanceError(
                f"{self._name}: the process tree holds {peak_mb:.0f} MiB, {self.pages_done()} "
                f"pages are done; the limit is {self._recipe.max_memory_mb:g} MiB. Raise "
                "Recipe.max_memory_mb, or use fewer workers."
            )

    def end(self) -> float | None:
        """Look a last time; the peak in MiB, None where it cannot be measured.

        Of work that was too short for a tracker it is the resident memory of this process
        and its workers, in which pages that they share count for each.

        Raises
        ------
        PerformanceError
            If the limit of memory was passed.
        """
        peak = self._peak_mb()
        if peak is not None:
            self._check_memory(peak)
        return peak

    def _peak_mb(self) -> float | None:
        before, now = self._mark, memory.resident_or_none()
        own: float | None = None
        if before is not None and now is not None:
            # The kernel's mark counts if it has risen meanwhile; else it is an older one.
            own = now.mark_mb if now.mark_mb > before.mark_mb else max(before.rss_mb, now.rss_mb)
        if self._tracker is None:
            workers = (memory.resident_or_none(pid) for pid in self.worker_pids())
            return own and own + sum(worker.mark_mb for worker in workers if worker)
        tree = self._tracker.get_peak_memory_mb()
        return tree if own is None else max(own, tree)

    def close(self) -> None:
        """Stop to track."""
        if self._tracker is not None:
            with contextlib.suppress(MeasurementError):
                self._tracker.stop_tracking()
