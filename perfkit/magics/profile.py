"""%%perfkit profile [--kind KIND,...] [--seconds SECONDS]: where the cell's time or memory goes.

``%perfkit profile EXPRESSION`` profiles an expression; with ``--document`` the expression is a
Recipe or a callable of a document. The work is done over and over, so it has to bear that; what
it prints is shown once. Names that it sets stay set.

  %%perfkit profile
  lines = [line.split() for line in text.splitlines()]

  %perfkit profile --kind time,line sorted(numbers)
  %perfkit profile --document CS003837319.pdf Recipe(engine='pypdf')

  --kind KIND,...    time (the default), line, memory, allocations, or all
  --seconds SECONDS  for the runs of each kind under its profiler, at least (1)
  --document A.pdf   what a recipe or callable is profiled on; a bare name is in test_invoices too
  --against EXPR     another Recipe or callable: which functions take more than in it
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from perfkit.profiling.profile import profile

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from perfkit.profiling.result import Profile

__all__ = ["run"]


def run(shell: InteractiveShell, line: str, cell: str | None) -> Profile:
    """See :class:`perfkit.magics.MagicModule`."""
    from IPython.core.error import UsageError
    from IPython.utils.capture import capture_output

    from perfkit.magics._arguments import bare, evaluated, parser, work_of_code

    options = parser("profile")
    options.add_argument("--kind", default="time")
    options.add_argument("--seconds", type=float, default=1.0)
    options.add_argument("--document", default="")
    options.add_argument("--against", default="")
    options.add_argument("expression", nargs=argparse.REMAINDER)
    given = options.parse_argstring(line)  # type: ignore[no-untyped-call]
    source = " ".join(given.expression) if cell is None else cell
    if not source.strip() or (cell is not None and given.expression):
        raise UsageError(
            "Give the code in the cell below %%perfkit profile, or behind %perfkit profile."
        )
    against = evaluated(shell, given.against) if given.against else None
    document = bare(given.document) or None
    if document is not None or against is not None:
        work = evaluated(shell, source.strip())
    else:
        work = work_of_code(shell, source, is_expression=cell is None)
        work()  # what it prints is shown once, from here
    with capture_output():
        return profile(
            work,
            document,
            kind=[each.strip() for each in given.kind.split(",")],
            against=against,
            seconds=given.seconds,
        )
