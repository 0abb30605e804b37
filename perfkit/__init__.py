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
    from IPython.core.interactiveshell import InteractiveShell

    from perfkit import corpus
    from perfkit.accuracy import (
        assess,
        score,
    )
    from perfkit.batches.run import (
        batch,
    )
    from perfkit.bench.compare import (
        compare,
    )
    from perfkit.bench.sweep import (
        sweep,
    )
    from perfkit.bench.verdict import (
        Verdict,
    )
    from perfkit.errors import (
        AttachmentsOnlyError,
        BatchError,
        CacheError,
        CorpusError,
        DamagedPdfError,
        DocumentError,
        DocumentNotFoundError,
        DocumentTooLargeError,
        DynamicFormError,
        EmptyFileError,
        EmulatorError,
        EncryptedPdfError,
        MeasurementError,
        MemoryOptimizationError,
        MissingExtraError,
        NoLineItemsError,
        NoTableError,
        NotAFileError,
        NotAPdfError,
        NoTextLayerError,
        OutOfMemoryError,
        OutputsDifferError,
        PageLostError,
        PagesFailedError,
        ParameterError,
        PerfkitError,
        PerformanceError,
        RecipeError,
        ReportError,
        ServiceError,
        SeveralDocumentsError,
        TimedOutError,
        TooManyPagesError,
        TruncatedPdfError,
        TruthError,
        UndecodableTextError,
        UnknownVendorError,
        WorkerHungError,
        WorkerLostError,
        WorkerMemoryError,
        WorkersError,
    )
    from perfkit.explorer import (
        explore,
    )
    from perfkit.model import (
        Extraction,
        LineItem,
        Page,
        Word,
    )
    from perfkit.optimizers.cached import (
        IntelligentCachingSystem,
    )
    from perfkit.optimizers.concurrent import (
        ConcurrentPageProcessor,
    )
    from perfkit.optimizers.creative_coop import (
        CreativeCoopPerformanceOptimizer,
    )
    from perfkit.optimizers.entities import (
        ParallelEntityProcessor,
    )
    from perfkit.optimizers.streaming import (
        MemoryOptimizer,
        StreamingDocumentProcessor,
    )
    from perfkit.patterns import (
        EarlyTerminationPatternFinder,
        OptimizedPatternCache,
        OptimizedProductCodeSearch,
    )
    from perfkit.pipeline import (
        extract,
        extract_all,
    )
    from perfkit.profiling.profile import (
        profile,
    )
    from perfkit.recipe import (
        Recipe,
    )
    from perfkit.trackers.memory import (
        MemoryUsageTracker,
    )
    from perfkit.tuning.tune import (
        tune,
    )

__all__ = [
    "AttachmentsOnlyError",
    "BatchError",
    "CacheError",
    "ConcurrentPageProcessor",
    "CorpusError",
    "CreativeCoopPerformanceOptimizer",
    "DamagedPdfError",
    "DocumentError",
    "DocumentNotFoundError",
    "DocumentTooLargeError",
    "DynamicFormError",
    "EarlyTerminationPatternFinder",
    "EmptyFileError",
    "EmulatorError",
    "EncryptedPdfError",
    "Extraction",
    "IntelligentCachingSystem",
    "LineItem",
    "MeasurementError",
    "MemoryOptimizationError",
    "MemoryOptimizer",
    "MemoryUsageTracker",
    "MissingExtraError",
    "NoLineItemsError",
    "NoTableError",
    "NoTextLayerError",
    "NotAFileError",
    "NotAPdfError",
    "OptimizedPatternCache",
    "OptimizedProductCodeSearch",
    "OutOfMemoryError",
    "OutputsDifferError",
    "Page",
    "PageLostError",
    "PagesFailedError",
    "ParallelEntityProcessor",
    "ParameterError",
    "PerfkitError",
    "PerformanceError",
    "Recipe",
    "RecipeError",
    "ReportError",
    "ServiceError",
    "SeveralDocumentsError",
    "StreamingDocumentProcessor",
    "TimedOutError",
    "TooManyPagesError",
    "TruncatedPdfError",
    "TruthError",
    "UndecodableTextError",
    "UnknownVendorError",
    "Verdict",
    "Word",
    "WorkerHungError",
    "WorkerLostError",
    "WorkerMemoryError",
    "WorkersError",
    "__version__",
    "assess",
    "batch",
    "compare",
    "corpus",
    "explore",
    "extract",
    "extract_all",
    "profile",
    "score",
    "sweep",
    "tune",
]

#: Where each name is found. An error class, and what else is not listed, is in `errors`.
_HOMES = {
    "ConcurrentPageProcessor": "optimizers.concurrent",
    "CreativeCoopPerformanceOptimizer": "optimizers.creative_coop",
    "EarlyTerminationPatternFinder": "patterns",
    "Extraction": "model",
    "IntelligentCachingSystem": "optimizers.cached",
    "LineItem": "model",
    "MemoryOptimizer": "optimizers.streaming",
    "MemoryUsageTracker": "trackers.memory",
    "OptimizedPatternCache": "patterns",
    "OptimizedProductCodeSearch": "patterns",
    "Page": "model",
    "ParallelEntityProcessor": "optimizers.entities",
    "Recipe": "recipe",
    "StreamingDocumentProcessor": "optimizers.streaming",
    "Verdict": "bench.verdict",
    "Word": "model",
    "assess": "accuracy",
    "batch": "batches.run",
    "compare": "bench.compare",
    "explore": "explorer",
    "extract": "pipeline",
    "extract_all": "pipeline",
    "profile": "profiling.profile",
    "score": "accuracy",
    "sweep": "bench.sweep",
    "tune": "tuning.tune",
}


def load_ipython_extension(shell: InteractiveShell) -> None:
    """``%load_ext perfkit`` in a notebook: ``%perfkit`` and ``%%perfkit`` are known from then."""
    importlib.import_module("perfkit.magics._extension").register(shell)


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
