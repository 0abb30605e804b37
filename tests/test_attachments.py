"""PDFs attached to a PDF are named where the file itself holds nothing, and read when asked for."""

from __future__ import annotations

import json
import re

import pytest

import perfkit
from perfkit.attachments import attached_names, attached_pdfs, safe_name
from perfkit.recipe import Recipe
from perfkit.source import open_source
from tests.command import perfkit as command
from tests.engines import TEXT_ENGINES
from tests.invoice_page import HEAD, row, shown
from tests.small_pdf import small_pdf, stream

COVER = shown(40, 700, b"For the best experience, open this PDF portfolio in Adobe Reader.")
ORDER = small_pdf(HEAD + row(680) + row(665, b"XS9827A"))
SECOND = small_pdf(HEAD.replace(b"CS003837319", b"CS003837320") + row(680))
TERMS = small_pdf(shown(40, 700, b"Terms and conditions"))
SCAN = small_pdf(b"0 0 1 rg 0 0 600 700 re f")


def portfolio(*files: tuple[str, bytes], cover: bytes = COVER, more: bytes = b"") -> bytes:
    """A PDF that attaches files, by its list of them."""
    objects = {}
    names = b""
    for k, (name, data) in enumerate(files):
        text = ("\ufeff" + name).encode("utf-16-be").hex().encode()
        objects[200 + 2 * k] = stream(data, "/Type /EmbeddedFile")
        objects[201 + 2 * k] = b"<< /Type /Filespec /F <%b> /UF <%b> /EF << /F %d 0 R >> >>" % (
            text, text, 200 + 2 * k,
        )  # fmt: skip
        names += b"(%03d) %d 0 R " % (k, 201 + 2 * k)
    objects[1] = (
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [%b] >> >> %b >>"
        % (names, more)
    )
    return small_pdf(cover, objects=objects)


def pinned(name: bytes, data: bytes) -> bytes:
    """A PDF with a file pinned to its page."""
    return small_pdf(
        COVER,
        page="/MediaBox [0 0 612 792] /Annots [100 0 R]",
        objects={
            100: b"<< /Type /Annot /Subtype /FileAttachment /Rect [9 9 30 30] /FS 101 0 R >>",
            101: b"<< /Type /Filespec /F (%b) /EF << /F 102 0 R >> >>" % name,
            102: stream(data, "/Type /EmbeddedFile"),
        },
    )


@pytest.mark.parametrize("engine", TEXT_ENGINES)
@pytest.mark.parametrize(
    "data",
    [
        portfolio(("invoice.pdf", ORDER)),
        portfolio(("invoice.pdf", ORDER), more=b"/Collection << /Type /Collection >>"),
        portfolio(("invoice.pdf", ORDER), cover=b""),
        portfolio(("invoice.pdf", ORDER), cover=b"0 0 100 100 re f"),
        portfolio(("invoice.pdf", ORDER), cover=shown(40, 700, b"Creative Co-Op sends this.")),
        pinned(b"invoice.pdf", ORDER),
    ],
)
def test_a_file_that_only_attaches_a_document_names_it_and_reads_it_when_asked(data, engine):
    recipe = Recipe(engine=engine)
    with pytest.raises(perfkit.AttachmentsOnlyError, match=r"attached: invoice.pdf.*--attachments"):
        perfkit.extract(data, recipe)
    with pytest.raises(perfkit.AttachmentsOnlyError):
        perfkit.extract_all(data, recipe)
    (found,) = perfkit.extract_all(data, recipe, attachments=True)
    assert found.source == "<bytes>#invoice.pdf"
    assert [item.product_code for item in found.line_items] == ["XS9826A", "XS9827A"]
    assert found.ledger.doubts == ()


