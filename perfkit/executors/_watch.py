"""What watches calls in the worker processes that they run in: a profiler, around each call.

A worker has none of the profiler's own: it is told by each call what to do, and what it saw
comes back with the call's value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

__all__ = ["Watch", "current", "watched"]


class Watch(NamedTuple):
    """A function around every call, and who takes what it saw.

    ``around`` is ``"package.module:name"``, called as ``around(settings, function, arguments)``;
    it gives the call's value and what it saw. ``settings`` and both of these are plain. Of a call
    that fails nothing is seen.
    """

    around: str
    settings: tuple[Any, ...]
    take: Callable[[Any], None]

    def calls(
        self, function: str, calls: Iterator[tuple[Any, ...]]
    ) -> tuple[str, Iterator[tuple[Any, ...]]]:
        """Function and calls as they are sent."""
        return self.around, ((self.settings, function, arguments) for arguments in calls)

    def value(self, answer: tuple[Any, Any]) -> Any:
        """The call's value, once what was seen is taken from beside it."""
        value, seen = answer
        self.take(seen)
        return value


_watch: Watch | None = None


def current() -> Watch | None:
    """What watches the calls that begin now; nothing, but for a profile's length."""
    return _watch


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Have all calls to worker processes watched that begin meanwhile; one watch at a time."""
    global _watch
    before, _watch = _watch, watch
    try:
        yield
    finally:
        _watch = before
