"""``perfkit sweep``: time, memory and accuracy at every point of a grid of settings."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

__all__ = ["register"]

_HELP = """Measure every combination of settings on documents, against a baseline.

An axis is any field of a Recipe (engine, executor, workers, chunk_pages, ...) or pages, the
document's size: documents of so many pages are then made for it. All points are timed in
interleaved rounds; outputs are compared before a time is shown, and verdicts are corrected
for their number.

With --record, each run is kept as it is taken. A sweep that was interrupted or killed goes on
where it stopped when the same command is given again; --fresh measures all anew.

\b
Examples:
  perfkit sweep --axis engine=pypdf,pdfium CS003837319.pdf
  perfkit sweep --axis workers=1,2,4 --set executor=processes \\
      --baseline engine=pdfium --record sweep.jsonl CS003837319.pdf
  perfkit sweep --pipeline mine:count_words --axis block=10,100 CS003837319.pdf
  perfkit sweep --axis pages=1,5,15 --axis engine=pypdf,pdfium --format csv > sizes.csv

Exit code: 0 all well, 1 no point could be timed, 2 wrong usage, 130 interrupted (what was
measured stands in the record).
"""


class _Format(enum.StrEnum):
    table = "table"
    json = "json"
    csv = "csv"


class _Correction(enum.StrEnum):
    holm = "holm"
    benjamini_hochberg = "benjamini-hochberg"
    none = "none"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sweep", help=_HELP)(_sweep)


def _sweep(
    documents: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE...", help="PDF files; a bare name also in test_invoices."),
    ] = None,
    axis: Annotated[
        list[str] | None,
        typer.Option("--axis", metavar="NAME=A,B,C", help="Values of a field, or of pages."),
    ] = None,
    pipeline: Annotated[
        str | None,
        typer.Option(metavar="MODULE:FUNCTION", help="Your own; or a name it is installed by."),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Recipe as TOML, for the fields that no axis names."),
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A field that is the same at all points."),
    ] = None,
    baseline: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Default: engine=pypdf,executor=inline."),
    ] = None,
    rounds: Annotated[int, typer.Option(min=3, help="Timed rounds.")] = 7,
    correction: Annotated[
        _Correction, typer.Option(help="holm for gates, benjamini-hochberg to explore.")
    ] = _Correction.holm,
    record: Annotated[
        str | None, typer.Option(metavar="FILE", help="JSON-lines file of all runs; resumed.")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Do not go on with what the record holds.")
    ] = False,
    memory: Annotated[
        bool, typer.Option("--memory/--no-memory", help="Measure peaks, a fresh process each.")
    ] = True,
    form: Annotated[_Format, typer.Option("--format", help="How to print it.")] = _Format.table,
) -> None:
    from perfkit.bench.sweep import sweep
    from perfkit.cli import _sweeps
    from perfkit.cli._settings import axes_from, settings_from

    own = pipeline is not None
    with _sweeps.usage():
        found = sweep(
            _sweeps.subject(pipeline, settings_from(fixed or [], own=own), recipe),
            axes_from(axis or [], own=own),
            documents or None,
            rounds=rounds,
            baseline=settings_from(baseline, own=own) if baseline else None,
            correction=correction.value,
            record=record,
            resume=not fresh,
            memory=memory,
        )
    typer.echo(_sweeps.SHOW[form](found))
    if found.best() is None:
        raise typer.Exit(1)
