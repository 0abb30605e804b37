"""What every layout keeps to, whichever document it is for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit import plugins
from perfkit.layouts import Layout
from perfkit.model import Page, Word
from perfkit.tables.facts import DocumentKind
from tests.pages import picture

NAMES = plugins.names("layouts")
TEXTS = (
    "Creative Co-Op ORDER INVOICE NO: DATE: Ship to: Item Ordered Shipped Alloc UPC List Price "
    "Amount 191009714712 191009727774 XS9482 12 3.50 each"
).split()
pages = st.lists(
    st.builds(
        lambda text, x0, top, width: Word(text, x0, top, x0 + width, top + 8),
        st.sampled_from(TEXTS),
        st.floats(0, 600),
        st.integers(0, 12).map(lambda k: 10.0 * k),
        st.floats(1, 60),
    ),
    max_size=40,
    # Words that begin at one point have no order but that of drawing.
    unique_by=lambda word: (word.x0, word.top),
).map(lambda words: Page(1, 612.0, 792.0, words))
OTHER_VENDOR = """
Willow & Finch Trading Company                          ORDER NO: WF-48900
                                                        INVOICE DATE: 2/1/2025

Code     UPC           Description     Ordered  Alloc  Shipped  BkOrd  U/M  List  Price   Amount
WF-001   036000291452  Wood Shoe            12      0        0     12  each 3.50   2.80    33.60
"""


@pytest.fixture(params=NAMES)
def layout(request: pytest.FixtureRequest) -> Layout:
    loaded: Layout = plugins.load("layouts", request.param)
    return loaded


def test_the_layouts_of_the_vendor_are_there() -> None:
    assert {"creative_coop_invoice", "creative_coop_order"} <= set(NAMES)


def test_a_layout_says_how_its_documents_name_themselves(layout: Layout) -> None:
    assert isinstance(layout.KIND, DocumentKind)
    assert layout.KIND.words
    assert all(word and word == word.lower() for word in layout.KIND.words)
    assert len(set(layout.KIND.words)) == len(layout.KIND.words)


@pytest.mark.parametrize("name", NAMES)
@given(pages)
def test_a_layout_is_sure_of_a_page_from_0_to_1(name: str, page: Page) -> None:
    assert 0.0 <= plugins.load("layouts", name).recognises(page) <= 1.0


@pytest.mark.parametrize("name", NAMES)
@given(pages.flatmap(lambda page: st.tuples(st.just(page), st.permutations(page.words))))
def test_a_layout_does_not_look_at_the_order_of_words(
    name: str, drawn: tuple[Page, list[Word]]
) -> None:
    layout = plugins.load("layouts", name)
    page, words = drawn
    assert layout.recognises(page) == layout.recognises(page._replace(words=words))


@pytest.mark.parametrize("text", [OTHER_VENDOR, "", "Dear customer,\nthank you."])
def test_a_page_of_another_vendor_is_nothing_to_a_layout(layout: Layout, text: str) -> None:
    assert layout.recognises(picture(text)) == 0.0


def test_a_page_without_words_is_nothing_to_a_layout(layout: Layout) -> None:
    assert layout.recognises(Page(1, 612.0, 792.0, [])) == 0.0
