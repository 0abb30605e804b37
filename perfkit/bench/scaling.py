"""How speed grows with the number of workers: efficiency, serial share, law, best number."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from perfkit.bench.formatting import Sentence
from perfkit.bench.paired import RULES, Interval, PairedRules, log_ratio
from perfkit.bench.scaling_laws import FEWEST_FOR_AMDAHL, FEWEST_FOR_USL, Law, fit, karp_flatt
from perfkit.errors import MeasurementError

if TYPE_CHECKING:
    import numpy as np
    import pandas
    from numpy.typing import NDArray


__all__ = ["Level", "Optimum", "Scaling", "scaling_of"]

#: The optimum is never told further out than so many times the largest number measured.
FURTHEST = 1.5
#: Resamples of the rounds, and the confidence of what they give.
RESAMPLES, BOOTSTRAP_CONFIDENCE = 500, 0.95


@dataclasses.dataclass(frozen=True, slots=True)
class Level:
    """One number of workers.

    Attributes
    ----------
    workers : int
    seconds : float
        Median of a run.
    speedup : Interval
        Times as fast as without workers, paired round by round.
    oversubscribed : bool
        More workers than usable cores.
    """

    workers: int
    seconds: float
    speedup: Interval
    oversubscribed: bool

    @property
    def efficiency(self) -> float:
        """Speed-up a worker, 1 is ideal."""
        return self.speedup.value / self.workers

    @property
    def serial_share(self) -> Interval | None:
        """Karp-Flatt's serial share with its interval; None for one worker."""
        if self.workers == 1:
            return None
        value, low, high = (
            karp_flatt(each, self.workers)
            for each in (self.speedup.value, self.speedup.high, self.speedup.low)
        )
        return dataclasses.replace(self.speedup, value=value, low=low, high=high)


@dataclasses.dataclass(frozen=True, slots=True)
class Optimum:
    """The number of workers that gives the highest speed, by the fitted law.

    ``value`` is None where it lies beyond ``limit``, 1.5 times the largest number measured;
    the interval never goes further either.
    """

    value: float | None
    low: float
    high: float
    limit: float


