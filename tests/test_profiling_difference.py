"""Differences: a planted slowdown is named first, and the same code accuses nothing."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import perfkit
from perfkit.errors import ParameterError
from perfkit.profiling.changes import Where, changes
from perfkit.profiling.difference import Difference
from perfkit.profiling.result import Profile
from tests import hot_work
from tests.browser import chromium, faults
from tests.command import perfkit as command

HOT, COLD = Where("hot", "a.py"), Where("cold", "a.py")


def rounds(hot: float, seed: int, count: int = 12) -> list[dict[Where, float]]:
    """Rounds of two functions with 2 % of noise."""
    draw = random.Random(seed)
    return [{HOT: hot * draw.gauss(1, 0.02), COLD: 50 * draw.gauss(1, 0.02)} for _ in range(count)]


def test_a_function_that_takes_more_is_proved_and_the_other_is_not() -> None:
    first, second = changes(rounds(50, 1), rounds(60, 2))
    assert (first.where, first.word) == (HOT, "more")
    assert first.change.low < 10 < first.change.high
    assert (second.where, second.word) == (COLD, "not proved")
    assert changes(rounds(60, 1), rounds(50, 2))[0].word == "less"


def test_rounds_of_the_same_accuse_nothing_in_two_hundred_trials() -> None:
    accused = sum(
        each.word != "not proved"
        for seed in range(200)
        for each in changes(rounds(50, 2 * seed), rounds(50, 2 * seed + 1))
    )
    assert accused <= 4  # 1 in 100 is the promise; 2 of 200 are expected at most


def test_what_appears_only_on_one_side_is_a_change_too() -> None:
    new = Where("new", "a.py")
    after = [{**each, new: 20.0 + place} for place, each in enumerate(rounds(50, 3))]
    found = {each.where: each for each in changes(rounds(50, 4), after)}
    assert found[new].before == 0.0
    assert found[new].word == "more"
    assert changes([{}], [{}]) == ()


@pytest.fixture(scope="module")
def slower() -> Profile:
    return perfkit.profile(hot_work.slower_helper, against=hot_work.hot, seconds=1.2)


def part_of(found: Profile) -> Difference:
    part = found.part("difference")
    assert isinstance(part, Difference)
    return part


def test_a_planted_slowdown_is_found_and_its_function_named_first(slower) -> None:
    first = part_of(slower).functions[0]
    assert (first.where.function, first.word) == ("in_a_loop", "more")
    assert first.change.low > 0
    assert "slower: in_a_loop in tests/hot_work.py" in slower.sentence()
    line = part_of(slower).lines[0]
    assert line.where.source.endswith("# the hot line")
    assert line.word == "more"


def test_identical_code_accuses_nothing() -> None:
    found = perfkit.profile(hot_work.hot, against=hot_work.hot, seconds=0.2)
    assert "no function is proved" in found.sentence()
    assert not [each for each in part_of(found).functions if each.word != "not proved"]


def test_a_hungrier_function_is_named_with_its_mib() -> None:
    found = perfkit.profile(hot_work.keep, against=hot_work.keep_less, kind="allocations")
    first = part_of(found).functions[0]
    assert (first.where.function, first.word) == ("allocate", "more")
    assert first.change.value == pytest.approx(hot_work.LARGE_MB, rel=0.05)
    assert "hungrier: allocate" in found.sentence()


@pytest.mark.slow
def test_a_difference_is_kept_and_shown_on_a_small_sound_page(slower, tmp_path) -> None:
    kept, page = tmp_path / "profile.json", tmp_path / "profile.html"
    kept.write_text(slower.to_json(), encoding="utf-8")
    page.write_text(slower.html(), encoding="utf-8")
    assert Profile.load(kept) == slower
    assert max(kept.stat().st_size, page.stat().st_size) < 1_000_000
    assert set(slower.frame().level) == {"function", "line"}
    with chromium() as browser:
        assert faults(browser, page) == []


@pytest.fixture
def checkout(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of perfkit whose newest change reads every page's lines ten times."""
    shutil.copytree(
        repository / "perfkit",
        tmp_path / "perfkit",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    shutil.copy(repository / "test_invoices/order_one_page.pdf", tmp_path)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", str(tmp_path)]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "before"]):
        subprocess.run([*git, *words], check=True)
    rows = tmp_path / "perfkit/geometry.py"
    source = rows.read_text(encoding="utf-8")
    head = "def lines_of("
    assert source.count(head) == 1
    slow = (
        "\n\ndef planted(page: object) -> None:\n    state = 1\n"
        "    for _ in range(600_000):\n        state = state * 16807 % 2147483647\n"
    )
    body = source.replace(head, slow + "\n\n" + head)
    first = body.index('"""', body.index(head))
    end = body.index('"""', first + 3) + 3
    rows.write_text(body[:end] + "\n    planted(page)" + body[end:], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.usefixtures("untraced")
def test_what_became_slower_since_a_revision_is_named(checkout) -> None:
    done = command(
        "profile", "engine=pdfium", "order_one_page.pdf", "--against", "HEAD", "--seconds", 0.5
    )
    assert done.code == 0, done.err
    assert "slower: planted in perfkit/geometry.py" in done.out
    assert str(checkout) not in done.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "line"}, "of time or of allocations"),
        ({"kind": ("time", "allocations")}, "one kind"),
        ({"function": "a.py:b"}, "kind='memory'"),
    ],
)
def test_a_difference_that_cannot_be_taken_is_refused(options, message) -> None:
    with pytest.raises(ParameterError, match=message):
        perfkit.profile(hot_work.hot, against=hot_work.hot, seconds=0.1, **options)


def test_a_revision_is_compared_for_recipes_only() -> None:
    with pytest.raises(ParameterError, match="no callable"):
        perfkit.profile(hot_work.hot, against="HEAD", seconds=0.1)
    assert sys.getprofile() is None
