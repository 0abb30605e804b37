"""Another revision of a checkout beside it, and how its code is run."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from perfkit.errors import MeasurementError, ParameterError

__all__ = ["Tree", "checkout_root", "commit_of", "other_revision", "this_checkout"]

#: Whatever differs in one of these may have changed the installed packages.
_LOCKS = ("requirements.lock", "uv.lock", "poetry.lock", "pdm.lock", "requirements.txt")
_SET_UP = "tools/setup.sh"
_MOST_SAID = 1000


class Tree(NamedTuple):
    """A checkout: what it is called, where it lies, and how its code is run."""

    name: str
    folder: Path
    interpreter: str
    search_path: tuple[str, ...]

    @property
    def holds_perfkit(self) -> bool:
        """Whether perfkit itself is what this checkout is of."""
        return (self.folder / "perfkit" / "__init__.py").is_file()


def checkout_root(folder: Path | None = None) -> Path:
    """Top of the git checkout that holds a folder, by default the working folder.

    Raises
    ------
    ParameterError
        If it is in none.
    """
    return Path(_git(folder or Path.cwd(), "rev-parse", "--show-toplevel"))


def commit_of(root: Path, revision: str) -> str:
    """The commit that a name stands for, short.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    if revision.startswith("-"):
        raise ParameterError(f"{revision!r} is no revision.")
    try:
        return _git(root, "rev-parse", "--verify", "--short=12", f"{revision}^{{commit}}")
    except ParameterError as error:
        raise ParameterError(
            f"git knows no commit {revision!r} in {root} ({error}). In CI, fetch it first."
        ) from error


def this_checkout(root: Path) -> Tree:
    """The checkout as it lies there, with this interpreter."""
    commit = commit_of(root, "HEAD")
    changed = "+changes" if _git(root, "status", "--porcelain") else ""
    return Tree(commit + changed, root, sys.executable, _search_path(root, root))


@contextlib.contextmanager
def other_revision(root: Path, revision: str, python: str | None = None) -> Iterator[Tree]:
    """A revision in a git worktree of its own, removed at the end.

    Where its lock is the same as that of the checkout it runs with this interpreter and its
    packages; else with an environment of its own, made by its ``tools/setup.sh``.

    Parameters
    ----------
    python : str, optional
        An interpreter that has what the revision needs.

    Raises
    ------
    ParameterError
        If there is no such revision.
    MeasurementError
        If its worktree or its environment cannot be made.
    """
    commit = commit_of(root, revision)
    with tempfile.TemporaryDirectory(prefix="perfkit-gate-") as place:
        folder = Path(place) / "tree"
        try:
            _git(root, "worktree", "add", "--quiet", "--detach", os.fspath(folder), commit)
            yield _tree(commit, folder, root, python)
        finally:
            with contextlib.suppress(ParameterError):
                _git(root, "worktree", "remove", "--force", os.fspath(folder))


def _tree(commit: str, folder: Path, root: Path, python: str | None) -> Tree:
    if python is None and not _locks_differ(folder, root):
        return Tree(commit, folder, sys.executable, _search_path(folder, root))
    interpreter = python or _own_environment(commit, folder)
    asked = [interpreter, "-P", "-c", "import json, sys; print(json.dumps(sys.path))"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
        theirs = json.loads(done.stdout)
    except (OSError, subprocess.CalledProcessError, ValueError) as error:
        raise MeasurementError(f"{interpreter} does not run ({error}).") from error
    return Tree(commit, folder, interpreter, (*_places(folder), *theirs))


def _locks_differ(folder: Path, root: Path) -> bool:
    return any(_content(folder / name) != _content(root / name) for name in _LOCKS)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _own_environment(commit: str, folder: Path) -> str:
    if not (folder / _SET_UP).is_file():
        raise MeasurementError(
            f"The lock of {commit} differs from this checkout's, and it has no {_SET_UP} to make "
            "an environment. Make one yourself and name its interpreter: --against-python PATH."
        )
    done = subprocess.run(
        ["sh", _SET_UP, ".venv"], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-_MOST_SAID:]
        raise MeasurementError(f"The environment of {commit} cannot be made: {said}")
    return os.fspath(folder / ".venv" / "bin" / "python")


def _places(folder: Path) -> list[str]:
    return [os.fspath(each) for each in (folder, folder / "src") if each.is_dir()]


def _search_path(folder: Path, root: Path) -> tuple[str, ...]:
    """This process' own, with the checkout's places taken by those of the folder."""
    ours = {place.resolve() for place in (root, root / "src", Path.cwd())}
    others = [place for place in sys.path if place and Path(place).resolve() not in ours]
    return (*_places(folder), *others)


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", os.fspath(folder), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise ParameterError(f"git is needed, and does not run ({error}).") from error
    if done.returncode:
        raise ParameterError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()
