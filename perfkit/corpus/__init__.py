"""Corpus: believable Creative-Coop documents with their truth, for tests and sweeps."""

from __future__ import annotations

from perfkit.corpus.build import LAYOUTS, make, make_bytes
from perfkit.corpus.style import Style

__all__ = ["LAYOUTS", "Style", "make", "make_bytes"]
