"""Files a second of a batch by workers and executor, and what a million files would take."""

from __future__ import annotations

import dataclasses
import os
import random
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from perfkit.batches.run import batch
from perfkit.bench import formatting
from perfkit.bench.documents import find_document
from perfkit.bench.formatting import Sentence
from perfkit.bench.html import Column, notes_list, table
from perfkit.bench.paired import Interval
from perfkit.bench.profile_choice import chosen
from perfkit.bench.progress import Progress
from perfkit.errors import MeasurementError, ParameterError
from perfkit.executors._choice import usable_cores

__all__ = ["BatchScaling", "Law", "Scaled", "measure_batch_scaling"]

_FEWEST_ROUNDS = 3
#: Two parts of a file's time are known from fewer, but nothing would tell that they are wrong.
_FEWEST_OF_A_LAW = 3
_CONFIDENCE = 0.95
_MILLION, _SECONDS_AN_HOUR, _MS = 1_000_000, 3600.0, 1000


class Law(NamedTuple):
    """Seconds a file with n workers: ``serial + parallel / n`` (G. M. Amdahl, 1967)."""

    serial: float
    parallel: float

    def seconds(self, workers: int) -> float:
        """A file's share of the whole batch's time."""
        return self.serial + self.parallel / workers

    @classmethod
    def fitted(cls, workers: Sequence[int], seconds: Sequence[float]) -> Law:
        """Least squares; neither part is below 0."""
        import numpy
        from scipy.optimize import nnls

        terms = numpy.array([[1.0, 1.0 / each] for each in workers])
        (serial, parallel), _ = nnls(terms, numpy.array(seconds))
        return cls(float(serial), float(parallel))


@dataclasses.dataclass(frozen=True)
class Scaled:
    """One executor: seconds a file by number of workers, one value a round, and its law.

    Attributes
    ----------
    executor : str
    seconds : dict
    cores : int or None
        Usable ones: more workers than those count for no law. None for any number.
    """

    executor: str
    seconds: dict[int, tuple[float, ...]]
    cores: int | None = None

    def rate(self, workers: int) -> Interval:
        """Files a second."""
        return _interval([1 / each for each in self.seconds[workers]])

    @property
    def law(self) -> Law | None:
        """Fitted to all rounds; None where fewer than three numbers of workers carry it."""
        fitted = [n for n in self.seconds if self.cores is None or n <= self.cores]
        if len(fitted) < _FEWEST_OF_A_LAW:
            return None
        pairs = [(n, each) for n in fitted for each in self.seconds[n]]
        return Law.fitted(*zip(*pairs, strict=True))

    def million_hours(self, workers: int) -> Interval:
        """Hours for a million files at the pace that was measured."""
        return _interval([_MILLION * each / _SECONDS_AN_HOUR for each in self.seconds[workers]])


@dataclasses.dataclass(frozen=True)
class BatchScaling:
    """What was measured.

    Attributes
    ----------
    folder : str
        Where the documents came from.
    files, pages : int
        Of each batch.
    cores : int
        Usable ones of this machine.
    executors : tuple of Scaled
    """

    folder: str
    files: int
    pages: int
    cores: int
    executors: tuple[Scaled, ...]

    def sentence(self) -> Sentence:
        """The conclusion in one sentence, computed, with its intervals."""
        best = self.executors[0]
        few, many = min(best.seconds), max(best.seconds)
        rate, hours = best.rate(many), best.million_hours(many)
        gain = statistics.fmean(
            one / other for one, other in zip(best.seconds[few], best.seconds[many], strict=True)
        )
        against = f", {gain:.2f} times as many as {few}" if many > few else ""
        pages = formatting.figure(self.pages / self.files, 2)
        return Sentence(
            f"{formatting.count(many, 'worker')} ({best.executor}) read "
            f"{formatting.bracketed(rate)} files of {pages} pages a second{against}: a million of "
            f"them in {formatting.bracketed(hours)} hours on this machine "
            f"({formatting.percent(rate.confidence)} intervals)."
        )

    def _repr_html_(self) -> str:
        columns = [
            Column("executor"),
            Column("workers", numeric=True),
            Column("files a second", numeric=True),
            Column("times as fast as one", numeric=True),
            Column("a million, hours", numeric=True),
        ]
        rows = []
        for each in self.executors:
            first = statistics.fmean(each.seconds[min(each.seconds)])
            for workers, seconds in each.seconds.items():
                rows.append(
                    [
                        each.executor,
                        str(workers),
                        formatting.bracketed(each.rate(workers)),
                        formatting.figure(first / statistics.fmean(seconds)),
                        formatting.bracketed(each.million_hours(workers)),
                    ]
                )
        laws = [_law_told(each) for each in self.executors]
        caption = f"Batches of {self.files} files, {self.pages} pages, on {self.cores} cores"
        return table(caption, columns, rows) + notes_list(laws)


