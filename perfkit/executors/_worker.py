"""The life of a worker process: take a call, run it, answer; end when the owner is gone."""

from __future__ import annotations

import select
import socket
import sys
from typing import Any

from perfkit.correlation import carried
from perfkit.executors._frames import pack, receive
from perfkit.executors._outcome import pack_error, run

__all__ = ["IDLE_SECONDS", "serve"]

#: After so long without a call a worker lets go of what it keeps open.
IDLE_SECONDS = 1.0


def serve(connection: socket.socket) -> None:
    """Answer calls until the other side hangs up."""
    while True:
        try:
            if not select.select([connection], [], [], IDLE_SECONDS)[0]:
                _let_go()
                select.select([connection], [], [])
            function, arguments, correlation = receive(connection)
            with carried(correlation):
                answer = _answer(function, arguments)
            connection.sendall(answer)
        except (EOFError, OSError):
            return


def _answer(function: str, arguments: tuple[Any, ...]) -> bytes:
    outcome = run(function, arguments)
    try:
        if outcome.error is None:
            return pack((True, outcome.value))
        return pack((False, pack_error(outcome.error)))
    except ValueError as error:
        return pack((False, pack_error(TypeError(f"{function} gave what is not plain: {error}"))))


def _let_go() -> None:
    """Call ``let_go()`` of each module that has run here and keeps something open."""
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("perfkit."):
            release = vars(module).get("let_go_when_idle")
            if release is not None:
                release()
