"""Keep the figures of a page of the documentation as the bench last measured them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.goals import Measured
from benchmarks.table import table
from perfkit.errors import ParameterError

__all__ = ["keep_figures"]

_HEAD = ("part", "goal", "measured", "wanted", "verdict", "on")
_BEGIN, _END = "<!-- figures -->\n", "<!-- end of figures -->"


def keep_figures(page: Path, measured: Mapping[str, Sequence[Measured]], day: str) -> None:
    """Put what was measured in place of the page's figures for the same parts.

    Parameters
    ----------
    page : Path
        Holds a table between two comments, ``figures`` and ``end of figures``.
    measured : mapping of part to what was found
        Other parts keep their figures and their day.
    day : str
        When it was measured.

    Raises
    ------
    ParameterError
        If the page has no such place.
    """
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(_BEGIN)
    kept, end, after = rest.partition(_END)
    if not (begin and end):
        raise ParameterError(f"{page}: there is no table between {_BEGIN.strip()} and {_END}.")
    known = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in kept.splitlines()[2:]]
    rows = [[cell.strip().replace("\\|", "|") for cell in row] for row in known if len(row) > 1]
    rows = [row for row in rows if row[0] not in measured]
    rows += [[part, *of.cells(), day] for part, found in measured.items() for of in found]
    page.write_text("".join([before, begin, table(_HEAD, rows), "\n", end, after]), "utf-8")
