"""Plugins by file name: ``engine="pdfium"`` is the module ``perfkit/engines/pdfium.py``.

A third party adds one through an entry point of the group ``perfkit.<folder>``, whose
value is a module that fulfils the protocol in that folder's ``__init__``.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from perfkit.errors import RecipeError
from perfkit.nearest import did_you_mean

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["entry_points_of", "load", "names"]


@functools.cache
def _built_in(folder: str) -> list[str]:
    here = Path(__file__).parent / folder
    return sorted(file.stem for file in here.glob("[!_]*.py"))


def entry_points_of(folder: str) -> dict[str, EntryPoint]:
    """Name -> entry point of what installed packages add to a folder, looked up once a process."""
    return _third_party(folder)


@functools.cache
def _third_party(folder: str) -> dict[str, EntryPoint]:
    group = f"perfkit.{folder}"
    if not _is_declared(f"[{group}]".encode()):
        return {}
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=group)}


def _is_declared(section: bytes) -> bool:
    """Whether an installed package may have such entry points.

    Without one, which is the rule, this spares a short command the import of
    importlib.metadata: a sixth of its whole time.
    """
    for place in sys.path:
        if os.path.isfile(place):
            return True  # packages in an archive: leave it to importlib.metadata
        try:
            found = os.listdir(place or os.curdir)
        except OSError:
            continue
        for name in found:
            if name.endswith((".dist-info", ".egg-info")):
                path = os.path.join(place, name, "entry_points.txt")
                if os.path.isfile(path) and section in Path(path).read_bytes():
                    return True
    return False


def names(folder: str) -> list[str]:
    """Names of all plugins of a folder, built in and installed, sorted.

    They are looked up once a process.
    """
    return sorted({*_built_in(folder), *_third_party(folder)})


def load(folder: str, name: str) -> ModuleType:
    """The module of one plugin.

    Parameters
    ----------
    folder : str
        A plugin folder of the package, such as ``"engines"``.
    name : str
        The plugin's name: its file's name without ``.py``, or an entry point's.

    Raises
    ------
    RecipeError
        If there is no such plugin; the message names the nearest. Also if the entry point
        of that name does not lead to a module.
    """
    if name in _built_in(folder):
        return importlib.import_module(f"perfkit.{folder}.{name}")
    kind = folder.removesuffix("s")
    point = _third_party(folder).get(name)
    if point is None:
        raise RecipeError(f"There is no {kind} {name!r}{did_you_mean(name, names(folder))}")
    try:
        module = point.load()
    except (ImportError, AttributeError) as error:
        raise RecipeError(
            f"The {kind} {name!r} ({point.value}) cannot be loaded: {error}"
        ) from error
    if not isinstance(module, ModuleType):
        raise RecipeError(f"The {kind} {name!r} ({point.value}) is not a module.")
    return module
