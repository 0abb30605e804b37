"""A document is checked before an engine sees it, and no more of it is read than needed."""

from __future__ import annotations

import io
import os
import tempfile
import threading
from pathlib import Path

import pytest

from perfkit.errors import (
    DocumentNotFoundError,
    DocumentTooLargeError,
    EmptyFileError,
    NotAFileError,
    NotAPdfError,
    TruncatedPdfError,
)
from perfkit.source import open_source

PDF = b"%PDF-1.7\n" + b"x" * 3000 + b"\nstartxref\n0\n%%EOF\n"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "a b.pdf"
    path.write_bytes(PDF)
    return path


def test_a_path_is_kept_as_it_was_given(pdf):
    assert open_source(pdf) == open_source(str(pdf))
    assert open_source(pdf) == (str(pdf), str(pdf), None)


def test_bytes_are_kept_without_a_copy():
    assert open_source(PDF).data is PDF
    assert open_source(PDF).name == "<bytes>"
    assert open_source(bytearray(PDF)).data == PDF  # type: ignore[arg-type]


def test_an_open_file_is_named_by_its_path(pdf):
    with pdf.open("rb") as file:
        assert open_source(file) == (str(pdf), None, PDF)


def test_a_file_without_a_name_is_called_so():
    assert open_source(io.BytesIO(PDF)).name == "<file>"
    with tempfile.TemporaryFile() as file:
        file.write(PDF)
        file.seek(0)
        assert open_source(file).name == "<file>"


def test_an_open_file_is_read_from_where_it_stands():
    file = io.BytesIO(b"another part of a message " + PDF)
    file.seek(26)
    assert open_source(file).data == PDF


def test_a_pipe_that_gives_little_at_a_time_is_read_to_its_end():
    reading, writing = os.pipe()
    os.write(writing, PDF[:1000])

    def write_the_rest() -> None:
        os.write(writing, PDF[1000:])
        os.close(writing)

    with open(reading, "rb", buffering=0) as pipe:
        rest = threading.Timer(0.01, write_the_rest)
        rest.start()
        assert open_source(pipe).data == PDF
        rest.join()


@pytest.mark.parametrize("given", [io.StringIO("%PDF-"), 3, None, ["a.pdf"]])
def test_what_is_no_document_is_a_type_error(given):
    with pytest.raises(TypeError, match=r"binary"):
        open_source(given)


def test_a_missing_file_or_folder_is_not_found(tmp_path, pdf):
    for path in (tmp_path / "no.pdf", tmp_path / "no" / "such.pdf", pdf / "below.pdf"):
        with pytest.raises(DocumentNotFoundError, match="there is no such file"):
            open_source(path)


def test_a_folder_pipe_or_device_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.pdf")
    for path, kind in (
        (tmp_path, "folder"),
        (tmp_path / "pipe.pdf", "pipe"),
        (os.devnull, "device"),
        ("/dev/zero", "device"),
    ):
        with pytest.raises(NotAFileError, match=kind):
            open_source(path)


def test_a_path_that_cannot_be_one_is_told_so():
    with pytest.raises(NotAFileError, match="cannot be reached"):
        open_source("a\0b.pdf")


def test_a_file_that_cannot_be_opened_is_told_so(pdf, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(NotAFileError, match=r"Permission denied\). Check its permissions"):
        open_source(pdf)


def test_an_empty_file_is_told_apart(tmp_path):
    (tmp_path / "empty.pdf").touch()
    with pytest.raises(EmptyFileError, match="0 bytes"):
        open_source(tmp_path / "empty.pdf")
    with pytest.raises(EmptyFileError):
        open_source(b"")


def test_a_file_above_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "sparse.pdf"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(DocumentTooLargeError, match=r"limit is 100 MiB.*max_file_mb"):
        open_source(path)


@pytest.mark.parametrize("wrap", [lambda path: path, Path.read_bytes, lambda path: path.open("rb")])
def test_the_limit_holds_for_every_way_to_give_a_document(pdf, wrap):
    given = wrap(pdf)
    with pytest.raises(DocumentTooLargeError):
        open_source(given, max_file_mb=0.001)
    if hasattr(given, "close"):
        given.close()
    assert open_source(pdf.read_bytes(), max_file_mb=float("inf")).data == PDF


@pytest.mark.parametrize("data", [b"hello", b"PK\x03\x04" + b"%PDX" * 999, b" " * 1100 + PDF])
def test_without_a_header_at_its_start_it_is_no_pdf(data):
    with pytest.raises(NotAPdfError):
        open_source(data)


def test_a_header_within_the_first_kilobyte_is_enough():
    assert open_source(b"From: someone\r\n" * 50 + PDF)


@pytest.mark.parametrize("length", [10, 100, len(PDF) // 2, len(PDF) - 7])
def test_a_file_without_its_end_is_cut_off(length):
    with pytest.raises(TruncatedPdfError, match="cut off"):
        open_source(PDF[:length])


def test_zeros_after_the_end_are_padding():
    assert open_source(PDF + bytes(8192))


def test_a_linearized_file_shorter_than_it_says_is_cut_off():
    head = b"%%PDF-1.7\n1 0 obj\n<< /Linearized 1 /L %d /O 3 >>\nendobj\n%%%%EOF\n"
    assert open_source(head % 60)
    with pytest.raises(TruncatedPdfError):
        open_source(head % 6000)


@pytest.mark.parametrize("size", [10, 2048, 60_000])
def test_what_a_server_appends_behind_the_end_changes_nothing(size):
    page = b"<html><body>moved</body></html>\n" * (size // 32 + 1)
    assert open_source(PDF + page[:size]).data == PDF + page[:size]


def test_an_update_that_lost_its_end_is_cut_off():
    with pytest.raises(TruncatedPdfError):
        open_source(PDF + b"12 0 obj\n<< /Type /Page >>\nendobj\nxref\n12 1\n")
