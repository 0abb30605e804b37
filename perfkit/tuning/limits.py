"""Limits that a recipe has to keep, and by how much one misses them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from perfkit.bench.formatting import figure
from perfkit.errors import ParameterError

if TYPE_CHECKING:
    from perfkit.tuning.trials import Trial

__all__ = ["Limits", "Miss"]


@dataclasses.dataclass(frozen=True, slots=True)
class Miss:
    """A limit that is not kept, and by how much.

    Attributes
    ----------
    limit : str
        In words, as ``memory of 60 MiB``.
    excess : float
        How far the value lies beyond the limit, as a share of it.
    told : str
        The value, in words.
    """

    limit: str
    excess: float
    told: str


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """What a recipe may take; None is no limit.

    Parameters
    ----------
    max_seconds : float, optional
        Of the slowest document, by the median of its runs.
    max_memory_mb : float, optional
        Highest memory of the process tree on any document, in MiB, interpreter included.
    min_accuracy : float, optional
        0 to 1, of the worst document: by its truth where that is there, else by its self-check.
    max_cost_usd : float, optional
        US dollars that a service takes for a document, at most, on average.

    Raises
    ------
    ParameterError
        If a limit makes no sense.
    """

    max_seconds: float | None = None
    max_memory_mb: float | None = None
    min_accuracy: float | None = None
    max_cost_usd: float | None = None

    def __post_init__(self) -> None:
        for name in ("max_seconds", "max_memory_mb"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ParameterError(f"{name} must be above 0, not {value!r}.")
        if self.min_accuracy is not None and not 0 <= self.min_accuracy <= 1:
            raise ParameterError(f"min_accuracy must be 0 to 1, not {self.min_accuracy!r}.")
        if self.max_cost_usd is not None and self.max_cost_usd < 0:
            raise ParameterError(f"max_cost_usd must be 0 or above, not {self.max_cost_usd!r}.")

    def misses(self, trial: Trial) -> list[Miss]:
        """The limits that a recipe does not keep, as far as it was measured."""
        found = []
        for limit, value, unit, what in (
            (self.max_seconds, trial.slowest_seconds, "s", "a time"),
            (self.max_memory_mb, trial.peak_mb, "MiB", "a memory"),
            (self.max_cost_usd, trial.cost_usd, "US$", "a cost"),
        ):
            if limit is not None and value is not None and value > limit:
                excess = value / limit - 1 if limit else float("inf")
                told = f"it takes {_told(value, unit)}"
                found.append(Miss(f"{what} of {_told(limit, unit)}", excess, told))
        wanted, reached = self.min_accuracy, trial.accuracy
        if wanted is not None and (reached is None or reached < wanted):
            has = "nothing tells its accuracy" if reached is None else f"it has {reached:.4g}"
            short = wanted if reached is None else wanted - reached
            found.append(Miss(f"an accuracy of {wanted:.4g}", short, has))
        return found


def _told(value: float, unit: str) -> str:
    return f"US$ {value:,.4g} a document" if unit == "US$" else f"{figure(value)} {unit}"
