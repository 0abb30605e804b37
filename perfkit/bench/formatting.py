"""Figures as text: the one place where digits and units are chosen."""

from __future__ import annotations

import html
import math
import re

from perfkit.bench.paired import Interval

__all__ = [
    "Sentence",
    "accuracy",
    "bracketed",
    "count",
    "duration",
    "figure",
    "mib",
    "milliseconds",
    "money",
    "percent",
    "span",
    "tied",
]


class Sentence(str):
    """A string that Jupyter and the report show as a paragraph, escaped."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return f'<p class="perfkit-sentence">{html.escape(tied(self))}</p>'


def tied(text: str) -> str:
    """With units held to their number, where lines are broken."""
    return re.sub(r"(?<=[\d.]) (?=%|(ms|MiB|s|min|h|days)\b)", "\N{NO-BREAK SPACE}", text)


def figure(value: float, digits: int = 3) -> str:
    """Rounded to significant digits, never in exponent form: 0.0123, 1.23, 123, 1,234."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{places}f}"


def milliseconds(value: float) -> str:
    """A time given in milliseconds."""
    return f"{figure(value)} ms"


def duration(seconds: float) -> str:
    """A time of any length, in the unit that reads best: 45 s, 12 min, 8.5 h, 3 days."""
    for unit, name in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= (2 if name == "days" else 1) * unit:
            return f"{seconds / unit:,.3g} {name}"
    return f"{seconds:.3g} s"


def money(low: float, high: float) -> str:
    """US dollars, at least and at most: US$ 100 to 400."""
    ends = list(dict.fromkeys(f"{value:,.2f}".removesuffix(".00") for value in (low, high)))
    return f"US$ {' to '.join(ends)}"


def mib(value: float) -> str:
    """Memory given in MiB."""
    return f"{value:,.1f} MiB"


def percent(share: float) -> str:
    """A share between 0 and 1; whole percents without a decimal point."""
    return f"{100 * share:.3g} %"


def accuracy(value: float) -> str:
    """Cut to three places, not rounded: 1.000 means that not one field is wrong."""
    return f"{math.floor(value * 1000 + 1e-9) / 1000:.3f}"


def span(interval: Interval, digits: int = 3) -> str:
    """Both ends of an interval."""
    return f"{figure(interval.low, digits)} to {figure(interval.high, digits)}"


def bracketed(interval: Interval) -> str:
    """An estimate with its interval behind it: 9.71 [9.48, 9.95]."""
    low, high = figure(interval.low), figure(interval.high)
    return f"{figure(interval.value)} [{low}, {high}]"


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: 1 page, 15 pages."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
