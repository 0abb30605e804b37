"""The example function, started by its one command and asked over real HTTP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import perfkit
from tests.test_batch import FOLDER

pytest.importorskip("functions_framework")

MAIN = Path(__file__).parent.parent / "examples/cloud_function/main.py"


class Reply(NamedTuple):
    status: int
    content: Any
    correlation: str | None


class Running(NamedTuple):
    url: str
    log: list[str]

    def post(self, data: bytes, **headers: str) -> Reply:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url, data, names, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return Reply(reply.status, json.load(reply), reply.headers["X-Correlation-ID"])
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, json.load(error), error.headers["X-Correlation-ID"])


@pytest.fixture(scope="module")
def function() -> Iterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "functions_framework", "--source", str(MAIN)]
    command += ["--target", "extract_invoice", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"MAX_UPLOAD_MB": "2"},
    )
    log: list[str] = []
    assert process.stdout is not None
    reader = threading.Thread(target=log.extend, args=(process.stdout,))
    reader.start()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield Running(f"http://127.0.0.1:{port}/", log)
    process.terminate()
    process.wait(30)
    reader.join()
    process.stdout.close()


def test_an_upload_of_15_pages_gives_its_items_and_comes_from_the_cache_again(function):
    data = (FOLDER / "CS003837319.pdf").read_bytes()
    wanted = [item.as_dict() for item in perfkit.extract(data).line_items]
    first, again = function.post(data), function.post(data)
    assert first.status == again.status == 200
    assert first.content["line_items"] == again.content["line_items"] == wanted
    assert first.content["performance_metrics"]["executor"] == "processes"
    assert again.content["performance_metrics"]["cache_hit"] is True


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("scan_order.pdf", "NoTextLayerError"),
        ("other_vendor.pdf", "UnknownVendorError"),
        ("order_without_items.pdf", "NoLineItemsError"),
    ],
)
def test_a_document_that_cannot_be_read_is_422_with_its_error_by_name(function, name, error):
    reply = function.post((FOLDER / name).read_bytes())
    assert (reply.status, reply.content["error"]) == (422, error)
    assert reply.content["remedy"]


def test_a_document_may_come_as_the_field_of_a_form(function):
    head = b'--x\r\nContent-Disposition: form-data; name="invoice"; filename="../a.pdf"\r\n\r\n'
    body = head + (FOLDER / "order_one_page.pdf").read_bytes() + b"\r\n--x--\r\n"
    reply = function.post(body, Content_Type="multipart/form-data; boundary=x")
    assert reply.status == 200
    assert function.post(b"--x--", Content_Type="multipart/form-data; boundary=x").status == 400


def test_no_document_is_400_and_no_pdf_is_422(function):
    assert function.post(b"").status == 400
    assert function.post(b"%!PS").content["error"] == "NotAPdfError"


def test_an_upload_beyond_the_limit_is_413(function):
    reply = function.post(b"%PDF-1.7\n" + bytes(3 << 20))
    assert (reply.status, reply.content["error"]) == (413, "DocumentTooLargeError")


def test_eight_uploads_at_once_are_not_mixed_up(function):
    names = [path.name for path in sorted(FOLDER.glob("*.pdf")) if path.stat().st_size < 2 << 20]
    bad = ("scan", "other", "encrypted", "without")
    good = [name for name in names if not any(word in name for word in bad)][:8]
    data = {name: (FOLDER / name).read_bytes() for name in good}

    def send(name: str) -> Any:
        return function.post(data[name], X_Correlation_ID=f"upload-{name[:-4]}")

    with ThreadPoolExecutor(8) as pool:
        replies = dict(zip(good, pool.map(send, good), strict=True))
    for name, reply in replies.items():
        found = perfkit.extract(data[name])
        assert reply.content["invoice_number"] == found.invoice_number
        assert reply.content["line_items"] == [item.as_dict() for item in found.line_items]
        assert reply.correlation == reply.content["correlation_id"] == f"upload-{name[:-4]}"


def test_the_log_is_one_json_object_an_event_that_carries_the_correlation_id(function):
    function.post((FOLDER / "order_one_page.pdf").read_bytes(), X_Correlation_ID="looked-for-1")
    until = time.monotonic() + 20
    while not any("looked-for-1" in line for line in function.log) and time.monotonic() < until:
        time.sleep(0.02)
    (line,) = [json.loads(line) for line in function.log if "looked-for-1" in line]
    assert line["event"] == "document_processed"
    assert line["processing_time_seconds"] > 0


@pytest.mark.parametrize("given", ["short", "a b c d e f", "x" * 65, "<script>alert(1)"])
def test_a_correlation_id_that_could_do_harm_is_replaced(function, given):
    reply = function.post(b"x", X_Correlation_ID=given)
    assert reply.correlation
    assert given not in reply.correlation


def test_get_gives_the_metrics(function):
    with urllib.request.urlopen(function.url, timeout=30) as reply:
        text = reply.read().decode()
    assert "creative_coop_processing_time_seconds_count" in text
    assert "memory_peak_usage_mb" in text
