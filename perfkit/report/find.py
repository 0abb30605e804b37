"""Find the notebooks that a report is made of, and read what parameters they take."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from perfkit.errors import MissingExtraError, ParameterError
from perfkit.nearest import did_you_mean
from perfkit.report.parameters import Parameter, declared

__all__ = ["Notebook", "find_notebooks"]

_FOLDER = "notebooks"
_SUFFIX = ".ipynb"


class Notebook(NamedTuple):
    """A notebook to be run: its name, its file, and the parameters it declares."""

    name: str
    path: Path
    parameters: list[Parameter]


def find_notebooks(wanted: Sequence[str | os.PathLike[str]] = ()) -> list[Notebook]:
    """The notebooks of these names or paths; without any, all of the ``notebooks`` folder.

    The folder is that of the working folder, of one above it, or of perfkit's checkout.

    Raises
    ------
    ParameterError
        If one is not there (the message names the nearest), is no notebook, or two would
        write the same page.
    """
    folder = _folder()
    paths = [_path(name, folder) for name in wanted] if wanted else _all(folder)
    names = [path.stem for path in paths]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"Two notebooks are called {name}; their pages would collide.")
    return [Notebook(path.stem, path, _parameters(path)) for path in paths]


def _folder() -> Path | None:
    here = Path.cwd()
    checkout = Path(__file__).resolve().parents[2]
    for start in (here, *here.parents, checkout):
        if any((start / _FOLDER).glob(f"*{_SUFFIX}")):
            return start / _FOLDER
    return None


def _all(folder: Path | None) -> list[Path]:
    if folder is None:
        raise ParameterError(
            f"There is no folder {_FOLDER} here or above; name the notebooks by their paths."
        )
    return sorted(folder.glob(f"*{_SUFFIX}"))


def _path(name: str | os.PathLike[str], folder: Path | None) -> Path:
    path = Path(name)
    if path.is_file():
        return path
    if (
        folder is not None
        and (folder / f"{path.stem}{_SUFFIX}").is_file()
        and path.name
        in (
            path.stem,
            f"{path.stem}{_SUFFIX}",
        )
    ):
        return folder / f"{path.stem}{_SUFFIX}"
    known = [file.stem for file in _all(folder)] if folder else []
    hint = did_you_mean(path.stem, known) if known else ""
    raise ParameterError(f"There is no notebook {os.fspath(name)!r}{hint}")


def _parameters(path: Path) -> list[Parameter]:
    try:
        import nbformat
    except ImportError as error:
        raise MissingExtraError("nbformat", "workbench", "A report") from error
    try:
        notebook = nbformat.read(path, as_version=4)
    except (ValueError, TypeError, AttributeError, KeyError, nbformat.ValidationError) as error:
        # Whatever nbformat stumbles over in a file of another kind.
        raise ParameterError(f"{path} is no notebook that can be read.") from error
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) > 1:
        raise ParameterError(f"{path} has {len(cells)} cells tagged parameters; one is allowed.")
    return declared(cells[0].source, path.stem) if cells else []
