"""One run of a batch: which file is asked for next, and what became of each."""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from perfkit.batches._answer import is_answer
from perfkit.batches._journal import PREDICTION, Journal
from perfkit.batches.outcomes import ITEMS, outcome_of
from perfkit.batches.summary import BatchSummary
from perfkit.errors import (
    MissingExtraError,
    OutOfMemoryError,
    PageLostError,
    RecipeError,
    TimedOutError,
    WorkerHungError,
    WorkerLostError,
    WorkerMemoryError,
)
from perfkit.executors._outcome import Completed, unpack_error
from perfkit.model import SCHEMA_VERSION
from perfkit.recipe import Recipe
from perfkit.vendors.declaration import vendors_digest

__all__ = ["Progress", "Work"]

#: A file whose worker died is tried once more: something else may have killed it. So is one that
#: passed its deadline without having the processor: the machine was busy with other things.
_MOST_ATTEMPTS = 2

Progress = Callable[[BatchSummary, dict[str, Any]], None]


class _Try(NamedTuple):
    """A call: a file to read for the first or a later time.

    With ``lost``, the record of a file that took its worker with it, it is only to be digested,
    so that a second run knows it again. With ``found``, a worker's answer that does not agree
    with itself, the other engine is to have a look.
    """

    file: str
    attempt: int = 1
    lost: dict[str, Any] | None = None
    found: dict[str, Any] | None = None

    @property
    def purpose(self) -> str:
        """As the worker knows it."""
        return "digest" if self.lost else "compare" if self.found else "read"


class _Queue:
    """Calls, as workers ask for them: files to be tried again come before new ones."""

    def __init__(self, files: Iterable[str], call: Callable[[_Try], tuple[Any, ...]]) -> None:
        self._new = iter(files)
        self._call = call
        self._again: deque[_Try] = deque()
        #: What each call was for, by its place.
        self._asked: dict[int, _Try] = {}
        self._place = 0

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self

    def __next__(self) -> tuple[Any, ...]:
        each = self._again.popleft() if self._again else _Try(next(self._new))
        self._asked[self._place] = each
        self._place += 1
        return self._call(each)

    def taken(self, place: int) -> _Try:
        """What the call at a place was for; asked once."""
        return self._asked.pop(place)

    def again(self, each: _Try) -> None:
        """Make a call before all new ones."""
        self._again.append(each)


