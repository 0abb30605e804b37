"""Documents that were read wrong without a word: each is read right, or says what is wrong.

``data/handed/documents/README.md`` has the right answers.
"""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PageObject, PdfReader, PdfWriter, Transformation

import perfkit
from perfkit.model import Extraction, LineItem

FOLDER = Path(__file__).parent / "data" / "handed" / "documents"
ENGINES = ("pdfium", "pypdf")


def row(
    code: str, upc: str, text: str, quantities: tuple[int, int], unit: str, prices: str
) -> LineItem:
    listed, own, extended = map(Decimal, prices.split())
    shipped, back = quantities
    return LineItem(code, upc, text, None, None, shipped, back, unit, listed, own, extended, 1)


ROWS = tuple(
    row(*each)
    for each in (
        ("XS1001A", "191009100119", '6"H Metal Ballerina Ornament', (8, 0), "each", "7.50 6 48"),
        ("DF2002", "191009200222", "Wood Tray w/ Handles, Natural", (12, 4), "each", "10 8 96"),
        ("DA3003B", "191009300335", "S/3 Stoneware Bowls, White", (6, 0), "Set", "25 20 120"),
        ("HX4004", "191009400448", "Cotton Lumbar Pillow", (4, 2), "each", "30 24 96"),
        (
            "CF5005A",
            "191009500551",
            "Terracotta Planter, Antique",
            (24, 0),
            "each",
            "3.50 2.80 67.20",
        ),
        ("XT6006", "191009600664", "Glass Vase, Smoke", (2, 0), "each", "55 44 88"),
    )
)
CODES = [each.product_code for each in ROWS]
TOTALS = (Decimal("515.20"), Decimal("12.00"), Decimal("527.20"))

#: Read as if there were nothing special about them; descriptions apart where they differ.
PLAIN = (
    "annotation_row", "bold_letter_by_letter", "bold_twice_0.8pt", "bytes_behind_the_end",
    "comma_decimals", "form_fields_with_appearance", "form_fields_without_appearance",
    "ocr_layer_over_text", "sideways_stub_with_code", "starred_prices", "stray_code_3pt_left",
    "stray_code_refuses_document", "superscript_cents", "userunit_10", "userunit_72",
)  # fmt: skip
#: What a viewer does not show is left out, and a warning says why.
HIDDEN = {
    "clipped_row": "outside of what is clipped to",
    "covered_row": "something is drawn over them",
    "form_bbox_clips_row": "outside of what is clipped to",
    "invisible_words": "invisible text",
    "layer_off_numbers": "a layer that is off",
    "layer_off_row": "a layer that is off",
    "white_row_below_totals": "the colour of the paper behind them",
}


@pytest.fixture(params=ENGINES)
def read(request):
    """Reads a handed document by its name."""

    def reading(name: str) -> Extraction:
        return perfkit.extract(FOLDER / f"{name}.pdf", perfkit.Recipe(engine=request.param))

    return reading


def check_whole(found: Extraction) -> None:
    """The invoice with its number, date and totals, and nothing to doubt."""
    assert (found.invoice_number, found.invoice_date) == ("CI004848799", date(2025, 1, 17))
    assert (found.subtotal, found.freight, found.total) == TOTALS
    assert found.ledger.doubts == ()


def kinds(found: Extraction) -> list[str]:
    return [doubt.kind for doubt in found.ledger.doubts]


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_odd_only_in_its_form_is_read_right(read, name):
    found = read(name)
    assert found.line_items == ROWS
    assert found.warnings == ()
    check_whole(found)


@pytest.mark.parametrize("name", HIDDEN)
def test_what_a_viewer_does_not_show_is_left_out_and_told(read, name):
    found = read(name)
    assert found.line_items == ROWS
    (warning,) = found.warnings
    assert HIDDEN[name] in warning
    check_whole(found)


def test_actual_text_is_read_instead_of_the_glyphs(read):
    pdfium = perfkit.extract(FOLDER / "actualtext.pdf")
    found = read("actualtext")
    assert found.line_items == pdfium.line_items
    assert [item.product_code for item in found.line_items] == CODES
    check_whole(found)


def test_a_hyphen_that_is_drawn_is_one(read):
    found = read("hyphen_as_soft_hyphen")
    assert [item.product_code for item in found.line_items] == CODES
    texts = " ".join(item.description for item in found.line_items)
    assert '4-3/4"L' in texts
    assert "\u00ad" not in texts
    check_whole(found)


