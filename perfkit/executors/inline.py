"""inline: one call after the other, in the caller's thread."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any

from perfkit.executors._outcome import Outcome, run

__all__ = ["ordered_map"]


def ordered_map(
    function: str,
    calls: Iterable[tuple[Any, ...]],
    *,
    workers: int = 1,  # noqa: ARG001 - the protocol's; here is but one place
    deadline_seconds: float = 60.0,  # noqa: ARG001 - what runs here cannot be ended from here
    check: Callable[[], None] | None = None,
    arrived: Callable[[Outcome], None] | None = None,
    memory_mb: float = 0.0,  # noqa: ARG001 - this process has no limit of a worker
) -> Generator[Outcome, None, None]:
    """See :class:`perfkit.executors.Executor`."""
    for arguments in calls:
        if check is not None:
            check()
        outcome = run(function, arguments)
        if arrived is not None:
            arrived(outcome)
        yield outcome
