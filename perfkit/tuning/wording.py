"""What a recommendation says, in words and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.formatting import Sentence, count, figure
from perfkit.bench.html import Column
from perfkit.tuning.limits import Limits

if TYPE_CHECKING:
    from perfkit.tuning.recommendation import Recommendation
    from perfkit.tuning.trials import Trial

__all__ = ["COLUMNS", "notes", "result", "rows", "sentence"]

#: Ids of points that a note holds; all of them are in the data.
_IDS_TOLD = 3
COLUMNS = (
    Column("recipe"),
    Column("of the anchor's time", numeric=True),
    Column("slowest document", numeric=True),
    Column("accuracy", numeric=True),
    Column("peak MiB", numeric=True),
    Column("result"),
)


def sentence(found: Recommendation) -> Sentence:
    """The recommendation with what proves it; or what comes nearest where there is none."""
    documents = (
        found.documents[0]
        if len(found.documents) == 1
        else f"these {count(len(found.documents), 'document')}"
    )
    place = f"On this machine, for {documents}"
    if found.best is None:
        return Sentence(f"{place}: {_none(found)}")
    return Sentence(f"{place}: {found.best.name}, {', '.join(_evidence(found, found.best))}.")


def _evidence(found: Recommendation, best: Trial) -> list[str]:
    told = []
    if found.speedup is not None:
        low, high = figure(found.speedup.low), figure(found.speedup.high)
        told.append(
            f"{figure(found.speedup.value)}x [{low}, {high}] against the sequential baseline"
        )
    elif found.interrupted:
        told.append("the best so far, not compared with the sequential baseline")
    if found.more_mb is not None:
        told.append(f"{found.more_mb:+.0f} MiB")
    if best.accuracy is not None:
        kind = "" if best.accuracy_kind == "truth" else " by self-check"
        told.append(f"accuracy {formatting.accuracy(best.accuracy)}{kind}")
    if best.cost_usd:
        told.append(f"US$ {best.cost_usd:,.4g} a document")
    return told


def _none(found: Recommendation) -> str:
    tried = f"none of {count(len(found.trials), 'recipe')} that were tried meets the limits"
    if found.nearest is None:
        errors = sorted({trial.error for trial in found.trials if trial.error})
        why = f" ({errors[0]})" if errors else ""
        return f"{tried}, as none reads these documents rightly{why}."
    return f"{tried}; nearest is {found.nearest.name}: {'; '.join(found.misses)}."


def notes(found: Recommendation) -> list[str]:
    """Which limits bind, how much was tried, and what the comparison proved."""
    told = [
        f"The limit that binds is {of.limit}: without it {of.name} would take "
        f"{figure(of.gain, 2)} of the {found.minimised}."
        for of in found.binding
    ]
    if found.best is not None and not told and found.limits != Limits():
        told.append("No limit binds: nothing that was tried is better without them.")
    failed = sum(trial.error is not None for trial in found.trials)
    wrong = sum(trial.error is None and not trial.is_right for trial in found.trials)
    told.append(
        f"{len(found.trials)} of {count(found.possible, 'recipe')} were tried"
        + (f", {failed} failed" if failed else "")
        + (f", {wrong} gave other items than the baseline" if wrong else "")
        + "."
    )
    if found.proof:
        told.append(found.proof)
    if found.points:
        listed = [f"{name} of {document}" for document, name in found.points.items()]
        more = f" and {len(listed) - _IDS_TOLD} more" if len(listed) > _IDS_TOLD else ""
        told.append(
            f"Its points are {', '.join(listed[:_IDS_TOLD])}{more}: perfkit point ID tells "
            "all that is known of one."
        )
    if found.interrupted:
        told.append(
            "Interrupted: this is the best so far. The same command with its record goes on."
        )
    return told


def rows(found: Recommendation) -> list[list[str]]:
    """A row a recipe, quickest first, for :data:`COLUMNS`."""
    ordered = sorted(found.trials, key=lambda of: of.time_ratio or float("inf"))
    return [
        [
            trial.name,
            figure(trial.time_ratio) if trial.time_ratio else "–",
            f"{figure(trial.slowest_seconds)} s" if trial.slowest_seconds else "–",
            "–" if trial.accuracy is None else formatting.accuracy(trial.accuracy),
            f"{trial.peak_mb:.0f}" if trial.peak_mb else "–",
            result(found, trial),
        ]
        for trial in ordered
    ]


def result(found: Recommendation, trial: Trial) -> str:
    """What became of a recipe; empty where others were only quicker."""
    if trial.error:
        return f"failed: {trial.error}"
    if not trial.is_right:
        return "other items than the baseline"
    missed = [f"beyond {miss.limit}" for miss in found.limits.misses(trial)]
    if missed:
        return "; ".join(missed)
    return "recommended" if found.best and trial.name == found.best.name else ""
