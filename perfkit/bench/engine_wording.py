"""An engine comparison in words: its sentence, its notes and its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.formatting import Sentence, count, mib, milliseconds, percent, span
from perfkit.bench.html import Column, notes_list, table

if TYPE_CHECKING:
    from perfkit.bench.engine_comparison import EngineComparison
    from perfkit.bench.engine_results import EngineResult

__all__ = ["as_html", "notes", "sentence"]

#: CPU time below this share of wall time: something else held the processor.
_BUSY = 0.97
#: An interval whose ends lie further apart than this says little.
_WIDE = 1.5


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
        f"{result.engine} did not read {result.document}: {result.error}"
        for result in comparison.results
        if result.error
    ]
    for result in comparison.results:
        if result.rows_differing:
            rows = count(result.rows_differing, "row")
            found.append(
                f"{result.engine} gives {rows} of {result.document} otherwise than "
                f"{comparison.baseline}: compare the two with perfkit extract --format csv."
            )
    if any(result.accuracy_kind == "self-check" for result in comparison.results):
        found.append(
            "Where no truth file stands beside a document, accuracy is the share of self-checks "
            "that hold (sums, check digits); put NAME.json beside it to have it proved."
        )
    found += _doubts(comparison)
    return tuple(found)


def _doubts(comparison: EngineComparison) -> list[str]:
    """Signs that the machine was too noisy, or the rounds too few."""
    found = []
    placebo = comparison.placebo
    if placebo and not placebo.low <= 1 <= placebo.high:
        found.append(
            f"The placebo ({comparison.baseline} against itself) shows a ratio of "
            f"{span(placebo)}, so the machine was noisy: smaller differences than that prove "
            "nothing. Close other work and take more rounds."
        )
    waiting = [
        r for r in comparison.results if r.cpu_per_wall is not None and r.cpu_per_wall < _BUSY
    ]
    if waiting:
        lowest = min(r.cpu_per_wall for r in waiting if r.cpu_per_wall is not None)
        found.append(
            f"CPU time was as low as {percent(lowest)} of wall time for "
            f"{', '.join(sorted({result.engine for result in waiting}))}: waiting or contention, "
            "not slower code. Close other work and run again."
        )
    wide = [engine for engine, ratio in comparison.ranking() if ratio.high / ratio.low > _WIDE]
    if wide:
        found.append(
            f"The interval of {', '.join(wide)} is wide: the machine was busy, or the rounds too "
            "few. More rounds (-p rounds=15) make it narrower."
        )
    return found


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
    placebo = comparison.placebo
    holds = ""
    if placebo:
        holds = "; placebo " + ("holds" if placebo.low <= 1 <= placebo.high else "does not hold")
    caption = (
        f"Engines against {baseline}, {count(comparison.rounds, 'interleaved round')}{holds}. "
        "Peak: of a fresh process, above import perfkit."
    )
    return table(caption, columns, rows) + notes_list(comparison.notes())


def _cells(result: EngineResult) -> list[str]:
    accuracy = "–" if result.accuracy is None else formatting.accuracy(result.accuracy)
    if result.accuracy_kind == "self-check":
        accuracy += " (self-check)"
    differing = "–" if result.rows_differing is None else str(result.rows_differing)
    speed = result.speedup
    return [
        result.document,
        f"{result.pages:,}",
        result.engine,
        "failed" if result.error else f"{result.items:,}",
        accuracy,
        "baseline" if result.is_baseline else differing,
        formatting.figure(result.page_ms.value) if result.page_ms else "–",
        "1" if result.is_baseline else formatting.bracketed(speed) if speed else "–",
        "–" if result.memory_peak_mb is None else f"{result.memory_peak_mb:,.1f}",
    ]
