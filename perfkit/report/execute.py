"""Run one notebook through papermill, in this interpreter's own kernel."""

from __future__ import annotations

import logging
import re
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from perfkit.errors import MissingExtraError

__all__ = ["INJECTED", "Executed", "execute", "plain"]

#: Tag of the cell that papermill adds to set the parameters.
INJECTED = "injected-parameters"
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LONGEST_LINE = 60


class Executed(NamedTuple):
    """A notebook that was run, as far as it came."""

    notebook: Any
    seconds: float
    error: str | None


class _ProgressLines:
    """Stands for the file that papermill copies the cells' standard error to."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def write(self, text: str) -> None:
        lines = [line.strip() for line in text.split("\r")]
        for line in lines[-2:]:
            if re.match(r"\d+% ", line):
                self._tell(line)

    def flush(self) -> None:
        """Nothing is kept back."""


def execute(path: Path, parameters: Mapping[str, object], tell: Callable[[str], None]) -> Executed:
    """Run a notebook from its first cell to its last, or to the one that fails.

    Parameters
    ----------
    path : Path
        The notebook; the file itself is not changed.
    parameters : mapping
        Checked names and values.
    tell : callable
        Is told what is being done.

    Raises
    ------
    MissingExtraError
        If papermill is not installed.
    """
    try:
        import nbformat
        import papermill
        from papermill.exceptions import PapermillExecutionError

        from perfkit.report.kernel import KERNEL_NAME, manager_class
    except ImportError as error:
        raise MissingExtraError(error.name or "papermill", "workbench", "A report") from error

    def cell_started(cell: Any, cell_index: int) -> None:
        if cell.cell_type == "code":
            tell(f"cell {cell_index + 1}")

    started = time.monotonic()
    failure: str | None = None
    failed = False
    with tempfile.TemporaryDirectory(prefix="perfkit-report-") as folder, _quiet():
        result = Path(folder) / path.name
        try:
            papermill.execute_notebook(
                str(path),
                str(result),
                parameters=dict(parameters),
                kernel_name=KERNEL_NAME,
                language="python",
                progress_bar=False,
                stderr_file=_ProgressLines(tell),
                autosave_cell_every=0,
                kernel_manager_class=manager_class(str(path.parent.resolve()), folder),
                on_cell_start=cell_started,
            )
        except PapermillExecutionError:
            failed = True
        except (RuntimeError, TimeoutError, OSError) as error:
            # The kernel died or never came up; there is no cell to blame.
            failure = f"the kernel failed: {_first_line(str(error)) or type(error).__name__}"
        notebook = nbformat.read(result if result.exists() else path, as_version=4)
    if failed or _broke_off(notebook):
        failure = _failure(notebook)
    return Executed(notebook, time.monotonic() - started, failure)


def _broke_off(notebook: Any) -> bool:
    """Whether a cell failed of which papermill sees no error: a magic that was misused, say."""
    return any(cell.metadata.get("papermill", {}).get("exception") for cell in notebook.cells)


def _failure(notebook: Any) -> str:
    """``cell 3 (x = 1 / 0): ZeroDivisionError: division by zero``, code cells counted from 1."""
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code" or INJECTED in cell.metadata.get("tags", []):
            continue
        number += 1
        line = _first_line(cell.source)
        shown = line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"
        for output in cell.outputs:
            if output.output_type == "error":
                what = plain(f"{output.ename}: {output.evalue}".strip(": "))
                return f"cell {number} ({shown}): {what}"
        if cell.metadata.get("papermill", {}).get("exception"):
            said = [of.text for of in cell.outputs if of.output_type == "stream"]
            return f"cell {number} ({shown}): {_first_line(''.join(said)) or 'it failed'}"
    return "a cell failed and said nothing"


def plain(text: str) -> str:
    """Without a terminal's colour codes."""
    return _ANSI.sub("", text)


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


@contextmanager
def _quiet() -> Iterator[None]:
    """Papermill and its helpers log and warn of what is no concern of a reader."""
    log = logging.getLogger("papermill")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)
