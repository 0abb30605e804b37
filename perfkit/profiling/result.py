"""Profile: what was found of a work, of one kind or of several; as data and as HTML."""

from __future__ import annotations

import dataclasses
import html
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfkit.bench.environment import Environment
from perfkit.bench.formatting import Sentence, tied
from perfkit.errors import MeasurementError, ParameterError
from perfkit.nearest import did_you_mean
from perfkit.profiling import speedscope
from perfkit.profiling.flame import Flame
from perfkit.profiling.rendering import Part, body_of, part_from, picture_of
from perfkit.profiling.stacks import StackProfile
from perfkit.profiling.style import STYLE

if TYPE_CHECKING:
    import pandas

__all__ = ["Profile"]

_SCHEMA = 1


@dataclasses.dataclass(frozen=True)
class Profile:
    """What a work takes and where; shows itself in a notebook, and survives its export.

    Attributes
    ----------
    id : str
        Names this profile.
    work : str
        What was done, on which document.
    recipe : dict or None
        Fields of the recipe; None for a callable.
    environment : Environment
    parts : tuple
        One a kind.
    """

    id: str
    work: str
    recipe: dict[str, Any] | None
    environment: Environment
    parts: tuple[Part, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds that it holds."""
        return tuple(part.kind for part in self.parts)

    def part(self, kind: str | None = None) -> Part:
        """The part of a kind, by default the first.

        Raises
        ------
        ParameterError
            If it holds none of that kind.
        """
        if kind is None:
            return self.parts[0]
        for part in self.parts:
            if kind == part.kind:
                return part
        raise ParameterError(f"This profile holds no {kind!r}{did_you_mean(kind, self.kinds)}")

    def sentence(self, kind: str | None = None) -> Sentence:
        """What a part found, by default each of them."""
        parts = self.parts if kind is None else (self.part(kind),)
        return Sentence(" ".join(part.sentence() for part in parts))

    def __str__(self) -> str:
        return str(self.sentence())

    def frame(self, kind: str | None = None) -> pandas.DataFrame:
        """Tidy rows of a part, units in the names of the columns."""
        return self.part(kind).frame()

    def flame(self, kind: str | None = None) -> Flame:
        """The drawing of a part: a flame graph, or memory over time.

        Raises
        ------
        MeasurementError
            If this kind has no drawing.
        """
        part = self.part(kind)
        drawn = picture_of(part)
        if drawn is None:
            raise MeasurementError(f"A profile of the kind {part.kind} has tables, no drawing.")
        return drawn

    def speedscope(self, kind: str | None = None) -> dict[str, Any]:
        """A part as a document for the viewer speedscope; ``json.dump`` makes a file of it.

        Raises
        ------
        MeasurementError
            If this kind has no call stacks.
        """
        part = self.part(kind)
        if not isinstance(part, StackProfile):
            raise MeasurementError(f"A profile of the kind {part.kind} has no call stacks.")
        return speedscope.speedscope(part)

    def as_dict(self) -> dict[str, Any]:
        """Plain, JSON-ready values."""
        return {
            "schema": _SCHEMA,
            "id": self.id,
            "work": self.work,
            "sentence": str(self.sentence()),
            "recipe": self.recipe,
            "environment": self.environment.as_dict(),
            "parts": [part.as_dict() for part in self.parts],
        }

    def to_json(self) -> str:
        """As :meth:`load` reads it again."""
        return json.dumps(self.as_dict(), separators=(",", ":"))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Profile:
        """A profile that was kept as JSON.

        Raises
        ------
        MeasurementError
            If the file is none.
        """
        try:
            values = json.loads(Path(path).read_text(encoding="utf-8"))
            return cls(
                values["id"],
                values["work"],
                values["recipe"],
                Environment.from_dict(values["environment"]),
                tuple(map(part_from, values["parts"])),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise MeasurementError(f"{os.fspath(path)} is no profile: {error}.") from error

    def html(self) -> str:
        """A page of its own, which loads nothing."""
        from perfkit.profiling.page import page

        return page(self)

    def _repr_html_(self) -> str:
        parts = []
        for part in self.parts:
            drawn = picture_of(part)
            parts.append(f'<p class="perfkit-sentence">{html.escape(tied(part.sentence()))}</p>')
            parts.append(drawn.svg if drawn else "")
            parts.append(body_of(part))
        return f'<div class="perfkit-profile"><style>{STYLE}</style>{"".join(parts)}</div>'

    def _ipython_display_(self) -> None:
        """Drawings and tables as outputs of their own: the report keeps each in its way."""
        from IPython.core import display_functions

        show: Callable[..., object] = display_functions.display
        for part in self.parts:
            drawn = picture_of(part)
            show(part.sentence() if drawn is None else drawn)
            show(Markup(f"<style>{STYLE}</style>{body_of(part)}"))


class Markup(str):
    """HTML that a notebook shows as it is."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)
