"""`perfkit extract` goes on after a bad file, and explains what it is asked wrongly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.cli import _job, main
from perfkit.cli._quick import plain_arguments
from perfkit.corpus import Style, make_bytes
from perfkit.errors import MissingExtraError, NoLineItemsError, PerfkitError
from perfkit.model import Extraction, LineItem
from tests.command import perfkit

DATA, TRUTH = make_bytes(pages=1, seed=4, style=Style(picture="none"))
ITEM = LineItem(
    "XS9826A", "191009727774", "Ornament", 24, 0, 24, 0, "each",
    Decimal("2.00"), Decimal("1.60"), Decimal("38.40"), 1,
)  # fmt: skip


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """A good document with its truth beside it."""
    path = tmp_path / "in" / "order.pdf"
    path.parent.mkdir()
    path.write_bytes(DATA)
    path.with_suffix(".json").write_text(json.dumps(TRUTH), encoding="utf-8")
    return path


def found(*items: LineItem, **values: Any) -> Extraction:
    return Extraction("a.pdf", "creative_coop_order", "pdfium", 1, items, **values)


def test_a_failure_names_file_page_error_and_remedy(pdf, tmp_path):
    scan = tmp_path / "in" / "blank.pdf"
    scan.write_bytes(b"")
    done = perfkit("extract", "--format", "json", scan, pdf)
    (failure,) = json.loads(done.out)["failures"]
    assert done.code == 1
    assert failure == {
        "file": str(scan),
        "error": "EmptyFileError",
        "page": None,
        "message": f"{scan}: the file is empty (0 bytes). Fetch or export it again.",
        "remedy": "Fetch or export it again.",
    }
    assert f"[1/2] {failure['message']}\n[2/2] {pdf}: " in done.err
    assert done.err.endswith("perfkit: 1 of 2 documents failed\n")


@pytest.mark.parametrize(
    ("error", "words"),
    [(ZeroDivisionError("by zero"), "please report it"), (PerfkitError("too slow"), "too slow")],
)
def test_an_error_nobody_thought_of_costs_one_document_only(pdf, monkeypatch, error, words):
    def fail_once(file: str, *_: object, **__: object) -> Extraction:
        if file == "odd.pdf":
            raise error
        return found(ITEM)

    monkeypatch.setattr(_job, "extract", fail_once)
    done = perfkit("extract", "--format", "json", "odd.pdf", pdf)
    result = json.loads(done.out)
    assert (done.code, len(result["documents"])) == (1, 1)
    (failure,) = result["failures"]
    assert failure["error"] == type(error).__name__
    assert failure["message"].startswith("odd.pdf: ")
    assert words in failure["message"]


def test_a_missing_package_ends_the_whole_job_in_a_line(monkeypatch):
    def missing(*_: object, **__: object) -> Extraction:
        raise MissingExtraError("pypdfium2", "all", "The engine pdfium")

    monkeypatch.setattr(_job, "extract", missing)
    done = perfkit("extract", "--format", "json", "a.pdf", "b.pdf")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("perfkit: The engine pdfium needs the package pypdfium2")


def test_progress_is_a_plain_line_a_file_off_a_terminal(pdf):
    done = perfkit("extract", "--format", "csv", pdf, pdf)
    assert [line[:5] for line in done.err.splitlines()] == ["[1/2]", "[2/2]"]
    assert "\x1b" not in done.err


def test_progress_is_a_bar_on_a_terminal_and_gone_at_the_end(pdf, tmp_path, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    done = perfkit("extract", "--format", "csv", pdf, tmp_path / "no[red].pdf", terminal=True)
    assert "no[red].pdf: there is no such file" in done.err
    assert "%" in done.err
    assert done.out.startswith("source,")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Missing argument"),
        (["--format", "tabel", "a.pdf"], "'table', 'json', 'csv'"),
        (["--format"], "requires an argument"),
        (["--fromat", "json", "a.pdf"], "--format"),
        (["--engine", "pdfum", "a.pdf"], "did you mean 'pdfium'"),
        (["--engine", "", "a.pdf"], "engine"),
        (["--layout", "creative_coop_ordr", "a.pdf"], "did you mean 'creative_coop_order'"),
        (["--password-file", "no such file", "a.pdf"], "No such file"),
    ],
)
def test_wrong_usage_is_told_on_standard_error_with_exit_code_2(arguments, words):
    done = perfkit("extract", *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert "Error: " in done.err


def test_help_shows_examples_and_exit_codes():
    done = perfkit("extract", "--help")
    assert done.code == 0
    for text in ("perfkit extract --format json", "--password-file", "Exit code: 0", "--layout"):
        assert text in done.out


@pytest.mark.parametrize("layout", ["auto", "creative_coop_order"])
@pytest.mark.parametrize("engine", ["pdfium", "pypdf"])
def test_engine_and_layout_can_be_chosen(pdf, engine, layout):
    done = perfkit("extract", "--engine", engine, f"--layout={layout}", "--format=json", pdf)
    (document,) = json.loads(done.out)["documents"]
    assert (document["engine"], document["layout"]) == (engine, "creative_coop_order")


def test_a_password_is_read_from_a_file_and_shown_nowhere(tmp_path, monkeypatch):
    given: list[str] = []

    def remember(file: str, *_: object, password: str) -> Extraction:
        given.append(password)
        raise NoLineItemsError(file)

    monkeypatch.setattr(_job, "extract", remember)
    secret = tmp_path / "secret.txt"
    for content in (b"pass w\xc3\xb6rd\r\nnext line\n", b"\xef\xbb\xbfpass w\xc3\xb6rd"):
        secret.write_bytes(content)
        done = perfkit("extract", "--password-file", secret, "a.pdf")
        assert given.pop() == "pass wörd"
        assert "wörd" not in done.out + done.err
    for content in (b"", b"\nsecond line", b"x" * 5000, bytes(5000)):
        secret.write_bytes(content)
        assert perfkit("extract", "--password-file", secret, "a.pdf").code == 2
    assert not given


words = st.sampled_from(["json", "csv", "pypdf", "a.pdf", "b c.pdf", "x=y", "", "-", "--", "-x"])
options = st.sampled_from(["--format", "--engine", "--layout", "--out", "--password-file"])


def flat(lists: list[list[str]]) -> list[str]:
    return [word for each in lists for word in each]


parts = (
    words.map(lambda word: [word])
    | st.tuples(options, words).map(list)
    | st.builds("{}={}".format, options, words).map(lambda word: [word])
    | st.just(["--format", "csv"])
    | st.sampled_from(["--all", "--attachments", "--all-pages", "--accept-doubtful"]).map(
        lambda o: [o]
    )
)


@given(st.lists(parts, min_size=1, max_size=5).map(flat))
def test_the_quick_parser_takes_what_typer_takes_and_the_same(arguments):
    quick = plain_arguments(arguments)
    if quick is None:
        return  # typer decides
    seen: list[dict[str, Any]] = []

    def run(files: list[str], **rest: Any) -> int:
        seen.append({"files": files, **rest})
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_job, "run", run)
        with pytest.raises(SystemExit):
            main._app(["extract"])(args=["extract", *arguments], prog_name="perfkit")
    names = ("form", "engine", "layout", "recipe_file", "out", "password_file")
    flags = dict.fromkeys(("every", "attachments", "all_pages", "accept_doubtful"), False)
    assert seen == [{**dict.fromkeys(names), **flags, **quick}]


def test_a_plain_command_line_loads_neither_typer_nor_rich_nor_pandas(pdf):
    code = (
        "import sys; from perfkit.cli.main import main\n"
        f"try: main(['extract', '--format', 'json', {str(pdf)!r}])\n"
        "except SystemExit: pass\n"
        "heavy = {'typer', 'click', 'rich', 'pandas', 'pydantic', 'csv', 'importlib.metadata'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{code}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_an_interruption_leaves_nothing_on_standard_output(pdf, monkeypatch):
    def interrupted(file: str, *_: object, **__: object) -> Extraction:
        if file == "second.pdf":
            raise KeyboardInterrupt
        return found(ITEM)

    monkeypatch.setattr(_job, "extract", interrupted)
    done = perfkit("extract", "--format", "json", pdf, "second.pdf")
    assert (done.code, done.out) == (130, "")
    assert "Traceback" not in done.err


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_ends_the_process_with_130_and_a_line(pdf, tmp_path):
    # A pipe that nobody writes to holds the process at a place known to the test.
    pipe = tmp_path / "password"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "perfkit", "extract", "--password-file", pipe, pdf]
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process,
        pipe.open("wb"),
    ):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, b"")
    assert b"interrupted" in err
    assert b"Traceback" not in err


def test_a_reader_that_has_seen_enough_is_no_failure_with_a_trace(pdf):
    command = [sys.executable, "-m", "perfkit", "extract", "--format", "json", *[str(pdf)] * 40]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
    assert process.returncode == 1
    assert b"Traceback" not in err
    assert b"Exception" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_told_in_a_line(pdf):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "perfkit", "extract", pdf], stdout=full,
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        1,
        "perfkit: standard output cannot be written: No space left on device\n",
    )
