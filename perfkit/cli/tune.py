"""``perfkit tune``: which recipe to take for documents, under limits."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from perfkit.tuning.recommendation import Recommendation

__all__ = ["register"]

_HELP = """Find the recipe to take for documents on this machine, under limits.

Recipes are tried one after the other; each has to read what the sequential baseline reads (or
be as right by the truth beside the document), and is timed in the same rounds as one other.
Those that come near the best are compared with it in interleaved pairs, and the winner with
the baseline.

With --out, FILE.toml gets the recipe, FILE.json beside it the evidence, and FILE.jsonl every
measurement as it is taken: the same command again does only what is missing there.

\b
Examples:
  perfkit tune CS003837319.pdf --out best.toml
  perfkit tune inbox/*.pdf --max-seconds 2 --max-memory-mb 60 --out best.toml
  perfkit tune inbox/*.pdf --minimise memory --max-seconds 1
  perfkit tune CS003837319.pdf --axis engine=pypdf,pdfium --axis executor=inline,processes
  perfkit extract --recipe best.toml CS003837319.pdf

Exit code: 0 a recipe is recommended, 1 it failed, 2 wrong usage, 3 no recipe meets the limits
(the nearest is named), 130 interrupted (the best so far is told; what was measured stands in
the record).
"""

EXIT_NONE, EXIT_INTERRUPTED = 3, 130


class _Format(enum.StrEnum):
    text = "text"
    json = "json"
    toml = "toml"


class _Minimise(enum.StrEnum):
    time = "time"
    memory = "memory"
    cost = "cost"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tune", help=_HELP)(_tune)


def _tune(
    documents: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="PDF files; a bare name also in test_invoices."),
    ],
    axis: Annotated[
        list[str] | None,
        typer.Option("--axis", metavar="NAME=A,B,C", help="Values of a field to choose from."),
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A field that is the same in all."),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Recipe as TOML, for the fields that no axis names."),
    ] = None,
    max_seconds: Annotated[
        float | None, typer.Option(help="Of the slowest document, by the median of its runs.")
    ] = None,
    max_memory_mb: Annotated[
        float | None, typer.Option(help="Peak of the process tree on any document, in MiB.")
    ] = None,
    min_accuracy: Annotated[
        float | None, typer.Option(help="Of the worst document, 0 to 1.")
    ] = None,
    max_cost_usd: Annotated[
        float | None, typer.Option(help="US dollars that a service takes for a document.")
    ] = None,
    minimise: Annotated[_Minimise, typer.Option(help="What is to be small.")] = _Minimise.time,
    share: Annotated[float, typer.Option(help="Of all recipes: so many are tried.")] = 0.25,
    rounds: Annotated[int, typer.Option(min=3, help="Timed rounds of a recipe.")] = 5,
    seed: Annotated[int, typer.Option(help="Of the search.")] = 0,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML of the recipe that is recommended.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON lines; beside --out by default.")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Do not go on with what the record holds.")
    ] = False,
    form: Annotated[_Format, typer.Option("--format", help="How to print it.")] = _Format.text,
) -> None:
    from perfkit.cli import _sweeps
    from perfkit.cli._settings import axes_from, settings_from
    from perfkit.recipe import Recipe
    from perfkit.tuning.tune import tune

    with _sweeps.usage():
        base = Recipe() if recipe is None else Recipe.from_toml(recipe)
        found = tune(
            documents,
            axes_from(axis or []) or None,
            base.with_(**settings_from(fixed or [])),
            max_seconds=max_seconds,
            max_memory_mb=max_memory_mb,
            min_accuracy=min_accuracy,
            max_cost_usd=max_cost_usd,
            minimise=minimise.value,
            share=share,
            rounds=rounds,
            record=record or (out.with_suffix(".jsonl") if out else None),
            resume=not fresh,
            seed=seed,
        )
    if out is not None:
        _save(found, out)
    typer.echo(_shown(found, form))
    if found.interrupted:
        raise typer.Exit(EXIT_INTERRUPTED)
    if found.best is None:
        raise typer.Exit(EXIT_NONE)


def _save(found: Recommendation, out: Path) -> None:
    from perfkit.tuning.recommendation import write

    found.save(out.with_suffix(".json"))
    if found.best is not None:
        write(out, found.to_toml())


def _shown(found: Recommendation, form: _Format) -> str:
    import json

    from perfkit.cli._columns import columns
    from perfkit.cli._text import printable
    from perfkit.tuning import wording

    if form is _Format.json:
        return json.dumps(found.as_dict(), indent=2)
    if form is _Format.toml and found.best is not None:
        return found.to_toml().rstrip("\n")
    notes = [printable(note) for note in found.notes()]
    return "\n".join(
        [columns(wording.COLUMNS, wording.rows(found)), "", printable(str(found)), *notes]
    )
