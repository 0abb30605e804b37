"""A sampler: where each thread of this process is, looked at every millisecond or so.

Python's own hooks tell of calls only: a loop without calls would be booked on the line where its
function ends, and what a C library takes on the next line that calls Python. A thread that looks
sees the line that runs. It imports nothing of perfkit, so that another revision can be sampled.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, TypeVar

__all__ = ["Sampler"]

T = TypeVar("T")
#: A thread that works lets others in after this long: at most so late is a look.
_SWITCH_SECONDS = 0.0001
#: Looks are not evenly spaced: work that repeats would be met at the same place each time.
_SOONEST, _LATEST = 0.5, 1.5
#: Where a thread begins, below anything that it was started for.
_THREADS_OWN = ("threading.py", "thread.py")


def _marked(call: Callable[[], T]) -> T:
    return call()


class Sampler:
    """Looks at the thread that calls :meth:`run`, and at threads that are started meanwhile.

    Parameters
    ----------
    interval_seconds : float
        Between two looks, on average.
    """

    def __init__(self, interval_seconds: float = 0.001) -> None:
        self._interval = interval_seconds
        self._seconds: defaultdict[tuple[Any, ...], float] = defaultdict(float)
        self._looks: Counter[tuple[Any, ...]] = Counter()

    def run(self, call: Callable[[], T]) -> T:
        """Do the work while it is looked at; what it gives."""
        ended, worker = threading.Event(), threading.get_ident()
        # All that are there, also such as the module threading does not know.
        before = sys._current_frames().keys() - {worker}  # noqa: SLF001 - documented
        looker = threading.Thread(
            target=self._look,
            args=(worker, before, ended),
            name="perfkit-sampler",
            daemon=True,
        )
        switch = sys.getswitchinterval()
        sys.setswitchinterval(min(switch, _SWITCH_SECONDS))
        try:
            looker.start()
            return _marked(call)
        finally:
            ended.set()
            looker.join()
            sys.setswitchinterval(switch)

    def _look(self, worker: int, before: set[int], ended: threading.Event) -> None:
        draw, frames = random.Random(), sys._current_frames  # noqa: SLF001 - documented
        left_out = before | {threading.get_ident()}
        last = time.perf_counter()
        while not ended.wait(draw.uniform(_SOONEST, _LATEST) * self._interval):
            seen, now = frames(), time.perf_counter()
            for thread, top in seen.items():
                if thread not in left_out:
                    place = _where(top, is_worker=thread == worker)
                    self._seconds[place] += now - last
                    self._looks[place] += 1
            last = now

    def stacks(self) -> list[tuple[Any, ...]]:
        """What was seen, plain.

        Functions from the outermost on (each its name, file and first line), the line of the
        innermost, seconds, looks, and whether it was in a thread that the work started.
        """
        found: dict[tuple[Any, ...], list[float]] = {}
        for place, seconds in self._seconds.items():
            codes, offset, in_thread = place
            if codes:
                functions = tuple((c.co_qualname, c.co_filename, c.co_firstlineno) for c in codes)
                key = functions, _line(codes[-1], offset), in_thread
                sums = found.setdefault(key, [0.0, 0])
                sums[0] += seconds
                sums[1] += self._looks[place]
        return [
            (functions, line, *sums, in_thread)
            for (functions, line, in_thread), sums in found.items()
        ]


def _where(top: FrameType | None, *, is_worker: bool) -> tuple[Any, ...]:
    """Codes from the outermost on, how far the innermost is, and whether it is another thread.

    No codes outside the work.
    """
    codes: list[CodeType] = []
    offset = 0 if top is None else top.f_lasti
    marked = False
    while top is not None and not marked:
        code = top.f_code
        marked = code is _marked.__code__
        if not marked:
            codes.append(code)
            top = top.f_back
    if not marked and is_worker:
        codes.clear()
    while codes and not marked and codes[-1].co_filename.endswith(_THREADS_OWN):
        codes.pop()
    return tuple(reversed(codes)), offset, not marked


def _line(code: CodeType, offset: int) -> int:
    """The line of an instruction; of one that has none, the line before it."""
    found = code.co_firstlineno
    for start, end, line in code.co_lines():
        if line is not None:
            found = line
        if start <= offset < end:
            break
    return found
