"""Documents that no cache has seen: copies, each with a comment of its own at the end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

__all__ = ["Unseen"]


class Unseen:
    """Paths of copies without end; each reads the same and has other bytes.

    The truth lies beside each copy too, so that accuracy is proved against it alike.

    Parameters
    ----------
    document : path
        The PDF that is copied.
    folder : path
        Where the copies lie; it must exist.
    """

    def __init__(self, document: Path, folder: Path) -> None:
        self._document, self._folder = document, folder

    def __iter__(self) -> Iterator[str]:
        """Go through all copies, from the first; one that is missing is written."""
        return map(self._copy, count(1))

    def stock(self, copies: int) -> None:
        """Write so many ahead: none is then written while a clock runs."""
        for number in range(1, copies + 1):
            self._copy(number)

    def _copy(self, number: int) -> str:
        path = self._folder / f"{self._document.stem}-{number}.pdf"
        if not path.exists():
            # What follows the end of a PDF is passed over by readers, but changes its digest.
            path.write_bytes(self._document.read_bytes() + b"\n%% copy %d\n" % number)
            truth = self._document.with_suffix(".json")
            if truth.is_file():
                shutil.copyfile(truth, path.with_suffix(".json"))
        return os.fspath(path)
