"""A process that forks workers: small, without threads, and warm.

Forking the caller's process could deadlock: a Jupyter kernel runs threads. multiprocessing's
own fork server would run the caller's main script once more in each worker, and end at an
unguarded one.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Sequence

from perfkit.executors._limits import begin_worker
from perfkit.executors._worker import serve

__all__ = ["NOTE", "SPAWN", "main"]

SPAWN = b"S"
#: What the server tells its owner: ``started`` or ``ended``, the process id, wait status, and the
#: highest resident memory in KiB (on macOS in bytes, where the system counts so), processor time.
NOTE = struct.Struct("<ciiqd")


def main(descriptor: int, modules: Sequence[str]) -> None:
    """Fork a worker for each connection that arrives, until the owner hangs up."""
    control = socket.socket(fileno=descriptor)
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.set_wakeup_fd(wake)
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # so that a worker's collections leave the shared pages alone
    alive: set[int] = set()
    try:
        # The owner may be gone without a word, which ends the connection with an error.
        with contextlib.suppress(OSError):
            while _step(control, woken, wake, alive):
                pass
    finally:
        for worker in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
            os.waitpid(worker, 0)


def _step(control: socket.socket, woken: int, wake: int, alive: set[int]) -> bool:
    ready = select.select([control.fileno(), woken], [], [])[0]
    if woken in ready:
        with contextlib.suppress(BlockingIOError):
            os.read(woken, 4096)
        for worker in list(alive):
            ended, status, usage = os.wait4(worker, os.WNOHANG)
            if ended:
                alive.discard(worker)
                seconds = usage.ru_utime + usage.ru_stime
                control.sendall(NOTE.pack(b"E", worker, status, usage.ru_maxrss, seconds))
    if control.fileno() in ready:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if message != SPAWN:
            return False
        worker = os.fork()
        if worker == 0:
            control.close()
            os.close(woken)
            _become_worker(descriptors[0], wake)
        alive.add(worker)
        os.close(descriptors[0])
        control.sendall(NOTE.pack(b"S", worker, 0, 0, 0.0))
    return True


def _become_worker(descriptor: int, wake: int) -> None:
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(wake)
        begin_worker()
        with socket.socket(fileno=descriptor) as connection:
            serve(connection)
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)
