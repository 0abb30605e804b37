"""Calibration: verdicts on work of known amount, counted, kept, and shown again."""

import dataclasses
import json

import pytest

from perfkit.bench import calibrating
from perfkit.bench.busy import busy_processes
from perfkit.bench.calibrating import Plan, calibrate
from perfkit.bench.calibration import Calibration, Tally, broken_off, file_of, keep, latest
from perfkit.bench.compare import compare
from perfkit.bench.counted import counted, units_lasting
from perfkit.bench.environment import collect
from tests.command import perfkit

SHORT = Plan(
    (
        (Tally(0.0, 0, 0.02, None, 0.01), 2),
        (Tally(1.0, 0, 0.02, 0.99, 0.0), 1),
        (Tally(0.0, 1, 0.02, None, 0.0), 1),
    )
)


HERE = collect()


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("PERFKIT_STATE_FOLDER", str(tmp_path / "state"))


def made(*, complete: bool = True, **changes: int) -> Calibration:
    tallies = (
        Tally(0.0, 0, 5.0, None, 0.01, 300, 0, changes.get("alarms", 1), 298, 3, 900.0),
        Tally(0.02, 0, 2.0, 0.99, 0.0, 200, changes.get("found", 199), 0, 199, 0, 300.0),
        Tally(0.0, 3, 2.0, None, 0.0, 30, 0, 0, 30, 30, 60.0),
    )
    return Calibration("2026-11-25T09:00:00+00:00", False, complete, HERE, tallies)


def test_counted_work_says_how_much_it_did():
    assert counted(7)[0] == 7
    assert counted(7) != counted(8)
    assert units_lasting(0.001) >= 1


def test_each_kind_of_work_gets_its_verdicts_and_the_result_is_kept():
    told = []
    found = calibrate(plan=SHORT, seed=1, arm_seconds=0.001, tell=lambda *of: told.append(of))
    assert [tally.verdicts for tally in found.tallies] == [2, 1, 1]
    assert found.complete
    assert latest() == found
    assert len(told) == 4
    assert "s left" in told[-1][0]


def test_twice_the_work_is_found_and_its_ratio_covered():
    plan = Plan(((Tally(1.0, 0, 0.5, 0.99, 0.0), 1),))
    [tally] = calibrate(plan=plan, seed=1, arm_seconds=0.002).tallies
    assert (tally.verdicts, tally.wrong) == (1, 0)


def test_no_verdict_is_begun_when_the_time_is_over():
    found = calibrate(plan=Plan(SHORT.kinds, most_seconds=1e-9))
    assert found.verdicts == 0
    assert "no verdict was reached" in found.sentence()


def test_what_was_done_before_an_interruption_is_kept(monkeypatch):
    calls: list[int] = []

    def interrupted(*arguments, **options):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return compare(*arguments, **options)

    monkeypatch.setattr(calibrating, "compare", interrupted)
    with pytest.raises(KeyboardInterrupt):
        calibrate(plan=SHORT, arm_seconds=0.001)
    kept = latest()
    assert kept is not None
    assert (kept.verdicts, kept.complete) == (1, False)
    assert "broken off" in kept.sentence()


def test_one_broken_off_does_not_replace_a_complete_one():
    keep(made())
    keep(made(complete=False))
    kept = latest()
    assert kept is not None
    assert kept.complete


def test_one_that_was_broken_off_is_gone_on_with():
    first = calibrate(plan=SHORT, arm_seconds=0.001, minutes=1e-4)
    assert not first.complete
    assert first.verdicts < 4
    whole = calibrate(plan=SHORT, arm_seconds=0.001, resume=True, minutes=5)
    assert [tally.verdicts for tally in whole.tallies] == [2, 1, 1]
    assert whole.complete
    assert whole.taken == first.taken
    assert broken_off(collect()) is None


def test_one_of_other_code_is_not_gone_on_with():
    keep(
        dataclasses.replace(
            made(complete=False), environment=dataclasses.replace(collect(), revision="r0")
        )
    )
    assert broken_off(collect()) is None


def test_without_a_calibration_there_is_none():
    assert latest() is None


@pytest.mark.parametrize("text", ["", "{}", '{"schema": 1, "complete": {"taken": 1}}', "[1]"])
def test_a_file_that_is_none_counts_as_none(text):
    file = file_of(collect())
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert latest() is None
    keep(made())
    assert latest() == made()


def test_another_machine_has_none():
    keep(made())
    assert latest(dataclasses.replace(collect(), cpu="another")) is None


def test_its_sentence_counts_what_was_right():
    assert str(made().sentence()) == (
        "By the calibration of 2026-11-25 on this machine: 1 false alarm in 300 comparisons of "
        "the same work; 2 % more work found in 199 of 200 within 2.0 s; the 99 % interval held "
        "the true ratio in 497 of 500; beside 3 busy processes 0 of 30 were wrong and 30 too "
        "noisy to say."
    )


def test_goals_are_shares_of_the_verdicts():
    assert made().goals_hold
    assert not made(alarms=4).goals_hold
    assert not made(found=190).goals_hold


def test_the_table_has_a_row_a_kind():
    assert "the same work twice, 3 busy processes beside" in made()._repr_html_()


def test_the_command_prints_it_and_says_whether_the_goals_were_met(monkeypatch):
    monkeypatch.setattr(calibrating, "QUICK", SHORT)
    done = perfkit("calibrate", "--quick", "--format", "json")
    assert done.code in (0, 1)
    assert json.loads(done.out)["quick"] is True
    monkeypatch.setattr(calibrating, "calibrate", lambda **_: made(found=0))
    done = perfkit("calibrate")
    assert done.code == 1
    assert "By the calibration" in done.out


def test_ctrl_c_tells_what_was_kept(monkeypatch):
    def interrupted(**_):
        keep(made(complete=False))
        raise KeyboardInterrupt

    monkeypatch.setattr(calibrating, "calibrate", interrupted)
    done = perfkit("calibrate")
    assert done.code == 130
    assert "broken off" in done.err


def test_busy_processes_end_with_the_block():
    with busy_processes(1) as [process]:
        assert process.poll() is None
    assert process.returncode is not None
