"""``perfkit point``: all that is known of one point of a sweep, under its id."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

__all__ = ["register"]

_HELP = """Show what is known of a point: its recipe, time, memory, accuracy, cost, and its profile.

The tables of perfkit sweep and of the report tell the id of every point, which is the same
settings on the same document in any of them. perfkit profile --point ID adds a profile.

\b
Examples:
  perfkit point 1f0c93b2aa
  perfkit point 1f0c --format json
  perfkit point 1f0c93b2aa --record sweep.jsonl

Exit code: 0 all well, 1 the record cannot be read, 2 there is no such point.
"""


class _Format(enum.StrEnum):
    text = "text"
    json = "json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("point", help=_HELP)(_point)


def _point(
    name: Annotated[str, typer.Argument(metavar="ID", help="Its first four digits will do.")],
    record: Annotated[
        str | None, typer.Option(metavar="FILE", help="JSON-lines file of a sweep to look in.")
    ] = None,
    form: Annotated[_Format, typer.Option("--format", help="How to print it.")] = _Format.text,
) -> None:
    import json

    from perfkit.bench.kept_points import find_point, profile_page
    from perfkit.cli import _sweeps
    from perfkit.cli._text import printable

    with _sweeps.usage():
        found = find_point(name, record)
    page = profile_page(found.id)
    if form is _Format.json:
        whole = {**found.as_dict(), "profile": page and str(page)}
        typer.echo(json.dumps(whole, indent=2))
        return
    none = f"none yet; perfkit profile --point {found.id} takes one"
    rows = [("id", found.id), *found.rows(), ("profile", str(page) if page else none)]
    width = max(len(title) for title, _ in rows)
    for title, value in rows:
        typer.echo(printable(f"{title.ljust(width)}  {value}"))