def test_an_en_dash_before_a_number_is_a_minus(read):
    found = read("minus_as_en_dash")
    third = found.line_items[2]
    assert (third.qty_shipped, third.extended_price) == (-6, Decimal("-120.00"))
    assert (found.subtotal, found.total) == (Decimal("275.20"), Decimal("287.20"))
    assert kinds(found) == []


def test_rows_outside_of_the_crop_box_are_told(read):
    found = read("cropbox_hides_rows")
    assert found.line_items == ROWS[:4]
    (warning,) = found.warnings
    assert "crop box" in warning


def test_a_copy_of_an_invoice_is_counted_once(read):
    found = read("customer_copy_behind")
    assert found.line_items == ROWS
    assert found.warnings == ("page 2 is a copy of page 1; its rows are counted once",)
    check_whole(found)


def test_a_page_that_is_scanned_twice_is_counted_once(read):
    found = read("page_1_twice")
    assert [item.product_code for item in found.line_items] == CODES
    assert found.warnings[0] == "page 2 is a copy of page 1; its rows are counted once"
    # It prints the subtotal of its last page.
    assert kinds(found) == ["totals"]


def test_pages_are_read_in_the_order_that_they_print(read):
    found = read("pages_reversed")
    assert [item.product_code for item in found.line_items] == CODES
    assert [item.page for item in found.line_items] == [2, 2, 2, 1, 1, 1]
    assert found.warnings[0] == "the pages are out of order; they were read as printed: 2, 1"
    assert kinds(found) == ["totals"]


def test_a_missing_page_is_named(read):
    found = read("page_1_of_2_only")
    assert found.line_items == ROWS[:3]
    assert kinds(found) == ["page_missing"]
    assert "page 2 of 2 is missing" in found.ledger.doubts[0].message


def test_totals_of_a_statement_behind_are_not_the_invoice_s(read):
    found = read("statement_page_behind")
    assert found.line_items == ROWS
    check_whole(found)


@pytest.mark.parametrize("engine", ENGINES)
def test_two_invoices_in_a_file_are_two_documents(engine):
    file, recipe = FOLDER / "two_invoices_in_one.pdf", perfkit.Recipe(engine=engine)
    with pytest.raises(perfkit.SeveralDocumentsError, match="CI004848799 and, from page 2 on, CI0"):
        perfkit.extract(file, recipe)
    found = perfkit.extract_all(file, recipe)
    told = [(each.invoice_number, each.total, len(each.line_items)) for each in found]
    assert told == [
        ("CI004848799", Decimal("276.00"), 3), ("CI004848800", Decimal("263.20"), 3)
    ]  # fmt: skip
    assert [kinds(each) for each in found] == [[], []]


@pytest.mark.parametrize("name", ["no_tounicode", "tounicode_lacks_8"])
def test_text_that_cannot_be_decoded_is_an_error_that_says_so(read, name):
    with pytest.raises(perfkit.UndecodableTextError, match="page 1: text cannot be decoded"):
        read(name)


def test_a_font_that_lies_about_its_digits_is_doubtful(read):
    found = read("tounicode_lies")
    assert {"arithmetic", "check_digit", "totals"} <= set(kinds(found))
    assert (perfkit.assess(found).score or 0.0) < 0.5


def test_half_a_sheet_says_which_page_is_missing(read):
    # The form of its left page is not in the file: only the right one is drawn.
    found = read("two_pages_on_one_sheet")
    assert found.line_items == ROWS[3:]
    assert kinds(found) == ["page_missing"]


@pytest.mark.parametrize("engine", ENGINES)
def test_two_pages_side_by_side_on_a_sheet_are_read_one_after_the_other(engine):
    pages = PdfReader(FOLDER / "pages_reversed.pdf").pages
    sheet = PageObject.create_blank_page(width=792, height=512)
    for page, x in ((pages[1], 0), (pages[0], 396)):
        sheet.merge_transformed_page(page, Transformation().scale(0.647).translate(x, 0))
    writer, data = PdfWriter(), io.BytesIO()
    writer.add_page(sheet)
    writer.write(data)
    found = perfkit.extract(data.getvalue(), perfkit.Recipe(engine=engine))
    assert [item.product_code for item in found.line_items] == CODES
    assert found.pages == 1
    assert kinds(found) == ["totals"]


def test_an_attached_invoice_is_named(read):
    with pytest.raises(perfkit.DocumentError, match=r"attach\w+.*\.pdf"):
        read("portfolio")
