"""Notebooks become self-contained pages; one that fails does not stop the others."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from perfkit import report
from perfkit.errors import ParameterError, ReportError
from perfkit.report.find import find_notebooks
from perfkit.report.page import LARGEST_BYTES
from perfkit.report.progress import Shown
from perfkit.report.words import run_time, when

CHART = """
from perfkit.charts._figure import Chart
chart = Chart(figsize=(2, 1))
chart.add_subplot().plot([word_count, 2])
chart.title, chart.sentence, chart.alternative = "A line", "It <rises>.", "A line that rises."
chart
"""
SHOWN = """
from IPython.display import HTML, display
display(HTML('<p>safe</p><script>window.ran = 1</script>'))
import os
print("<script>as text</script>", os.environ["IPYTHONDIR"], flush=True)
"""


def write(
    folder: Path, name: str, *cells: str, parameters: str = "word_count: int = 1  # words"
) -> Path:
    notebook = new_notebook(
        # A kernel that nobody has: the running interpreter's is taken all the same.
        metadata={"kernelspec": {"name": "no-such-kernel", "display_name": "x", "language": "R"}},
        cells=[
            new_markdown_cell(f"# About `{name}`\n\nText, <script>never run</script>."),
            new_code_cell(parameters, metadata={"tags": ["parameters"]}),
            *(new_code_cell(cell) for cell in cells),
        ],
    )
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


class Made:
    def __init__(self, folder: Path) -> None:
        self.told: list[str] = []
        self.out = folder / "out"
        paths = [
            write(folder, "broken", "x = 1", "1 / 0", "never = 'run'"),
            write(folder, "dead", "import os; os._exit(3)"),
            write(folder, "good", CHART, SHOWN),
            write(folder, "misused", "%load_ext perfkit", "%perfkit tme", "never = 'run'"),
        ]
        self.report = report.run(paths, {"word_count": 7}, self.out, show=self.show)

    def show(self, notebook: str, doing: str, done: float | None = None) -> None:
        self.told.append(f"{notebook}: {doing if done is None else 'done'}")

    def page(self, name: str) -> str:
        return (self.out / f"{name}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("report"))


def test_a_failed_notebook_names_its_cell_and_error_and_the_others_go_on(made: Made) -> None:
    errors = {outcome.name: outcome.error for outcome in made.report.outcomes}
    assert errors["broken"] == "cell 3 (1 / 0): ZeroDivisionError: division by zero"
    assert "kernel" in (errors["dead"] or "")
    assert errors["good"] is None
    assert errors["misused"] == (
        "cell 3 (%perfkit tme): UsageError: There is no %perfkit tme; did you mean 'time'?"
    )
    assert "ZeroDivisionError" in made.page("broken")
    assert "never = " in re.sub(r"<[^>]+>", "", made.page("broken"))
    with pytest.raises(ReportError, match="notebook broken: cell 3"):
        made.report.raise_for_failures()


def test_pages_load_nothing_and_run_nothing(made: Made) -> None:
    for name in ("index", "good", "broken", "dead"):
        page = made.page(name)
        assert not re.search(r"<(script|iframe|link|object|embed)\b", page)
        assert not re.search(r"""\b(src|href)\s*=\s*["']?(https?:)?//""", page)
        assert not re.search(r"@import|url\((?!#)", page)
        assert "default-src 'none'" in page
        assert len(page.encode()) <= LARGEST_BYTES


def test_script_from_a_document_is_shown_as_text(made: Made) -> None:
    page = made.page("good")
    for text in ("window.ran = 1", "as text", "never run"):
        assert f"&lt;script&gt;{text}" in page


def test_chart_is_inline_svg_with_alternative_text(made: Made) -> None:
    page = made.page("good")
    assert re.search(r'<svg\b[^>]*role="img"', page)
    assert "A line that rises.</desc>" in page
    assert "<figcaption>A line</figcaption>" in page


def test_a_charts_sentence_stands_with_it_once(made: Made, tmp_path: Path) -> None:
    sentence = '<p class="perfkit-sentence">It &lt;rises&gt;.</p>'
    assert made.page("good").count(sentence) == 1
    told = "from perfkit.bench.formatting import Sentence\nSentence('It <rises>.')"
    report.run([write(tmp_path, "told", told, CHART, told)], out=tmp_path / "out")
    assert (tmp_path / "out" / "told.html").read_text().count(sentence) == 1


