"""Extraction by one process: against pypdf, against what pdfium itself takes, and cold."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.arms import Times
from benchmarks.bench import INVOICE, Bench
from benchmarks.floor import consume_pages, count_characters
from benchmarks.goals import Goal, Measured
from perfkit.accuracy import assess
from perfkit.bench.documents import find_document
from perfkit.bench.job import extract_once
from perfkit.bench.paired import difference
from perfkit.bench.records import Peak
from perfkit.errors import MeasurementError
from perfkit.trackers.memory import peak_of_fresh_process

__all__ = ["measure"]

FASTER = Goal("15 pages against pypdf doing the same", "x faster", "at least", 10)
FLOOR = Goal("15 pages against pdfium only counting characters", "x", "at most", 1.8)
OWN = Goal("the reader's own share of 15 pages", "ms", "at most", 5)
WHOLE = Goal("15 pages read against the engine alone", "x", "at most", 1.35)
SHORT = Goal("invoice of 3 pages against 15 pages", "x", "at most", 0.4)
LINEAR = Goal("1,000 pages against 15 pages", "x", "at most", 75)
MEMORY = Goal("peak memory of 1,000 pages above 15 pages", "MiB", "at most", 20)
COLD = Goal("cold perfkit extract against import pypdfium2", "x", "at most", 2.5)

Arms = list[tuple[str, Path, Callable[[], object]]]


def measure(bench: Bench) -> Iterator[Measured]:
    """All goals of this part."""
    order, invoice, thousand = bench.document(15), find_document(INVOICE), bench.document(1000)
    _prove(bench, order, invoice, thousand)
    yield from _warm(bench, order, invoice)
    yield from _long(bench, order, thousand)
    yield from _memory(bench, order, thousand)
    yield from _cold(bench, order)


def _prove(bench: Bench, order: Path, *others: Path) -> None:
    for path in (order, *others):
        for engine in ("pdfium", "pypdf") if path == order else ("pdfium",):
            bench.tell(f"checking {engine} on {path.name}")
            found = assess(extract_once(str(path), engine))
            if found.score is None:
                raise MeasurementError(f"{path.name} has no accuracy, so no time counts.")
            bench.proved.append((path.name, engine, found.score, found.kind))


def _time(bench: Bench, name: str, arms: Arms, rounds: int) -> Times:
    return bench.time(f"engines, {name}", [(arm, of.name, call) for arm, of, call in arms], rounds)


def _warm(bench: Bench, order: Path, invoice: Path) -> Iterator[Measured]:
    ours = "perfkit, 15 pages"
    times = _time(
        bench,
        "warm",
        [
            ("pypdf, 15 pages", order, partial(extract_once, str(order), "pypdf")),
            (ours, order, partial(extract_once, str(order), "pdfium")),
            ("pages only, 15 pages", order, partial(consume_pages, str(order))),
            ("floor, 15 pages", order, partial(count_characters, str(order))),
            ("perfkit, invoice", invoice, partial(extract_once, str(invoice), "pdfium")),
        ],
        bench.rounds(25, 7),
    )
    yield FASTER.against(times.ratio(ours, "pypdf, 15 pages").inverse())
    yield FLOOR.against(times.ratio(ours, "floor, 15 pages"))
    yield OWN.against(times.extra_ms(ours, "pages only, 15 pages"))
    yield WHOLE.against(times.ratio(ours, "pages only, 15 pages"))
    yield SHORT.against(times.ratio("perfkit, invoice", ours))


def _long(bench: Bench, order: Path, thousand: Path) -> Iterator[Measured]:
    times = _time(
        bench,
        "long",
        [
            ("perfkit, 1,000 pages", thousand, partial(extract_once, str(thousand), "pdfium")),
            ("perfkit, 15 pages", order, partial(extract_once, str(order), "pdfium")),
        ],
        bench.rounds(9, 3),
    )
    yield LINEAR.against(times.ratio("perfkit, 1,000 pages", "perfkit, 15 pages"))


def _memory(bench: Bench, order: Path, thousand: Path) -> Iterator[Measured]:
    peaks: dict[Path, list[float]] = {order: [], thousand: []}
    rounds = bench.rounds(5, 3)
    for number in range(1, rounds + 1):
        for path, values in peaks.items():
            bench.tell(f"memory, round {number} of {rounds}")
            marks = peak_of_fresh_process("perfkit.bench.job:extract_once", [str(path), "pdfium"])
            bench.recorder.add(Peak("pdfium", path.name, *marks))
            values.append(marks.above_mb)
    yield MEMORY.against(difference(peaks[thousand], peaks[order]))


def _cold(bench: Bench, order: Path) -> Iterator[Measured]:
    extract = ["-m", "perfkit", "extract", "--format", "json", str(order)]
    times = _time(
        bench,
        "cold",
        [
            ("perfkit extract, a process", order, partial(_process, extract)),
            ("import pypdfium2, a process", order, partial(_process, ["-c", "import pypdfium2"])),
        ],
        bench.rounds(25, 7),
    )
    yield COLD.against(times.ratio("perfkit extract, a process", "import pypdfium2, a process"))


def _process(arguments: list[str]) -> None:
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
