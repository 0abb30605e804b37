"""``perfkit compare``: a verdict on two recipes, on documents."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

__all__ = ["register"]

_HELP = """Say whether one recipe is faster than another, and by how much.

BASELINE and CANDIDATE are fields of a Recipe, NAME=VALUE[,NAME=VALUE...], or its file,
FILE.toml; what is not named keeps its default. Their line items must be equal before a time
is shown. Both are timed in interleaved pairs until the ratio is known or the budget is spent.

--isolated gives each recipe processes of its own, started again every five pairs, for what a
process' start or heap decides about; that takes some 20 seconds.

\b
Examples:
  perfkit compare engine=pypdf engine=pdfium CS003837319.pdf
  perfkit compare engine=pdfium engine=pdfium,executor=processes,workers=2 *.pdf --budget 20
  perfkit compare engine=pypdf engine=pdfium CS003837319.pdf --isolated
  perfkit compare engine=pypdf best.toml CS003837319.pdf --format json

Exit code: 0 a verdict was reached (faster, slower or same), 1 it failed (the outputs differ),
2 wrong usage, 3 undecided or too noisy to say.
"""

EXIT_UNDECIDED = 3


class _Format(enum.StrEnum):
    text = "text"
    json = "json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare", help=_HELP)(_compare)


def _compare(
    baseline: Annotated[
        str, typer.Argument(metavar="BASELINE", help="As engine=pypdf, or best.toml.")
    ],
    candidate: Annotated[
        str, typer.Argument(metavar="CANDIDATE", help="As engine=pdfium, or best.toml.")
    ],
    documents: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="PDF files; a bare name also in test_invoices."),
    ],
    budget: Annotated[
        float | None,
        typer.Option(
            min=0.1, show_default="5; 20 isolated", help="Seconds for the pairs, at most."
        ),
    ] = None,
    isolated: Annotated[
        bool, typer.Option("--isolated", help="In processes of their own, started again and again.")
    ] = False,
    alpha: Annotated[float, typer.Option(help="One minus the confidence.")] = 0.01,
    margin: Annotated[float, typer.Option(help="Smaller differences are of no interest.")] = 0.005,
    record: Annotated[
        str | None, typer.Option(metavar="FILE", help="JSON-lines file of all runs.")
    ] = None,
    form: Annotated[_Format, typer.Option("--format", help="How to print it.")] = _Format.text,
) -> None:
    import json

    from perfkit.bench.compare import compare
    from perfkit.bench.isolated import usual_budget
    from perfkit.cli import _sweeps
    from perfkit.cli._settings import recipe_from

    with _sweeps.usage():
        recipes = [recipe_from(given) for given in (baseline, candidate)]
        verdict = compare(
            *recipes,
            documents=documents,
            budget_seconds=usual_budget(isolated=isolated) if budget is None else budget,
            alpha=alpha,
            margin=margin,
            isolated=isolated,
            record=record,
            progress=True,
        )
    typer.echo(json.dumps(verdict.as_dict(), indent=2) if form is _Format.json else str(verdict))
    if verdict.word not in ("faster", "slower", "same"):
        raise typer.Exit(EXIT_UNDECIDED)
