"""How far a batch is, on standard error: a bar on a terminal, a plain line a file elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from perfkit.cli._text import printable

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

__all__ = ["Progress"]


class Progress:
    """Progress over files, for the length of a ``with`` statement; none for one file."""

    def __init__(self, files: int) -> None:
        self._files, self._done = files, 0
        self._bar: Bar | None = None

    def __enter__(self) -> Progress:
        if self._files > 1 and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress as Bar

            self._bar = Bar(console=Console(stderr=True), transient=True)
            self._bar.add_task("", total=self._files)
            self._bar.start()
        return self

    def start(self, file: str) -> None:
        """A file is begun."""
        if self._bar is not None:
            from rich.markup import escape

            self._bar.update(self._bar.task_ids[0], description=escape(printable(file)))

    def done(self, file: str, result: str) -> None:
        """A file has been read."""
        self._done += 1
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0])
        elif self._files > 1:
            self.say(f"[{self._done}/{self._files}] {file}: {result}")

    def failed(self, message: str) -> None:
        """A file could not be read."""
        self._done += 1
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0])
        place = f"[{self._done}/{self._files}] " if self._files > 1 else "perfkit: "
        self.say(f"{place}{message}")

    def say(self, text: str) -> None:
        """One line, over the bar where there is one."""
        line = printable(text)
        if self._bar is not None:
            from rich.text import Text

            self._bar.console.print(Text(line), soft_wrap=True)
        else:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
