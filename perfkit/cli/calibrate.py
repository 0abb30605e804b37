"""``perfkit calibrate``: how often verdicts are right on this machine."""

from __future__ import annotations

import enum
import json
import sys
from typing import Annotated

import typer

__all__ = ["register"]

_HELP = """Measure how far verdicts can be trusted on this machine.

Compares work of exactly known amount many times over, and counts: false alarms on the same
work, 2 % and 1 % more work that was found, intervals that hold the true ratio, and verdicts
beside three busy processes. The result is kept, and shown in every report made here.

Close other work first. It takes some thirty minutes, with --quick less than two. Ctrl-C or
--minutes keep what was done, and --resume goes on with it.

\b
Examples:
  perfkit calibrate --quick
  perfkit calibrate --resume --minutes 5
  perfkit calibrate --format json

Exit code: 0 every goal was met, 1 one was missed, 130 broken off.
"""


class _Format(enum.StrEnum):
    table = "table"
    json = "json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("calibrate", help=_HELP)(_calibrate)


def _calibrate(
    quick: Annotated[bool, typer.Option("--quick", help="Less than two minutes.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with one that was broken off.")
    ] = False,
    minutes: Annotated[
        float | None, typer.Option("--minutes", min=0.01, help="Break off after so long.")
    ] = None,
    form: Annotated[_Format, typer.Option("--format", help="How to print it.")] = _Format.table,
) -> None:
    from perfkit.bench.calibrating import calibrate
    from perfkit.bench.calibration import COLUMNS, file_of, latest
    from perfkit.bench.progress import Progress
    from perfkit.cli._columns import columns

    try:
        with Progress() as show:
            found = calibrate(quick=quick, resume=resume, minutes=minutes, tell=show)
    except KeyboardInterrupt:
        kept = latest()
        sys.stderr.write(f"perfkit: interrupted. {kept.sentence() if kept else ''}\n")
        raise typer.Exit(130) from None
    if form is _Format.json:
        typer.echo(json.dumps(found.as_dict(), indent=1))
    else:
        typer.echo(columns(COLUMNS, found.rows()))
        typer.echo(found.sentence())
        typer.echo(f"Kept in {file_of(found.environment)}")
    if not found.goals_hold:
        raise typer.Exit(1)
