"""What is swept: perfkit's own pipeline by its Recipe, or any callable of a document."""

from __future__ import annotations

import abc
import dataclasses
import inspect
import os
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from perfkit import plugins
from perfkit.bench.bill import bill_of
from perfkit.bench.pipelines import find_pipeline, work_of
from perfkit.bench.points import EXTRACTION
from perfkit.bench.recipe_runs import RecipeRuns, accuracy_of, plain_result
from perfkit.bench.records import Check
from perfkit.errors import MeasurementError, ParameterError, PerfkitError, RecipeError
from perfkit.nearest import did_you_mean
from perfkit.recipe import Recipe
from perfkit.vendors.declaration import vendors_for

__all__ = ["CallSubject", "RecipeSubject", "Subject", "subject_of"]

Settings = Mapping[str, Any]


class Subject(abc.ABC):
    """Something that processes a document as its settings say."""

    name: str

    @abc.abstractmethod
    def run(self, document: str, settings: Settings) -> Any:
        """Process a document."""

    @abc.abstractmethod
    def check(self, arm: str, label: str, output: Any, reference: Any) -> Check:
        """What an output is worth beside the baseline's; ``reference`` is None for its own."""

    def recipe(self, settings: Settings) -> dict[str, Any]:
        """Everything that is set, for the record."""
        return dict(settings)

    @abc.abstractmethod
    def has_workers(self, settings: Settings) -> bool:
        """Whether it may do its work in kept worker processes."""

    def baseline(self) -> tuple[str, dict[str, Any]]:
        """Name and settings of the baseline unless another is given."""
        return "baseline", {}


@dataclasses.dataclass(frozen=True)
class RecipeSubject(Subject):
    """perfkit's own pipeline: settings are fields of a Recipe."""

    recipe_: Recipe
    name: str = EXTRACTION
    _runs: RecipeRuns = dataclasses.field(default_factory=RecipeRuns, repr=False, compare=False)

    def run(self, document: str, settings: Settings) -> Any:
        """See :class:`Subject`."""
        return self._runs(document, self.recipe_.with_(**settings))

    def check(self, arm: str, label: str, output: Any, reference: Any) -> Check:
        """See :class:`Subject`."""
        found = plain_result(output)
        accuracy, kind = accuracy_of(output)
        differing = same = None
        if reference is not None:
            wanted = plain_result(reference)
            ours, theirs = (Counter(map(_row, each["line_items"])) for each in (found, wanted))
            differing = max((ours - theirs).total(), (theirs - ours).total())
            same = found == wanted
        return Check(
            arm=arm,
            document=label,
            pages=found["pages"],
            items=len(found["line_items"]),
            accuracy=accuracy,
            accuracy_kind=kind,
            same_as_baseline=same,
            rows_differing=differing,
            service=bill_of([output]),
        )

    def recipe(self, settings: Settings) -> dict[str, Any]:
        """See :class:`Subject`.

        Raises
        ------
        RecipeError
            If there is no such field, or no such engine, executor, layout or cache.
        """
        fields = self.recipe_.with_(**settings).as_dict()
        for field, (folder, others) in _PLUGINS.items():
            known = [*plugins.names(folder), *others]
            if fields[field] not in known:
                raise RecipeError(
                    f"There is no {field} {fields[field]!r}{did_you_mean(fields[field], known)}"
                )
        vendors_for(fields["layout"])
        return fields

    def has_workers(self, settings: Settings) -> bool:
        """See :class:`Subject`."""
        return self.recipe_.with_(**settings).executor != "inline"

    def baseline(self) -> tuple[str, dict[str, Any]]:
        """The sequential pypdf engine, each time anew."""
        return "sequential pypdf", {"engine": "pypdf", "executor": "inline", "cache": "none"}


#: Fields that name a plugin: its folder, and what may stand in the place of one.
_PLUGINS = {
    "engine": ("engines", ()),
    "executor": ("executors", ("auto",)),
    "cache": ("caches", ("auto", "none")),
}


