"""``perfkit profile``: where the time and the memory of a recipe go, to the line."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

__all__ = ["register"]

_HELP = """Say where the time and memory of a recipe go on a document, to the line.

RECIPE is fields of a Recipe, NAME=VALUE[,NAME=VALUE...] (what is not named keeps its default),
a TOML file, or one's own pipeline as MODULE:FUNCTION. The work is done over and over, with and
without the profiler in turns, so that what the profiler costs is told too. Worker processes are
part of the profile.

\b
Examples:
  perfkit profile engine=pdfium CS003837319.pdf
  perfkit profile executor=processes,workers=2 CS003837319.pdf --out profile.html
  perfkit profile recipe.toml CS003837319.pdf --out profiles/
  perfkit profile engine=pdfium CS003837319.pdf --kind all --out profile.html
  perfkit profile engine=pdfium CS003837319.pdf --against engine=pypdf
  perfkit profile engine=pdfium CS003837319.pdf --against HEAD~1
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
        str,
        typer.Argument(metavar="RECIPE", help="As engine=pypdf; a TOML file; MODULE:FUNCTION."),
    ],
    document: Annotated[
        str, typer.Argument(metavar="FILE", help="A PDF file; a bare name also in test_invoices.")
    ],
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
    from perfkit.cli import _profiles, _sweeps
    from perfkit.profiling.profile import profile

    with _sweeps.usage():
        targets = _profiles.targets(out, document)
        found = profile(
            _profiles.given(recipe),
            document,
            kind=[each.value for each in kind or [_Kind.time]],
            against=None if against is None else _profiles.baseline(against),
            seconds=seconds,
            function=function,
            progress=True,
        )
    for path, content in targets.items():
        _profiles.write(path, content(found))
    typer.echo(_profiles.SHOW[form](found))
