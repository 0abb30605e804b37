"""What every part of the bench is given: documents, rounds, and where raw runs are kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.arms import Times, measure
from perfkit.bench.documents import find_document
from perfkit.bench.records import Recorder
from perfkit.bench.sized_documents import document_of

__all__ = ["INVOICE", "ORDER", "Bench"]

#: The order of 15 pages and the invoice of 3 that the goals are stated for.
ORDER, INVOICE = "CS003837319.pdf", "CI004848705.pdf"
_ORDER_PAGES = 15

Arms = Sequence[tuple[str, str, Callable[[], object]]]


@dataclasses.dataclass
class Bench:
    """One run of the bench.

    Attributes
    ----------
    folder : Path
        For what a part makes; gone at the end.
    quick : bool
        Fewer rounds, wider intervals.
    recorder : Recorder
        Keeps every raw run.
    tell : callable
        Is told what is being done.
    times : dict of str to Times
        What was timed, by a name for the table.
    proved : list of tuple
        Document, engine, score and its kind: without this proof no time counts.
    """

    folder: Path
    quick: bool
    recorder: Recorder
    tell: Callable[[str], None]
    times: dict[str, Times] = dataclasses.field(default_factory=dict)
    proved: list[tuple[str, str, float, str]] = dataclasses.field(default_factory=list)

    def rounds(self, full: int, quick: int) -> int:
        """How often something is measured."""
        return quick if self.quick else full

    def document(self, pages: int) -> Path:
        """An order of so many pages."""
        if pages == _ORDER_PAGES:
            return find_document(ORDER)
        self.tell(f"making a document of {pages} pages")
        return document_of(pages)

    def time(self, name: str, arms: Arms, rounds: int, seconds: float = 0.0) -> Times:
        """Time arms interleaved; ``seconds``, if any, bounds the rounds, of which 3 are least."""
        self.times[name] = measure(
            arms, rounds, self.recorder, lambda doing: self.tell(f"{name}: {doing}"), seconds
        )
        return self.times[name]
