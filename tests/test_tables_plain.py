"""A table that travels as plain values arrives as it was sent."""

from __future__ import annotations

import json
import pickle
from datetime import date

import pytest

from perfkit.tables.facts import Facts
from perfkit.tables.plain import (
    facts_from_plain,
    facts_to_plain,
    headings_from_plain,
    headings_to_plain,
    table_from_plain,
    table_to_plain,
)
from tests.pages import table

PAGE = """
ORDER NO: CS003837319   ORDER DATE: 1/17/2025   Creative Co-Op

Code     UPC           Description     Ordered  Shipped  U/M   List   Price     Amount

                       the rest of a row

XS9482   191009714712  Wood Shoe          1,200      0  each   3.50   2.80  (3,360.00)
                       in a box
                       Tariff Surcharge 5.04

XS9483                 Metal Shoe                       case                    33.60

                                                          Subtotal:         -3,326.40
"""


def test_a_table_arrives_as_it_was_sent() -> None:
    sent = table(PAGE)
    assert len(sent.rows) == 2
    travelled = pickle.loads(pickle.dumps(table_to_plain(sent)))
    assert table_from_plain(travelled, sent.headings, sent.facts) == sent


def test_a_table_travels_as_numbers_and_texts_alone() -> None:
    sent = table(PAGE)
    assert json.loads(json.dumps(table_to_plain(sent)))
    assert json.loads(json.dumps(headings_to_plain(sent.headings)))
    assert json.loads(json.dumps(facts_to_plain(sent.facts)))


def test_headings_arrive_as_they_were_sent() -> None:
    headings = table(PAGE).headings
    assert headings is not None
    assert headings_from_plain(headings_to_plain(headings)) == headings
    assert headings_from_plain(headings_to_plain(None)) is None


@pytest.mark.parametrize(
    "facts", [Facts(), Facts("CS003837319", date(2025, 1, 17), "Creative Co-Op")]
)
def test_facts_arrive_as_they_were_sent(facts: Facts) -> None:
    assert facts_from_plain(facts_to_plain(facts)) == facts
