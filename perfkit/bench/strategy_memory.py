"""Peak memory of one strategy, with its worker processes, in a process of its own."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from perfkit.bench.records import Peak
from perfkit.bench.strategy_jobs import COLD, Setting
from perfkit.trackers.memory import FreshPeak, peak_of_fresh_process

__all__ = ["peak_of"]

_JOB = "perfkit.bench.strategy_weighing:weigh"


def peak_of(name: str, setting: Setting) -> Peak:
    """Run a strategy once in a fresh process and read the peak of the process tree.

    Memory is the kernel's high-water mark of that process or, where it is more, the
    proportional set size of the process and its workers, in which pages that they share count
    once. (A page shared with some process outside counts for a part only in the latter.) What a
    strategy keeps from document to document (a cache, workers) is made in that process; only
    a warm disk cache is found as another process has left it.

    Parameters
    ----------
    name : str
        A strategy of :func:`perfkit.bench.strategy_jobs.jobs`.
    setting : Setting
        What it works on; its folder holds the warm disk cache.

    Raises
    ------
    MeasurementError
        If the job fails there, or the platform has no source for the memory of a tree.
    """
    document, engine, workers, folder = setting
    with tempfile.TemporaryDirectory(prefix="perfkit-peak-") as place:
        marks = Path(place) / "marks.json"
        cache = str(Path(place) / "cache") if name.endswith(COLD) else folder
        arguments = [name, document, engine, str(workers), cache, str(marks)]
        alone = peak_of_fresh_process(_JOB, arguments)
        tree = FreshPeak(*json.loads(marks.read_text(encoding="utf-8")))
    found = max(alone, tree, key=lambda peak: peak.above_mb)
    return Peak(name, Path(document).name, found.before_mb, found.peak_mb)
