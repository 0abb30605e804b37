"""Cost against accuracy: what each point of a sweep costs, and how right it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from perfkit.bench.formatting import Sentence, accuracy, count, figure
from perfkit.errors import MeasurementError, ParameterError
from perfkit.nearest import did_you_mean

if TYPE_CHECKING:
    from perfkit.bench.sweep_results import Sweep

__all__ = ["Choice", "Tradeoff", "tradeoff_from"]

_MS_PER_HOUR = 3_600_000
_THOUSAND = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """One point: its cost with the interval of its time, and its accuracy, 0 to 1.

    ``worth_it`` is False where another one is as right and costs less, or is more right at no
    higher cost. ``proved`` says that the accuracy is against the truth, not a self-check.
    """

    name: str
    cost: float
    low: float
    high: float
    accuracy: float
    proved: bool
    worth_it: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Tradeoff:
    """Points by cost, the cheapest first; ``unit`` is that of all costs."""

    choices: tuple[Choice, ...]
    unit: str
    documents: int

    def sentence(self) -> Sentence:
        """The conclusion in one sentence, computed."""
        worth = [choice for choice in self.choices if choice.worth_it]
        told = "; ".join(
            f"{of.name} costs {figure(of.cost)} {self.unit} at an accuracy of "
            f"{accuracy(of.accuracy)}"
            for of in worth
        )
        beaten = len(self.choices) - len(worth)
        others = f"; {count(beaten, 'other')} cost more for no more accuracy" if beaten else ""
        return Sentence(f"On {count(self.documents, 'document')}, {told}{others}.")

    def __str__(self) -> str:
        return str(self.sentence())


def tradeoff_from(
    sweep: Sweep,
    *,
    fees_per_page: Mapping[str, Decimal] | None = None,
    machine_per_hour: Decimal | None = None,
) -> Tradeoff:
    """Cost and accuracy of every point over all documents that it was timed on.

    Without a price, cost is time: milliseconds a page. With one it is money for 1,000 pages.

    Parameters
    ----------
    sweep : Sweep
    fees_per_page : mapping of str to Decimal, optional
        By the point's name: what a service takes for a page.
    machine_per_hour : Decimal, optional
        What an hour of this machine costs.

    Raises
    ------
    ParameterError
        If a fee is of no point of the sweep.
    MeasurementError
        If no point was both timed and scored.
    """
    fees = fees_per_page or {}
    for name in fees:
        if name not in sweep.arms:
            raise ParameterError(f"There is no point {name!r}{did_you_mean(name, sweep.arms)}")
    is_money = bool(fees) or machine_per_hour is not None
    found = []
    for arm in sweep.arms:
        results = [of for of in sweep.shared(arm) if of.accuracy is not None]
        if not results:
            continue
        pace = sweep.pace(arm)
        weights = [max(of.items, 1) for of in results]
        right = sum(
            weight * (of.accuracy or 0.0) for weight, of in zip(weights, results, strict=True)
        ) / sum(weights)
        proved = all(of.accuracy_kind != "self-check" for of in results)
        value, low, high = pace.value, pace.low, pace.high
        if is_money:
            fee = float(_THOUSAND * fees.get(arm, Decimal(0)))
            hour = float(machine_per_hour or 0)
            value, low, high = (
                fee + _THOUSAND * hour * each / _MS_PER_HOUR for each in (value, low, high)
            )
        found.append(Choice(arm, value, low, high, right, proved, True))
    if not found:
        raise MeasurementError("No point was both timed and scored, so there is no trade-off.")
    ordered = sorted(found, key=lambda choice: (choice.cost, -choice.accuracy))
    best = -1.0
    choices = []
    for choice in ordered:
        choices.append(dataclasses.replace(choice, worth_it=choice.accuracy > best))
        best = max(best, choice.accuracy)
    unit = "in money for 1,000 pages" if is_money else "ms a page"
    return Tradeoff(tuple(choices), unit, len({of.document for of in sweep.results}))
