"""Documents of a wanted number of pages, made once and kept for the next sweep."""

from __future__ import annotations

import os
from pathlib import Path

from perfkit.version import __version__

__all__ = ["document_of"]


def document_of(pages: int, *, layout: str = "order", seed: int = 1) -> Path:
    """A document of the corpus with its truth beside it; made if it is not there yet.

    It lies in the user's cache folder (``XDG_CACHE_HOME``, else ``~/.cache``), holds nothing
    but made-up goods, and may be deleted at any time.

    Raises
    ------
    CorpusError
        If it cannot be made.
    """
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "perfkit" / "documents" / __version__
    path = folder / f"{layout}_{pages}_pages_{seed}.pdf"
    if not (path.exists() and path.with_suffix(".json").exists()):
        from perfkit.corpus import make

        folder.mkdir(parents=True, exist_ok=True)
        make(path, layout=layout, pages=pages, seed=seed)
    return path
