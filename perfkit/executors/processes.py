"""processes: supervised worker processes, each with a connection and a deadline of its own.

A worker that dies or hangs costs its own call, never another one's.
"""

from __future__ import annotations

import contextlib
import selectors
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, NamedTuple

from perfkit.correlation import correlation_id
from perfkit.errors import WorkerHungError, WorkerLostError, WorkerMemoryError
from perfkit.executors._outcome import Completed, Outcome, unpack_error
from perfkit.executors._pool import Loan, Pool, is_worn, shared_pool
from perfkit.executors._watch import current
from perfkit.executors._workers import Ending, Worker

__all__ = ["completed_map", "is_warm", "ordered_map", "warm"]

#: Calls ahead of the one that is waited for, for each worker.
_AHEAD = 4
#: A worker of an ordered map has calls for so long with it: it need not wait until the caller,
#: who may be at work on an outcome, looks for its answer.
_QUEUED_SECONDS = 0.03
#: How often deadlines are looked at.
_TICK_SECONDS = 0.02
#: What ends a process whose library cannot go on without the memory that it was refused.
_MEMORY_SIGNALS = (signal.SIGABRT, signal.SIGSEGV, signal.SIGTRAP, signal.SIGILL, signal.SIGBUS)
#: ... if it held this share of its limit: a lesser share says that it died of something else.
_FULL_SHARE = 0.5
#: What had the processor for a smaller share of its deadline did not spend it working.
_STARVED_SHARE = 0.5


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
    memory_mb: float = 0.0,
    pool: Pool | None = None,
) -> Generator[Outcome, None, None]:
    """See :class:`perfkit.executors.Executor`.

    A worker that dies or passes a limit makes its call's outcome a
    :class:`~perfkit.errors.WorkerLostError`; the call is not repeated here.
    """
    with (pool or shared_pool()).borrow(workers, check=check) as loan:
        work = _Map(function, iter(calls), loan, deadline_seconds, memory_mb, arrived, ahead=True)
        with contextlib.closing(work):
            for done in work.completed(check, ordered=True):
                yield done.outcome


def completed_map(
    function: str,
    calls: Iterable[tuple[Any, ...]],
    *,
    workers: int,
    deadline_seconds: float = 60.0,
    check: Callable[[], None] | None = None,
    memory_mb: float = 0.0,
    pool: Pool | None = None,
) -> Generator[Completed, None, None]:
    """As :func:`ordered_map`, but each call as soon as it has ended: a slow one holds up none.

    The iterator of calls is asked again after it has ended, so that a call may be made once more
    while others run or right after it has come back.
    """
    with (pool or shared_pool()).borrow(workers, check=check) as loan:
        work = _Map(function, iter(calls), loan, deadline_seconds, memory_mb)
        with contextlib.closing(work):
            yield from work.completed(check, ordered=False)


class _Task(NamedTuple):
    place: int
    begun: float
    call: tuple[Any, ...]


