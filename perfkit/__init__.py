"""perfkit: measure and tune document pipelines.

The front door: what users import stands here, and is loaded when it is first asked for,
so that ``import perfkit`` stays quick and needs no optional package. Nothing inside the
package imports this file.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from perfkit.version import __version__

if TYPE_CHECKING:
    from perfkit import corpus
    from perfkit.accuracy import assess, score
    from perfkit.errors import (
        CacheError,
        CorpusError,
        DamagedPdfError,
        DocumentError,
        DocumentNotFoundError,
        DocumentTooLargeError,
        EmptyFileError,
        EncryptedPdfError,
        MeasurementError,
        MissingExtraError,
        NoLineItemsError,
        NoTableError,
        NotAFileError,
        NotAPdfError,
        NoTextLayerError,
        ParameterError,
        PerfkitError,
        RecipeError,
        ReportError,
        TruncatedPdfError,
        TruthError,
        UnknownVendorError,
    )
    from perfkit.model import Extraction, LineItem, Page, Word
    from perfkit.pipeline import extract
    from perfkit.recipe import Recipe

__all__ = [
    "CacheError",
    "CorpusError",
    "DamagedPdfError",
    "DocumentError",
    "DocumentNotFoundError",
    "DocumentTooLargeError",
    "EmptyFileError",
    "EncryptedPdfError",
    "Extraction",
    "LineItem",
    "MeasurementError",
    "MissingExtraError",
    "NoLineItemsError",
    "NoTableError",
    "NoTextLayerError",
    "NotAFileError",
    "NotAPdfError",
    "Page",
    "ParameterError",
    "PerfkitError",
    "Recipe",
    "RecipeError",
    "ReportError",
    "TruncatedPdfError",
    "TruthError",
    "UnknownVendorError",
    "Word",
    "__version__",
    "assess",
    "corpus",
    "extract",
    "score",
]

#: Where each name is found. An error class, and what else is not listed, is in `errors`.
_HOMES = {
    "Extraction": "model",
    "LineItem": "model",
    "Page": "model",
    "Recipe": "recipe",
    "Word": "model",
    "assess": "accuracy",
    "extract": "pipeline",
    "score": "accuracy",
}


def __getattr__(name: str) -> object:
    if name == "corpus":
        return importlib.import_module("perfkit.corpus")
    if name not in __all__:
        raise AttributeError(f"module 'perfkit' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"perfkit.{_HOMES.get(name, 'errors')}"), name)
    globals()[name] = value  # found once, no call the next time
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
