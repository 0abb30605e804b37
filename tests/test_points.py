"""One id joins what is known of a point: the same work has it in every record and table."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import perfkit
from perfkit.bench.kept_points import find_point, folder_of, keep_points
from perfkit.bench.points import MeasuredPoint, point_id
from perfkit.bench.sweep_results import Sweep
from perfkit.errors import MeasurementError, ParameterError
from perfkit.recipe import Recipe
from perfkit.tuning.tune import tune
from tests.command import perfkit as command

DOCUMENT = "order_one_page.pdf"


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sweep, Path]:
    record = tmp_path_factory.mktemp("points") / "sweep.jsonl"
    axes = {"engine": ["pypdf", "pdfium"]}
    return perfkit.sweep(
        Recipe(), axes, DOCUMENT, rounds=3, record=record, progress=False, memory=False
    ), record


def test_the_same_work_has_the_same_id_whatever_it_is_called() -> None:
    one = point_id("perfkit.extract", {"engine": "pdfium", "workers": 2}, "ab")
    assert re.fullmatch("[0-9a-f]{10}", one)
    assert one == point_id("perfkit.extract", {"workers": 2, "engine": "pdfium"}, "ab")
    others = [
        point_id("perfkit.extract", {"engine": "pdfium", "workers": 3}, "ab"),
        point_id("perfkit.extract", {"engine": "pdfium", "workers": 2}, "cd"),
        point_id("mine:work", {"engine": "pdfium", "workers": 2}, "ab"),
    ]
    assert len({one, *others}) == 4


def test_a_field_that_is_as_usual_changes_no_id() -> None:
    whole = Recipe(engine="pypdf").as_dict()
    assert point_id("perfkit.extract", whole, "ab") == point_id(
        "perfkit.extract", {"engine": "pypdf"}, "ab"
    )


def test_a_stand_in_has_one_id_at_whatever_port_it_answers() -> None:
    ids = {
        point_id("perfkit.extract", {"docai_endpoint": f"127.0.0.1:{port}"}, "ab")
        for port in (1, 2)
    }
    assert len(ids) == 1


def test_frame_table_and_record_agree_on_the_ids(swept) -> None:
    found, record = swept
    ids = list(found.frame()["point_id"])
    assert len(set(ids)) == 3
    assert re.findall(r'<code class="perfkit-point" id="point-(\w+)">', found._repr_html_()) == ids
    assert list(Sweep.from_records(record).frame()["point_id"]) == ids


def test_a_point_is_found_by_the_beginning_of_its_id_here_and_in_a_record(swept) -> None:
    found, record = swept
    slowest = max(found.results, key=lambda of: of.document_ms.value)
    name = found.point_id(slowest)
    kept, recorded = find_point(name[:6]), find_point(name, record)
    assert kept == recorded
    assert kept.time_ms == slowest.document_ms
    assert (kept.accuracy, kept.items) == (1.0, slowest.items)
    assert Recipe(**kept.recipe).engine == "pypdf"
    assert kept.found_document().name == DOCUMENT
    assert MeasuredPoint.from_dict(json.loads(json.dumps(kept.as_dict()))) == kept


def test_what_is_no_point_is_refused_with_a_remedy(swept) -> None:
    with pytest.raises(ParameterError, match="is no point's id"):
        find_point("xyz")
    with pytest.raises(ParameterError, match=r"no point 00000000 in .*sweep\.jsonl"):
        find_point("00000000", swept[1])


def test_points_of_a_tuning_have_the_ids_that_a_sweep_gives_them(tmp_path: Path, swept) -> None:
    record = tmp_path / "tune.jsonl"
    axes = {"engine": ["pypdf", "pdfium"]}
    found = tune(
        DOCUMENT, axes, rounds=3, judge_seconds=0.1, share=1, record=record, progress=False
    )
    (told,) = found.points.values()
    ids = set(swept[0].frame()["point_id"])
    assert told in ids
    assert f"{told} of {DOCUMENT}" in " ".join(found.notes())
    point = find_point(told, record)
    assert (point.accuracy, point.memory_peak_mb is not None) == (1.0, True)
    for other in ids - {told, swept[0].point_id(swept[0].results[0])}:
        assert find_point(other, record).accuracy == 1.0


def test_a_document_that_has_changed_is_not_taken_for_the_one_that_was_measured(
    tmp_path: Path, repository: Path
) -> None:
    document = tmp_path / "own.pdf"
    shutil.copy(repository / "test_invoices" / DOCUMENT, document)
    found = perfkit.sweep(
        Recipe(), {"engine": ["pdfium"]}, document, rounds=3, progress=False, memory=False
    )
    point = find_point(found.point_id(found.results[0]))
    assert point.found_document() == document
    document.write_bytes(document.read_bytes() + b"\n")
    with pytest.raises(MeasurementError, match="has changed since"):
        point.found_document()


def test_a_sweep_counts_also_where_its_points_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swept
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PERFKIT_STATE_FOLDER", str(tmp_path / "file"))
    with pytest.raises(MeasurementError, match="cannot be written to"):
        keep_points(swept[0])
    found = perfkit.sweep(
        Recipe(), {"engine": ["pdfium"]}, DOCUMENT, rounds=3, progress=False, memory=False
    )
    assert found.best()


def test_the_command_tells_all_that_is_known_under_an_id(swept) -> None:
    found, record = swept
    name = found.point_id(found.results[0])
    text = command("point", name, "--record", str(record))
    assert text.code == 0
    for told in (name, "engine=", "accuracy", "1.000", "peak memory", f"--point {name}"):
        assert told in text.out
    shown = command("point", name[:5], "--format", "json")
    assert json.loads(shown.out)["recipe"]["engine"] in ("pypdf", "pdfium")
    assert command("point", "0123456789").code == 2
    assert folder_of(name).is_dir()


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path) -> Path:
    """A working folder with a document and a module of the user's."""
    shutil.copy(repository / "test_invoices" / DOCUMENT, tmp_path)
    shutil.copy(repository / "test_invoices" / "order_one_page.json", tmp_path)
    (tmp_path / "mine_too.py").write_text(
        "from pathlib import Path\n\n\ndef count(document, *, times=1):\n"
        "    return max(len(Path(document).read_bytes().split()) for _ in range(times))\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.mark.slow
@pytest.mark.usefixtures("own")
def test_the_slowest_point_has_time_memory_accuracy_cost_and_profile_under_one_id() -> None:
    swept = command(
        "sweep", "--axis", "engine=pypdf,pdfium", "--axis", "chunk_pages=0,1", DOCUMENT,
        "--rounds", "3", "--record", "s.jsonl", "--format", "json",
    )  # fmt: skip
    points = json.loads(swept.out)["results"]
    slowest = max(points, key=lambda of: of["time_ms"])
    name = slowest["point_id"]
    profiled = command("profile", "--point", name, "--record", "s.jsonl", "--seconds", "0.05")
    assert profiled.code == 0, profiled.err
    assert name in profiled.err
    found = json.loads(command("point", name, "--format", "json").out)
    assert found["time_ms"]["value"] == pytest.approx(slowest["time_ms"])
    assert found["memory_peak_mb"] == pytest.approx(slowest["memory_peak_mb"])
    assert (found["accuracy"], found["cost_usd"]) == (1.0, None)
    assert found["recipe"]["engine"] == "pypdf"
    profile = json.loads(Path(found["profile"]).with_suffix(".json").read_text())
    assert profile["id"] == name
    assert profile["recipe"]["engine"] == "pypdf"
    assert "pypdf" in Path(found["profile"]).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.usefixtures("own")
def test_a_point_of_ones_own_pipeline_is_profiled_with_its_arguments() -> None:
    swept = command(
        "sweep", "--pipeline", "mine_too:count", "--axis", "times=40", DOCUMENT,
        "--rounds", "3", "--format", "json",
    )  # fmt: skip
    name = next(of["point_id"] for of in json.loads(swept.out)["results"] if not of["is_baseline"])
    profiled = command("profile", "--point", name, "--seconds", "0.05")
    assert profiled.code == 0, profiled.err
    assert "mine_too:count(times=40)" in profiled.out


def test_recipe_and_point_are_not_given_at_once(swept) -> None:
    name = swept[0].point_id(swept[0].results[0])
    for wrong in (["engine=pypdf", "--point", name], ["engine=pypdf"], ["--record", "x"]):
        assert command("profile", *wrong).code == 2
