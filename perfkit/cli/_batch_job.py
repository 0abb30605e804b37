"""What ``perfkit batch`` does, once its command line is understood."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from perfkit.batches._journal import MANIFEST
from perfkit.batches.outcomes import ITEMS
from perfkit.batches.run import batch
from perfkit.batches.summary import BatchSummary
from perfkit.cli._text import printable
from perfkit.errors import RecipeError
from perfkit.recipe import Recipe

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

__all__ = ["run"]

EXIT_WELL, EXIT_DOUBTFUL, EXIT_USAGE, EXIT_INTERRUPTED = 0, 1, 2, 130
#: Where there is no terminal, a line so often.
_LINE_SECONDS = 10.0


def run(
    sources: Sequence[str],
    *,
    out: str,
    recipe_file: str | None = None,
    engine: str | None = None,
    workers: int = 0,
    executor: str = "processes",
    form: str = "jsonl",
    dry_run: bool = False,
    price_an_hour: float | None = None,
    accept_doubtful: bool = False,
) -> int:
    """Run the batch; the exit code."""
    try:
        recipe = Recipe() if recipe_file is None else Recipe.from_toml(recipe_file)
        if engine is not None:
            recipe = recipe.with_(engine=engine)
    except RecipeError as error:
        sys.stderr.write(f"Error: {printable(str(error))}\n")
        return EXIT_USAGE
    shown = _Shown()
    try:
        if dry_run:
            from perfkit.batches.predict import predict

            told = predict(
                sources,
                out,
                recipe,
                workers=workers,
                executor=executor,
                price_an_hour=price_an_hour,
            )
            sys.stdout.write(f"{told}\n")
            return EXIT_WELL
        with shown:
            summary = batch(
                sources,
                out,
                recipe,
                workers=workers,
                executor=executor,
                form=form,
                progress=shown.update,
            )
    except KeyboardInterrupt:
        _say(f"perfkit: interrupted; {out} holds what is done, the same command does the rest")
        return EXIT_INTERRUPTED
    _say(f"written: {out} ({summary})")
    if summary.prediction is not None:
        said, off = (summary.prediction[name] for name in ("seconds", "seconds_off_percent"))
        _say(f"the dry run said {said:.1f} s, which was {off:+.1f} % off")
    if summary.doubtful and not accept_doubtful:
        which = "1 file is" if summary.doubtful == 1 else f"{summary.doubtful} files are"
        _say(
            f"perfkit: {which} doubtful: {MANIFEST} says why. Compare with the PDFs, or accept the "
            "results with --accept-doubtful."
        )
        return EXIT_DOUBTFUL
    return EXIT_WELL


class _Shown:
    """Progress on standard error: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._last = time.monotonic()

    def __enter__(self) -> _Shown:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress as Bar

            self._bar = Bar(console=Console(stderr=True), transient=True)
            self._bar.add_task("", total=None)
            self._bar.start()
        return self

    def update(self, summary: BatchSummary, record: dict[str, Any]) -> None:
        """A file has ended."""
        if record.get("outcome", ITEMS) != ITEMS and record.get("message"):
            self._tell(printable(record["message"]))
        if self._bar is not None:
            self._bar.update(
                self._bar.task_ids[0],
                total=summary.files,
                completed=summary.done,
                description=f"{summary.rate:.0f} files/s",
            )
        elif time.monotonic() > self._last + _LINE_SECONDS:
            self._last = time.monotonic()
            self._tell(_line(summary))

    def _tell(self, line: str) -> None:
        if self._bar is not None:
            from rich.text import Text

            self._bar.console.print(Text(line), soft_wrap=True)
        else:
            _say(line)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


def _line(summary: BatchSummary) -> str:
    left = summary.seconds_left
    wait = "" if left is None else f", about {left:.0f} s left"
    return f"[{summary.done}/{summary.files}] {summary.rate:.1f} files/s{wait}"


def _say(text: str) -> None:
    sys.stderr.write(printable(text) + "\n")
    sys.stderr.flush()
