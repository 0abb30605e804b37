"""What executors are given to do in tests."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import sys
import tempfile
import time
from collections.abc import Callable

from perfkit.errors import DamagedPdfError
from perfkit.executors import processes
from perfkit.executors._pool import Pool

__all__ = [
    "abort_holding_mb",
    "address_space_mb",
    "answer_with",
    "end_once",
    "hold_mb",
    "hold_together",
    "imported",
    "keep_mb",
    "kill_owner",
    "late",
    "leave",
    "process_streaming",
    "refuse",
    "spin",
    "stream",
    "unplain",
    "want_memory",
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


def want_memory(refused: int) -> None:
    """Be refused memory, if the number is not 0."""
    if refused:
        raise MemoryError


def unplain() -> object:
    """Give what cannot travel."""
    return object()


def spin(seconds: float) -> None:
    """Use the processor for so long."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def hold_mb(size: int, folder: str) -> int:
    """Hold so much memory, say so in a folder, and let go once one says so there."""
    block = bytearray(size << 20)
    block[::4096] = b"x" * len(block[::4096])
    os.close(os.open(f"{folder}/{os.getpid()}", os.O_CREAT))
    until = time.monotonic() + 30
    while not os.path.exists(f"{folder}/let go") and time.monotonic() < until:
        time.sleep(0.005)
    return len(block)


def hold_together(
    size: int, workers: int, held: Callable[[], object] = bool, pool: Pool | None = None
) -> None:
    """Have workers hold memory at the same time, and call ``held`` meanwhile."""
    with tempfile.TemporaryDirectory() as folder:

        def check() -> None:
            if len(os.listdir(folder)) == workers:
                held()
                os.close(os.open(f"{folder}/let go", os.O_CREAT))

        calls = [(size, folder)] * workers
        for outcome in processes.ordered_map(
            "tests.executor_jobs:hold_mb", calls, workers=workers, check=check, pool=pool
        ):
            if outcome.error is not None:
                raise outcome.error


def stream(path: str) -> None:
    """Read a document item by item, and keep none."""
    from perfkit.optimizers.streaming import StreamingDocumentProcessor

    for _ in StreamingDocumentProcessor().iterate(path):
        pass


def process_streaming(path: str) -> None:
    """Read a document by the fixed method, which gives all its items."""
    from perfkit.optimizers.streaming import StreamingDocumentProcessor

    StreamingDocumentProcessor().process_with_streaming(path)


_kept: list[bytearray] = []


def keep_mb(size: int) -> int:
    """Take so much memory and never give it back; the process id."""
    _kept.append(bytearray(size << 20))
    return os.getpid()


def abort_holding_mb(size: int) -> None:
    """End as a library does that was refused memory it cannot do without."""
    block = bytearray(size << 20)
    block[::4096] = b"x" * len(block[::4096])
    os.abort()


def late(seconds: float, asleep: float = 0.0) -> None:
    """Wait, then work, for much longer than the deadline that is set first."""
    from perfkit.executors._limits import set_deadline

    set_deadline(seconds)
    time.sleep(asleep)
    spin(30.0)


def address_space_mb() -> float:
    """Limit of this process; 0 for none."""
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return 0.0 if soft == resource.RLIM_INFINITY else soft / (1 << 20)


def answer_with(data: bytes) -> None:
    """Send the owner something that is no answer, as a process that was taken over might."""
    if data:
        for name in os.listdir("/proc/self/fd"):
            descriptor = int(name)
            with contextlib.suppress(OSError):
                if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                    os.write(descriptor, data)
        time.sleep(5)  # until the owner ends this process


def kill_owner() -> None:
    """End the process for which this worker works, as a call does that is poison to it."""
    server = os.getppid()
    with open(f"/proc/{server}/stat", "rb") as file:
        owner = int(file.read().rpartition(b")")[2].split()[1])
    os.kill(owner, signal.SIGKILL)
