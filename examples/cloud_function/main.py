"""An HTTP function that reads one invoice: for Cloud Run functions, or any functions-framework.

POST a PDF (as the body, or as the field ``invoice`` of a form) and get its line items as JSON; GET
gives the metrics in Prometheus' text format. The platform's limits are this function's own, taken
from its environment:

    FUNCTION_TIMEOUT_SECONDS   60    as deployed (--timeout)
    FUNCTION_MEMORY_MB         800   as deployed (--memory); each worker process may have half
    MAX_UPLOAD_MB              32    what the platform lets through
    FUNCTION_WORKERS           2     processes that open the uploads, kept warm
"""

from __future__ import annotations

import functools
import json
import logging
import os
import re
import sys
from typing import NamedTuple

import flask
import functions_framework

import perfkit
from perfkit.executors import processes
from perfkit.trackers.events import JsonLines, correlated
from perfkit.trackers.metrics import Metrics

_MIB = 1 << 20
_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
#: The answer should be under way before the platform ends the request.
_TIME_SHARE = 0.9


class _Service(NamedTuple):
    """What stays between requests: warm workers, cached results, metrics."""

    optimizer: perfkit.CreativeCoopPerformanceOptimizer
    metrics: Metrics
    most_bytes: int


@functools.cache
def _service() -> _Service:
    seconds = float(os.environ.get("FUNCTION_TIMEOUT_SECONDS", "60"))
    memory_mb = float(os.environ.get("FUNCTION_MEMORY_MB", "800"))
    most_mb = float(os.environ.get("MAX_UPLOAD_MB", "32"))
    workers = int(os.environ.get("FUNCTION_WORKERS", "2"))
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    events = logging.getLogger("perfkit.events")
    events.addHandler(handler)
    events.setLevel(logging.INFO)
    recipe = perfkit.Recipe(
        executor="processes",  # an upload is opened by nobody else
        workers=workers,
        max_file_mb=most_mb,
        max_seconds=seconds * _TIME_SHARE,
        stall_seconds=min(10.0, seconds / 4),
        max_memory_mb=memory_mb,
        worker_memory_mb=memory_mb / 2,
    )
    processes.warm(workers)
    metrics = Metrics()
    optimizer = perfkit.CreativeCoopPerformanceOptimizer(recipe, metrics=metrics)
    return _Service(optimizer, metrics, int(most_mb * _MIB))


@functions_framework.http
def extract_invoice(request: flask.Request) -> flask.Response:
    """Answer one request."""
    service = _service()
    if request.method == "GET":
        return flask.Response(service.metrics.text(), mimetype="text/plain")
    if request.method != "POST":
        return _answer({"error": "MethodNotAllowed", "message": "POST a PDF."}, 405)
    given = request.headers.get("X-Correlation-ID", "")
    with correlated(given if _ID.fullmatch(given) else "") as correlation:
        status, content = _extract(request, service)
        response = _answer({**content, "correlation_id": correlation}, status)
        response.headers["X-Correlation-ID"] = correlation
        return response


def _extract(request: flask.Request, service: _Service) -> tuple[int, dict[str, object]]:
    most = service.most_bytes
    if (request.content_length or 0) > most + _MIB:
        return _too_large(most)
    # Parsed as a form only where it is one: curl calls any body a form unless it is told otherwise.
    is_form = request.mimetype == "multipart/form-data"
    upload = request.files.get("invoice") if is_form else None
    data = (upload.stream if upload is not None else request.stream).read(most + 1)
    if len(data) > most:
        return _too_large(most)
    if not data:
        return 400, {"error": "NoDocument", "message": "POST a PDF as the request's body."}
    try:
        return 200, service.optimizer.process_optimized(data)
    except perfkit.PerformanceError as error:
        return _failure(error)


def _failure(error: perfkit.PerformanceError) -> tuple[int, dict[str, object]]:
    cause = error.__cause__
    if isinstance(cause, perfkit.TooManyPagesError | perfkit.DocumentTooLargeError):
        return 413, _named(cause)
    if isinstance(cause, perfkit.DocumentError):
        return 422, _named(cause)
    return 503, {"error": type(cause or error).__name__, "message": str(error)}


def _named(error: perfkit.DocumentError) -> dict[str, object]:
    return {
        "error": type(error).__name__,
        "message": str(error),
        "page": error.page,
        "remedy": error.remedy,
    }


def _too_large(most: int) -> tuple[int, dict[str, object]]:
    message = f"upload: larger than the limit of {most / _MIB:g} MiB. Split it."
    return 413, {"error": "DocumentTooLargeError", "message": message}


def _answer(content: dict[str, object], status: int) -> flask.Response:
    return flask.Response(json.dumps(content) + "\n", status, mimetype="application/json")
