"""A sweep in words: its sentence and its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.formatting import Sentence, count, milliseconds, percent, span
from perfkit.bench.html import POINT_ID, Column, notes_list, table
from perfkit.bench.wording import effort_cells, proof_cells, rounds_run

if TYPE_CHECKING:
    from perfkit.bench.sweep_results import Sweep

__all__ = ["as_html", "sentence"]

_CORRECTIONS = {
    "holm": "corrected after Holm",
    "benjamini-hochberg": "corrected after Benjamini and Hochberg",
    "none": "not corrected for their number",
}


def sentence(sweep: Sweep) -> Sentence:
    """The conclusion, about the fastest point and the baseline."""
    best = sweep.best()
    points = [arm for arm in sweep.arms if arm != sweep.baseline]
    if best is None:
        other = "what they give is not what the baseline gives."
        why = next((of.error for of in sweep.results if of.error), other)
        return Sentence(f"None of {count(len(points), 'point')} could be timed: {why}")
    arm, ratio = best
    results = sweep.shared(arm)
    documents = count(len(results), "document")
    speed = ratio.inverse()
    verdicts = [sweep.verdict_at(result) for point in points for result in sweep.of(point)]
    faster, slower = verdicts.count("faster"), verdicts.count("slower")
    return Sentence(
        f"Of {count(len(points), 'point')} on {documents}, {arm} is the fastest: "
        f"{formatting.figure(speed.value)} times as fast as {sweep.baseline} "
        f"({percent(ratio.confidence)} interval {span(speed)}, {count(sweep.rounds, 'round')}); "
        f"of {count(len(verdicts), 'verdict')}, {_CORRECTIONS[sweep.correction]}: "
        f"{faster} faster and {slower} slower."
    )


def as_html(sweep: Sweep) -> str:
    """The sentence, the table and what to know before believing it."""
    columns = [
        Column("document"),
        Column("point"),
        Column("pages", numeric=True),
        Column("time", numeric=True),
        Column("line items", numeric=True),
        Column("accuracy", numeric=True),
        Column("rows unlike the baseline's", numeric=True),
        Column("times as fast", numeric=True),
        Column("peak MiB", numeric=True),
        Column("verdict"),
        POINT_ID,
    ]
    rows = []
    for result in sweep.results:
        took = result.document_ms
        rows.append(
            [
                result.document,
                result.arm,
                f"{result.pages:,}",
                milliseconds(took.value) if took else "–",
                *proof_cells(result),
                *effort_cells(result),
                sweep.verdict_at(result),
                sweep.point_id(result),
            ]
        )
    caption = f"Every point against {sweep.baseline}: {rounds_run(sweep)}"
    return (
        sweep.sentence()._repr_html_() + table(caption, columns, rows) + notes_list(sweep.notes())
    )
