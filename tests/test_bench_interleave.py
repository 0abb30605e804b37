"""Arms are timed side by side, in an order that can be repeated, with garbage kept out."""

from __future__ import annotations

import gc
import os

import pytest

from perfkit.bench.interleave import Arm, interleave, repeats_for, run_once


def arms(names: str) -> list[Arm]:
    return [Arm(name, "a.pdf", lambda: None) for name in names]


def test_every_arm_runs_once_in_every_round() -> None:
    runs = list(interleave(arms("abc"), rounds=4))
    for number in range(1, 5):
        this = [run for run in runs if run.round == number]
        assert sorted(run.arm for run in this) == ["a", "b", "c"]
        assert [run.order for run in this] == [0, 1, 2]


def test_the_order_changes_from_round_to_round_and_follows_from_the_seed() -> None:
    orders = [
        "".join(run.arm for run in interleave(arms("abc"), rounds=8, seed=s)) for s in (1, 1, 2)
    ]
    assert orders[0] == orders[1] != orders[2]
    assert len({orders[0][at : at + 3] for at in range(0, 24, 3)}) > 1


@pytest.mark.parametrize("gc_off", [True, False])
def test_the_collector_is_off_while_the_clock_runs_and_back_on_after(gc_off: bool) -> None:
    seen: list[bool] = []
    run_once(Arm("a", "a.pdf", lambda: seen.append(gc.isenabled())), gc_off=gc_off)
    assert seen == [not gc_off]
    assert gc.isenabled()


def test_the_collector_is_back_on_after_an_arm_that_fails() -> None:
    with pytest.raises(ZeroDivisionError):
        run_once(Arm("a", "a.pdf", lambda: 1 / 0))
    assert gc.isenabled()


def test_old_objects_are_set_aside_while_arms_run_and_given_back_after() -> None:
    seen: list[bool] = []
    list(interleave([Arm("a", "a.pdf", lambda: seen.append(gc.get_freeze_count() > 0))], rounds=2))
    assert seen == [True, True]
    assert gc.get_freeze_count() == 0


def test_objects_that_someone_froze_stay_frozen() -> None:
    gc.freeze()
    try:
        list(interleave(arms("a"), rounds=1))
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_a_short_arm_is_repeated_within_its_run() -> None:
    calls: list[int] = []
    found = run_once(Arm("a", "a.pdf", lambda: calls.append(1), repeats=5))
    assert len(calls) == found.repeats == 5
    assert found.pid == os.getpid()


@pytest.mark.parametrize(
    ("seconds", "repeats"), [(0.2, 1), (0.005, 1), (0.004, 2), (0.001, 10), (0.0, 10_000)]
)
def test_runs_shorter_than_five_milliseconds_are_batched_to_ten(seconds, repeats) -> None:
    assert repeats_for(seconds) == repeats
