"""The bench's result as Markdown and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from benchmarks.arms import Times
from benchmarks.goals import Measured
from perfkit.bench import formatting
from perfkit.bench.environment import Environment
from perfkit.bench.paired import RULES, Interval

__all__ = ["Result", "markdown", "table"]

#: Shorter times are told in nanoseconds, of which a millisecond has so many.
_SHORTEST_MS, _NS = 0.01, 1e6


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """All that one run of the bench found."""

    started: str
    quick: bool
    environment: Environment
    accuracy: list[tuple[str, str, float, str]]
    measured: dict[str, list[Measured]]
    times: dict[str, Times]

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "schema": 2,
            "started": self.started,
            "quick": self.quick,
            "environment": self.environment.as_dict(),
            "accuracy": [
                dict(zip(("document", "engine", "score", "kind"), row, strict=True))
                for row in self.accuracy
            ],
            "goals": [
                {"part": part, **each.as_dict()}
                for part, found in self.measured.items()
                for each in found
            ],
            "times_ms": {
                part: {arm: dataclasses.asdict(of) for arm, of in times.each_ms().items()}
                for part, times in self.times.items()
            },
        }


def markdown(result: Result) -> str:
    """Tables of goals, accuracy and times, with the environment."""
    times = [
        [part, arm, _time(found)]
        for part, of in result.times.items()
        for arm, found in of.each_ms().items()
    ]
    accuracy = [
        [document, engine, f"{formatting.accuracy(score)} ({kind})"]
        for document, engine, score, kind in result.accuracy
    ]
    goals = [
        [part, *each.cells()] for part, measured in result.measured.items() for each in measured
    ]
    how = (
        f"Measured {result.started}{', quick' if result.quick else ''}; arms interleaved in one "
        f"run; estimates with their {formatting.percent(RULES.confidence)} intervals: of pairs "
        "20 % trimmed means, p50 where it says so."
    )
    parts = ["# Speed goals", how, table(["part", "goal", "measured", "wanted", "verdict"], goals)]
    if accuracy:
        head = ["document", "engine", "accuracy"]
        parts += ["## Accuracy of what was timed", table(head, accuracy)]
    if times:
        parts += ["## Times", table(["what", "arm", "time"], times)]
    parts += ["## Environment", table(["", ""], [list(row) for row in result.environment.rows()])]
    return "\n\n".join(parts) + "\n"


def _time(ms: Interval) -> str:
    """In milliseconds, or in nanoseconds where these would be many zeros."""
    if ms.value >= _SHORTEST_MS:
        return f"{formatting.bracketed(ms)} ms"
    ends = (_NS * ms.value, _NS * ms.low, _NS * ms.high)
    return f"{formatting.bracketed(Interval(*ends, ms.observations, ms.confidence))} ns"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, its columns lined up."""
    cells = [[text.replace("|", "\\|") for text in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
