"""Difference: two profiles of many rounds held against each other."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from perfkit.bench.formatting import Sentence, count, figure
from perfkit.bench.paired import Interval
from perfkit.errors import MissingExtraError
from perfkit.profiling.changes import ALPHA, Change, Where
from perfkit.profiling.stacks import StackProfile

if TYPE_CHECKING:
    import pandas

__all__ = ["Difference"]

_NAMED = 3


@dataclasses.dataclass(frozen=True)
class Difference:
    """Which functions and lines take more, and which less, than in a baseline.

    Attributes
    ----------
    work : str
        The candidate.
    baseline : str
    before, after : StackProfile
        All rounds of each together.
    functions, lines : tuple of Change
        What is proved first, the largest change first.
    rounds : int
        Pairs of profiles behind it; of processes where ``launches``.
    launches : bool
    """

    work: str
    baseline: str
    before: StackProfile
    after: StackProfile
    functions: tuple[Change, ...]
    lines: tuple[Change, ...]
    rounds: int
    launches: bool
    kind: str = "difference"

    @property
    def unit(self) -> str:
        """Of all amounts: ``ms`` or ``MiB``, of a run."""
        return self.after.unit

    def named(self, word: str) -> list[Change]:
        """Functions that take ``more`` or ``less``, proved."""
        return [each for each in self.functions if each.word == word]

    def sentence(self) -> Sentence:
        """What became slower or hungrier, and what the opposite, as far as it is proved."""
        slower, faster = ("slower", "faster") if self.unit == "ms" else ("hungrier", "leaner")
        told = []
        for word, name in (("more", slower), ("less", faster)):
            if found := self.named(word):
                told.append(f"{name}: {'; '.join(map(self._told, found[:_NAMED]))}")
        if lines := [each for each in self.lines if each.word != "not proved"][:_NAMED]:
            said = "; ".join(
                f"{each.where.file} `{each.where.source}` ({self._change(each)})" for each in lines
            )
            told.append(f"Lines: {said}")
        found_what = ". ".join(told) or "no function is proved to take more or less"
        way = "pairs of processes" if self.launches else "rounds in turns"
        return Sentence(
            f"{self.work} against {self.baseline}: {found_what}. From "
            f"{figure(self.before.total)} to {figure(self.after.total)} {self.unit} a run under "
            f"the profiler; {count(len(self.functions), 'function')} compared over "
            f"{self.rounds} {way}, {ALPHA:g} chance of any false one (Holm)."
        )

    def _told(self, of: Change) -> str:
        return f"{of.where.function} in {of.where.file} ({self._change(of)})"

    def _change(self, of: Change) -> str:
        low, high = (f"{end:+.3g}" for end in (of.change.low, of.change.high))
        return (
            f"{of.change.value:+.3g} {self.unit} [{low}, {high}], {100 * of.share:+.3g} % of "
            "the whole"
        )

    def frame(self) -> pandas.DataFrame:
        """One row a function, and one a line.

        Returns
        -------
        pandas.DataFrame
            ``level`` (function, line), ``function``, ``file``, ``source``, then in ms or MiB of
            a run ``before_``, ``after_``, ``change_``, ``low_``, ``high_``; ``share`` of the
            whole, ``p_adjusted``, ``word``.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingExtraError("pandas", "workbench", "frame()") from error
        end = StackProfile.UNITS[self.after.kind][0]
        rows = [
            {
                "level": level,
                **each.where._asdict(),
                f"before_{end}": each.before,
                f"after_{end}": each.after,
                f"change_{end}": each.change.value,
                f"low_{end}": each.change.low,
                f"high_{end}": each.change.high,
                "share": each.share,
                "p_adjusted": each.p_adjusted,
                "word": each.word,
            }
            for level, found in (("function", self.functions), ("line", self.lines))
            for each in found
        ]
        return pandas.DataFrame(rows)

    def as_dict(self) -> dict[str, Any]:
        """Plain, JSON-ready values, from which :meth:`from_dict` makes it again."""
        return {
            "kind": self.kind,
            "work": self.work,
            "baseline": self.baseline,
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
            "rounds": self.rounds,
            "launches": self.launches,
            "functions": [_plain(each) for each in self.functions],
            "lines": [_plain(each) for each in self.lines],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Difference:
        """The inverse of :meth:`as_dict`."""
        return cls(
            work=values["work"],
            baseline=values["baseline"],
            before=StackProfile.from_dict(values["before"]),
            after=StackProfile.from_dict(values["after"]),
            functions=tuple(map(_change, values["functions"])),
            lines=tuple(map(_change, values["lines"])),
            rounds=values["rounds"],
            launches=values["launches"],
        )


def _plain(of: Change) -> list[Any]:
    where, before, after, change, *rest = of
    return [list(where), before, after, dataclasses.asdict(change), *rest]


def _change(values: list[Any]) -> Change:
    where, before, after, change, *rest = values
    return Change(Where(*where), before, after, Interval(**change), *rest)
