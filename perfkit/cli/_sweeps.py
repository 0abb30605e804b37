"""What ``perfkit sweep`` and ``perfkit compare`` print, and how they refuse."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import typer

from perfkit.bench import formatting
from perfkit.bench.html import POINT_ID, Column
from perfkit.bench.pipelines import load_pipeline
from perfkit.bench.wording import effort_cells, proof_cells
from perfkit.cli._columns import columns
from perfkit.cli._text import printable
from perfkit.errors import ParameterError, RecipeError
from perfkit.recipe import Recipe

if TYPE_CHECKING:
    from perfkit.bench.sweep_results import Sweep

__all__ = ["EXIT_USAGE", "SHOW", "subject", "usage"]

EXIT_USAGE = 2


@contextmanager
def usage() -> Iterator[None]:
    """What was asked for and cannot be: said in one line, exit code 2."""
    try:
        yield
    except (ParameterError, RecipeError) as error:
        sys.stderr.write(f"perfkit: {printable(str(error))}\n")
        raise typer.Exit(EXIT_USAGE) from None


def subject(
    pipeline: str | None, settings: Mapping[str, Any], recipe: str | None = None
) -> Recipe | Callable[..., Any]:
    """What is swept, with what is the same at all points; ``recipe`` is a TOML file."""
    if pipeline is not None and recipe is not None:
        raise ParameterError("Give --recipe or --pipeline, not both.")
    if pipeline is None:
        return (Recipe() if recipe is None else Recipe.from_toml(recipe)).with_(**settings)
    # A module of the working folder is found as `python -m` finds it.
    sys.path.insert(0, os.getcwd())
    work = load_pipeline(pipeline)
    return partial(work, **settings) if settings else work


def _table(sweep: Sweep) -> str:
    """The sentence, the table and the notes."""
    numbers = ("pages", "time", "items", "accuracy", "rows unlike", "times as fast", "peak MiB")
    figures = [Column(title, numeric=True) for title in numbers]
    heads = [Column("document"), Column("point"), *figures, Column("verdict"), POINT_ID]
    rows = []
    for result in sweep.results:
        took = result.document_ms
        rows.append(
            [
                result.document,
                result.arm,
                f"{result.pages:,}",
                formatting.milliseconds(took.value) if took else "–",
                *proof_cells(result),
                *effort_cells(result),
                f"failed: {result.error}" if result.error else sweep.verdict_at(result),
                sweep.point_id(result),
            ]
        )
    notes = [f"note: {printable(note)}" for note in sweep.notes()]
    return "\n".join([columns(heads, rows), "", printable(str(sweep)), *notes])


def _json(sweep: Sweep) -> str:
    rows = sweep.frame()
    found = json.loads(rows.to_json(orient="records", double_precision=15))
    whole = {
        "sentence": str(sweep),
        "baseline": sweep.baseline,
        "axes": sweep.axes,
        "rounds": sweep.rounds,
        "correction": sweep.correction,
        "notes": list(sweep.notes()),
        "environment": sweep.environment.as_dict(),
        "results": found,
    }
    return json.dumps(whole, indent=2)


def _csv(sweep: Sweep) -> str:
    return sweep.frame().to_csv(index=False).rstrip("\n")


SHOW = {"table": _table, "json": _json, "csv": _csv}
