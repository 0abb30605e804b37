"""processes: supervised worker processes, each with a connection and a deadline of its own.

A worker that dies or hangs costs its own call, never another one's.
"""

from __future__ import annotations

import contextlib
import selectors
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, NamedTuple

from perfkit.correlation import correlation_id
from perfkit.errors import WorkerLostError
from perfkit.executors._outcome import Outcome, unpack_error
from perfkit.executors._pool import Loan, Pool, shared_pool
from perfkit.executors._workers import Worker

__all__ = ["is_warm", "ordered_map", "warm"]

#: Calls ahead of the one that is waited for, for each worker.
_AHEAD = 4
#: How often deadlines are looked at.
_TICK_SECONDS = 0.02


def warm(workers: int) -> None:
    """Start workers ahead of need.

    Raises
    ------
    WorkersError
        If there can be none here.
    """
    shared_pool().warm(workers)


def is_warm() -> bool:
    """Whether workers are there already."""
    return shared_pool().is_warm


def ordered_map(
    function: str,
    calls: Iterable[tuple[Any, ...]],
    *,
    workers: int,
    deadline_seconds: float = 60.0,
    check: Callable[[], None] | None = None,
    arrived: Callable[[Outcome], None] | None = None,
    pool: Pool | None = None,
) -> Generator[Outcome, None, None]:
    """See :class:`perfkit.executors.Executor`.

    A worker that dies or passes the deadline makes its call's outcome a
    :class:`~perfkit.errors.WorkerLostError`; the call is not repeated here.
    """
    with (pool or shared_pool()).borrow(workers, check=check) as loan:
        work = _Map(function, iter(calls), loan, deadline_seconds, arrived)
        with contextlib.closing(work):
            yield from work.outcomes(check)


class _Task(NamedTuple):
    place: int
    until: float


class _Map:
    """One map while it runs."""

    def __init__(
        self,
        function: str,
        calls: Iterator[tuple[Any, ...]],
        loan: Loan,
        deadline: float,
        arrived: Callable[[Outcome], None] | None,
    ) -> None:
        self._function, self._calls, self._loan, self._deadline = function, calls, loan, deadline
        self._arrived, self._correlation = arrived, correlation_id()
        self._selector = selectors.DefaultSelector()
        self._busy: dict[Worker, _Task] = {}
        self._free: list[Worker] = []
        self._done: dict[int, Outcome] = {}
        self._asked = self._given = 0

    def outcomes(self, check: Callable[[], None] | None) -> Iterator[Outcome]:
        """Outcomes in order."""
        while True:
            self._hand_out()
            while self._given in self._done:
                outcome = self._done.pop(self._given)
                self._given += 1
                yield outcome
                self._collect(0.0)
                self._hand_out()
            if not self._busy:
                return
            self._collect(_TICK_SECONDS)
            if check is not None:
                check()

    def _hand_out(self) -> None:
        """Give a call to each worker that is free, while there are calls."""
        most = self._loan.granted
        while len(self._busy) < most and self._asked < self._given + _AHEAD * most:
            call = next(self._calls, None)
            if call is None:
                return
            worker = self._free.pop() if self._free else self._loan.get()
            self._busy[worker] = _Task(self._asked, time.monotonic() + self._deadline)
            self._asked += 1
            worker.send(self._function, call, self._correlation)
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if worker.has_unsent else 0)
            self._selector.register(worker, events)

    def _collect(self, patience_seconds: float) -> None:
        """Take what workers answer; end those that are past their deadline."""
        for key, events in self._selector.select(patience_seconds):
            worker = key.fileobj
            assert isinstance(worker, Worker)
            if events & selectors.EVENT_WRITE:
                worker.push()
                if not worker.has_unsent:
                    self._selector.modify(worker, selectors.EVENT_READ)
            if events & selectors.EVENT_READ:
                self._read(worker)
        now = time.monotonic()
        for worker, task in list(self._busy.items()):
            if now > task.until:
                self._lose(worker, hangs=True)

    def _read(self, worker: Worker) -> None:
        answer = worker.take()
        if answer is not None:
            ok, value = answer
            outcome = Outcome(value) if ok else Outcome(None, unpack_error(*value))
            self._selector.unregister(worker)
            self._done[self._busy.pop(worker).place] = outcome
            self._free.append(worker)
            if self._arrived is not None:
                self._arrived(outcome)
        elif not worker.alive:
            self._lose(worker, hangs=False)

    def _lose(self, worker: Worker, *, hangs: bool) -> None:
        task = self._busy.pop(worker)
        self._selector.unregister(worker)
        how = self._loan.lose(worker, hangs=hangs)
        error = WorkerLostError(f"The worker process {worker.pid} gave no answer: {how}.")
        self._done[task.place] = Outcome(None, error)

    def close(self) -> None:
        """Return the workers; those still at work are ended with the loan."""
        self._selector.close()
        for worker in self._free:
            self._loan.give_back(worker)
