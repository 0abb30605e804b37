"""Processes that share a disk cache: one does the work, and any may be killed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from perfkit.caches import Store, disk

#: Opens the store that the test has; what follows is the part of a process.
OPEN = """
import sys, threading, time
from perfkit.caches import disk
store = disk.open_store(ttl_seconds=3600, max_mb=1, directory=sys.argv[1], clock=time.time)
def say(text):
    sys.stdout.write(text + "\\n")
    sys.stdout.flush()
"""

ASK = (
    OPEN
    + """
from perfkit.model import Extraction
from perfkit.optimizers import cached

# One version for all: somebody may be editing the code while this test runs.
cached.PIPELINE_VERSION = "one"

def process(invoice, recipe):
    with open(sys.argv[2], "a") as runs:
        runs.write("run\\n")
    sys.stdin.readline()  # the work lasts until the test says so
    return Extraction("", "layout", "engine", 1, ())

system = cached.IntelligentCachingSystem(store="disk", directory=sys.argv[1], process=process)

def ask():
    say("asking")
    system.get_processed_data(b"%PDF- a document %%EOF")

threads = [threading.Thread(target=ask) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
say(f"{system.counts.hits} {system.counts.misses}")
"""
)

HOLD = (
    OPEN
    + """
with store.flight("key", 10) as alone:
    say(str(alone))
    sys.stdin.readline()
"""
)

FORK = (
    OPEN
    + """
import os
with store.flight("key", 10):
    say("child" if os.fork() == 0 else "parent")
    sys.stdin.readline()
    os._exit(0)
"""
)

WRITE = (
    OPEN
    + """
say("writing")
number = 0
while True:
    number += 1
    store.put(f"{number % 7}", bytes([number % 251]) * (20_000 + number % 7))
"""
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "cache"


def open_store(folder: Path) -> Store:
    return disk.open_store(ttl_seconds=3600, max_mb=1, directory=folder, clock=time.time)


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    call = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def stop(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_of_three_processes_with_four_threads_each_one_does_the_work(folder, tmp_path):
    runs = tmp_path / "runs"
    processes = [start(ASK, folder, runs) for _ in range(3)]
    for process in processes:
        assert [line(process) for _ in range(4)] == ["asking"] * 4
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go on\n")
        process.stdin.flush()
    ends = [process.communicate()[0].split() for process in processes]
    assert runs.read_text(encoding="utf-8") == "run\n"
    hits, misses = (sum(int(end[place]) for end in ends) for place in (0, 1))
    assert (hits, misses) == (11, 1)


def test_the_lock_of_a_process_that_is_killed_is_free_at_once(folder):
    holder = start(HOLD, folder)
    assert line(holder) == "True"
    store = open_store(folder)
    with store.flight("key", 0) as alone:
        assert not alone
    stop(holder)
    with store.flight("key", 0) as alone:
        assert alone
    assert not list(folder.glob("*.lock"))


def test_a_forked_child_does_not_keep_the_lock_of_its_killed_parent(folder):
    parent = start(FORK, folder)
    assert {line(parent), line(parent)} == {"child", "parent"}
    parent.kill()
    parent.wait()
    with open_store(folder).flight("key", 0) as alone:
        assert alone
    parent.communicate()  # the child ends with its standard input


def test_a_killed_writer_leaves_no_bad_entry_and_the_store_opens(folder, caplog):
    draw = random.Random(3)
    for _ in range(6):
        writer = start(WRITE, folder)
        assert line(writer) == "writing"
        # Not a wait for something: kills have to come at moments of their own.
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(timeout=draw.uniform(0.0, 0.02))
        stop(writer)
        store = open_store(folder)
        for number in range(7):
            state, payload = store.look(f"{number}")
            assert state in {"live", "missing"}
            if payload is not None:
                assert len(payload) == 20_000 + number
                assert len(set(payload)) == 1
    open_store(folder).put("the next one", b"x")
    assert not list(folder.glob("*.draft"))
    assert not caplog.records
