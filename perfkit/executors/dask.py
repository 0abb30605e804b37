"""dask: calls run on the workers of a dask cluster, on this machine or on many.

There each call is handed on to a supervised worker process (:mod:`perfkit.executors.processes`)
with its limits, so that no document can end the dask worker itself. A dask worker that is lost all
the same has its calls given to others, by the scheduler, up to its ``allowed-failures`` (3).
"""

from __future__ import annotations

import atexit
import os
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from perfkit.correlation import carried, correlation_id
from perfkit.errors import MissingExtraError, WorkerLostError, WorkersError
from perfkit.executors import processes
from perfkit.executors._outcome import Completed, Outcome, pack_error, unpack_error
from perfkit.executors._watch import current

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["completed_map", "ordered_map"]

#: Calls on their way for each thread of the cluster, so that none waits for the network.
_AHEAD = 3
_TICK_SECONDS = 0.05
#: How often the cluster is asked how large it is by now.
_SIZE_SECONDS = 2.0
_CONNECT_SECONDS = 20


def ordered_map(
    function: str,
    calls: Iterable[tuple[Any, ...]],
    *,
    workers: int,
    deadline_seconds: float = 60.0,
    check: Callable[[], None] | None = None,
    arrived: Callable[[Outcome], None] | None = None,
    memory_mb: float = 0.0,
    address: str | None = None,
) -> Generator[Outcome, None, None]:
    """See :class:`perfkit.executors.Executor`; ``address`` as in :func:`completed_map`."""
    flow = _Flow(function, calls, workers, _Limits(deadline_seconds, memory_mb), address)
    for done in flow.completed(check, arrived, ordered=True):
        yield done.outcome


def completed_map(
    function: str,
    calls: Iterable[tuple[Any, ...]],
    *,
    workers: int,
    deadline_seconds: float = 60.0,
    check: Callable[[], None] | None = None,
    memory_mb: float = 0.0,
    address: str | None = None,
) -> Generator[Completed, None, None]:
    """As :func:`perfkit.executors.processes.completed_map`, on a cluster.

    Parameters
    ----------
    address : str, optional
        Of the scheduler, ``HOST:PORT`` or ``tls://HOST:PORT``; it says how many calls run at a
        time. Without one a cluster of ``workers`` processes is started here, and kept.

    Raises
    ------
    WorkersError
        If there is no scheduler at the address, or it goes away.
    MissingExtraError
        If distributed is not installed.
    """
    flow = _Flow(function, calls, workers, _Limits(deadline_seconds, memory_mb), address)
    yield from flow.completed(check, None, ordered=False)


class _Limits(NamedTuple):
    deadline_seconds: float
    memory_mb: float


def _run_there(
    function: str, arguments: tuple[Any, ...], correlation: str, limits: tuple[float, float]
) -> tuple[Any, tuple[str, tuple[Any, ...]] | None, float, float]:
    """On a dask worker: value, packed error, seconds, peak."""
    deadline_seconds, memory_mb = limits
    with carried(correlation):
        (done,) = processes.completed_map(
            function,
            [arguments],
            workers=1,
            deadline_seconds=deadline_seconds,
            memory_mb=memory_mb,
        )
    value, error = done.outcome
    return value, None if error is None else pack_error(error), done.seconds, done.peak_mb


class _Flow:
    """One map while it runs."""

    def __init__(
        self,
        function: str,
        calls: Iterable[tuple[Any, ...]],
        workers: int,
        limits: _Limits,
        address: str | None,
    ) -> None:
        given, self._watch = iter(calls), current()
        if self._watch is not None:
            function, given = self._watch.calls(function, given)
        self._function, self._calls, self._limits = function, given, limits
        self._correlation = correlation_id()
        self._client = _client(address, workers)
        self._running: dict[Any, tuple[int, Future[Any]]] = {}
        self._ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._done: dict[int, Completed] = {}
        self._asked = self._given = 0
        self._threads, self._counted = 0, -_SIZE_SECONDS

    def completed(
        self,
        check: Callable[[], None] | None,
        arrived: Callable[[Outcome], None] | None,
        *,
        ordered: bool,
    ) -> Iterator[Completed]:
        """What has ended: in the order of the calls, or as it comes."""
        try:
            while True:
                self._hand_out()
                while (place := self._next(ordered=ordered)) in self._done:
                    done = self._done.pop(place)
                    self._given += 1
                    yield done
                    self._hand_out()
                if not self._running:
                    return
                if check is not None:
                    check()
                ended = self._collect()
                if ended is not None and arrived is not None:
                    arrived(ended.outcome)
        finally:
            self._client.cancel([future for _, future in self._running.values()], force=True)

    def _next(self, *, ordered: bool) -> int:
        return self._given if ordered else next(iter(self._done), -1)

    def _room(self) -> int:
        """How many calls may be on their way; none while the cluster has no worker."""
        now = time.monotonic()
        if now > self._counted + _SIZE_SECONDS:
            self._counted = now
            threads = sum(self._client.nthreads().values())
            self._threads = max(1, threads)
        return self._threads * _AHEAD

    def _hand_out(self) -> None:
        while self._asked < self._given + self._room():
            call = next(self._calls, None)
            if call is None:
                return
            future = self._client.submit(
                _run_there, self._function, call, self._correlation, tuple(self._limits), pure=False
            )
            self._await(self._asked, future)
            self._asked += 1

    def _await(self, place: int, future: Future[Any]) -> None:
        self._running[future.key] = place, future
        future.add_done_callback(lambda ended: self._ended.put(ended.key))

    def _collect(self) -> Completed | None:
        """Take one call that has ended, if one does soon."""
        try:
            key = self._ended.get(timeout=_TICK_SECONDS)
        except queue.Empty:
            if self._client.status not in {"running", "connecting"}:
                raise WorkersError("The dask scheduler is gone.") from None
            return None
        place, future = self._running.pop(key)
        if future.status in {"pending", "lost"}:
            # Its result was lost with the worker that held it, and is being made anew.
            self._await(place, future)
            return None
        if future.status == "finished":
            value, error, seconds, peak_mb = future.result()
            if error is None and self._watch is not None:
                value = self._watch.value(value)
            outcome = Outcome(value, None if error is None else unpack_error(*error))
            done = Completed(place, outcome, seconds, peak_mb)
        elif future.status == "error":
            told = str(future.exception()).partition("\n")[0]
            lost = WorkerLostError(f"Its dask workers were lost or failed: {told}")
            done = Completed(place, Outcome(None, lost))
        else:
            raise WorkersError("The dask scheduler is gone, or has cancelled a call.")
        self._done[place] = done
        return done


#: By process, and address or number of workers.
_clients: dict[tuple[int, str], Client] = {}
_lock = threading.Lock()


def _client(address: str | None, workers: int) -> Client:
    """The client of a cluster, one for all maps of this process."""
    try:
        import distributed
    except ImportError as error:
        raise MissingExtraError("distributed", "scale", "The executor dask") from error
    with _lock:
        key = os.getpid(), address or str(workers)
        known = _clients.get(key)
        if known is not None and known.status == "running":
            return known
        try:
            if address is None:
                cluster = distributed.LocalCluster(
                    n_workers=max(1, workers),
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",  # any port: others may run one too
                    host="127.0.0.1",
                )
                client = distributed.Client(cluster, set_as_default=False)
                atexit.register(cluster.close)
            else:
                client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise WorkersError(f"There is no dask scheduler at {address}: {error}") from error
        atexit.register(client.close)
        _clients[key] = client
        return client
