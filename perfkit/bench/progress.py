"""Progress of a measurement: one line that is written over, and gone at the end.

A terminal has it on standard error, a notebook beneath its cell, where nothing stays of it;
a log file gets nothing. The line is written between runs only, never while a clock runs.
"""

from __future__ import annotations

import os
import sys
import time
import uuid
from types import TracebackType
from typing import Any, TextIO

__all__ = ["AS_STREAM", "Progress"]

#: Set in kernels whose standard error is read for progress, as the report reads it.
AS_STREAM = "PERFKIT_PROGRESS_AS_STREAM"

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
        in_kernel = type(self._stream).__module__.startswith("ipykernel")
        self._shown = shown and (in_kernel or self._stream.isatty())
        self._beneath: _BeneathCell | None = None
        if in_kernel and not os.environ.get(AS_STREAM):
            # What goes to standard error leaves a red strip, empty though it is.
            self._stream, self._beneath = sys.stdout, _BeneathCell()
        self._last = 0.0

    def __call__(self, doing: str, share: float) -> None:
        now = time.monotonic()
        if not self._shown or (now - self._last < _SECONDS_BETWEEN and share < 1):
            return
        self._last = now
        filled = round(_BAR * min(max(share, 0.0), 1.0))
        line = f"{'━' * filled}{' ' * (_BAR - filled)} {share:4.0%} {doing}"
        self._write(line[:_WIDTH])

    def line(self, text: str) -> None:
        """A line that stays, in a log too: what was found so far."""
        if self._shown and self._beneath is None:
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
            self._write("")

    def _write(self, line: str) -> None:
        if self._beneath is not None:
            self._beneath.show(line)
            return
        self._stream.write("\r" + line.ljust(_WIDTH) + ("" if line else "\r"))
        self._stream.flush()


class _BeneathCell:
    """A place beneath the running cell of a notebook: nothing is seen of it once it is empty."""

    def __init__(self) -> None:
        from IPython.core.getipython import get_ipython

        # Kept, for the shell's is another one while it captures what a cell shows.
        shell: Any = get_ipython()
        self._publisher = shell.display_pub
        self._place = {"display_id": uuid.uuid4().hex}
        self._is_there = False

    def show(self, line: str) -> None:
        """Show a line in place of the one before; an empty one leaves nothing."""
        if line or self._is_there:
            data = {"text/plain": line} if line else {}
            self._publisher.publish(data, {}, transient=self._place, update=self._is_there)
            self._is_there = True
