"""Make a report: plan, run each notebook, write its page, then the index."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from perfkit.errors import ParameterError, ReportError
from perfkit.report.find import Notebook, find_notebooks
from perfkit.report.parameters import check
from perfkit.report.progress import Show, silent

__all__ = ["Outcome", "Report", "run"]


class Outcome(NamedTuple):
    """What became of one notebook; ``error`` says which cell failed, and how."""

    name: str
    page: Path
    seconds: float
    sentences: tuple[str, ...]
    error: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """Pages that were written, and the index to open."""

    index: Path
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Notebooks that did not run to their end."""
        return tuple(outcome for outcome in self.outcomes if outcome.error)

    def raise_for_failures(self) -> None:
        """Raise ReportError if a notebook failed."""
        if self.failed:
            told = "; ".join(f"notebook {of.name}: {of.error}" for of in self.failed)
            raise ReportError(f"{told}. Its page shows the traceback.")


def run(
    notebooks: Sequence[str | os.PathLike[str]] = (),
    parameters: Mapping[str, object] | None = None,
    out: str | os.PathLike[str] = "reports",
    *,
    show: Show = silent,
) -> Report:
    """Run notebooks one after another and write a page for each, and the index.

    A notebook that fails gets its page too, as far as it came, and the others go on.
    Pages replace earlier ones whole: an interruption leaves the old ones.

    Parameters
    ----------
    notebooks : sequence of str or path
        Names in the ``notebooks`` folder, or paths; none for all of them.
    parameters : mapping, optional
        Values for the notebooks that have such a parameter.
    out : path
        Folder for pages, executed notebooks and index.
    show : callable
        Told the notebook, what is done, and when one is finished.

    Raises
    ------
    ParameterError
        If a notebook or parameter is not there (the message names the nearest), or a value
        is of the wrong type. Nothing has been run then.
    MissingExtraError
        If papermill or nbconvert is not installed.
    ReportError
        If ``out`` can't be written to.
    """
    found = find_notebooks(notebooks)
    values = check(parameters or {}, {notebook.name: notebook.parameters for notebook in found})
    folder = Path(out)
    for notebook in found:
        if folder.resolve() == notebook.path.parent.resolve():
            raise ParameterError(
                f"{folder} holds the notebook {notebook.name} itself, which would be written "
                "over; choose another folder for the report."
            )
    outcomes = []
    for place, notebook in enumerate(found, 1):
        show(notebook.name, f"{place} of {len(found)}: starting a kernel")
        outcome = _make(notebook, values[notebook.name], folder, show)
        outcomes.append(outcome)
        show(notebook.name, outcome.error or "", done=outcome.seconds)
    from perfkit.report.index import write_index
    from perfkit.report.points import link_points

    link_points(folder)
    return Report(write_index(folder), tuple(outcomes))


def _make(notebook: Notebook, values: Mapping[str, object], out: Path, show: Show) -> Outcome:
    import nbformat

    from perfkit.bench.environment import collect
    from perfkit.report.calibration import calibration_html
    from perfkit.report.cards import Card, write_card
    from perfkit.report.execute import execute
    from perfkit.report.files import write_whole
    from perfkit.report.history import Past, note
    from perfkit.report.outputs import verdicts, without_progress
    from perfkit.report.page import notebook_page, parameter_rows, title_of
    from perfkit.report.words import now, run_time, when

    started, environment = now(), collect()
    done = execute(notebook.path, values, lambda doing: show(notebook.name, doing))
    show(notebook.name, "writing its page")
    notebook_run = without_progress(done.notebook)
    found = tuple(verdicts(notebook_run))
    sentences = tuple(each.sentence for each in found if each.sentence)
    title = title_of(notebook_run, notebook.name)
    page = notebook_page(
        notebook_run,
        {
            "title": title,
            "error": done.error,
            "started": started,
            "started_text": when(started),
            "seconds_text": run_time(done.seconds),
            "parameters": parameter_rows(notebook.parameters, values),
            "environment": environment.rows(),
            "calibration": calibration_html(environment),
        },
    )
    path = out / f"{notebook.name}.html"
    write_whole(path, page)
    write_whole(out / notebook.path.name, nbformat.writes(notebook_run))
    card = Card(
        name=notebook.name,
        title=title,
        verdicts=found,
        started=started,
        seconds=done.seconds,
        page=path.name,
        error=done.error,
        environment=environment.as_dict(),
    )
    write_card(card, out)
    past = Past(
        name=notebook.name,
        title=title,
        started=started,
        seconds=done.seconds,
        sentences=sentences,
        error=done.error,
        machine=f"{environment.cpu}, {environment.cores:g} cores",
        revision=environment.revision,
    )
    note(past, out)
    return Outcome(notebook.name, path, done.seconds, sentences, done.error)
