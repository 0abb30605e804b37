"""``perfkit docai``: record the answers of Document AI once, and serve them again for free."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perfkit.cli._emulator import Fail, Foreground, Latency, Port, Quota, Seed, begin
from perfkit.errors import DocumentError, ParameterError

__all__ = ["register"]

_RECORD = """Ask Document AI for documents, and keep its answers.

Processor and endpoint are those of the environment (PERFKIT_DOCAI_PROCESSOR,
PERFKIT_DOCAI_ENDPOINT), credentials Google's default ones. Every document costs what
its pages cost; one that is in the folder already is not asked for again.

\b
Examples:
  perfkit docai record test_invoices/CI004848705.pdf
  perfkit docai record --out recordings --processor projects/P/locations/us/processors/X *.pdf

Exit code: 1 if a document could not be recorded; the others are.
"""
_REPLAY = """Serve recorded answers on this machine, at any latency and quota.

It is the stand-in of perfkit emulator, with real answers in place of made ones: any page
selection of a recorded document, with its text, tokens and entities. Stop it with
perfkit emulator stop.

\b
Examples:
  perfkit docai replay recordings
  perfkit docai replay recordings --latency lognormal:900ms,0.3 --quota 600
"""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    docai = typer.Typer(
        name="docai",
        help="Record answers of Google Document AI, and serve them again.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    docai.command("record", help=_RECORD)(_record)
    docai.command("replay", help=_REPLAY)(_replay)
    app.add_typer(docai)


def _record(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="PDF files.")],
    out: Annotated[Path, typer.Option(help="Folder of the recordings.")] = Path("recordings"),
    processor: Annotated[str, typer.Option(help="Full name, in place of the environment's.")] = "",
    endpoint: Annotated[str, typer.Option(help="In place of the environment's.")] = "",
    fields: Annotated[
        str,
        typer.Option(
            metavar="PATH,...", help="Field mask; by default what perfkit's engine needs."
        ),
    ] = "",
    again: Annotated[bool, typer.Option("--again", help="Also what is recorded already.")] = False,
) -> None:
    from perfkit.docai.plan import MOST_PAGES
    from perfkit.docai.recordings import Recordings
    from perfkit.docai.settings import settings_of
    from perfkit.engines.documentai import open_document
    from perfkit.recipe import Recipe
    from perfkit.source import open_source

    recipe = Recipe(
        engine="documentai",
        docai_processor=processor,
        docai_endpoint=endpoint,
        docai_field_mask=fields,
        # As few requests as can be: that is what the least is paid for.
        chunk_pages=MOST_PAGES,
    )
    recordings, settings, failed = Recordings(out), settings_of(recipe), False
    for file in files:
        try:
            with open_document(open_source(file), recipe=recipe) as document:
                saved, asked = recordings.record(Path(file).name, document, settings, again=again)
                use = document.use()
        except DocumentError as error:
            typer.echo(f"perfkit: {error}", err=True)
            failed = True
            continue
        if asked:
            typer.echo(
                f"{file}: {use.pages} pages, {use.requests} requests, "
                f"US$ {use.cost_usd} to {use.cost_high_usd}; {saved}"
            )
        else:
            typer.echo(f"{file}: recorded already, {saved}")
    if failed:
        raise typer.Exit(1)


def _replay(
    recordings: Annotated[
        Path, typer.Argument(help="Folder of perfkit docai record.", exists=True, file_okay=False)
    ],
    port: Port = 0,
    latency: Latency = "0ms",
    fail: Fail = "",
    quota: Quota = 0,
    seed: Seed = 0,
    foreground: Foreground = False,
) -> None:
    from perfkit.docai.recordings import Recordings
    from perfkit.emulator.options import Options

    known = list(Recordings(recordings).all())
    if not known:
        raise typer.BadParameter(f"{recordings} holds no recorded answer")
    try:
        options = Options(
            port=port,
            latency=latency,
            fail=fail,
            quota=quota,
            seed=seed,
            recordings=str(recordings.absolute()),
        )
    except ParameterError as error:
        raise typer.BadParameter(str(error)) from error
    for one in known:
        typer.echo(f"{one.name}: {one.pages} pages, recorded {one.recorded} from {one.processor}")
    begin(options, foreground=foreground)
