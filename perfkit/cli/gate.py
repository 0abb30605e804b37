"""``perfkit gate``: this checkout against another revision, for CI."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfkit.bench.gate import Gate
    from perfkit.bench.workloads import Workload

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
  perfkit gate --record baseline.jsonl
  perfkit gate --against baseline.jsonl

The last two hold this checkout against a record of this machine, without any git; that is
weaker, since days differ: prefer a revision where it can still be run.

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
        str | None,
        typer.Option("--against", metavar="REV|RECORD", help="A commit, or a file of --record."),
    ] = None,
    record: Annotated[
        str | None,
        typer.Option("--record", metavar="FILE", help="Append every run to this file."),
    ] = None,
    document: Annotated[
        list[str] | None,
        typer.Option("--document", metavar="PDF", help="To extract; repeatable. Default: two."),
    ] = None,
    recipe: Annotated[
        list[str] | None,
        typer.Option(
            "--recipe", metavar="NAME=VALUE,...", help="Of extraction, or FILE.toml; repeatable."
        ),
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
    from perfkit.bench.progress import Progress
    from perfkit.bench.workloads import parse_recipe, workloads
    from perfkit.cli._writing import TargetError, whole_file
    from perfkit.errors import PerfkitError

    if against is None and record is None:
        raise typer.BadParameter("Name what to compare with: --against REV (or --record FILE).")
    documents = document if document or work else list(_DOCUMENTS)
    try:
        recipes = [parse_recipe(text) for text in recipe or [""]]
        chosen = workloads(documents or [], recipes, work or [])
        with Progress() as show:
            options: dict[str, Any] = {"budget_seconds": budget, "show": show}
            if against is None:
                from perfkit.bench.recorded import record_checkout

                session = record_checkout(str(record), chosen, **options)
                typer.echo(f"{record}: {session.environment.revision} is recorded.")
                return
            found = _found(
                against, chosen, python, record, {**options, "alpha": alpha, "margin": margin}
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


def _found(
    against: str,
    chosen: Sequence[Workload],
    python: str | None,
    record: str | None,
    options: dict[str, Any],
) -> Gate:
    if Path(against).is_file():
        from perfkit.bench.recorded import against_record

        return against_record(against, chosen, **options)
    from perfkit.bench.gating import against_revision

    return against_revision(against, chosen, python=python, record=record, **options)
