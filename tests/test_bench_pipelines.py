"""One's own pipeline is swept by its name, from Python and from the command line."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from perfkit import sweep
from perfkit.bench.pipelines import load_pipeline
from perfkit.bench.subjects import CallSubject
from perfkit.errors import RecipeError
from tests.command import perfkit

WORK = """
def count_words(document, *, block=1000, unit="bytes"):
    with open(document, "rb") as file:
        return len(file.read()), unit

number = 3
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A module of a user's own, which an installed package names as a pipeline."""
    (tmp_path / "own_pipeline.py").write_text(WORK)
    info = tmp_path / "own-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[perfkit.pipelines]\nwords = own_pipeline:count_words\nlost = own_pipeline:lost\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("own_pipeline", None)


@pytest.mark.usefixtures("own")
def test_a_pipeline_is_found_by_module_and_function_and_by_its_entry_point():
    assert load_pipeline("own_pipeline:count_words") is load_pipeline("words")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("word", "did you mean 'words'"),
        ("lost", "cannot be loaded"),
        ("own_pipeline:no", "cannot be loaded"),
        ("no_such_module_anywhere:work", "cannot be loaded"),
        ("own_pipeline:number", "neither a callable"),
    ],
)
def test_what_is_no_pipeline_is_refused(own, name, said):
    assert own.exists()
    with pytest.raises(RecipeError, match=said):
        load_pipeline(name)


def test_an_installed_pipeline_is_swept_by_its_name(own):
    found = sweep("words", {"block": [1, 2]}, own / "own_pipeline.py", rounds=3, progress=False)
    assert found.plan.subject == "words"
    assert found.arms == ("baseline", "block=1", "block=2")


def test_the_command_sweeps_a_pipeline_of_the_working_folder(own, monkeypatch):
    monkeypatch.chdir(own)
    monkeypatch.setattr(sys, "path", list(sys.path))
    done = perfkit(
        "sweep", "--pipeline", "own_pipeline:count_words", "--axis", "block=1,2", "--set",
        "unit=kilobytes", "own_pipeline.py", "--rounds", "3",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "block=2" in done.out


def test_bound_arguments_are_part_of_what_is_swept():
    assert CallSubject(partial(print, 1, end="")).name == "print(1, end='')"
