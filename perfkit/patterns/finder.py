"""The first of several patterns that matches, without searching for those that cannot."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypedDict

from perfkit.errors import ParameterError
from perfkit.nearest import did_you_mean
from perfkit.patterns._plan import Probe, make_plan
from perfkit.patterns._view import View
from perfkit.patterns.known import PRODUCT_CODE

__all__ = ["BUILT_IN", "EarlyTerminationPatternFinder", "Found", "find_first_reference", "search"]

#: A shorter text is searched at once.
_WORTH_LOOKING = 1 << 11
#: A try at one place is worth so many characters of a plain search.
_CHARACTERS_A_TRY = 256

#: ``24 0 0 24 each``, ``8 0 lo each``, ``Qty: 24``; ``$1,234.56``, ``2.00``; twelve digits;
#: ``XS9826A``; ``CS003837319``.
BUILT_IN = {
    "invoice_number_pattern": re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{9}(?![A-Za-z0-9])"),
    "price_pattern": re.compile(
        r"(?<![A-Za-z0-9.,])\$?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)\.[0-9]{2}(?![A-Za-z0-9])"
    ),
    "product_code_pattern": PRODUCT_CODE,
    "quantity_pattern": re.compile(
        r"(?<![A-Za-z0-9.,/])(?:[0-9][0-9,]*[ \t]+){1,4}(?:lo[ \t]+)?"
        r"(?:(?i:each|set|case|piece)[Ss]?)(?![A-Za-z0-9])"
        r"|(?<![A-Za-z0-9])(?i:qty|quantity)"
        r"(?:[ \t]+[A-Za-z]+)?[ \t]*[.:#=]?\s*[0-9][0-9,]*(?![0-9.]*[0-9A-Za-z])"
    ),
    "upc_pattern": re.compile(r"(?<![A-Za-z0-9])[0-9]{12}(?![A-Za-z0-9])"),
}


class Found(TypedDict):
    """Which pattern matched, where (characters from the start) and what; None where none did."""

    pattern_found: str | None
    match_position: int | None
    matched_text: str | None


class EarlyTerminationPatternFinder:
    """The first name, in the order given, whose pattern matches anywhere in a text.

    From each pattern it is read once what a text must hold for it to match (``_needs.py``): a
    character that is missing rules it out in the time of a memory scan, a string or sequence of
    classes (upper case, digits) in that of a search for a fixed string, and where it is not
    ruled out, the search begins there. The result is that of searching for one pattern after
    the other, always. Use from several threads is safe.

    >>> finder = EarlyTerminationPatternFinder()
    >>> finder.find_first_matching_pattern("XS9482 191009714712", ["price_pattern", "upc_pattern"])
    {'pattern_found': 'upc_pattern', 'match_position': 7, 'matched_text': '191009714712'}
    """

    def __init__(self) -> None:
        self._patterns = dict(BUILT_IN)

    @property
    def names(self) -> tuple[str, ...]:
        """Names that can be searched for, sorted."""
        return tuple(sorted(self._patterns))

    def register_pattern(self, name: str, pattern: str | re.Pattern[str], flags: int = 0) -> None:
        """Add a pattern of one's own; a name that is taken gets the new pattern.

        Raises
        ------
        ParameterError
            If it is no pattern for text.
        """
        try:
            compiled = re.compile(pattern, flags)
        except (re.error, TypeError, ValueError) as error:
            raise ParameterError(f"{name} = {pattern!r} is no pattern: {error}.") from error
        if not isinstance(compiled.pattern, str):
            raise ParameterError(f"{name} is a pattern for bytes; texts are searched here.")
        self._patterns[name] = compiled

    def find_first_matching_pattern(self, text: str, names: Iterable[str]) -> Found:
        """Search for the patterns of these names, in their order.

        Returns
        -------
        dict
            ``pattern_found``: its name; ``match_position``: characters before the leftmost
            match; ``matched_text``. All None where no pattern matches.

        Raises
        ------
        ParameterError
            If a name is not known, whether or not it would have been reached; it says which
            known name is nearest.
        """
        names = (names,) if isinstance(names, str) else tuple(names)
        patterns = self._patterns
        for name in names:
            if name not in patterns:
                raise ParameterError(
                    f"There is no pattern {name!r}{did_you_mean(name, patterns)} "
                    "Add one with register_pattern(name, pattern)."
                )
        if len(text) < _WORTH_LOOKING:
            return find_first_reference(text, names, patterns)
        view = View(text)
        for name in names:
            match = search(patterns[name], view)
            if match:
                return _found(name, match)
        return _found(None, None)


def search(pattern: re.Pattern[str], view: View) -> re.Match[str] | None:
    """As ``pattern.search(view.text)``."""
    plan = make_plan(pattern, wide=view.is_wide)
    if view.lacks(plan.sets):
        return None
    if plan.is_quick:
        return pattern.search(view.text)
    start = 0
    for group in plan.groups:
        earliest = view.earliest(group)
        if earliest is None:
            return None
        start = max(start, earliest)
    live = [probe for probe in plan.near if not view.lacks(probe.sets)]
    if not live:
        return pattern.search(view.text, start)
    best: re.Match[str] | None = None
    try:
        for probe in live:
            # The leftmost match has a hit of one of them: each looks left of what is known.
            best = _try_places(pattern, view, probe, start, best) or best
    except _TooManyPlacesError as found:
        return pattern.search(view.text, found.start if len(live) == 1 else start)
    return best


class _TooManyPlacesError(Exception):
    """A plain search is quicker; up to ``start`` there is no match by the probe that was tried."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


def _try_places(
    pattern: re.Pattern[str], view: View, probe: Probe, first: int, known: re.Match[str] | None
) -> re.Match[str] | None:
    """Each hit leaves some places where a match may begin: try these, in order."""
    tries, start = 0, first
    end = known.start() if known else len(view.text) + 1
    for hit in view.hits(probe, first):
        places = range(max(start, view.begin(probe, hit)), min(end, hit - probe.low + 1))
        tries += len(places)
        if tries * _CHARACTERS_A_TRY > hit - first + _WORTH_LOOKING:
            raise _TooManyPlacesError(start)
        for at in places:
            match = pattern.match(view.text, at)
            if match:
                return match
        start = max(start, places.stop)
        if start >= end:
            break
    return None


def find_first_reference(
    text: str, names: Iterable[str], patterns: dict[str, re.Pattern[str]]
) -> Found:
    """The plain loop, one search after the other; the finder has to equal it, always."""
    for name in names:
        match = patterns[name].search(text)
        if match:
            return _found(name, match)
    return _found(None, None)


def _found(name: str | None, match: re.Match[str] | None) -> Found:
    return {
        "pattern_found": name,
        "match_position": match.start() if match else None,
        "matched_text": match.group() if match else None,
    }
