"""The one job that engines are timed on. Imports nothing but the pipeline.

A memory reading runs it in a fresh process, where every further import would be counted.
"""

from __future__ import annotations

from perfkit.model import Extraction
from perfkit.pipeline import extract
from perfkit.recipe import Recipe

__all__ = ["extract_once"]


def extract_once(document: str, engine: str) -> Extraction:
    """Everything of one document, as ``perfkit.extract`` gives it."""
    return extract(document, recipe=Recipe(engine=engine))
