"""A file is not a document: it may hold several, copies, letters, and pages in any order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from itertools import chain
from typing import Any, NamedTuple

import pytest

import perfkit
from perfkit.model import Extraction
from perfkit.recipe import Recipe
from tests.engines import TEXT_ENGINES
from tests.paged_invoices import (
    PENS,
    Page,
    Text,
    code_of,
    in_file,
    invoice,
    letter,
    order,
    side_by_side,
    statement,
    subtotal_of,
)

A, B, C, ORDER = "CI004848799", "CI004848800", "CI004848801", "CS003837319"
THREE, SIX, NINE, OTHER, OTHER_SIX = range(3), range(6), range(9), range(7, 10), range(7, 13)
NO_LABEL: dict[str, Any] = {"label": ""}
PLAIN_LABEL: dict[str, Any] = {"label": "Page {page}"}
SHEET = (792.0, 612.0)
DATE = "2025-01-17"


class Told(NamedTuple):
    """What a document says: number, codes, subtotal, total and date."""

    number: str | None
    codes: list[str]
    subtotal: Decimal | None
    total: Decimal | None
    date: str


class Kind(NamedTuple):
    """Pages of a file, the documents in it, and the kinds of doubt that are right."""

    pages: Sequence[Page]
    documents: list[Told]
    doubts: tuple[str, ...] = ()
    size: tuple[float, float] = (612.0, 792.0)


def doc(
    number: str, products: Sequence[int], *, whole: Sequence[int] = (), date: str = DATE,
    totals: bool = True,
) -> Told:  # fmt: skip
    """What an invoice says; ``whole`` are its products where pages are missing."""
    subtotal = subtotal_of(whole or products)
    codes = [code_of(k) for k in products]
    if not totals:
        return Told(number, codes, None, None, date)
    return Told(number, codes, subtotal, subtotal + 12, date)


def told(found: Extraction) -> Told:
    codes = [item.product_code for item in found.line_items]
    date = str(found.invoice_date)
    return Told(found.invoice_number, codes, found.subtotal, found.total, date)


def counted_through(pages: Sequence[Page]) -> list[Page]:
    """Pages with numbers that count them through the file."""
    return [[*page, Text(280, 770, f"Page {k} of {len(pages)}")] for k, page in enumerate(pages, 1)]


def without(page: Page, words: str) -> Page:
    return [text for text in page if words not in text.text]


a1, b1, c1 = invoice(A, THREE), invoice(B, OTHER), invoice(C, range(13, 16))
a2, b2, a3 = invoice(A, SIX), invoice(B, OTHER_SIX), invoice(A, NINE)
bare2, bare3 = invoice(A, SIX, **NO_LABEL), invoice(A, NINE, **NO_LABEL)
plain2, plain3 = invoice(A, SIX, **PLAIN_LABEL), invoice(A, NINE, **PLAIN_LABEL)
open3 = invoice(A, NINE, **PLAIN_LABEL, totals=False)
ordered, invoiced = order(ORDER, SIX), invoice(A, SIX, also=f"Order No: {ORDER}")
one_a, one_b, one_order = doc(A, THREE), doc(B, OTHER), doc(ORDER, SIX, date="2025-01-02")
six_a, six_b, nine_a = doc(A, SIX), doc(B, OTHER_SIX), doc(A, NINE)
due = statement("ST0099123", [(A, "527.20"), ("CI004848700", "99.00")], "626.20")
odd_due = statement("CI99112233", [("CI004848700", "99.00")], "99.00")
LETTER = letter("February 3, 2025", "please find your invoice with XS1000A enclosed.")
OF_ANOTHER = letter("Date: 2/3/2025", "Invoice No: CI004848123", "Total due 99.00")
WITH_FIGURES = letter("Date: 2/3/2025", "Re: CI004848123: XS1000A, 2 pieces at 3.50 each")
UNKNOWN = letter("February 3, 2025", "we forward this to you.", vendor=False)
TOTALS_ALONE = [text for text in invoice(A, THREE, **NO_LABEL)[0] if not 145 < text.y < 220]
STUB = letter("REMITTANCE ADVICE", f"Invoice No: {A}", "Amount due 999.99", "Total 999.99")
wide = [text._replace(x=text.x * 1.29) for text in order(ORDER, SIX, per_page=6)[0]]
codes_at_right = [
    Text(740, text.y, code_of(50 + k))
    for k, text in enumerate(text for text in wide if text.text.startswith("XS"))
]

KINDS = {
    # Several documents.
    "two": Kind(a1 + b1, [one_a, one_b]),
    "three": Kind(a1 + b1 + c1, [one_a, one_b, doc(C, range(13, 16))]),
    "two, unlike in the last digit": Kind(
        a1 + invoice("CI004848798", OTHER), [one_a, doc("CI004848798", OTHER)]
    ),
    "two of two pages": Kind(a2 + b2, [six_a, six_b]),
    "two without page numbers": Kind(bare2 + invoice(B, OTHER_SIX, **NO_LABEL), [six_a, six_b]),
    "two with page numbers that count the file": Kind(
        counted_through(bare2 + invoice(B, OTHER_SIX, **NO_LABEL)), [six_a, six_b]
    ),
    "two that hold the same rows": Kind(a2 + invoice(B, SIX), [six_a, doc(B, SIX)]),
    "the second without rows": Kind(a1 + invoice(B, []), [one_a]),
    "the first without rows": Kind(invoice(A, []) + b1, [one_b]),
    "an order, its invoice that names it": Kind(ordered + invoiced, [one_order, six_a]),
    "an invoice, its order": Kind(invoiced + ordered, [six_a, one_order]),
    "an order, its invoice, no page numbers": Kind(
        order(ORDER, SIX, **NO_LABEL) + bare2, [one_order, six_a]
    ),
    "the second's number is longer": Kind(
        a1 + invoice("CI0048488001", OTHER), [one_a, doc("CI0048488001", OTHER)]
    ),
    "pages of two in turns": Kind([a2[0], b2[0], a2[1], b2[1]], [six_a, six_b]),
    "two, each reversed": Kind([a2[1], a2[0], b2[1], b2[0]], [six_a, six_b]),
    "the first lacks its second page": Kind(
        a2[:1] + b1, [doc(A, THREE, totals=False), one_b], ("page_missing",)
    ),
    "another number on a page that goes on": Kind(
        [a2[0], [*without(a2[1], "Invoice No"), Text(400, 80, f"Order No: {ORDER}")]], [six_a]
    ),
    "the same number with other rows": Kind(
        a1 + b1 + invoice(A, [0, 1, 3]), [one_a, one_b, doc(A, [0, 1, 3])],
        ("same_number", "same_number"),
    ),
    # Copies.
    "customer copy behind": Kind(a1 + invoice(A, THREE, mark="CUSTOMER COPY"), [one_a]),
    "all twice, 1 2 1 2": Kind(a2 + a2, [six_a]),
    "all twice, 1 1 2 2": Kind([a2[0], a2[0], a2[1], a2[1]], [six_a]),
    "all twice without page numbers": Kind(bare2 + bare2, [six_a]),
    "a page twice without page numbers": Kind([bare2[0], bare2[0], bare2[1]], [six_a]),
    "a page of one row twice": Kind(invoice(A, [0]) * 2, [doc(A, [0])]),
    "two, then copies of both": Kind(a1 + b1 + a1 + b1, [one_a, one_b]),
    "the same products on two pages": Kind(
        invoice(A, [*THREE, *THREE], **NO_LABEL), [doc(A, [*THREE, *THREE])]
    ),
    "the same products on two numbered pages": Kind(
        invoice(A, [*THREE, *THREE]), [doc(A, [*THREE, *THREE])]
    ),
    "the same rows on two pages, and nothing tells": Kind(
        invoice(A, [*THREE, *THREE], **NO_LABEL, totals=False),
        [doc(A, [*THREE, *THREE], totals=False)], ("copy",),
    ),
    # Order and missing pages.
    "reversed": Kind(a3[::-1], [nine_a]),
    "shuffled": Kind([a3[1], a3[2], a3[0]], [nine_a]),
    "reversed, Page n": Kind(plain3[::-1], [nine_a]),
    "reversed without page numbers": Kind(
        bare2[::-1], [doc(A, [3, 4, 5, 0, 1, 2], whole=SIX)], ("page_order",)
    ),
    "shuffled, a page twice": Kind([a3[2], a3[0], a3[1], a3[0]], [nine_a]),
    "page 1 of 2 alone": Kind(a2[:1], [doc(A, THREE, totals=False)], ("page_missing",)),
    "page 2 of 3 missing": Kind(
        [a3[0], a3[2]], [doc(A, [0, 1, 2, 6, 7, 8], whole=NINE)], ("page_missing", "totals")
    ),
    "Page 1 and Page 3": Kind(
        [open3[0], open3[2]], [doc(A, [0, 1, 2, 6, 7, 8], totals=False)], ("page_missing",)
    ),
    # Statements, stubs and letters.
    "statement behind": Kind([*a1, due], [one_a]),
    "statement before": Kind([due, *a1], [one_a]),
    "statement before with a number like the invoice's": Kind([odd_due, *a1], [one_a]),
    "statement between": Kind([*a1, due, *b1], [one_a, one_b]),
    "stub behind": Kind([*a1, STUB], [one_a]),
    "totals alone on the last page": Kind(
        [*invoice(A, THREE, **NO_LABEL, totals=False), TOTALS_ALONE], [one_a]
    ),
    "letter before": Kind([LETTER, *a1], [one_a]),
    "letter of another invoice before": Kind([OF_ANOTHER, *a2], [six_a]),
    "letter with code and figures before": Kind([WITH_FIGURES, *a1], [one_a]),
    "letter that is Page 1 of 1": Kind(
        [[*LETTER, Text(280, 770, "Page 1 of 1")], *a2], [six_a]
    ),
    "two letters of somebody else": Kind([UNKNOWN, UNKNOWN, *a1], [one_a]),
    "four letters": Kind([*[LETTER] * 4, *a2], [six_a]),
    # Two pages on a sheet.
    "2-up": Kind([side_by_side(*a2)], [six_a], (), SHEET),
    "2-up, right one empty": Kind(
        [side_by_side(*a3[:2]), side_by_side(a3[2], [])], [nine_a], (), SHEET
    ),
    "2-up, a row each": Kind(
        [side_by_side(*invoice(A, [0, 1], per_page=1))], [doc(A, [0, 1])], (), SHEET
    ),
    "2-up, reversed": Kind([side_by_side(a2[1], a2[0])], [six_a], (), SHEET),
    "2-up, a page twice": Kind([side_by_side(a1[0], a1[0])], [one_a], (), SHEET),
    "2-up, two invoices": Kind([side_by_side(a1[0], b1[0])], [one_a, one_b], (), SHEET),
    "a wide order": Kind([wide], [one_order], (), SHEET),
    "a wide order with codes at both ends": Kind([wide + codes_at_right], [one_order], (), SHEET),
}  # fmt: skip


@pytest.mark.parametrize("engine", TEXT_ENGINES)
@pytest.mark.parametrize("name", KINDS)
def test_each_document_of_a_file_is_read_with_its_own_rows_number_and_totals(name, engine):
    kind = KINDS[name]
    data = in_file(kind.pages, list(PENS)[len(name) % 2], size=kind.size)
    found = perfkit.extract_all(data, Recipe(engine=engine))
    assert [told(each) for each in found] == kind.documents
    doubts = chain.from_iterable(each.ledger.doubts for each in found)
    assert tuple(doubt.kind for doubt in doubts) == kind.doubts
    if len(found) > 1:
        with pytest.raises(perfkit.SeveralDocumentsError, match="more than one document"):
            perfkit.extract(data, Recipe(engine=engine))
    else:
        assert perfkit.extract(data, Recipe(engine=engine)).line_items == found[0].line_items


@pytest.mark.parametrize(
    "name", ["all twice, 1 2 1 2", "two, then copies of both", "2-up, a page twice"]
)
def test_what_is_left_out_as_a_copy_is_told(name):
    kind = KINDS[name]
    found = perfkit.extract_all(in_file(kind.pages, size=kind.size))
    assert all("cop" in each.warnings[0] for each in found)


def test_each_document_counts_its_own_pages_and_warnings():
    found = perfkit.extract_all(in_file([LETTER, *a2, [], *b1, due]))
    assert [each.pages for each in found] == [4, 2]
    assert found[0].warnings == (
        "page 4 is blank", "page 1 has no table of line items",
    )  # fmt: skip
    assert found[1].warnings == ("page 6 has no table of line items",)


def test_pages_of_a_long_document_that_are_out_of_order_are_doubtful():
    pages = invoice(A, range(70), per_page=1)
    assert not perfkit.extract(in_file(pages)).doubtful
    assert not perfkit.extract(in_file([*pages[1:60], pages[0], *pages[60:]])).doubtful
    late = perfkit.extract(in_file([*pages[:67], pages[69], *pages[67:69]]))
    assert [doubt.kind for doubt in late.ledger.doubts] == ["page_order"]


def test_many_invoices_and_then_all_their_copies_are_each_read_once():
    numbers = [f"CI0048490{k:02d}" for k in range(20)]
    pages = [page for k, number in enumerate(numbers) for page in invoice(number, [k, k + 1])]
    found = perfkit.extract_all(in_file(pages + pages))
    assert [each.invoice_number for each in found] == numbers
    assert not any(each.doubtful for each in found)


def test_a_batch_reads_every_document_of_a_file(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "both.pdf").write_bytes(in_file(ordered + invoiced))
    (tmp_path / "in" / "mixed.pdf").write_bytes(in_file([a2[0], b2[0], a2[1], b2[1]]))
    perfkit.batch(tmp_path / "in", tmp_path / "out", workers=1)
    lines = (tmp_path / "out" / "results.jsonl").read_text().splitlines()
    read = [(each["invoice_number"], len(each["line_items"])) for each in map(json.loads, lines)]
    assert sorted(read) == [(A, 6), (A, 6), (B, 6), (ORDER, 6)]
