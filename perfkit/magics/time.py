"""%%perfkit time [--budget SECONDS] [--gc]: what the cell takes, with interval and noise.

``%perfkit time EXPRESSION`` times an expression. The work is called over and over, so it has
to bear that; what it prints is shown once. Names that it sets stay set.

  --budget SECONDS   for the timed runs (2); three runs at least are taken
  --gc               leave garbage collection on, for work whose own garbage is part of its cost
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING

from perfkit.bench.progress import Progress
from perfkit.bench.timing import Timing, time_work

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["run"]


def run(shell: InteractiveShell, line: str, cell: str | None) -> Timing | None:
    """See :class:`perfkit.magics.MagicModule`."""
    from IPython.core.error import UsageError
    from IPython.utils.capture import capture_output

    from perfkit.magics._arguments import parser, work_of_code

    options = parser("time")
    options.add_argument("--budget", type=float, default=2.0)
    options.add_argument("--gc", action="store_true")
    options.add_argument("expression", nargs=argparse.REMAINDER)
    given = options.parse_argstring(line)  # type: ignore[no-untyped-call]
    source = " ".join(given.expression) if cell is None else cell
    if not source.strip() or (cell is not None and given.expression):
        raise UsageError("Give the code in the cell below %%perfkit time, or behind %perfkit time.")
    work = work_of_code(shell, source, is_expression=cell is None)
    work()  # what it prints is shown once, from here
    with Progress(stream=sys.stderr) as show, capture_output():
        return time_work(
            work, budget_seconds=given.budget, gc_off=not given.gc, tell=partial(show, "timing")
        )
