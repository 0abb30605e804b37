"""The four metrics of every run, for Prometheus: in a registry, a text file, or over HTTP."""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from perfkit.errors import MissingExtraError

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Gauge, Histogram

__all__ = ["Metrics"]

#: Seconds: from a cache hit to the limit of a minute.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class _Instruments(NamedTuple):
    seconds: Histogram
    peak_mb: Gauge
    hit_rate: Gauge
    speedup: Gauge


#: A registry takes each name once: who shares a registry shares its instruments.
_known: weakref.WeakKeyDictionary[CollectorRegistry, _Instruments] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


class Metrics:
    """Takes what each document took.

    Parameters
    ----------
    registry : prometheus_client.CollectorRegistry, optional
        Where the metrics are registered; a new one of their own by default.

    Raises
    ------
    MissingExtraError
        If prometheus-client is not installed.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        try:
            import prometheus_client
        except ImportError as error:
            raise MissingExtraError("prometheus-client", "workbench", "Metrics") from error
        self.registry = registry if registry is not None else prometheus_client.CollectorRegistry()
        with _lock:
            if self.registry not in _known:
                _known[self.registry] = _Instruments(
                    prometheus_client.Histogram(
                        "creative_coop_processing_time_seconds",
                        "Wall time of one document, from the call to its result.",
                        buckets=BUCKETS,
                        registry=self.registry,
                    ),
                    prometheus_client.Gauge(
                        "memory_peak_usage_mb",
                        "Peak memory of the process tree over the last document, MiB.",
                        registry=self.registry,
                    ),
                    prometheus_client.Gauge(
                        "cache_hit_rate",
                        "Hits / lookups of the result cache, 0 to 1.",
                        registry=self.registry,
                    ),
                    prometheus_client.Gauge(
                        "concurrent_processing_speedup",
                        "Measured pace of a page times pages, over the time that workers took.",
                        registry=self.registry,
                    ),
                )
            self._instruments = _known[self.registry]

    def record(
        self,
        seconds: float,
        *,
        peak_mb: float | None = None,
        hit_rate: float | None = None,
        speedup: float | None = None,
    ) -> None:
        """Take one document's figures; what was not measured is left as it was."""
        instruments = self._instruments
        instruments.seconds.observe(seconds)
        for gauge, value in (
            (instruments.peak_mb, peak_mb),
            (instruments.hit_rate, hit_rate),
            (instruments.speedup, speedup),
        ):
            if value is not None:
                gauge.set(value)

    def text(self) -> str:
        """All metrics in Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry).decode("utf-8")

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the text format to a file, whole or not at all (for node_exporter's collector)."""
        from prometheus_client import write_to_textfile

        write_to_textfile(os.fspath(path), self.registry)

    @contextlib.contextmanager
    def served(self, port: int = 0, address: str = "127.0.0.1") -> Iterator[int]:
        """Serve the text format over HTTP while the ``with`` statement lasts; gives the port."""
        from prometheus_client import start_http_server

        server, thread = start_http_server(port, address, registry=self.registry)
        try:
            yield server.server_port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
