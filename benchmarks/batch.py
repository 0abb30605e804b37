"""``python -m benchmarks.batch``: what it costs to have every file opened by a supervised worker.

Exit code: 0 every goal met, 1 one or more missed. ``--quick`` measures less.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.arms import measure
from benchmarks.goals import Goal
from perfkit.batches._document import read_document
from perfkit.batches._journal import Journal
from perfkit.batches.run import batch
from perfkit.bench.documents import find_document
from perfkit.bench.progress import Progress
from perfkit.bench.records import Recorder
from perfkit.errors import MeasurementError
from perfkit.recipe import Recipe

__all__ = ["here", "main"]

HERE, ONE, TWO = "in this process", "one worker", "two workers"
OVERHEAD = Goal("a batch by one warm worker against the same work here", "x", "at most", 1.05)
SPEED = Goal("a batch by two workers against one", "x faster", "at least", 1.9)
#: Good documents of several producers and lengths.
NAMES = (
    "CI004848705", "CS003837319", "invoice_cairo", "invoice_typst", "order_chromium",
    "order_fpdf2", "order_one_page", "order_reportlab_description_under",
)  # fmt: skip


def here(files: list[str], out: Path) -> int:
    """The work of a batch without workers: read, look over, write results and manifest."""
    fields = Recipe().as_dict()
    shutil.rmtree(out, ignore_errors=True)
    items = 0
    with Journal(str(out)) as journal:
        for file in files:
            answer = read_document(file, fields, None)
            if "result" not in answer:
                raise MeasurementError(f"{file} gave no items.")
            items += answer["items"]
            record = {name: answer[name] for name in ("sha256", "bytes", "pages", "seconds")}
            record |= {"file": file, "outcome": "items", "recipe": "", "integrity": "sound"}
            journal.add(record | {"damage": answer["signs"]}, answer["result"])
    return items


def _batch(folder: Path, out: Path, workers: int) -> int:
    shutil.rmtree(out, ignore_errors=True)
    return batch(folder, out, workers=workers).items


def main() -> int:
    """Measure, and print the figures beside their goals; 1 if one is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, wider intervals")
    parser.add_argument("--out", type=Path, default=Path("reports"), help="folder of the raw runs")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="perfkit-bench-") as made,
        Recorder(options.out / "bench_batch.jsonl") as recorder,
        Progress() as show,
    ):
        folder, out = Path(made) / "in", Path(made) / "out"
        folder.mkdir()
        for number in range(240):
            name = NAMES[number % len(NAMES)]
            shutil.copy(find_document(f"{name}.pdf"), folder / f"{number:03d}.pdf")
        files = sorted(map(str, folder.iterdir()))
        arms = {
            HERE: partial(here, files, out),
            ONE: partial(_batch, folder, out, 1),
            TWO: partial(_batch, folder, out, 2),
        }
        if len({call() for call in arms.values()}) > 1:
            raise MeasurementError("The arms read different items, so their times say nothing.")
        named = [(arm, folder.name, call) for arm, call in arms.items()]
        rounds = 7 if options.quick else 25
        times = measure(named, rounds, recorder, lambda doing: show(doing, 0.5))
        missed = False
        for found in (
            OVERHEAD.against(times.ratio(ONE, HERE)),
            SPEED.against(times.ratio(TWO, ONE).inverse()),
        ):
            name, figure, goal, verdict = found.cells()
            show.line(f"{name}: {figure} (wanted: {goal}) {verdict}")
            missed |= "MISSED" in verdict
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
