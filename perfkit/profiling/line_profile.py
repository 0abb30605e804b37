"""Line profiles: every line of the hot functions counted and timed, by line-profiler."""

from __future__ import annotations

import dataclasses
import inspect
import linecache
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from perfkit.bench.formatting import Sentence, count, percent
from perfkit.bench.paired import Interval
from perfkit.errors import MeasurementError, MissingExtraError
from perfkit.executors._watch import Watch, watched
from perfkit.profiling import counting
from perfkit.profiling.counting import Counter, Name
from perfkit.profiling.rounds import in_rounds
from perfkit.profiling.stacks import HERE, StackProfile
from perfkit.profiling.wording import slowed
from perfkit.profiling.work import Work

if TYPE_CHECKING:
    import pandas

__all__ = ["CountedLine", "LineProfile", "hot_functions", "line_profile"]

_AROUND = f"{counting.__name__}:around_call"
_HOTTEST = 3
_FUNCTIONS = 6
#: A function that takes less of the time than this is not worth its lines.
_SMALLEST_SHARE = 0.01
_MS = 1000.0


class CountedLine(NamedTuple):
    """A line that ran: where, how often and how long in a run, under the profiler."""

    process: str
    function: str
    file: str
    line: int
    hits: float
    ms: float


@dataclasses.dataclass(frozen=True)
class LineProfile:
    """Lines of chosen functions, counted; a line's time holds that of what it calls.

    Attributes
    ----------
    work : str
    counted : tuple of CountedLine
    sources : mapping
        Source of each function by (name, file): first line and text.
    runs, slowdown, run_seconds
        As of :class:`~perfkit.profiling.stacks.StackProfile`.
    """

    work: str
    counted: tuple[CountedLine, ...]
    sources: Mapping[Name, tuple[int, tuple[str, ...]]]
    runs: int
    slowdown: Interval
    run_seconds: float
    kind: str = "line"

    def functions(self) -> list[tuple[Name, float]]:
        """Functions with the ms that their lines took in a run, most first."""
        sums: dict[Name, float] = {}
        for each in self.counted:
            name = each.function, each.file
            sums[name] = sums.get(name, 0.0) + each.ms
        return sorted(sums.items(), key=lambda item: -item[1])

    def lines_of(self, name: Name) -> dict[int, tuple[float, float]]:
        """Hits and ms of a function's lines, all processes together."""
        found: dict[int, tuple[float, float]] = {}
        for each in self.counted:
            if (each.function, each.file) == name:
                hits, ms = found.get(each.line, (0.0, 0.0))
                found[each.line] = hits + each.hits, ms + each.ms
        return found

    def hottest(self) -> list[tuple[Name, int, float]]:
        """Function, line and share of the function's time; the longest lines first."""
        lines = [
            (ms, name, line, ms / total)
            for name, total in self.functions()
            for line, (_, ms) in self.lines_of(name).items()
            if total
        ]
        return [(name, line, share) for _, name, line, share in sorted(lines, reverse=True)]

    def sentence(self) -> Sentence:
        """The three longest lines with their share of their function's time."""
        told = "; ".join(
            f"{file}:{line} ({percent(share)} of {name})"
            for (name, file), line, share in self.hottest()[:_HOTTEST]
        )
        functions = count(len(self.functions()), "hot function")
        found = f"the longest lines are {told}" if told else "none of their lines ran"
        return Sentence(
            f"{self.work}: of {functions}, {found}. {count(self.runs, 'run')}; "
            f"{slowed(self.slowdown)}, and these times with it."
        )

    def frame(self) -> pandas.DataFrame:
        """One row a line that ran, and process.

        Returns
        -------
        pandas.DataFrame
            ``process``, ``function``, ``file``, ``line``, ``hits`` and ``ms`` (of a run, under
            the profiler), ``share`` (0 to 1, of the function), ``source``.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingExtraError("pandas", "workbench", "frame()") from error
        totals = dict(self.functions())
        rows = []
        for each in self.counted:
            name = each.function, each.file
            first, text = self.sources[name]
            place = each.line - first
            source = text[place].strip() if 0 <= place < len(text) else ""
            share = each.ms / totals[name] if totals[name] else 0.0
            rows.append({**each._asdict(), "share": share, "source": source})
        return pandas.DataFrame(rows)

    def as_dict(self) -> dict[str, Any]:
        """Plain, JSON-ready values, from which :meth:`from_dict` makes it again."""
        return {
            "kind": self.kind,
            "work": self.work,
            "runs": self.runs,
            "run_seconds": self.run_seconds,
            "slowdown": dataclasses.asdict(self.slowdown),
            "counted": [list(each) for each in self.counted],
            "sources": [[*name, first, list(text)] for name, (first, text) in self.sources.items()],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> LineProfile:
        """The inverse of :meth:`as_dict`."""
        return cls(
            work=values["work"],
            counted=tuple(CountedLine(*each) for each in values["counted"]),
            sources={
                (name, file): (first, tuple(text)) for name, file, first, text in values["sources"]
            },
            runs=values["runs"],
            slowdown=Interval(**values["slowdown"]),
            run_seconds=values["run_seconds"],
        )


def line_profile(
    work: Work,
    times: StackProfile,
    *,
    seconds: float = 1.0,
    tell: Callable[[float], object] | None = None,
) -> LineProfile:
    """Count the lines of the functions that a time profile found hot.

    Parameters
    ----------
    times : StackProfile
        Of the same work.
    seconds : float
        For the runs under the profiler, at least; the runs without it come on top.

    Raises
    ------
    MissingExtraError
        If line-profiler is not installed.
    MeasurementError
        If no hot function has lines here.
    """
    names = hot_functions(times)
    if not names:
        raise MeasurementError(f"{work.title}: no function stands out; there is nothing to count.")
    counter = Counter(names)
    workers: dict[int, list[tuple[Any, ...]]] = {}

    def take(seen: tuple[int, list[tuple[Any, ...]]]) -> None:
        workers.setdefault(seen[0], []).extend(seen[1])

    def profiled(runs: Callable[[], None]) -> None:
        with watched(Watch(_AROUND, (tuple(names),), take)), counter:
            runs()

    rounds = in_rounds("a line profile", work.on_one_thread(), profiled, seconds=seconds, tell=tell)
    seen = [(HERE, counter.lines())]
    seen += [
        (f"worker process {number}", lines)
        for number, lines in enumerate(workers.values(), start=1)
    ]
    counted = tuple(_summed(seen, rounds.runs))
    where = {(name, short): (file, first) for _, of in seen for name, short, file, first, *_ in of}
    sources = {name: source for name, place in where.items() if (source := _source(*place))}
    return LineProfile(
        work.title,
        tuple(each for each in counted if (each.function, each.file) in sources),
        sources,
        *rounds,
    )


def _summed(
    seen: Iterable[tuple[str, Iterable[tuple[Any, ...]]]], runs: int
) -> Iterable[CountedLine]:
    sums: dict[tuple[str, str, str, int], list[float]] = {}
    for place, lines in seen:
        for name, file, _, _, line, hits, seconds in lines:
            found = sums.setdefault((place, name, file, line), [0, 0.0])
            found[0] += hits
            found[1] += seconds
    for key, (hits, seconds) in sums.items():
        yield CountedLine(*key, round(hits / runs, 4), round(_MS * seconds / runs, 7))


def hot_functions(times: StackProfile, most: int = _FUNCTIONS) -> list[Name]:
    """Functions that take most time themselves, Python's own left out.

    What a function defines within counts as a part of it.
    """
    sums: dict[Name, float] = {}
    for stack in times.busy:
        function = times.functions[stack.functions[-1]]
        if function.origin != "python" and not function.file.startswith("<"):
            name = function.name.partition(".<locals>")[0], function.file
            sums[name] = sums.get(name, 0.0) + times.scale * stack.amount
    ordered = sorted(sums.items(), key=lambda item: -item[1])
    return [name for name, ms in ordered[:most] if ms >= _SMALLEST_SHARE * times.total]


def _source(file: str, first: int) -> tuple[int, tuple[str, ...]] | None:
    """First line and text of a function; None where its file cannot be read."""
    lines = linecache.getlines(file)
    if not lines:
        return None
    return first, tuple(line.rstrip("\n") for line in inspect.getblock(lines[first - 1 :]))
