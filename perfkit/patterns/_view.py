"""A text as the probes of patterns look at it; each look is prepared once, for all of them."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.patterns._needs import LONGEST
from perfkit.patterns._plan import CLASSES, FOREIGN, LOWER, Probe

__all__ = ["View"]

_TABLES = {"classes": CLASSES, "lower": LOWER}
#: Characters at once, on the way back from a probe to where its match may begin.
_BACK = 1 << 8


class View:
    """A text, in blocks that overlap by a factor's length where it has to be translated.

    Positions are those of characters. Made for one search and used by one thread.
    """

    def __init__(self, text: str, block_size: int = 1 << 14) -> None:
        self.text = text
        self.block_size = block_size
        self.is_wide = not text.isascii()
        self._known = {FOREIGN: True} if self.is_wide else {}
        self._blocks: dict[tuple[str, int], bytearray] = {}

    def lacks(self, sets: tuple[frozenset[int], ...]) -> bool:
        """Whether of one of the sets no character is in the text."""
        return any(not any(map(self._holds, each)) for each in sets)

    def _holds(self, character: int) -> bool:
        # One search costs as much as copying the text, and ends early where it has the character.
        known = self._known.get(character)
        if known is None:
            known = self._known[character] = chr(character) in self.text
        return known

    def earliest(self, group: tuple[Probe, ...]) -> int | None:
        """No match begins before it; None where none of the group hits.

        All of the group go through the text side by side: it is left where the first one hits.
        """
        live = [probe for probe in group if not self.lacks(probe.sets)]
        for start in range(0, len(self.text) if live else 0, self.block_size):
            hits = [next(self._block_hits(probe, start, start), None) for probe in live]
            if any(hit is not None for hit in hits):
                end = start + self.block_size
                return min(
                    self.begin(probe, end if hit is None else hit)
                    for probe, hit in zip(live, hits, strict=True)
                )
        return None

    def begin(self, probe: Probe, hit: int) -> int:
        """Where a match begins at the earliest whose factor stands at ``hit``, or behind it."""
        if probe.high is not None:
            return max(0, hit - probe.high)
        if probe.before is None:
            return 0
        hit = min(hit, len(self.text))
        while hit > 0:
            some = self.text[max(0, hit - _BACK) : hit]
            kept = some.rstrip(probe.before)
            hit -= len(some) - len(kept)
            if kept:
                return hit
        return 0

    def hits(self, probe: Probe, first: int) -> Iterator[int]:
        """Where, in order, the factor may begin, ``first`` at the earliest."""
        size = self.block_size
        for start in range(first - first % size, len(self.text), size):
            yield from self._block_hits(probe, start, max(first, start))

    def _block_hits(self, probe: Probe, start: int, first: int) -> Iterator[int]:
        end = start + self.block_size
        if probe.kind == "exact":
            text, needle = self.text, probe.needle.decode("ascii")
            stop = end + probe.offset + len(needle) - 1
            at = text.find(needle, first + probe.offset, stop)
            while at >= 0:
                yield at - probe.offset
                at = text.find(needle, at + 1, stop)
            return
        data = self._block(probe.kind, start)
        at = data.find(probe.needle, first - start + probe.offset)
        while 0 <= at - probe.offset < self.block_size:
            yield start + at - probe.offset
            at = data.find(probe.needle, at + 1)

    def _block(self, kind: str, start: int) -> bytearray:
        found = self._blocks.get((kind, start))
        if found is None:
            some = self.text[start : start + self.block_size + LONGEST]
            found = bytearray(some, "latin-1", "replace").translate(_TABLES[kind])
            self._blocks[kind, start] = found
        return found
