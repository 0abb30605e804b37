"""Work of this process made ready for processes of its own."""

from __future__ import annotations

import base64
import os
import pickle
import sys
from collections.abc import Callable
from functools import partial

from perfkit.bench.interleave import repeats_for
from perfkit.bench.live_pair import Side, live_pair
from perfkit.errors import ParameterError

__all__ = ["proved", "sides_of", "usual_budget"]

Work = Callable[[], object]


def usual_budget(*, isolated: bool) -> float:
    """Seconds that a verdict is given where nobody says: launches tell less a second than pairs."""
    return 20.0 if isolated else 5.0


def sides_of(
    works: tuple[Work, Work], names: tuple[str, str], *, has_workers: bool
) -> tuple[Side, Side]:
    """Both works as another process can be told of them.

    Raises
    ------
    ParameterError
        If another process could not import one: it is a lambda, was defined inside a function
        or in a notebook or script, or holds what cannot be pickled.
    """
    path = tuple(os.path.abspath(place) for place in sys.path)
    baseline, candidate = (
        Side(name, "pickle", _packed(work, name), path, has_workers=has_workers)
        for work, name in zip(works, names, strict=True)
    )
    return baseline, candidate


def _packed(work: Work, name: str) -> str:
    inner: object = work
    while isinstance(inner, partial):
        inner = inner.func
    home = getattr(inner, "__module__", None) or type(inner).__module__
    remedy = "Put it in a module as a function of its own, or compare without isolated=True."
    if "__main__" in (home, type(inner).__module__):
        raise ParameterError(
            f"isolated=True: {name} was defined in a notebook or script, which another process "
            f"cannot import. {remedy}"
        )
    try:
        return base64.b64encode(pickle.dumps(work)).decode()
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ParameterError(
            f"isolated=True: another process cannot import {name} ({error}). {remedy}"
        ) from error


def proved(sides: tuple[Side, Side], prove: Callable[[Work, Work], str]) -> tuple[str, int]:
    """What the outputs of a first launch prove, and the calls that make one run."""
    with live_pair(sides, 0) as (baseline, candidate):
        said = prove(baseline.output, candidate.output)
        shortest = min(each.time("", 1).wall_seconds for each in (baseline, candidate))
    return said, repeats_for(shortest)
