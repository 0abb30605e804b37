"""Where code lies, told without the folders of this machine; and what its lines say."""

from __future__ import annotations

import functools
import linecache
import os
import re
import sys
import sysconfig

__all__ = ["origin", "short_name", "source_line", "waits"]

_LONGEST_SOURCE = 120
#: Where a thread or process waits for others, in Python's own library.
_WAITING = frozenset(
    {
        "concurrent/futures/thread.py",
        "queue.py",
        "selectors.py",
        "socket.py",
        "subprocess.py",
        "threading.py",
    }
)
#: ... and in perfkit's own: on a queue that is not Python's code.
_OWN_WAITING = frozenset({("_Flow._collect", "perfkit/executors/dask.py")})


@functools.lru_cache(maxsize=4096)
def short_name(file: str) -> str:
    """A file as its package names it: ``perfkit/pipeline.py``, ``pypdf/_page.py``, ``json.py``.

    A notebook's cell is ``cell N``, by its number.
    """
    if re.search(r"ipykernel_\d+[/\\]\d+\.py$|^<ipython-input-", file):
        return f"cell {_cell_number(file)}"
    if file.startswith("<"):
        return file
    places = [os.path.abspath(place) for place in sys.path]
    inside = [place for place in places if file.startswith(place + os.sep)]
    if inside:
        return os.path.relpath(file, max(inside, key=len)).replace(os.sep, "/")
    return os.path.basename(file)


def _cell_number(file: str) -> str:
    """As it stands beside the cell; the name that IPython gave its code where nobody knows."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    known: dict[str, int] = getattr(getattr(shell, "compile", None), "_filename_map", {})
    return str(known.get(file, os.path.basename(file).removesuffix(".py")))


@functools.lru_cache(maxsize=4096)
def origin(file: str) -> str:
    """``own`` code, a ``library``, or ``python``, whose file (in full) it is."""
    if file.startswith("<frozen"):
        return "python"
    for name in ("purelib", "platlib"):
        if file.startswith(sysconfig.get_path(name) + os.sep):
            return "own" if short_name(file).startswith("perfkit/") else "library"
    return "python" if file.startswith(sysconfig.get_path("stdlib") + os.sep) else "own"


def waits(function: str, file: str, origin: str) -> bool:
    """Whether a function, by its name, short file and origin, is where others are waited for."""
    return (origin == "python" and file in _WAITING) or (function, file) in _OWN_WAITING


def source_line(file: str, line: int) -> str:
    """A line of source without its indentation; empty where it cannot be had."""
    text = linecache.getline(file, line).strip()
    return text if len(text) <= _LONGEST_SOURCE else text[: _LONGEST_SOURCE - 1] + "…"
