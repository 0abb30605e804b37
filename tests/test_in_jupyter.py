"""Inside a running Jupyter kernel, which has threads: workers, caches, and what a kill leaves."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")

ROOT = Path(__file__).parent.parent
WORK = f"""
import perfkit
recipe = perfkit.Recipe(executor="processes", workers=2)
optimizer = perfkit.CreativeCoopPerformanceOptimizer(recipe)
order = {str(ROOT / "test_invoices/CS003837319.pdf")!r}
with open(order, "rb") as file:
    result = optimizer.process_optimized(file)
again = optimizer.process_optimized(order)
from perfkit.executors._pool import shared_pool
print(len(result["line_items"]), *result["performance_metrics"]["optimizations_applied"])
print(again["performance_metrics"]["cache_hit"], again["accuracy_score"])
print(*shared_pool().pids)
"""
#: A read that never ends: the owner is killed while workers are at it.
ENDLESS = """
def forever():
    import itertools
    for number in itertools.count():
        optimizer = perfkit.CreativeCoopPerformanceOptimizer(recipe.with_(cache="none"))
        with open(order, "rb") as file:
            optimizer.process_optimized(file)
import threading
threading.Thread(target=forever, daemon=True).start()
"""


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    manager = KernelManager(kernel_name="python3")
    manager.connection_file = str(tmp_path / "kernel.json")
    environment = {name: of for name, of in os.environ.items() if not name.startswith("COV")}
    manager.start_kernel(
        env=environment | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}, cwd=str(tmp_path)
    )
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


def run(client: BlockingKernelClient, code: str) -> list[str]:
    """What a cell prints, by lines."""
    printed: list[str] = []

    def keep(message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
            printed.append(message["content"]["text"])

    reply = client.execute_interactive(code, timeout=60, output_hook=keep)
    assert reply["content"]["status"] == "ok", reply["content"]
    return "".join(printed).splitlines()


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether it holds before long."""
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    return holds()


def is_gone(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return b"State:\tZ" in Path(f"/proc/{pid}/status").read_bytes()
    return True


def what_is_kept(folder: Path) -> set[Path]:
    """Files that a process may leave behind, but for the kernel's own."""
    found = {path for path in folder.rglob("*") if path.is_file()}
    return found - {folder / "kernel.json"} | set(Path("/dev/shm").glob("*perfkit*"))


def test_workers_serve_a_kernel_and_leave_nothing_when_it_is_killed(kernel, tmp_path):
    manager, client = kernel
    items, hit, pids = run(client, WORK)
    assert items == "145 concurrent_pages"
    assert hit == "True 1.0"
    workers = [int(pid) for pid in pids.split()]
    assert len(workers) == 2
    run(client, ENDLESS)
    os.kill(manager.provisioner.pid, signal.SIGKILL)
    assert all(eventually(partial(is_gone, pid)) for pid in workers)
    assert what_is_kept(tmp_path) == set()


def test_workers_end_with_a_kernel_that_is_shut_down(kernel):
    manager, client = kernel
    *_, pids = run(client, WORK)
    manager.shutdown_kernel()
    assert all(eventually(partial(is_gone, int(pid))) for pid in pids.split())
