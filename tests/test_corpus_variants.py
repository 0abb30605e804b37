"""A variant changes how a PDF is written, never what a reader sees."""

from __future__ import annotations

import io
from collections import Counter

import pypdfium2
import pytest
from pypdf import PdfReader

from perfkit.corpus import Style, make_bytes
from perfkit.corpus.other_vendor import other_vendor
from perfkit.corpus.variants import VARIANTS, vary
from perfkit.errors import CorpusError, MissingExtraError

PLAIN = make_bytes(pages=2, seed=5, style=Style(picture="none"))[0]
UNSEEN = sorted(set(VARIANTS) - {"scan"})


def varied(name: str) -> bytes:
    try:
        return vary(PLAIN, name)
    except (CorpusError, MissingExtraError) as error:
        pytest.skip(str(error))


def looks(data: bytes) -> list[tuple[tuple[int, int], Counter[str], bytes]]:
    """Of each page: its size, its characters, and how it looks from afar."""
    document = pypdfium2.PdfDocument(data)
    seen = []
    for page in document:
        text_page = page.get_textpage()
        text = Counter("".join(text_page.get_text_range().split()))
        image = page.render(scale=0.5, grayscale=True).to_pil().resize((34, 44))
        tones = bytes(0 if tone < 225 else 1 for tone in image.tobytes())
        seen.append((tuple(round(side) for side in page.get_size()), text, tones))
        text_page.close()
        page.close()
    document.close()
    return seen


@pytest.mark.parametrize("name", UNSEEN)
def test_a_variant_looks_like_the_plain_document(name: str) -> None:
    for (size, text, tones), (seen_size, seen_text, seen_tones) in zip(
        looks(PLAIN), looks(varied(name)), strict=True
    ):
        assert (seen_size, seen_text) == (size, text)
        unlike = sum(a != b for a, b in zip(tones, seen_tones, strict=True))
        assert unlike <= 0.02 * len(tones)


def test_a_scan_has_the_pages_and_no_text() -> None:
    seen = looks(vary(PLAIN, "scan"))
    assert len(seen) == 2
    assert not any(text for _, text, _ in seen)


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("rotated_90", b"/Rotate 90"),
        ("object_streams", b"/ObjStm"),
        ("encrypted_rc4", b"/Encrypt"),
        ("encrypted_aes256", b"/AESV3"),
        ("shifted_mediabox", b"/MediaBox [ 113"),
        ("linearized", b"/Linearized"),
    ],
)
def test_a_variant_bears_its_mark(name: str, mark: bytes) -> None:
    assert mark in varied(name)
    assert mark not in PLAIN


def test_a_broken_table_is_off_and_its_end_mark_is_kept() -> None:
    data = vary(PLAIN, "broken_xref")
    start = int(data.rsplit(b"startxref", 1)[1].split()[0])
    assert data[start : start + 4] != b"xref"
    assert b"%%EOF" in data[-16:]


@pytest.mark.parametrize("name", ["object_streams", "encrypted_rc4", "broken_xref"])
def test_pypdf_reads_a_variant_without_a_password(name: str) -> None:
    assert "ORDER NO" in PdfReader(io.BytesIO(varied(name))).pages[1].extract_text()


def test_an_unknown_variant_names_the_nearest() -> None:
    with pytest.raises(CorpusError, match="did you mean 'scan'"):
        vary(PLAIN, "scam")


def test_another_vendors_invoice_never_names_creative_coop() -> None:
    data, truth = other_vendor(2, 1)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    assert "creative" not in text.lower()
    assert truth["vendor"] in text
    assert truth["expected_error"] == "UnknownVendorError"
