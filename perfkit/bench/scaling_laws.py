"""Laws of scalability, fitted to times by number of workers.

Universal Scalability Law: ``X(N) = g N / (1 + s (N - 1) + k N (N - 1))`` (Gunther 2007,
*Guerrilla Capacity Planning*); with ``k = 0`` it is Amdahl's (1967), ``s`` the serial share.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from perfkit.errors import MissingExtraError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FEWEST_FOR_AMDAHL", "FEWEST_FOR_USL", "Law", "fit", "karp_flatt"]

#: So many levels are needed for one parameter beside the pace, and for two.
FEWEST_FOR_AMDAHL, FEWEST_FOR_USL = 3, 5

_STEPS, _HALVINGS = 60, 30
_TINY = 1e-12


@dataclasses.dataclass(frozen=True, slots=True)
class Law:
    """A fitted law.

    Attributes
    ----------
    pace : float
        Speed with one worker, in the unit of the speeds it was fitted to.
    contention : float
        s, 0 to 1: what workers wait for each other, Amdahl's serial share.
    coherence : float
        k, 0 to 1: what each pair of workers costs; 0 in Amdahl's law.
    """

    pace: float
    contention: float
    coherence: float = 0.0

    def speed(self, workers: float) -> float:
        """X(N)."""
        waits = 1 + self.contention * (workers - 1) + self.coherence * workers * (workers - 1)
        return self.pace * workers / waits

    @property
    def optimum(self) -> float:
        """Workers that give the highest speed, sqrt((1 - s) / k); infinite where k is 0."""
        if self.coherence == 0:
            return math.inf
        return max(1.0, math.sqrt((1 - self.contention) / self.coherence))


def karp_flatt(speedup: float, workers: int) -> float:
    """Serial share that a speed-up betrays (Karp and Flatt 1990, CACM 33, 539-543)."""
    return (1 / speedup - 1 / workers) / (1 - 1 / workers)


def fit(workers: Sequence[int], log_speeds: Sequence[float], *, coherence: bool) -> Law:
    """Least squares of the logarithm of speed, with 0 <= s, k <= 1.

    N / X is linear in three rates that must not be negative: that of N (s = 1), of 1 (s = 0)
    and of N (N - 1). So each Gauss-Newton step is a non-negative linear problem, and the
    bounds hold of themselves.

    Parameters
    ----------
    workers : sequence of int
        Levels, each once.
    log_speeds : sequence of float
        Logarithm of the speed at each.
    coherence : bool
        False fits Amdahl's law.

    Raises
    ------
    MissingExtraError
        If scipy is not installed.
    """
    try:
        import numpy as np
        from scipy.optimize import nnls
    except ImportError as error:
        raise MissingExtraError("scipy", "workbench", "A fitted law") from error

    n = np.asarray(workers, dtype=float)
    wanted = np.log(n) - np.asarray(log_speeds, dtype=float)  # of N / X
    columns = [n, np.ones_like(n)]
    if coherence:
        columns.append(n * (n - 1))
    design = np.stack(columns, axis=1)
    rates = np.full(len(columns), math.exp(float(wanted.mean())) / design.sum(axis=1).mean())
    off = _off(design, rates, wanted)
    for _ in range(_STEPS):
        shape = design @ rates
        aim = nnls(design / shape[:, None], 1 - np.log(shape) + wanted)[0]
        # A step that goes too far is halved.
        tries = (rates + (aim - rates) / 2**halved for halved in range(_HALVINGS))
        better = next((to for to in tries if _off(design, to, wanted) < off), None)
        if better is None:
            break
        rates, before, off = better, off, _off(design, better, wanted)
        if before - off <= _TINY * before:
            break
    serial, parallel, *pairs = (float(rate) for rate in rates)
    whole = serial + parallel
    if whole <= 0:
        return Law(1 / pairs[0], 1.0, 1.0)
    return Law(1 / whole, serial / whole, min(1.0, pairs[0] / whole) if pairs else 0.0)


def _off(
    design: NDArray[np.float64], rates: NDArray[np.float64], wanted: NDArray[np.float64]
) -> float:
    """Sum of squares; infinite where a speed would not be above 0."""
    import numpy as np

    shape = design @ rates
    if not (shape > 0).all():
        return math.inf
    return float(((np.log(shape) - wanted) ** 2).sum())
