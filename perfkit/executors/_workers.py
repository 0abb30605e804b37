"""Handles of worker processes, and of the fork server that they come from."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from typing import Any, NamedTuple

from perfkit.errors import WorkersError
from perfkit.executors._frames import Frames, pack
from perfkit.executors._server import NOTE, SPAWN

__all__ = ["Ending", "ForkServer", "Worker"]

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from perfkit.executors._server import main; main(int(sys.argv[1]), sys.argv[3:])"
)
#: Starting an interpreter and its imports; many times what it takes on an idle machine.
START_SECONDS = 30.0
#: The server ends at once when it is told to; one that does not is stopped, and is killed.
END_SECONDS = 2.0
_KIB_PER_MIB = 1024


class Ending(NamedTuple):
    """How a worker ended: in words, by which signal (0: none), its highest resident memory,
    and the processor time of its whole life (0 where nobody knows).
    """

    words: str
    signal: int = 0
    peak_mb: float = 0.0
    cpu_seconds: float = 0.0


class Worker:
    """A worker process: it runs one call at a time, over a connection of its own."""

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid, self.connection = pid, connection
        self.connection.setblocking(False)
        self._frames, self._unsent = Frames(), memoryview(b"")
        self.calls = 0
        self.alive = True
        #: It has said that it takes no more calls.
        self.leaves = False
        #: Its processor time when it answered last.
        self.cpu_seconds = 0.0

    def fileno(self) -> int:
        """For select."""
        return self.connection.fileno()

    @property
    def has_unsent(self) -> bool:
        """Whether a part of a call still waits for room on its way."""
        return bool(self._unsent)

    def send(
        self,
        function: str,
        arguments: tuple[Any, ...],
        correlation: str = "",
        memory_mb: float = 0.0,
    ) -> None:
        """Begin to send a call, for which the worker may have so much memory (0: any).

        It may be sent while another one runs: a worker takes them one by one, in order.
        """
        message = pack((function, arguments, correlation, memory_mb))
        self._unsent = memoryview(bytes(self._unsent) + message if self._unsent else message)
        self.calls += 1
        self.push()

    def push(self) -> None:
        """Send more of the calls, as much as there is room for."""
        try:
            sent = self.connection.send(self._unsent)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.alive = False
            return
        self._unsent = self._unsent[sent:]

    def take(self) -> list[tuple[bool, Any]]:
        """The answers that are here as a whole; ``alive`` says whether more may still come.

        Each is whether the call succeeded, and its value or packed error.
        """
        self.alive = self._frames.feed(self.connection)
        answers: list[tuple[bool, Any]] = []
        try:
            while (answer := self._frames.next()) is not None:
                ok, value, self.leaves, self.cpu_seconds = answer
                answers.append((ok, value))
        except (EOFError, TypeError, ValueError):
            # No worker of ours speaks so: it is ended, as one that died.
            self.end()
        return answers

    def end(self) -> None:
        """Kill the process and hang up."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection, whereupon an idle worker ends."""
        self.alive = False
        self.connection.close()


class ForkServer:
    """The process that workers are forked from; not safe to share between threads.

    Raises
    ------
    WorkersError
        If it cannot be started.
    """

    def __init__(self, modules: tuple[str, ...]) -> None:
        if not hasattr(os, "fork") or not sys.executable:
            raise WorkersError(
                f"Worker processes need fork and a Python interpreter; {sys.platform} has "
                f"none for them here. Use executor='inline' or 'threads'."
            )
        ours, theirs = socket.socketpair()
        arguments = [str(theirs.fileno()), json.dumps(_search_path()), *modules]
        try:
            self._process = subprocess.Popen(
                # Not the caller's folder first: what lies there must not stand in for a module.
                [sys.executable, "-P", "-c", _START, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # Ctrl-C is the caller's to handle.
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            raise WorkersError(f"Worker processes cannot be started: {error}") from error
        finally:
            theirs.close()
        self._control = ours
        self._control.setblocking(False)
        self._ended: dict[int, tuple[int, int, float]] = {}
        self._started: list[int] = []
        self._notes = bytearray()
        self.pid = self._process.pid

    def spawn(self, patience_seconds: float = START_SECONDS) -> Worker:
        """A new worker.

        Broken off by an error, the server is of no more use: what it tells next belongs to
        the worker that nobody took.

        Raises
        ------
        WorkersError
            If the server is gone or the system gives no more processes.
        """
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self._control, [SPAWN], [theirs.fileno()])
            until = time.monotonic() + patience_seconds
            while not self._started and self._read_notes(until - time.monotonic()):
                pass
        except OSError as error:
            ours.close()
            raise WorkersError(f"Worker processes cannot be started: {error}") from error
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        if not self._started:
            ours.close()
            raise WorkersError("The process that starts workers has ended or hangs.")
        return Worker(self._started.pop(), ours)

    def how_it_ended(self, pid: int, patience_seconds: float = 0.5) -> Ending:
        """How a worker that hung up has ended."""
        until = time.monotonic() + patience_seconds
        while pid not in self._ended and (left := until - time.monotonic()) > 0:
            if not self._read_notes(left):
                break
        status, peak_kib, cpu_seconds = self._ended.pop(pid, (None, 0, 0.0))
        if status is None:
            return Ending("it ended")
        peak_mb = peak_kib / _KIB_PER_MIB
        if not os.WIFSIGNALED(status):
            code = os.WEXITSTATUS(status)
            return Ending(f"it ended with exit code {code}", 0, peak_mb, cpu_seconds)
        number = os.WTERMSIG(status)
        name = f"signal {number}"
        with contextlib.suppress(ValueError):
            name = signal.Signals(number).name
        return Ending(f"it was killed by {name}", number, peak_mb, cpu_seconds)

    def _read_notes(self, patience_seconds: float) -> bool:
        """Wait for news; False if none came or the server is gone."""
        if not select.select([self._control], [], [], max(0.0, patience_seconds))[0]:
            return False
        try:
            part = self._control.recv(4096)
        except OSError:
            return False
        self._notes += part
        while len(self._notes) >= NOTE.size:
            what, pid, status, peak_kib, cpu_seconds = NOTE.unpack_from(self._notes)
            del self._notes[: NOTE.size]
            if what == b"S":
                self._started.append(pid)
            else:
                self._ended[pid] = status, peak_kib, cpu_seconds
        return bool(part)

    def close(self) -> None:
        """Hang up, whereupon the server ends its workers and itself."""
        self._control.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def forget(self) -> None:
        """Let go of it without ending it: in a forked child, where it is the parent's."""
        self._control.close()
        self._process.returncode = 0  # nor may its destructor wait for it


def _search_path() -> list[str]:
    """The caller's, in full: its own first entry, '' in a shell, means its folder."""
    return [os.path.abspath(place) for place in sys.path]
