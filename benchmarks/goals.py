"""A goal, what was measured against it, and whether it is met."""

from __future__ import annotations

import dataclasses
from typing import Literal

from perfkit.bench import formatting
from perfkit.bench.paired import Interval

__all__ = ["Goal", "Measured", "counted", "quotient"]


@dataclasses.dataclass(frozen=True, slots=True)
class Goal:
    """A figure that has to be at least, or at most, so much."""

    name: str
    unit: str
    direction: Literal["at least", "at most"]
    limit: float

    def against(self, found: Interval) -> Measured:
        """The goal beside what was measured."""
        return Measured(self, found)


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """A goal and the interval that was found."""

    goal: Goal
    found: Interval

    @property
    def verdict(self) -> str:
        """``met`` or ``missed`` where the whole interval says so, else ``... not proved``."""
        at_least = self.goal.direction == "at least"
        sides = [
            value >= self.goal.limit if at_least else value <= self.goal.limit
            for value in (self.found.low, self.found.value, self.found.high)
        ]
        if all(sides):
            return "met"
        if not any(sides):
            return "MISSED"
        return "met, not proved" if sides[1] else "MISSED, not proved"

    def cells(self) -> list[str]:
        """Name, figure with interval, goal and verdict as text."""
        unit = f" {self.goal.unit}"
        return [
            self.goal.name,
            formatting.bracketed(self.found) + unit,
            f"{self.goal.direction} {self.goal.limit:g}{unit}",
            self.verdict,
        ]

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            **dataclasses.asdict(self.goal),
            "found": dataclasses.asdict(self.found),
            "verdict": self.verdict,
        }


def counted(number: int) -> Interval:
    """A count, which has no spread."""
    return Interval(number, number, number, 1, 1.0)


def quotient(one: Interval, other: Interval) -> Interval:
    """One estimate over another that was not paired with it: the widest that both allow."""
    ends = one.value / other.value, one.low / other.high, one.high / other.low
    return Interval(*ends, one.observations, one.confidence)
