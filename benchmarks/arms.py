"""Time arms interleaved, and take ratios and differences of those that share their rounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from perfkit.bench.interleave import Arm, interleave, repeats_for
from perfkit.bench.paired import Interval, difference, log_ratio, trimmed
from perfkit.bench.records import Recorder
from perfkit.trackers.time import Stopwatch

__all__ = ["Times", "measure"]

_MS = 1000.0
#: Fewer rounds carry no interval.
_FEWEST_ROUNDS = 3
#: A first call that takes longer needs no second one to be warm.
_LONG_SECONDS = 2.0


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

    def shared_out(self, count: int) -> Times:
        """The same for one of the ``count`` things that every call does."""
        return Times({arm: [s / count for s in taken] for arm, taken in self._seconds.items()})

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
    seconds: float = 0.0,
) -> Times:
    """Warm each arm up, then time all of them in every round.

    Parameters
    ----------
    arms : sequence of (name, document, callable)
    rounds : int
        How often each is timed, at most.
    recorder : Recorder
        Keeps every raw run.
    tell : callable
        Is told the progress.
    seconds : float
        Rounds are as many as take so long, and three at least; 0 for no such bound.
    """
    ready, round_seconds = [], 0.0
    for name, document, call in arms:
        tell(f"warming up {name}")
        took = _seconds(call)
        if took < _LONG_SECONDS:
            took = _seconds(call)
        arm = Arm(name, document, call, repeats_for(took))
        round_seconds += arm.repeats * took
        ready.append(arm)
    if seconds:
        rounds = max(_FEWEST_ROUNDS, min(rounds, int(seconds / round_seconds)))
    taken: dict[str, list[float]] = {arm.name: [] for arm in ready}
    for run in interleave(ready, rounds=rounds, launch=recorder.launch):
        recorder.add(run)
        taken[run.arm].append(run.wall_seconds / run.repeats)
        if run.order == len(ready) - 1:
            tell(f"round {run.round} of {rounds}")
    return Times(taken)


def _seconds(call: Callable[[], object]) -> float:
    with Stopwatch() as watch:
        call()
    return watch.elapsed.wall_seconds
