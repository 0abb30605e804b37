"""Printed numbers are read exactly, and nothing else is taken for one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.patterns import is_upc
from perfkit.tables.numbers import number, quantity

amounts = st.decimals(min_value=0, max_value=10**9, places=2)
FORMS = {
    "plain": "{:.2f}",
    "thousands": "{:,.2f}",
    "dollars": "${:,.2f}",
    "named dollars": "USD{:.2f}",
    "US dollars": "US${:,.2f}",
}
NEGATIVE_FORMS = {
    "minus before": "-{:,.2f}",
    "sign of minus": "\u2212{:,.2f}",
    "minus behind": "{:,.2f}-",
    "minus before the dollar": "-${:,.2f}",
    "minus after the dollar": "$-{:,.2f}",
    "brackets": "({:,.2f})",
    "brackets with dollar": "(${:,.2f})",
    "credit": "{:,.2f}CR",
}


@given(amounts)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_an_amount_as_it_is_printed_is_read_as_itself(form: str, amount: Decimal) -> None:
    assert number(form.format(amount)) == amount


@given(amounts.filter(bool))
@pytest.mark.parametrize("form", NEGATIVE_FORMS.values(), ids=NEGATIVE_FORMS)
def test_an_amount_with_a_sign_of_debt_is_negative(form: str, amount: Decimal) -> None:
    assert number(form.format(amount)) == -amount


@given(st.integers(0, 10**7))
def test_a_count_is_read_with_and_without_separators(count: int) -> None:
    assert quantity(number(str(count))) == quantity(number(f"{count:,}")) == count


@pytest.mark.parametrize(("text", "value"), [("12.", "12"), (".50", "0.50"), ("007", "7")])
def test_a_bare_point_or_leading_noughts_do_not_hide_a_number(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", "-", "$", ".", "(", "each", '6"H', "2-1/2", "1/17/2025", "(38.40", "38.40)", "1,23",
     "12,34.00", "1.2.3", "S/3", "XS9482", "12x", "1 000", "\u0661\u0662"],
)  # fmt: skip
def test_what_is_no_number_is_none(text: str) -> None:
    assert number(text) is None


@given(st.text(max_size=12))
def test_no_text_makes_the_reader_of_numbers_fail(text: str) -> None:
    value = number(text)
    assert value is None or (value.is_finite() and any(c in "0123456789" for c in text))


def test_a_quantity_is_whole_or_nothing() -> None:
    assert quantity(Decimal("24.00")) == 24
    assert quantity(Decimal(-12)) == -12
    assert quantity(Decimal("1.5")) is None
    assert quantity(None) is None


def plain_is_upc(text: str) -> bool:
    """The check digit rule as GS1 words it, with no regard for speed."""
    if len(text) != 12 or any(character not in "0123456789" for character in text):
        return False
    total = 0
    for place, character in enumerate(text[:11], start=1):
        total += int(character) * (3 if place % 2 == 1 else 1)
    nearest = total
    while nearest % 10:
        nearest += 1
    return int(text[11]) == nearest - total


@given(
    st.one_of(
        st.from_regex(r"[0-9]{12}", fullmatch=True),
        st.from_regex(r"191009[0-9]{6}", fullmatch=True),
        st.from_regex(r"\d{11,13}", fullmatch=True),
        st.text(max_size=13),
    )
)
def test_a_upc_is_what_the_plain_rule_says(text: str) -> None:
    assert is_upc(text) == plain_is_upc(text)


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_exactly_one_check_digit_fits_eleven_digits(text: str) -> None:
    assert [is_upc(f"{text}{last}") for last in range(10)].count(True) == 1
