"""Tables of a profile, as HTML."""

from __future__ import annotations

from perfkit.bench.formatting import figure, percent
from perfkit.bench.html import Column, table
from perfkit.profiling.stacks import StackProfile

__all__ = ["lines_table"]

_MOST_LINES = 25


def lines_table(profile: StackProfile) -> str:
    """The hottest lines, with what they say."""
    columns = [
        Column("line"),
        Column("share", numeric=True),
        Column(f"{profile.unit} a run", numeric=True),
        Column("looks" if profile.kind == "time" else "allocations", numeric=True),
        Column("function"),
        Column("source"),
    ]
    rows = [
        [
            each.where,
            percent(each.share),
            figure(each.amount),
            f"{each.looks:,}",
            each.function.name,
            each.source,
        ]
        for each in profile.lines[:_MOST_LINES]
    ]
    left = len(profile.lines) - len(rows)
    more = f"; {left:,} more in frame()" if left > 0 else ""
    return table(f"Lines by what they took themselves{more}", columns, rows)
