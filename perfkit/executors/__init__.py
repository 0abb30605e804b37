"""Executors: an ordered, lazy map of a function over calls, in one place or another.

An executor is a module of this folder (or an entry point of the group ``perfkit.executors``)
with one function, :func:`ordered_map`, as :class:`Executor` says.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any, Protocol

from perfkit.executors._outcome import Outcome

__all__ = ["Executor"]


class Executor(Protocol):
    """What a module of this folder offers."""

    def ordered_map(
        self,
        function: str,
        calls: Iterable[tuple[Any, ...]],
        *,
        workers: int,
        deadline_seconds: float = 60.0,
        check: Callable[[], None] | None = None,
        arrived: Callable[[Outcome], None] | None = None,
        memory_mb: float = 0.0,
    ) -> Generator[Outcome, None, None]:
        """One outcome a call, in the order of the calls; what fails is an outcome too.

        Parameters
        ----------
        function : str
            ``"package.module:name"``; looked up where it runs.
        calls : iterable of tuple
            Arguments, positional and plain (None, bool, int, float, str, bytes, and tuples,
            lists, sets and dicts of these); so is what the function gives. The next call is
            asked for when a worker is free, so what earlier ones gave may decide it, and a
            bounded number of calls is ahead of the outcome that the caller waits for.
        workers : int
            At most so many calls run at a time.
        deadline_seconds : float
            A call that takes longer in a worker process loses its worker; where the work
            cannot be ended (in this process), it is not enforced.
        check : callable, optional
            Called often while calls run; what it raises ends the map and its workers.
        arrived : callable, optional
            Given each outcome as soon as it is there, which may be before its turn.
        memory_mb : float
            Address space of each worker process, in MiB; 0 for any.

        Raises
        ------
        WorkersError
            If there can be no workers here at all; nothing has run then.
        """
        ...
