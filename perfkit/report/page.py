"""A notebook's page: our own nbconvert template, self-contained, with nothing that runs."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from perfkit.bench.formatting import tied
from perfkit.errors import MissingExtraError
from perfkit.profiling.style import STYLE
from perfkit.report.outputs import from_markdown, joined, render, sentence_of

__all__ = ["LARGEST_BYTES", "TEMPLATES", "notebook_page", "stylesheet", "title_of"]

TEMPLATES = Path(__file__).parent / "templates"

#: A page above this is too heavy to mail or to open on a phone.
LARGEST_BYTES = 1_000_000
#: Of these: style, environment, parameters, and the frame around each cell.
_FRAME_BYTES = 150_000

_SENTENCE = re.compile(r'<p class="perfkit-sentence">(.*?)</p>', re.DOTALL)

#: Cells that papermill adds: its remark on an error, and the values of parameters, which
#: the page tells in its own words.
_ADDED = frozenset({"papermill-error-cell-tag", "injected-parameters"})


def notebook_page(notebook: Any, words: Mapping[str, object]) -> str:
    """HTML of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        As papermill left it.
    words : mapping
        What the template shows around the cells: ``title``, ``started``, ``seconds``,
        ``error``, ``parameters``, ``environment``, ``calibration`` (harmless HTML).

    Raises
    ------
    MissingExtraError
        If nbconvert is not installed.
    """
    try:
        from nbconvert.exporters.templateexporter import TemplateExporter
    except ImportError as error:
        raise MissingExtraError(error.name or "nbconvert", "workbench", "A report") from error

    class PageExporter(TemplateExporter):
        """Escapes what the template shows, unless a filter has made it harmless."""

        def _create_environment(self) -> Any:
            environment = super()._create_environment()  # type: ignore[no-untyped-call]
            environment.autoescape = True
            return environment

    # Nothing of the user's: neither template folders nor preprocessors nor settings.
    exporter = PageExporter(  # type: ignore[no-untyped-call]
        template_paths=[str(TEMPLATES)],
        template_file="page.html.j2",
        file_extension=".html",
        default_preprocessors=[],
        filters=_Filters().as_dict(),
    )
    shown = notebook.copy()
    shown.cells = [cell for cell in notebook.cells if _is_shown(cell)]
    page, _ = exporter.from_notebook_node(
        shown, resources={"page": dict(words), "css": stylesheet()}
    )
    return str(page)


def _is_shown(cell: Any) -> bool:
    return _ADDED.isdisjoint(cell.metadata.get("tags", [])) and bool(cell.source.strip())


def stylesheet() -> str:
    """The style of every page, to be put inline."""
    return (TEMPLATES / "style.css").read_text(encoding="utf-8") + STYLE


def title_of(notebook: Any, fallback: str) -> str:
    """The first top heading of a notebook, as plain text."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and _is_shown(cell):
            found = re.search(r"^# +(.+?)\s*#*$", cell.source, re.MULTILINE)
            if found:
                return re.sub(r"[`*_]", "", found[1])
    return fallback


def parameter_rows(
    declared: Sequence[Any], given: Mapping[str, object]
) -> list[tuple[str, str, str]]:
    """Name, value and meaning of each parameter, as the notebook was run."""
    return [(p.name, repr(given.get(p.name, p.default)), p.meaning) for p in declared]


class _Filters:
    """What turns cells into markup, as long as the page stays small; then a remark does."""

    def __init__(self) -> None:
        self._told: set[str] = set()
        self._left = LARGEST_BYTES - _FRAME_BYTES

    def as_dict(self) -> dict[str, Callable[[Any], Any]]:
        """By the names that the template uses."""
        return {"render": self._render, "markdown": self._markdown, "code": self._code}

    def _render(self, outputs: Sequence[Any]) -> Any:
        rendered = filter(None, map(self._rendered, joined(outputs)))
        return _safe("\n".join(map(self._fitting, rendered)))

    def _rendered(self, output: Any) -> str:
        """An output, a chart beneath its sentence; a sentence is told once on a page."""
        said = sentence_of(output)
        above = f'<p class="perfkit-sentence">{html.escape(tied(said))}</p>' if said else ""
        return _SENTENCE.sub(self._once, above + render(output))

    def _once(self, sentence: re.Match[str]) -> str:
        said = html.unescape(sentence[1])
        if said in self._told:
            return ""
        self._told.add(said)
        return sentence[0]

    def _markdown(self, source: str) -> Any:
        return _safe(self._fitting(from_markdown(source)))

    def _code(self, cell: Any) -> Any:
        return _safe(self._fitting(_coloured(cell.source), within="{}"))

    def _fitting(self, markup: str, within: str = '<p class="perfkit-notes">{}</p>') -> str:
        size = len(markup.encode())
        if size > self._left:
            return within.format(
                f"{size / 1e6:.2f} MB are left out here, to keep this page small; they are in "
                "the executed notebook."
            )
        self._left -= size
        return markup


def _safe(markup: str) -> Any:
    from markupsafe import Markup

    return Markup(markup)


def _coloured(source: str) -> str:
    """Python, coloured by kinds that the style sheet knows."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    try:
        return str(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)))
    except ValueError:
        return html.escape(source)
