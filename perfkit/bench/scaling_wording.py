"""Scaling in words: its sentence, its notes and its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.bench.formatting import (
    Sentence,
    bracketed,
    count,
    figure,
    milliseconds,
    percent,
    span,
)
from perfkit.bench.html import Column, notes_list, table
from perfkit.bench.scaling_laws import FEWEST_FOR_AMDAHL
from perfkit.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas

    from perfkit.bench.scaling import Level, Scaling

__all__ = ["as_html", "frame", "notes", "sentence"]

_MS = 1000.0


def sentence(scaling: Scaling) -> Sentence:
    """The conclusion, about the fastest level, the law and the optimum."""
    best = scaling.fastest
    interval = f"{percent(best.speedup.confidence)} interval {span(best.speedup)}"
    said = (
        f"With {count(best.workers, 'worker')}, {scaling.subject} is processed "
        f"{figure(best.speedup.value)} times as fast as with {scaling.sequential} ({interval}, "
        f"{count(best.speedup.observations, 'round')}), an efficiency of "
        f"{percent(round(best.efficiency, 2))}"
    )
    return Sentence(f"{said}; {_law(scaling)}.")


def _law(scaling: Scaling) -> str:
    if scaling.law is None or scaling.contention is None:
        levels = count(len(scaling.fitted), "level")
        where = f" within the {scaling.cores:g} usable cores" if scaling.cpu_bound else ""
        carry = "carries" if len(scaling.fitted) == 1 else "carry"
        return f"{levels}{where} {carry} no law (it takes {FEWEST_FOR_AMDAHL})"
    confidence = percent(scaling.contention.confidence)
    share = f"{percent(scaling.contention.value)} ({confidence} interval {_shares(scaling)})"
    if scaling.optimum is None:
        return f"{scaling.law_name} gives a serial share of {share}"
    best = scaling.optimum
    told = f"{scaling.law_name} gives a contention of {share}"
    if best.value is None:
        return (
            f"{told} and its highest speed beyond {figure(best.limit)} workers, which is further "
            "than the data tell"
        )
    high = f"{figure(best.high)}{' or more' if best.high >= best.limit else ''}"
    return (
        f"{told} and its highest speed at {figure(best.value)} workers "
        f"({figure(best.low)} to {high})"
    )


def _shares(scaling: Scaling) -> str:
    assert scaling.contention is not None
    return f"{percent(scaling.contention.low)} to {percent(scaling.contention.high)}"


def notes(scaling: Scaling) -> tuple[str, ...]:
    """What to know before believing the figures; each says what to do."""
    found = []
    beyond = [str(level.workers) for level in scaling.levels if level.oversubscribed]
    if beyond:
        counted = "not used" if scaling.cpu_bound else "used"
        found.append(
            f"{', '.join(beyond)} workers are more than the {scaling.cores:g} usable cores: such "
            f"levels are marked, and {counted} for a law. A machine of more cores tells more."
        )
    apart = [level for level in scaling.levels if level.speedup.value > level.workers * 1.05]
    if apart:
        numbers = ", ".join(str(level.workers) for level in apart)
        found.append(
            f"Speed-up beyond the number of workers (at {numbers}): workers do less than "
            f"{scaling.sequential}, or find more in their caches. Compare like with like."
        )
    return tuple(found)


def as_html(scaling: Scaling) -> str:
    """The sentence, the table and the notes."""
    columns = [
        Column("workers", numeric=True),
        Column("time", numeric=True),
        Column("times as fast", numeric=True),
        Column("efficiency", numeric=True),
        Column("serial share (Karp-Flatt)", numeric=True),
        Column("law", numeric=True),
        Column("cores"),
    ]
    rows = [_row(scaling, level) for level in scaling.levels]
    caption = f"Workers on {scaling.subject} against {scaling.sequential}"
    return (
        scaling.sentence()._repr_html_()
        + table(caption, columns, rows)
        + notes_list(notes(scaling))
    )


def _row(scaling: Scaling, level: Level) -> list[str]:
    serial = level.serial_share
    return [
        str(level.workers),
        milliseconds(_MS * level.seconds),
        bracketed(level.speedup),
        percent(round(level.efficiency, 2)),
        f"{serial.value:.2f} [{serial.low:.2f}, {serial.high:.2f}]" if serial else "–",
        figure(scaling.law.speed(level.workers)) if scaling.law else "–",
        "oversubscribed" if level.oversubscribed else "within",
    ]


def frame(scaling: Scaling) -> pandas.DataFrame:
    """See :meth:`perfkit.bench.scaling.Scaling.frame`."""
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtraError("pandas", "workbench", "A frame of results") from error
    rows = []
    for level in scaling.levels:
        row: dict[str, object] = {"workers": level.workers, "seconds": level.seconds}
        for name, interval in (("speedup", level.speedup), ("serial_share", level.serial_share)):
            if name == "serial_share":
                row["efficiency"] = level.efficiency
            for part, end in (("value", ""), ("low", "_low"), ("high", "_high")):
                row[name + end] = getattr(interval, part) if interval else None
        row["law_speedup"] = scaling.law.speed(level.workers) if scaling.law else None
        row["oversubscribed"] = level.oversubscribed
        rows.append(row)
    return pd.DataFrame(rows)
