"""A text as the probes of patterns look at it; each look is prepared once, for all of them."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.patterns._needs import LONGEST
from perfkit.patterns._plan import CLASSES, FOREIGN, Probe

__all__ = ["View"]

_SAMPLE = 1 << 12
#: Leaping from one to the next pays for a character that is at least so rare in the samples.
_RARE = 4


class View:
    """A text, in blocks that overlap by a factor's length where it has to be translated.

    Positions are those of characters. Made for one search and used by one thread.
    """

    def __init__(self, text: str, block_size: int = 1 << 14) -> None:
        self.text = text
        self.block_size = block_size
        self.is_wide = not text.isascii()
        self._known = {FOREIGN: True} if self.is_wide else {}
        self._blocks: dict[tuple[str, int], bytes] = {}
        half = len(text) // 2
        self._sample = text[:_SAMPLE] + text[half : half + _SAMPLE]

    def lacks(self, sets: tuple[frozenset[int], ...]) -> bool:
        """Whether of one of the sets no character is in the text."""
        return any(not any(map(self._holds, each)) for each in sets)

    def _holds(self, character: int) -> bool:
        # One search costs as much as copying the text, and ends early where it has the character.
        known = self._known.get(character)
        if known is None:
            known = self._known[character] = chr(character) in self.text
        return known

    def leaps(self, probe: Probe) -> bool:
        """Whether an exact needle can be looked for by leaps: its rarest character is rare."""
        return bool(probe.needle) and not self.is_wide and self._rarest(probe.needle)[1]

    def _rarest(self, needle: bytes) -> tuple[int, bool]:
        """The place in a needle of its rarest character, and whether that is rare."""
        counts = [self._sample.count(chr(character)) for character in needle]
        least = min(counts)
        return counts.index(least), least <= _RARE

    def hits(self, probe: Probe, first: int = 0) -> Iterator[int]:
        """Where, in order, the factor may begin, ``first`` at the earliest."""
        if self.lacks(probe.sets):
            return iter(())
        find = self._exact_hits if probe.kind == "exact" else self._block_hits
        return find(probe, first)

    def _exact_hits(self, probe: Probe, first: int) -> Iterator[int]:
        text, needle, offset = self.text, probe.needle.decode("ascii"), probe.offset
        place, is_rare = (0, False) if self.is_wide else self._rarest(probe.needle)
        if not is_rare:
            at = text.find(needle, first + offset)
            while at >= 0:
                yield at - offset
                at = text.find(needle, at + 1)
            return
        rare = needle[place]
        at = text.find(rare, first + offset + place)
        while at >= 0:
            if text.startswith(needle, at - place):
                yield at - place - offset
            at = text.find(rare, at + 1)

    def _block_hits(self, probe: Probe, first: int) -> Iterator[int]:
        size = self.block_size
        for start in range(first - first % size, len(self.text), size):
            data = self._block(probe.kind, start)
            at = data.find(probe.needle, max(0, first - start) + probe.offset)
            while 0 <= at - probe.offset < size:
                yield start + at - probe.offset
                at = data.find(probe.needle, at + 1)

    def _block(self, kind: str, start: int) -> bytes:
        found = self._blocks.get((kind, start))
        if found is None:
            some = self.text[start : start + self.block_size + LONGEST]
            data = some.encode("ascii", "replace")
            found = data.lower() if kind == "lower" else data.translate(CLASSES)
            self._blocks[kind, start] = found
        return found
