"""Layouts: which documents there are, and how each names its number and date.

A layout is a module of this folder (or an entry point of the group ``perfkit.layouts``)
with the names that :class:`Layout` lists. The reading of tables itself is geometry, the
same for all, and lives in :mod:`perfkit.tables`.
"""

from __future__ import annotations

from typing import Protocol

from perfkit.model import Page
from perfkit.tables.facts import DocumentKind

__all__ = ["Layout"]


class Layout(Protocol):
    """What a module of this folder offers."""

    KIND: DocumentKind

    def recognises(self, page: Page) -> float:
        """How sure it is, 0 to 1, that this page belongs to a document of its layout."""
        ...
