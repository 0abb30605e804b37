"""Batches are timed whole; three numbers of workers within the cores carry a law."""

from __future__ import annotations

import pytest

import perfkit
from perfkit.bench import batch_scaling
from perfkit.bench.batch_scaling import BatchScaling, Law, Scaled, measure_batch_scaling
from perfkit.charts.batch_scaling import draw
from perfkit.errors import MeasurementError, ParameterError


def by_law(executor: str, serial: float, parallel: float, noise: float = 0.0) -> Scaled:
    """Three rounds that follow a law, but for some noise."""
    rounds = (1 - noise, 1.0, 1 + noise)
    seconds = {n: tuple((serial + parallel / n) * each for each in rounds) for n in (1, 2, 4)}
    return Scaled(executor, seconds)


def test_the_law_is_found_again():
    law = by_law("processes", 0.002, 0.02).law
    assert law is not None
    assert law == pytest.approx(Law(0.002, 0.02))
    assert law.seconds(8) == pytest.approx(0.0045)


def test_no_part_of_a_law_is_below_zero():
    assert Law.fitted([1, 2], [0.02, 0.009]).serial == 0


def test_two_numbers_of_workers_or_too_few_cores_carry_no_law():
    seconds: dict[int, tuple[float, ...]] = {n: (0.03 / n, 0.031 / n, 0.032 / n) for n in (1, 2, 4)}
    assert Scaled("processes", seconds, cores=4).law is not None
    two = Scaled("processes", seconds, cores=2)
    assert two.law is None
    found = BatchScaling("in", 100, 250, 2, (two,))
    assert "no law; it takes three numbers of workers within the 2" in found._repr_html_()
    assert "law" not in draw(found).alternative + found.sentence()


def test_a_million_follows_from_the_pace_with_its_interval():
    hours = by_law("processes", 0.0, 0.036, noise=0.1).million_hours(2)
    assert hours.value == pytest.approx(5.0)
    assert hours.low < 4.6
    assert hours.high > 5.4


def test_sentence_table_and_chart_say_the_same():
    scaled = by_law("processes", 0.001, 0.01), by_law("dask", 0.002, 0.01)
    found = BatchScaling("in", 100, 250, 4, scaled)
    told = found.sentence()
    assert "4 workers (processes) read 286 [286, 286] files of 2.5 pages a second" in told
    assert "3.14 times as many as 1" in told
    chart = draw(found)
    assert chart.sentence == told
    assert "dask: 1 worker 83.3 [83.3, 83.3]" in chart.alternative
    assert "286 [286, 286]" in found._repr_html_()
    assert chart.svg().startswith("<svg")


def test_real_batches_are_timed(tmp_path, repository):
    document = repository / "test_invoices/order_one_page.pdf"
    (tmp_path / "a.pdf").write_bytes(document.read_bytes())
    found = measure_batch_scaling(tmp_path, [1], files=3, progress=False)
    assert (found.files, found.pages) == (3, 3)
    (scaled,) = found.executors
    assert len(scaled.seconds[1]) == 3
    assert all(seconds > 0 for seconds in scaled.seconds[1])


@pytest.mark.parametrize(
    "wrong", [{"workers": [0]}, {"workers": []}, {"files": -1}, {"rounds": 2}, {"executors": []}]
)
def test_numbers_that_are_too_small_are_refused(wrong):
    with pytest.raises(ParameterError):
        measure_batch_scaling(**wrong)


def test_a_folder_without_documents_is_named(tmp_path):
    with pytest.raises(ParameterError, match="holds no PDF"):
        measure_batch_scaling(tmp_path)


def test_batches_that_end_differently_are_not_shown(tmp_path, monkeypatch):
    (tmp_path / "a.pdf").write_bytes(b"")
    calls: list[object] = []

    def changing(*arguments, **options):
        summary = perfkit.batch(*arguments, **options)
        calls.append(summary)
        summary.items = len(calls)
        return summary

    monkeypatch.setattr(batch_scaling, "batch", changing)
    with pytest.raises(MeasurementError, match="ended differently"):
        measure_batch_scaling(tmp_path, [1], files=1, progress=False)
