"""Plugins by file name: ``engine="pdfium"`` is the module ``perfkit/engines/pdfium.py``.

A third party adds one through an entry point of the group ``perfkit.<folder>``, whose
value is a module that fulfils the protocol in that folder's ``__init__``.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

from perfkit.errors import RecipeError
from perfkit.nearest import did_you_mean

__all__ = ["load", "names"]


def _built_in(folder: str) -> list[str]:
    here = Path(__file__).parent / folder
    return sorted(file.stem for file in here.glob("[!_]*.py"))


def names(folder: str) -> list[str]:
    """Names of all plugins of a folder, built in and installed, sorted."""
    from importlib.metadata import entry_points

    third_party = [point.name for point in entry_points(group=f"perfkit.{folder}")]
    return sorted({*_built_in(folder), *third_party})


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
        If there is no such plugin; the message names the nearest.
    """
    if name.isidentifier() and (Path(__file__).parent / folder / f"{name}.py").is_file():
        return importlib.import_module(f"perfkit.{folder}.{name}")
    from importlib.metadata import entry_points

    for point in entry_points(group=f"perfkit.{folder}", name=name):
        module = point.load()
        assert isinstance(module, ModuleType), f"entry point {name} must name a module"
        return module
    kind = folder.removesuffix("s")
    raise RecipeError(f"There is no {kind} {name!r}{did_you_mean(name, names(folder))}")
