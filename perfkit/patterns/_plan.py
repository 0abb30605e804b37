"""How a pattern is ruled out in a text, and where to begin where it is not ruled out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from perfkit.patterns._needs import Element, Factor, begins_with_character, factors

__all__ = ["CLASSES", "FOREIGN", "LOWER", "Plan", "Probe", "make_plan"]

#: Stands for every character beyond ASCII.
FOREIGN = ord("?")
_GROUPS = (
    (frozenset(range(65, 91)), ord("U")),
    (frozenset(range(48, 58)), ord("D")),
    (frozenset(range(97, 123)), ord("l")),
)
_ASCII = 128
#: Upper case, digits and lower case as U, D and l; the rest of ASCII as itself.
CLASSES = bytes(
    next((to for group, to in _GROUPS if i in group), i if i < _ASCII else FOREIGN)
    for i in range(256)
)
LOWER = bytes(range(_ASCII)).lower() + bytes([FOREIGN]) * _ASCII
#: How much an element narrows the search down: bits, roughly, on the texts of documents.
_WEIGHTS = {ord("U"): 4.0, ord("D"): 2.3, ord("l"): 1.0}
_WEIGHT = 5.0
#: A needle of less is found everywhere.
_LEAST_WEIGHT = 3.5
#: More would cost more than they rule out.
_GROUPS_A_PATTERN, _PROBES_A_GROUP = 3, 16
#: A probe tells so well where a match begins that the places may be tried one by one.
_PLACES = 16


class Probe(NamedTuple):
    """One factor, ready to be looked for.

    Attributes
    ----------
    low, high : int, int or None
        The factor begins so many characters after the match does.
    before : str or None
        Where there is no ``high``: what those characters may be, if that is known.
    sets : tuple of frozenset
        Of each, the text must hold one, by ASCII code.
    needle : bytes
        What to look for; empty where all of the factor is too common.
    kind : str
        What to look for it in: the text ``exact``, in ``lower`` case, or as ``classes``.
    offset : int
        Where in the factor the needle stands.
    """

    low: int
    high: int | None
    before: str | None
    sets: tuple[frozenset[int], ...]
    needle: bytes
    kind: str
    offset: int

    @property
    def weight(self) -> float:
        """How rarely it is found by chance."""
        if frozenset() in self.sets:
            return float("inf")
        return _weigh(self.needle, self.kind)


class Plan(NamedTuple):
    """What is known of a pattern before a text is searched.

    Attributes
    ----------
    sets : tuple of frozenset
        Of each, the text must hold one.
    groups : tuple of tuple of Probe
        Of each group at least one probe hits where the pattern matches; most telling first.
    near : tuple of Probe
        A group all of which leave few places where the match may begin; none where there is
        no such group.
    is_quick : bool
        ``re`` leaps from one first character to the next on its own: looking ahead is no gain.
    """

    sets: tuple[frozenset[int], ...]
    groups: tuple[tuple[Probe, ...], ...]
    near: tuple[Probe, ...]
    is_quick: bool


@lru_cache(maxsize=1 << 10)
def make_plan(pattern: re.Pattern[str], *, wide: bool) -> Plan:
    """The most telling factors of a pattern, in texts beyond ASCII (``wide``) or within."""
    groups = [tuple(_probe(factor, wide=wide) for factor in group) for group in factors(pattern)]
    sets = {each for group in groups if len(group) == 1 for each in group[0].sets}
    telling = [
        group
        for group in groups
        if len(group) <= _PROBES_A_GROUP and all(probe.weight for probe in group)
    ]
    telling.sort(key=lambda group: -min(probe.weight for probe in group))
    near = (group for group in sorted(telling, key=len) if all(map(_is_near, group)))
    telling = telling[:_GROUPS_A_PATTERN]
    return Plan(tuple(sets), tuple(telling), next(near, ()), begins_with_character(pattern))


def _is_near(probe: Probe) -> bool:
    if probe.high is None:
        return probe.before is not None
    return probe.high - probe.low < _PLACES


def _probe(factor: Factor, *, wide: bool) -> Probe:
    members = [_members(element, wide=wide) for element in factor.elements]
    needle, kind, offset = _best_needle(members)
    sets = tuple({each for each in members if len(each) < _ASCII})
    return Probe(factor.low, factor.high, _before(factor, wide=wide), sets, needle, kind, offset)


def _before(factor: Factor, *, wide: bool) -> str | None:
    if factor.high is not None or (wide and factor.before.other):
        return None
    known = factor.before.ascii
    return "".join(map(chr, known)) if len(known) < _ASCII else None


def _members(element: Element, *, wide: bool) -> frozenset[int]:
    return element.ascii | {FOREIGN} if wide and element.other else element.ascii


def _best_needle(members: list[frozenset[int]]) -> tuple[bytes, str, int]:
    """The heaviest run of what is known in one of the ways, the exact one first."""
    best: tuple[float, bytes, str, int] = (_LEAST_WEIGHT, b"", "exact", 0)
    for kind, know in (("exact", _exact), ("lower", _lower), ("classes", _class)):
        known = [know(each) for each in members]
        start = 0
        for end in range(len(known) + 1):
            if end < len(known) and known[end] is not None:
                continue
            run = bytes(each for each in known[start:end] if each is not None)
            weight = _weigh(run, kind)
            if weight > best[0]:
                best = weight, run, kind, start
            start = end + 1
    return best[1], best[2], best[3]


def _weigh(needle: bytes, kind: str) -> float:
    return sum(_WEIGHTS.get(c, _WEIGHT) if kind == "classes" else _WEIGHT for c in needle)


def _exact(members: frozenset[int]) -> int | None:
    # A question mark may stand for any character beyond ASCII: only the other looks know it.
    return next(iter(members)) if len(members) == 1 and FOREIGN not in members else None


def _lower(members: frozenset[int]) -> int | None:
    lowered = {ord(chr(i).lower()) for i in members}
    return lowered.pop() if len(lowered) == 1 else None


def _class(members: frozenset[int]) -> int | None:
    classes = {CLASSES[i] for i in members}
    return classes.pop() if len(classes) == 1 else None