def test_the_file_s_own_document_comes_first_and_attached_ones_follow():
    data = portfolio(("a.pdf", SECOND), cover=HEAD + row(680))
    assert len(perfkit.extract(data).line_items) == 1
    assert len(perfkit.extract_all(data)) == 1
    found = perfkit.extract_all(data, attachments=True)
    assert [(each.source, each.invoice_number) for each in found] == [
        ("<bytes>", "CS003837319"), ("<bytes>#a.pdf", "CS003837320"),
    ]  # fmt: skip


def test_an_attached_file_of_another_kind_is_a_warning_and_one_that_cannot_be_read_a_doubt():
    files = ("order.pdf", ORDER), ("terms.pdf", TERMS), ("scan.pdf", SCAN), ("cut.pdf", ORDER[:99])
    (found,) = perfkit.extract_all(portfolio(*files), attachments=True)
    told = [re.findall(r"#(\w+)\.pdf", warning) for warning in found.warnings]
    assert told == [["terms"], ["scan"], ["cut"]]
    assert [doubt.kind for doubt in found.ledger.doubts] == ["attachment", "attachment"]


def test_where_no_attached_file_can_be_read_its_own_error_says_so():
    with pytest.raises(perfkit.NoTextLayerError, match=r"#scan.pdf, page 1"):
        perfkit.extract_all(portfolio(("scan.pdf", SCAN)), attachments=True)
    with pytest.raises(perfkit.UnknownVendorError):
        perfkit.extract_all(TERMS, attachments=True)


def test_a_portfolio_in_a_portfolio_is_read_and_no_deeper():
    inner = portfolio(("order.pdf", ORDER))
    twice = portfolio(("inner.pdf", inner))
    (found,) = perfkit.extract_all(twice, attachments=True)
    assert found.source == "<bytes>#inner.pdf#order.pdf"
    with pytest.raises(perfkit.AttachmentsOnlyError, match=r"#inner.pdf.*order.pdf"):
        perfkit.extract_all(portfolio(("more.pdf", twice)), attachments=True)


def test_the_limit_of_size_holds_for_each_attached_file():
    data = portfolio(("big.pdf", ORDER + b"\n" * 4000), ("order.pdf", ORDER))
    limit = (len(ORDER) + 1000) / 2**20
    small, large = (
        attached_pdfs(open_source(data), max_file_mb=limit),
        attached_pdfs(open_source(data)),
    )
    assert [type(each).__name__ for each in small] == ["DocumentTooLargeError", "Source"]
    assert [type(each).__name__ for each in large] == ["Source", "Source"]


def test_only_pdfs_are_counted_by_name_or_content_and_names_are_made_safe_and_unlike():
    data = portfolio(
        ("data.xml", b"<xml/>"), ("order", ORDER), ("../../etc/a\x07\u202e.pdf", ORDER),
        ("same.pdf", ORDER), ("same.pdf", ORDER),
    )  # fmt: skip
    names = attached_names(open_source(data))
    assert names == ["order", "a__.pdf", "same.pdf", "5-same.pdf"]
    assert attached_names(open_source(ORDER)) == []


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("C:\\orders\\a b.pdf", "a b.pdf"), ("", "attachment-7.pdf"), ("..", "attachment-7.pdf"),
        ("a" * 300 + ".pdf", "a" * 75 + ".pdf"), ('what?*"<>|.pdf', "what______.pdf"),
    ],
)  # fmt: skip
def test_a_name_is_made_fit_for_terminals_and_folders(name, safe):
    assert safe_name(name, 7) == safe


def test_the_command_reads_attached_files_and_says_how_when_it_did_not(tmp_path):
    path = tmp_path / "mail.pdf"
    path.write_bytes(portfolio(("a.pdf", ORDER), ("b.pdf", SECOND)))
    refused = command("extract", "--format", "json", path)
    assert refused.code == 1
    assert "2 PDFs are attached: a.pdf, b.pdf" in refused.err
    done = command("extract", "--format", "json", "--attachments", path)
    assert done.code == 0
    sources = [each["source"] for each in json.loads(done.out)["documents"]]
    assert sources == [f"{path}#a.pdf", f"{path}#b.pdf"]
