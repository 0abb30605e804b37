"""Time profiles: the known hot line is named, workers are in it, and what it costs is measured."""

from __future__ import annotations

import json
import linecache
from pathlib import Path

import pytest

import perfkit
from perfkit.bench import alone
from perfkit.errors import DocumentNotFoundError, MeasurementError, ParameterError
from perfkit.profiling import places
from perfkit.profiling.result import Profile
from perfkit.profiling.stacks import StackProfile
from tests import hot_work
from tests.browser import chromium, faults
from tests.command import perfkit as command

DOCUMENT = "order_one_page.pdf"


def line_of(mark: str) -> int:
    lines = Path(hot_work.__file__).read_text(encoding="utf-8").splitlines()
    (number,) = [number for number, text in enumerate(lines, 1) if text.endswith(f"# {mark}")]
    return number


@pytest.fixture(scope="module")
def of_workers() -> Profile:
    recipe = perfkit.Recipe(engine="pypdf", executor="processes", workers=2)
    return perfkit.profile(recipe, "CS003837319.pdf", seconds=0.2)


def test_a_known_hot_line_without_calls_is_named_first() -> None:
    found = perfkit.profile(hot_work.hot, seconds=0.3)
    part = found.part("time")
    assert isinstance(part, StackProfile)
    first = part.lines[0]
    assert (first.function.name, first.line) == ("in_a_loop", line_of("the hot line"))
    # The loop's head has its share too, and no other line a noticeable one.
    assert first.share > 0.5
    assert f"hot_work.py:{first.line} in in_a_loop" in found.sentence()
    assert first.source.endswith("# the hot line")


def test_what_the_profiler_costs_is_measured_with_an_interval() -> None:
    part = perfkit.profile(hot_work.hot, seconds=0.1).part("time")
    assert isinstance(part, StackProfile)
    assert part.slowdown.low < part.slowdown.value < part.slowdown.high
    assert part.slowdown.observations >= 5
    assert "x [" in part.sentence()


def test_worker_processes_are_part_of_the_profile(of_workers) -> None:
    rows = of_workers.frame()
    workers = rows[rows.process.str.startswith("worker process")]
    assert workers.process.nunique() == 2
    assert workers.file.str.startswith("pypdf/").any()
    waiting = rows[rows.waiting]
    assert set(waiting.process) == {"this process"}
    assert rows.share.sum() == pytest.approx(1.0)


def test_threads_of_the_work_are_part_of_the_profile() -> None:
    recipe = perfkit.Recipe(engine="pypdf", executor="threads", workers=2)
    rows = perfkit.profile(recipe, DOCUMENT, seconds=0.05).frame()
    threads = rows[rows.process == "this process, threads"]
    assert threads.file.str.startswith("pypdf/").any()


def test_a_profile_is_kept_and_opened_again(of_workers, tmp_path) -> None:
    path = tmp_path / "profile.json"
    path.write_text(of_workers.to_json(), encoding="utf-8")
    assert Profile.load(path) == of_workers
    assert path.stat().st_size < 1_000_000
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(MeasurementError, match="is no profile"):
        Profile.load(path)


def test_no_folder_of_this_machine_is_in_a_profile(of_workers, repository) -> None:
    assert str(repository) not in of_workers.to_json()
    assert str(repository) not in of_workers.html()


def test_speedscope_gets_one_sampled_profile_a_process(of_workers) -> None:
    found = of_workers.speedscope()
    assert [each["name"] for each in found["profiles"]] == list(of_workers.part().places)
    for each in found["profiles"]:
        assert len(each["samples"]) == len(each["weights"])
        assert sum(each["weights"]) == pytest.approx(each["endValue"])
        assert max(max(sample) for sample in each["samples"]) < len(found["shared"]["frames"])


