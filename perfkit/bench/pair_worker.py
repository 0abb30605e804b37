"""One of two live processes whose work is timed in turns. Run by its path, not as a module.

It imports nothing but the standard library before it is told where to look, so that it serves
the code of any revision. Orders come as JSON lines on standard input, answers go as JSON lines
to standard output; what the work itself prints goes to standard error. It ends with its input.
"""

from __future__ import annotations

import base64
import gc
import importlib
import json
import os
import pickle
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["Served", "main"]


class Served:
    """The work that this process does when it is told to."""

    def __init__(self) -> None:
        self._work: Callable[[], Any] = _nothing
        self._packed: Callable[[Any], Any] = _pickled

    def load(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Import the work from the places given, on the core given."""
        if order["core"] is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {order["core"]})
        sys.path[:] = order["path"]
        kind, what = order["kind"], order["work"]
        if kind == "pickle":
            self._work = pickle.loads(base64.b64decode(what))
        elif kind == "extract":
            self._work, self._packed = _extraction(what["documents"], what["recipe"]), _plain
        else:
            module, _, name = what.partition(":")
            work: Any = importlib.import_module(module)
            for part in name.split("."):
                work = getattr(work, part)
            self._work = work
        perfkit = sys.modules.get("perfkit")
        return {"perfkit": None if perfkit is None else perfkit.__file__}

    def output(self, _: Mapping[str, Any]) -> dict[str, Any]:
        """Do the work once, untimed."""
        return {"output": self._packed(self._work())}

    def settle(self, _: Mapping[str, Any]) -> dict[str, Any]:
        """Set aside what is there, so that collections leave it alone."""
        gc.collect()
        gc.freeze()
        return {}

    def time(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Do the work so many times, timed together; garbage is collected before."""
        return _timed(self._work, order)

    def reference(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """As ``time``, of work that is the same in every revision: how fast the machine is."""
        return _timed(_arithmetic, order)


def _timed(work: Callable[[], Any], order: Mapping[str, Any]) -> dict[str, Any]:
    repeats = range(order["repeats"])
    gc.collect()
    if order["gc_off"]:
        gc.disable()
    switches = _switches()
    started, cpu = time.time(), _cpu_seconds()
    wall = time.perf_counter()
    for _ in repeats:
        work()
    wall = time.perf_counter() - wall
    cpu = _cpu_seconds() - cpu
    now = _switches()
    gc.enable()
    return {
        "wall": wall,
        "cpu": cpu,
        "started": started,
        "pid": os.getpid(),
        "voluntary": None if now is None or switches is None else now[0] - switches[0],
        "involuntary": None if now is None or switches is None else now[1] - switches[1],
    }


def _arithmetic() -> int:
    """Some ten milliseconds of arithmetic in which each step needs the one before."""
    state = 1
    for _ in range(200_000):
        state = state * 16807 % 2147483647
    return state


def _nothing() -> None:
    raise RuntimeError("no work has been loaded")


def _pickled(output: Any) -> str:
    return base64.b64encode(pickle.dumps(output)).decode()


def _extraction(documents: list[str], fields: dict[str, Any]) -> Callable[[], Any]:
    from perfkit.pipeline import extract
    from perfkit.recipe import Recipe

    recipe = Recipe(**fields)
    return lambda: [extract(document, recipe) for document in documents]


def _plain(output: Any) -> list[Any]:
    """Extractions as any revision tells them, without what tells only who read them."""
    told = []
    for extraction in output:
        values = json.loads(json.dumps(extraction.as_dict(), default=str))
        told.append({key: of for key, of in values.items() if key not in {"engine", "warnings"}})
    return told


def _cpu_seconds() -> float:
    if sys.platform == "win32":
        return time.process_time()
    import resource

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _switches() -> tuple[int, int] | None:
    if sys.platform == "win32":
        return None
    import resource

    usage = resource.getrusage(getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF))
    return usage.ru_nvcsw, usage.ru_nivcsw


def main() -> None:
    """Take orders until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    served = Served()
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = getattr(served, order["do"])(order)
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever asked is told
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
