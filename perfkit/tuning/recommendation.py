"""Recommendation: which recipe to take, what proves it, and which limit holds it back."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from perfkit.bench.environment import Environment
from perfkit.bench.formatting import Sentence
from perfkit.bench.html import notes_list, table
from perfkit.bench.paired import Interval
from perfkit.errors import MeasurementError
from perfkit.recipe import Recipe
from perfkit.tuning import wording
from perfkit.tuning.limits import Limits
from perfkit.tuning.trials import Trial

if TYPE_CHECKING:
    import pandas

__all__ = ["Binding", "Recommendation", "write"]

_SCHEMA = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Binding:
    """A limit that shuts out a recipe which would do better without it.

    Attributes
    ----------
    limit : str
        In words.
    name : str
        The recipe that it shuts out.
    gain : float
        What that would take of the recommended one's time (or memory, or cost): below 1.
    """

    limit: str
    name: str
    gain: float


@dataclasses.dataclass(frozen=True, slots=True)
class Recommendation:
    """What a tuning found.

    Attributes
    ----------
    taken : str
        When, ISO 8601.
    minimised : str
        ``time``, ``memory`` or ``cost``.
    limits : Limits
    documents : tuple of str
        Their names.
    environment : Environment
    best : Trial or None
        What is recommended; None where no recipe meets the limits.
    speedup : Interval or None
        How many times as fast as the sequential baseline; None where that reads nothing, or
        nothing is recommended.
    proof : str
        What the comparison with the baseline proved, in words.
    more_mb : float or None
        Peak memory above the baseline's, in MiB.
    nearest : Trial or None
        What comes nearest to the limits, where none meets them.
    misses : tuple of str
        By what that misses them.
    binding : tuple of Binding
        Limits that shut out something better.
    trials : tuple of Trial
        All that was tried, in that order.
    possible : int
        Recipes that there were to choose from.
    points : mapping
        By document the id of the recommended recipe's point on it.
    interrupted : bool
        Whether Ctrl-C ended the search or the comparisons: then it is the best so far.
    """

    taken: str
    minimised: str
    limits: Limits
    documents: tuple[str, ...]
    environment: Environment
    best: Trial | None
    speedup: Interval | None
    proof: str
    more_mb: float | None
    nearest: Trial | None
    misses: tuple[str, ...]
    binding: tuple[Binding, ...]
    trials: tuple[Trial, ...]
    possible: int
    points: Mapping[str, str] = dataclasses.field(default_factory=dict)
    interrupted: bool = False

    @property
    def recipe(self) -> Recipe | None:
        """The recipe that is recommended, if any."""
        return None if self.best is None else Recipe(**self.best.recipe)

    def sentence(self) -> Sentence:
        """The recommendation with what proves it."""
        return wording.sentence(self)

    def notes(self) -> list[str]:
        """What else there is to say: which limits bind, and how much was tried."""
        return wording.notes(self)

    def __str__(self) -> str:
        return str(self.sentence())

    def _repr_html_(self) -> str:
        caption = "Recipes that were tried, the quickest first"
        return (
            self.sentence()._repr_html_()
            + table(caption, wording.COLUMNS, wording.rows(self))
            + notes_list(self.notes())
        )

    def frame(self) -> pandas.DataFrame:
        """One row a recipe that was tried.

        Columns: ``recipe`` and a column an axis; ``time_ratio`` (of the anchor's time),
        ``slowest_seconds``, ``accuracy``, ``accuracy_kind``, ``peak_mb`` (MiB), ``cost_usd``
        (a document), ``is_right``, ``error``, ``is_recommended``.
        """
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "recipe": trial.name,
                    **trial.settings,
                    **{
                        name: getattr(trial, name)
                        for name in (
                            "time_ratio",
                            "slowest_seconds",
                            "accuracy",
                            "accuracy_kind",
                            "peak_mb",
                            "cost_usd",
                            "is_right",
                            "error",
                        )
                    },
                    "is_recommended": self.best is not None and trial.name == self.best.name,
                }
                for trial in self.trials
            ]
        )

    def to_toml(self) -> str:
        """The recipe as TOML with its evidence as comments; every command takes it.

        Raises
        ------
        MeasurementError
            If nothing is recommended.
        """
        if self.recipe is None:
            raise MeasurementError(f"There is no recipe to write: {self.sentence()}")
        evidence = [
            str(self.sentence()),
            *self.notes(),
            f"Measured {self.taken} on {self.environment.cpu}.",
        ]
        lines = (f"# {' '.join(line.split())}\n" for line in evidence)
        return "".join(lines) + self.recipe.to_toml()

    def as_dict(self) -> dict[str, Any]:
        """Plain, JSON-ready values."""
        return {
            "schema": _SCHEMA,
            "sentence": str(self.sentence()),
            "notes": self.notes(),
            **{
                field.name: getattr(self, field.name)
                for field in dataclasses.fields(self)
                if field.name
                in ("taken", "minimised", "proof", "more_mb", "possible", "interrupted")
            },
            "limits": dataclasses.asdict(self.limits),
            "documents": list(self.documents),
            "environment": self.environment.as_dict(),
            "best": self.best and dataclasses.asdict(self.best),
            "speedup": self.speedup and dataclasses.asdict(self.speedup),
            "nearest": self.nearest and dataclasses.asdict(self.nearest),
            "misses": list(self.misses),
            "binding": [dataclasses.asdict(of) for of in self.binding],
            "points": dict(self.points),
            "trials": [dataclasses.asdict(trial) for trial in self.trials],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`as_dict`.

        Raises
        ------
        MeasurementError
            If the values are no recommendation of this version.
        """
        try:
            best, nearest = (values[name] and _trial(values[name]) for name in ("best", "nearest"))
            return cls(
                taken=values["taken"],
                minimised=values["minimised"],
                limits=Limits(**values["limits"]),
                documents=tuple(values["documents"]),
                environment=Environment.from_dict(values["environment"]),
                best=best,
                speedup=values["speedup"] and Interval(**values["speedup"]),
                proof=values["proof"],
                more_mb=values["more_mb"],
                nearest=nearest,
                misses=tuple(values["misses"]),
                binding=tuple(Binding(**of) for of in values["binding"]),
                trials=tuple(map(_trial, values["trials"])),
                possible=values["possible"],
                points=values.get("points", {}),
                interrupted=values.get("interrupted", False),
            )
        except (KeyError, TypeError) as error:
            raise MeasurementError(
                f"This is no recommendation as this version writes it ({error})."
            ) from error

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """From a file that :meth:`save` wrote.

        Raises
        ------
        MeasurementError
            If it cannot be read, or is none.
        """
        try:
            values = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise MeasurementError(f"{os.fspath(path)}: no recommendation ({error}).") from error
        if not isinstance(values, dict):
            raise MeasurementError(f"{os.fspath(path)}: no recommendation.")
        return cls.from_dict(values)

    def save(self, path: str | os.PathLike[str]) -> None:
        """All of it as JSON, in one step.

        Raises
        ------
        MeasurementError
            If the file cannot be written.
        """
        write(path, json.dumps(self.as_dict(), indent=1) + "\n")


def _trial(values: Mapping[str, Any]) -> Trial:
    ratio = values["ratio"] and Interval(**values["ratio"])
    return Trial(**{**values, "ratio": ratio})


def write(path: str | os.PathLike[str], text: str) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    MeasurementError
        If it cannot be written.
    """
    place = Path(path)
    fresh = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8")
        os.replace(fresh, place)
    except OSError as error:
        raise MeasurementError(f"{place} cannot be written ({error.strerror}).") from error
