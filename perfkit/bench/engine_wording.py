"""An engine comparison in words: its sentence, its notes and its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.formatting import Sentence, count, mib, milliseconds, percent, span
from perfkit.bench.html import Column, notes_list, table
from perfkit.bench.wording import effort_cells, proof_cells, remarks, rounds_run

if TYPE_CHECKING:
    from perfkit.bench.engine_comparison import EngineComparison
    from perfkit.bench.results import ArmResult

__all__ = ["as_html", "notes", "sentence"]


def sentence(comparison: EngineComparison) -> Sentence:
    """The conclusion, about the fastest engine and the baseline."""
    ranking = comparison.ranking()
    if not ranking:
        return Sentence(_alone(comparison))
    engine, ratio = ranking[0]
    baseline, verdict = comparison.baseline, comparison.verdict(engine)
    results = comparison.shared(engine)
    pages = count(sum(result.pages for result in results), "page")
    what = f"{count(len(results), 'document')} ({pages})"
    paces = (
        f"{milliseconds(comparison.pace(engine).value)} a page against "
        f"{milliseconds(comparison.pace(baseline, beside=engine).value)}"
    )
    proof = f"{percent(ratio.confidence)} interval {{}}, {count(comparison.rounds, 'round')}"
    if verdict == "faster":
        speed = ratio.inverse()
        claim = (
            f"{engine} reads {what} {formatting.figure(speed.value)} times as fast as {baseline} "
            f"({proof.format(span(speed))}): {paces}"
        )
    elif verdict == "slower":
        claim = (
            f"No engine beats {baseline} on {what}: {engine}, the next, takes "
            f"{formatting.figure(ratio.value)} times as long ({proof.format(span(ratio))}), {paces}"
        )
    elif verdict == "same":
        claim = f"{engine} and {baseline} take the same time for {what} ({paces}; "
        claim += f"ratio {formatting.figure(ratio.value)}, {proof.format(span(ratio))})"
    else:
        claim = (
            f"Which of {engine} and {baseline} is faster on {what} is undecided (ratio "
            f"{formatting.figure(ratio.value)}, {proof.format(span(ratio))}; take more rounds)"
        )
    return Sentence(f"{claim}, {_outputs(comparison, engine)}{_memory(comparison, engine)}.")


def _alone(comparison: EngineComparison) -> str:
    timed = [result for result in comparison.of(comparison.baseline) if result.page_ms]
    if not timed:
        return f"No engine was timed: {comparison.baseline} read none of the documents."
    pace = comparison.pace(comparison.baseline)
    return (
        f"{comparison.baseline} takes {milliseconds(pace.value)} a page "
        f"({percent(pace.confidence)} interval {span(pace)}, "
        f"{count(comparison.rounds, 'round')}); no other engine was timed."
    )


def _outputs(comparison: EngineComparison, engine: str) -> str:
    ours, theirs = comparison.shared(engine), comparison.shared(comparison.baseline)
    low = [
        min((r.accuracy for r in of if r.accuracy is not None), default=None)
        for of in (ours, theirs)
    ]
    same = all(result.same_as_baseline for result in ours)
    outputs = "with the same output" if same else "with differing output"
    if low[0] is None or low[1] is None:
        return outputs
    kinds = {result.accuracy_kind for result in (*ours, *theirs)}
    name = "accuracy" if kinds == {"truth"} else "self-check"
    if same:
        return f"{outputs} ({name} at least {formatting.accuracy(low[0])})"
    values = " against ".join(formatting.accuracy(value) for value in low if value is not None)
    return f"{outputs} ({name} at least {values})"


def _memory(comparison: EngineComparison, engine: str) -> str:
    peaks = [
        max((r.memory_peak_mb for r in of if r.memory_peak_mb is not None), default=None)
        for of in (comparison.shared(engine), comparison.shared(comparison.baseline))
    ]
    if peaks[0] is None or peaks[1] is None:
        return ""
    return f"; memory of {engine} peaks at {mib(peaks[0])} against {mib(peaks[1])}"


def notes(comparison: EngineComparison) -> tuple[str, ...]:
    """Every remark of a comparison; each says what to do next."""
    found = [
        f"{result.arm} did not read {result.document}: {result.error}"
        for result in comparison.results
        if result.error
    ]
    return (*found, *remarks(comparison))


def as_html(comparison: EngineComparison) -> str:
    """The results as a table, proof of the output left of every time."""
    baseline = comparison.baseline
    confidence = percent(comparison.rules.confidence)
    columns = [
        Column("document"),
        Column("pages", numeric=True),
        Column("engine"),
        Column("line items", numeric=True),
        Column("accuracy", numeric=True),
        Column(f"rows unlike {baseline}", numeric=True),
        Column("ms a page", numeric=True),
        Column(f"times as fast [{confidence}]", numeric=True),
        Column("peak MiB", numeric=True),
    ]
    rows = [_cells(result) for result in comparison.results]
    caption = (
        f"Engines against {baseline}, {rounds_run(comparison)}. "
        "Peak: of a fresh process, above import perfkit."
    )
    return table(caption, columns, rows) + notes_list(comparison.notes())


def _cells(result: ArmResult) -> list[str]:
    return [
        result.document,
        f"{result.pages:,}",
        result.arm,
        *proof_cells(result),
        formatting.figure(result.page_ms.value) if result.page_ms else "–",
        *effort_cells(result),
    ]
