"""Two samples that were not taken side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence

from perfkit.bench.paired import Interval, PairedRules, degrees_of_freedom, exponential, trimmed

__all__ = ["ratio_of_samples"]


def ratio_of_samples(
    candidate: Sequence[float], baseline: Sequence[float], rules: PairedRules
) -> Interval:
    """Ratio candidate / baseline from logarithms of both, with Yuen's interval for two samples.

    Its standard error is the root of the sum of both squares (Yuen 1974, Biometrika 61,
    165-170); the degrees of freedom are those of the smaller sample, which is on the safe side.

    Raises
    ------
    MeasurementError
        If either has fewer than three observations, or one is not finite.
    """
    ours, theirs = trimmed(candidate, rules), trimmed(baseline, rules)
    smaller = min((ours, theirs), key=lambda each: each.observations)
    # Half-widths are quantiles times standard errors; the smaller sample's quantile is wider.
    errors = [
        interval.half_width / _quantile(interval.observations, rules) for interval in (ours, theirs)
    ]
    half = _quantile(smaller.observations, rules) * math.hypot(*errors)
    value = ours.value - theirs.value
    return exponential(
        Interval(value, value - half, value + half, smaller.observations, rules.confidence)
    )


def _quantile(observations: int, rules: PairedRules) -> float:
    from scipy.special import stdtrit

    freedom = degrees_of_freedom(observations, rules)
    return float(stdtrit(freedom, (1 + rules.confidence) / 2))
