"""What executors are given to do in tests."""

from __future__ import annotations

import os
import sys
import time

from perfkit.errors import DamagedPdfError

__all__ = [
    "end_once",
    "hold_mb",
    "imported",
    "leave",
    "process_streaming",
    "refuse",
    "spin",
    "stream",
    "unplain",
]


def refuse(file: str, page: int, problem: str, remedy: str) -> None:
    """Raise an error over a document."""
    raise DamagedPdfError(file, page, problem=problem, remedy=remedy)


def end_once(marker: str, how: int) -> int:
    """Send this process a signal, unless it has been done before; the process id."""
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return os.getpid()
    os.kill(os.getpid(), how)
    return 0


def leave(code: int) -> None:
    """End the process without a word."""
    os._exit(code)


def imported(name: str) -> bool:
    """Whether a module is imported where this runs."""
    return name in sys.modules


def unplain() -> object:
    """Give what cannot travel."""
    return object()


def spin(seconds: float) -> None:
    """Use the processor for so long."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def hold_mb(size: int, marker: str, parties: int) -> int:
    """Hold so much memory until as many processes as take part hold theirs."""
    block = bytearray(size << 20)
    block[::4096] = b"x" * len(block[::4096])
    mine = f"{marker}.{os.getpid()}"
    os.close(os.open(mine, os.O_CREAT))
    folder, name = os.path.split(marker)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if sum(entry.startswith(name + ".") for entry in os.listdir(folder)) >= parties:
            break
        time.sleep(0.005)
    # Long enough that whoever looks now and then has looked.
    time.sleep(0.15)
    return len(block)


def stream(path: str) -> None:
    """Read a document item by item, and keep none."""
    from perfkit.optimizers.streaming import StreamingDocumentProcessor

    for _ in StreamingDocumentProcessor().iterate(path):
        pass


def process_streaming(path: str) -> None:
    """Read a document by the fixed method, which gives all its items."""
    from perfkit.optimizers.streaming import StreamingDocumentProcessor

    StreamingDocumentProcessor().process_with_streaming(path)
