"""Parameters of a notebook are checked by name and type before anything is run."""

from __future__ import annotations

import pytest

from perfkit.errors import ParameterError
from perfkit.report.parameters import check, declared, parse_pairs
from perfkit.report.types import FromText, fits, from_text

CELL = """documents: list[str] = [  # PDF files
    "a.pdf",
]
rounds: int = 5  # timed rounds
limit = 0.5  # share
profile: Literal["quick", "full"] = "quick"
"""


def test_names_types_defaults_and_meanings_are_read_from_the_cell() -> None:
    found = declared(CELL, "n")
    assert [tuple(parameter) for parameter in found] == [
        ("documents", "list[str]", ["a.pdf"], "PDF files"),
        ("rounds", "int", 5, "timed rounds"),
        ("limit", "float", 0.5, "share"),
        ("profile", "Literal['quick', 'full']", "quick", ""),
    ]


@pytest.mark.parametrize("cell", ["import os", "x = f()", "x: int", "x = y = 1", "x ="])
def test_a_cell_that_does_more_than_assign_is_refused(cell: str) -> None:
    with pytest.raises(ParameterError, match="parameters cell"):
        declared(cell, "n")


def test_misspelt_parameter_names_the_nearest() -> None:
    with pytest.raises(ParameterError, match="'runds'; did you mean 'rounds'"):
        check({"runds": 3}, {"n": declared(CELL, "n")})


def test_parameter_goes_to_every_notebook_that_has_it() -> None:
    notebooks = {"n": declared(CELL, "n"), "m": declared("other: int = 1", "m")}
    assert check({"rounds": 3}, notebooks) == {"n": {"rounds": 3}, "m": {}}
    with pytest.raises(ParameterError, match="No notebook has a parameter 'othr'"):
        check({"othr": 3}, notebooks)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rounds", "3"),
        ("rounds", True),
        ("rounds", 3.0),
        ("documents", "a.pdf"),
        ("profile", "slow"),
    ],
)
def test_ill_typed_value_says_what_is_taken(name: str, value: object) -> None:
    with pytest.raises(ParameterError, match=f"{name} takes "):
        check({name: value}, {"n": declared(CELL, "n")})


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("3", "int", 3),
        ("3", "float", 3),
        ("1e-3", "float", 0.001),
        ("3", "str", "3"),
        ("true", "bool", True),
        ("a.pdf", "list[str]", ["a.pdf"]),
        ("a.pdf, b.pdf", "list[str]", ["a.pdf", "b.pdf"]),
        ("1,2", "list[str]", ["1", "2"]),
        ("1,2", "list[int]", [1, 2]),
        ('["a,b.pdf"]', "list[str]", ["a,b.pdf"]),
        ("none", "int | None", None),
        ("full", "Literal['quick', 'full']", "full"),
        ("{'a': 1}", "dict", {"a": 1}),
    ],
)
def test_what_is_typed_is_read_by_the_parameters_type(text, kind, value) -> None:
    for typed in (text, FromText(text)):
        found = from_text(typed, kind)
        assert found == value
        assert fits(found, kind)


@pytest.mark.parametrize(("text", "kind"), [("x", "int"), ("nan", "float"), ("a,b", "list[int]")])
def test_what_cannot_be_read_does_not_fit(text: str, kind: str) -> None:
    assert not fits(from_text(FromText(text), kind), kind)


def test_a_type_that_no_command_line_carries_is_refused() -> None:
    with pytest.raises(ParameterError, match="may be int"):
        fits(1, "Callable")


@pytest.mark.parametrize("pairs", [["rounds"], ["=3"], ["a=1", "a=2"], ["a b=1"]])
def test_pairs_that_are_none_are_refused(pairs: list[str]) -> None:
    with pytest.raises(ParameterError):
        parse_pairs(pairs)


def test_value_may_hold_an_equals_sign() -> None:
    assert parse_pairs(["a=b=c"]) == {"a": "b=c"}
