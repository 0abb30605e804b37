"""perfkit gate: a planted slowdown is proved, and none where there is none."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

from perfkit.bench.environment import collect
from perfkit.bench.gate import Gate, GateLine, corrected
from perfkit.bench.paired import Interval, PairedRules
from perfkit.bench.recorded import REFERENCE
from perfkit.bench.records import Recorder, Run, read
from perfkit.bench.revision import checkout_root, commit_of, other_revision, this_checkout
from perfkit.bench.verdict import Verdict
from perfkit.bench.workloads import parse_recipe, workloads
from perfkit.errors import (
    DocumentNotFoundError,
    MeasurementError,
    ParameterError,
    RecipeError,
)
from tests.command import perfkit

WORK = """
def parse():
    total = 0
    for number in range({steps}):
        total = (total * 31 + number) % 1000003
    return "done"
"""
RULES = PairedRules(margin=0.01)


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one's own with a branch of five times the work; it is the working folder."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.setenv("PERFKIT_STATE_FOLDER", str(tmp_path / "state"))
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "work.py").write_text(WORK.format(steps=40_000))
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=work")
    git(folder, "checkout", "--quiet", "-b", "slow")
    (folder / "work.py").write_text(WORK.format(steps=200_000))
    git(folder, "commit", "--quiet", "--all", "--message=more work")
    monkeypatch.chdir(folder)
    return folder


def gate(*more: str):
    return perfkit("gate", "--against", "main", "--work", "work:parse", "--budget", "1", *more)


def worktrees(folder: Path) -> list[str]:
    listed = subprocess.run(
        ["git", "-C", str(folder), "worktree", "list"], capture_output=True, text=True, check=True
    )
    return listed.stdout.splitlines()


def verdict(word: str, ratio: float = 1.0, half: float = 0.004) -> Verdict:
    low, high = ratio - half, ratio + half
    still = Interval(1.0, 0.999, 1.001, 12, 0.99)
    return Verdict(
        word=word,  # type: ignore[arg-type]
        ratio=ratio,
        low=low,
        high=high,
        confidence=0.99,
        margin=0.01,
        pairs=60,
        launches=12,
        seconds=10.0,
        placebo=still,
        cpu=None,
        held_up_share=0.0,
        preempted_share=0.0,
        smallest_effect=0.02,
        baseline_seconds=0.02,
        candidate_seconds=0.02 * ratio,
        output="outputs equal",
        baseline="old",
        candidate="new",
    )


def made(*words: str) -> Gate:
    lines = tuple(
        GateLine(f"w{place}", None, word, error="it fails")
        if word == "not measured"
        else GateLine(f"w{place}", verdict(word), word, 0.5)
        for place, word in enumerate(words)
    )
    return Gate("new", "old", "main", 0.01, 0.01, collect(), lines)


@pytest.mark.slow
def test_a_planted_slowdown_is_proved(project, tmp_path, monkeypatch):
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    runs = tmp_path / "runs.jsonl"
    done = gate("--json", str(tmp_path / "gate.json"), "--record", str(runs))
    assert done.code == 2, done.out + done.err
    assert "| work:parse | **slower** |" in done.out
    assert summary.read_text() in done.out
    told = json.loads((tmp_path / "gate.json").read_text())
    assert told["exit_code"] == 2
    assert told["workloads"][0]["verdict"]["ratio"] > 1.5
    assert len(worktrees(project)) == 1
    kept = {session.environment.revision: len(session.records) for session in read(runs)}
    assert kept == {told["baseline"]: 30, told["candidate"]: 30}


@pytest.mark.slow
def test_a_recorded_baseline_finds_the_slowdown_too(project):
    git(project, "checkout", "--quiet", "main")
    work = ["--work", "work:parse", "--budget", "1"]
    recorded = perfkit("gate", "--record", "runs.jsonl", *work)
    assert recorded.code is None or recorded.code == 0, recorded.err
    (project / "work.py").write_text(WORK.format(steps=200_000))
    done = perfkit("gate", "--against", "runs.jsonl", *work)
    assert done.code == 2, done.out + done.err
    assert "each beside arithmetic of its own day" in done.out
    (project / "work.py").write_text("def parse():\n    return 'other'\n")
    done = perfkit("gate", "--against", "runs.jsonl", *work)
    assert done.code == 4
    assert "another output than what was recorded" in done.out


def test_a_record_of_another_machine_is_refused(project):
    place = dataclasses.replace(collect(), cpu="another")
    with Recorder(project / "runs.jsonl", place) as recorder:
        recorder.add(Run(recorder.launch, REFERENCE, "work:parse", 1, 0, 1.0, 1.0, 1.0, 1, 1))
    done = perfkit("gate", "--against", "runs.jsonl", "--work", "work:parse")
    assert done.code == 1
    assert "recorded elsewhere (another" in done.err
    (project / "runs.jsonl").unlink()
    with Recorder(project / "runs.jsonl"):
        pass
    assert (
        "no recorded baseline"
        in perfkit("gate", "--against", "runs.jsonl", "--work", "work:parse").err
    )


def test_something_to_compare_with_has_to_be_named():
    assert perfkit("gate").code == 2


@pytest.mark.slow
def test_without_a_slowdown_none_is_proved(project):
    (project / "work.py").write_text(WORK.format(steps=40_000) + "# a remark\n")
    done = gate()
    assert done.code in (0, 3), done.out + done.err
    assert "+changes" in done.out


def test_an_output_that_differs_is_not_timed(project):
    (project / "work.py").write_text("def parse():\n    return 'other'\n")
    done = gate()
    assert done.code == 4
    assert "gives another output" in done.out


def test_a_function_that_the_other_revision_lacks_is_not_measured(project):
    (project / "work.py").write_text("def fresh():\n    return 1\n")
    done = perfkit("gate", "--against", "main", "--work", "work:fresh")
    assert done.code == 4
    assert "no attribute" in done.out


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--against", "nowhere", "--work", "work:parse"], "nowhere"),
        (["--against=--upload", "--work", "work:parse"], "no revision"),
        (["--against", "main", "--work", "work"], "module:function"),
        (["--against", "main", "--document", "no_such.pdf"], "no_such.pdf"),
        (["--against", "main", "--recipe", "engin=pdfium"], "engin"),
    ],
)
def test_what_the_gate_cannot_do_is_its_own_failure(arguments, said):
    done = perfkit("gate", *arguments)
    assert done.code == 1
    assert said in done.err


def test_outside_a_checkout_there_is_nothing_to_compare(tmp_path):
    with pytest.raises(ParameterError, match="git rev-parse"):
        checkout_root(tmp_path)


def test_the_other_revision_lies_beside_this_one_and_is_removed(project):
    with other_revision(project, "main") as old:
        assert "40000" in (old.folder / "work.py").read_text()
        assert old.search_path[0] == str(old.folder)
        assert str(project) not in old.search_path
        assert old.interpreter == sys.executable
        assert not old.holds_perfkit
    assert not old.folder.exists()
    assert this_checkout(project).name == commit_of(project, "slow")


def test_another_lock_asks_for_an_environment_of_its_own(project):
    (project / "requirements.lock").write_text("other==1\n")
    with pytest.raises(MeasurementError, match="--against-python"), other_revision(project, "main"):
        pass
    with other_revision(project, "main", sys.executable) as old:
        assert old.search_path[0] == str(old.folder)
        assert len(old.search_path) > 2


@pytest.mark.parametrize(("says", "code"), [("true", 0), ("exit 3", 1)])
def test_an_environment_is_made_by_the_revisions_own_set_up(project, says, code):
    git(project, "checkout", "--quiet", "main")
    tools = project / "tools"
    tools.mkdir()
    link = f"mkdir -p $1/bin && ln -s {sys.executable} $1/bin/python && echo no room >&2 && {says}"
    (tools / "setup.sh").write_text(link + "\n")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message=set-up")
    (project / "requirements.lock").write_text("other==1\n")
    if code:
        with pytest.raises(MeasurementError, match="no room"), other_revision(project, "main"):
            pass
        return
    with other_revision(project, "main") as old:
        assert old.interpreter == str(old.folder / ".venv/bin/python")


def test_a_workload_is_each_recipe_on_each_document(repository, monkeypatch):
    monkeypatch.chdir(repository)
    found = workloads(
        ["CI004848705.pdf"], [parse_recipe(""), parse_recipe("engine=pypdf, workers=2")], ["a:b.c"]
    )
    assert [workload.name for workload in found] == [
        "CI004848705.pdf (as given)",
        "CI004848705.pdf (engine=pypdf, workers=2)",
        "a:b.c",
    ]
    with pytest.raises(ParameterError, match="nothing to measure"):
        workloads([], [], [])
    with pytest.raises(DocumentNotFoundError):
        workloads([str(repository / "no.pdf")], [parse_recipe("")], [])


def test_a_workload_takes_the_recipe_of_a_file(tmp_path):
    (tmp_path / "best.toml").write_text('engine = "pypdf"\nworkers = 2\n')
    assert parse_recipe(str(tmp_path / "best.toml")) == parse_recipe("engine=pypdf,workers=2")
    with pytest.raises(RecipeError, match=r"no\.toml: the recipe cannot be read"):
        parse_recipe(str(tmp_path / "no.toml"))


@pytest.mark.parametrize(
    ("text", "error"),
    [("engine", ParameterError), ("workers=many", ParameterError), ("worker=2", RecipeError)],
)
def test_a_recipe_that_is_none_is_refused(text, error):
    with pytest.raises(error):
        parse_recipe(text)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("same", "faster"), 0),
        (("same", "slower", "undecided"), 2),
        (("same", "too noisy"), 3),
        (("same", "not measured"), 3),
        (("not measured",), 4),
    ],
)
def test_the_exit_code_follows_from_the_words(words, code):
    assert made(*words).exit_code == code


def test_markdown_takes_names_as_text():
    line = GateLine("<b>|a", verdict("slower", 1.05), "slower", 1e-6)
    shown = Gate("new", "old", "main", 0.01, 0.01, collect(), (line,)).markdown()
    assert "<b>" not in shown
    assert "&#60;b&#62;&#124;a" in shown
    assert shown.startswith("### perfkit gate: slower\n")


def test_among_many_workloads_a_weak_finding_is_undecided():
    clear, weak = verdict("slower", 1.5), verdict("slower", 1.0145)
    lines = [GateLine(name, of, "slower") for name, of in (("a", clear), ("b", weak), ("c", weak))]
    lines.append(GateLine("d", None, "not measured"))
    words = [line.word for line in corrected(lines, RULES, 0.005)]
    assert words == ["slower", "undecided", "undecided", "not measured"]
