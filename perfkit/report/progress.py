"""What is shown while a report is made: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Protocol, TextIO

__all__ = ["Show", "Shown", "silent"]

_SECONDS_BETWEEN_LINES = 5.0


class Show(Protocol):
    """Told the notebook, what is being done, and at its end the seconds it took."""

    def __call__(self, notebook: str, doing: str, done: float | None = None) -> None: ...


def silent(notebook: str, doing: str, done: float | None = None) -> None:
    """Show nothing."""


class Shown:
    """Progress on a stream, for the length of a ``with`` statement."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._status: Any = None
        self._last = 0.0

    def __enter__(self) -> Shown:
        if self._stream.isatty():
            from rich.console import Console

            self._status = Console(file=self._stream).status("perfkit report", spinner="line")
            self._status.start()
        return self

    def __call__(self, notebook: str, doing: str, done: float | None = None) -> None:
        if done is not None:
            self._line(f"{notebook}: {'FAILED: ' + doing if doing else 'done'} ({done:.1f} s)")
        elif self._status is not None:
            from rich.markup import escape

            self._status.update(escape(f"{notebook}: {doing}"))
        elif (moment := time.monotonic()) - self._last > _SECONDS_BETWEEN_LINES:
            # A log wants to see that it goes on, not every step of it.
            self._last = moment
            self._line(f"{notebook}: {doing}")

    def _line(self, text: str) -> None:
        if self._status is not None:
            from rich.text import Text

            self._status.console.print(Text(text))
        else:
            self._stream.write(text + "\n")
            self._stream.flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._status is not None:
            self._status.stop()
