"""A process of another revision: it samples an extraction, or tracks its allocations.

Started by its path, it imports nothing of perfkit but what the work itself does: its ``perfkit``
is the other revision's. An order comes as JSON, and so does the answer go.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["main"]


def main() -> None:
    """Read the order, do the work, answer."""
    order = json.load(sys.stdin)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the work prints is no answer
    sampling = _beside("_sampling.py")
    sys.path[:] = order["path"]
    from perfkit.pipeline import extract
    from perfkit.recipe import Recipe

    recipe = Recipe(**order["recipe"])

    def call() -> None:
        extract(order["document"], recipe)

    call()
    call()
    runs, stacks = _sampled(sampling, call, order["seconds"], order["interval_ms"])
    json.dump({"runs": runs, "stacks": stacks}, answers)
    answers.close()


def _beside(name: str) -> Any:
    path = Path(__file__).with_name(name)
    spec = importlib.util.spec_from_file_location("perfkit_sampling", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _sampled(
    sampling: Any, call: Callable[[], None], seconds: float, interval_ms: float
) -> tuple[int, list[Any]]:
    sampler = sampling.Sampler(interval_ms / 1000)
    runs, until = 0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        sampler.run(call)
        runs += 1
    # Without the function around the call.
    return runs, [(codes[1:], *rest) for codes, *rest in sampler.stacks() if len(codes) > 1]


if __name__ == "__main__":
    main()
