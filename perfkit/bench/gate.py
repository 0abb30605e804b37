"""What a gate found: one line a workload, and whether a slowdown is proved."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from perfkit.bench.calibration import latest
from perfkit.bench.correction import adjusted, p_value
from perfkit.bench.environment import Environment
from perfkit.bench.formatting import count, figure, milliseconds, percent
from perfkit.bench.paired import Interval, PairedRules
from perfkit.bench.verdict import Verdict

__all__ = ["Gate", "GateLine", "corrected"]

_MS = 1000.0
_MARKUP = {ord(letter): f"&#{ord(letter)};" for letter in "\\`*_[]<>|#&"}
_OPEN = ("undecided", "too noisy")

PASSED, SLOWER, UNDECIDED, NOTHING = 0, 2, 3, 4
_HEADS = {
    PASSED: "no slowdown",
    SLOWER: "slower",
    UNDECIDED: "undecided",
    NOTHING: "nothing was measured",
}


@dataclasses.dataclass(frozen=True, slots=True)
class GateLine:
    """One workload.

    Attributes
    ----------
    workload : str
    verdict : Verdict or None
        None where it was not measured; ``error`` says why.
    word : str
        The verdict's, allowing for the other workloads; ``not measured`` without one.
    p_adjusted : float or None
        How likely so clear a ratio is where the true one lies within the margin, by Holm.
    """

    workload: str
    verdict: Verdict | None
    word: str
    p_adjusted: float | None = None
    error: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Gate:
    """A checkout against another revision, or against what was recorded of one.

    Attributes
    ----------
    candidate, baseline : str
        What they are: commits, with ``+changes`` where files differ from it.
    against : str
        The baseline as it was asked for.
    alpha, margin : float
    environment : Environment
    lines : tuple of GateLine
    """

    candidate: str
    baseline: str
    against: str
    alpha: float
    margin: float
    environment: Environment
    lines: tuple[GateLine, ...]

    @property
    def exit_code(self) -> int:
        """0 no proved slowdown, 2 one is proved, 3 one may be there, 4 nothing was measured."""
        words = [line.word for line in self.lines]
        if all(word == "not measured" for word in words):
            return NOTHING
        if "slower" in words:
            return SLOWER
        settled = all(word in ("same", "faster") for word in words)
        return PASSED if settled else UNDECIDED

    def sentence(self) -> str:
        """The result in one sentence."""
        words = [line.word for line in self.lines]
        told = [
            f"{words.count(word)} {word}"
            for word in ("slower", "faster", "same", *_OPEN, "not measured")
            if word in words
        ]
        workloads = count(len(words), "workload")
        return (
            f"{_HEADS[self.exit_code].capitalize()}: {self.candidate} against {self.baseline} "
            f"({self.against}), {workloads}: {', '.join(told)}."
        )

    def markdown(self) -> str:
        """For a step summary or a comment; names are shown as they are, never as markup."""
        lines = [
            f"### perfkit gate: {_HEADS[self.exit_code]}",
            "",
            _plain(self.sentence()),
            "",
            "| workload | verdict | time | ratio | interval | launches | p (Holm) |",
            "|---|---|---|---|---|---|---|",
            *(_row(line) for line in self.lines),
            "",
            *(f"- {_plain(str(line.verdict or line.error))}" for line in self.lines),
            "",
            _plain(self._method()),
            "",
            "<details><summary>Environment</summary>",
            "",
            *(f"- {name}: {_plain(value)}" for name, value in self.environment.rows()),
            "",
            "</details>",
            "",
        ]
        return "\n".join(lines)

    def _method(self) -> str:
        calibration = latest(self.environment)
        told = (
            str(calibration.sentence())
            if calibration
            else ("This machine has not been calibrated (perfkit calibrate).")
        )
        return (
            f"Slower is said where the interval clears a margin of {percent(self.margin)}, with "
            f"at most {percent(self.alpha)} false alarms over all workloads together (Holm); a "
            f"launch is a pair of live processes. {told}"
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain, JSON-ready values."""
        return {
            "schema": 1,
            "exit_code": self.exit_code,
            "candidate": self.candidate,
            "baseline": self.baseline,
            "against": self.against,
            "alpha": self.alpha,
            "margin": self.margin,
            "environment": self.environment.as_dict(),
            "workloads": [dataclasses.asdict(line) for line in self.lines],
        }


def _row(line: GateLine) -> str:
    found = line.verdict
    if found is None:
        cells = [line.word, "–", "–", "–", "–", "–"]
    else:
        times = [milliseconds(_MS * of) for of in (found.baseline_seconds, found.candidate_seconds)]
        cells = [
            f"**{line.word}**" if line.word == "slower" else line.word,
            " → ".join(times),
            f"{found.ratio:.3f}x",
            f"[{found.low:.3f}, {found.high:.3f}]",
            str(found.launches),
            "–" if line.p_adjusted is None else figure(line.p_adjusted, 2),
        ]
    return f"| {' | '.join([_plain(line.workload), *cells])} |"


def _plain(text: str) -> str:
    """Text that Markdown and its HTML take as text, on one line."""
    return " ".join(text.translate(_MARKUP).split())


def corrected(lines: Sequence[GateLine], rules: PairedRules, alpha: float) -> Iterator[GateLine]:
    """With p-values by Holm; what does not hold among all workloads is undecided."""
    found = [line.verdict for line in lines if line.verdict is not None]
    values = iter(adjusted([p_value(_interval(of), rules) for of in found], "holm"))
    for line in lines:
        if line.verdict is None:
            yield line
            continue
        p_adjusted = next(values)
        claims = line.word in ("slower", "faster")
        word = "undecided" if claims and p_adjusted > alpha else line.word
        yield dataclasses.replace(line, word=word, p_adjusted=p_adjusted)


def _interval(of: Verdict) -> Interval:
    return Interval(of.ratio, of.low, of.high, of.launches, of.confidence)
