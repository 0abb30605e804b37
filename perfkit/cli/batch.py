"""``perfkit batch``: every file of a folder to its items or one named error, resumable."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

__all__ = ["register"]

_HELP = """Read the line items of many invoices, of which any may be damaged or hostile.

SOURCE is a folder (every *.pdf in and below it), a pattern in quotes, or a text file with one
path a line. Files are opened in worker processes only, each with a limit of memory and a
deadline; what dies or hangs costs its own file and no other.

Every file ends in its items or in one named error: not a file, too large, not a PDF, encrypted,
damaged, too many pages, no text layer, unknown vendor, no items, out of memory, timed out,
worker died.

DIR holds results.jsonl (one line for each document, of which a file may hold several),
manifest.jsonl (one line for each file: content hash, outcome, what is doubtful, seconds, peak
memory, engine, attempts), summary.json and recipe.toml. The same command again, after whatever
ended the first one, does only what is missing or has changed.

A file is doubtful where the ledger of a document has a reason (a check that fails, a field that
is missing, ...) or its bytes show damage. Its items are kept; the manifest has the reasons.

\b
Examples:
  perfkit batch test_invoices/ --out results/
  perfkit batch 'inbox/**/*.pdf' --out results/ --workers 4
  perfkit batch inbox/ --out results/ --dry-run --price-an-hour 0.10
  perfkit batch files.txt --out results/ --recipe recipe.toml --format parquet
  perfkit batch inbox/ --out results/ --accept-doubtful

Exit code: 0 every file has its outcome, 1 a file is doubtful (0 with --accept-doubtful) or the
batch could not begin or go on (a full disk, a folder in use), 2 wrong usage, 130 interrupted.
Whatever it is, what is done is kept.
"""


class _Form(enum.StrEnum):
    jsonl = "jsonl"
    parquet = "parquet"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("batch", help=_HELP)(_batch)


def _batch(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE...", help="Folder, pattern, list, or PDF.")
    ],
    out: Annotated[str, typer.Option(metavar="DIR", help="Folder for results and manifest.")],
    recipe_file: Annotated[
        str | None, typer.Option("--recipe", metavar="FILE", help="Recipe as TOML.")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="Before the recipe's own.")] = None,
    workers: Annotated[int, typer.Option(min=0, help="0: as many as there are usable cores.")] = 0,
    executor: Annotated[
        str, typer.Option(metavar="processes|dask://ADDRESS", help="Where files are read.")
    ] = "processes",
    form: Annotated[
        _Form, typer.Option("--format", help="parquet: items.parquet beside results.jsonl.")
    ] = _Form.jsonl,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read a sample and predict time, memory and money.")
    ] = False,
    price: Annotated[
        float | None,
        typer.Option("--price-an-hour", min=0.0, help="Of the machine, for --dry-run."),
    ] = None,
    accept_doubtful: Annotated[
        bool, typer.Option("--accept-doubtful", help="Doubtful files do not make it exit 1.")
    ] = False,
) -> None:
    from perfkit.cli._batch_job import run

    raise typer.Exit(
        run(
            sources,
            out=out,
            recipe_file=recipe_file,
            engine=engine,
            workers=workers,
            executor=executor,
            form=form.value,
            dry_run=dry_run,
            price_an_hour=price,
            accept_doubtful=accept_doubtful,
        )
    )
