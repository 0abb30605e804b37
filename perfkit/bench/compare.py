"""Compare two pieces of work in one process: outputs first, then time, with a verdict."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from functools import partial
from itertools import repeat
from statistics import median
from typing import TYPE_CHECKING, Any

from perfkit.bench.bill import costs_told
from perfkit.bench.interleave import repeats_for
from perfkit.bench.isolated import proved, sides_of
from perfkit.bench.launches import observe_launches
from perfkit.bench.paired import PairedRules
from perfkit.bench.pairs import BASELINE, CANDIDATE, Observed, observe
from perfkit.bench.progress import Progress
from perfkit.bench.recipe_runs import RecipeRuns, ServedResult
from perfkit.bench.records import Recorder
from perfkit.bench.subjects import Subject, subject_of
from perfkit.bench.verdict import Verdict, judge
from perfkit.errors import OutputsDifferError, ParameterError
from perfkit.recipe import Recipe
from perfkit.trackers.time import Stopwatch, cpu_seconds, tree_cpu_seconds

if TYPE_CHECKING:
    from perfkit.model import Extraction

__all__ = ["compare", "extract_all", "process_all", "prove", "verdict_of"]

Work = Callable[[], object]
#: One's own: a callable of a document, or an installed package's by its name.
Pipeline = Callable[..., object] | str
Check = Callable[[Any, Any], bool]
Documents = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def compare(
    baseline: Work | Recipe | Pipeline,
    candidate: Work | Recipe | Pipeline,
    *,
    documents: Documents | None = None,
    budget_seconds: float = 5.0,
    alpha: float = 0.01,
    margin: float = 0.005,
    check: Check | None = None,
    isolated: bool = False,
    record: str | os.PathLike[str] | None = None,
    progress: bool = False,
    gc_off: bool = True,
    seed: int = 0,
) -> Verdict:
    """Whether the candidate is faster or slower than the baseline, and by how much.

    Both are called three times before anything is timed, and their outputs compared. Then
    they run in pairs, in random order, with garbage collection off while the clock runs,
    until the ratio of their times is known or the budget is spent.

    Parameters
    ----------
    baseline, candidate : callable, Recipe or str
        Two callables without arguments; or, with ``documents``, two recipes, or two pipelines
        of one's own: callables of a document, or names of installed ones.
    documents : path or sequence of paths, optional
        What recipes and pipelines process; a bare name is also looked for in ``test_invoices``.
    budget_seconds : float
        Seconds for the timed pairs, at most; what is clear sooner ends sooner.
    alpha : float
        One minus the confidence of the intervals.
    margin : float
        Relative: smaller differences are of no interest.
    check : callable, optional
        ``check(baseline_output, candidate_output)`` says whether the outputs are as good as
        each other; replaces equality.
    isolated : bool
        Run each in processes of its own, two at a time in turns, started again every five
        pairs: for work that changes what the process is like (its heap, its caches), or that
        a process' start decides about. Needs some 20 seconds. Callables must be importable.
    record : path, optional
        JSON-lines file that every raw run is appended to as it is taken.
    progress : bool
        Show how much of the budget is spent.
    gc_off : bool
        False leaves garbage collection on, for work whose own garbage is part of its cost.
    seed : int
        Of the order within the rounds.

    Returns
    -------
    Verdict
        Prints as one sentence.

    Raises
    ------
    OutputsDifferError
        If the outputs differ, or one differs from call to call: then no time is shown.
    ParameterError
        If an argument makes no sense, or work for ``isolated`` cannot be imported.
    MeasurementError
        If ``isolated`` work fails in its process.

    Examples
    --------
    >>> verdict = compare(lambda: sum(range(40000)), lambda: sum(range(80000)), budget_seconds=1)
    >>> verdict.word
    'slower'
    """
    rules = _rules(alpha, margin)
    if budget_seconds <= 0:
        raise ParameterError(f"budget_seconds must be above 0, not {budget_seconds!r}.")
    works = _works(baseline, candidate, documents)
    names = _names(baseline, candidate)
    has_workers = any(isinstance(of, Recipe) and of.executor != "inline" for of in works.given)
    proof = partial(prove, check=check, names=names)
    sides = None
    if isolated:
        sides = sides_of((works.baseline, works.candidate), names, has_workers=has_workers)
        output, repeats = proved(sides, proof)
    else:
        output, repeats = proof(works.baseline, works.candidate), _repeats(works)
    with Recorder(record) as recorder, Progress(progress) as show:
        options: dict[str, Any] = {
            "repeats": repeats,
            "budget_seconds": budget_seconds,
            "rules": rules,
            "seed": seed,
            "gc_off": gc_off,
            "keep": lambda run: recorder.add(dataclasses.replace(run, launch=recorder.launch)),
            "tell": partial(show, f"{names[1]} against {names[0]}"),
        }
        if sides is not None:
            observed: Observed = observe_launches(sides, **options)
        else:
            options["cpu_clock"] = tree_cpu_seconds if has_workers else cpu_seconds
            observed = observe(works.baseline, works.candidate, **options)
    return verdict_of(observed, rules, output, names)


@dataclasses.dataclass(frozen=True)
class _Works:
    baseline: Work
    candidate: Work
    given: tuple[object, object]


def _rules(alpha: float, margin: float) -> PairedRules:
    try:
        return PairedRules(confidence=1 - alpha, margin=margin, same=max(0.02, 2 * margin))
    except ValueError as error:
        raise ParameterError(f"alpha={alpha!r}, margin={margin!r}: {error}.") from error


def _works(
    baseline: Work | Recipe | Pipeline,
    candidate: Work | Recipe | Pipeline,
    documents: Documents | None,
) -> _Works:
    given = baseline, candidate
    if isinstance(baseline, Recipe) and isinstance(candidate, Recipe):
        paths = _paths(documents)
        runs = RecipeRuns()
        one, other = (partial(extract_all, paths, each, runs) for each in (baseline, candidate))
        return _Works(one, other, given)
    if isinstance(baseline, Recipe) or isinstance(candidate, Recipe):
        raise ParameterError("A recipe compares with a recipe, a callable with a callable.")
    if documents is not None:
        paths = _paths(documents)
        one, other = (partial(process_all, paths, subject_of(of)) for of in (baseline, candidate))
        return _Works(one, other, given)
    if not callable(baseline) or not callable(candidate):
        wrong = candidate if callable(baseline) else baseline
        raise ParameterError(
            f"{wrong!r} is neither a callable nor a Recipe; a pipeline's name needs documents=."
        )
    return _Works(baseline, candidate, given)


def _paths(documents: Documents | None) -> list[str]:
    from perfkit.bench.documents import find_document

    if documents is None:
        raise ParameterError("Recipes need documents to process: documents=[...].")
    given = [documents] if isinstance(documents, (str, os.PathLike)) else list(documents)
    if not given:
        raise ParameterError("There is no document to compare recipes on; name at least one.")
    return [os.fspath(find_document(name)) for name in given]


def extract_all(
    paths: Sequence[str], recipe: Recipe, runs: RecipeRuns | None = None
) -> list[Extraction | ServedResult]:
    """Everything of each document, without what tells only who read it.

    ``runs`` keeps what the recipe says is kept from call to call; None for a first call.
    """
    return list(map(_unsigned, map(runs or RecipeRuns(), paths, repeat(recipe))))


def _unsigned(result: Extraction | ServedResult) -> Extraction | ServedResult:
    if isinstance(result, ServedResult):
        return result
    return dataclasses.replace(result, engine="", warnings=())


def process_all(paths: Sequence[str], pipeline: Subject) -> list[Any]:
    """What a pipeline of one's own makes of each document."""
    return [pipeline.run(path, {}) for path in paths]


