"""A batch that is killed, interrupted or out of room goes on where it was: nothing lost or doubled.

The real command runs in a process of its own, and real signals end it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import perfkit
from tests.hostile import make_hostile
from tests.test_batch import FOLDER, expected, lines, manifest, results
from tests.test_executors_processes import gone

NAMES = ("CI004848705.pdf", "order_one_page.pdf", "invoice_typst.pdf", "order_cairo.pdf")
COPIES, KILLS = 40, 3


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inbox")
    for number in range(COPIES):
        shutil.copy(FOLDER / NAMES[number % len(NAMES)], folder / f"{number:03d}.pdf")
    return folder


def start(inbox: Path, out: Path, *options: str, most_bytes: int = 0) -> subprocess.Popen[bytes]:
    """The command, in a process of its own that may write files of so many bytes."""
    command = "import sys; from perfkit.cli.main import main; main(sys.argv[1:])"
    if most_bytes:
        command = (
            "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
            f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most_bytes}, {most_bytes})); {command}"
        )
    arguments = ["batch", str(inbox), "--out", str(out), "--workers", "2", *options]
    return subprocess.Popen([sys.executable, "-c", command, *arguments], stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Exit code, and what it has said."""
    _, told = process.communicate(timeout=60)
    return process.returncode, told.decode()


def recorded(out: Path) -> int:
    """Lines of the manifest so far."""
    path = out / "manifest.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def wait_for(out: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until so many files have their outcome."""
    until = time.monotonic() + 30
    while recorded(out) < count and process.poll() is None and time.monotonic() < until:
        time.sleep(0.002)


def check_whole(inbox: Path, out: Path) -> None:
    """Each file is there, once, with all of its items."""
    files = sorted(path.name for path in inbox.glob("*.pdf"))
    assert sorted(manifest(out)) == files
    wanted = [expected(FOLDER / name) for name in NAMES]
    assert results(out) == {name: wanted[int(name[:3]) % len(NAMES)] for name in files}


def test_a_batch_that_is_killed_again_and_again_loses_and_doubles_nothing(inbox, tmp_path):
    for number in range(KILLS):
        process = start(inbox, tmp_path)
        wait_for(tmp_path, (number + 1) * COPIES // (KILLS + 2), process)
        time.sleep(random.random() * 0.01)
        process.kill()
        ended(process)
    before = recorded(tmp_path)
    code, told = ended(start(inbox, tmp_path))
    assert code == 0
    assert 0 < before < COPIES
    assert "unchanged since an earlier run" in told
    check_whole(inbox, tmp_path)


def test_ctrl_c_ends_a_batch_at_once_and_leaves_a_manifest_that_serves(inbox, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(2):  # both workers are in the middle of a library's call
        make_hostile(folder / f"{number}.pdf", "form_bomb", number)
    shutil.copytree(inbox, folder, dirs_exist_ok=True)
    out = tmp_path / "out"
    process = start(folder, out)
    wait_for(out, 15, process)
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    code, told = ended(process)
    assert code == 130
    assert "interrupted" in told
    assert time.monotonic() - begun < 20  # measured without load: well under 2 s
    assert json.loads((out / "summary.json").read_text())["interrupted"] is True
    assert len(lines(out / "manifest.jsonl")) == len(manifest(out)) >= 15
    assert perfkit.batch(inbox, out).done == COPIES


def test_a_batch_out_of_room_stops_clearly_and_goes_on_once_there_is_some(inbox, tmp_path):
    code, told = ended(start(inbox, tmp_path, most_bytes=100_000))
    assert code == 1
    assert "cannot be written: File too large. What is done is kept" in told
    done = len(manifest(tmp_path))
    assert 0 < done == len(results(tmp_path)) < COPIES
    code, told = ended(start(inbox, tmp_path))
    assert (code, f"; {done} unchanged" in told) == (0, True)
    check_whole(inbox, tmp_path)


def children(pid: int) -> list[int]:
    """Workers of a batch: the children of its only child."""
    servers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [
        int(each)
        for server in servers
        for each in Path(f"/proc/{server}/task/{server}/children").read_text().split()
    ]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds workers in /proc")
def test_workers_that_are_killed_cost_nothing_and_none_is_left_behind(inbox, tmp_path):
    process = start(inbox, tmp_path)
    pids: set[int] = set()
    for count in (1, 10, 20):
        wait_for(tmp_path, count, process)
        workers = children(process.pid)
        pids.update(workers)
        for pid in workers[:1]:
            os.kill(pid, signal.SIGKILL)
    assert ended(process)[0] == 0
    check_whole(inbox, tmp_path)
    assert all(gone(pid) for pid in pids)