@pytest.mark.slow
def test_the_page_is_small_sound_and_searchable_on_every_screen(of_workers, tmp_path) -> None:
    page = tmp_path / "profile.html"
    page.write_text(of_workers.html(), encoding="utf-8")
    assert page.stat().st_size < 1_000_000
    with chromium() as browser:
        assert faults(browser, page) == []
        shown = browser.new_page()
        shown.goto(page.as_uri())
        assert of_workers.sentence()[:60] in shown.inner_text("main")
        shown.keyboard.press("Tab")
        shown.keyboard.press("Tab")
        assert shown.evaluate("document.activeElement.id") == "search"
        shown.keyboard.type("read_range")
        assert shown.locator(".fr.hit").count() >= 2
        shown.keyboard.press("Tab")
        told = shown.locator(".fr:focus .said").first
        assert told.is_visible()
        assert "this process" in str(told.text_content())


def test_nothing_is_timed_under_a_profiler_and_nothing_profiled_while_timed() -> None:
    def both() -> None:
        perfkit.compare(lambda: 1, lambda: 1, budget_seconds=0.1)

    with pytest.raises(MeasurementError, match="Nothing is timed while a profiler runs"):
        perfkit.profile(both, seconds=0.05)
    with alone.timing(), pytest.raises(MeasurementError, match="while a comparison is timed"):
        perfkit.profile(hot_work.hot, seconds=0.05)
    with alone.profiling("one"), pytest.raises(MeasurementError, match="One profiler at a time"):
        perfkit.profile(hot_work.hot, seconds=0.05)


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        (perfkit.Recipe(), {}, "needs a document"),
        (hot_work.hot, {"kind": "tme"}, "did you mean 'time'"),
        (hot_work.hot, {"seconds": -1}, "seconds must be 0 or more"),
        (hot_work.hot, {"interval_ms": 0}, "interval_ms must be 0.05 or more"),
        (hot_work.hot, {"profile": "fast"}, "no profile 'fast'"),
    ],
)
def test_what_makes_no_sense_is_refused(given, options, message) -> None:
    with pytest.raises(ParameterError, match=message):
        perfkit.profile(given, **options)


def test_a_document_that_is_missing_is_told_before_any_work() -> None:
    with pytest.raises(DocumentNotFoundError):
        perfkit.profile(perfkit.Recipe(), "CS00383731.pdf")


def test_the_command_prints_the_hottest_lines_and_writes_a_folder(tmp_path) -> None:
    done = command(
        "profile", "engine=pypdf", DOCUMENT, "--seconds", 0.05, "--out", f"{tmp_path}/out/"
    )
    assert done.code == 0, done.err
    assert "most time goes to" in done.out
    assert "pypdf/" in done.out
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert made == {"profile.html", "profile.json", "profile.speedscope.json"}
    kept = Profile.load(tmp_path / "out/profile.json")
    assert (kept.recipe or {})["engine"] == "pypdf"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pdfium", DOCUMENT], "is no recipe"),
        (["engine=pdfum", DOCUMENT], "did you mean 'pdfium'"),
        (["engine=pdfium", DOCUMENT, "--out", "a.pdf"], "name a file .html or .json"),
        (["none.toml", DOCUMENT], "cannot be read"),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line(arguments, message) -> None:
    done = command("profile", *arguments)
    assert done.code == 2
    assert message in done.err


@pytest.mark.parametrize(
    ("form", "start"), [("json", "{"), ("csv", "process,"), ("speedscope", "{")]
)
def test_every_format_of_the_command_can_be_read(form, start) -> None:
    done = command("profile", "engine=pdfium", DOCUMENT, "--seconds", 0.05, "--format", form)
    assert done.code == 0
    assert done.out.startswith(start)
    if form != "csv":
        json.loads(done.out)


def test_a_cell_of_a_notebook_is_told_by_its_number() -> None:
    # The number that IPython gives is asked for in a real kernel, by the test of the magic.
    assert places.short_name("/tmp/ipykernel_17/4123.py") == "cell 4123"
    assert places.short_name("<frozen importlib._bootstrap>") == "<frozen importlib._bootstrap>"
    assert linecache.getline("/nowhere.py", 1) == ""
    assert places.source_line("/nowhere.py", 1) == ""
