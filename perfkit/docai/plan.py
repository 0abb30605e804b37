"""Which pages make up which request."""

from __future__ import annotations

__all__ = ["MOST_PAGES", "MOST_PAGES_IMAGELESS", "page_chunks"]

#: Limits of the service for one request; without images it counts from the first page on.
MOST_PAGES, MOST_PAGES_IMAGELESS = 15, 30


def page_chunks(
    first: int,
    last: int,
    *,
    workers: int,
    chunk_pages: int = 0,
    imageless: bool = False,
    split: bool = False,
) -> list[tuple[int, int]]:
    """First and last page of each request, in order.

    Parameters
    ----------
    first, last : int
        Pages that are wanted, both included.
    workers : int
        Requests at a time: without ``chunk_pages`` every worker gets a share.
    chunk_pages : int
        Pages of a request, as far as the service takes so many; 0 to share them out.
    imageless : bool
        Whether page images are done without.
    split : bool
        Whether each request holds its own pages only, so that they begin at page 1 there.
    """
    wanted = chunk_pages or -(-(last - first + 1) // workers)
    chunks = []
    while first <= last:
        more = imageless and (split or first == 1)
        size = min(wanted, MOST_PAGES_IMAGELESS if more else MOST_PAGES)
        chunks.append((first, min(last, first + size - 1)))
        first += size
    return chunks
