"""`make lab` serves the notebooks, with a kernel that has perfkit."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

LIMIT_SECONDS = 60
OPTIONS = "--no-browser --IdentityProvider.token=secret --port={}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port: int = probe.getsockname()[1]
        return port


def lab_command(repository: Path, port: int) -> list[str]:
    """What `make lab` runs, by the interpreter of this test."""
    made = subprocess.run(
        ["make", "--dry-run", "--always-make", "lab", f"LAB={OPTIONS.format(port)}"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = [line for line in made.stdout.splitlines() if "jupyter lab" in line]
    return [sys.executable, "-m", "jupyterlab", *line.split()[2:]]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="make and signals of POSIX")
def test_make_lab_serves_the_notebooks_and_a_kernel(repository: Path, tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "lab.log"
    with log.open("w") as said:
        lab = subprocess.Popen(lab_command(repository, port), cwd=repository, stderr=said)
    try:
        deadline = time.monotonic() + LIMIT_SECONDS
        while f":{port}/" not in log.read_text() and time.monotonic() < deadline:
            with contextlib.suppress(subprocess.TimeoutExpired):
                pytest.fail(f"it ended with {lab.wait(0.1)}: {log.read_text()}")

        def served(path: str) -> str:
            request = urllib.request.Request(f"http://localhost:{port}/{path}")
            request.add_header("Authorization", "token secret")
            with urllib.request.urlopen(request, timeout=20) as answer:
                return str(answer.read().decode())

        names = [each["name"] for each in json.loads(served("api/contents"))["content"]]
        assert "engines.ipynb" in names
        assert "python3" in json.loads(served("api/kernelspecs"))["kernelspecs"]
        assert "JupyterLab" in served("lab")
    finally:
        lab.kill()
        lab.wait()
