"""The bench's result as Markdown and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from benchmarks.arms import Times
from benchmarks.goals import Measured
from perfkit.bench import formatting
from perfkit.bench.environment import Environment

__all__ = ["Result", "markdown"]


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """All that one run of the bench found."""

    started: str
    quick: bool
    environment: Environment
    accuracy: list[tuple[str, str, float, str]]
    measured: list[Measured]
    times: dict[str, Times]

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "schema": 1,
            "started": self.started,
            "quick": self.quick,
            "environment": self.environment.as_dict(),
            "accuracy": [
                dict(zip(("document", "engine", "score", "kind"), row, strict=True))
                for row in self.accuracy
            ],
            "goals": [measured.as_dict() for measured in self.measured],
            "times_ms": {
                part: {arm: dataclasses.asdict(of) for arm, of in times.each_ms().items()}
                for part, times in self.times.items()
            },
        }


def markdown(result: Result) -> str:
    """Tables of goals, accuracy and times, with the environment."""
    confidence = formatting.percent(result.measured[0].found.confidence)
    times = [
        [part, arm, formatting.bracketed(found) + " ms"]
        for part, of in result.times.items()
        for arm, found in of.each_ms().items()
    ]
    accuracy = [
        [document, engine, f"{formatting.accuracy(score)} ({kind})"]
        for document, engine, score, kind in result.accuracy
    ]
    goals = [measured.cells() for measured in result.measured]
    how = (
        f"Measured {result.started}{', quick' if result.quick else ''}; arms interleaved in one "
        f"run, 20 % trimmed means of pairs with their {confidence} interval."
    )
    parts = [
        "# Speed goals",
        how,
        _table(["goal", "measured", "wanted", "verdict"], goals),
        "## Accuracy of what was timed",
        _table(["document", "engine", "accuracy"], accuracy),
        "## Times",
        _table(["part", "arm", "time"], times),
        "## Environment",
        _table(["", ""], [list(row) for row in result.environment.rows()]),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [[text.replace("|", "\\|") for text in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
