"""What all tests share."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from perfkit.emulator import Emulator, running

# No window may open, in this process or in those that it starts.
os.environ["MPLBACKEND"] = "agg"

# What a shell runs in the background has SIGINT ignored, and hands that on: no process that a
# test starts could be interrupted, and the test would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The machine may be busy with the other worker: an example's time says nothing here.
hypothesis.settings.register_profile("perfkit", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("perfkit")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The repository's folder."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What perfkit learns while it is tested is kept apart from what the user's has learnt."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="module", autouse=True)
def models_given_back() -> Iterator[None]:
    """The models of OCR, some 300 MiB, are let go of: other tests have limits for this process."""
    yield
    reader = sys.modules.get("perfkit.engines._ocr_reader")
    if reader is not None and reader._readers:
        reader._readers.clear()
        gc.collect()
        if sys.platform == "linux":
            ctypes.CDLL(None).malloc_trim(0)


@pytest.fixture
def untraced(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that measure other processes: coverage's own time and memory stay out."""
    for name in list(os.environ):
        if name.startswith("COV"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def started_emulator() -> Iterator[Emulator]:
    """A stand-in for Document AI, started once for all tests of a process."""
    with running() as started:
        yield started


@pytest.fixture
def emulator(started_emulator: Emulator) -> Emulator:
    """The stand-in as if newly started: it answers at once, until it is told otherwise."""
    started_emulator.reset()
    return started_emulator
