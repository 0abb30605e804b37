"""``python -m benchmarks``: check the outputs, measure, print the table, keep the figures.

Exit code: 0 every goal met, 1 one or more missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.plan import FULL, QUICK, Plan
from benchmarks.table import Result, markdown
from perfkit.bench.documents import find_document
from perfkit.bench.progress import Progress
from perfkit.bench.records import Recorder
from perfkit.corpus import make

ORDER, INVOICE = "CS003837319.pdf", "CI004848705.pdf"


def main() -> int:
    """Run the bench; 1 if a goal is missed."""
    options = _options()
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    with (
        tempfile.TemporaryDirectory(prefix="perfkit-bench-") as folder,
        Recorder(out / "bench.jsonl") as recorder,
        Progress() as show,
    ):
        show("making a document of 1,000 pages", 0.0)
        thousand = Path(folder) / "order_1000_pages.pdf"
        make(thousand, layout="order", pages=1000, seed=1)
        plan = Plan(
            order=find_document(ORDER),
            invoice=find_document(INVOICE),
            thousand=thousand,
            effort=QUICK if options.quick else FULL,
            recorder=recorder,
            tell=lambda doing: show(doing, 0.5),
        )
        accuracy = list(plan.accuracy())
        measured = []
        for found in plan.parts():
            measured.append(found)
            show.line(": ".join([found.goal.name, ", ".join(found.cells()[1:])]))
    environment = recorder.environment
    result = Result(started, options.quick, environment, accuracy, measured, plan.times)
    table = markdown(result)
    (out / "bench.md").write_text(table, encoding="utf-8")
    (out / "bench.json").write_text(json.dumps(result.as_dict(), indent=1) + "\n", encoding="utf-8")
    print(table)
    print(f"Kept in {out / 'bench.md'}, bench.json and bench.jsonl (raw runs)")
    return int(any("MISSED" in of.verdict for of in measured))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, wider intervals")
    parser.add_argument("--out", type=Path, default=Path("reports"), help="folder of the results")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
