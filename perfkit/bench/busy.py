"""Processes that keep cores busy, for a calibration on a restless machine.

Run as a module it is such a process: it works until it is killed, or until its standard
input ends because whoever started it is gone.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator

__all__ = ["busy_processes"]

_READY = b"busy\n"


@contextlib.contextmanager
def busy_processes(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many processes at full load while the body of the ``with`` statement runs."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(count):
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            started.append(process)
        for process in started:
            assert process.stdout is not None
            process.stdout.readline()  # it has come to its loop
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _keep_busy() -> None:
    threading.Thread(target=_end_with_input, daemon=True).start()
    sys.stdout.buffer.write(_READY)
    sys.stdout.buffer.flush()
    while True:
        sum(range(10_000))


if __name__ == "__main__":
    _keep_busy()
