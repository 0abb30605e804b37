"""``%perfkit`` and ``%%perfkit`` in a real kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfkit import plugins
from tests.kernel import cells_run
from tests.test_docs import examples

#: Name: cell. All of them run in one kernel, in this order.
CELLS = {
    "load": "%load_ext perfkit",
    "time": "%%perfkit time --budget 0.1\nprint('hello')\nx = sum(range(10000))",
    "kept": "x",
    "expression": "%perfkit time --budget 0.1 len(' two  spaces')",
    "failing": "%%perfkit time\nraise ValueError('of the user')",
    "nothing": "%perfkit time",
    "help": "%perfkit time --help",
    "bare": "%perfkit",
    "misspelt": "%perfkit tme",
    "works": "def slow():\n    return sum(range(90000)) < 0\n"
    "def fast():\n    return sum(range(20000)) < 0",
    "compare": "%perfkit compare slow fast --budget 0.2",
    "lambdas": "%perfkit compare 'lambda: slow()' \"lambda: fast()\" --budget 0.2",
    "recipes": "from perfkit import Recipe\n"
    "%perfkit compare Recipe(engine='pypdf') Recipe() "
    "--documents order_one_page.pdf --budget 0.2",
    "unknown": "%perfkit compare slow fsat",
    "option": "%perfkit compare slow fast --budgt 3",
    "short": "%perfkit compare slow",
    "no expression": "%perfkit compare slow fast(",
    "cell": "%%perfkit compare slow fast\nx",
    "differing": "%perfkit compare slow 'lambda: 7'",
    "isolated": "%perfkit compare slow fast --isolated",
    # As in a kernel that a user started, whose outputs the user sees.
    "by hand": "import os\nos.environ.pop('PERFKIT_PROGRESS_AS_STREAM', None)",
    "progress": "%perfkit compare slow fast --budget 0.5",
    "progress of time": "%perfkit time --budget 0.5 slow()",
    "line": "from perfkit.bench.progress import Progress\n"
    "with Progress() as show:\n    show('half of it', 0.5)\n    show.line('found')",
}


@pytest.fixture(scope="module")
def outputs(repository: Path) -> dict[str, list[Any]]:
    return dict(zip(CELLS, cells_run(list(CELLS.values()), repository), strict=True))


def result(outputs: list[Any]) -> str:
    """What the cell's result looks like to a reader."""
    (data,) = [output.data for output in outputs if output.output_type == "execute_result"]
    return str(data.get("text/html", data["text/plain"]))


def said(outputs: list[Any], stream: str = "stderr") -> str:
    """What a cell wrote."""
    return "".join(o.text for o in outputs if o.output_type == "stream" and o.name == stream)


def test_time_gives_interval_and_noise_in_one_line(outputs) -> None:
    for name in ("time", "expression"):
        line = result(outputs[name])
        assert "interval of" in line
        assert "noise" in line
        assert "\n" not in line


def test_a_timed_cell_prints_once_and_its_names_stay(outputs) -> None:
    assert said(outputs["time"], "stdout") == "hello\n"
    assert result(outputs["kept"]) == "49995000"


def test_an_error_of_the_users_own_comes_through(outputs) -> None:
    (error,) = [output for output in outputs["failing"] if output.output_type == "error"]
    assert (error.ename, error.evalue) == ("ValueError", "of the user")
    assert "raise ValueError" in "".join(error.traceback)


def test_compare_gives_a_verdict_that_names_what_was_written(outputs) -> None:
    assert "fast is faster than slow" in result(outputs["compare"])
    assert "lambda: fast() is faster than lambda: slow()" in result(outputs["lambdas"])
    assert "engine=pdfium" in result(outputs["recipes"])


def test_nothing_is_left_of_progress_beneath_a_cell(outputs) -> None:
    for name in ("progress", "progress of time", "line"):
        assert said(outputs[name]) == ""
        (shown,) = [each for each in outputs[name] if each.output_type == "display_data"]
        assert shown.data == {}
    assert said(outputs["line"], "stdout") == "found\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing", "Give the code"),
        ("bare", "%perfkit compare BASELINE CANDIDATE"),
        ("misspelt", "There is no %perfkit tme; did you mean 'time'?"),
        ("unknown", "There is no 'fsat' in this notebook; did you mean 'fast'?"),
        ("option", "There is no option --budgt; did you mean '--budget'?"),
        ("short", "required: candidate"),
        ("no expression", "'fast(' is no expression"),
        ("cell", "it takes no cell"),
    ],
)
def test_what_is_misused_is_told_in_one_line(outputs, name, message) -> None:
    assert f"UsageError: {message}" in said(outputs[name]) or message in said(outputs[name])
    assert not [output for output in outputs[name] if output.output_type == "error"]


def test_no_time_is_shown_for_unlike_outputs(outputs) -> None:
    (error,) = [output for output in outputs["differing"] if output.output_type == "error"]
    assert error.ename == "OutputsDifferError"


def test_isolated_work_has_to_be_in_a_module(outputs) -> None:
    (error,) = [output for output in outputs["isolated"] if output.output_type == "error"]
    assert "isolated=True: slow was defined in a notebook" in error.evalue


def test_every_magic_has_its_help(outputs) -> None:
    assert "--budget SECONDS" in said(outputs["help"], "stdout")
    for name in plugins.names("magics"):
        module = plugins.load("magics", name)
        first = (module.__doc__ or "").splitlines()[0]
        assert first.startswith((f"%perfkit {name}", f"%%perfkit {name}"))
        assert first in said(outputs["bare"])


def test_the_documented_lines_work(repository: Path) -> None:
    (lines,) = [
        each.text for each in examples(repository / "docs/notebooks.md") if each.kind == "text"
    ]
    outputs = cells_run(lines.splitlines(), repository)
    assert not [each for cell in outputs for each in cell if each.output_type == "error"]
    assert "outputs equal" in result(outputs[2])
    assert "noise" in result(outputs[3])
