"""``python -m benchmarks [PART ...]``: measure the speed goals, print the table, keep the figures.

Each part checks its outputs before it times anything. Exit code: 0 every goal met, 1 one or
more missed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.document import keep_figures
from benchmarks.goals import Measured
from benchmarks.table import Result, markdown
from perfkit.bench.progress import Progress
from perfkit.bench.records import Recorder

#: Each is a module of this folder, whose ``measure(bench)`` gives what it found against goals.
PARTS = (
    "engines",
    "workers",
    "auto",
    "streaming",
    "trackers",
    "entities",
    "codes",
    "finder",
    "patterns",
    "cache",
    "sweeps",
    "tuning",
    "verdicts",
    "documentai",
)


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
        bench = Bench(Path(folder), options.quick, recorder, lambda doing: show(doing, 0.5))
        measured: dict[str, list[Measured]] = {}
        for part, found in _measured(options.parts or PARTS, bench):
            measured.setdefault(part, []).append(found)
            show.line(f"{part}: {': '.join([found.goal.name, ', '.join(found.cells()[1:])])}")
    environment = recorder.environment
    result = Result(started, options.quick, environment, bench.proved, measured, bench.times)
    if options.document is not None:
        keep_figures(options.document, measured, started[:10])
    table = markdown(result)
    (out / "bench.md").write_text(table, encoding="utf-8")
    (out / "bench.json").write_text(json.dumps(result.as_dict(), indent=1) + "\n", encoding="utf-8")
    print(table)
    print(f"Kept in {out / 'bench.md'}, bench.json and bench.jsonl (raw runs)")
    return int(any("MISSED" in of.verdict for found in measured.values() for of in found))


def _measured(parts: Sequence[str], bench: Bench) -> Iterator[tuple[str, Measured]]:
    for part in parts:
        for found in importlib.import_module(f"benchmarks.{part}").measure(bench):
            yield part, found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"what to measure: {', '.join(PARTS)}; or all"
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds, wider intervals")
    parser.add_argument("--out", type=Path, default=Path("reports"), help="folder of the results")
    parser.add_argument(
        "--document", type=Path, metavar="PAGE", help="a page whose figures are to be these"
    )
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]!r}; choose from {', '.join(PARTS)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
