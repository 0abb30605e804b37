"""threads: for work that waits (a service's answer); Python's own work gains nothing."""

from __future__ import annotations

import contextvars
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYetError
from typing import Any

from perfkit.executors._outcome import Outcome, run

__all__ = ["ordered_map"]

#: Calls ahead of the one that is waited for, for each worker.
_AHEAD = 2
_TICK_SECONDS = 0.05


def ordered_map(
    function: str,
    calls: Iterable[tuple[Any, ...]],
    *,
    workers: int,
    deadline_seconds: float = 60.0,  # noqa: ARG001 - a thread cannot be ended
    check: Callable[[], None] | None = None,
    arrived: Callable[[Outcome], None] | None = None,
    memory_mb: float = 0.0,  # noqa: ARG001 - this process has no limit of a worker
) -> Generator[Outcome, None, None]:
    """See :class:`perfkit.executors.Executor`."""
    source = iter(calls)
    waiting: deque[Future[Outcome]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="perfkit")
    try:
        while True:
            while len(waiting) < _AHEAD * workers and (call := next(source, None)) is not None:
                # Each thread sees the caller's context: the correlation id, above all.
                context = contextvars.copy_context()
                waiting.append(pool.submit(context.run, _run, function, call, arrived))
            if not waiting:
                return
            yield _wait(waiting[0], check)
            waiting.popleft()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _run(
    function: str, call: tuple[Any, ...], arrived: Callable[[Outcome], None] | None
) -> Outcome:
    outcome = run(function, call)
    if arrived is not None:
        arrived(outcome)
    return outcome


def _wait(future: Future[Outcome], check: Callable[[], None] | None) -> Outcome:
    while True:
        if check is not None:
            check()
        try:
            return future.result(timeout=_TICK_SECONDS)
        except NotYetError:
            continue