def test_code_is_folded_but_there_and_parameters_and_environment_are_told(made: Made) -> None:
    page = made.page("good")
    assert page.count("<details") == 3  # parameters and two cells
    text = re.sub(r"<[^>]+>", " ", page)
    assert "add_subplot" in text
    assert re.search(r"word_count\s+7\s+words", text)
    for name in ("usable cores", "packages", "code revision", "load at start"):
        assert name in text


def test_page_can_be_read_by_keyboard_and_screen_reader(made: Made) -> None:
    page = made.page("good")
    assert '<html lang="en">' in page
    assert page.count("<h1") == page.count("<main") == 1
    assert 'href="#main"' in page
    for block in re.findall(r"<pre\b[^>]*>", page):
        assert 'tabindex="0"' in block
        assert "aria-label" in block


def test_index_has_a_card_a_notebook_with_chart_sentence_and_time(made: Made) -> None:
    index = made.page("index")
    assert index.count('class="card"') == 4
    assert "It &lt;rises&gt;." in index
    assert index.count("<svg") == 1
    assert "<time datetime=" in index
    assert "Failed:" in index
    assert 'href="good.html"' in index


def test_executed_copies_are_kept_and_ids_are_unique(made: Made) -> None:
    assert nbformat.read(made.out / "good.ipynb", as_version=4).cells[-1].outputs
    ids = re.findall(r'\bid="([^"]+)"', made.page("index"))
    assert len(ids) == len(set(ids))


def test_users_ipython_settings_do_not_interfere(made: Made) -> None:
    folder = re.search(r"perfkit-report-[^\s<]+", made.page("good"))
    assert folder is not None


def test_what_is_being_done_is_told(made: Made) -> None:
    assert any(told.startswith("good: cell") for told in made.told)
    assert any("writing its page" in told for told in made.told)


def test_a_page_stays_below_a_megabyte_whatever_a_notebook_shows() -> None:
    from perfkit.report.page import notebook_page

    large = [new_code_cell("x = 1") for _ in range(8)]
    for cell in large:
        data = {"text/html": "<p>" + "ä" * 150_000 + "</p>"}
        cell.outputs = [nbformat.v4.new_output("display_data", data)]
    cells = [*large, new_markdown_cell("z" * 2_000_000), new_code_cell("y" * 2_000_000)]
    times = {"started": "2025-03-04T05:06:07+00:00", "started_text": "x", "seconds_text": "y"}
    nothing = {"error": None, "parameters": (), "environment": (), "calibration": ""}
    page = notebook_page(new_notebook(cells=cells), {"title": "t", **nothing, **times})
    assert 0.5 * LARGEST_BYTES < len(page.encode()) <= LARGEST_BYTES
    assert page.count("are left out here") == 8


def test_the_latest_calibration_of_the_machine_stands_at_the_end(tmp_path, monkeypatch) -> None:
    from perfkit.bench.calibration import Calibration, Tally, keep
    from perfkit.bench.environment import collect
    from perfkit.report.calibration import calibration_html

    monkeypatch.setenv("PERFKIT_STATE_FOLDER", str(tmp_path))
    here = collect()
    assert "perfkit calibrate" in calibration_html(here)
    tally = Tally(0.02, 0, 2.0, 0.99, 0.01, verdicts=40, found=40, covered=39, seconds=60.0)
    keep(Calibration("2025-03-04T05:06:07+00:00", True, True, here, (tally,)))
    told = calibration_html(here)
    assert "By the quick calibration of 2025-03-04" in told
    assert "<table" in told


def test_a_verdict_that_a_notebook_shows_is_a_card_with_its_word(tmp_path: Path) -> None:
    shown = """
import perfkit
few, many = (lambda: sum(range(20000)) < 0), (lambda: sum(range(90000)) < 0)
perfkit.compare(few, many, budget_seconds=0.2)
"""
    made = report.run([write(tmp_path, "n", shown)], out=tmp_path / "out")
    (outcome,) = made.outcomes
    assert len(outcome.sentences) == 1
    assert "<strong>slower</strong> candidate is slower" in made.index.read_text()


