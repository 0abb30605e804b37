"""Count the lines of functions that are known by name, here or in a worker process."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from types import FunctionType
from typing import Any

from perfkit.errors import MissingExtraError
from perfkit.profiling.places import short_name

__all__ = ["Counter", "Name", "around_call", "found_functions"]

#: Qualified name and short file of a function.
Name = tuple[str, str]


def around_call(
    settings: tuple[tuple[Name, ...]], function: str, arguments: tuple[Any, ...]
) -> tuple[Any, tuple[int, list[tuple[Any, ...]]]]:
    """In a worker process: a call with lines counted; see :class:`Watch`."""
    from perfkit.executors._outcome import find

    called = find(function)  # imported before the functions are looked for
    counter = Counter(settings[0])
    with counter:
        value = called(*arguments)
    return value, (os.getpid(), counter.lines())


class Counter:
    """line-profiler on functions by their names."""

    def __init__(self, names: Sequence[Name]) -> None:
        try:
            from line_profiler import LineProfiler
        except ImportError as error:
            raise MissingExtraError("line-profiler", "workbench", "A line profile") from error
        self._profiler = LineProfiler()
        self._names: dict[tuple[str, int], Name] = {}
        for name, function in found_functions(names):
            code = function.__code__
            self._names[code.co_filename, code.co_firstlineno] = name
            self._profiler.add_function(function)

    def __enter__(self) -> Counter:
        self._profiler.enable_by_count()
        return self

    def __exit__(self, *error: object) -> None:
        self._profiler.disable_by_count()

    def lines(self) -> list[tuple[Any, ...]]:
        """Name, short file, file, first line, line, hits, seconds; plain."""
        stats = self._profiler.get_stats()
        return [
            (*self._names[file, first], file, first, line, hits, ticks * stats.unit)
            for (file, first, _), lines in stats.timings.items()
            if (file, first) in self._names
            for line, hits, ticks in lines
        ]


def found_functions(names: Iterable[Name]) -> list[tuple[Name, FunctionType]]:
    """Functions of this process by qualified name and short file."""
    wanted = set(names)
    last = {name.rpartition(".")[2] for name, _ in wanted}
    found: dict[int, tuple[Name, FunctionType]] = {}
    # The collector knows all functions but those of a worker's start, which it has set aside.
    for each in (*gc.get_objects(), *_of_modules(wanted)):
        if type(each) is FunctionType and each.__code__.co_name in last:
            code = each.__code__
            name = code.co_qualname, short_name(code.co_filename)
            if name in wanted:
                found.setdefault(id(code), (name, each))
    return list(found.values())


def _of_modules(names: Iterable[Name]) -> Iterator[object]:
    """What modules and their classes hold by these names, out of its wrappings."""
    files = {short_name(_file(module)): module for module in list(sys.modules.values())}
    for name, file in names:
        found: Any = files.get(file)
        for part in name.split("."):
            found = getattr(found, "__dict__", {}).get(part)
        for inner in ("__func__", "fget", "func", "__wrapped__"):
            found = getattr(found, inner, found)
        yield found


def _file(module: object) -> str:
    return getattr(module, "__file__", None) or ""
