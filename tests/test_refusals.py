"""A file that holds no document is refused for its own reason, with what to do next."""

from __future__ import annotations

from pathlib import Path

import pytest

import perfkit
from perfkit.pipeline import read
from perfkit.recipe import Recipe
from tests.engines import TEXT_ENGINES
from tests.invoice_page import HEAD, row, shown
from tests.small_pdf import small_pdf, stream

FOLDER = Path(__file__).parent / "data" / "vendors"
ORDER = HEAD + row(680) + row(665, b"XS9827A") + row(650, b"XS9828A")
OTHER = shown(40, 700, b"Minutes of the meeting")
LETTER = shown(40, 700, b"Creative Co-Op") + shown(40, 680, b"Thank you for your order.")
#: What a viewer that is not Adobe's shows of an XFA form.
WAIT = shown(40, 700, b"Please wait... your viewer may not be able to display this document.")
BOXES = b"100 700 200 20 re S 0 0 1 rg 10 10 m 300 300 l 300 10 l f"


def form(content: bytes, value: bytes = b"") -> bytes:
    """A page with one field of a form."""
    head = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [100 0 R] "
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (no) /Rect [100 700 300 720] "
    look = b"/DA (/Helv 10 Tf 0 g) "
    return small_pdf(
        content,
        page="/MediaBox [0 0 612 792] /Annots [100 0 R]",
        objects={
            1: head + look + b">> >>",
            100: field + look + value + b">>",
        },
    )


def dynamic_form(content: bytes) -> bytes:
    """An XFA form whose pages are made by the program that opens it."""
    catalog = b"<< /Type /Catalog /Pages 2 0 R /NeedsRendering true /AcroForm "
    data = stream(b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template/></xdp:xdp>')
    return small_pdf(content, objects={1: catalog + b"<< /Fields [] /XFA 100 0 R >> >>", 100: data})


#: What the file is -> its bytes, the error, its page, and what the message says.
CASES = {
    "shapes only": (small_pdf(BOXES), perfkit.NoTextLayerError, 1, "drawn as shapes"),
    "form, empty": (form(b""), perfkit.NoLineItemsError, 1, "fields are empty.*Fill it in"),
    "form, empty, in boxes": (form(BOXES), perfkit.NoLineItemsError, 1, "fields are empty"),
    "form with a value": (
        form(b"", b"/V (CS003837319) "), perfkit.UnknownVendorError, None, "no layout",
    ),
    "XFA form": (dynamic_form(WAIT), perfkit.DynamicFormError, None, "XFA.*print it to a PDF"),
    "XFA form, blank": (dynamic_form(b""), perfkit.DynamicFormError, None, "XFA"),
    "letter": (small_pdf(LETTER), perfkit.NoLineItemsError, None, "names Creative Co-Op.*right"),
    "other": (small_pdf(OTHER), perfkit.UnknownVendorError, None, "perfkit vendor new"),
}  # fmt: skip


@pytest.mark.parametrize("engine", TEXT_ENGINES)
@pytest.mark.parametrize("case", CASES)
def test_a_refusal_says_what_the_file_is_and_what_to_do(case, engine, tmp_path):
    data, kind, page, message = CASES[case]
    path = tmp_path / "a b.pdf"
    path.write_bytes(data)
    for extract in (perfkit.extract, perfkit.extract_all):
        with pytest.raises(perfkit.DocumentError, match=message) as caught:
            extract(path, Recipe(engine=engine))
        assert (type(caught.value), caught.value.page) == (kind, page)
        assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("layout", ["creative_coop_invoice", str(FOLDER / "alder.toml")])
@pytest.mark.parametrize("data", [small_pdf(OTHER), small_pdf(LETTER)])
def test_a_layout_that_does_not_fit_is_named_with_the_form_of_its_codes(layout, data):
    with pytest.raises(perfkit.NoLineItemsError) as caught:
        perfkit.extract(data, Recipe(layout=layout))
    told = str(caught.value)
    assert f"the layout {layout!r} does not fit" in told
    assert "no word is a product code of the form [A-Z]{2}" in told
    assert "--layout auto" in told


def test_codes_without_numbers_beside_them_are_told_from_no_codes():
    with pytest.raises(perfkit.NoLineItemsError, match="no numbers of a row stand beside"):
        perfkit.extract(small_pdf(LETTER + shown(40, 650, b"We found XS9826A in our store.")))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (small_pdf(BOXES), perfkit.NoTextLayerError),
        (small_pdf(b"", b""), perfkit.NoLineItemsError),
    ],
)
def test_a_file_without_a_word_is_refused_with_a_given_layout_too(data, kind):
    with pytest.raises(kind):
        perfkit.extract(data, Recipe(layout="creative_coop_invoice"))


def test_a_scanned_page_behind_rows_stays_a_scan_although_the_file_has_a_form():
    data = dynamic_form(ORDER)
    assert len(perfkit.extract(data).line_items) == 3
    scan = small_pdf(ORDER, BOXES)
    with pytest.raises(perfkit.NoTextLayerError) as caught:
        perfkit.extract(scan)
    assert caught.value.page == 2


@pytest.mark.parametrize("engine", TEXT_ENGINES)
def test_a_long_file_of_another_vendor_is_given_up_after_three_pages(engine):
    data = small_pdf(*[OTHER] * 600)
    with (
        pytest.raises(perfkit.UnknownVendorError, match=r"first 3 pages.*--all-pages"),
        read(data, Recipe(engine=engine)) as reading,
    ):
        reading.extract()
    assert reading.pages_done == 3


def test_pages_before_the_order_are_read_over_with_all_pages_or_where_they_are_few():
    for before, recipe in ((2, Recipe()), (9, Recipe(vendor_pages=0))):
        found = perfkit.extract(small_pdf(*[OTHER] * before, ORDER), recipe)
        assert [item.page for item in found.line_items] == [before + 1] * 3
    with pytest.raises(perfkit.UnknownVendorError, match="first 3 pages"):
        perfkit.extract(small_pdf(*[OTHER] * 9, ORDER))
