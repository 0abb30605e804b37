"""``%perfkit`` and ``%%perfkit``: find the magic of the name that follows, and run it."""

from __future__ import annotations

import sys
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from perfkit import plugins
from perfkit.errors import RecipeError
from perfkit.nearest import did_you_mean

__all__ = ["register"]

_FOLDER = "magics"


def register(shell: InteractiveShell) -> None:
    """Make ``%perfkit`` and ``%%perfkit`` known to a shell."""

    def perfkit(line: str, cell: str | None = None) -> object:
        return _call(shell, line, cell)

    perfkit.__doc__ = _help()
    shell.magics_manager.register_function(perfkit, magic_kind="line_cell", magic_name="perfkit")


def _call(shell: InteractiveShell, line: str, cell: str | None) -> object:
    name, _, rest = line.strip().partition(" ")
    known = plugins.names(_FOLDER)
    if not name:
        raise UsageError(_help())
    if name not in known:
        raise UsageError(f"There is no %perfkit {name}{did_you_mean(name, known)}")
    try:
        magic: Any = plugins.load(_FOLDER, name)
    except RecipeError as error:
        raise UsageError(str(error)) from error
    if rest.strip() in ("-h", "--help"):
        sys.stdout.write(str(magic.__doc__))
        return None
    return magic.run(shell, rest.strip(), cell)


def _help() -> str:
    lines = ["%perfkit NAME ... measures from within a notebook:", ""]
    for name in plugins.names(_FOLDER):
        about = (plugins.load(_FOLDER, name).__doc__ or "").partition("\n")[0]
        lines.append(f"  {about}")
    return "\n".join([*lines, "", "%perfkit NAME --help tells more of one."])
