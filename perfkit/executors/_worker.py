"""The life of a worker process: take a call, run it, answer; end when the owner is gone."""

from __future__ import annotations

import select
import socket
import sys
import time

from perfkit.correlation import carried
from perfkit.errors import WorkerMemoryError
from perfkit.executors._frames import pack, receive
from perfkit.executors._limits import limit_memory, near_limit, set_deadline
from perfkit.executors._outcome import Outcome, pack_error, run

__all__ = ["IDLE_SECONDS", "serve"]

#: After so long without a call a worker lets go of what it keeps open.
IDLE_SECONDS = 1.0


def serve(connection: socket.socket) -> None:
    """Answer calls until the other side hangs up, or this process is worn out.

    A call is the function, its arguments, the correlation id and the memory limit; an answer is
    whether it went well, the value or packed error, whether this was the last one, and the
    processor time of this process so far.
    """
    while True:
        try:
            if not select.select([connection], [], [], IDLE_SECONDS)[0]:
                _let_go()
                select.select([connection], [], [])
            function, arguments, correlation, memory_mb = receive(connection)
            limit_memory(memory_mb)
            with carried(correlation):
                outcome = run(function, arguments)
            set_deadline(0.0)
            leaves = isinstance(outcome.error, MemoryError) or near_limit()
            connection.sendall(_answer(function, outcome, leaves=leaves))
            if leaves:
                return
        except (EOFError, OSError):
            return


def _answer(function: str, outcome: Outcome, *, leaves: bool) -> bytes:
    error = outcome.error
    if isinstance(error, MemoryError):
        error = WorkerMemoryError("The call took more memory than its worker process may have.")
    try:
        if error is None:
            return pack((True, outcome.value, leaves, time.process_time()))
        return pack((False, pack_error(error), leaves, time.process_time()))
    except ValueError as unplain:
        told = TypeError(f"{function} gave what is not plain: {unplain}")
        return pack((False, pack_error(told), leaves, time.process_time()))


def _let_go() -> None:
    """Call ``let_go()`` of each module that has run here and keeps something open."""
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("perfkit."):
            release = vars(module).get("let_go_when_idle")
            if release is not None:
                release()
