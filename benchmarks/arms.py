"""Time arms interleaved, and take ratios and differences of those that share their rounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from perfkit.bench.interleave import Arm, interleave, repeats_for
from perfkit.bench.paired import Interval, difference, log_ratio, trimmed
from perfkit.bench.records import Recorder
from perfkit.trackers.time import Stopwatch

__all__ = ["Times", "measure"]

_MS = 1000.0


class Times:
    """Seconds a call, by arm and round."""

    def __init__(self, seconds: dict[str, list[float]]) -> None:
        self._seconds = seconds

    def ratio(self, arm: str, baseline: str) -> Interval:
        """Time arm / baseline."""
        return log_ratio(self._seconds[arm], self._seconds[baseline])

    def extra_ms(self, arm: str, baseline: str) -> Interval:
        """Time arm - baseline, milliseconds."""
        return difference(
            [_MS * value for value in self._seconds[arm]],
            [_MS * value for value in self._seconds[baseline]],
        )

    def each_ms(self) -> dict[str, Interval]:
        """Milliseconds a call of every arm."""
        return {
            arm: trimmed([_MS * value for value in values]) for arm, values in self._seconds.items()
        }


def measure(
    arms: Sequence[tuple[str, str, Callable[[], object]]],
    rounds: int,
    recorder: Recorder,
    tell: Callable[[str], None],
) -> Times:
    """Warm each arm up twice, then time all of them in every round.

    Parameters
    ----------
    arms : sequence of (name, document, callable)
    rounds : int
        How often each is timed.
    recorder : Recorder
        Keeps every raw run.
    tell : callable
        Is told the progress.
    """
    ready = []
    for name, document, call in arms:
        tell(f"warming up {name}")
        call()
        with Stopwatch() as watch:
            call()
        ready.append(Arm(name, document, call, repeats_for(watch.elapsed.wall_seconds)))
    seconds: dict[str, list[float]] = {arm.name: [] for arm in ready}
    for run in interleave(ready, rounds=rounds, launch=recorder.launch):
        recorder.add(run)
        seconds[run.arm].append(run.wall_seconds / run.repeats)
        if run.order == len(ready) - 1:
            tell(f"round {run.round} of {rounds}")
    return Times(seconds)