def test_earlier_runs_stay_in_the_history_when_their_pages_are_written_over(
    tmp_path: Path,
) -> None:
    from perfkit.report.history import Past, note, past_runs
    from perfkit.report.index import write_index

    first = Past("n", "About n", "2025-03-04T05:06:07+00:00", 1.5, ("It <rises>.",), None, "m", "r")
    note(first, tmp_path)
    with (tmp_path / "history.jsonl").open("a") as file:
        file.write('{"name": "cut sh')
    failed = first.__class__(
        "m", "About m", "2025-03-05T05:06:07+00:00", 1, (), "cell 2", "m", None
    )
    note(failed, tmp_path)
    assert past_runs(tmp_path) == [failed, first]
    index = write_index(tmp_path).read_text()
    assert "Earlier runs" in index
    assert "It &lt;rises&gt;." in index
    assert index.index("Failed: cell 2") < index.index("It &lt;rises&gt;.")


def test_index_keeps_the_cards_of_earlier_runs_and_forgets_lost_pages(made: Made) -> None:
    from perfkit.report.cards import read_cards
    from perfkit.report.index import write_index

    (made.out / "cards" / "other.json").write_text(json.dumps({"schema": 99}))
    (made.out / "dead.html").rename(made.out / "dead.gone")
    try:
        assert [card.name for card in read_cards(made.out)] == ["misused", "good", "broken"]
        assert "dead.html" not in write_index(made.out).read_text()
    finally:
        (made.out / "dead.gone").rename(made.out / "dead.html")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"word_cout": 1}, "did you mean 'word_count'"),
        ({"word_count": "x"}, "word_count takes int"),
    ],
)
def test_wrong_parameters_stop_before_anything_runs(tmp_path: Path, parameters, message) -> None:
    path = write(tmp_path, "n", "raise SystemError('run')")
    with pytest.raises(ParameterError, match=message):
        report.run([path], parameters, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_misspelt_notebook_names_the_nearest(monkeypatch, repository: Path) -> None:
    monkeypatch.chdir(repository)
    with pytest.raises(ParameterError, match="'engins'; did you mean 'engines'"):
        find_notebooks(["engins"])
    assert [notebook.name for notebook in find_notebooks(["engines"])] == ["engines"]
    assert "engines" in [notebook.name for notebook in find_notebooks()]


def test_notebooks_that_would_collide_or_be_written_over_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    paths = [write(tmp_path, "n"), write(tmp_path / "a", "n")]
    with pytest.raises(ParameterError, match="collide"):
        report.run(paths, out=tmp_path / "out")
    with pytest.raises(ParameterError, match="written over"):
        report.run(paths[:1], out=tmp_path)


@pytest.mark.parametrize("text", ["no json", '{"cells": 3}'])
def test_file_that_is_no_notebook_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "n.ipynb").write_text(text)
    with pytest.raises(ParameterError, match="no notebook"):
        find_notebooks([tmp_path / "n.ipynb"])


def test_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    from perfkit.report.files import write_whole

    (tmp_path / "file").touch()
    with pytest.raises(ReportError, match="cannot be written"):
        write_whole(tmp_path / "file" / "x.html", "x")


def test_interruption_leaves_the_old_file_whole(tmp_path: Path, monkeypatch) -> None:
    from perfkit.report import files

    files.write_whole(tmp_path / "x.html", "old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.write_whole(tmp_path / "x.html", "new")
    assert [file.name for file in tmp_path.iterdir()] == ["x.html"]
    assert (tmp_path / "x.html").read_text() == "old"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_the_kernel_and_leaves_no_half_page(tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    wait = f"import os; open({str(marker)!r}, 'w').write(str(os.getpid()))\nwhile True: pass"
    path = write(tmp_path, "endless", wait)
    command = [sys.executable, "-m", "perfkit", "report", str(path), "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + 30
        while not (marker.exists() and marker.read_text()) and time.monotonic() < deadline:
            try:
                running.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        running.send_signal(signal.SIGINT)
        try:
            _, said = running.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            running.kill()
            raise
    assert running.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    assert not list(tmp_path.glob("out/*"))
    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)


def test_log_gets_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Shown(sys.stdout) as show:
        show("n", "cell 1")
        show("n", "cell 2")
        show("n", "", done=1.25)
        show("m", "cell 3 (x): Error", done=2.0)
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["n: cell 1", "n: done (1.2 s)", "m: FAILED: cell 3 (x): Error (2.0 s)"]


def test_times_are_told_in_words() -> None:
    assert when("2025-03-04T05:06:07+00:00") == "4 March 2025, 05:06 UTC"
    assert when("2025-03-04T05:06:07-03:30") == "4 March 2025, 05:06 UTC-03:30"
    assert run_time(8.249) == "took 8.2 s"
    assert run_time(125) == "took 2 min 5 s"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["engins"], 2, "did you mean 'engines'"),
        (["engines", "-p", "runds=3"], 2, "did you mean 'rounds'"),
        (["engines", "-p", "rounds=many"], 2, "rounds takes int"),
        (["engines", "-p", "profile=ful"], 2, "no profile 'ful'; did you mean 'full'"),
        (["engines", "--full", "-p", "profile=quick"], 2, "profile is given twice"),
        (["--help"], 0, "perfkit report engines -p rounds=9"),
    ],
)
def test_command_refuses_what_it_does_not_know(
    arguments, code, said, monkeypatch, repository
) -> None:
    from typer.testing import CliRunner

    from perfkit.cli.main import _app

    monkeypatch.chdir(repository)
    result = CliRunner().invoke(_app(["report"]), ["report", *arguments])
    assert result.exit_code == code
    assert said in result.output


