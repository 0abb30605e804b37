"""Progress of a measurement: one line that is written over, and gone at the end.

The same bytes serve a terminal, a notebook and the report that runs the notebook; a log
file gets nothing. The line is written between runs only, never while a clock runs.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TextIO

__all__ = ["Progress"]

_WIDTH, _BAR = 78, 16
_SECONDS_BETWEEN = 0.2


class Progress:
    """Call it with what is being done and the share that is done, 0 to 1.

    Parameters
    ----------
    shown : bool
        False keeps it silent.
    stream : text stream, optional
        Standard error by default.
    """

    def __init__(self, shown: bool = True, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._shown = shown and _is_live(self._stream)
        self._last = 0.0

    def __call__(self, doing: str, share: float) -> None:
        now = time.monotonic()
        if not self._shown or (now - self._last < _SECONDS_BETWEEN and share < 1):
            return
        self._last = now
        filled = round(_BAR * min(max(share, 0.0), 1.0))
        line = f"{'━' * filled}{' ' * (_BAR - filled)} {share:4.0%} {doing}"
        self._stream.write("\r" + line[:_WIDTH].ljust(_WIDTH))
        self._stream.flush()

    def line(self, text: str) -> None:
        """A line that stays, in a log too: what was found so far."""
        if self._shown:
            text = "\r" + text.ljust(_WIDTH)
        self._stream.write(text + "\n")
        self._stream.flush()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown:
            self._stream.write("\r" + " " * _WIDTH + "\r")
            self._stream.flush()


def _is_live(stream: TextIO) -> bool:
    """A terminal, or the stream that ipykernel shows beneath the cell."""
    return stream.isatty() or type(stream).__module__.startswith("ipykernel")
