"""``perfkit profile``: where the time and the memory of a recipe go, to the line."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["register"]

_HELP = """Say where the time and memory of a recipe go on a document, to the line.

RECIPE is fields of a Recipe, NAME=VALUE[,NAME=VALUE...] (what is not named keeps its default),
a TOML file, or one's own pipeline as MODULE:FUNCTION. The work is done over and over, with and
without the profiler in turns, so that what the profiler costs is told too. Worker processes are
part of the profile.

--point takes recipe and document from a point of a sweep, whose id its tables tell, and keeps the
profile under that id: perfkit point ID tells of it, and pages of the report lead to it.

\b
Examples:
  perfkit profile engine=pdfium CS003837319.pdf
  perfkit profile executor=processes,workers=2 CS003837319.pdf --out profile.html
  perfkit profile recipe.toml CS003837319.pdf --out profiles/
  perfkit profile engine=pdfium CS003837319.pdf --kind all --out profile.html
  perfkit profile engine=pdfium CS003837319.pdf --against engine=pypdf
  perfkit profile engine=pdfium CS003837319.pdf --against HEAD~1
  perfkit profile --point 1f0c93b2aa --kind all
  perfkit profile engine=pypdf CS003837319.pdf --format speedscope > pypdf.speedscope.json

--out takes a file NAME.html or NAME.json, or a folder, which gets both and a file for
speedscope. Exit code: 0 all well, 1 it failed, 2 wrong usage.
"""


class _Kind(enum.StrEnum):
    time = "time"
    line = "line"
    memory = "memory"
    allocations = "allocations"
    all = "all"


class _Format(enum.StrEnum):
    text = "text"
    json = "json"
    csv = "csv"
    speedscope = "speedscope"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("profile", help=_HELP)(_profile)


def _profile(
    recipe: Annotated[
        str | None,
        typer.Argument(metavar="RECIPE", help="As engine=pypdf; a TOML file; MODULE:FUNCTION."),
    ] = None,
    document: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="A PDF file; a bare name also in test_invoices."),
    ] = None,
    point: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Recipe and document of a sweep's point, in their place."),
    ] = None,
    record: Annotated[
        str | None, typer.Option(metavar="FILE", help="JSON-lines file that the point stands in.")
    ] = None,
    report: Annotated[
        Path, typer.Option(help="Folder of a report whose pages shall lead to a point's profile.")
    ] = Path("reports"),
    kind: Annotated[
        list[_Kind] | None, typer.Option("--kind", help="What to profile; repeatable.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="RECIPE|REVISION", help="Which functions take more than in it."),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.01, help="For the runs under each profiler, at least.")
    ] = 2.0,
    function: Annotated[
        str, typer.Option(metavar="FILE:NAME", help="Of --kind memory: look at its lines; slow.")
    ] = "",
    out: Annotated[
        str | None, typer.Option(metavar="PATH", help="NAME.html, NAME.json or a folder.")
    ] = None,
    form: Annotated[_Format, typer.Option("--format", help="How to print it.")] = _Format.text,
) -> None:
    from perfkit.cli import _points, _profiles, _sweeps
    from perfkit.profiling.profile import profile

    with _sweeps.usage():
        asked = _points.asked(recipe, document, point, record)
        targets = _profiles.targets(out, asked.document)
        found = profile(
            asked.work,
            asked.document,
            kind=[each.value for each in kind or [_Kind.time]],
            against=None if against is None else _profiles.baseline(against),
            seconds=seconds,
            function=function,
            progress=True,
        )
    for path, content in targets.items():
        _profiles.write(path, content(found))
    typer.echo(_profiles.SHOW[form](found))
    if asked.point is not None and against is None:
        typer.echo(_points.keep_profile(asked.point, found, report), err=True)
