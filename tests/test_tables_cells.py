"""Lines of a description become one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.tables.written import join_description

lines = st.lists(st.text("abc1/\"-'", min_size=1, max_size=8).filter(str.strip), max_size=5)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([], ""),
        (["Wood Shoe"], "Wood Shoe"),
        (["Wood Shoe", "in a box"], "Wood Shoe in a box"),
        (["Wood Shoe", "", "in a box"], "Wood Shoe in a box"),
        (["Metal & Hand-", "Woven Basket"], "Metal & Hand-Woven Basket"),
        (['Frame, 4-', '3/4"L'], 'Frame, 4-3/4"L'),
        (['6"L x 5-1/2"W -', "Blue"], '6"L x 5-1/2"W - Blue'),
        (["Basket-", "& Tray"], "Basket- & Tray"),
        (["-", "Blue"], "- Blue"),
        (['6"-', '8"H'], '6"- 8"H'),
    ],
)  # fmt: skip
def test_a_hyphen_at_a_lines_end_joins_only_what_was_one_word(lines: list[str], text: str) -> None:
    assert join_description(lines) == text


@given(lines)
def test_joining_loses_no_character_and_adds_none_but_spaces(found: list[str]) -> None:
    assert join_description(found).replace(" ", "") == "".join(found).replace(" ", "")


@given(lines)
def test_lines_without_hyphens_are_joined_by_single_spaces(found: list[str]) -> None:
    plain = [line.replace("-", "x") for line in found]
    assert join_description(plain) == " ".join(plain)
