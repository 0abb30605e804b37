"""Entries and payloads of the cache: what comes back is what was put in, or nothing."""

from __future__ import annotations

import datetime
import enum
import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.caches._entry import OVERHEAD_BYTES, entry_name, seal, unseal
from perfkit.caches._look import Life
from perfkit.caches._payload import decode, encode
from perfkit.errors import CacheError

SECRET = bytes(range(32))
LIFE = Life(1000.0, 4600.0)
NAME = entry_name(SECRET, "a key")

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


class Colour(enum.IntEnum):
    RED = 1


@given(
    st.text(st.characters()), st.binary(), st.floats(allow_nan=False), st.floats(allow_nan=False)
)
def test_a_sealed_entry_opens_under_its_name(key, payload, created, expires):
    name = entry_name(SECRET, key)
    found = unseal(SECRET, name, seal(SECRET, name, Life(created, expires), payload))
    assert found == ((created, expires), payload)


@given(st.binary(max_size=40), st.data())
def test_any_changed_byte_is_found_out(payload, data):
    sealed = bytearray(seal(SECRET, NAME, LIFE, payload))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    assert unseal(SECRET, NAME, bytes(sealed)) is None


@given(st.binary(max_size=40), st.data())
def test_any_other_length_is_found_out(payload, data):
    sealed = seal(SECRET, NAME, LIFE, payload)
    assert unseal(SECRET, NAME, sealed[: data.draw(st.integers(0, len(sealed) - 1))]) is None
    assert unseal(SECRET, NAME, sealed + data.draw(st.binary(min_size=1))) is None


def test_a_byte_cannot_move_between_header_and_payload():
    sealed = seal(SECRET, NAME, LIFE, b"payload")
    moved = sealed[: OVERHEAD_BYTES - 1] + sealed[OVERHEAD_BYTES:] + b"\0"
    assert unseal(SECRET, NAME, moved) is None


def test_an_entry_opens_under_no_other_name_and_no_other_secret():
    sealed = seal(SECRET, NAME, LIFE, b"payload")
    assert unseal(SECRET, entry_name(SECRET, "another key"), sealed) is None
    assert unseal(bytes(32), NAME, sealed) is None


def test_a_name_tells_nothing_of_its_key_without_the_secret():
    assert entry_name(SECRET, "a key") != entry_name(bytes(32), "a key")


@settings(max_examples=50)
@given(json_values)
def test_any_value_of_json_comes_back_as_it_is(value):
    assert decode(encode(value)) == value


@pytest.mark.parametrize(
    "value",
    [
        Decimal("1.10"),
        datetime.date(2026, 1, 2),
        (1, 2),
        {"a": [(1,)]},
        {1: "one"},
        math.nan,
        math.inf,
        {"a"},
        b"bytes",
        Colour.RED,
        10**5000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_that_json_would_change_is_refused(value):
    with pytest.raises(CacheError):
        encode(value)


def test_a_value_that_holds_itself_is_refused():
    value: list[object] = []
    value.append(value)
    with pytest.raises(CacheError):
        encode(value)
