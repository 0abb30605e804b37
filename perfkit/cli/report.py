"""``perfkit report``: run notebooks and write the HTML report."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

__all__ = ["register"]

_HELP = """Run notebooks and write a self-contained HTML page for each, and an index.

Without a name, all notebooks of the folder notebooks are run, one after another.

\b
Examples:
  perfkit report
  perfkit report engines -p rounds=9 -p documents=a.pdf,b.pdf
  perfkit report --full optimizers
  perfkit report notebooks/engines.ipynb --out /tmp/report

Exit code: 0 all ran, 1 a notebook failed (the others were written), 2 wrong usage.
"""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("report", help=_HELP)
    def report(
        notebooks: Annotated[
            list[str] | None,
            typer.Argument(metavar="NOTEBOOK", help="Names or paths of notebooks."),
        ] = None,
        parameter: Annotated[
            list[str] | None,
            typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Set a parameter."),
        ] = None,
        full: Annotated[
            bool,
            typer.Option("--full", help="Minutes a notebook, for a report: -p profile=full."),
        ] = False,
        out: Annotated[str, typer.Option("--out", help="Folder of the report.")] = "reports",
    ) -> None:
        from perfkit.errors import ParameterError
        from perfkit.report import run
        from perfkit.report.parameters import parse_pairs
        from perfkit.report.progress import Shown

        pairs = [*(parameter or []), *(["profile=full"] if full else [])]
        try:
            with Shown() as show:
                made = run(notebooks or (), parse_pairs(pairs), out, show=show)
        except ParameterError as error:
            sys.stderr.write(f"perfkit: {error}\n")
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            sys.stderr.write("perfkit: interrupted; pages that were finished stand as they are\n")
            raise typer.Exit(130) from None
        for outcome in made.outcomes:
            for sentence in outcome.sentences:
                typer.echo(f"{outcome.name}: {sentence}")
        for outcome in made.failed:
            typer.echo(f"{outcome.name} failed: {outcome.error}", err=True)
        typer.echo(f"Open {made.index}")
        if made.failed:
            raise typer.Exit(1)
