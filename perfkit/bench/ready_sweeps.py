"""What a notebook asks of workers and of document size: sweeps with sensible defaults."""

from __future__ import annotations

import os
from collections.abc import Sequence

from perfkit.bench.profile_choice import chosen
from perfkit.bench.sized_documents import document_of
from perfkit.bench.sweep import sweep
from perfkit.bench.sweep_results import Sweep
from perfkit.errors import ParameterError
from perfkit.recipe import Recipe

__all__ = ["sweep_sizes", "sweep_workers"]


def sweep_workers(
    document: str | os.PathLike[str] = "",
    *,
    pages: int = 0,
    engine: str = "pdfium",
    executor: str = "processes",
    workers: Sequence[int] = (),
    rounds: int = 0,
    profile: str = "quick",
    record: str | os.PathLike[str] = "",
    progress: bool = True,
) -> Sweep:
    """A sweep over numbers of workers, against the same engine without workers.

    Give it to :func:`perfkit.bench.scaling_of_sweep.scaling_from`.

    Parameters
    ----------
    document : path, optional
        By default one is made that is long enough for workers to matter.
    pages : int
        Of the document that is made; 0 for 80 (quick) or 400 (full).
    engine, executor : str
    workers : sequence of int
        By default 1, 2 and 4 (quick), or 1, 2, 3, 4, 6 and 8 (full).
    rounds : int
        0 for 5 (quick) or 25 (full).
    profile : {"quick", "full"}
    record : path, optional
        JSON-lines file, from which an interrupted sweep goes on.
    progress : bool

    Raises
    ------
    ParameterError
        If the executor has no workers; else as :func:`perfkit.bench.sweep.sweep`.
    """
    if executor == "inline":
        raise ParameterError('executor="inline" has no workers; give "processes" or "threads".')
    made = chosen(profile, pages, quick=80, full=400)
    return sweep(
        Recipe(engine=engine, executor=executor),
        {"workers": chosen(profile, list(workers), quick=[1, 2, 4], full=[1, 2, 3, 4, 6, 8])},
        document or document_of(made),
        rounds=chosen(profile, rounds, quick=5, full=25),
        baseline={"engine": engine, "executor": "inline"},
        record=record or None,
        progress=progress,
    )


def sweep_sizes(
    pages: Sequence[int] = (),
    *,
    engines: Sequence[str] = ("pdfium",),
    rounds: int = 0,
    profile: str = "quick",
    record: str | os.PathLike[str] = "",
    progress: bool = True,
) -> Sweep:
    """A sweep over document size, every engine against sequential pypdf.

    Parameters
    ----------
    pages : sequence of int
        Sizes; by default 1, 4 and 15 (quick), or 1, 2, 5, 15, 50 and 150 (full).
    engines : sequence of str
    rounds : int
        0 for 4 (quick) or 9 (full).
    profile, record, progress
        As :func:`sweep_workers` takes them.

    Raises
    ------
    As :func:`perfkit.bench.sweep.sweep`.
    """
    return sweep(
        Recipe(),
        {
            "pages": chosen(profile, list(pages), quick=[1, 4, 15], full=[1, 2, 5, 15, 50, 150]),
            "engine": list(engines),
        },
        rounds=chosen(profile, rounds, quick=4, full=9),
        record=record or None,
        progress=progress,
    )
