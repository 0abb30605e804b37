"""A comparison of strategies in words: its sentence, its notes and its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfkit.bench import formatting
from perfkit.bench.formatting import Sentence, count, figure, mib, percent, span
from perfkit.bench.html import Column, notes_list, table
from perfkit.bench.wording import effort_cells, proof_cells, remarks, rounds_run

if TYPE_CHECKING:
    from perfkit.bench.paired import Interval
    from perfkit.bench.results import ArmResult
    from perfkit.bench.strategy_comparison import StrategyComparison

__all__ = ["as_html", "notes", "sentence"]


def sentence(comparison: StrategyComparison) -> Sentence:
    """The conclusion: what is fastest on a new document, and on one that comes again."""
    first, again = comparison.first_time(), comparison.again()
    if not first:
        return Sentence(_alone(comparison))
    claim = f"{_what(comparison)}: {_claim(comparison, *first[0])}"
    claim += _plain_share(comparison, first[0][0])
    if again:
        claim += f"; when it comes again, {_claim(comparison, *again[0], short=True)}"
    return Sentence(f"{claim}; {_proof(comparison)}{_memory(comparison, first, again)}.")


def _what(comparison: StrategyComparison) -> str:
    return f"{comparison.document} ({count(comparison.pages, 'page')})"


def _alone(comparison: StrategyComparison) -> str:
    (baseline,) = comparison.of(comparison.baseline)
    if baseline.document_ms is None:
        return f"No strategy was timed: {comparison.baseline} was not."
    found = baseline.document_ms
    return (
        f"{comparison.baseline} takes {formatting.milliseconds(found.value)} for "
        f"{_what(comparison)} ({percent(found.confidence)} interval {span(found)}, "
        f"{count(comparison.rounds, 'round')}); no other strategy was timed."
    )


def _claim(
    comparison: StrategyComparison, strategy: str, ratio: Interval, *, short: bool = False
) -> str:
    """What the interval proves of a strategy."""
    verdict, speed = comparison.verdict(strategy), ratio.inverse()
    proof = span(speed)
    if not short:
        proof = f"{percent(ratio.confidence)} interval {proof}, {count(comparison.rounds, 'round')}"
    if verdict == "faster":
        than = "" if short else f" as {comparison.baseline}"
        return f"{strategy} is {figure(speed.value)} times as fast{than} ({proof})"
    if verdict == "same":
        return f"{strategy} is as fast as {comparison.baseline} ({figure(speed.value)}; {proof})"
    if verdict == "slower":
        return (
            f"nothing beats {comparison.baseline}; {strategy}, the next, has "
            f"{figure(speed.value)} times its speed ({proof})"
        )
    return (
        f"whether {strategy} beats {comparison.baseline} is undecided "
        f"({figure(speed.value)}; {proof}; take more rounds)"
    )


def _plain_share(comparison: StrategyComparison, strategy: str) -> str:
    """How far the engine alone goes: the rest is the strategy's own doing."""
    plain = comparison.plain
    ratio = None if plain in {strategy, comparison.baseline} else comparison.ratio(plain)
    return "" if ratio is None else f", where {plain} alone reaches {figure(ratio.inverse().value)}"


def _proof(comparison: StrategyComparison) -> str:
    results = [result for result in comparison.results if result.page_ms]
    said = f"all {len(results)} give the same line items"
    accuracies = [result.accuracy for result in results if result.accuracy is not None]
    if not accuracies:
        return said
    kind = "accuracy" if results[0].accuracy_kind == "truth" else "self-check"
    return f"{said} ({kind} {formatting.accuracy(min(accuracies))})"


def _memory(
    comparison: StrategyComparison,
    first: list[tuple[str, Interval]],
    again: list[tuple[str, Interval]],
) -> str:
    """Peaks of the strategies that the sentence names, against the baseline's."""
    names = [ranking[0][0] for ranking in (first, again) if ranking]
    peaks = [comparison.of(name)[0].memory_peak_mb for name in [*names, comparison.baseline]]
    known = [mib(peak) for peak in peaks if peak is not None]
    if len(known) < len(peaks):
        return ""
    return f"; memory peaks at {' and '.join(known[:-1])} against {known[-1]}"


def notes(comparison: StrategyComparison) -> tuple[str, ...]:
    """Every remark of a comparison; each says what to do next."""
    found = [
        f"{result.arm} has no figures: {result.error}"
        for result in comparison.results
        if result.error
    ]
    if any(result.same_as_baseline is False for result in comparison.results):
        found.append(
            "No time is shown for line items unlike the baseline's: compare the engines on this "
            "document first (perfkit report engines)."
        )
    first = comparison.first_time()
    close = [
        strategy
        for strategy, _ in first[1:]
        if comparison.verdict(strategy, against=first[0][0]) in {"undecided", "same"}
    ]
    if close:
        found.append(
            f"On a new document {first[0][0]} is not proved to be faster than "
            f"{' or '.join(close)}: more rounds (-p rounds=15) tell smaller differences."
        )
    return (*found, *remarks(comparison))


def as_html(comparison: StrategyComparison) -> str:
    """The results as a table, proof of the output left of every time."""
    confidence = percent(comparison.rules.confidence)
    baseline, plain = comparison.baseline, comparison.plain
    columns = [
        Column("strategy"),
        Column("line items", numeric=True),
        Column("accuracy", numeric=True),
        Column("rows unlike baseline", numeric=True),
        Column("ms", numeric=True),
        Column(f"times as fast as baseline [{confidence}]", numeric=True),
        Column("peak MiB", numeric=True),
    ]
    beside = plain != baseline
    if beside:
        columns.append(Column(f"against {plain} [{confidence}]", numeric=True))
    rows = [
        _cells(result) + ([_against(comparison, result, plain)] if beside else [])
        for result in comparison.results
    ]
    caption = (
        f"{_what(comparison)}, {rounds_run(comparison)}. "
        "Peak: of a fresh process with its workers, above import perfkit."
    )
    return table(caption, columns, rows) + notes_list(comparison.notes())


def _cells(result: ArmResult) -> list[str]:
    return [
        result.arm.replace(" ", "\N{NO-BREAK SPACE}"),
        *proof_cells(result),
        figure(result.document_ms.value) if result.document_ms else "–",
        *effort_cells(result),
    ]


def _against(comparison: StrategyComparison, result: ArmResult, other: str) -> str:
    if result.arm == other:
        return "1"
    ratio = comparison.ratio(result.arm, against=other)
    return "–" if ratio is None else formatting.bracketed(ratio.inverse())
