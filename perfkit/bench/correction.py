"""Many comparisons at once: what is left of a finding when all of them are counted.

Of twenty comparisons of a thing with itself, one in a hundred false alarms each, eighteen of
a hundred sweeps would raise one; at five in a hundred, sixty-four.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from perfkit.bench.paired import Interval, PairedRules, degrees_of_freedom
from perfkit.errors import MissingExtraError, ParameterError
from perfkit.nearest import did_you_mean

__all__ = ["CORRECTIONS", "Correction", "adjusted", "p_value"]

Correction = Literal["holm", "benjamini-hochberg", "none"]
CORRECTIONS: tuple[Correction, ...] = ("holm", "benjamini-hochberg", "none")


def p_value(ratio: Interval, rules: PairedRules) -> float:
    """How likely so clear a ratio is where the true one lies within the margin.

    Two-sided, from the same trimmed t statistic as the interval: the interval clears the
    margin exactly where this is below 1 - confidence.

    Raises
    ------
    MissingExtraError
        If scipy is not installed.
    """
    try:
        from scipy.special import stdtr, stdtrit
    except ImportError as missing:
        raise MissingExtraError("scipy", "workbench", "A p-value") from missing
    freedom = degrees_of_freedom(ratio.observations, rules)
    half = math.log(ratio.high / ratio.low) / 2
    centre = math.log(ratio.value)
    margin = math.log1p(rules.margin) if centre > 0 else -math.log1p(-rules.margin)
    beyond = abs(centre) - margin
    if half == 0:
        return 0.0 if beyond > 0 else 1.0
    error = half / float(stdtrit(freedom, (1 + ratio.confidence) / 2))
    return min(1.0, 2 * float(stdtr(freedom, -beyond / error)))


def adjusted(p_values: Sequence[float], correction: Correction) -> list[float]:
    """P-values that hold for all comparisons together, in their order.

    ``holm`` bounds the chance of any false alarm (Holm 1979, Scandinavian Journal of
    Statistics 6, 65-70): for gates. ``benjamini-hochberg`` bounds the share of false alarms
    among the findings (1995, Journal of the Royal Statistical Society B 57, 289-300): for
    exploring.

    Raises
    ------
    ParameterError
        If there is no such correction.
    """
    if correction not in CORRECTIONS:
        raise ParameterError(
            f"There is no correction {correction!r}{did_you_mean(correction, CORRECTIONS)}"
        )
    if correction == "none":
        return list(p_values)
    count = len(p_values)
    order = sorted(range(count), key=p_values.__getitem__)
    found = [0.0] * count
    if correction == "holm":
        highest = 0.0
        for rank, index in enumerate(order):
            highest = max(highest, (count - rank) * p_values[index])
            found[index] = min(1.0, highest)
        return found
    lowest = 1.0
    for rank, index in reversed(list(enumerate(order, start=1))):
        lowest = min(lowest, count / rank * p_values[index])
        found[index] = lowest
    return found
