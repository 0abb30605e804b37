"""Which functions and lines changed between two arms: statistics over rounds, pure functions."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from perfkit.bench.correction import adjusted, p_value
from perfkit.bench.paired import Interval, PairedRules, difference, exponential

__all__ = ["ALPHA", "RULES", "Change", "Where", "changes"]

#: Chance of naming anything that did not change, over all functions together (and again over all
#: lines), by Holm; what moves less than 0.5 % of the whole is of no interest.
ALPHA = 0.01
RULES = PairedRules(confidence=1 - ALPHA, cut=0.1, margin=0.005)
#: What takes less than this share in both arms is not looked at.
_SMALLEST_SHARE = 0.005


class Where(NamedTuple):
    """A function by name and file, or a line in it by its text: numbers move between revisions."""

    function: str
    file: str
    source: str = ""


class Change(NamedTuple):
    """What a function or a line took itself in a run, before and after, and what is proved."""

    where: Where
    before: float
    after: float
    change: Interval
    share: float
    p_adjusted: float
    word: str


def changes(
    baseline: Sequence[Mapping[Where, float]], candidate: Sequence[Mapping[Where, float]]
) -> tuple[Change, ...]:
    """Changes from rounds of both arms; what is proved first, the largest of it first.

    Parameters
    ----------
    baseline, candidate : sequence of mapping
        By round: amount of each place in a run. Place i of both was taken in the same round.

    Returns
    -------
    tuple of Change
        ``change`` in the unit of the amounts; ``share`` is the change over the whole of the
        baseline. The word is ``more``, ``less`` or ``not proved``.
    """
    whole = _mean(sum(each.values()) for each in baseline)
    if not whole:
        return ()
    found = []
    for where in sorted({place for each in (*baseline, *candidate) for place in each}):
        before = [each.get(where, 0.0) for each in baseline]
        after = [each.get(where, 0.0) for each in candidate]
        if max(_mean(before), _mean(after)) >= _SMALLEST_SHARE * whole:
            found.append((where, _mean(before), _mean(after), difference(after, before, RULES)))
    # As a ratio of the whole: then the margin is a share of it.
    values = [p_value(exponential(_scaled(each, 1 / whole)), RULES) for *_, each in found]
    made = [
        Change(
            where,
            before,
            after,
            change,
            change.value / whole,
            p_adjusted,
            "not proved" if p_adjusted > ALPHA else "more" if change.value > 0 else "less",
        )
        for (where, before, after, change), p_adjusted in zip(
            found, adjusted(values, "holm"), strict=True
        )
    ]
    return tuple(sorted(made, key=lambda each: (each.word == "not proved", -abs(each.share))))


def _mean(values: Iterable[float]) -> float:
    listed: list[Any] = list(values)
    return float(sum(listed)) / len(listed) if listed else 0.0


def _scaled(of: Interval, by: float) -> Interval:
    return dataclasses.replace(of, value=of.value * by, low=of.low * by, high=of.high * by)
