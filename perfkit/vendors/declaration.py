"""Where layouts are found: by name, by path, and all that ``"auto"`` tries."""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path

from perfkit import plugins
from perfkit.errors import RecipeError
from perfkit.nearest import did_you_mean
from perfkit.vendors import Vendor
from perfkit.vendors._parse import parse_vendor

__all__ = [
    "FOLDER_VARIABLE",
    "extra_fields",
    "load_vendor",
    "vendor_files",
    "vendor_names",
    "vendors_digest",
    "vendors_for",
]

#: The environment variable that names a folder of TOML files of your own.
FOLDER_VARIABLE = "PERFKIT_VENDORS"

_FOLDER = Path(__file__).parent


@functools.cache
def _shipped() -> dict[str, Path]:
    return {file.stem: file for file in _FOLDER.glob("[!_]*.toml")}


@functools.cache
def _installed() -> dict[str, Path]:
    """Layouts of installed packages: entry points of the group ``perfkit.vendors``."""
    found = {}
    for name, point in plugins.entry_points_of("vendors").items():
        try:
            value = point.load()
            found[name] = Path(value() if callable(value) else value)
        except Exception as error:
            raise RecipeError(
                f"The vendor {name!r} ({point.value}) cannot be loaded: {error}. Its entry point "
                "must name the path of a TOML file, or a function that returns it."
            ) from error
    return found


def _own() -> dict[str, Path]:
    """Layouts of the folder that the environment variable ``PERFKIT_VENDORS`` names."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return {}
    if not os.path.isdir(folder):
        raise RecipeError(
            f"{FOLDER_VARIABLE}: there is no folder {folder!r}. Make it, or unset the variable."
        )
    return {file.stem: file for file in Path(folder).glob("[!_]*.toml")}


def vendor_files() -> dict[str, Path]:
    """Name -> file of every layout that ``"auto"`` tries, sorted by name.

    They are those that perfkit ships, those of installed packages, and those of your own folder;
    of several with one name the last counts.

    Raises
    ------
    RecipeError
        If an installed one cannot be loaded, or the folder is not there.
    """
    return dict(sorted({**_shipped(), **_installed(), **_own()}.items()))


def vendor_names() -> list[str]:
    """Names of the layouts that ``"auto"`` tries, sorted."""
    return list(vendor_files())


def vendors_for(layout: str) -> list[Vendor]:
    """The layouts that a recipe's ``layout`` allows: all for ``"auto"``, else the one.

    Raises
    ------
    RecipeError
        If there is no such layout, or its file is not right; the message names line and key.
    """
    if layout == "auto":
        return [_read(str(path), path) for path in vendor_files().values()]
    return [load_vendor(layout)]


@functools.lru_cache(maxsize=64)
def _load(path: str, changed: int) -> Vendor:  # noqa: ARG001 - a changed file is read again
    return parse_vendor(Path(path))


def load_vendor(layout: str) -> Vendor:
    """A layout by its name, or by the path of a TOML file (which ends in ``.toml``).

    Raises
    ------
    RecipeError
        See :func:`vendors_for`.
    """
    if layout.endswith(".toml"):
        return _read(layout, Path(layout))
    files = vendor_files()
    if layout not in files:
        raise RecipeError(
            f"There is no layout {layout!r}{did_you_mean(layout, files)} "
            "For a vendor of your own, give the path of its TOML file."
        )
    return _read(layout, files[layout])


def _read(name: str, path: Path) -> Vendor:
    try:
        return _load(str(path), path.stat().st_mtime_ns)
    except OSError as error:
        raise RecipeError(
            f"{name}: the layout's file cannot be read ({error.strerror}). Check its path."
        ) from error


def extra_fields(layout: str) -> tuple[str, ...]:
    """Names of the fields that the layouts of a recipe's ``layout`` have in ``extra``, each once.

    Raises
    ------
    RecipeError
        See :func:`vendors_for`.
    """
    return tuple(dict.fromkeys(name for each in vendors_for(layout) for name in each.extra))


def vendors_digest(layout: str) -> str:
    """Digest of the files of the layouts that a recipe's ``layout`` allows.

    A result that is kept is only as good as they were. A changed file changes it at once.

    Raises
    ------
    RecipeError
        See :func:`vendors_for`.
    """
    told = "\n".join(f"{vendor.layout} {vendor.digest}" for vendor in vendors_for(layout))
    return hashlib.sha256(told.encode()).hexdigest()[:32]