@dataclasses.dataclass(frozen=True)
class Scaling:
    """Speed by number of workers. Made by :func:`scaling_of`, from a sweep by
    :func:`perfkit.bench.scaling_of_sweep.scaling_from`.

    Attributes
    ----------
    levels : tuple of Level
        By number of workers.
    cores : float
        Usable by the process that was measured.
    cpu_bound : bool
        Whether more workers than cores can't help; the law is then fitted up to the cores.
    law : Law or None
        USL from five fitted levels, Amdahl's from three; fewer carry none.
    contention, coherence : Interval or None
        Of the law's parameters, by bootstrap of the rounds.
    optimum : Optimum or None
        None without coherence in the law.
    sequential : str
        What the speed-up is held against.
    subject : str
        What was processed.
    """

    levels: tuple[Level, ...]
    cores: float
    cpu_bound: bool
    law: Law | None
    contention: Interval | None
    coherence: Interval | None
    optimum: Optimum | None
    sequential: str = "one worker"
    subject: str = "the work"

    @cached_property
    def fitted(self) -> tuple[Level, ...]:
        """Levels that a law may be fitted to."""
        return tuple(of for of in self.levels if not (self.cpu_bound and of.oversubscribed))

    @property
    def law_name(self) -> str:
        """Of the fitted law; empty without one."""
        if self.law is None:
            return ""
        many = len(self.fitted) >= FEWEST_FOR_USL
        return "Universal Scalability Law" if many else "Amdahl's law"

    @property
    def fastest(self) -> Level:
        """The level with the highest speed-up."""
        return max(self.levels, key=lambda level: level.speedup.value)

    def sentence(self) -> Sentence:
        """The conclusion in one sentence, computed, with its interval."""
        from perfkit.bench.scaling_wording import sentence

        return sentence(self)

    def notes(self) -> tuple[str, ...]:
        """What a reader must know before believing the figures."""
        from perfkit.bench.scaling_wording import notes

        return notes(self)

    def frame(self) -> pandas.DataFrame:
        """One row a level.

        Columns
        -------
        workers : int
        seconds : float
            Median of a run.
        speedup, speedup_low, speedup_high : float
        efficiency : float
            Speed-up a worker.
        serial_share, serial_share_low, serial_share_high : float
            Karp-Flatt; none for one worker.
        law_speedup : float
            What the fitted law says; none without one.
        oversubscribed : bool

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        from perfkit.bench.scaling_wording import frame

        return frame(self)

    def _repr_html_(self) -> str:
        from perfkit.bench.scaling_wording import as_html

        return as_html(self)

    def __str__(self) -> str:
        return str(self.sentence())


def scaling_of(
    seconds: Mapping[int, Sequence[float]],
    *,
    cores: float,
    sequential: Sequence[float] | None = None,
    sequential_name: str = "one worker",
    subject: str = "the work",
    cpu_bound: bool = True,
    rules: PairedRules = RULES,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Scaling:
    """Speed-up, law and optimum from times that were taken in interleaved rounds.

    Parameters
    ----------
    seconds : mapping of int to sequence of float
        Times by number of workers; place i of each was taken in round i.
    cores : float
        Usable cores.
    sequential : sequence of float, optional
        Times of the same rounds without workers; by default those of one worker.
    sequential_name, subject : str
        What they are called in sentences.
    cpu_bound : bool
        False lets the law use levels with more workers than cores.
    rules : PairedRules
        Of the intervals of speed-ups.
    resamples : int
        Of the rounds, for the intervals of the law.
    seed : int
        Of the resamples.

    Raises
    ------
    MeasurementError
        If there are fewer than two levels, none for one worker to compare with, or times
        that do not pair.
    """
    base = seconds.get(1) if sequential is None else sequential
    if base is None or len(seconds) < (2 if sequential is None else 1):
        raise MeasurementError(
            "Scaling needs times of one worker (or sequential ones) and of another number."
        )
    levels = tuple(
        Level(
            workers,
            sorted(times)[len(times) // 2],
            log_ratio(times, base, rules).inverse(),
            workers > cores,
        )
        for workers, times in sorted(seconds.items())
    )
    plain = Scaling(levels, cores, cpu_bound, None, None, None, None, sequential_name, subject)
    numbers = [level.workers for level in plain.fitted]
    if len(numbers) < FEWEST_FOR_AMDAHL:
        return plain
    return _with_law(plain, [list(seconds[n]) for n in numbers], list(base), rules, resamples, seed)


def _with_law(
    plain: Scaling,
    times: list[list[float]],
    base: list[float],
    rules: PairedRules,
    resamples: int,
    seed: int,
) -> Scaling:
    import numpy as np

    numbers = [level.workers for level in plain.fitted]
    usl = len(numbers) >= FEWEST_FOR_USL
    logs = np.log(np.asarray(base)) - np.log(np.asarray(times))  # level x round
    law = fit(numbers, _centres(logs, rules).tolist(), coherence=usl)
    draw = np.random.default_rng(seed)
    rounds = logs.shape[1]
    laws = [
        fit(numbers, _centres(logs[:, chosen], rules).tolist(), coherence=usl)
        for chosen in draw.integers(0, rounds, size=(resamples, rounds))
    ]
    return dataclasses.replace(
        plain,
        law=law,
        contention=_interval(law.contention, [of.contention for of in laws], rounds),
        coherence=_interval(law.coherence, [of.coherence for of in laws], rounds) if usl else None,
        optimum=_optimum(law, laws, FURTHEST * max(numbers)) if usl else None,
    )


def _centres(logs: NDArray[np.float64], rules: PairedRules) -> NDArray[np.float64]:
    """Trimmed mean of each row."""
    import numpy as np

    ordered = np.sort(logs, axis=1)
    cut = int(rules.cut * logs.shape[1])
    centres: NDArray[np.float64] = ordered[:, cut : logs.shape[1] - cut].mean(axis=1)
    return centres


def _interval(value: float, found: list[float], rounds: int) -> Interval:
    low, high = _ends(found)
    return Interval(value, min(low, value), max(high, value), rounds, BOOTSTRAP_CONFIDENCE)


def _ends(found: list[float]) -> tuple[float, float]:
    ordered = sorted(found)
    cut = math.floor((1 - BOOTSTRAP_CONFIDENCE) / 2 * len(ordered))
    return ordered[cut], ordered[-1 - cut]


def _optimum(law: Law, laws: list[Law], limit: float) -> Optimum:
    low, high = _ends([min(of.optimum, limit) for of in laws])
    best = law.optimum
    inside = min(best, limit)
    return Optimum(best if best <= limit else None, min(low, inside), max(high, inside), limit)
