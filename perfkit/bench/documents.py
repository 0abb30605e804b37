"""Find a document by the name that a notebook or command gives it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from perfkit.errors import DocumentNotFoundError, ParameterError
from perfkit.nearest import did_you_mean

__all__ = ["CALLER", "FOLDER", "Documents", "find_document", "labelled"]

#: Folder of the example documents, in the repository.
FOLDER = "test_invoices"

#: Environment variable naming a further folder to look from: a report is run from anywhere,
#: and its notebooks still mean the documents of their own repository.
CALLER = "PERFKIT_NOTEBOOK_FOLDER"

Documents = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def find_document(name: str | os.PathLike[str]) -> Path:
    """Path of a document.

    A path that exists is taken as it is. Any other relative name is looked for in the
    folder ``test_invoices`` of the working folder and of those above it, so that a notebook
    runs alike from its own folder and from the repository's root.

    Raises
    ------
    DocumentNotFoundError
        If there is none; the message names the nearest that is there.
    """
    path = Path(name)
    if path.exists() or path.is_absolute():
        return path
    folders = list(_folders())
    for folder in folders:
        for candidate in (folder / path, folder.parent / path):
            if candidate.is_file():
                return candidate
    known = sorted({file.name for folder in folders for file in folder.glob("*.pdf")})
    if not known:
        raise DocumentNotFoundError(
            os.fspath(path),
            remedy=f"Check the path; no folder {FOLDER} is here or above that could hold it.",
        )
    raise DocumentNotFoundError(
        os.fspath(path),
        remedy=f"It is not in {FOLDER} either{did_you_mean(path.name, known)}",
    )


def labelled(documents: Documents) -> dict[str, str]:
    """Path by label: the file's name, or the path where names repeat. Each document once."""
    given = [documents] if isinstance(documents, (str, os.PathLike)) else list(documents)
    paths = list(dict.fromkeys(find_document(name) for name in given))
    if not paths:
        raise ParameterError("There is no document; name at least one.")
    for path in paths:
        if not path.exists():
            raise DocumentNotFoundError(os.fspath(path))
    names = Counter(path.name for path in paths)
    labels = [path.name if names[path.name] == 1 else os.fspath(path) for path in paths]
    return dict(zip(labels, map(os.fspath, paths), strict=True))


def _folders() -> Iterator[Path]:
    starts = [Path.cwd()]
    if os.environ.get(CALLER):
        starts.append(Path(os.environ[CALLER]))
    for start in starts:
        for above in (start, *start.parents):
            folder = above / FOLDER
            if folder.is_dir():
                yield folder
