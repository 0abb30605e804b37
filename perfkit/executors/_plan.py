"""Which pages make up which call."""

from __future__ import annotations

__all__ = ["plan"]

#: A call holds at most so many pages: who takes them in has them soon, and its deadline can be
#: short. A call costs its worker a tenth of what the quickest engine takes for a page.
MOST_PAGES = 4


def plan(pages: int, workers: int, chunk_pages: int = 0) -> list[tuple[int, int]]:
    """First and last page of each call, in order.

    Short calls come first, so that who takes the pages in need not wait for them, and short ones
    last, so that workers end together (guided self-scheduling: C. D. Polychronopoulos and
    D. J. Kuck, 1987), unless ``chunk_pages`` gives one length for all.
    """
    ranges = []
    first = 1
    while first <= pages:
        left = pages - first + 1
        begun = 1 + (first - 1) // (2 * workers)
        size = chunk_pages or min(begun, -(-left // (2 * workers)), MOST_PAGES)
        last = min(pages, first + size - 1)
        ranges.append((first, last))
        first = last + 1
    return ranges
