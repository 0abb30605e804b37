"""Requests for documents over time: drawn from a model, or read from a log."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import math
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from perfkit.errors import MeasurementError, MissingExtraError, ParameterError
from perfkit.nearest import did_you_mean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["KINDS", "Trace", "draw_trace", "read_trace"]

#: What :func:`draw_trace` draws.
KINDS = ("steady", "bursts", "drift")

#: A burst: an object's requests come in spells that last this share of the trace, and it is
#: silent between them for so many times as long.
_SPELL_SHARE, _SILENCE = 0.02, 9
#: Drift: how many times over the trace the whole order of popularity has been turned round.
_TURNS = 2.0


@dataclasses.dataclass(frozen=True, eq=False)
class Trace:
    """Requests in the order they came.

    Attributes
    ----------
    times : array of shape (requests,)
        Seconds, never falling.
    documents : array of shape (requests,)
        Whole numbers from 0 to below ``distinct``.
    distinct : int
        Documents that there are.
    name : str
        What it is, for titles.
    """

    times: NDArray[np.float64]
    documents: NDArray[np.int64]
    distinct: int
    name: str

    def __len__(self) -> int:
        return len(self.times)

    @property
    def seconds(self) -> float:
        """From the first request to the last."""
        return float(self.times[-1] - self.times[0])

    @property
    def asked(self) -> int:
        """Documents that were asked for at least once."""
        return len(set(self.documents.tolist()))


def draw_trace(
    kind: str = "steady",
    *,
    documents: int = 1000,
    requests: int = 100_000,
    requests_per_hour: float = 360.0,
    exponent: float = 0.9,
    seed: int = 0,
) -> Trace:
    """Requests of a model.

    The documents' popularity is Zipf's, ``1 / rank ** exponent``; all requests together are a
    Poisson process of a mean rate, so that each document's are one too.

    Parameters
    ----------
    kind : {"steady", "bursts", "drift"}
        ``bursts``: a document is asked for in spells, a tenth of the time. ``drift``: what is
        popular changes all the while. Both depart from what theory assumes.
    documents, requests : int
    requests_per_hour : float
        Mean rate of all together.
    exponent : float
        0 is the same popularity for all; 0.6 to 1.1 was seen on web servers.
    seed : int

    Raises
    ------
    ParameterError
        If there is no such kind, or a number is not above 0.
    MissingExtraError
        If numpy is not installed.
    """
    if kind not in KINDS:
        raise ParameterError(f"There is no kind of trace {kind!r}{did_you_mean(kind, KINDS)}")
    for name, value in (
        ("documents", documents),
        ("requests", requests),
        ("requests_per_hour", requests_per_hour),
    ):
        if not value > 0:
            raise ParameterError(f"{name} must be above 0, not {value!r}.")
    if not exponent >= 0:
        raise ParameterError(f"exponent must be 0 or above, not {exponent!r}.")
    np = _numpy()
    draw = np.random.default_rng(seed)
    times = np.cumsum(draw.exponential(3600.0 / requests_per_hour, requests))
    weights = 1.0 / np.arange(1, documents + 1) ** exponent
    if kind == "bursts":
        chosen = _bursts(draw, times, weights)
    else:
        ranks = draw.choice(documents, size=requests, p=weights / weights.sum())
        moved = np.zeros(requests)
        if kind == "drift":
            moved = times / times[-1] * _TURNS * documents
        chosen = (ranks + moved.astype(np.int64)) % documents
    name = f"{kind} requests, {documents:,} documents, Zipf exponent {exponent:g}"
    return Trace(times, chosen.astype(np.int64), documents, name)


def _bursts(
    draw: np.random.Generator, times: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Spells: at any time about a tenth of the documents is asked for, by popularity."""
    import numpy as np

    spell = _SPELL_SHARE * times[-1]
    cycle = spell * (1 + _SILENCE)
    shift = draw.uniform(0, cycle, len(weights))
    chosen = np.empty(len(times), dtype=np.int64)
    # The popularity of a stretch of time that is short beside a spell does not change.
    edges = np.arange(0.0, times[-1] + spell / 4, spell / 4)
    starts = np.searchsorted(times, edges)
    for begin, end, now in zip(starts, starts[1:], edges, strict=False):
        awake = (now + shift) % cycle < spell
        shares = np.where(awake, weights, 0.0) if awake.any() else weights
        chosen[begin:end] = draw.choice(len(weights), size=end - begin, p=shares / shares.sum())
    rest = starts[-1]
    chosen[rest:] = draw.choice(len(weights), size=len(times) - rest, p=weights / weights.sum())
    return chosen


def read_trace(path: str | os.PathLike[str]) -> Trace:
    """Requests of a CSV file with the columns ``time`` and ``document``.

    A time is a number of seconds, or a date and time as ISO 8601 writes it
    (``2026-11-24T08:15:00``). Lines need not be in order.

    Raises
    ------
    MeasurementError
        If the file cannot be read, has no such columns, or a line makes no sense; the message
        names the file and the line.
    """
    where = os.fspath(path)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(_rows(csv.reader(file), where))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MeasurementError(f"{where} cannot be read as CSV: {error}.") from error
    if not rows:
        raise MeasurementError(f"{where} holds no request: give lines of time,document.")
    rows.sort(key=lambda row: row[0])
    np = _numpy()
    numbers: dict[str, int] = {}
    documents = [numbers.setdefault(name, len(numbers)) for _, name in rows]
    times = np.asarray([time for time, _ in rows])
    name = f"{os.path.basename(where)}, {len(numbers):,} documents"
    return Trace(times - times[0], np.asarray(documents, dtype=np.int64), len(numbers), name)


def _rows(lines: Iterator[list[str]], where: str) -> Iterator[tuple[float, str]]:
    head = [cell.strip().lower() for cell in next(lines, [])]
    if not {"time", "document"} <= set(head):
        raise MeasurementError(
            f"{where}: the first line has to name the columns time and document, not "
            f"{', '.join(head) or 'nothing'}."
        )
    time, document = head.index("time"), head.index("document")
    for number, cells in enumerate(lines, 2):
        if not any(cells):
            continue
        if len(cells) <= max(time, document) or not cells[document].strip():
            raise MeasurementError(f"{where}, line {number}: there is no document.")
        yield _seconds(cells[time].strip(), where, number), cells[document].strip()


def _seconds(text: str, where: str, number: int) -> float:
    try:
        found = float(text)
    except ValueError:
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError as error:
            raise MeasurementError(
                f"{where}, line {number}: {text!r} is no time; give seconds, or a date and time "
                "such as 2026-11-24T08:15:00."
            ) from error
        if moment.tzinfo is None:  # all lines alike, so that any zone will do
            moment = moment.replace(tzinfo=datetime.UTC)
        found = moment.timestamp()
    if not math.isfinite(found):
        raise MeasurementError(f"{where}, line {number}: {text!r} is no time.")
    return found


def _numpy() -> Any:
    try:
        import numpy
    except ImportError as error:
        raise MissingExtraError("numpy", "workbench", "A trace") from error
    return numpy
