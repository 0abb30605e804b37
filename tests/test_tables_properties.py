"""What a table says depends on how its words stand to each other, and on nothing else."""

from __future__ import annotations

import contextlib
import functools
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit import plugins
from perfkit.errors import NoTableError
from perfkit.layouts import creative_coop_invoice
from perfkit.model import LineItem, Page, Word
from perfkit.source import open_source
from tests.pages import ORDER, assembled, moved, scaled

INVOICES = Path(__file__).parent.parent / "test_invoices"
NAMES = [
    "CI004848705",
    "invoice_chromium_currency",
    "invoice_fpdf2",
    "invoice_rotated_270",
    "invoice_typst",
    "order_cairo",
    "order_chromium",
    "order_chromium_description_under",
    "order_fpdf2",
    "order_one_page",
    "order_reportlab_description_under",
    "order_typst",
]
documents = st.sampled_from(NAMES)
#: From the upper left corner of the paper to far outside it.
offsets = st.floats(0, 1000)
Found = tuple[list[LineItem], dict[str, object], object, object]


@functools.cache
def pages_of(name: str) -> tuple[Page, ...]:
    """The first two pages of a committed document."""
    source = open_source(INVOICES / f"{name}.pdf", max_file_mb=100)
    with plugins.load("engines", "pdfium").open_document(source) as document:
        return tuple(document.pages(1, min(2, document.page_count)))


def outcome(pages: tuple[Page, ...]) -> Found:
    """All that a document's pages say."""
    assembly, items = assembled(pages)
    return items, dict(assembly.totals), assembly.surcharges, assembly.facts


@functools.cache
def expected(name: str) -> Found:
    return outcome(pages_of(name))


def shuffled(page: Page, chance: random.Random) -> Page:
    words = list(page.words)
    chance.shuffle(words)
    return page._replace(words=words)


def corner(page: Page) -> tuple[float, float]:
    """How far a page has to go to begin at the paper's upper left corner."""
    return -min(word.x0 for word in page.words), -min(word.top for word in page.words)


@pytest.mark.parametrize("name", NAMES)
def test_the_documents_tried_here_hold_rows(name: str) -> None:
    assert len(expected(name)[0]) >= 5


@settings(max_examples=60)
@given(documents, st.randoms(use_true_random=False))
def test_words_may_be_drawn_in_any_order(name: str, chance: random.Random) -> None:
    assert outcome(tuple(shuffled(page, chance) for page in pages_of(name))) == expected(name)


@settings(max_examples=60)
@given(documents, offsets, offsets)
def test_a_page_may_stand_anywhere_on_its_paper(name: str, right: float, down: float) -> None:
    pages = tuple(moved(page, *corner(page)) for page in pages_of(name))
    wide = tuple(
        page._replace(width=page.width + 2 * abs(right), height=page.height + 2 * abs(down))
        for page in pages
    )
    assert outcome(tuple(moved(page, abs(right), abs(down)) for page in wide)) == expected(name)


@settings(max_examples=80)
@given(documents, st.floats(0.7, 1.5))
def test_a_page_may_be_drawn_larger_or_smaller(name: str, factor: float) -> None:
    assert outcome(tuple(scaled(page, factor) for page in pages_of(name))) == expected(name)


@settings(max_examples=40)
@given(documents, st.data())
def test_words_lost_from_a_page_never_make_the_reader_fail(name: str, data: st.DataObject) -> None:
    """Headings, codes or numbers may be missing: rows are lost then, no more."""
    pages = pages_of(name)
    lost = data.draw(st.sets(st.integers(0, len(pages[0].words) - 1), max_size=60))
    words = [word for k, word in enumerate(pages[0].words) if k not in lost]
    known = {item.product_code for item in expected(name)[0]}
    with contextlib.suppress(NoTableError):
        items = outcome((pages[0]._replace(words=words), *pages[1:]))[0]
        assert {item.product_code for item in items} <= known


def damaged(page: Page, chance: random.Random) -> Page:
    """A page of which some words are flat, elsewhere, doubled, or say something else."""
    words = list(page.words)
    for _ in range(chance.choice([1, 10, 60])):
        place = chance.randrange(len(words))
        word = words[place]
        right, down = chance.uniform(-60, 60), chance.uniform(-12, 12)
        words[place] = chance.choice(
            [
                word._replace(bottom=word.top),
                word._replace(x1=word.x0),
                word._replace(top=word.top - abs(right)),
                word._replace(text=chance.choice(words).text),
                word._replace(text=chance.choice(["XS1234", "Total", "-", "a\u00a0b", "("])),
                Word(word.text, word.x0 + right, word.top + down, word.x1 + right, word.bottom),
            ]
        )
        words.append(word)
    return page._replace(words=words)


@settings(max_examples=80)
@given(documents, st.randoms(use_true_random=False))
def test_no_damage_to_a_page_makes_the_reader_fail(name: str, chance: random.Random) -> None:
    with contextlib.suppress(NoTableError):
        outcome(tuple(damaged(page, chance) for page in pages_of(name)))


@settings(max_examples=60)
@given(
    st.lists(
        st.builds(
            lambda text, x0, top, width: Word(text, x0, top, x0 + width, top + 8),
            st.sampled_from(
                "XS9482 Qty Ordered Shipped List Price Amount Item UPC 12 3.50 each Total: "
                "191009714712 Tariff Wood Creative Co-Op".split()
            ),
            st.integers(0, 50).map(lambda k: 12.0 * k),
            st.integers(0, 20).map(lambda k: 5.0 * k),
            st.integers(1, 60).map(float),
        ),
        max_size=80,
    )
)
def test_no_heap_of_words_makes_the_reader_fail(words: list[Word]) -> None:
    with contextlib.suppress(NoTableError):
        items = assembled([Page(1, 612.0, 792.0, words)])[1]
        assert all(item.product_code == "XS9482" for item in items)


def test_the_kind_of_a_document_says_nothing_of_its_rows() -> None:
    pages = pages_of("CI004848705")
    assert assembled(pages, creative_coop_invoice.KIND)[1] == assembled(pages, ORDER)[1]
