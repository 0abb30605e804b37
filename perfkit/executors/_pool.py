"""The pool of worker processes: one for all who need workers in this process."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

from perfkit.errors import WorkersError
from perfkit.executors._workers import Ending, ForkServer, Worker

__all__ = ["Pool", "is_worn", "shared_pool"]

#: Imported before workers are forked, so that all of them start with it.
_WARM = ("perfkit.pipeline", "perfkit.engines.pdfium")
#: A worker is replaced after so many calls: what a library leaks ends with it.
MOST_CALLS = 5000
#: How often who waits for a worker looks at its limits.
_TICK_SECONDS = 0.05


def is_worn(worker: Worker) -> bool:
    """Whether a worker is to be replaced before its next call."""
    return worker.leaves or worker.calls >= MOST_CALLS


class Pool:
    """Lends workers; they are started when they are first needed, and kept.

    Safe to share between threads. At most so many workers live as were asked for at once,
    or as the machine has cores: who finds all of them lent waits for the first that is free,
    but for a thread that has some already, which gets one more.

    Parameters
    ----------
    modules : sequence of str
        Imported before workers are forked.
    """

    def __init__(self, modules: tuple[str, ...] = _WARM) -> None:
        self._modules = modules
        self._server: ForkServer | None = None
        self._idle: list[Worker] = []
        self._lent = 0
        self._most = os.cpu_count() or 1
        self._changed = threading.Condition()
        #: Threads that hold a loan: one of them cannot wait for itself.
        self._holders: Counter[int] = Counter()

    @property
    def is_warm(self) -> bool:
        """Whether a worker is there already."""
        return bool(self._idle or self._lent)

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that are idle."""
        with self._changed:
            return [worker.pid for worker in self._idle]

    @contextlib.contextmanager
    def borrow(
        self,
        count: int,
        *,
        wait_seconds: float = 600.0,
        check: Callable[[], None] | None = None,
    ) -> Iterator[Loan]:
        """Lend up to ``count`` workers, and at least one.

        Parameters
        ----------
        count : int
        wait_seconds : float
            How long to wait while all workers are lent.
        check : callable, optional
            Called often meanwhile; what it raises ends the wait.

        Raises
        ------
        WorkersError
            If none can be started, or all stay lent.
        """
        until, thread = time.monotonic() + wait_seconds, threading.get_ident()
        loan = Loan(self)
        try:
            with self._changed:
                self._most = max(self._most, count)
                while self._lent >= self._most and not self._holders[thread]:
                    if time.monotonic() >= until:
                        raise WorkersError(f"All workers were busy for {wait_seconds:g} s.")
                    self._changed.wait(_TICK_SECONDS)
                    if check is not None:
                        check()
                loan.granted = max(1, min(count, self._most - self._lent))
                self._lent += loan.granted
                self._holders[thread] += 1
            yield loan
        finally:
            loan.close()
            with self._changed:
                self._lent -= loan.granted
                self._holders -= Counter([thread] if loan.granted else [])
                self._changed.notify_all()

    def warm(self, count: int) -> None:
        """Start workers ahead of need."""
        with self.borrow(count) as loan:
            for worker in [loan.get() for _ in range(loan.granted)]:
                loan.give_back(worker)

    def get(self) -> Worker:
        """An idle worker, or a new one."""
        with self._changed:
            while self._idle:
                worker = self._idle.pop()
                worker.take()
                if worker.alive:
                    return worker
                worker.hang_up()  # it died while nobody looked
            return self._spawn()

    def _spawn(self) -> Worker:
        try:
            return self._spawn_once()
        except WorkersError:
            return self._spawn_once()  # the server itself may have been killed

    def _spawn_once(self) -> Worker:
        if self._server is None:
            self._server = ForkServer(self._modules)
        try:
            return self._server.spawn()
        except BaseException:
            self._close_server()
            raise

    def give_back(self, worker: Worker) -> None:
        """Take a worker that has answered its last call."""
        with self._changed:
            if worker.alive and not is_worn(worker):
                self._idle.append(worker)
            else:
                worker.hang_up()

    def how_it_ended(self, worker: Worker) -> Ending:
        """How a worker that hung up has ended."""
        with self._changed:
            return self._server.how_it_ended(worker.pid) if self._server else Ending("it ended")

    def let_idle_go(self) -> None:
        """End the workers that are not lent: the next that is asked for is a fresh one."""
        with self._changed:
            for worker in self._idle:
                worker.hang_up()
            self._idle.clear()

    def close(self) -> None:
        """End all workers that are not lent, and the server with the others."""
        with self._changed:
            self.let_idle_go()
            self._close_server()

    def _close_server(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def forget(self) -> None:
        """In a forked child: the workers are the parent's."""
        for worker in self._idle:
            worker.hang_up()
        if self._server is not None:
            self._server.forget()


class Loan:
    """Some workers of a pool, for one map; used by one thread."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self.granted = pool, 0
        self._held: set[Worker] = set()

    def get(self) -> Worker:
        """A worker of its own."""
        worker = self._pool.get()
        self._held.add(worker)
        return worker

    def give_back(self, worker: Worker) -> None:
        """It has answered its last call."""
        self._held.discard(worker)
        self._pool.give_back(worker)

    def lose(self, worker: Worker, *, hangs: bool) -> Ending:
        """End a worker that died or hangs; how it ended.

        What ended it may have struck the idle ones too: a call that is made once more goes to
        a fresh one.
        """
        self._held.discard(worker)
        self._pool.let_idle_go()
        if hangs:
            worker.end()
            ending = self._pool.how_it_ended(worker)
            return ending._replace(words="it hung and was ended", signal=0)
        worker.hang_up()
        return self._pool.how_it_ended(worker)

    def close(self) -> None:
        """End the workers that are still at work: their answer is of no use any more."""
        for worker in self._held:
            worker.end()
        self._held.clear()


_shared: Pool | None = None
_shared_lock = threading.Lock()


def shared_pool() -> Pool:
    """The pool of this process; made when it is first asked for, closed at exit."""
    global _shared
    with _shared_lock:
        if _shared is None:
            _shared = Pool()
            atexit.register(_shared.close)
        return _shared


def _after_fork() -> None:
    global _shared, _shared_lock
    _shared_lock = threading.Lock()
    if _shared is not None:
        atexit.unregister(_shared.close)
        _shared.forget()
        _shared = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
