"""Wall and CPU time of a piece of work."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from perfkit.executors import processes
from perfkit.trackers.time import Stopwatch, cpu_seconds, tree_cpu_seconds


def test_stopwatch_reads_the_clocks_it_is_given() -> None:
    wall, cpu = iter([10.0, 12.5]), iter([1.0, 1.75])
    with Stopwatch(lambda: next(wall), lambda: next(cpu)) as watch:
        pass
    assert watch.elapsed == (2.5, 0.75)


def test_cpu_time_of_a_child_counts_once_it_is_waited_for() -> None:
    before = cpu_seconds()
    subprocess.run([sys.executable, "-c", "sum(range(3_000_000))"], check=True)
    assert cpu_seconds() - before > 0.01


def test_waiting_is_wall_time_but_no_cpu_time() -> None:
    with Stopwatch(cpu_clock=time.process_time) as watch:
        subprocess.run([sys.executable, "-c", "input()"], input=b"\n", check=True)
    assert watch.elapsed.cpu_seconds < watch.elapsed.wall_seconds


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_cpu_time_of_workers_counts_while_they_live() -> None:
    processes.warm(2)
    with Stopwatch(cpu_clock=tree_cpu_seconds) as watch:
        calls = [(0.1,)] * 2
        found = processes.ordered_map("tests.executor_jobs:spin", calls, workers=2)
        assert [outcome.error for outcome in found] == [None, None]
    assert watch.elapsed.cpu_seconds >= 0.2
