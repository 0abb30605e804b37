"""``perfkit score``: how right line items are, against their truth."""

from __future__ import annotations

import enum
import sys
from typing import Annotated

import typer

__all__ = ["register"]

_HELP = """Compare extracted line items with the true ones.

FOUND is what perfkit extract --format json wrote, TRUTH a truth file (or another result).
Either may be a folder of such files, and FOUND may hold several documents: they are then
matched by the stem of the PDF's name. The rows of a document that FOUND lists as failed
count as missing, and where FOUND is a folder, those of every truth without a document.
A document whose truth expects it to fail, and which did, is left out.

Rows are matched by product code, in order. Recall and precision are of rows; field accuracy
is the share of all true fields that are exactly right.

\b
Examples:
  perfkit score found.json test_invoices/CS003837319.json
  perfkit score results/ test_invoices/ --min 0.99
  perfkit score found.json test_invoices/ --all --format json

Exit code: 0 all well, 1 recall, precision or field accuracy is below --min, 2 wrong usage,
also when a file cannot be read as line items or nothing matches.
"""

EXIT_FAILED, EXIT_USAGE = 1, 2


class _Format(enum.StrEnum):
    table = "table"
    json = "json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("score", help=_HELP)(_score)


def _score(
    found: Annotated[str, typer.Argument(metavar="FOUND", help="JSON file or folder.")],
    truth: Annotated[str, typer.Argument(metavar="TRUTH", help="JSON file or folder.")],
    form: Annotated[_Format, typer.Option("--format", help="How to print it.")] = _Format.table,
    least: Annotated[
        float | None,
        typer.Option("--min", min=0.0, max=1.0, help="Exit 1 if a figure is below this."),
    ] = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Print every difference, not the first ten.")
    ] = False,
) -> None:
    from perfkit.cli._scores import compare, show_json, show_table
    from perfkit.cli._text import printable
    from perfkit.errors import TruthError

    try:
        scores = compare(found, truth)
    except TruthError as error:
        sys.stderr.write(f"perfkit: {printable(str(error))}\n")
        raise typer.Exit(EXIT_USAGE) from None
    if form is _Format.json:
        typer.echo(show_json(scores))
    else:
        typer.echo(show_table(scores, show_all=show_all))
    if least is not None and scores.lowest < least:
        sys.stderr.write(f"perfkit: below --min {least:g}\n")
        raise typer.Exit(EXIT_FAILED)
