"""The plain data: words made when they are looked at, line items made quickly."""

from __future__ import annotations

import dataclasses
import pickle
from decimal import Decimal

import pytest

from perfkit.model import LineItem, Word, Words, line_item

PLAIN = [("24", 10.0, 20.0, 18.0, 28.0), ("each", 30.0, 20.0, 44.0, 28.0)]
MADE = [Word(*plain) for plain in PLAIN]


def test_words_look_like_a_list_of_words() -> None:
    words = Words(list(PLAIN))
    assert (len(words), list(words), words[0].text, words[-1].x1) == (2, MADE, "24", 44.0)
    assert all(isinstance(word, Word) for word in (*words, *words[:2]))
    assert words == MADE
    assert words == Words(list(PLAIN))
    assert words != MADE[:1]
    assert words != "24"
    assert (repr(words), words[1:]) == (repr(MADE), MADE[1:])
    assert MADE[1] in words
    assert not Words([])


def test_words_survive_a_journey_between_processes() -> None:
    assert pickle.loads(pickle.dumps(Words(list(PLAIN)))) == MADE


def test_a_quickly_made_line_item_is_as_any_other() -> None:
    two, three = Decimal("2.00"), Decimal("3.50")
    plain = LineItem("XS9826A", None, "Shoe", 24, None, 12, 0, "each", two, three, None, 7)
    quick = line_item("XS9826A", None, "Shoe", (24, None, 12, 0), "each", (two, three, None), 7)
    assert (quick, type(quick), hash(quick)) == (plain, LineItem, hash(plain))
    assert quick.as_dict() == plain.as_dict()
    with pytest.raises(dataclasses.FrozenInstanceError):
        quick.page = 8  # type: ignore[misc]
