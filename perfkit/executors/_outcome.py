"""What became of a call: its value or its error, both of which travel as plain data."""

from __future__ import annotations

import builtins
import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

from perfkit import errors
from perfkit.errors import DocumentError, MissingExtraError, PerfkitError

__all__ = ["Completed", "Outcome", "find", "pack_error", "run", "unpack_error"]

_PLAIN = (type(None), bool, int, float, str, bytes)


class Outcome(NamedTuple):
    """A call's value, or the error that it ended with."""

    value: Any = None
    error: Exception | None = None


class Completed(NamedTuple):
    """A call that has ended: its place among the calls, and what became of it.

    ``seconds`` is from when a worker was given it; ``peak_mb`` is the resident memory that a
    worker which ended over it had at most, in its whole life (MiB; 0 for any other).
    ``starved`` says of a worker that passed its deadline that it had the processor for less than
    half of it: others had it, or it waited for something.
    """

    place: int
    outcome: Outcome
    seconds: float = 0.0
    peak_mb: float = 0.0
    starved: bool = False


def find(function: str) -> Callable[..., Any]:
    """The function of a name ``"package.module:name"``."""
    module, _, name = function.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def run(function: str, arguments: tuple[Any, ...]) -> Outcome:
    """Run a call here."""
    try:
        return Outcome(find(function)(*arguments))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the call's outcome
        return Outcome(None, error)


def pack_error(error: BaseException) -> tuple[str, tuple[Any, ...]]:
    """An error's class name and what to make it from again, plain."""
    kind = type(error).__name__
    if isinstance(error, DocumentError):
        return kind, (error.file, error.page, error.problem, error.remedy)
    if isinstance(error, MissingExtraError):
        return kind, (error.package, error.extra, error.purpose)
    known = isinstance(error, PerfkitError) or getattr(builtins, kind, None) is type(error)
    if known and all(isinstance(value, _PLAIN) for value in error.args):
        return kind, tuple(error.args)
    return "RuntimeError", (f"{kind}: {error}",)


def unpack_error(kind: str, values: tuple[Any, ...]) -> Exception:
    """The error that was packed; only perfkit's and Python's own classes are made."""
    found = getattr(errors, kind, None) or getattr(builtins, kind, None)
    if not (isinstance(found, type) and issubclass(found, Exception)):
        return RuntimeError(kind, *values)
    try:
        if issubclass(found, DocumentError):
            file, page, problem, remedy = values
            return found(file, page, problem=problem, remedy=remedy)
        return found(*values)
    except (TypeError, ValueError):
        return RuntimeError(kind, *values)