class _Map:
    """One map while it runs."""

    def __init__(
        self,
        function: str,
        calls: Iterator[tuple[Any, ...]],
        loan: Loan,
        deadline: float,
        memory_mb: float,
        arrived: Callable[[Outcome], None] | None = None,
        *,
        ahead: bool = False,
    ) -> None:
        self._memory_mb, self._watch = memory_mb, current()
        if self._watch is not None:
            function, calls = self._watch.calls(function, calls)
        self._function, self._calls, self._loan, self._deadline = function, calls, loan, deadline
        self._arrived, self._correlation = arrived, correlation_id()
        self._ahead, self._most_at_once = ahead, 1
        self._selector = selectors.DefaultSelector()
        #: Calls that a worker has with it; it runs the first.
        self._busy: dict[Worker, deque[_Task]] = {}
        self._free: list[Worker] = []
        #: Calls that were with a worker which left before it came to them.
        self._returned: deque[_Task] = deque()
        self._done: dict[int, Completed] = {}
        self._asked = self._given = 0

    def completed(self, check: Callable[[], None] | None, *, ordered: bool) -> Iterator[Completed]:
        """What has ended: in the order of the calls, or as it comes."""
        while True:
            self._hand_out()
            while (place := self._next(ordered=ordered)) in self._done:
                done = self._done.pop(place)
                self._given += 1
                yield done
                self._collect(0.0)
                self._hand_out()
            if not self._busy:
                return
            self._collect(_TICK_SECONDS)
            if check is not None:
                check()

    def _next(self, *, ordered: bool) -> int:
        return self._given if ordered else next(iter(self._done), -1)

    def _hand_out(self) -> None:
        """Give calls to the workers that have room for one, while there are calls."""
        most = self._loan.granted
        while True:
            idle = len(self._busy) < most
            worker = None if idle else self._least_busy()
            if not (idle or worker):
                return
            task = self._next_task()
            if task is None:
                return
            if worker is None:
                worker = self._free.pop() if self._free else self._loan.get()
                self._busy[worker] = deque()
                self._selector.register(worker, selectors.EVENT_READ)
            self._busy[worker].append(task)
            worker.send(self._function, task.call, self._correlation, self._memory_mb)
            if worker.has_unsent:
                self._selector.modify(worker, selectors.EVENT_READ | selectors.EVENT_WRITE)

    def _least_busy(self) -> Worker | None:
        """The worker with the fewest calls, if one has room for another."""
        worker = min(self._busy, key=lambda each: len(self._busy[each]))
        return (
            worker if len(self._busy[worker]) < self._most_at_once and not is_worn(worker) else None
        )

    def _next_task(self) -> _Task | None:
        if self._returned:
            return self._returned.popleft()._replace(begun=time.monotonic())
        if self._asked >= self._given + _AHEAD * self._loan.granted:
            return None
        call = next(self._calls, None)
        if call is None:
            return None
        self._asked += 1
        return _Task(self._asked - 1, time.monotonic(), call)

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
        late = time.monotonic() - self._deadline
        for worker, tasks in list(self._busy.items()):
            if tasks[0].begun < late:
                self._lose(worker, hangs=True)

    def _read(self, worker: Worker) -> None:
        before = worker.cpu_seconds
        answers = worker.take()
        if answers and self._ahead:
            # Not the time until it was looked for: the caller may have been at work meanwhile.
            seconds = (worker.cpu_seconds - before) / len(answers)
            fitting = _QUEUED_SECONDS // max(seconds, _QUEUED_SECONDS / _AHEAD)
            self._most_at_once = max(1, int(fitting))
        for ok, value in answers:
            outcome = self._outcome(value) if ok else Outcome(None, unpack_error(*value))
            self._note(worker, outcome)
            if self._arrived is not None:
                self._arrived(outcome)
        tasks = self._busy[worker]
        if not tasks or worker.leaves:
            self._selector.unregister(worker)
            self._returned.extend(self._busy.pop(worker))
            if is_worn(worker):
                self._loan.give_back(worker)
            else:
                self._free.append(worker)
        elif not worker.alive:
            self._lose(worker, hangs=False)

    def _outcome(self, value: Any) -> Outcome:
        return Outcome(value if self._watch is None else self._watch.value(value))

    def _lose(self, worker: Worker, *, hangs: bool) -> None:
        self._selector.unregister(worker)
        ending = self._loan.lose(worker, hangs=hangs)
        words = f"The worker process {worker.pid} gave no answer: {ending.words}."
        error = WorkerHungError(words) if hangs else self._error(ending, words)
        spent = ending.cpu_seconds - worker.cpu_seconds
        allowed = _STARVED_SHARE * (time.monotonic() - self._busy[worker][0].begun)
        starved = isinstance(error, WorkerHungError) and ending.cpu_seconds > 0 and spent < allowed
        self._note(worker, Outcome(None, error), ending.peak_mb, starved=starved)
        self._returned.extend(self._busy.pop(worker))

    def _error(self, ending: Ending, words: str) -> WorkerLostError:
        if ending.signal == signal.SIGALRM:
            return WorkerHungError(words)
        full = 0 < _FULL_SHARE * self._memory_mb < ending.peak_mb
        if full and ending.signal in _MEMORY_SIGNALS:
            return WorkerMemoryError(words)
        return WorkerLostError(words)

    def _note(
        self, worker: Worker, outcome: Outcome, peak_mb: float = 0.0, *, starved: bool = False
    ) -> None:
        tasks, now = self._busy[worker], time.monotonic()
        task = tasks.popleft()
        self._done[task.place] = Completed(task.place, outcome, now - task.begun, peak_mb, starved)
        if tasks:
            tasks[0] = tasks[0]._replace(begun=now)

    def close(self) -> None:
        """Return the workers; those still at work are ended with the loan."""
        self._selector.close()
        for worker in self._free:
            self._loan.give_back(worker)
