"""A verdict on two pieces of work: what was found, in one word and with what proves it."""

from __future__ import annotations

import dataclasses
import html
from typing import Literal, cast

from perfkit.bench import formatting
from perfkit.bench.formatting import count, percent
from perfkit.bench.paired import Interval, PairedRules, holds, word

__all__ = ["Verdict", "Word", "judge"]

Word = Literal["faster", "slower", "same", "undecided", "too noisy"]

#: With fewer pairs it was the budget that was short; with more, the machine that was restless.
_ENOUGH_PAIRS = 20
#: Share of runs that lost the processor from which it was the machine in any case.
_RESTLESS = 0.2
#: An effect as large as the margin, the half-width and so much of it again is found in 95 of
#: 100 comparisons: 1.645 and 2.576 are the normal distribution's one-sided 95 % and two-sided
#: 99 % points.
_POWER_SHARE = 1.645 / 2.576


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """How the candidate's time compares with the baseline's.

    Attributes
    ----------
    word : str
        ``faster`` or ``slower`` where the whole interval clears the margin, ``same`` where it
        lies within 2 % of 1; else ``undecided`` (too few pairs: give more budget) or
        ``too noisy`` (the machine was too restless to say).
    ratio, low, high : float
        Candidate / baseline wall time, less what other processes took, with its interval.
    confidence : float
        Of all intervals, between 0 and 1.
    margin : float
        Relative: what an interval has to clear.
    pairs : int
        Pairs of runs behind it.
    launches : int
        Pairs of processes they were taken in; 1 where all ran in this process.
    seconds : float
        Wall time that the measurement took.
    placebo : Interval
        The baseline against itself, in the same rounds.
    cpu : Interval or None
        Candidate / baseline CPU time; None where the clock told none.
    held_up_share : float
        Share of runs that had the processor for less than 97 % of their time.
    preempted_share : float
        Share of runs that other processes took the processor from, for more than 3 % of
        their time; that time is taken off.
    smallest_effect : float
        Relative: the smallest difference that 95 of 100 comparisons like this would find.
    baseline_seconds, candidate_seconds : float
        Median of a call.
    output : str
        What was proved of the outputs before any time was taken.
    baseline, candidate : str
        Their names.
    """

    word: Word
    ratio: float
    low: float
    high: float
    confidence: float
    margin: float
    pairs: int
    launches: int
    seconds: float
    placebo: Interval
    cpu: Interval | None
    held_up_share: float
    preempted_share: float
    smallest_effect: float
    baseline_seconds: float
    candidate_seconds: float
    output: str
    baseline: str
    candidate: str

    @property
    def placebo_holds(self) -> bool:
        """Whether the baseline equals itself, or differs by less than anyone asked about."""
        return holds(self.placebo, self.margin)

    @property
    def cpu_agrees(self) -> bool | None:
        """Whether CPU time says the same as wall time; None where there is no say."""
        if self.cpu is None or self.word not in ("faster", "slower"):
            return None
        limit = 1 + self.margin
        return self.cpu.low > limit if self.word == "slower" else self.cpu.high < 1 / limit

    @property
    def needed_seconds(self) -> float:
        """Measuring time after which the half-width would be about the margin's."""
        half = (self.high - self.low) / 2 / self.ratio
        return self.seconds * max(1.0, half / self.margin if self.margin else 1.0) ** 2

    def __str__(self) -> str:
        low, high = f"{self.low:.3f}", f"{self.high:.3f}"
        figures = f"{self.ratio:.3f}x [{low}, {high}]"
        return f"{self._claim()}: {figures}, {', '.join(self._proof())}."

    def _claim(self) -> str:
        return {
            "faster": f"{self.candidate} is faster than {self.baseline}",
            "slower": f"{self.candidate} is slower than {self.baseline}",
            "same": f"{self.candidate} takes the same time as {self.baseline}",
            "undecided": f"{self.candidate} against {self.baseline} is undecided",
            "too noisy": f"too noisy to compare {self.candidate} with {self.baseline}",
        }[self.word]

    def _proof(self) -> list[str]:
        pairs = count(self.pairs, "pair")
        if self.launches > 1:
            pairs += f" in {self.launches} launches"
        proof = [
            f"{percent(self.confidence)} interval",
            f"{pairs}, {formatting.figure(self.seconds, 2)} s",
            *self._lost(),
            "placebo holds" if self.placebo_holds else self._placebo_fails(),
        ]
        if self.cpu_agrees is False:
            proof.append("CPU time does not follow: waiting or contention, not more or less work")
        elif self.cpu_agrees:
            proof.append("CPU time agrees")
        if self.word in ("undecided", "too noisy"):
            proof.append(f"a difference of {percent(self.smallest_effect)} would have been found")
            if self.word == "too noisy" and self.cpu is not None:
                proof.append(f"CPU time {self.cpu.value:.3f}x {_ends(self.cpu)}")
        if self.word == "undecided":
            proof.append(
                f"give it more budget, about {formatting.figure(self.needed_seconds, 2)} s"
            )
        return [*proof, self.output]

    def _lost(self) -> list[str]:
        if not self.preempted_share:
            return []
        share = percent(self.preempted_share)
        return [f"other processes took the processor in {share} of runs (taken off)"]

    def _placebo_fails(self) -> str:
        return f"placebo fails: {self.baseline} against itself gave {_ends(self.placebo)}"

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return dataclasses.asdict(self)

    def _repr_html_(self) -> str:
        kind = self.word.replace(" ", "-")
        return (
            f'<p class="perfkit-verdict perfkit-verdict-{kind}"><strong>{self.word}</strong> '
            f"{html.escape(formatting.tied(str(self)))}</p>"
        )


def judge(
    ratio: Interval,
    placebo: Interval,
    rules: PairedRules,
    *,
    preempted_share: float = 0.0,
) -> tuple[Word, float]:
    """The word, and the smallest effect that would have been found.

    Parameters
    ----------
    ratio, placebo : Interval
        Candidate / baseline, and the baseline against itself.
    preempted_share : float
        Share of runs that other processes took the processor from.
    """
    half = ratio.half_width / ratio.value
    smallest = rules.margin + half * (1 + _POWER_SHARE)
    found = cast("Word", word(ratio, rules))
    if not holds(placebo, rules.margin):
        return "too noisy", smallest
    if found == "undecided" and (
        preempted_share > _RESTLESS or ratio.observations >= _ENOUGH_PAIRS
    ):
        return "too noisy", smallest
    return found, smallest


def _ends(interval: Interval) -> str:
    return f"[{interval.low:.3f}, {interval.high:.3f}]"
