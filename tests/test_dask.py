"""A batch on a dask cluster: what a lost worker had goes to others; nothing is lost or doubled."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import perfkit
from perfkit.errors import MissingExtraError, WorkerLostError, WorkersError
from perfkit.executors import dask
from perfkit.recipe import Recipe
from tests.hostile import make_hostile
from tests.test_batch import FOLDER, GOOD, expected, lines, manifest, results

pytest.importorskip("distributed")

COPIES = 40


def start(module: str, folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """A part of a cluster, as its command starts it."""
    command = [sys.executable, "-m", f"distributed.cli.{module}"]
    command += ["--scheduler-file", str(folder / "scheduler.json"), "--no-dashboard", *options]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
    )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, started by hand on loopback: address, and the workers."""
    folder = tmp_path_factory.mktemp("cluster")
    parts = [start("dask_scheduler", folder, "--host", "127.0.0.1", "--port", "0")]
    told = folder / "scheduler.json"
    until = time.monotonic() + 60
    while not told.exists() and time.monotonic() < until:
        time.sleep(0.02)
    parts += [start("dask_worker", folder, "--nthreads", "1", "--no-nanny") for _ in range(2)]
    address = json.loads(told.read_text())["address"].removeprefix("tcp://")
    client = dask._client(address, 2)
    client.wait_for_workers(2, timeout=60)
    yield address, parts[1:]
    client.close()
    for part in reversed(parts):
        part.terminate()
        part.wait(30)


def test_pages_are_read_by_a_cluster_as_they_are_read_here():
    path = FOLDER / "CS003837319.pdf"
    assert perfkit.extract(path, Recipe(executor="dask", workers=2)) == perfkit.extract(path)


def test_a_call_that_ends_every_worker_it_is_given_to_is_quarantined():
    """On a cluster of two processes started here, whose lost workers are replaced."""
    (outcome,) = dask.ordered_map("tests.executor_jobs:kill_owner", [()], workers=2)
    assert isinstance(outcome.error, WorkerLostError)
    assert "lost or failed" in str(outcome.error)
    found = dask.ordered_map("math:sqrt", [(4,)] * 5, workers=2)
    assert [each.value for each in found] == [2.0] * 5


def test_a_batch_survives_a_worker_that_is_killed_midway(cluster, tmp_path):
    address, workers = cluster
    inbox = tmp_path / "in"
    inbox.mkdir()
    for number in range(COPIES):
        shutil.copy(FOLDER / GOOD[number % len(GOOD)], inbox / f"{number:03d}.pdf")
    make_hostile(inbox / "zz_bomb.pdf", "bomb", 3)
    make_hostile(inbox / "zz_cut.pdf", "cut", 1)
    done = 0

    def kill_one(*_: object) -> None:
        nonlocal done
        done += 1
        if done == COPIES // 4:
            workers[0].kill()
            workers[0].wait(30)

    out = tmp_path / "out"
    summary = perfkit.batch(inbox, out, executor=f"dask://{address}", progress=kill_one)
    assert summary.outcomes == {"items": COPIES, "out of memory": 1, "damaged": 1}
    wanted = [expected(FOLDER / name) for name in GOOD]
    assert results(out) == {
        f"{number:03d}.pdf": wanted[number % len(GOOD)] for number in range(COPIES)
    }
    assert len(lines(out / "manifest.jsonl")) == len(manifest(out)) == COPIES + 2


def test_no_scheduler_at_an_address_is_said(monkeypatch):
    monkeypatch.setattr(dask, "_CONNECT_SECONDS", 0.2)
    with pytest.raises(WorkersError, match=r"no dask scheduler at 127\.0\.0\.1:9"):
        list(dask.completed_map("math:sqrt", [(4,)], workers=1, address="127.0.0.1:9"))


def test_without_distributed_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"perfkit\[scale\]"):
        list(dask.completed_map("math:sqrt", [(4,)], workers=1))
