"""Profiles of a notebook: ``quick`` for a look within seconds, ``full`` for a report's figures."""

from __future__ import annotations

from typing import TypeVar

from perfkit.errors import ParameterError
from perfkit.nearest import did_you_mean

__all__ = ["PROFILES", "chosen"]

#: A quick notebook ends within 10 s beyond its kernel's start, a full one within 5 minutes.
PROFILES = ("quick", "full")

T = TypeVar("T")


def chosen(profile: str, given: T, *, quick: T, full: T) -> T:
    """What is given, or, where that is 0 or empty, what the profile stands for.

    Parameters
    ----------
    profile : {"quick", "full"}
        Of the whole notebook.
    given : T
        A parameter of its own: 0, ``""`` or ``[]`` leave it to the profile.
    quick, full : T
        What each profile takes.

    Raises
    ------
    ParameterError
        If there is no such profile; the message names the nearest.

    Examples
    --------
    >>> chosen("quick", 0, quick=5, full=21), chosen("quick", 9, quick=5, full=21)
    (5, 9)
    """
    if profile not in PROFILES:
        raise ParameterError(f"There is no profile {profile!r}{did_you_mean(profile, PROFILES)}")
    return given or (full if profile == "full" else quick)
