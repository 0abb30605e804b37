"""``perfkit gate``: this checkout against another revision, for CI."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["register"]

_HELP = """Say whether this checkout is slower than another revision of it.

The other revision is laid out beside this one; both do the same work in live processes, two
at a time in turns, started again every five pairs. Outputs are compared before any time is
taken. The summary goes to standard output, and to the file that GITHUB_STEP_SUMMARY names.

\b
Examples:
  perfkit gate --against origin/main
  perfkit gate --against HEAD~1 --document CS003837319.pdf --recipe engine=pypdf
  perfkit gate --against v1.2 --work mypackage.bench:parse --budget 120 --json gate.json

Exit code: 0 no slowdown is proved, 1 the gate itself failed, 2 a slowdown is proved,
3 undecided or too noisy, 4 nothing was measured.
"""

EXIT_FAILED = 1
_DOCUMENTS = ("CI004848705.pdf", "CS003837319.pdf")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("gate", help=_HELP)(_gate)


def _gate(
    against: Annotated[
        str, typer.Option("--against", metavar="REV", help="A commit, branch or tag.")
    ],
    document: Annotated[
        list[str] | None,
        typer.Option("--document", metavar="PDF", help="To extract; repeatable. Default: two."),
    ] = None,
    recipe: Annotated[
        list[str] | None,
        typer.Option("--recipe", metavar="NAME=VALUE,...", help="Of extraction; repeatable."),
    ] = None,
    work: Annotated[
        list[str] | None,
        typer.Option("--work", metavar="MODULE:FUNCTION", help="Of your own; repeatable."),
    ] = None,
    budget: Annotated[
        float, typer.Option("--budget", min=1.0, help="Seconds for all of it.")
    ] = 60.0,
    alpha: Annotated[
        float, typer.Option("--alpha", min=1e-6, max=0.5, help="Chance of a false alarm.")
    ] = 0.01,
    margin: Annotated[
        float, typer.Option("--margin", min=0.0, max=0.4, help="Smaller differences pass.")
    ] = 0.01,
    json_file: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write all figures there.")
    ] = None,
    python: Annotated[
        str | None,
        typer.Option("--against-python", metavar="PATH", help="Interpreter for REV."),
    ] = None,
) -> None:
    from perfkit.bench.gating import against_revision
    from perfkit.bench.progress import Progress
    from perfkit.bench.workloads import parse_recipe, workloads
    from perfkit.cli._writing import TargetError, whole_file
    from perfkit.errors import PerfkitError

    documents = document if document or work else list(_DOCUMENTS)
    try:
        recipes = [parse_recipe(text) for text in recipe or [""]]
        chosen = workloads(documents or [], recipes, work or [])
        with Progress() as show:
            found = against_revision(
                against,
                chosen,
                budget_seconds=budget,
                alpha=alpha,
                margin=margin,
                python=python,
                show=show,
            )
        if json_file:
            with whole_file(json_file) as stream:
                json.dump(found.as_dict(), stream, indent=1)
                stream.write("\n")
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        if summary:
            with Path(summary).open("a", encoding="utf-8") as stream:
                stream.write(found.markdown())
    except (PerfkitError, TargetError, OSError) as error:
        sys.stderr.write(f"perfkit: {error}\n")
        raise typer.Exit(EXIT_FAILED) from None
    typer.echo(found.markdown())
    raise typer.Exit(found.exit_code)