class Work:
    """One run over its files."""

    def __init__(
        self, files: list[str], journal: Journal, recipe: Recipe, progress: Progress | None
    ) -> None:
        self._journal, self._recipe, self._progress = journal, recipe, progress
        self._fields = recipe.with_(executor="inline").as_dict()
        self._highest_mb = 0.0
        #: Reads text as well; an engine that looks at pictures has none to compare with.
        self._other = {"pdfium": "pypdf", "pypdf": "pdfium"}.get(recipe.engine, "")
        self._other_fields = self._fields | {"engine": self._other}
        self._read_by, self._failed_by = _fingerprints(recipe)
        self._begun = time.monotonic()
        self.summary = BatchSummary(journal.folder, len(files))
        self.queue = _Queue(files, self._call)

    def _call(self, each: _Try) -> tuple[Any, ...]:
        if each.found is not None:
            return each.file, self._other_fields, None, each.purpose
        return each.file, self._fields, self._digest_before(each.file), each.purpose

    def _digest_before(self, file: str) -> str | None:
        known = self._journal.known.get(file)
        if known is None:
            return None
        ours = self._read_by if known.outcome == ITEMS else self._failed_by
        return known.sha256 if known.recipe == ours else None

    def take(self, ended: Completed) -> None:
        """One call has ended."""
        each = self.queue.taken(ended.place)
        error = ended.outcome.error
        if error is None and not is_answer(ended.outcome.value):
            error = WorkerLostError("The worker process gave an answer that makes no sense.")
        if error is None:
            self._answered(each, ended.outcome.value)
        elif isinstance(error, MissingExtraError | RecipeError):
            raise error  # nothing about this one document: the others would fail as well
        elif each.lost is not None:
            self._keep(each.lost)
        elif each.found is not None:
            self._read(each, each.found | self._not_compared(error))
        elif each.attempt < _MOST_ATTEMPTS and (type(error) is WorkerLostError or ended.starved):
            self.summary.retried += 1
            self.queue.again(each._replace(attempt=each.attempt + 1))
        else:
            self._lost(each, error, ended)

    def _answered(self, each: _Try, answer: dict[str, Any]) -> None:
        if each.lost is not None:
            seen = {name: answer[name] for name in ("sha256", "bytes")}
            self._keep(each.lost | seen)
        elif each.found is not None:
            self._compared(each, each.found, answer)
        elif self._other and "items_sha256" in answer and not answer["signs"]:
            self.queue.again(each._replace(found=answer))
        else:
            self._read(each, answer)

    def _not_compared(self, error: Exception) -> dict[str, Any]:
        """What it says of a document that the other engine took its worker with it."""
        if isinstance(error, WorkerHungError | WorkerMemoryError):
            return {"covered": False}  # it is the slower one, and needs more
        return {"signs": (f"the engine {self._other} could not read it ({error})",)}

    def _compared(self, each: _Try, found: dict[str, Any], other: dict[str, Any]) -> None:
        """A file whose evidence contradicts itself was read once more."""
        signs = []
        if "error" in other:
            signs.append(f"the engine {self._other} could not read it ({other['error'][0]})")
        elif other["sha256"] == found["sha256"]:
            if other["items_sha256"] != found["items_sha256"]:
                signs.append(f"the engine {self._other} reads other line items")
            if other["complaints"]:
                signs.append(f"the engine {self._other} had to repair it")
        self._read(each, found | {"signs": tuple(signs)})

    def _read(self, each: _Try, answer: dict[str, Any]) -> None:
        if answer.get("unchanged"):
            known = self._journal.known[each.file]
            self.summary.unchanged += 1
            self.summary.doubtful += known.doubtful
            self._count(known.outcome, {"file": each.file})
            return
        outcome, told = ITEMS, (None, None, None)
        if "error" in answer:
            told = answer["error"]
            outcome = outcome_of(unpack_error(told[0], ("", None, "", "")))
        record = {
            "file": each.file,
            "sha256": answer["sha256"],
            "bytes": answer["bytes"],
            "outcome": outcome,
            "error": told[0],
            "message": told[1],
            "page": told[2],
            "pages": answer["pages"],
            "items": answer.get("items"),
            "self_check": answer.get("score"),
            "seconds": round(answer["seconds"], 6),
            "peak_mb": answer["peak_mb"],
            "deadline_seconds": answer.get("deadline_seconds"),
            "attempts": each.attempt,
        }
        if outcome == ITEMS:
            signs = tuple(answer["signs"])
            covered = answer["covered"] and bool(self._other)
            record["integrity"] = "damaged" if signs else "sound" if covered else "unknown"
            record["damage"] = signs
            record["documents"] = answer["documents"]
            damage = [{"document": None, "kind": "damage", "message": sign} for sign in signs]
            record["doubtful"] = [*answer["doubtful"], *damage]
            self.summary.damaged += bool(signs)
            self.summary.doubtful += bool(record["doubtful"])
        self._keep(record, answer.get("result", ()))

    def _lost(self, each: _Try, error: Exception, ended: Completed) -> None:
        kinds: dict[type[Exception], type[PageLostError]] = {
            WorkerHungError: TimedOutError,
            WorkerMemoryError: OutOfMemoryError,
        }
        kind = kinds.get(type(error), PageLostError)
        told = (
            kind(each.file)
            if kind is not PageLostError
            else kind(each.file, problem=f"reading it was tried twice: {str(error).rstrip('.')}")
        )
        record = {
            "file": each.file,
            "sha256": None,
            "bytes": None,
            "outcome": outcome_of(told),
            "error": kind.__name__,
            "message": str(told),
            "page": None,
            "pages": None,
            "items": None,
            "self_check": None,
            "seconds": round(ended.seconds, 6),
            "peak_mb": ended.peak_mb or None,
            "deadline_seconds": None,
            "attempts": each.attempt,
        }
        self.queue.again(each._replace(lost=record))

    def _keep(self, record: dict[str, Any], result: Sequence[bytes] = ()) -> None:
        read = record["outcome"] == ITEMS
        record["engine"] = self._recipe.engine
        record["recipe"] = self._read_by if read else self._failed_by
        self._journal.add(record, result)
        self._highest_mb = max(self._highest_mb, record["peak_mb"] or 0.0)
        self.summary.items += record["items"] or 0
        self.summary.pages += record["pages"] or 0
        self.summary.bytes += record["bytes"] or 0
        self._count(record["outcome"], record)

    def _count(self, outcome: str, record: dict[str, Any]) -> None:
        self.summary.done += 1
        self.summary.count(outcome)
        self.summary.seconds = time.monotonic() - self._begun
        if self._progress is not None:
            self._progress(self.summary, record)

    def _judge_prediction(self) -> None:
        """Compare a dry run's words with what a whole first run took."""
        try:
            with open(self._journal.path(PREDICTION), encoding="utf-8") as file:
                told = json.load(file)
            said, low, high = (told[name] for name in ("seconds", "seconds_low", "seconds_high"))
        except (OSError, ValueError, KeyError, TypeError):
            return
        whole = self.summary.done == self.summary.files == told.get("files")
        if whole and not self.summary.unchanged and said > 0:
            took = self.summary.seconds
            told["seconds_off_percent"] = round(100 * (took / said - 1), 1)
            told["seconds_within"] = low <= took <= high
            told["worker_peak_mb_was"] = self._highest_mb
            self.summary.prediction = told

    def end(self) -> None:
        """Write the summary down."""
        self.summary.seconds = time.monotonic() - self._begun
        self._judge_prediction()
        text = json.dumps(self.summary.as_dict(), indent=2)
        self._journal.write("summary.json", text + "\n")


def _fingerprints(recipe: Recipe) -> tuple[str, str]:
    """Of what decides over items that were read, and of what decides over failures as well."""
    fields = recipe.as_dict()
    known = {"vendors": vendors_digest(recipe.layout), "schema_version": SCHEMA_VERSION}
    reading = {name: fields[name] for name in ("engine", "layout")} | known
    apart = ("executor", "workers", "chunk_pages", "stall_seconds", "max_memory_mb")
    limits = {name: value for name, value in fields.items() if name not in apart} | known
    return _digest(reading), _digest(limits)


def _digest(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]