@pytest.mark.parametrize(("error", "code"), [(None, 0), ("cell 2 (x): Error", 1)])
def test_command_ends_with_the_file_to_open(monkeypatch, tmp_path, capfd, error, code) -> None:
    from perfkit.cli.main import main

    outcome = report.Outcome("n", tmp_path / "n.html", 1.0, ("It is so.",), error)
    made = report.Report(tmp_path / "index.html", (outcome,))
    monkeypatch.setattr(report, "run", lambda *_, **__: made)
    with pytest.raises(SystemExit) as left:
        main(["report"])
    said = capfd.readouterr()
    assert left.value.code == code
    assert said.out.splitlines() == ["n: It is so.", f"Open {tmp_path / 'index.html'}"]
    assert ("n failed: cell 2" in said.err) == bool(error)


def test_command_that_is_interrupted_says_so_without_a_traceback(monkeypatch, capfd) -> None:
    from perfkit.cli.main import main

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(report, "run", interrupted)
    with pytest.raises(SystemExit) as left:
        main(["report"])
    assert left.value.code == 130
    assert capfd.readouterr().err.startswith("perfkit: interrupted")


def test_terminal_gets_a_live_line_and_a_lasting_one_for_each_notebook() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    with Shown(terminal) as show:
        show("n", "cell [1]")
        show("n", "", done=1.0)
    assert "n: done (1.0 s)" in terminal.getvalue()


def test_notebooks_are_asked_for_where_there_is_no_folder_of_them(monkeypatch) -> None:
    from perfkit.report import find

    monkeypatch.setattr(find, "_folder", lambda: None)
    with pytest.raises(ParameterError, match="name the notebooks"):
        find_notebooks()
    with pytest.raises(ParameterError, match="no notebook 'engines'"):
        find_notebooks(["engines"])


def test_two_cells_of_parameters_are_refused(tmp_path: Path) -> None:
    cells = [new_code_cell("a: int = 1", metadata={"tags": ["parameters"]}) for _ in range(2)]
    nbformat.write(new_notebook(cells=cells), tmp_path / "n.ipynb")
    with pytest.raises(ParameterError, match="2 cells"):
        find_notebooks([tmp_path / "n.ipynb"])


RECOMMENDATION = """
from IPython.display import HTML
HTML('<p class="perfkit-verdict"><strong>recommended</strong> Take engine=pdfium: 10.4x.</p>')
"""


def test_the_index_begins_with_what_to_take(tmp_path: Path) -> None:
    report.run([write(tmp_path, "advice", CHART, RECOMMENDATION)], out=tmp_path / "out")
    newer = report.run([write(tmp_path, "newer", CHART)], out=tmp_path / "out")
    page = newer.index.read_text(encoding="utf-8")
    cards = re.findall(r'<li class="card[^"]*">.*?</li>', page, re.DOTALL)
    assert len(cards) == 3
    assert "<strong>recommended</strong> Take engine=pdfium: 10.4x." in cards[0]
    assert 'class="card first"' in cards[0]
    assert "newer.html" in cards[1]
    assert "3 verdicts of 2 notebooks, what to take first, then the newest." in page
