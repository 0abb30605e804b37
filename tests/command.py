"""The command line for tests, run in this process."""

from __future__ import annotations

import contextlib
import io
from typing import NamedTuple

from perfkit.cli.main import main

__all__ = ["Done", "perfkit"]


class Done(NamedTuple):
    """How a command ended: exit code, standard output, standard error."""

    code: object
    out: str
    err: str


class _Screen(io.TextIOWrapper):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="", errors="backslashreplace")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def shown(self) -> str:
        self.seek(0)
        return self.read()


def perfkit(*arguments: object, terminal: bool = False) -> Done:
    """Run a command; ``terminal`` is what both its streams say they are."""
    out, err = _Screen(terminal=terminal), _Screen(terminal=terminal)
    code: object = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = left.code
    return Done(code, out.shown(), err.shown())
