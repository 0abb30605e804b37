"""Ask until there is an answer, or the time is up.

The client library's own retry does not hold its total deadline and repeats what can never
succeed; so it is switched off, and this takes its place.
"""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from perfkit.docai.gate import RateGate

__all__ = ["Answered", "Refusal", "Tries", "ask", "pause_limit"]

T = TypeVar("T")

#: Of these the next attempt may well succeed.
_PASSING = frozenset({"UNAVAILABLE", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED", "CANCELLED"})
#: A message that is too large is refused here, before or after the way, and always will be.
_TOO_LARGE = ("Received message larger than max", "Sent message larger than max")
#: Nothing about this request: every other one would fail alike.
_FATAL = frozenset({"UNAUTHENTICATED", "PERMISSION_DENIED", "NOT_FOUND"})
#: Longest pause before the second attempt, and before any: seconds. A quota frees up slowly.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 3.0
_FIRST_QUOTA_PAUSE, _LONGEST_QUOTA_PAUSE = 1.0, 20.0
_LARGEST_POWER = 16


class Refusal(Exception):  # noqa: N818 - how one attempt ended, not how it all ends
    """An attempt ended without an answer.

    Attributes
    ----------
    code : str
        Of gRPC.
    message : str
        The service's own.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(f"{code}: {message}")

    @property
    def passes(self) -> bool:
        """Whether another attempt may succeed."""
        too_large = any(words in self.message for words in _TOO_LARGE)
        return self.code in _PASSING and not too_large

    @property
    def is_unreachable(self) -> bool:
        """Whether there was no connection at all."""
        return self.code == "UNAVAILABLE" and "failed to connect" in self.message

    @property
    def is_fatal(self) -> bool:
        """Whether all other requests would fail alike."""
        return self.code in _FATAL


class Tries(NamedTuple):
    """What it took: attempts, how the failed ones ended, seconds."""

    attempts: int
    codes: Counter[str]
    seconds: float

    @classmethod
    def none(cls) -> Tries:
        """Of what was never tried."""
        return cls(0, Counter(), 0.0)


class Answered(NamedTuple, Generic[T]):
    """An answer, or the refusal that ended the trying, and what it took."""

    answer: T | None
    refusal: Refusal | None
    tries: Tries


def ask(
    once: Callable[[float], T],
    *,
    deadline_seconds: float,
    gate: RateGate,
    wait: Callable[[float], bool],
    unreachable_seconds: float = math.inf,
    clock: Callable[[], float] = time.monotonic,
    share: Callable[[], float] = random.random,
) -> Answered[T]:
    """Ask until answered, with pauses of random length below a limit that doubles.

    Full jitter: M. Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015.

    Parameters
    ----------
    once : callable
        Makes one attempt within the seconds it is given, or raises :class:`Refusal`.
    deadline_seconds : float
        For all attempts and pauses, from when the quota lets the first one through.
    gate : RateGate
        That every attempt passes.
    wait : callable
        Waits so many seconds; True if everything is to be given up.
    unreachable_seconds : float
        The deadline while there is no connection at all.
    clock : callable
        Seconds that never go back.
    share : callable
        Random numbers from 0 to 1.
    """
    codes: Counter[str] = Counter()
    begun = end = None
    attempt = 0
    while True:
        if not _through(gate, wait, end, clock):
            last = Refusal("DEADLINE_EXCEEDED", "the quota let no further attempt through in time")
            return Answered(None, last, _tries(attempt, codes, begun, clock))
        if begun is None or end is None:
            begun = clock()
            end = begun + deadline_seconds
        attempt += 1
        try:
            answer = once(max(0.0, end - clock()))
        except Refusal as refusal:
            last = refusal
        else:
            return Answered(answer, None, _tries(attempt, codes, begun, clock))
        finally:
            gate.leave()
        codes[last.code] += 1
        pause = share() * pause_limit(last.code, attempt)
        until = min(end, begun + unreachable_seconds) if last.is_unreachable else end
        if not last.passes or clock() + pause >= until or wait(pause):
            return Answered(None, last, _tries(attempt, codes, begun, clock))


def pause_limit(code: str, attempt: int) -> float:
    """Longest pause in seconds after an attempt, counted from 1, that ended with a code."""
    quota = code == "RESOURCE_EXHAUSTED"
    first = _FIRST_QUOTA_PAUSE if quota else _FIRST_PAUSE
    longest = _LONGEST_QUOTA_PAUSE if quota else _LONGEST_PAUSE
    return min(longest, first * 2.0 ** min(attempt - 1, _LARGEST_POWER))


def _through(
    gate: RateGate,
    wait: Callable[[float], bool],
    end: float | None,
    clock: Callable[[], float],
) -> bool:
    """Wait at the gate; False if the time is up or everything is given up."""
    while seconds := gate.try_enter():
        if end is not None and clock() + seconds >= end:
            return False
        if wait(seconds):
            return False
    return True


def _tries(
    attempts: int, codes: Counter[str], begun: float | None, clock: Callable[[], float]
) -> Tries:
    return Tries(attempts, codes, 0.0 if begun is None else clock() - begun)
