"""compare(isolated=True): live pairs of processes, with the launch as the unit."""

import os
import sys
from functools import partial
from pathlib import Path

import pytest

import perfkit
from perfkit.bench import live_pair as live
from perfkit.bench.counted import counted
from perfkit.bench.launches import Launched
from perfkit.bench.live_pair import Side, live_pair
from perfkit.bench.paired import PairedRules
from perfkit.bench.pairs import BASELINE, CANDIDATE, Observed
from perfkit.bench.records import Run, read
from perfkit.errors import MeasurementError, OutputsDifferError, ParameterError, WorkerLostError

PATH = (str(Path(__file__).parent.parent), *sys.path)


def side(work: str, **options: object) -> Side:
    return Side("this side", "import", work, PATH, **options)  # type: ignore[arg-type]


def served(work: str, **options: object) -> object:
    """The output of such work, from a process of its own."""
    with live_pair([side(work, **options)], 0) as [worker]:
        return worker.output()


def run(arm: str, wall: float, cpu: float | None = None, involuntary: int = 0) -> Run:
    cpu = wall if cpu is None else cpu
    return Run("", arm, "", 1, 0, 0.0, wall, cpu, 1, 1, 0, involuntary)


@pytest.mark.slow
def test_four_times_the_work_is_slower_in_processes_of_its_own(tmp_path):
    verdict = perfkit.compare(
        partial(counted, 50),
        partial(counted, 200),
        isolated=True,
        budget_seconds=0.1,
        check=lambda one, other: (one[0], other[0]) == (50, 200),
        record=tmp_path / "runs.jsonl",
    )
    assert (verdict.word, verdict.launches, verdict.pairs) == ("slower", 6, 30)
    [session] = read(tmp_path / "runs.jsonl")
    runs = [of for of in session.records if isinstance(of, Run)]
    assert len({of.pid for of in runs}) == 12
    assert os.getpid() not in {of.pid for of in runs}
    assert len({(of.round, of.arm) for of in runs}) == len(runs) == 60


def test_recipes_are_proved_in_their_processes_before_any_time_is_taken():
    one = perfkit.Recipe()
    with pytest.raises(OutputsDifferError, match="says no"):
        perfkit.compare(
            one,
            one.with_(engine="pypdf"),
            documents="order_one_page.pdf",
            isolated=True,
            check=lambda baseline, candidate: baseline[0].pages != candidate[0].pages,
        )


@pytest.mark.parametrize("work", [lambda: 1, partial(lambda: 1)])
def test_what_another_process_cannot_import_is_refused(work):
    with pytest.raises(ParameterError, match="cannot import"):
        perfkit.compare(work, work, isolated=True)


def test_what_a_notebook_defines_is_refused(monkeypatch):
    def work() -> int:
        return 1

    monkeypatch.setattr(work, "__module__", "__main__")
    with pytest.raises(ParameterError, match="notebook or script"):
        perfkit.compare(work, work, isolated=True)


def test_work_that_fails_is_told_with_its_error():
    with pytest.raises(MeasurementError, match=r"this side failed: TypeError"):
        served("math:sqrt")


def test_work_that_does_not_exist_is_told():
    with pytest.raises(MeasurementError, match="no attribute 'nothing'"):
        served("math:nothing")


def test_a_process_that_dies_is_told_with_its_last_words():
    with pytest.raises(WorkerLostError, match="ended with"):
        served("os:abort")


def test_a_process_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(live, "_PATIENCE_SECONDS", 0.01)
    with pytest.raises(WorkerLostError, match="no answer"):
        served("signal:pause")


def test_what_the_work_prints_does_not_get_between_the_answers():
    with live_pair([side("tests.printing_work:greet")], 0) as [worker]:
        assert worker.output() == "well"
        assert worker.time("a", 2).repeats == 2


def test_perfkit_from_another_place_is_refused(tmp_path):
    with pytest.raises(MeasurementError, match="perfkit came from"):
        served("perfkit.bench.counted:counted", folder=str(tmp_path))


def test_a_launch_counts_once_however_many_pairs_it_has():
    observed = Launched()
    for factor in (1.0, 1.1, 1.2):
        for _ in range(2):
            pairs = [each for _ in range(5) for each in (run(BASELINE, 1), run(CANDIDATE, factor))]
            observed.add(pairs)
    assert (observed.launches, observed.pairs, len(observed.placebo)) == (6, 30, 3)
    ratio = observed.ratio(PairedRules())
    assert ratio.observations == 6
    assert ratio.value == pytest.approx(1.1, rel=0.01)


def test_what_other_processes_took_is_taken_off():
    held = run("a", 1.0, cpu=0.4, involuntary=3)
    assert held.was_preempted
    assert held.own_seconds == 0.4
    observed = Observed()
    late = run(CANDIDATE, 9.0, cpu=1.0, involuntary=3)
    observed.add([run(BASELINE, 1), late, run(CANDIDATE, 1), run(BASELINE, 1)])
    assert observed.own == [0.0, 0.0]
    assert observed.preempted == 1


def test_what_waits_of_its_own_accord_keeps_its_time():
    waits = Run("", "a", "", 1, 0, 0.0, 1.0, 0.2, 1, 1, 4, 4)
    unknown = Run("", "a", "", 1, 0, 0.0, 1.0, 0.2, 1, 1)
    many_threads = run("a", 1.0, cpu=1.8, involuntary=3)
    for each in (waits, unknown, many_threads, run("a", 1.0, cpu=0.5)):
        assert each.own_seconds == 1.0
