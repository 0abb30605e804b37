"""Producers: a plan becomes a PDF, each with another program's habits.

A producer is a module of this folder (or an entry point of the group
``perfkit.corpus.producers``) with the names that :class:`Producer` lists.
"""

from __future__ import annotations

from typing import Protocol

from perfkit.corpus.plan import Plan

__all__ = ["Producer"]


class Producer(Protocol):
    """What a module of this folder offers."""

    #: Fonts of :class:`perfkit.corpus.style.Style` that it can draw with; its default first.
    FONTS: tuple[str, ...]

    def write(self, plan: Plan) -> bytes:
        """Draw the planned document, on as many pages as the plan has.

        Raises
        ------
        MissingExtraError
            If its Python package is not installed.
        CorpusError
            If its program is missing on this machine, or failed; the message says which.
        """
        ...
