"""Text that damage has changed is never handed on as if it were sound."""

from __future__ import annotations

import base64
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit import errors
from perfkit.batches._damage import _from_ascii85, integrity
from perfkit.executors import processes
from perfkit.executors._outcome import Outcome
from tests.invoice_page import HEAD, row
from tests.small_pdf import HELVETICA, small_pdf, stream
from tests.test_batch import FOLDER, expected, lines, manifest, results

#: Each by another program, all with deflated text.
SOUND = (
    "CI004848705.pdf", "invoice_cairo.pdf", "invoice_chromium_currency.pdf", "invoice_fpdf2.pdf",
    "invoice_reportlab_one_page.pdf", "invoice_typst.pdf", "order_object_streams.pdf",
)  # fmt: skip
#: 3,000 were tried by hand: of 1,024 with wrong items none was said to be sound.
MUTATIONS = 70


def test_no_wrong_result_of_a_damaged_file_goes_unflagged(tmp_path):
    chance = random.Random(7)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(MUTATIONS):
        name = SOUND[number % len(SOUND)]
        data = bytearray((FOLDER / name).read_bytes())
        for _ in range(chance.choice([1, 2, 8])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (folder / f"{number:03d}-{name}").write_bytes(data)
    perfkit.batch(folder, tmp_path / "out")
    whole = {name: expected(FOLDER / name) for name in SOUND}
    found, told = results(tmp_path / "out"), manifest(tmp_path / "out")
    wrong = [name for name, items in found.items() if items != whole[name[4:]]]
    assert len(wrong) > 10  # or nothing is tried here
    assert [name for name in wrong if told[name]["integrity"] == "sound"] == []
    assert all(told[name]["damage"] for name in wrong if told[name]["integrity"] == "damaged")


def test_sound_files_are_not_flagged(tmp_path):
    summary = perfkit.batch(FOLDER, tmp_path)
    assert summary.doubtful == 0
    told = manifest(tmp_path)
    assert {told[name]["integrity"] for name in SOUND} == {"sound"}
    # No checksum covers what is not deflated, or cannot be unpacked without a key.
    assert told["order_rotated_90.pdf"]["integrity"] == "unknown"
    assert all(
        line["integrity"] in {"sound", "unknown"} for line in lines(tmp_path / "results.jsonl")
    )


@pytest.mark.parametrize(
    ("change", "sign"),
    [
        (lambda data: data.replace(b"endstream", b"endstrxxx", 1), ""),
        (lambda data: data.replace(b"/Length", b"/Lenxth"), "has no length"),
        (lambda data: data.replace(b"/Contents 11", b"/Contents x1"), "pages have no content"),
        (lambda data: data.replace(b"/Parent 2 0", b"/Parent 7 0"), "references lead to no object"),
        (lambda data: data.replace(b"/Parent", b"/Par\xe9nt"), "bytes that are no text"),
        (lambda data: data.replace(b"x\x9c", b"x\x9d", 1), "does not unpack"),
    ],
)  # fmt: skip
def test_a_sign_of_damage_says_what_is_wrong(change, sign):
    packed = zlib.compress(HEAD + row(680))
    data = small_pdf(b"", objects={11: stream(packed, "/Filter /FlateDecode")})
    assert integrity(data) == ((), True)
    signs = integrity(change(data)).signs
    assert sign in " ".join(signs)


def test_text_that_is_not_deflated_or_is_sealed_is_not_said_to_be_sound():
    assert integrity(small_pdf(HEAD)).covered is False
    sealed = (FOLDER / "invoice_encrypted_aes256.pdf").read_bytes()
    assert integrity(sealed) == ((), False)


@given(st.binary())
def test_ascii85_is_read_as_python_reads_it(data):
    assert _from_ascii85(base64.a85encode(data, wrapcol=60)) == data


@pytest.mark.parametrize("text", [b"vvvvv", b"uuuuu", b"ab\x80cd", b's8W-"'])
def test_what_is_not_ascii85_is_refused(text):
    assert _from_ascii85(text) is None


@given(st.binary(max_size=300))
def test_no_bytes_make_the_look_fail(data):
    integrity(b"%PDF-1.7\n1 0 obj <</Filter/FlateDecode/Length 9>> stream\n" + data)


def form_calling_itself(shift: bytes) -> bytes:
    """An order whose last row is in a form that draws itself."""
    form = "/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources "
    uses = f"<< /Font << /F1 {HELVETICA} 0 R >> /XObject << /X 91 0 R >> >>"
    body = shift + row(660, b"DA9406A") + b" /X Do"
    page = HEAD + row(680) + b" /X Do"
    return small_pdf(page, resources=uses, objects={91: stream(body, form + uses)})


def codes(data: bytes, engine: str = "pdfium") -> list[str]:
    found = perfkit.extract(data, perfkit.Recipe(engine=engine))
    return [item.product_code for item in found.line_items]


def test_rows_that_a_form_repeats_by_drawing_itself_are_flagged(tmp_path):
    path = tmp_path / "loop.pdf"
    path.write_bytes(form_calling_itself(b"1 0 0 1 0 -12 cm "))
    perfkit.batch(path, tmp_path / "out")
    (record,) = lines(tmp_path / "out" / "manifest.jsonl")
    assert record["items"] > 4
    assert record["integrity"] == "damaged"
    assert record["damage"] == ["the engine pypdf could not read it (DamagedPdfError)"]


def test_a_row_that_is_drawn_many_times_on_one_place_counts_once():
    assert codes(form_calling_itself(b"")) == ["XS9826A", "DA9406A"]
    assert codes(small_pdf(HEAD + row(680) * 2)) == ["XS9826A"]


@pytest.mark.parametrize("engine", ["pdfium", "pypdf"])
def test_text_off_the_page_and_hidden_text_are_not_read(engine):
    below, beside = row(-60, b"DA9406A"), row(660, b"DA9406A", right=700)
    assert codes(small_pdf(HEAD + row(680) + below + beside), engine) == ["XS9826A"]
    for hide in (b"3 Tr ", b"1 1 1 rg "):
        hidden = small_pdf(HEAD + row(680) + row(660, b"DA9406A", before=hide))
        assert codes(hidden, engine) == ["XS9826A"]


@pytest.mark.parametrize(
    ("lost", "integrity_told"),
    [
        ("WorkerHungError", "unknown"),
        ("WorkerMemoryError", "unknown"),
        ("WorkerLostError", "damaged"),
    ],
)
def test_a_limit_of_the_other_engine_says_nothing_of_a_document(
    tmp_path, monkeypatch, lost, integrity_told
):
    path = tmp_path / "loop.pdf"
    path.write_bytes(form_calling_itself(b"1 0 0 1 0 -12 cm "))
    real = processes.completed_map

    def losing(function, calls, **options):
        for done in real(function, calls, **options):
            error = getattr(errors, lost)("it was ended")
            # The second call is the look of the other engine.
            yield done._replace(outcome=Outcome(None, error)) if done.place else done

    monkeypatch.setattr(processes, "completed_map", losing)
    perfkit.batch(path, tmp_path / "out", workers=1)
    (record,) = lines(tmp_path / "out" / "manifest.jsonl")
    assert record["outcome"] == "items"
    assert record["integrity"] == integrity_told
