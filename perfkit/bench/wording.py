"""What comparisons of all kinds say alike: doubts about their figures, cells of their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.formatting import count, percent, span

if TYPE_CHECKING:
    from perfkit.bench.comparison import Comparison
    from perfkit.bench.results import ArmResult

__all__ = ["effort_cells", "proof_cells", "remarks", "rounds_run"]

#: CPU time below this share of wall time: something else held the processor.
_BUSY = 0.97
#: An interval whose ends lie further apart than this says little.
_WIDE = 1.5


def remarks(comparison: Comparison) -> tuple[str, ...]:
    """What a reader must know before believing the figures; each says what to do next."""
    found = []
    for result in comparison.results:
        if result.rows_differing:
            rows = count(result.rows_differing, "row")
            found.append(
                f"{result.arm} gives {rows} of {result.document} otherwise than "
                f"{comparison.baseline}: compare the two with perfkit extract --format csv."
            )
    if any(result.accuracy_kind == "self-check" for result in comparison.results):
        found.append(
            "Where no truth file stands beside a document, accuracy is the share of self-checks "
            "that hold (sums, check digits); put NAME.json beside it to have it proved."
        )
    return (*found, *_doubts(comparison))


def _doubts(comparison: Comparison) -> list[str]:
    """Signs that the machine was too noisy, or the rounds too few."""
    found = []
    placebo = comparison.placebo
    if placebo and not placebo.low <= 1 <= placebo.high:
        found.append(
            f"The placebo ({comparison.placebo_of} against itself) shows a ratio of "
            f"{span(placebo)}, so the machine was noisy: smaller differences than that prove "
            "nothing. Close other work and take more rounds."
        )
    waiting = [
        of
        for of in comparison.results
        # Who asks a service has nothing to do but to wait for it.
        if of.cpu_per_wall is not None and of.cpu_per_wall < _BUSY and of.service is None
    ]
    if waiting:
        lowest = min(r.cpu_per_wall for r in waiting if r.cpu_per_wall is not None)
        found.append(
            f"CPU time was as low as {percent(lowest)} of wall time for "
            f"{', '.join(sorted({result.arm for result in waiting}))}: waiting or contention, "
            "not slower code. Close other work and run again."
        )
    wide = [arm for arm, ratio in comparison.ranking() if ratio.high / ratio.low > _WIDE]
    if wide:
        found.append(
            f"The interval of {', '.join(wide)} is wide: the machine was busy, or the rounds too "
            "few. More rounds (-p rounds=15) make it narrower."
        )
    return found


def rounds_run(comparison: Comparison) -> str:
    """How many rounds were timed, and whether the placebo's interval holds 1."""
    rounds, placebo = count(comparison.rounds, "interleaved round"), comparison.placebo
    if placebo is None:
        return rounds
    return f"{rounds}; placebo {'holds' if placebo.low <= 1 <= placebo.high else 'does not hold'}"


def proof_cells(result: ArmResult) -> list[str]:
    """Line items, accuracy, rows unlike the baseline's."""
    accuracy = "–" if result.accuracy is None else formatting.accuracy(result.accuracy)
    if result.accuracy_kind == "self-check":
        accuracy += " (self-check)"
    differing = "–" if result.rows_differing is None else str(result.rows_differing)
    return [
        "failed" if result.error else f"{result.items:,}",
        accuracy,
        "baseline" if result.is_baseline else differing,
    ]


def effort_cells(result: ArmResult) -> list[str]:
    """Times as fast with its interval, peak MiB."""
    speed = result.speedup
    return [
        "1" if result.is_baseline else formatting.bracketed(speed) if speed else "–",
        "–" if result.memory_peak_mb is None else f"{result.memory_peak_mb:,.1f}",
    ]