def _law_told(scaled: Scaled) -> str:
    law = scaled.law
    if law is None:
        within = "" if scaled.cores is None else f" within the {scaled.cores} usable cores"
        return f"{scaled.executor}: no law; it takes three numbers of workers{within}."
    return (
        f"{scaled.executor}: {law.serial * _MS:.3g} ms a file in turn and "
        f"{law.parallel * _MS:.3g} ms shared by the workers (Amdahl's law)."
    )


def measure_batch_scaling(
    folder: str | os.PathLike[str] = "CS003837319.pdf",
    workers: Sequence[int] = (1, 2),
    executors: Sequence[str] = ("processes",),
    files: int = 0,
    rounds: int = 0,
    progress: bool = True,
    *,
    profile: str = "quick",
    seed: int = 0,
) -> BatchScaling:
    """Time whole batches, each into a fresh folder, in rounds of random order.

    Parameters
    ----------
    folder : path
        A folder of PDFs, or a PDF in a folder (a bare name is looked for in ``test_invoices``):
        all PDFs beside it are taken, again and again until there are ``files``.
    workers : sequence of int
        Numbers of workers, at least 1 each.
    executors : sequence of str
        ``"processes"``, ``"dask"`` (a cluster of as many processes on this machine).
    files, rounds : int
        Files of a batch, 0 for 60 (quick) or 300 (full); rounds, 3 at least, 0 for 3 or 9.
    progress : bool
        Whether to show what is being done.
    profile : {"quick", "full"}
    seed : int
        Of the order.

    Raises
    ------
    ParameterError
        If a number is too small.
    MeasurementError
        If batches of the same files do not end alike: their times would say nothing.
    """
    files = chosen(profile, files, quick=60, full=300)
    rounds = chosen(profile, rounds, quick=3, full=9)
    counts = sorted(set(workers))
    if not counts or counts[0] < 1 or files < 1 or rounds < _FEWEST_ROUNDS or not executors:
        raise ParameterError(
            "Give at least one executor, numbers of workers and files from 1, and 3 rounds."
        )
    place = Path(folder) if os.path.isdir(folder) else find_document(folder).parent
    arms = [(executor, count) for executor in executors for count in counts]
    seconds: dict[tuple[str, int], list[float]] = {arm: [] for arm in arms}
    chance = random.Random(seed)
    found = set()
    with tempfile.TemporaryDirectory(prefix="perfkit-scaling-") as made, Progress(progress) as show:
        inbox = _filled(Path(made) / "in", place, files)
        for number in range(rounds + 1):  # the first one warms up
            for executor, count in chance.sample(arms, len(arms)):
                show(f"{executor}, {count} workers", (number + 0.5) / (rounds + 1))
                out = Path(made) / "out"
                summary = batch(inbox, out, executor=executor, workers=count)
                shutil.rmtree(out)
                found.add((*sorted(summary.outcomes.items()), summary.items, summary.pages))
                if number:
                    seconds[executor, count].append(summary.seconds / files)
    if len(found) != 1:
        raise MeasurementError("Batches of the same files ended differently; nothing is shown.")
    cores = usable_cores()
    scaled = [
        Scaled(executor, {count: tuple(seconds[executor, count]) for count in counts}, cores)
        for executor in executors
    ]
    pages = found.pop()[-1]
    assert isinstance(pages, int)
    return BatchScaling(place.name, files, pages, cores, tuple(scaled))


def _filled(inbox: Path, place: Path, files: int) -> Path:
    inbox.mkdir()
    found = sorted(path for path in place.glob("*.pdf") if path.is_file())
    if not found:
        raise ParameterError(f"{place} holds no PDF.")
    for number in range(files):
        path = found[number % len(found)]
        shutil.copy(path, inbox / f"{number:06d}-{path.name}")
    return inbox


def _interval(values: Sequence[float]) -> Interval:
    """Mean of the rounds, by Student's t."""
    from scipy import stats

    mean = statistics.fmean(values)
    error = statistics.stdev(values) / len(values) ** 0.5
    half = float(stats.t.ppf((1 + _CONFIDENCE) / 2, len(values) - 1)) * error
    return Interval(mean, mean - half, mean + half, len(values), _CONFIDENCE)
