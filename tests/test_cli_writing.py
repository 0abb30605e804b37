"""`--out` writes whole files or none, under safe names, and over nothing that must stay."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.cli import _job, main
from perfkit.cli._writing import TargetError, names_in, whole_file
from perfkit.corpus import Style, make_bytes
from perfkit.model import Extraction
from perfkit.pipeline import extract

DATA, TRUTH = make_bytes(pages=1, seed=4, style=Style(picture="none"))


def perfkit(*arguments: object) -> object:
    """Run `perfkit extract` in this process; its exit code."""
    with pytest.raises(SystemExit) as left:
        main.main(["extract", *map(str, arguments)])
    return left.value.code


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "order.pdf"
    path.parent.mkdir()
    path.write_bytes(DATA)
    return path


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["items.csv", "items.json", "items.txt", "items"])
def test_the_suffix_says_the_format(pdf, tmp_path, name, capsys):
    out = tmp_path / "new folder" / name
    assert perfkit("--out", out, pdf) == 0
    text = out.read_text(encoding="utf-8")
    start = {".csv": "source,", ".json": '{"schema'}.get(out.suffix, str(pdf))
    assert text.startswith(start)
    stdout, stderr = capsys.readouterr()
    assert (stdout, stderr) == ("", f"written: {out} (1 of 1 documents)\n")


def test_the_format_asked_for_wins_over_the_suffix(pdf, tmp_path):
    assert perfkit("--format", "csv", "--out", tmp_path / "x.json", pdf) == 0
    assert (tmp_path / "x.json").read_text().startswith("source,")


def test_csv_in_a_file_keeps_its_line_ends(pdf, tmp_path):
    perfkit("--out", tmp_path / "x.csv", pdf)
    data = (tmp_path / "x.csv").read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n") == len(TRUTH["line_items"]) + 1


@pytest.mark.parametrize("ready", [True, False])
def test_a_folder_gets_one_file_a_document(pdf, tmp_path, ready, capsys):
    folder = tmp_path / "out"
    if ready:
        folder.mkdir()
    other = tmp_path / "in" / "second.pdf"
    other.write_bytes(DATA)
    target = folder if ready else f"{folder}/"
    assert perfkit("--out", target, pdf, tmp_path / "no.pdf", other) == 1
    assert files_in(folder) == ["order.json", "second.json"]
    for path in folder.iterdir():
        result = json.loads(path.read_text(encoding="utf-8"))
        assert Path(result["documents"][0]["source"]).stem == path.stem
        assert result["failures"] == []
    assert f"written: {folder / 'order.json'}" in capsys.readouterr().err


def test_documents_of_one_name_do_not_meet_in_a_folder(pdf, tmp_path):
    folder, names = tmp_path / "out", ["order.pdf", "ORDER.pdf", "order-2.pdf"]
    more = [tmp_path / str(n) / name for n, name in enumerate(names)]
    for path in more:
        path.parent.mkdir()
        path.write_bytes(DATA)
    assert perfkit("--format", "csv", "--out", f"{folder}/", pdf, *more) == 0
    assert len(files_in(folder)) == 8  # a table and its ledger for each
    tables = [csv.reader(path.read_text("utf-8").splitlines()) for path in folder.glob("*.csv")]
    assert {list(table)[1][0] for table in tables} == {str(path) for path in (pdf, *more)}


@given(st.lists(st.text(min_size=1) | st.sampled_from(["..", "/", "a/../..", ".a.pdf", "A.pdf"])))
def test_a_name_stays_in_its_folder_and_is_taken_once(files):
    paths = names_in("out", files, ".json")
    assert len({path.casefold() for path in paths}) == len(files)
    for path in paths:
        folder, name = os.path.split(path)
        assert folder == "out"
        assert name.isprintable()
        assert not name.startswith(".")
        assert name.endswith(".json")
        assert len(name.encode()) <= 255


def test_names_depend_on_all_files_and_not_on_which_could_be_read(pdf, tmp_path):
    folder = tmp_path / "out"
    assert perfkit("--out", f"{folder}/", tmp_path / "no" / "order.pdf", pdf) == 1
    assert files_in(folder) == ["order-2.json"]


def test_a_truth_is_never_written_over(pdf, capsys):
    truth = pdf.with_suffix(".json")
    truth.write_text(json.dumps(TRUTH), encoding="utf-8")
    for out in (truth, pdf.parent):
        assert perfkit("--format", "json", "--out", out, pdf) == 2
        assert "order.json is the truth beside a PDF" in capsys.readouterr().err
    assert json.loads(truth.read_text(encoding="utf-8")) == TRUTH


def test_a_result_beside_its_document_is_no_truth_and_can_be_written_again(pdf, capsys):
    for _ in range(2):
        assert perfkit("--format", "json", "--out", pdf.parent, pdf) == 0
    capsys.readouterr()
    assert perfkit("--format", "json", pdf) == 0
    assert json.loads(capsys.readouterr().out)["documents"][0]["accuracy"]["kind"] == "self-check"


def test_a_document_is_never_written_over(pdf, tmp_path, capsys):
    link = tmp_path / "link.txt"
    link.symlink_to(pdf)
    for out in (pdf, link):
        assert perfkit("--out", out, pdf) == 2
        assert "one of the documents" in capsys.readouterr().err
    assert pdf.read_bytes() == DATA


def test_a_place_that_cannot_be_written_is_wrong_usage(pdf, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert perfkit("--out", tmp_path / "file" / "x.json", pdf) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_an_interruption_leaves_the_old_file_and_no_half_one(pdf, tmp_path, monkeypatch):
    def interrupted(file: str, *_: object, **__: object) -> Extraction:
        if file == "second.pdf":
            raise KeyboardInterrupt
        return extract(pdf)

    monkeypatch.setattr(_job, "extract", interrupted)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "x.json").write_text("old", encoding="utf-8")
    assert perfkit("--out", folder / "x.json", pdf, "second.pdf") == 130
    assert (files_in(folder), (folder / "x.json").read_text()) == (["x.json"], "old")
    assert perfkit("--out", folder, pdf, "second.pdf") == 130
    assert files_in(folder) == ["order.json", "x.json"]
    assert json.loads((folder / "order.json").read_text())["documents"]


def test_a_file_that_is_replaced_keeps_its_permissions_and_its_link(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    with whole_file(str(link)) as text:
        text.write("new")
        assert real.read_text() == "old"
    assert (real.read_text(), link.is_symlink()) == ("new", True)
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_new_file_can_be_read_by_whom_the_user_lets(tmp_path):
    before = os.umask(0o027)
    try:
        with whole_file(str(tmp_path / "a.txt")) as text:
            text.write("new")
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_to_and_stays_one(pdf):
    assert perfkit("--out", os.devnull, pdf) == 0
    assert Path(os.devnull).is_char_device()


def test_an_error_while_writing_leaves_nothing_behind(tmp_path):
    with pytest.raises(TargetError, match=r"a\.txt cannot be written: full"):  # noqa: SIM117
        with whole_file(str(tmp_path / "a.txt")):
            raise OSError(28, "full")
    assert files_in(tmp_path) == []
