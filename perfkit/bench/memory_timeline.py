"""Memory of the process tree while a document is processed, sample by sample."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from perfkit.bench.documents import find_document
from perfkit.bench.formatting import Sentence, count, figure, mib
from perfkit.errors import DocumentNotFoundError, MeasurementError
from perfkit.recipe import Recipe
from perfkit.trackers.memory import peak_of_fresh_process, tree_memory_mb

__all__ = ["Follower", "MemoryTimeline", "Sample", "follow", "memory_timeline"]

#: Between two samples; each costs a walk over the tree's pages, a tenth of that or so.
_TICK_SECONDS = 0.004


@dataclasses.dataclass(frozen=True, slots=True)
class Sample:
    """Seconds since the document was begun, MiB of the tree, pages read by then."""

    seconds: float
    memory_mb: float
    pages: int


@dataclasses.dataclass(frozen=True, slots=True)
class MemoryTimeline:
    """Samples of one extraction in a fresh process that had only imported perfkit.

    Attributes
    ----------
    document : str
        File name.
    recipe : Recipe
    samples : tuple of Sample
        In order; the first is from before the document was opened.
    """

    document: str
    recipe: Recipe
    samples: tuple[Sample, ...]

    @property
    def before_mb(self) -> float:
        """MiB before the document was opened."""
        return self.samples[0].memory_mb

    @property
    def peak(self) -> Sample:
        """The sample of most memory."""
        return max(self.samples, key=lambda sample: sample.memory_mb)

    @property
    def pages(self) -> int:
        """Pages that were read."""
        return self.samples[-1].pages

    def sentence(self) -> Sentence:
        """The conclusion in one sentence, computed."""
        peak, last = self.peak, self.samples[-1]
        recipe = f"{self.recipe.engine}, {self.recipe.executor}"
        return Sentence(
            f"Reading the {count(self.pages, 'page')} of {self.document} ({recipe}) took memory "
            f"from {mib(self.before_mb)} to {mib(peak.memory_mb)} at most, "
            f"{figure(peak.seconds)} s after its start with {count(peak.pages, 'page')} read, and "
            f"left {mib(last.memory_mb)} ({count(len(self.samples), 'sample')})."
        )

    def __str__(self) -> str:
        return str(self.sentence())


def memory_timeline(
    document: str | os.PathLike[str], recipe: Recipe | None = None
) -> MemoryTimeline:
    """Follow the memory of one extraction, in a fresh process.

    Parameters
    ----------
    document : path
        A bare name is also looked for in ``test_invoices``.
    recipe : Recipe, optional

    Raises
    ------
    DocumentNotFoundError
        If there is no such document.
    MeasurementError
        If it fails there, or the platform has no source for the memory of a tree.
    """
    path = find_document(document)
    if not path.exists():
        raise DocumentNotFoundError(os.fspath(path))
    recipe = recipe or Recipe()
    with tempfile.TemporaryDirectory(prefix="perfkit-timeline-") as folder:
        marks = Path(folder) / "samples.json"
        fields = json.dumps(recipe.as_dict())
        peak_of_fresh_process(f"{__name__}:follow", [os.fspath(path), fields, str(marks)])
        samples = json.loads(marks.read_text(encoding="utf-8"))
    return MemoryTimeline(path.name, recipe, tuple(Sample(*each) for each in samples))


def follow(path: str, fields: str, marks: str) -> None:
    """What runs in the fresh process: one extraction beside a thread that samples."""
    follower = Follower()
    follower.start()
    from perfkit.pipeline import read

    with read(path, Recipe(**json.loads(fields))) as reading:
        follower.pages_done = lambda: reading.pages_done
        for _ in reading:
            pass
        follower.end()
    Path(marks).write_text(json.dumps(follower.samples), encoding="utf-8")


class Follower(threading.Thread):
    """Samples the tree's memory until it is ended: seconds, MiB, ``pages_done()`` by then."""

    def __init__(self) -> None:
        super().__init__(name="perfkit-timeline", daemon=True)
        self.samples: list[tuple[float, float, int]] = []
        self.pages_done: Callable[[], int] = int
        self._ended, self._begun = threading.Event(), time.perf_counter()
        self._error: MeasurementError | None = None
        self._sample()

    def _sample(self) -> None:
        now = time.perf_counter() - self._begun
        self.samples.append((now, tree_memory_mb(), self.pages_done()))

    def run(self) -> None:
        """Sample now and then."""
        try:
            while not self._ended.wait(_TICK_SECONDS):
                self._sample()
        except MeasurementError as error:
            self._error = error

    def end(self) -> None:
        """Take a last sample, and raise what went wrong."""
        self._ended.set()
        self.join()
        if self._error is not None:
            raise self._error
        self._sample()