def _row(item: Mapping[str, Any]) -> tuple[Any, ...]:
    """A line item that can be counted; its fields have one order."""
    return tuple(item.values())


@dataclasses.dataclass(frozen=True)
class CallSubject(Subject):
    """One's own pipeline: ``work(document, **settings)`` gives something comparable.

    ``score(output)``, if any, gives its accuracy, 0 to 1. What an output holds is counted by
    ``len``, and its pages are its attribute ``pages``; without one a document is one page.
    """

    work: Callable[..., Any]
    score: Callable[[Any], float] | None = None
    label: str = ""

    @property
    def name(self) -> str:  # type: ignore[override]
        """The pipeline's; or ``module:function``, by which a function is found again.

        Arguments that are bound to it stand behind; what was defined in a session has no module.
        """
        if self.label:
            return self.label
        work, bound = self.work, ""
        if isinstance(work, partial):
            given = [*map(repr, work.args), *(f"{k}={v!r}" for k, v in work.keywords.items())]
            work, bound = work.func, f"({', '.join(given)})"
        own = getattr(work, "__qualname__", type(work).__name__)
        module = getattr(work, "__module__", None)
        is_found = module not in (None, "__main__", "builtins") and own.isidentifier()
        return f"{module}:{own}{bound}" if is_found else own + bound

    def run(self, document: str, settings: Settings) -> Any:
        """See :class:`Subject`.

        Raises
        ------
        MeasurementError
            If it raises anything: then this point fails, and the others go on.
        """
        try:
            return self.work(document, **settings)
        except PerfkitError:
            raise
        except Exception as error:  # someone else's code may raise whatever it likes
            raise MeasurementError(
                f"{self.name} failed on {document}: {type(error).__name__}: {error}"
            ) from error

    def check(self, arm: str, label: str, output: Any, reference: Any) -> Check:
        """See :class:`Subject`."""
        pages = getattr(output, "pages", 1)
        return Check(
            arm=arm,
            document=label,
            pages=pages if isinstance(pages, int) and pages > 0 else 1,
            items=len(output) if hasattr(output, "__len__") else 0,
            accuracy=None if self.score is None else float(self.score(output)),
            accuracy_kind=None if self.score is None else "score",
            same_as_baseline=None if reference is None else bool(output == reference),
            rows_differing=None,
        )

    def recipe(self, settings: Settings) -> dict[str, Any]:
        """See :class:`Subject`.

        Raises
        ------
        ParameterError
            If the callable takes no such setting; the message names the nearest.
        """
        try:
            taken = inspect.signature(self.work).parameters
        except (TypeError, ValueError):  # of some built-in callables nothing is known
            return dict(settings)
        if not any(each.kind is each.VAR_KEYWORD for each in taken.values()):
            known = list(taken)[1:]  # the first is the document
            for name in settings:
                if name not in known:
                    near = did_you_mean(name, known) if known else "; it takes none."
                    raise ParameterError(f"{self.name} takes no setting {name!r}{near}")
        return dict(settings)

    def has_workers(self, settings: Settings) -> bool:  # noqa: ARG002 - may be, who knows
        """See :class:`Subject`."""
        return True


def subject_of(
    given: Recipe | Callable[..., Any] | str, score: Callable[[Any], float] | None = None
) -> Subject:
    """A subject from what a user names: a Recipe, a callable, or a pipeline's name.

    Raises
    ------
    ParameterError
        If it is none of them.
    RecipeError
        If there is no such pipeline, or it is neither a callable nor a module with ``run``.
    """
    if isinstance(given, Recipe):
        return RecipeSubject(given)
    if isinstance(given, (str, os.PathLike)):
        return _installed(os.fspath(given), score)
    if not callable(given):
        raise ParameterError(f"{given!r} is no Recipe, no callable and no pipeline's name.")
    return CallSubject(given, score)


def _installed(name: str, score: Callable[[Any], float] | None) -> CallSubject:
    found = find_pipeline(name)
    return CallSubject(work_of(found, name), score or getattr(found, "score", None), name)
