"""What answers cost, low and high, by a dated price table that can be replaced."""

from __future__ import annotations

import dataclasses
import functools
import os
import tomllib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from perfkit.errors import ServiceError
from perfkit.nearest import did_you_mean

__all__ = ["PRICES", "Price", "Prices", "read_prices"]

#: Variable of the environment that names another price table.
PRICES = "PERFKIT_DOCAI_PRICES"
_OWN = Path(__file__).with_name("prices.toml")


class Price(NamedTuple):
    """US dollars for a unit, and how many pages that is."""

    usd: Decimal
    pages: int

    def of(self, pages: int) -> Decimal:
        """Of so many pages counted together; a begun unit is a whole one."""
        return self.usd * -(-pages // self.pages)


@dataclasses.dataclass(frozen=True, slots=True)
class Prices:
    """A price table: when it held, where it is from, and its lines by name."""

    date: date
    source: str
    lines: dict[str, Price]

    def cost(
        self, name: str, answered: Sequence[int], perhaps: Sequence[int] = ()
    ) -> tuple[Decimal, Decimal]:
        """Low and high cost of one document in US dollars.

        Parameters
        ----------
        name : str
            Line of the table.
        answered : sequence of int
            Pages of each request that was answered. Low: they count together; high: each
            begins a unit of its own.
        perhaps : sequence of int
            Pages of attempts that were given up on the way, and may have been answered: none
            counts as low, all as high.

        Raises
        ------
        ServiceError
            If the table has no such line.
        """
        if name not in self.lines:
            raise ServiceError(
                f"The price table of {self.date} has no line {name!r}"
                f"{did_you_mean(name, self.lines)}"
            )
        price = self.lines[name]
        high = sum((price.of(pages) for pages in (*answered, *perhaps)), Decimal(0))
        return price.of(sum(answered)), high


def read_prices(path: str | os.PathLike[str] | None = None) -> Prices:
    """The table in a TOML file; by default the one that PERFKIT_DOCAI_PRICES names, else ours.

    Raises
    ------
    ServiceError
        If it cannot be read as a price table.
    """
    return _read(os.fspath(path or os.environ.get(PRICES) or _OWN))


@functools.lru_cache(maxsize=8)
def _read(path: str) -> Prices:
    try:
        table: dict[str, Any] = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        when = table.pop("date")
        source = str(table.pop("source", ""))
        lines = {
            name: Price(Decimal(str(line["usd"])), int(line["pages"]))
            for name, line in table.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise ServiceError(
            f"{path} is no price table ({error}): copy and change perfkit/docai/prices.toml."
        ) from error
    if not isinstance(when, date) or any(not (of.usd >= 0 < of.pages) for of in lines.values()):
        raise ServiceError(f"{path} needs a date, prices from 0, and pages above 0.")
    return Prices(when, source, lines)
