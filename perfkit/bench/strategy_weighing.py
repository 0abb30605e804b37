"""What runs in the fresh process of a memory reading. Imports nothing before it is measured."""

from __future__ import annotations

from perfkit.trackers.memory import MemoryUsageTracker

__all__ = ["weigh"]


def weigh(name: str, document: str, engine: str, workers: str, folder: str, marks: str) -> None:
    """Do a strategy's job once; write MiB of the process tree before it and at its peak.

    The arguments are those of a command: strings all of them. ``marks`` is the path of the
    JSON file that is written.
    """
    with MemoryUsageTracker() as tracker:
        before_mb = tracker.get_peak_memory_mb()
        from perfkit.bench.strategy_jobs import Setting, jobs

        setting = Setting(document, engine, int(workers), folder)
        jobs(setting, [document])[name]()()
    with open(marks, "w", encoding="utf-8") as file:
        file.write(f"[{before_mb!r}, {tracker.get_peak_memory_mb()!r}]")
