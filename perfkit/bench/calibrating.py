"""Take a calibration: many verdicts on work of exactly known amount, on this machine."""

from __future__ import annotations

import dataclasses
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from perfkit.bench.busy import busy_processes
from perfkit.bench.calibration import Calibration, Tally, broken_off, keep
from perfkit.bench.compare import compare
from perfkit.bench.counted import counted, units_lasting, work_of
from perfkit.bench.environment import collect
from perfkit.bench.paired import RULES
from perfkit.bench.verdict import Verdict

__all__ = ["QUICK", "THOROUGH", "Plan", "calibrate"]

#: The work that is compared; one arm of a pair takes so long.
_ARM_SECONDS = 0.020
#: Units come as whole numbers: 2 % more of them may be 2.04 %.
_ROUNDING = 0.001

Tell = Callable[[str, float], object]


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """Which work is compared, and how often.

    Attributes
    ----------
    kinds : tuple of (Tally, int)
        Kinds of work, with the verdicts wanted of each.
    most_seconds : float or None
        When no further verdict is begun.
    """

    kinds: tuple[tuple[Tally, int], ...]
    most_seconds: float | None = None


def _kinds(same: int, two: int, one: int, busy: int) -> tuple[tuple[Tally, int], ...]:
    return (
        (Tally(0.0, 0, 5.0, None, 0.01), same),
        (Tally(0.02, 0, 2.0, 0.99, 0.0), two),
        (Tally(0.01, 0, 2.5, 0.95, 0.0), one),
        (Tally(0.0, 3, 2.0, None, 0.0), busy),
        (Tally(0.02, 3, 2.0, None, 0.0), busy),
        (Tally(0.05, 3, 2.0, None, 0.0), busy),
    )


THOROUGH = Plan(_kinds(300, 200, 200, 30))
QUICK = Plan(_kinds(20, 20, 20, 3), most_seconds=100.0)


def calibrate(
    *,
    quick: bool = False,
    resume: bool = False,
    minutes: float | None = None,
    plan: Plan | None = None,
    tell: Tell | None = None,
    seed: int | None = None,
    arm_seconds: float = _ARM_SECONDS,
) -> Calibration:
    """Reach many verdicts on known work, count the right ones, and keep the result.

    The kinds of work take turns, so that one broken off says something of each. What has been
    done is kept after Ctrl-C too, which is passed on.

    Parameters
    ----------
    quick : bool
        One to two minutes; else some thirty.
    resume : bool
        Go on with one that was broken off, where machine, packages and code are the same.
    minutes : float, optional
        Break off after so long; what was done is kept.
    plan : Plan, optional
        Another choice of work.
    tell : callable, optional
        Is told what is being done, and the share that is done.
    seed : int, optional
        Of the order of the runs and of which of the two has more work.
    arm_seconds : float
        Length of one run.
    """
    chosen = plan or (QUICK if quick else THOROUGH)
    if minutes is not None:
        chosen = dataclasses.replace(chosen, most_seconds=60 * minutes)
    environment = collect()
    before = broken_off(environment) if resume else None
    if before is None or len(before.tallies) != len(chosen.kinds):
        taken = datetime.now().astimezone().isoformat(timespec="seconds")
        before = Calibration(
            taken, quick, False, environment, tuple(tally for tally, _ in chosen.kinds)
        )
    tallies = list(before.tallies)
    draw = random.Random(seed)
    units = units_lasting(arm_seconds)

    def found(*, complete: bool) -> Calibration:
        return dataclasses.replace(before, complete=complete, tallies=tuple(tallies))

    started = time.monotonic()
    try:
        for place, share in _turns(chosen, [tally.verdicts for tally in tallies], started):
            if tell is not None:
                tell(_doing(tallies[place], share, time.monotonic() - started), share)
            tallies[place] = _one_more(tallies[place], units, draw)
    except BaseException:
        if any(tally.verdicts for tally in tallies):
            keep(found(complete=False))
        raise
    pairs = zip(tallies, chosen.kinds, strict=True)
    whole = minutes is None or all(tally.verdicts >= wanted for tally, (_, wanted) in pairs)
    keep(found(complete=whole))
    return found(complete=whole)


def _turns(plan: Plan, had: Sequence[int], started: float) -> Iterator[tuple[int, float]]:
    """Which kind is next, and the share that is done: the kinds end together."""
    wanted = [count for _, count in plan.kinds]
    done = list(had)
    left = sum(max(0, count - of) for of, count in zip(done, wanted, strict=True))
    for number in range(left):
        share = number / left
        if plan.most_seconds is not None:
            spent = (time.monotonic() - started) / plan.most_seconds
            if spent >= 1:
                return
            share = max(share, spent)
        place = min(
            (place for place, count in enumerate(wanted) if done[place] < count),
            key=lambda place: done[place] / wanted[place],
        )
        yield place, share
        done[place] += 1


def _doing(tally: Tally, share: float, spent: float) -> str:
    left = f", {spent / share * (1 - share):.0f} s left" if share > 0 else ""
    return f"{tally.title}{left}"


def _one_more(tally: Tally, units: int, draw: random.Random) -> Tally:
    """One more verdict, counted. Which of the two has more work is drawn by lot."""
    more = round(units * (1 + tally.more))
    candidate_has_more = draw.random() < 0.5  # noqa: PLR2004 - a coin
    baseline_units, candidate_units = (units, more) if candidate_has_more else (more, units)
    expected = {count: counted(count) for count in {units, more}}

    def check(baseline: tuple[int, int], candidate: tuple[int, int]) -> bool:
        done = baseline == expected[baseline_units], candidate == expected[candidate_units]
        return all(done)

    with busy_processes(tally.busy):
        verdict = compare(
            work_of(baseline_units),
            work_of(candidate_units),
            budget_seconds=tally.budget_seconds,
            check=check,
            seed=draw.getrandbits(32),
        )
    return _counted(tally, verdict, candidate_units / baseline_units)


def _counted(tally: Tally, verdict: Verdict, truth: float) -> Tally:
    right = "same" if truth == 1 else "slower" if truth > 1 else "faster"
    is_found = verdict.word == right
    # The same is said of what differs by 2 % at most, and is then no false claim.
    is_near = verdict.word == "same" and abs(math.log(truth)) <= math.log1p(RULES.same) + _ROUNDING
    claims = verdict.word in ("slower", "faster", "same")
    return dataclasses.replace(
        tally,
        verdicts=tally.verdicts + 1,
        found=tally.found + is_found,
        wrong=tally.wrong + (claims and not is_found and not is_near),
        covered=tally.covered + (verdict.low <= truth <= verdict.high),
        too_noisy=tally.too_noisy + (verdict.word == "too noisy"),
        seconds=tally.seconds + verdict.seconds,
    )
