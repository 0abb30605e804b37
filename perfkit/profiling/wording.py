"""Words that all profiles use."""

from __future__ import annotations

from perfkit.bench.formatting import figure, percent
from perfkit.bench.paired import Interval

__all__ = ["slowed"]


def slowed(by: Interval) -> str:
    """How much slower the work was under the profiler."""
    return (
        f"the profiler made it {figure(by.value)}x [{figure(by.low)}, {figure(by.high)}] as long "
        f"({percent(by.confidence)} interval, {by.observations} rounds)"
    )
