"""A gate that lets no more requests through than the quota allows."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

__all__ = ["RateGate", "gate_for"]

WINDOW_SECONDS = 60.0


class RateGate:
    """At most so many requests reach the service within any minute.

    A request reaches it at some time between when it is sent and when it is answered. So it
    counts as long as it is in flight, and for a minute after: whenever one is let through,
    fewer than the quota can have arrived within the minute before, whatever their way took.

    Parameters
    ----------
    per_minute : int
        The quota; 0 for none.
    clock : callable
        Seconds that never go back.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = per_minute, clock
        self._in_flight = 0
        self._ended: deque[float] = deque()
        self._lock = threading.Lock()

    def try_enter(self) -> float:
        """0 where a request may go, which then has to :meth:`leave`; else seconds to wait."""
        if not self._most:
            return 0.0
        with self._lock:
            now = self._clock()
            while self._ended and self._ended[0] <= now - WINDOW_SECONDS:
                self._ended.popleft()
            if self._in_flight + len(self._ended) < self._most:
                self._in_flight += 1
                return 0.0
            if not self._ended:
                return _LOOK_AGAIN_SECONDS
            return max(_LEAST_SECONDS, self._ended[0] + WINDOW_SECONDS - now)

    def leave(self) -> None:
        """A request that was let through has ended, well or not."""
        if self._most:
            with self._lock:
                self._in_flight -= 1
                self._ended.append(self._clock())


#: Where all of the quota is in flight, nobody knows when one ends.
_LOOK_AGAIN_SECONDS, _LEAST_SECONDS = 0.05, 0.001

_gates: dict[tuple[str, str, int], RateGate] = {}
_gates_lock = threading.Lock()


def gate_for(endpoint: str, project: str, per_minute: int) -> RateGate:
    """The gate that all documents of this process share for a project's quota."""
    with _gates_lock:
        return _gates.setdefault((endpoint, project, per_minute), RateGate(per_minute))
