"""What is measured, on which documents, and the goals that it is held to."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.arms import Times, measure
from benchmarks.floor import consume_pages, count_characters
from benchmarks.goals import Goal, Measured
from perfkit.accuracy import assess
from perfkit.bench.job import extract_once
from perfkit.bench.paired import difference
from perfkit.bench.records import Peak, Recorder
from perfkit.errors import MeasurementError
from perfkit.trackers.memory import peak_of_fresh_process

__all__ = ["FULL", "QUICK", "Effort", "Plan"]

FASTER = Goal("15 pages against pypdf doing the same", "x faster", "at least", 10)
FLOOR = Goal("15 pages against pdfium only counting characters", "x", "at most", 1.7)
OWN = Goal("Python's own share of 15 pages", "ms", "at most", 2.5)
INVOICE = Goal("invoice of 3 pages against 15 pages", "x", "at most", 0.4)
LINEAR = Goal("1,000 pages against 15 pages", "x", "at most", 75)
MEMORY = Goal("peak memory of 1,000 pages above 15 pages", "MiB", "at most", 20)
COLD = Goal("cold perfkit extract against import pypdfium2", "x", "at most", 2.5)


@dataclasses.dataclass(frozen=True, slots=True)
class Effort:
    """Rounds of each part; the long part holds the document of 1,000 pages."""

    warm: int
    long: int
    memory: int
    cold: int


FULL = Effort(warm=25, long=9, memory=5, cold=25)
QUICK = Effort(warm=7, long=3, memory=3, cold=7)


@dataclasses.dataclass
class Plan:
    """One run of the bench; its parts give what they measured as they end."""

    order: Path
    invoice: Path
    thousand: Path
    effort: Effort
    recorder: Recorder
    tell: Callable[[str], None]
    times: dict[str, Times] = dataclasses.field(default_factory=dict)

    def parts(self) -> Iterator[Measured]:
        """All goals, in the order of the table."""
        yield from self._warm()
        yield from self._long()
        yield from self._memory()
        yield from self._cold()

    def accuracy(self) -> Iterator[tuple[str, str, float, str]]:
        """Document, engine, score and its kind: the proof without which no time counts."""
        for path in (self.order, self.invoice, self.thousand):
            for engine in ("pdfium", "pypdf") if path == self.order else ("pdfium",):
                self.tell(f"checking {engine} on {path.name}")
                found = assess(extract_once(str(path), engine))
                if found.score is None:
                    raise MeasurementError(f"{path.name} has no accuracy, so no time counts.")
                yield path.name, engine, found.score, found.kind

    def _measure(
        self, part: str, arms: list[tuple[str, Path, Callable[[], object]]], rounds: int
    ) -> Times:
        named = [(name, path.name, call) for name, path, call in arms]
        self.times[part] = measure(
            named, rounds, self.recorder, lambda text: self.tell(f"{part}, {text}")
        )
        return self.times[part]

    def _warm(self) -> Iterator[Measured]:
        order, invoice = str(self.order), str(self.invoice)
        times = self._measure(
            "warm",
            [
                ("pypdf, 15 pages", self.order, partial(extract_once, order, "pypdf")),
                ("perfkit, 15 pages", self.order, partial(extract_once, order, "pdfium")),
                ("pages only, 15 pages", self.order, partial(consume_pages, order)),
                ("floor, 15 pages", self.order, partial(count_characters, order)),
                ("perfkit, invoice", self.invoice, partial(extract_once, invoice, "pdfium")),
            ],
            self.effort.warm,
        )
        ours = "perfkit, 15 pages"
        yield FASTER.against(times.ratio(ours, "pypdf, 15 pages").inverse())
        yield FLOOR.against(times.ratio(ours, "floor, 15 pages"))
        yield OWN.against(times.extra_ms(ours, "pages only, 15 pages"))
        yield INVOICE.against(times.ratio("perfkit, invoice", ours))

    def _long(self) -> Iterator[Measured]:
        order, thousand = str(self.order), str(self.thousand)
        times = self._measure(
            "long",
            [
                ("perfkit, 1,000 pages", self.thousand, partial(extract_once, thousand, "pdfium")),
                ("perfkit, 15 pages", self.order, partial(extract_once, order, "pdfium")),
            ],
            self.effort.long,
        )
        yield LINEAR.against(times.ratio("perfkit, 1,000 pages", "perfkit, 15 pages"))

    def _memory(self) -> Iterator[Measured]:
        peaks: dict[Path, list[float]] = {self.order: [], self.thousand: []}
        for number in range(1, self.effort.memory + 1):
            for path, values in peaks.items():
                self.tell(f"memory, round {number} of {self.effort.memory}")
                job = "perfkit.bench.job:extract_once"
                marks = peak_of_fresh_process(job, [str(path), "pdfium"])
                self.recorder.add(Peak("pdfium", path.name, *marks))
                values.append(marks.above_mb)
        yield MEMORY.against(difference(peaks[self.thousand], peaks[self.order]))

    def _cold(self) -> Iterator[Measured]:
        extract = ["-m", "perfkit", "extract", "--format", "json", str(self.order)]
        times = self._measure(
            "cold",
            [
                ("perfkit extract, a process", self.order, partial(_process, extract)),
                (
                    "import pypdfium2, a process",
                    self.order,
                    partial(_process, ["-c", "import pypdfium2"]),
                ),
            ],
            self.effort.cold,
        )
        yield COLD.against(times.ratio("perfkit extract, a process", "import pypdfium2, a process"))


def _process(arguments: list[str]) -> None:
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
