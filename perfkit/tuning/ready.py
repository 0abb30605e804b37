"""What a notebook asks of a tuning: sensible axes, and limits of which 0 is none."""

from __future__ import annotations

import os
from typing import Any

from perfkit.bench.documents import Documents
from perfkit.bench.profile_choice import chosen
from perfkit.tuning.recommendation import Recommendation, write
from perfkit.tuning.space import usual_axes
from perfkit.tuning.tune import tune
from perfkit.tuning.work import Minimise

__all__ = ["recommend"]

_QUICK_AXES: dict[str, list[Any]] = {
    "engine": ["pypdf", "pdfium"],
    "executor": ["inline", "processes", "auto"],
    "workers": [2],
}


def recommend(
    documents: Documents,
    *,
    max_seconds: float = 0.0,
    max_memory_mb: float = 0.0,
    min_accuracy: float = 0.0,
    max_cost_usd: float = 0.0,
    minimise: Minimise = "time",
    profile: str = "quick",
    rounds: int = 0,
    record: str | os.PathLike[str] = "",
    out: str | os.PathLike[str] = "",
    progress: bool = True,
) -> Recommendation:
    """See :func:`perfkit.tuning.tune.tune`; a limit of 0 is none.

    Parameters
    ----------
    documents : path or sequence of paths
    max_seconds, max_memory_mb, min_accuracy, max_cost_usd : float
        Limits; see :class:`~perfkit.tuning.limits.Limits`.
    minimise : {"time", "memory", "cost"}
    profile : {"quick", "full"}
        Quick tries four of six recipes, full a quarter of the usual ones.
    rounds : int
        Timed rounds of a recipe; 0 for 3 (quick) or 9 (full).
    record : path, optional
        JSON-lines file, from which an interrupted tuning goes on.
    out : path, optional
        TOML file for the recipe that is recommended.
    progress : bool
    """
    found = tune(
        documents,
        chosen(profile, {}, quick=_QUICK_AXES, full=usual_axes()),
        max_seconds=max_seconds or None,
        max_memory_mb=max_memory_mb or None,
        min_accuracy=min_accuracy or None,
        max_cost_usd=max_cost_usd or None,
        minimise=minimise,
        share=0.7 if profile == "quick" else 0.25,
        rounds=chosen(profile, rounds, quick=3, full=9),
        judge_seconds=0.5 if profile == "quick" else 5.0,
        record=record or None,
        progress=progress,
    )
    if out and found.best is not None:
        write(out, found.to_toml())
    return found
