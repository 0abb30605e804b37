"""What the optimizers hand out: plain dicts with the keys that they share."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from perfkit.accuracy import assess
from perfkit.errors import DocumentError, PerformanceError
from perfkit.model import Extraction, LineItem
from perfkit.pipeline import Reading

__all__ = ["described", "doubts_of", "keeping_what_was_read", "plain_items"]


def plain_items(items: list[LineItem]) -> list[dict[str, Any]]:
    """Line items as dicts; each one is taken out of ``items`` as it is turned into one.

    Both forms of all items at once would be the peak of a long document.
    """
    items.reverse()
    return [vars(_Row(items.pop())) for _ in range(len(items))]


class _Row:
    """Gives a line item's dict: those of one class's instances share a table of their keys.

    A dict of its own table takes nearly three times the memory (PEP 412).
    """

    def __init__(self, item: LineItem) -> None:
        for name, value in item.as_dict().items():
            setattr(self, name, value)


def described(extraction: Extraction) -> dict[str, Any]:
    """The part of a result that is the same for all optimizers, but for the items."""
    accuracy = assess(extraction)
    return {
        "accuracy_score": accuracy.score,
        "accuracy_kind": accuracy.kind,
        "invoice_number": extraction.invoice_number,
        "pages_processed": extraction.pages,
        "doubtful": extraction.doubtful,
        "doubts": doubts_of(extraction),
        "warnings": list(extraction.warnings),
    }


def doubts_of(extraction: Extraction) -> list[str]:
    """The reasons to look at the document, a sentence each; none where it is not doubtful."""
    return [doubt.message for doubt in extraction.ledger.doubts]


@contextlib.contextmanager
def keeping_what_was_read(reading: Reading, items: list[LineItem]) -> Iterator[None]:
    """Put what was read so far on an error that ends the reading."""
    try:
        yield
    except (DocumentError, PerformanceError) as error:
        error.partial = {"line_items": plain_items(items), "pages_processed": reading.pages_done}
        raise
