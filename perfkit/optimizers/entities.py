"""ParallelEntityProcessor: entities to normalised values, in one process or several."""

from __future__ import annotations

import marshal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

from perfkit.errors import ParameterError, WorkersError
from perfkit.executors import processes
from perfkit.executors._choice import usable_cores
from perfkit.optimizers._entity_reading import Plain, plain_entity
from perfkit.optimizers._entity_values import as_result, normalise, normalise_all

__all__ = ["EntityRun", "ParallelEntityProcessor"]

_WORK = "perfkit.optimizers._entity_values:normalise_all"
#: The first entities are done here and timed, in so many lots of so many.
_LOTS, _LOT = 8, 8
#: Start to first answer of workers that are not there yet, until it was measured once.
_START_SECONDS = 0.15
#: Several processes are chosen where they promise at most so much of the time of one.
_WORTH = 0.85
#: Entities handed over at once: enough to make the handing over cheap, and several a worker.
_FEWEST_A_CALL, _MOST_A_CALL, _CALLS_A_WORKER = 64, 1024, 8


class EntityRun(NamedTuple):
    """How the last list of entities was processed.

    Attributes
    ----------
    executor : str
        ``"inline"`` or ``"processes"``.
    workers : int
        Worker processes asked for; 1 where it ran inline.
    entities : int
        Entities processed.
    reason : str
        Why this executor, with the figures that were measured.
    """

    executor: str
    workers: int
    entities: int
    reason: str


class _Costs(NamedTuple):
    """Seconds an entity: what stays in this process, what may leave it, and the way there."""

    stays: float
    work: float
    way: float


class _Start:
    """What the workers' start costs, and what was lost so far by not having started them."""

    seconds = _START_SECONDS
    forgone_seconds = 0.0


