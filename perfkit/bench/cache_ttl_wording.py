"""A sweep over TTLs in words: its sentence, its notes, its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.bench.formatting import Sentence, count, duration, figure, mib, percent
from perfkit.bench.html import Column, notes_list, table
from perfkit.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas

    from perfkit.bench.cache_advice import Saving
    from perfkit.bench.cache_ttl import CacheTtlSweep

__all__ = ["as_html", "frame", "notes", "sentence"]

_MIB = 1 << 20
_THOUSAND = 1000
#: Theory that is further off than this (a point) is not to be relied on.
_FAR = 0.01
#: With fewer requests a document, the first of each, always a miss, weighs much.
_FEW = 10


def sentence(sweep: CacheTtlSweep) -> Sentence:
    """What is enough, what it gives and saves, and how far off theory is."""
    advice, trace = sweep.advice, sweep.trace
    hits = f"{percent(advice.hit_rate)} are hits"
    of_these = f"these {count(len(trace), 'request')}"
    room = f"room for {count(advice.capacity, 'result')}"
    said = (
        f"Of {of_these}, {hits} with {room} and a TTL as long as their whole "
        f"{duration(trace.seconds)}, which still gains a point over half of it: they "
        "are too few to tell which TTL is enough"
        if _is_too_short(sweep)
        else f"A TTL of {duration(advice.ttl_seconds)} and {room} are enough for {of_these}: "
        f"{hits}, and neither doubling gains a point more"
    )
    if sweep.saving is not None:
        said += f"; {_saved(sweep.saving)}"
    off = 100 * sweep.theory_error
    return Sentence(f"{said}; theory is at most {figure(off, 2)} points off the real cache.")


def _is_too_short(sweep: CacheTtlSweep) -> bool:
    """Whether the hit rate rises up to the longest TTL that the trace can tell of."""
    return sweep.advice.ttl_seconds >= sweep.trace.seconds


def _saved(saving: Saving) -> str:
    seconds = saving.seconds(_THOUSAND)
    whole = _THOUSAND * saving.miss_seconds
    said = (
        f"of the {figure(whole)} s that 1,000 requests take uncached it saves {figure(seconds)} s"
        if seconds > 0
        else "a hit takes as long as processing, so no time is saved"
    )
    money = saving.money(_THOUSAND)
    return said if money is None else f"{said} and {money:,.2f} of {_cost(saving):,.2f} in money"


def _cost(saving: Saving) -> float:
    assert saving.cost_per_document is not None
    return float(_THOUSAND * saving.cost_per_document)


def notes(sweep: CacheTtlSweep) -> tuple[str, ...]:
    """What to know before believing the figures; each says what to do."""
    found = []
    trace, advice = sweep.trace, sweep.advice
    if sweep.theory_error > _FAR:
        found.append(
            f"Theory assumes that each document is asked for at random at a steady rate; here it "
            f"is up to {figure(100 * sweep.theory_error, 2)} points off. Rely on the replay."
        )
    if len(trace) < _FEW * trace.asked:
        found.append(
            f"{count(trace.asked, 'document')} were asked for {figure(len(trace) / trace.asked)} "
            f"times each, and the first time is always a miss: no cache could serve more than "
            f"{percent(advice.ceiling)} here. A longer trace tells more."
        )
    if _is_too_short(sweep):
        found.append("Record a longer trace to learn which TTL is enough.")
    if sweep.saving is not None:
        room = advice.capacity * sweep.saving.result_bytes / _MIB
        found.append(
            f"Room for {count(advice.capacity, 'result')} like that of the document timed is about "
            f"max_mb={figure(room)} ({mib(room)})."
        )
    return tuple(found)


def as_html(sweep: CacheTtlSweep) -> str:
    """The sentence, the table and the notes."""
    columns = [
        Column("TTL"),
        Column("hit rate, real cache", numeric=True),
        Column("exact simulation", numeric=True),
        Column("theory", numeric=True),
        Column("theory off by, points", numeric=True),
    ]
    rows = [
        [
            duration(point.ttl_seconds),
            percent(point.replayed),
            percent(point.simulated),
            percent(point.theory),
            f"{round(100 * (point.theory - point.replayed), 2) + 0.0:+.2f}",
        ]
        for point in sweep.points
    ]
    caption = f"Hit rate by TTL: {sweep.trace.name}, {count(len(sweep.trace), 'request')}"
    said = sweep.sentence()._repr_html_()
    return said + table(caption, columns, rows) + notes_list(notes(sweep))


def frame(sweep: CacheTtlSweep) -> pandas.DataFrame:
    """See :meth:`perfkit.bench.cache_ttl.CacheTtlSweep.frame`."""
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtraError("pandas", "workbench", "A frame of results") from error
    return pd.DataFrame(
        {
            "ttl_seconds": [point.ttl_seconds for point in sweep.points],
            "hit_rate": [point.replayed for point in sweep.points],
            "hit_rate_simulated": [point.simulated for point in sweep.points],
            "hit_rate_theory": [point.theory for point in sweep.points],
            "theory_error_points": [100 * (of.theory - of.replayed) for of in sweep.points],
        }
    )
