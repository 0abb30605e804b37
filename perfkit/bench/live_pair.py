"""Two live processes, each with its side's work, timed in turns on the same core."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from perfkit.bench import alone, pair_worker
from perfkit.bench.records import Run
from perfkit.errors import MeasurementError, WorkerLostError

__all__ = ["LiveWorker", "Side", "live_pair"]

#: Longest that an answer may take, beyond which a worker counts as hanging.
_PATIENCE_SECONDS = 300.0
_MOST_SAID = 2000


@dataclasses.dataclass(frozen=True, slots=True)
class Side:
    """One of two things that are compared, as a process of its own can be told of it.

    Attributes
    ----------
    name : str
        For messages and records.
    kind : {"pickle", "extract", "import"}
        How ``work`` is to be understood: a pickled callable in base64; ``documents`` and the
        fields of a ``recipe``; or ``module:function``.
    work : str or dict
    search_path : tuple of str
        Where modules are looked for, in this order.
    interpreter : str
    folder : str or None
        Where perfkit has to come from; None where it does not matter.
    has_workers : bool
        Whether it may use further processes: it is then not held to one core, and its CPU
        time is not known.
    """

    name: str
    kind: str
    work: str | dict[str, Any]
    search_path: tuple[str, ...]
    interpreter: str = sys.executable
    folder: str | None = None
    has_workers: bool = False


class LiveWorker:
    """A process that does one side's work when it is told to.

    Raises
    ------
    MeasurementError
        If the work cannot be loaded, or fails; the message says whose.
    WorkerLostError
        If the process dies or hangs.
    """

    def __init__(self, side: Side, core: int | None) -> None:
        self.side = side
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(
            [side.interpreter, "-P", str(Path(pair_worker.__file__).resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            start_new_session=True,  # Ctrl-C is the caller's to handle
        )
        self._core = None if side.has_workers else core

    def begin(self) -> None:
        """Tell it what its work is."""
        self._send(
            {
                "do": "load",
                "kind": self.side.kind,
                "work": self.side.work,
                "path": list(self.side.search_path),
                "core": self._core,
            }
        )

    def begun(self) -> None:
        """Wait until it has loaded its work."""
        where = self._answer()["perfkit"]
        wanted = self.side.folder
        if wanted is not None and where is not None and not _is_below(where, wanted):
            raise MeasurementError(f"{self.side.name}: perfkit came from {where}, not {wanted}.")

    def output(self) -> Any:
        """What its work gives: unpickled, or plain data of an extraction."""
        self._send({"do": "output"})
        packed = self._answer()["output"]
        if self.side.kind == "extract":
            return packed
        import base64
        import pickle

        return pickle.loads(base64.b64decode(packed))

    def settle(self) -> None:
        """Have it warm: called twice, and what is there set aside."""
        for order in ("output", "output", "settle"):
            self._send({"do": order})
            self._answer()

    def time(self, arm: str, repeats: int, *, gc_off: bool = True, **place: Any) -> Run:
        """One timed run; ``place`` are further fields of the record."""
        return self._timed("time", arm, repeats, gc_off, place)

    def reference(self, arm: str, **place: Any) -> Run:
        """One timed run of arithmetic that is the same in every revision."""
        return self._timed("reference", arm, 1, True, place)

    def _timed(self, do: str, arm: str, repeats: int, gc_off: bool, place: dict[str, Any]) -> Run:
        with alone.timing():
            self._send({"do": do, "repeats": repeats, "gc_off": gc_off})
            told = self._answer()
        return Run(
            arm=arm,
            started=told["started"],
            wall_seconds=told["wall"],
            cpu_seconds=0.0 if self.side.has_workers else told["cpu"],
            repeats=repeats,
            pid=told["pid"],
            voluntary_switches=told["voluntary"],
            involuntary_switches=told["involuntary"],
            **{"launch": "", "document": "", "round": 0, "order": 0, **place},
        )

    def _send(self, order: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise WorkerLostError(self._how_it_ended()) from error

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], _PATIENCE_SECONDS)[0]:
            raise WorkerLostError(f"{self.side.name} gave no answer in {_PATIENCE_SECONDS:g} s.")
        line = self._process.stdout.readline()
        if not line:
            raise WorkerLostError(self._how_it_ended())
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise MeasurementError(f"{self.side.name} failed: {answer['error']}")
        return answer

    def _how_it_ended(self) -> str:
        code = self._process.wait()
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "replace").strip()[-_MOST_SAID:]
        return f"The process of {self.side.name} ended with {code}. {said}".strip()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._said.close()

    def __enter__(self) -> LiveWorker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@contextlib.contextmanager
def live_pair(sides: Sequence[Side], launch: int) -> Iterator[list[LiveWorker]]:
    """Workers of all sides at once, their work loaded, on one core that changes by launch."""
    core = _core(launch)
    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(LiveWorker(side, core)) for side in sides]
        for worker in workers:
            worker.begin()
        for worker in workers:
            worker.begun()
        yield workers


def _core(launch: int) -> int | None:
    if not hasattr(os, "sched_getaffinity"):
        return None
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[launch % len(allowed)]


def _is_below(file: str, folder: str) -> bool:
    return Path(file).resolve().is_relative_to(Path(folder).resolve())