class ParallelEntityProcessor:
    """Entities of a document as normalised values: codes, UPCs, quantities, money, dates.

    Takes Document AI entities (proto-plus objects or their protobuf), and dicts with ``type``
    and ``mention_text`` (or ``text``) and, if any, ``properties`` of the same form. An entity
    of type ``line_item`` is read as a row, its properties first and its text for the rest; any
    other by its type (``invoice_id``, ``*_date``, ``*_amount``, ...), else as text.

    Each result is a dict:

    - ``type``, ``mention_text`` as they were given;
    - ``normalised``: whether it could be (a row: whether it has a product code);
    - ``problem``: what is wrong with it in words, or None;
    - of a row ``product_code``; ``upc``, None unless its check digit is right; ``description``;
      ``quantities`` in the order of the page, whose columns only a layout can tell apart, and
      ``quantity``, the one that unit price and amount prove; ``unit``; ``list_price``,
      ``unit_price``, ``amount`` as decimal strings;
    - of others ``value``: a date in ISO form, a decimal string, an identifier or a text.

    Attributes
    ----------
    last_run : EntityRun or None
        How the last list was processed, and why so.

    >>> entities = [{"type": "line_item", "mention_text": "XS9482 12 0 0 12 each 3.50 2.80 33.60"}]
    >>> [row] = ParallelEntityProcessor().process_entities_parallel(entities)
    >>> row["product_code"], row["quantity"], row["amount"]
    ('XS9482', 12, '33.60')
    """

    def __init__(self) -> None:
        self.last_run: EntityRun | None = None

    def process_entities_sequential(self, entities: Iterable[object]) -> list[dict[str, Any]]:
        """One result an entity, in their order; see the class for its keys.

        An entity that cannot be normalised gives a result that says so, and no error.
        """
        results = [_process(entity) for entity in entities]
        self.last_run = EntityRun("inline", 1, len(results), "sequential processing was asked for")
        return results

    def process_entities_parallel(
        self, entities: Iterable[object], max_workers: int = 4
    ) -> list[dict[str, Any]]:
        """The same results, from several processes where that is quicker.

        The first entities are processed here and timed. What their work and their handing over
        cost then says whether processes pay for the rest; where they do not, or there are none,
        it is processed here as well. :attr:`last_run` says which it was and why.

        Parameters
        ----------
        max_workers : int
            Worker processes at most; more than the cores that may be used are not started.

        Raises
        ------
        ParameterError
            If ``max_workers`` is less than 1.
        """
        if max_workers < 1:
            raise ParameterError(f"max_workers is {max_workers}; give 1 or more.")
        given = list(entities)
        results, costs = _sample(given[: _LOTS * _LOT])
        rest = given[len(results) :]
        workers = min(max_workers, usable_cores(), max(1, len(rest) // _FEWEST_A_CALL))
        reason = self._why_not(costs, len(rest), workers, max_workers)
        if reason is None:
            try:
                reason = self._in_processes(rest, results, workers, costs)
                self.last_run = EntityRun("processes", workers, len(given), reason)
            except WorkersError as error:
                reason = f"no worker processes can be had: {error}"
            else:
                return results
        results += [_process(entity) for entity in rest]
        self.last_run = EntityRun("inline", 1, len(given), reason)
        return results

    def _why_not(self, costs: _Costs, rest: int, workers: int, most: int) -> str | None:
        """Why processes do not pay; None where they do."""
        if most == 1 or usable_cores() == 1:
            return "one worker is no gain" if most == 1 else "there is one core to run on"
        if workers == 1:
            return f"{rest} entities beyond the sample are too few to share out"
        here = (costs.stays + costs.work) * rest
        # All cores share the work and the way; reading and results stay with one of them.
        ours = (costs.stays + costs.way / 2) * rest
        there = max(ours, (costs.stays + costs.work + costs.way) * rest / workers)
        if there <= _WORTH * here:
            lost = here - there
            if processes.is_warm() or _Start.forgone_seconds + lost >= _Start.seconds:
                return None
            # Started once what they would have saved by now outweighs their start.
            _Start.forgone_seconds += lost
            there += _Start.seconds
        return f"{_told(costs)}: {rest} entities would take {_ms(here)} here, {_ms(there)} there"

    def _in_processes(
        self, rest: list[object], results: list[dict[str, Any]], workers: int, costs: _Costs
    ) -> str:
        if not processes.is_warm():
            started = time.perf_counter()
            processes.warm(workers)
            _Start.seconds = time.perf_counter() - started
        size = len(rest) // (workers * _CALLS_A_WORKER)
        size = max(_FEWEST_A_CALL, min(_MOST_A_CALL, size))
        lost = 0
        sent: deque[list[Plain]] = deque()
        outcomes = processes.ordered_map(_WORK, _calls(rest, size, sent), workers=workers)
        done: list[dict[str, Any]] = []
        for outcome in outcomes:
            lot = sent.popleft()
            # The work has no side effects: what a lost worker had is simply done here.
            lost += outcome.error is not None
            values = outcome.value if outcome.error is None else normalise_all(lot)
            done += map(as_result, lot, values)
        results += done
        told = f"{_told(costs)}, which pays for {len(rest)} entities"
        return told + (f"; {lost} calls of lost workers were repeated here" if lost else "")


def _process(entity: object) -> dict[str, Any]:
    plain = plain_entity(entity)
    return as_result(plain, normalise(plain))


def _calls(
    entities: list[object], size: int, sent: deque[list[Plain]]
) -> Iterator[tuple[list[Plain]]]:
    """The entities in lots, which are kept in ``sent`` for when their values come back."""
    for first in range(0, len(entities), size):
        lot = [plain_entity(entity) for entity in entities[first : first + size]]
        sent.append(lot)
        yield (lot,)


def _sample(entities: list[object]) -> tuple[list[dict[str, Any]], _Costs]:
    """The results of the first entities, and what they cost: the median of several lots."""
    results: list[dict[str, Any]] = []
    stays, work, way = [0.0], [0.0], [0.0]
    clock = time.perf_counter
    for first in range(0, len(entities), _LOT):
        marks = [clock()]
        lot = [plain_entity(entity) for entity in entities[first : first + _LOT]]
        marks.append(clock())
        values = normalise_all(lot)
        marks.append(clock())
        results += map(as_result, lot, values)
        marks.append(clock())
        marshal.loads(marshal.dumps(lot))
        marshal.loads(marshal.dumps(values))
        marks.append(clock())
        read, worked, told, went = (after - before for before, after in pairwise(marks))
        stays.append((read + told) / len(lot))
        work.append(worked / len(lot))
        way.append(went / len(lot))
    return results, _Costs(median(stays), median(work), median(way))


def _told(costs: _Costs) -> str:
    there, way = costs.work * 1e6, costs.way * 1e6
    return f"an entity takes {there:.1f} µs of work, which moves for {way:.1f} µs"


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms"
