"""%perfkit compare BASELINE CANDIDATE [OPTIONS]: which is faster, and by how much.

BASELINE and CANDIDATE are expressions: callables without arguments, or two Recipes with
--documents. Their outputs have to be equal; then they run in interleaved pairs until the
ratio of their times is known.

  %perfkit compare slow fast
  %perfkit compare "lambda: sum(numbers)" "lambda: math.fsum(numbers)" --budget 2
  %perfkit compare Recipe(engine='pypdf') Recipe() --documents CS003837319.pdf

  --budget SECONDS        for the timed pairs, at most (5; 20 isolated)
  --documents A.pdf,B.pdf what the recipes process; a bare name is in test_invoices too
  --alpha SHARE           one minus the confidence of the interval (0.01)
  --margin SHARE          smaller differences are of no interest (0.005)
  --isolated              in processes of their own, started again every five pairs; functions
                          have to be in a module then, not in the notebook
  --gc                    leave garbage collection on
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from perfkit.bench.compare import compare
from perfkit.bench.isolated import usual_budget
from perfkit.recipe import Recipe

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from perfkit.bench.verdict import Verdict

__all__ = ["run"]


def run(shell: InteractiveShell, line: str, cell: str | None) -> Verdict:
    """See :class:`perfkit.magics.MagicModule`."""
    from IPython.core.error import UsageError

    from perfkit.magics._arguments import bare, evaluated, parser

    if cell is not None:
        raise UsageError("Write %perfkit compare, with one %: it takes no cell.")
    options = parser("compare")
    options.add_argument("baseline")
    options.add_argument("candidate")
    options.add_argument("--budget", type=float)
    options.add_argument("--documents", default="")
    options.add_argument("--alpha", type=float, default=0.01)
    options.add_argument("--margin", type=float, default=0.005)
    options.add_argument("--isolated", action="store_true")
    options.add_argument("--gc", action="store_true")
    given = options.parse_argstring(line)  # type: ignore[no-untyped-call]
    documents = [name for name in given.documents.strip("'\"").split(",") if name]
    baseline, candidate = (evaluated(shell, text) for text in (given.baseline, given.candidate))
    verdict = compare(
        baseline,
        candidate,
        documents=documents or None,
        budget_seconds=usual_budget(isolated=given.isolated)
        if given.budget is None
        else given.budget,
        isolated=given.isolated,
        alpha=given.alpha,
        margin=given.margin,
        gc_off=not given.gc,
        progress=True,
    )
    if isinstance(baseline, Recipe):
        return verdict  # it names the fields that differ
    names = bare(given.baseline), bare(given.candidate)
    return dataclasses.replace(verdict, baseline=names[0], candidate=names[1])
