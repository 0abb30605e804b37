"""A dry run reads a sample and says what the batch will take; afterwards it is held to that."""

from __future__ import annotations

import json
import random
import shutil
import statistics

import pytest

import perfkit
from perfkit.batches import predict as module
from perfkit.batches.predict import Prediction, predict
from perfkit.errors import BatchError, RecipeError
from tests.command import perfkit as command
from tests.hostile import make_hostile
from tests.test_batch import FOLDER, GOOD

COPIES = 40


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inbox")
    for number in range(COPIES):
        shutil.copy(FOLDER / GOOD[number % len(GOOD)], folder / f"{number:03d}.pdf")
    make_hostile(folder / "cut.pdf", "cut", 1)
    make_hostile(folder / "garbage.pdf", "garbage", 1)
    return folder


def test_a_dry_run_says_time_memory_and_money_and_keeps_no_result(inbox, tmp_path):
    done = command(
        "batch", inbox, "--out", tmp_path, "--dry-run", "--price-an-hour", "3600", "--workers", "1"
    )
    assert done.code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["prediction.json"]
    told = json.loads((tmp_path / "prediction.json").read_text())
    assert done.out == f"{Prediction(**told)}\n"
    assert told["files"] == COPIES + 2
    assert 0 < told["sampled"] <= COPIES + 2
    assert told["seconds_low"] <= told["seconds"] <= told["seconds_high"]
    assert told["machine_cost"] == pytest.approx(told["seconds"])
    assert told["worker_peak_mb"] > 5


def test_the_batch_tells_how_good_the_prediction_was(inbox, tmp_path):
    predict(inbox, tmp_path, workers=2)
    summary = perfkit.batch(inbox, tmp_path, workers=2)
    kept = json.loads((tmp_path / "summary.json").read_text())["prediction"]
    assert kept == summary.prediction
    said = kept["seconds"] * (1 + kept["seconds_off_percent"] / 100)
    assert said == pytest.approx(summary.seconds, rel=0.01)
    assert perfkit.batch(inbox, tmp_path).prediction is None  # nothing was left to do


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"seconds": "soon"}'])
def test_a_prediction_that_cannot_be_read_is_left_out(inbox, tmp_path, content):
    (tmp_path / "prediction.json").write_text(content)
    assert perfkit.batch(inbox / "000.pdf", tmp_path).prediction is None


def test_pages_of_all_files_are_counted(inbox):
    found = predict(inbox)
    wanted = [len_pages(name) for name in GOOD]
    assert found.pages == COPIES // len(GOOD) * sum(wanted)


def len_pages(name: str) -> int:
    return perfkit.extract(FOLDER / name).pages


def test_a_batch_of_very_many_files_is_counted_in_part(inbox, monkeypatch):
    monkeypatch.setattr(module, "_MOST_COUNTED", 20)
    found = predict(inbox, workers=2)
    assert found.files == COPIES + 2
    assert found.pages > 20


def test_the_interval_of_a_stratified_sample_holds_the_total_as_often_as_it_says():
    chance = random.Random(3)
    strata = [[chance.lognormvariate(mean, 0.4) for _ in range(400)] for mean in (0, 1, 2)]
    total = sum(map(sum, strata))
    held = []
    for _ in range(400):
        some = [chance.sample(stratum, 12) for stratum in strata]
        found, half = module._total(some, [len(stratum) for stratum in strata])
        held.append(abs(found - total) <= half)
    assert 0.9 <= statistics.fmean(held) <= 0.99


def test_a_sample_of_everything_leaves_no_doubt():
    assert module._total([[1.0, 2.0], [3.0]], [2, 1]) == (6.0, 0.0)


@pytest.mark.parametrize(("freedom", "wanted"), [(5, 2.571), (10, 2.228), (30, 2.042)])
def test_quantiles_are_those_of_the_tables(freedom, wanted):
    assert module._quantile_of_t(freedom) == pytest.approx(wanted, rel=0.01)


def test_an_executor_that_a_hostile_file_could_end_is_refused(inbox, tmp_path):
    for executor in ("inline", "threads"):
        with pytest.raises(RecipeError, match="which a hostile file could end"):
            perfkit.batch(inbox, tmp_path / "out", executor=executor)


def test_a_prediction_that_cannot_be_kept_is_an_error(inbox, tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(BatchError, match="cannot be written"):
        predict(inbox / "000.pdf", tmp_path / "out")
