"""A point of a sweep on a document: one id, under which all that is known of it is joined.

The id follows from what is done to which bytes, not from when or where: the same settings on
the same document have the same id in every record, table, page and profile.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from perfkit.bench.bill import DOCUMENTS
from perfkit.bench.documents import find_document
from perfkit.bench.formatting import accuracy, bracketed, mib, money
from perfkit.bench.paired import Interval
from perfkit.errors import MeasurementError
from perfkit.recipe import Recipe

if TYPE_CHECKING:
    from perfkit.bench.results import ArmResult
    from perfkit.bench.sweep_results import Sweep

__all__ = ["EXTRACTION", "ID", "MeasuredPoint", "digest_of", "point_id"]

#: Subject of the points of a Recipe.
EXTRACTION = "perfkit.extract"
#: What an id looks like.
ID = re.compile(r"[0-9a-f]{10}")
_ID_DIGITS, _DIGEST_DIGITS = 10, 16


def digest_of(path: str | os.PathLike[str]) -> str:
    """The digest of a document's bytes, as records hold it."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:_DIGEST_DIGITS]


def point_id(subject: str, recipe: Mapping[str, Any], document_digest: str) -> str:
    """Ten hexadecimal digits for a pipeline, all its settings, and a document's bytes.

    Parameters
    ----------
    subject : str
        What is run: ``perfkit.extract``, or the name of a pipeline of one's own.
    recipe : mapping
        Fields of the recipe, or arguments of the pipeline.
    document_digest : str
        As :func:`digest_of` gives it.
    """
    settings = _unusual(recipe) if subject == EXTRACTION else dict(recipe)
    if "docai_endpoint" in settings:
        # A stand-in takes whatever port is free.
        settings["docai_endpoint"] = re.sub(r":\d+$", "", str(settings["docai_endpoint"]))
    whole = json.dumps([subject, settings, document_digest], sort_keys=True, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()[:_ID_DIGITS]


def _unusual(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that are not as they usually are: a field that comes later changes no id."""
    usual = Recipe().as_dict()
    return {name: of for name, of in recipe.items() if name not in usual or usual[name] != of}


@dataclasses.dataclass(frozen=True, slots=True)
class MeasuredPoint:
    """What a sweep found of one of its points on one document.

    Attributes
    ----------
    id : str
    subject, recipe
        As :func:`point_id` takes them.
    name, baseline : str
        Of the point, and of what it was held against.
    document, path, digest : str
        The document's name, where it lay, and the digest of its bytes.
    pages, items : int
    time_ms, time_ratio : Interval or None
        Milliseconds of the document, and that time / the baseline's.
    verdict : str
    memory_peak_mb, accuracy : float or None
        MiB above ``import perfkit``; 0 to 1.
    accuracy_kind : str or None
    cost_usd : tuple of float, or None
        US dollars for 1,000 such documents, at least and at most; None where no service is asked.
    rounds : int
    measured : str
        When, ISO 8601.
    machine : str
        Processor and cores.
    revision : str or None
        Of the code.
    """

    id: str
    subject: str
    recipe: dict[str, Any]
    name: str
    baseline: str
    document: str
    path: str
    digest: str
    pages: int
    items: int
    time_ms: Interval | None
    time_ratio: Interval | None
    verdict: str
    memory_peak_mb: float | None
    accuracy: float | None
    accuracy_kind: str | None
    cost_usd: tuple[float, float] | None
    rounds: int
    measured: str
    machine: str
    revision: str | None

    @classmethod
    def of(cls, sweep: Sweep, result: ArmResult) -> Self:
        """From a result of a sweep."""
        plan, service = sweep.plan, result.service
        environment = sweep.environment
        return cls(
            id=sweep.point_id(result),
            subject=plan.subject,
            recipe=dict(sweep.points[result.arm].recipe),
            name=result.arm,
            baseline=sweep.baseline,
            document=result.document,
            path=plan.paths.get(result.document, ""),
            digest=plan.documents[result.document],
            pages=result.pages,
            items=result.items,
            time_ms=result.document_ms,
            time_ratio=result.time_ratio,
            verdict=sweep.verdict_at(result),
            memory_peak_mb=result.memory_peak_mb,
            accuracy=result.accuracy,
            accuracy_kind=result.accuracy_kind,
            cost_usd=None if service is None else (service["cost_usd"], service["cost_high_usd"]),
            rounds=sweep.rounds,
            measured=sweep.ended.isoformat(timespec="seconds"),
            machine=f"{environment.cpu}, {environment.cores:g} cores",
            revision=environment.revision,
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as :meth:`from_dict` reads them again."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Raises KeyError or TypeError where the values are no point's."""
        times = {
            name: values[name] and Interval(**values[name]) for name in ("time_ms", "time_ratio")
        }
        cost = values["cost_usd"] and tuple(values["cost_usd"])
        return cls(**{**values, **times, "cost_usd": cost})

    def found_document(self) -> Path:
        """The document, where it lay or where a bare name is looked for.

        Raises
        ------
        DocumentNotFoundError
            If it is nowhere.
        MeasurementError
            If its bytes are others than those that were measured.
        """
        path = Path(self.path)
        found = path if self.path and path.is_file() else find_document(self.document)
        if digest_of(found) != self.digest:
            raise MeasurementError(
                f"{found} has changed since the point {self.id} was measured; sweep it again."
            )
        return found

    def settings_told(self) -> str:
        """The recipe in words: what is not as usual; of one's own pipeline, all arguments."""
        apart = _unusual(self.recipe) if self.is_extraction else self.recipe
        told = ", ".join(f"{name}={of}" for name, of in apart.items()) or "all as usual"
        return told if self.is_extraction else f"{self.subject}: {told}"

    @property
    def is_extraction(self) -> bool:
        """Whether it is perfkit's own pipeline; else one of the user's, by its name."""
        return self.subject == EXTRACTION

    def rows(self) -> list[tuple[str, str]]:
        """What is known, in words, a name and a value each."""
        scored = "–" if self.accuracy is None else accuracy(self.accuracy)
        kind = f" ({self.accuracy_kind})" if self.accuracy_kind not in (None, "truth") else ""
        ratio = self.time_ratio
        return [
            ("point", self.name),
            ("recipe", self.settings_told()),
            ("document", f"{self.document}, {self.pages} pages, {self.items:,} line items"),
            ("time", f"{bracketed(self.time_ms)} ms" if self.time_ms else "–"),
            (f"times as fast as {self.baseline}", bracketed(ratio.inverse()) if ratio else "–"),
            ("verdict", self.verdict),
            ("peak memory", "–" if self.memory_peak_mb is None else mib(self.memory_peak_mb)),
            ("accuracy", scored + kind),
            (
                "cost",
                f"{money(*self.cost_usd)} for {DOCUMENTS:,} documents"
                if self.cost_usd
                else "no service is asked",
            ),
            ("measured", f"{self.measured}, {self.rounds} rounds, {self.machine}"),
            ("code revision", self.revision or "–"),
        ]
