"""``perfkit extract``: line items of invoices, as a table, JSON or CSV."""

from __future__ import annotations

from typing import Annotated

import typer

from perfkit.cli._formats import Format

__all__ = ["register"]

_HELP = """Read the line items of invoices.

Standard output holds the result only; progress, warnings and errors go to standard error.
A file that cannot be read is named with the reason, and the others go on.

Where NAME.json stands beside NAME.pdf as its truth, the accuracy is measured against it;
elsewhere it is a self-check: the share of the vendor's checks (arithmetic, check digits,
printed totals) that hold. The result says which.

A document is doubtful where a check fails, a field is missing, a number inside the table has no
place, or a page is missing. The table and the JSON name the rows, columns and pages; beside
--out items.csv they are in items.ledger.json.

\b
Examples:
  perfkit extract test_invoices/CS003837319.pdf
  perfkit extract --format json invoice.pdf > invoice.json
  perfkit extract --format csv --out items.csv *.pdf
  perfkit extract --format json --out results/ *.pdf
  perfkit extract --recipe recipe.toml invoice.pdf
  perfkit extract --password-file secret.txt encrypted.pdf
  perfkit extract --all several_invoices.pdf
  perfkit extract --attachments portfolio.pdf
  perfkit extract --all-pages letter_then_invoice.pdf
  perfkit extract --accept-doubtful --format csv invoice.pdf > items.csv

Exit code: 0 all well, 1 some documents failed (the others were written) or are doubtful (all
were written; --accept-doubtful makes it 0), 2 wrong usage, 130 interrupted (nothing
half-written is left).
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("extract", help=_HELP)(_extract)


# A new option has to be known to perfkit.cli._quick as well; a test compares the two.
def _extract(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="PDF files.")],
    form: Annotated[
        Format | None,
        typer.Option(
            "--format", help="Default: what --out's suffix says, json for a folder, else a table."
        ),
    ] = None,
    engine: Annotated[
        str | None, typer.Option(help="What reads the pages: pdfium (default) or pypdf.")
    ] = None,
    layout: Annotated[
        str | None, typer.Option(metavar="auto|NAME", help="auto (default): what the pages say.")
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="PATH", help="File to write; for a folder (or NAME/), one file a document."
        ),
    ] = None,
    password_file: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Its first line opens encrypted documents."),
    ] = None,
    recipe_file: Annotated[
        str | None,
        typer.Option("--recipe", metavar="FILE", help="Recipe as TOML; other options go before."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Read every document of a file, not its only one.")
    ] = False,
    attachments: Annotated[
        bool, typer.Option("--attachments", help="Read the PDFs attached to a file, too.")
    ] = False,
    all_pages: Annotated[
        bool, typer.Option("--all-pages", help="Look for a known vendor beyond the first pages.")
    ] = False,
    accept_doubtful: Annotated[
        bool, typer.Option("--accept-doubtful", help="Doubtful documents do not make it exit 1.")
    ] = False,
) -> None:
    from perfkit.cli._job import run

    raise typer.Exit(
        run(
            files,
            form=form,
            engine=engine,
            layout=layout,
            recipe_file=recipe_file,
            out=out,
            password_file=password_file,
            every=every,
            attachments=attachments,
            all_pages=all_pages,
            accept_doubtful=accept_doubtful,
        )
    )
