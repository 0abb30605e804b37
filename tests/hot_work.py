"""Work whose hot line and whose large allocation are known, for tests of profiles."""

from __future__ import annotations

__all__ = ["LARGE_MB", "allocate", "hot", "in_a_loop", "keep", "keep_less", "slower_helper"]

LARGE_MB = 50


def in_a_loop(times: int) -> int:
    """Nearly all of its time goes to one line, which calls nothing."""
    state = 1
    for _ in range(times):
        state = state * 16807 % 2147483647  # the hot line
    return state


def hot() -> int:
    """Some milliseconds, nearly all of it in `in_a_loop`."""
    return in_a_loop(40_000) + len(sorted(range(100)))


def slower_helper() -> int:
    """As `hot`, with its helper called for four times as much: clear on a busy machine too."""
    return in_a_loop(160_000) + len(sorted(range(100)))


def allocate() -> bytearray:
    """50 MiB in one line."""
    return bytearray(LARGE_MB << 20)  # the large line


def keep() -> int:
    """Holds what `allocate` gives beside something small."""
    large, small = allocate(), bytearray(1 << 20)
    return len(large) + len(small)


def keep_less() -> int:
    """As `keep`, without what is large."""
    return len(bytearray(1 << 20))
