"""What a batch has come to: outcomes by kind, and how fast it went."""

from __future__ import annotations

import dataclasses
from typing import Any

from perfkit.batches.outcomes import OUTCOMES

__all__ = ["BatchSummary"]


@dataclasses.dataclass(slots=True)
class BatchSummary:
    """A batch while it runs, and after.

    Attributes
    ----------
    folder : str
        Where results and manifest are.
    files : int
        Files of the batch, each once.
    done, unchanged : int
        Files finished by this run; of these, those that an earlier run had read already.
    outcomes : dict of str to int
        Of all files that are finished, by kind; see :data:`perfkit.batches.outcomes.OUTCOMES`.
    doubtful : int
        Files with a doubtful document, or signs of damage, unchanged ones included; the
        manifest has the reasons.
    damaged : int
        Files read by this run whose text may have been changed by damage.
    retried : int
        Files whose worker died and which were tried once more.
    items, pages, bytes : int
        Line items, pages and bytes read by this run.
    seconds : float
        Of this run so far.
    interrupted : bool
        Whether it was broken off; a second run does the rest.
    prediction : dict, optional
        What a dry run had said (see :class:`perfkit.batches.predict.Prediction`), how far off it
        was (``seconds_off_percent``), and whether the time was within its interval.
    """

    folder: str
    files: int
    done: int = 0
    unchanged: int = 0
    outcomes: dict[str, int] = dataclasses.field(default_factory=dict)
    doubtful: int = 0
    damaged: int = 0
    retried: int = 0
    items: int = 0
    pages: int = 0
    bytes: int = 0
    seconds: float = 0.0
    interrupted: bool = False
    prediction: dict[str, Any] | None = None

    @property
    def rate(self) -> float:
        """Files a second of this run; 0 while none is done."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the rate so far; None while there is none."""
        return (self.files - self.done) / self.rate if self.rate else None

    def count(self, outcome: str) -> None:
        """One more file has ended so."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def as_dict(self) -> dict[str, Any]:
        """Plain values, outcomes in their usual order."""
        fields = dataclasses.asdict(self)
        fields["outcomes"] = {
            name: self.outcomes[name] for name in OUTCOMES if name in self.outcomes
        }
        return {**fields, "files_a_second": self.rate}

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {name}" for name, count in self.as_dict()["outcomes"].items())
        rest = f"; {self.unchanged} unchanged since an earlier run" if self.unchanged else ""
        rest += f"; {self.doubtful} doubtful, see the manifest" if self.doubtful else ""
        return (
            f"{self.done} of {self.files} files in {self.seconds:.1f} s "
            f"({self.rate:.1f} a second): {kinds or 'nothing done'}{rest}"
        )
