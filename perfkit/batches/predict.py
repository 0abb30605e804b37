"""What a batch will cost before it is run: a stratified sample of its files, really read.

All files (or 5,000 of them, picked at random) are opened for their page count, which is cheap; by
pages and bytes they fall into strata, of each of which some are read in full by as many workers as
the batch will have. The total is the strata's means times their sizes, its interval comes from
their variances (W. G. Cochran, Sampling Techniques, 3rd ed., 5.3 and 5.4).
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from perfkit.batches._executor import Calls, executor_of
from perfkit.batches._journal import PREDICTION
from perfkit.batches._sources import Source, find_files, sources_of
from perfkit.errors import BatchError
from perfkit.recipe import Recipe

__all__ = ["Prediction", "predict"]

_MOST_COUNTED = 5000
_STRATA_PAGES, _STRATA_BYTES = 4, 2
_LEAST_OF_STRATUM, _SAMPLE_SHARE, _MOST_SAMPLE = 6, 0.05, 240
_CONFIDENCE = 0.95
_SECONDS_AN_HOUR = 3600.0


@dataclasses.dataclass(frozen=True, slots=True)
class Prediction:
    """What a batch should cost, with an interval of 95 %.

    Attributes
    ----------
    files, sampled : int
        Files of the batch, and those that were read to know.
    workers : int
    seconds, seconds_low, seconds_high : float
        Wall time of the whole batch.
    pages : int
        Of all files, where some were left uncounted in proportion.
    worker_peak_mb, peak_mb : float or None
        Highest resident memory of one worker in the sample, and of all together (MiB).
    machine_cost : float or None
        At ``price_an_hour``, in its currency; None without one.
    sample_seconds : float
        What this prediction itself took.
    """

    files: int
    sampled: int
    workers: int
    seconds: float
    seconds_low: float
    seconds_high: float
    pages: int
    worker_peak_mb: float | None
    peak_mb: float | None
    machine_cost: float | None
    sample_seconds: float

    def __str__(self) -> str:
        cost = "" if self.machine_cost is None else f", {self.machine_cost:.4g} for the machine"
        memory = "" if self.peak_mb is None else f", {self.peak_mb:.0f} MiB for the workers"
        return (
            f"{self.files} files, {self.pages} pages: about {self.seconds:.1f} s with "
            f"{self.workers} workers ({self.seconds_low:.1f} to {self.seconds_high:.1f} s)"
            f"{memory}{cost}; {self.sampled} files were read in {self.sample_seconds:.1f} s to know"
        )


class _Seen(NamedTuple):
    file: str
    pages: int
    bytes: int


def predict(
    sources: Source | Sequence[Source],
    out: Source | None = None,
    recipe: Recipe = Recipe(),
    *,
    workers: int = 0,
    executor: str = "processes",
    price_an_hour: float | None = None,
    seed: int = 0,
    check: Callable[[], None] | None = None,
) -> Prediction:
    """Predict time, memory and money of a batch; nothing of it is kept but the prediction.

    Parameters
    ----------
    sources, out, recipe, workers, executor, check
        As for :func:`perfkit.batch`; into ``out`` goes ``prediction.json``, to which a batch
        there compares what it took.
    price_an_hour : float, optional
        Of the machine or cluster, in any currency.
    seed : int
        Of the sample.

    Raises
    ------
    BatchError, RecipeError, WorkersError
        As :func:`perfkit.batch`.
    """
    begun = time.monotonic()
    files = find_files(sources_of(sources))
    calls = executor_of(executor, recipe, workers, check)
    fields = recipe.with_(executor="inline").as_dict()
    chance = random.Random(seed)
    counted = files if len(files) <= _MOST_COUNTED else chance.sample(files, _MOST_COUNTED)
    seen = _count(calls, counted, fields)
    strata = _strata(seen)
    sizes = [len(stratum) * len(files) / len(seen) for stratum in strata]
    sample = [_pick(stratum, len(seen), chance) for stratum in strata]
    order = [each.file for chosen in sample for each in chosen]
    chance.shuffle(order)
    _read(calls, order[: calls.workers], fields)  # workers start, libraries are loaded
    wall = time.monotonic()
    took = _read(calls, order, fields)
    wall = time.monotonic() - wall
    by_stratum = [[took[each.file][0] for each in chosen] for chosen in sample]
    total, half = _total(by_stratum, sizes)
    # What workers wait for, and how unevenly they end, is in the sample as in the whole.
    scale = wall / max(sum(map(sum, by_stratum)), 1e-9)
    peaks = [peak for _, peak in took.values() if peak is not None]
    peak = max(peaks, default=None)
    found = Prediction(
        files=len(files),
        sampled=len(order),
        workers=calls.workers,
        seconds=total * scale,
        seconds_low=max(0.0, total - half) * scale,
        seconds_high=(total + half) * scale,
        pages=round(sum(each.pages for each in seen) * len(files) / len(seen)),
        worker_peak_mb=peak,
        peak_mb=None if peak is None else peak * calls.workers,
        machine_cost=None
        if price_an_hour is None
        else total * scale / _SECONDS_AN_HOUR * price_an_hour,
        sample_seconds=time.monotonic() - begun,
    )
    if out is not None:
        _keep(found, os.fspath(out))
    return found


def _count(calls: Calls, files: Sequence[str], fields: dict[str, Any]) -> list[_Seen]:
    """Pages and bytes of files; 0 of what cannot be opened."""
    seen: list[_Seen] = []
    for done in calls([(file, fields, None, "count") for file in files]):
        answer = done.outcome.value if done.outcome.error is None else {}
        pages, size = answer.get("pages") or 0, answer.get("bytes") or 0
        seen.append(_Seen(files[done.place], pages, size))
    return sorted(seen)


def _strata(seen: Sequence[_Seen]) -> list[list[_Seen]]:
    """Of equal numbers of files by pages, and each of these by bytes."""
    by_pages = _parts(sorted(seen, key=lambda each: (each.pages, each.bytes)), _STRATA_PAGES)
    return [
        part
        for some in by_pages
        for part in _parts(sorted(some, key=lambda each: each.bytes), _STRATA_BYTES)
    ]


def _parts(seen: list[_Seen], count: int) -> list[list[_Seen]]:
    edges = [round(k * len(seen) / count) for k in range(count + 1)]
    parts = [seen[first:last] for first, last in itertools.pairwise(edges)]
    return [part for part in parts if part]


def _pick(stratum: list[_Seen], whole: int, chance: random.Random) -> list[_Seen]:
    share = min(_SAMPLE_SHARE, _MOST_SAMPLE / whole)
    count = max(_LEAST_OF_STRATUM, math.ceil(share * len(stratum)))
    return chance.sample(stratum, min(count, len(stratum)))


def _read(
    calls: Calls, files: Sequence[str], fields: dict[str, Any]
) -> dict[str, tuple[float, float | None]]:
    """Seconds and peak (MiB) of each file."""
    took: dict[str, tuple[float, float | None]] = {}
    for done in calls([(file, fields, None) for file in files]):
        answer = done.outcome.value if done.outcome.error is None else {}
        peak = answer.get("peak_mb", done.peak_mb or None)
        took[files[done.place]] = done.seconds, peak
    return took


def _total(seconds: Sequence[Sequence[float]], sizes: Sequence[float]) -> tuple[float, float]:
    """Of all files together, and half the width of its interval."""
    total = variance = of_freedom = 0.0
    for some, size in zip(seconds, sizes, strict=True):
        total += size * statistics.fmean(some)
        if 1 < len(some) < size:
            part = size * (size - len(some)) * statistics.variance(some) / len(some)
            variance += part
            of_freedom += part**2 / (len(some) - 1)
    if not variance:
        return total, 0.0
    return total, _quantile_of_t(variance**2 / of_freedom) * math.sqrt(variance)


def _quantile_of_t(freedom: float) -> float:
    """Student's t for the interval (Abramowitz and Stegun, 26.7.5, two terms)."""
    z = statistics.NormalDist().inv_cdf((1 + _CONFIDENCE) / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + first / freedom + second / freedom**2


def _keep(found: Prediction, folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, PREDICTION), "w", encoding="utf-8") as file:
            json.dump(dataclasses.asdict(found), file, indent=2)
    except OSError as error:
        raise BatchError(f"{folder} cannot be written: {error.strerror or error}.") from error
