r"""What a text must hold for a pattern to match in it, read from the pattern.

A factor is a run of characters that every match holds, each as the set of what it may be:
``Qty:\s*[0-9]{2}`` needs ``Qty:`` at its start and two digits somewhere behind. A text without
it needs no search. All sets are as large as they could be and what is not understood asks for
nothing, so that a factor can be missed but never wrongly asked for.

Sources: CPython 3.11 ``Lib/re/_parser.py`` for the tree of a pattern. It is private to Python:
should it be gone or changed, there are no factors, and every search is the plain one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

__all__ = ["LONGEST", "Element", "Factor", "begins_with_character", "factors"]

#: Elements of a factor at most.
LONGEST = 32
_ASCII = frozenset(range(128))
_DIGITS = frozenset(range(48, 58))
_WORD = frozenset(i for i in _ASCII if chr(i).isalnum()) | {ord("_")}
#: All that is white space to str, and the fewer that are under re.ASCII.
_SPACE_MOST = frozenset(i for i in _ASCII if chr(i).isspace())
_SPACE_LEAST = frozenset(b" \t\n\r\f\v")
_UNBOUNDED = 1 << 16


class Element(NamedTuple):
    """What one character may be: these of ASCII, and whether others too."""

    ascii: frozenset[int]
    other: bool


class Factor(NamedTuple):
    """Elements in a row; they begin ``low`` to ``high`` characters after the match does.

    ``before`` is what each of those characters may be.
    """

    low: int
    high: int | None
    elements: tuple[Element, ...]
    before: Element


#: Letters of which one beyond ASCII is another case: dotted and dotless i, the Kelvin sign, the
#: long s.
_FOREIGN_CASES = frozenset(map(ord, "iks"))
_ANYTHING = Element(_ASCII, other=True)
_NO_NEWLINE = Element(_ASCII - {10}, other=True)
_NOTHING = Element(frozenset(), other=False)
_CATEGORIES = {
    "CATEGORY_DIGIT": _DIGITS,
    "CATEGORY_NOT_DIGIT": _ASCII - _DIGITS,
    "CATEGORY_SPACE": _SPACE_MOST,
    "CATEGORY_NOT_SPACE": _ASCII - _SPACE_LEAST,
    "CATEGORY_WORD": _WORD,
    "CATEGORY_NOT_WORD": _ASCII - _WORD,
}
#: Where re.ASCII takes less.
_CATEGORIES_LEAST = {
    "CATEGORY_SPACE": _SPACE_LEAST,
    "CATEGORY_NOT_SPACE": _ASCII - _SPACE_MOST,
}


def factors(pattern: re.Pattern[str]) -> list[tuple[Factor, ...]]:
    """Groups of factors: of each group, at least one is in every match."""
    walk = _Walk()
    try:
        walk.sequence(_tree(pattern), pattern.flags)
    except RecursionError:  # nested deeper than this walk goes, though not than Python's own
        return []
    walk.end_run()
    return walk.found


def begins_with_character(pattern: re.Pattern[str]) -> bool:
    """Whether ``re`` itself can leap from one first character to the next."""
    nodes = _tree(pattern)
    return bool(nodes) and str(nodes[0][0]) == "LITERAL" and not pattern.flags & re.IGNORECASE


def _tree(pattern: re.Pattern[str]) -> Any:
    try:
        from re import _parser  # type: ignore[attr-defined]
    except ImportError:  # pragma: no cover - a Python without it
        return []
    try:
        return _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    except (RecursionError, Warning):
        # It was compiled before, so it is right; a warning of its form was an error by now.
        return []


class _Walk:
    """Goes through a pattern's tree and gathers its factors."""

    def __init__(self, low: int = 0, high: int | None = 0) -> None:
        self.low, self.high = low, high
        self.before = _NOTHING
        self.run: list[Element] = []
        self.before_run = _NOTHING
        self.found: list[tuple[Factor, ...]] = []

    def sequence(self, nodes: Iterable[tuple[Any, Any]], flags: int) -> None:
        for kind, value in nodes:
            self._node(str(kind), value, flags)

    def end_run(self) -> None:
        """What comes next need not follow at once."""
        if self.run:
            back = len(self.run)
            high = None if self.high is None else self.high - back
            elements = tuple(self.run[:LONGEST])
            self.found.append((Factor(self.low - back, high, elements, self.before_run),))
        self.run = []

    def _node(self, kind: str, value: Any, flags: int) -> None:
        if kind in {"AT", "ASSERT", "ASSERT_NOT"}:
            return  # nothing is taken up
        if kind == "SUBPATTERN":
            _, added, removed, inner = value
            self.sequence(inner, (flags | added) & ~removed)
        elif kind == "ATOMIC_GROUP":
            self.sequence(value, flags)
        elif kind in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            self._repeat(value, flags)
        elif kind == "BRANCH":
            self._branch(value[1], flags)
        elif (element := _element(kind, value, flags)) is not None:
            if not self.run:
                self.before_run = self.before
            self.run.append(element)
            self._move(1, 1)
            self._pass(element)
        else:
            self.end_run()
            self._move(0, None)
            self._pass(_ANYTHING)

    def _move(self, low: int, high: int | None) -> None:
        self.low += low
        self.high = None if self.high is None or high is None else self.high + high

    def _pass(self, element: Element) -> None:
        before = self.before
        self.before = Element(before.ascii | element.ascii, before.other or element.other)

    def _repeat(self, value: tuple[Any, Any, Any], flags: int) -> None:
        least, most, inner = value
        low, high = inner.getwidth()
        start_low, start_high = self.low, self.high
        # No more than fit into a run, so that repeats of repeats stay few.
        times = min(least, max(1, LONGEST // max(low, 1))) if low else min(least, 1)
        for _ in range(times):
            self.sequence(inner, flags)
        if times == most:
            return
        if not times:
            passed = _Walk()
            passed.sequence(inner, flags)
            self._pass(passed.before)
        self.end_run()
        self.low, self.high = start_low, start_high
        bounded = max(most, high) < _UNBOUNDED
        if low == high == 1 and bounded:
            # The last of them stand right before what comes next.
            self._move(0, int(most) - times)
        elif low == high == 1:
            self._move(0, None)
        else:
            self._move(least * low, int(most) * high if bounded else None)
            return
        if times == least:
            before = len(self.found)
            for _ in range(times):
                self.sequence(inner, flags)
            del self.found[before:]
        else:
            self._move(least, least)

    def _branch(self, alternatives: list[Any], flags: int) -> None:
        ways = []
        for nodes in alternatives:
            # Each goes on with the run so far: `q(?:ty|uantity)` needs one of the words.
            walk = _Walk(self.low, self.high)
            walk.before, walk.run, walk.before_run = self.before, list(self.run), self.before_run
            walk.sequence(nodes, flags)
            walk.end_run()
            ways.append(walk)
        self.end_run()
        for walk in ways:
            self._pass(walk.before)
        if all(walk.found for walk in ways):
            longest = [max(walk.found, key=_length) for walk in ways]
            self.found.append(tuple(factor for group in longest for factor in group))
        widths = [nodes.getwidth() for nodes in alternatives]
        high = max(high for _, high in widths)
        self._move(min(low for low, _ in widths), high if high < _UNBOUNDED else None)


def _length(group: tuple[Factor, ...]) -> int:
    return min(len(factor.elements) for factor in group)


def _element(kind: str, value: Any, flags: int) -> Element | None:
    """What one node that takes one character lets through; None where it is another node."""
    if kind not in {"ANY", "IN", "LITERAL", "NOT_LITERAL"}:
        return None
    if kind == "ANY":
        return _ANYTHING if flags & re.DOTALL else _NO_NEWLINE
    negated = kind == "NOT_LITERAL"
    items = value if kind == "IN" else [("LITERAL", value)]
    most: set[int] = set()
    least: set[int] = set()
    category, foreign = False, False
    for item, what in items:
        if str(item) == "NEGATE":
            negated = True
        elif str(item) == "CATEGORY" and str(what) in _CATEGORIES:
            category = True
            most |= _CATEGORIES[str(what)]
            least |= _CATEGORIES_LEAST.get(str(what), _CATEGORIES[str(what)])
        elif str(item) in {"LITERAL", "RANGE"}:
            first, last = what if str(item) == "RANGE" else (what, what)
            some = _ASCII.intersection(range(first, last + 1))
            most, least = most | some, least | some
            foreign = foreign or last not in _ASCII
        else:
            return _ANYTHING
    if flags & re.IGNORECASE:
        if negated or foreign:
            return _ANYTHING
        most = {ord(case) for i in most for case in (chr(i).lower(), chr(i).upper())}
        return Element(frozenset(most), other=category or not _FOREIGN_CASES.isdisjoint(most))
    if negated:
        return Element(_ASCII - least, other=True)
    return Element(frozenset(most), other=category or foreign)
