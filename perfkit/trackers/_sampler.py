"""One look at the process tree for all trackers that run, and the thread that takes it often."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import NamedTuple

from perfkit.errors import MeasurementError
from perfkit.trackers._tree import Share, forget_gone, forget_mark, processes, share, standing

__all__ = ["Peak", "look", "start", "stop"]

#: How often resident memory is looked at while it grows, and while it does not; and the share
#: of a core that may take.
TICK_SECONDS, CALM_SECONDS, BUSY_SHARE = 0.005, 0.02, 0.1
#: Proportional memory costs a walk over all pages of a process: it is read when its resident
#: memory has changed by this share, or so many MiB, since the last reading ...
CHANGE_SHARE, CHANGE_MB = 0.01, 0.5
#: ... and now and then, for pages that were shared may have become its own.
LONGEST_SECONDS = 0.5


class Peak:
    """The most that was seen of the process tree since it was started. MiB."""

    def __init__(self) -> None:
        self.mb = 0.0


class _Read(NamedTuple):
    """What was read of a process, and when."""

    share: Share
    at: float


class _Sampler:
    def __init__(self) -> None:
        self._peaks: list[Peak] = []
        self._marks: dict[int, float] = {}
        self._reads: dict[int, _Read] = {}
        self._now_mb = 0.0
        self._changed = threading.Condition(threading.RLock())
        self._thread: threading.Thread | None = None

    def add(self, peak: Peak) -> None:
        with self._changed:
            self.look(exact=True)  # a peak before it is none of its business
            peak.mb = self._now_mb
            self._peaks.append(peak)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="perfkit-memory", daemon=True
                )
                self._thread.start()

    def remove(self, peak: Peak) -> None:
        with self._changed:
            self.look(exact=True)
            if peak in self._peaks:  # in a forked child it is not: it was the parent's
                self._peaks.remove(peak)
            self._changed.notify()

    def look(self, *, exact: bool = False) -> bool:
        """Look at the tree once, for all peaks; whether it has grown.

        Where the kernel's high-water mark says that a process held more than it does now,
        and did so since the last look, a short peak between two looks is not missed.

        Raises
        ------
        MeasurementError
            If the platform does not tell.
        """
        with self._changed:
            now, pids = time.monotonic(), processes()
            grown, missed = False, 0.0
            for pid in pids:
                before = self._reads.get(pid)
                if before is None or exact or not self._is_calm(pid, before, now):
                    self._reads[pid] = _Read(share(pid), now)
                    grown = True
                # The mark is looked at after the memory: it holds what was let go in between.
                missed = max(missed, self._missed(pid, self._reads[pid].share.rss_mb))
            for gone in self._reads.keys() - pids:
                del self._reads[gone]
                self._marks.pop(gone, None)
            forget_gone(pids)
            self._now_mb = sum(read.share.pss_mb for read in self._reads.values())
            for peak in self._peaks:
                peak.mb = max(peak.mb, self._now_mb + missed)
            return grown

    def _is_calm(self, pid: int, before: _Read, now: float) -> bool:
        """Whether a process holds what it held when it was last read, as far as it matters."""
        found = standing(pid)
        if found is None:
            return False
        change = abs(found.rss_mb - before.share.rss_mb)
        return (
            change <= max(CHANGE_MB, CHANGE_SHARE * before.share.rss_mb)
            and now - before.at < LONGEST_SECONDS
        )

    def _missed(self, pid: int, rss_mb: float) -> float:
        """What a process has held since the last look beyond what it held at the reading."""
        found = standing(pid)
        if found is None:
            return 0.0
        risen = found.mark_mb > self._marks.get(pid, 0.0)
        beyond = found.mark_mb - rss_mb
        self._marks[pid] = found.mark_mb
        if beyond > CHANGE_MB and forget_mark(pid):
            after = standing(pid)
            self._marks[pid] = after.mark_mb if after else 0.0
        return max(0.0, beyond) if risen else 0.0

    def _run(self) -> None:
        pause = TICK_SECONDS
        while True:
            with self._changed:
                self._changed.wait(pause)
                if not self._peaks:
                    self._thread = None
                    return
                begun, grown = time.thread_time(), False
                # Who tracks is told by its own looks, at the start and at the end.
                with contextlib.suppress(MeasurementError):
                    grown = self.look()
                cost = time.thread_time() - begun
            pause = TICK_SECONDS if grown else min(2 * pause, CALM_SECONDS)
            pause = max(pause, cost / BUSY_SHARE)


_sampler = _Sampler()


def start() -> Peak:
    """Begin to look at the tree, until the peak is stopped.

    Raises
    ------
    MeasurementError
        If the platform does not tell.
    """
    peak = Peak()
    _sampler.add(peak)
    return peak


def look() -> None:
    """Look at once."""
    _sampler.look(exact=True)


def stop(peak: Peak) -> None:
    """Look a last time, and no more."""
    _sampler.remove(peak)


def _after_fork() -> None:
    global _sampler
    _sampler = _Sampler()  # the thread is the parent's


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
