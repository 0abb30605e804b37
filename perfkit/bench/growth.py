"""How the time of a document grows with its size: a power law, one exponent a round."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from perfkit.bench.paired import RULES, Interval, PairedRules, trimmed
from perfkit.errors import MeasurementError

if TYPE_CHECKING:
    from perfkit.bench.sweep_results import Sweep

__all__ = ["Growth", "growth_from", "growth_of"]

_FEWEST_SIZES = 2


@dataclasses.dataclass(frozen=True, slots=True)
class Growth:
    """Time grows as ``pages ** exponent``: 1 is the same time a page at any size."""

    arm: str
    exponent: Interval
    smallest: int
    largest: int


def growth_of(
    seconds: Mapping[int, Sequence[float]], *, arm: str = "", rules: PairedRules = RULES
) -> Growth:
    """The exponent, with its interval over the rounds.

    In each round it is the slope of the least-squares line of log time on log pages.

    Parameters
    ----------
    seconds : mapping of int to sequence of float
        Times by number of pages; place i of each was taken in round i.

    Raises
    ------
    MeasurementError
        If there are fewer than two sizes, or too few rounds for an interval.
    """
    sizes = sorted(seconds)
    if len(sizes) < _FEWEST_SIZES:
        raise MeasurementError("Growth needs documents of at least two sizes: pages=[1, 5, 15].")
    logs = [math.log(size) for size in sizes]
    centre = math.fsum(logs) / len(logs)
    spread = math.fsum((x - centre) ** 2 for x in logs)
    slopes = [
        math.fsum((x - centre) * math.log(time) for x, time in zip(logs, times, strict=True))
        / spread
        for times in zip(*(seconds[size] for size in sizes), strict=True)
    ]
    return Growth(arm, trimmed(slopes, rules), sizes[0], sizes[-1])


def growth_from(sweep: Sweep, arm: str) -> Growth:
    """Growth at one point of a sweep over documents of several sizes."""
    timed = {of.pages: sweep.seconds(arm, of.document) for of in sweep.of(arm) if of.page_ms}
    if len(timed) < _FEWEST_SIZES:
        raise MeasurementError(f"{arm} was timed on fewer than two sizes of documents.")
    shared = sorted(set.intersection(*(set(of) for of in timed.values())))
    seconds = {pages: [of[key] for key in shared] for pages, of in timed.items()}
    return growth_of(seconds, arm=arm, rules=sweep.rules)
