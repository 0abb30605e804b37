"""The first of several patterns against the plain loop over them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from benchmarks.bench import Bench
from benchmarks.goals import Goal, Measured
from benchmarks.texts import MB, without_figures
from perfkit.errors import MeasurementError
from perfkit.patterns.finder import BUILT_IN, EarlyTerminationPatternFinder, find_first_reference

__all__ = ["measure"]

ABSENT = Goal("12 patterns absent in 1 MB against the plain loop", "x", "at most", 0.333)
EARLY = Goal("the first of them at 10 % of it against all 12 absent", "x", "at most", 0.1)
LAST = Goal("the last of them at 10 % of it against the plain loop", "x", "at most", 0.333)

#: What else is looked for in an invoice.
OWN = {
    "e_mail": r"[a-z0-9._-]+@[a-z0-9-]+\.[a-z]{2,}",
    "iso_date": r"(?<![0-9])20[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])",
    "net_days": r"(?i:net)\s+[0-9]{2}\s+(?i:days)",
    "phone": r"\([0-9]{3}\)\s?[0-9]{3}-[0-9]{4}",
    "purchase_order": r"PO\s*#\s*[0-9]{4,}",
    "tracking": r"1Z[0-9A-Z]{16}",
    "zip_code": r"(?<![0-9A-Za-z])[A-Z]{2}\s[0-9]{5}(?:-[0-9]{4})?(?![0-9])",
}


def measure(bench: Bench) -> Iterator[Measured]:
    """All goals of this part."""
    absent = without_figures(bench)
    tenth = f"{absent[: MB // 10]} XS9826A {absent[MB // 10 :]}"
    finder = EarlyTerminationPatternFinder()
    for name, pattern in OWN.items():
        finder.register_pattern(name, pattern)
    patterns = BUILT_IN | {name: re.compile(pattern) for name, pattern in OWN.items()}
    code = "product_code_pattern"
    first = [code, *(name for name in patterns if name != code)]
    last = first[1:] + first[:1]
    cases = {"absent": (absent, first), "first": (tenth, first), "last": (tenth, last)}
    arms = []
    for case, (text, names) in cases.items():
        ours = partial(finder.find_first_matching_pattern, text, names)
        plain = partial(find_first_reference, text, names, patterns)
        found = ours()
        if found != plain() or (found["pattern_found"] is None) != (case == "absent"):
            raise MeasurementError(f"{case}: {found} is not what is there.")
        arms += [(f"finder, {case}", "", ours), (f"plain loop, {case}", "", plain)]
    times = bench.time("finder, 12 patterns", arms, bench.rounds(41, 9))
    yield ABSENT.against(times.ratio("finder, absent", "plain loop, absent"))
    yield EARLY.against(times.ratio("finder, first", "plain loop, absent"))
    yield LAST.against(times.ratio("finder, last", "plain loop, last"))