def _names(baseline: object, candidate: object) -> tuple[str, str]:
    if isinstance(baseline, Recipe) and isinstance(candidate, Recipe):
        ours, theirs = baseline.as_dict(), candidate.as_dict()
        apart = [name for name in ours if ours[name] != theirs[name]] or ["engine"]
        one, other = (", ".join(f"{name}={of[name]}" for name in apart) for of in (ours, theirs))
    else:
        one, other = (getattr(of, "__name__", type(of).__name__) for of in (baseline, candidate))
    return (one, other) if one != other else (BASELINE, CANDIDATE)


def prove(baseline: Work, candidate: Work, check: Check | None, names: tuple[str, str]) -> str:
    """What the outputs prove, and what a service takes for them; warms both up on the way.

    Raises
    ------
    OutputsDifferError
        If they differ, or one differs from call to call.
    """
    expected, found = baseline(), candidate()
    costs = costs_told(found, expected)
    again = baseline(), candidate()
    if check is not None:
        if not check(expected, found):
            raise OutputsDifferError(
                f"check({names[0]}, {names[1]}) says no to their outputs, so no time is shown."
            )
        return ", ".join(filter(None, ("outputs pass the given check", costs)))
    for name, first, second in zip(names, (expected, found), again, strict=True):
        if not _equal(first, second):
            raise OutputsDifferError(
                f"{name} gives another output each time, so no time is shown. Let it return "
                "something comparable (no iterator), or give check=."
            )
    if not _equal(expected, found):
        raise OutputsDifferError(
            f"{names[1]} gives another output than {names[0]}, so no time is shown. "
            "Mend it, or give check= where both are as good."
        )
    proof = "neither returns anything to compare" if expected is None else "outputs equal"
    return ", ".join(filter(None, (proof, costs)))


def _equal(one: Any, other: Any) -> bool:
    if hasattr(one, "equals"):  # pandas, whose == gives a table
        return bool(one.equals(other))
    same = one == other
    return bool(same.all() if hasattr(same, "all") else same)


def _repeats(works: _Works) -> int:
    """Calls that make one run, so that the shorter of both lasts long enough."""
    shortest = float("inf")
    for work in (works.baseline, works.candidate):
        with Stopwatch() as watch:
            work()
        shortest = min(shortest, watch.elapsed.wall_seconds)
    return repeats_for(shortest)


def verdict_of(
    observed: Observed, rules: PairedRules, output: str, names: tuple[str, str]
) -> Verdict:
    """The verdict on what was observed; ``output`` is what was proved before."""
    ratio, placebo = observed.ratio(rules), observed.placebo_ratio(rules)
    preempted_share = observed.preempted / observed.runs
    word, smallest = judge(ratio, placebo, rules, preempted_share=preempted_share)
    return Verdict(
        word=word,
        ratio=ratio.value,
        low=ratio.low,
        high=ratio.high,
        confidence=rules.confidence,
        margin=rules.margin,
        pairs=observed.pairs,
        launches=observed.launches,
        seconds=observed.elapsed,
        placebo=placebo,
        cpu=observed.cpu_ratio(rules),
        held_up_share=observed.held_up / observed.runs,
        preempted_share=preempted_share,
        smallest_effect=smallest,
        baseline_seconds=median(observed.seconds[BASELINE]),
        candidate_seconds=median(observed.seconds[CANDIDATE]),
        output=output,
        baseline=names[0],
        candidate=names[1],
    )
