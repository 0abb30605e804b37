"""StackProfile: call stacks with what each of them took: time, or memory at the peak."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from perfkit.bench.formatting import Sentence, count, figure, percent
from perfkit.bench.paired import Interval
from perfkit.errors import MissingExtraError
from perfkit.profiling.places import origin, short_name, source_line, waits
from perfkit.profiling.wording import slowed

if TYPE_CHECKING:
    import pandas

__all__ = ["HERE", "Function", "Line", "Stack", "StackProfile", "stacks_from"]

#: The process that asked for the profile.
HERE = "this process"
_HOTTEST = 3


class Function(NamedTuple):
    """A function by its qualified name, its file's short name, first line and origin."""

    name: str
    file: str
    first_line: int
    origin: str


class Stack(NamedTuple):
    """Functions from the outermost on, the line that ran in the last, and what it took there.

    ``place`` and ``functions`` are numbers in the profile's lists; ``amount`` is of all runs
    together, ``looks`` how often it was met.
    """

    place: int
    functions: tuple[int, ...]
    line: int
    amount: float
    looks: int


class Line(NamedTuple):
    """A line and what it took itself, in a run."""

    function: Function
    line: int
    amount: float
    share: float
    looks: int
    source: str

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.function.file}:{self.line}"


@dataclasses.dataclass(frozen=True)
class StackProfile:
    """Where it goes, by process, function and line.

    Attributes
    ----------
    kind : {"time", "allocations"}
    work : str
        What was done, on which document.
    functions : tuple of Function
    places : tuple of str
        Processes: the one that asked first, then its workers.
    stacks : tuple of Stack
        Amounts in s (time) or MiB (allocations).
    sources : mapping
        Text of the lines, by (file, line).
    runs : int
        Times that the work was done.
    slowdown : Interval
        Times as long as without the profiler, from interleaved pairs of rounds.
    run_seconds : float
        What a run takes without the profiler.
    """

    kind: str
    work: str
    functions: tuple[Function, ...]
    places: tuple[str, ...]
    stacks: tuple[Stack, ...]
    sources: Mapping[tuple[str, int], str]
    runs: int
    slowdown: Interval
    run_seconds: float

    #: By kind: name of the amount with its unit, and how many of these are one of them.
    UNITS: ClassVar[Mapping[str, tuple[str, float]]] = {
        "time": ("ms", 1000.0),
        "allocations": ("mb", 1.0),
    }

    @property
    def unit(self) -> str:
        """Of the amounts that are shown: ``ms`` or ``MiB``."""
        return "MiB" if self.kind == "allocations" else "ms"

    @property
    def scale(self) -> float:
        """From a stack's amount to that of one run, in the unit shown."""
        return self.UNITS[self.kind][1] / self.runs

    def is_waiting(self, stack: Stack) -> bool:
        """Whether nothing was done there but wait for another process or thread."""
        last = self.functions[stack.functions[-1]]
        return self.kind == "time" and waits(last.name, last.file, last.origin)

    @cached_property
    def busy(self) -> tuple[Stack, ...]:
        """Stacks in which something was done."""
        return tuple(stack for stack in self.stacks if not self.is_waiting(stack))

    @cached_property
    def total(self) -> float:
        """What all stacks took in a run, waiting left out, in the unit shown."""
        return self.scale * sum(stack.amount for stack in self.busy)

    @cached_property
    def waited(self) -> float:
        """What was waited in a run, in the unit shown."""
        return self.scale * sum(stack.amount for stack in self.stacks) - self.total

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Lines by what they took themselves, most first; all processes together."""
        sums: dict[tuple[int, int], list[float]] = {}
        for stack in self.busy:
            found = sums.setdefault((stack.functions[-1], stack.line), [0.0, 0])
            found[0] += self.scale * stack.amount
            found[1] += stack.looks
        lines = [
            Line(
                self.functions[function],
                line,
                amount,
                amount / self.total if self.total else 0.0,
                int(looks),
                self.sources.get((self.functions[function].file, line), ""),
            )
            for (function, line), (amount, looks) in sums.items()
        ]
        return tuple(sorted(lines, key=lambda each: (-each.amount, each.where)))

    def sentence(self) -> Sentence:
        """The hottest lines with their share, and how the figures came about."""
        hottest = "; ".join(
            f"{line.where} in {line.function.name} ({percent(line.share)})"
            for line in self.lines[:_HOTTEST]
        )
        if not hottest:
            return Sentence(f"{self.work}: nothing was seen; it is over too soon. {self._how()}")
        most = "most time" if self.kind == "time" else "most memory at the peak"
        return Sentence(f"{self.work}: {most} goes to {hottest}. {self._how()}")

    def _how(self) -> str:
        looks = sum(stack.looks for stack in self.stacks)
        waited = ""
        if self.kind == "time" and self.waited > self.total / 100:
            waited = f", {figure(self.waited)} ms of waiting for others left out"
        met = "looks" if self.kind == "time" else "allocations"
        return (
            f"{figure(self.total)} {self.unit} a run in {self._everywhere()}"
            f"{waited}; {looks:,} {met} in {count(self.runs, 'run')}; {slowed(self.slowdown)}."
        )

    def _everywhere(self) -> str:
        workers = sum(place.startswith("worker") for place in self.places)
        threads = any(place.endswith("threads") for place in self.places)
        told = [HERE, "its threads"] if threads else [HERE]
        return " and ".join(
            told + ([count(workers, "worker process", "worker processes")] * (workers > 0))
        )

    def frame(self) -> pandas.DataFrame:
        """One row a line and process.

        Returns
        -------
        pandas.DataFrame
            ``process``, ``function``, ``file``, ``line``, ``self_ms`` or ``self_mb`` (a run),
            ``share`` (0 to 1, of all processes), ``looks``, ``waiting``, ``source``.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingExtraError("pandas", "workbench", "frame()") from error
        amount = f"self_{self.UNITS[self.kind][0]}"
        rows: dict[tuple[int, int, int], dict[str, Any]] = {}
        for stack in self.stacks:
            function = self.functions[stack.functions[-1]]
            row = rows.setdefault(
                (stack.place, stack.functions[-1], stack.line),
                {
                    "process": self.places[stack.place],
                    "function": function.name,
                    "file": function.file,
                    "line": stack.line,
                    amount: 0.0,
                    "share": 0.0,
                    "looks": 0,
                    "waiting": self.is_waiting(stack),
                    "source": self.sources.get((function.file, stack.line), ""),
                },
            )
            row[amount] += self.scale * stack.amount
            row["looks"] += stack.looks
        for row in rows.values():
            row["share"] = 0.0 if row["waiting"] else row[amount] / self.total
        found = pandas.DataFrame(list(rows.values()))
        return found.sort_values(amount, ascending=False, ignore_index=True) if rows else found

    def as_dict(self) -> dict[str, Any]:
        """Plain, JSON-ready values, from which :meth:`from_dict` makes it again."""
        return {
            "kind": self.kind,
            "work": self.work,
            "unit": "s" if self.kind == "time" else "MiB",
            "runs": self.runs,
            "run_seconds": self.run_seconds,
            "slowdown": dataclasses.asdict(self.slowdown),
            "places": list(self.places),
            "functions": [list(function) for function in self.functions],
            "stacks": [
                [stack.place, list(stack.functions), stack.line, stack.amount, stack.looks]
                for stack in self.stacks
            ],
            "sources": [[*place, text] for place, text in self.sources.items()],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> StackProfile:
        """The inverse of :meth:`as_dict`."""
        return cls(
            kind=values["kind"],
            work=values["work"],
            functions=tuple(Function(*each) for each in values["functions"]),
            places=tuple(values["places"]),
            stacks=tuple(
                Stack(place, tuple(functions), line, amount, looks)
                for place, functions, line, amount, looks in values["stacks"]
            ),
            sources={(file, line): text for file, line, text in values["sources"]},
            runs=values["runs"],
            slowdown=Interval(**values["slowdown"]),
            run_seconds=values["run_seconds"],
        )


def stacks_from(
    seen: Iterable[tuple[str, Iterable[tuple[Any, ...]]]], folder: str = ""
) -> tuple[tuple[Function, ...], tuple[str, ...], tuple[Stack, ...], dict[tuple[str, int], str]]:
    """Functions, places, stacks and sources of what samplers saw, place by place.

    What was seen is as :meth:`perfkit.profiling._sampling.Sampler.stacks` gives it. Files in
    ``folder``, a checkout, are named as from there.
    """

    def short(file: str) -> str:
        if folder and file.startswith(folder + os.sep):
            return os.path.relpath(file, folder).replace(os.sep, "/")
        return short_name(file)

    functions: dict[tuple[str, str, int], int] = {}
    places: dict[str, int] = {HERE: 0}
    sums: dict[tuple[int, tuple[int, ...], int], list[float]] = {}
    sources: dict[tuple[str, int], str] = {}
    for place, stacks in seen:
        for codes, line, amount, looks, in_thread in stacks:
            name = f"{place}, threads" if in_thread else place
            where = places.setdefault(name, len(places))
            chain = tuple(functions.setdefault(tuple(code), len(functions)) for code in codes)
            found = sums.setdefault((where, chain, line), [0.0, 0])
            found[0] += amount
            found[1] += looks
            file = codes[-1][1]
            sources[short(file), line] = source_line(file, line)
    return (
        tuple(Function(name, short(file), first, origin(file)) for name, file, first in functions),
        tuple(places),
        tuple(Stack(*key, round(amount, 7), int(looks)) for key, (amount, looks) in sums.items()),
        sources,
    )
