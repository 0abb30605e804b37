"""A real kernel for tests: cells in, what they print and show out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

__all__ = ["cells_run"]


def cells_run(sources: Sequence[str], folder: Path) -> list[list[Any]]:
    """The outputs of each cell, run one after another; a cell that fails does not end it."""
    from nbclient import NotebookClient

    from perfkit.report.kernel import manager_class

    cells = [new_code_cell(source) for source in sources]
    notebook = new_notebook(cells=cells)
    with _settings(folder) as settings:
        client = NotebookClient(
            notebook,
            kernel_manager_class=manager_class(str(folder), str(settings)),
            allow_errors=True,
            timeout=60,
        )
        client.execute()
    return [nbformat.from_dict(cell.outputs) for cell in notebook.cells]


@contextmanager
def _settings(folder: Path) -> Iterator[Path]:
    """Where the kernel's socket lies: a path short enough for one."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="pk-") as settings:
        before = os.getcwd()
        os.chdir(folder)
        try:
            yield Path(settings)
        finally:
            os.chdir(before)
