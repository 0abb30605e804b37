"""Several requests at a time, answers in the order of the pages."""

from __future__ import annotations

import contextvars
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Generic, NamedTuple, TypeVar

from perfkit.docai.retry import Answered, Refusal, Tries

__all__ = ["Fetched", "Fetcher"]

T = TypeVar("T")
Chunk = tuple[int, int]

#: Chunks that are asked for ahead of the one that is waited for, for each thread.
_AHEAD = 2
_TICK_SECONDS = 0.1


class Fetched(NamedTuple, Generic[T]):
    """First and last page of a request, and how it ended."""

    chunk: Chunk
    outcome: Answered[T]


class Fetcher(Generic[T]):
    """Makes requests on bounded threads.

    Threads are daemons: a request cannot be called back, and whoever breaks off (Ctrl-C) is
    not to wait for it.

    Parameters
    ----------
    ask : callable
        Gets the answer for first and last page; ``wait(seconds)``, its second argument, is
        True once everything is given up.
    workers : int
        Requests at a time.
    """

    def __init__(
        self,
        ask: Callable[[Chunk, Callable[[float], bool]], Answered[T]],
        workers: int,
    ) -> None:
        self._ask, self._workers = ask, workers
        self._stop = threading.Event()
        self._health = _Health(workers)

    def fetch(self, chunks: Sequence[Chunk]) -> Generator[Fetched[T], None, None]:
        """Answers in the order of the chunks; a failed one does not end the others.

        Only where the service seems not to answer at all, what is left is not tried.
        """
        tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        waiting: deque[tuple[Chunk, Future[Answered[T]]]] = deque()
        left = iter(chunks)
        threads = min(self._workers, len(chunks))
        for number in range(threads):
            # Each sees the caller's context: the correlation id, above all.
            context = contextvars.copy_context()
            threading.Thread(
                target=context.run, args=(_work, tasks), name=f"docai-{number}", daemon=True
            ).start()
        try:
            while True:
                while len(waiting) < _AHEAD * threads and (chunk := next(left, None)) is not None:
                    future: Future[Answered[T]] = Future()
                    tasks.put(self._task(chunk, future))
                    waiting.append((chunk, future))
                if not waiting:
                    return
                chunk, future = waiting.popleft()
                yield Fetched(chunk, _result(future))
        finally:
            self.stop()
            for _ in range(threads):
                tasks.put(None)

    def stop(self) -> None:
        """Give up: pauses end at once, and nothing further is asked for."""
        self._stop.set()

    def _task(self, chunk: Chunk, future: Future[Answered[T]]) -> Callable[[], None]:
        def run() -> None:
            try:
                future.set_result(self._once(chunk))
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                future.set_exception(error)

        return run

    def _once(self, chunk: Chunk) -> Answered[T]:
        reason = self._health.given_up
        if reason is not None:
            return Answered(None, reason, Tries.none())
        found = self._ask(chunk, self._stop.wait)
        self._health.note(found.refusal)
        return found


class _Health:
    """Whether it is worth asking on, from how requests ended."""

    def __init__(self, workers: int) -> None:
        self._lock = threading.Lock()
        self._succeeded = False
        self._in_a_row = 0
        self._workers = workers
        self.given_up: Refusal | None = None

    def note(self, refusal: Refusal | None) -> None:
        with self._lock:
            if refusal is None:
                self._succeeded, self._in_a_row = True, 0
            elif refusal.is_fatal:
                self.given_up = refusal
            elif refusal.passes:
                self._in_a_row += 1
                # One may be unlucky. Never an answer, or one round of all workers without
                # any, is a service that is down.
                if self._in_a_row >= (2 * self._workers if self._succeeded else 1) + 1:
                    self.given_up = refusal


def _work(tasks: SimpleQueue[Callable[[], None] | None]) -> None:
    while (task := tasks.get()) is not None:
        task()


def _result(future: Future[Answered[T]]) -> Answered[T]:
    """Wait in short steps, so that Ctrl-C is heard on every platform."""
    while True:
        try:
            return future.result(_TICK_SECONDS)
        except TimeoutError:
            if future.done():
                raise
