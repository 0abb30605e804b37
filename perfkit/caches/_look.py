"""What all stores share: the answer to a look, and how long an entry lives."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["MIB", "Life", "Look"]

MIB = 1 << 20


class Look(NamedTuple):
    """What was found under a key; only a ``live`` entry has a payload.

    An entry that expired or was tampered with is named so once: it has been dropped.
    """

    state: Literal["live", "missing", "expired", "tampered"]
    payload: bytes | None = None


class Life(NamedTuple):
    """When an entry was written and when it ends, in seconds of the store's clock."""

    created: float
    expires: float

    def holds(self, now: float, ttl_seconds: float) -> bool:
        """Whether it is alive now, for one who accepts nothing older than the given TTL.

        An entry from the future is not: a clock that was set back would make it immortal.
        """
        return self.created <= now < min(self.expires, self.created + ttl_seconds)
