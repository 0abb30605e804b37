"""``perfkit history``: trends over revisions, from records."""

from __future__ import annotations

import enum
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from perfkit.bench.history import History

__all__ = ["register"]

_HELP = """Show how times changed over revisions, and where.

RECORD is a JSON-lines file of records (record=... in Python, perfkit gate --record), or a
folder of such; without one, the folder reports. A figure is the trimmed mean of a session's
runs, with its 99 % interval; a level changes where the sessions before and after differ by
more than their noise. Machines and interpreters that differ are trends of their own.

\b
Examples:
  perfkit history runs.jsonl
  perfkit history records/ --arm pdfium --chart history.svg
  perfkit history runs.jsonl --format json

Exit code: 0 well, 1 there is nothing to show.
"""


#: Where the bench and the report leave what they measured.
_FOLDER = "reports"


class _Format(enum.StrEnum):
    table = "table"
    json = "json"
    csv = "csv"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("history", help=_HELP)(_history)


def _history(
    records: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RECORD]...", help="Files or folders of records."),
    ] = None,
    arm: Annotated[
        str | None, typer.Option("--arm", metavar="TEXT", help="Only arms whose name holds this.")
    ] = None,
    document: Annotated[
        str | None, typer.Option("--document", metavar="TEXT", help="Only such documents.")
    ] = None,
    form: Annotated[_Format, typer.Option("--format", help="How to print it.")] = _Format.table,
    chart: Annotated[
        str | None, typer.Option("--chart", metavar="FILE.svg", help="Write a chart there.")
    ] = None,
) -> None:
    from perfkit.bench.history import history
    from perfkit.cli._writing import TargetError, whole_file

    found = history(records or [_FOLDER], arm=arm, document=document)
    if form is _Format.json:
        typer.echo(json.dumps(found.rows(), indent=1))
    elif form is _Format.csv:
        typer.echo(found.frame().to_csv(index=False), nl=False)
    else:
        _print_table(found)
    if chart:
        from perfkit.charts.history import draw

        try:
            with whole_file(chart) as stream:
                stream.write(draw(found).svg())
        except TargetError as error:
            sys.stderr.write(f"perfkit: {error}\n")
            raise typer.Exit(1) from None


def _print_table(found: History) -> None:
    from perfkit.bench.formatting import figure
    from perfkit.bench.html import Column
    from perfkit.cli._columns import columns
    from perfkit.cli._text import printable

    heads = [
        Column("date"),
        Column("revision"),
        Column("ms a call", numeric=True),
        Column("99 % interval", numeric=True),
        Column("runs", numeric=True),
        Column("new level"),
    ]
    for trend in found.trends:
        ratios = {change.place: f"{change.ratio:.3f}x" for change in trend.changes}
        rows = [
            [
                datetime.fromtimestamp(moment.started, UTC).strftime("%Y-%m-%d %H:%M"),
                moment.revision,
                figure(moment.time_ms.value),
                f"[{figure(moment.time_ms.low)}, {figure(moment.time_ms.high)}]",
                str(moment.time_ms.observations),
                ratios.get(place, ""),
            ]
            for place, moment in enumerate(trend.moments)
        ]
        typer.echo(printable(f"{trend.title}, on {trend.machine}"))
        typer.echo(columns(heads, rows) + "\n")
    typer.echo(printable(str(found.sentence())))
