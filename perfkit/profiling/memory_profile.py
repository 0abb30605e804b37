"""Memory profiles: the process tree over time and by page, and a function's lines."""

from __future__ import annotations

import dataclasses
import inspect
import linecache
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from perfkit.bench.formatting import Sentence, figure, mib
from perfkit.bench.memory_timeline import Follower, Sample, memory_timeline
from perfkit.bench.paired import Interval
from perfkit.errors import MeasurementError, MissingExtraError, ParameterError
from perfkit.profiling.counting import found_functions
from perfkit.profiling.places import short_name
from perfkit.profiling.rounds import in_rounds
from perfkit.profiling.wording import slowed
from perfkit.profiling.work import Work

if TYPE_CHECKING:
    import pandas

__all__ = ["GrownLine", "MemoryProfile", "memory_profile"]

_HOTTEST = 3


class GrownLine(NamedTuple):
    """A line of the chosen function: what memory grew by while it ran, all times together."""

    function: str
    file: str
    line: int
    grown_mb: float
    hits: int
    source: str


@dataclasses.dataclass(frozen=True)
class MemoryProfile:
    """Memory of the process tree (PSS, MiB) while the work was done.

    Attributes
    ----------
    work : str
    samples : tuple of Sample
        Seconds since the start, MiB, pages read by then; of a recipe in a fresh process.
    fresh : bool
        Whether the process had done nothing before.
    lines : tuple of GrownLine
        Of the chosen function, in their order; none where none was chosen.
    slowdown, run_seconds, lines_slowdown
        What following costs, and what memory-profiler does (None without lines).
    """

    work: str
    samples: tuple[Sample, ...]
    fresh: bool
    lines: tuple[GrownLine, ...]
    slowdown: Interval
    run_seconds: float
    lines_slowdown: Interval | None = None
    kind: str = "memory"

    @property
    def peak(self) -> Sample:
        """The sample of most memory."""
        return max(self.samples, key=lambda sample: sample.memory_mb)

    def pages(self) -> list[tuple[int, float, float]]:
        """Pages read, MiB at most until the next one, and growth since the page before."""
        highest: dict[int, float] = {}
        for sample in self.samples:
            highest[sample.pages] = max(highest.get(sample.pages, 0.0), sample.memory_mb)
        found, before = [], self.samples[0].memory_mb
        for page, memory in sorted(highest.items()):
            found.append((page, memory, memory - before))
            before = memory
        return found

    def sentence(self) -> Sentence:
        """From where to where memory went, and the lines at which it grew most."""
        grown = sorted(self.lines, key=lambda each: -each.grown_mb)[:_HOTTEST]
        total = sum(each.grown_mb for each in self.lines if each.grown_mb > 0)
        told = "; ".join(
            f"{each.file}:{each.line} (+{mib(each.grown_mb)}, "
            f"{100 * each.grown_mb / total:.3g} % of what its lines add)"
            for each in grown
            if each.grown_mb > 0
        )
        lines = f" Within {self.lines[0].function} it grows at {told}." if told else ""
        if self.lines and not told:
            lines = f" No line of {self.lines[0].function} adds to it."
        if self.lines_slowdown is not None:
            lines += f" By the line {slowed(self.lines_slowdown)}."
        where = "a fresh process" if self.fresh else "this process"
        return Sentence(
            f"{self.work}: memory of {where} with its workers goes from "
            f"{mib(self.samples[0].memory_mb)} to {mib(self.peak.memory_mb)} at most, "
            f"{figure(self.peak.seconds)} s after its start ({len(self.samples):,} samples); "
            f"{slowed(self.slowdown)}.{lines}"
        )

    def frame(self) -> pandas.DataFrame:
        """One row a sample: ``seconds``, ``memory_mb``, ``pages``.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingExtraError("pandas", "workbench", "frame()") from error
        return pandas.DataFrame([dataclasses.asdict(each) for each in self.samples])

    def as_dict(self) -> dict[str, Any]:
        """Plain, JSON-ready values, from which :meth:`from_dict` makes it again."""
        slow = self.lines_slowdown
        return {
            "kind": self.kind,
            "work": self.work,
            "run_seconds": self.run_seconds,
            "fresh": self.fresh,
            "slowdown": dataclasses.asdict(self.slowdown),
            "lines_slowdown": None if slow is None else dataclasses.asdict(slow),
            "samples": [list(dataclasses.astuple(each)) for each in self.samples],
            "lines": [list(each) for each in self.lines],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> MemoryProfile:
        """The inverse of :meth:`as_dict`."""
        slow = values["lines_slowdown"]
        return cls(
            work=values["work"],
            samples=tuple(Sample(*each) for each in values["samples"]),
            fresh=values["fresh"],
            lines=tuple(GrownLine(*each) for each in values["lines"]),
            slowdown=Interval(**values["slowdown"]),
            run_seconds=values["run_seconds"],
            lines_slowdown=None if slow is None else Interval(**slow),
        )


def memory_profile(
    work: Work,
    *,
    function: str = "",
    seconds: float = 0.5,
    tell: Callable[[float], object] | None = None,
) -> MemoryProfile:
    """Follow memory while the work is done; a recipe's in a fresh process.

    Parameters
    ----------
    function : str
        ``file.py:function``, file as profiles name it: its lines are looked at one by one, by
        memory-profiler, in this process. Slow, by some tens of times.

    Raises
    ------
    MeasurementError
        If the platform has no source for the memory of a process tree; if another tool traces
        this process, or the function is not called in it.
    ParameterError
        If there is no such function.
    """
    followers: list[Follower] = []

    def followed(runs: Callable[[], None]) -> None:
        follower = Follower()
        follower.start()
        try:
            runs()
        finally:
            follower.end()
        followers.append(follower)

    rounds = in_rounds("a memory profile", work.call, followed, seconds=seconds, tell=tell)
    if work.recipe is None:
        samples = tuple(Sample(*each) for each in followers[0].samples)
    else:
        samples = memory_timeline(work.path, work.recipe).samples
    lines, slow = _lines(work, function) if function else ((), None)
    return MemoryProfile(
        work.title,
        samples,
        work.recipe is not None,
        lines,
        rounds.slowdown,
        rounds.run_seconds,
        slow,
    )


def _lines(work: Work, function: str) -> tuple[tuple[GrownLine, ...], Interval]:
    try:
        from memory_profiler import LineProfiler
    except ImportError as error:
        raise MissingExtraError("memory-profiler", "workbench", "Memory by the line") from error
    file, _, name = function.rpartition(":")
    found = found_functions([(name, file)])
    if not found:
        raise ParameterError(
            f"{function!r} names no function that is loaded here. Write FILE:NAME as profiles "
            "do, as perfkit/reading/rows.py:sheet_of."
        )
    if sys.gettrace() is not None:
        raise MeasurementError(
            "Another tool traces this process, a debugger or a measurement of coverage; memory by "
            "the line needs its place. Take the profile without it."
        )
    profiler = LineProfiler(backend="psutil")
    code = found[0][1].__code__

    def profiled(runs: Callable[[], None]) -> None:
        nonlocal profiler
        profiler = LineProfiler(backend="psutil")
        profiler.add_function(found[0][1])
        profiler.enable_by_count()
        try:
            runs()
        finally:
            profiler.disable_by_count()

    call = work.on_one_thread(("dask", "processes", "threads"))
    rounds = in_rounds("memory by the line", call, profiled, seconds=0.0, fewest=3, repeats=1)
    block = inspect.getblock(linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :])
    grown = {line: told for _, lines in profiler.code_map.items() for line, told in lines if told}
    if not any(hits for _, _, hits in grown.values()):
        raise MeasurementError(f"{function!r} was not called in this process: no line of it ran.")
    lines = []
    for line, source in enumerate(block, start=code.co_firstlineno):
        increment, _, hits = grown.get(line, (0.0, 0.0, 0))
        if line == code.co_firstlineno:
            increment = 0.0  # what there was before it was called
        text = source.rstrip("\n")
        place = name, short_name(code.co_filename), line
        lines.append(GrownLine(*place, round(float(increment), 6), int(hits), text))
    return tuple(lines), rounds.slowdown
