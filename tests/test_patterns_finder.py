"""The first pattern that matches, as the plain loop finds it."""

import re
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.errors import ParameterError
from perfkit.patterns._needs import _FOREIGN_CASES
from perfkit.patterns.finder import BUILT_IN, find_first_reference

NAMES = tuple(sorted(BUILT_IN))
#: Long enough to be looked at before it is searched.
PADDING = "the lazy dog sleeps, and no figure stands here; " * 60
PIECES = st.sampled_from(
    "XS9826A CS003837319 191009727774 $1,234.56 2.00 24 0 0 24 each Qty: 24 NET3000 "
    "\u017f \u212a \u0130 k K s S é \ud800 12 . , -".split(" ")
)
TEXTS = st.tuples(st.booleans(), st.lists(PIECES, max_size=8), st.booleans()).map(
    lambda parts: PADDING * parts[0] + " ".join(parts[1]) + PADDING * parts[2]
)
#: Patterns of every kind that says something of the text, or nothing.
OWN = (
    "dog|cat",
    "(?i)LAZY",
    "(?i)[k-s]{3,}",
    r"^the",
    r"here;\s*$",
    r"\bXS[0-9]{4}",
    r"(?<=CS)[0-9]{9}",
    r"(?!the)\w{5,}",
    r"(lazy) .*\1",
    r"(?s)sleeps.{5,9}figure",
    r"x*",
    r"[^a-z ,;]",
    r"(?:24|12) (?:0 ){0,2}",
    "\u017f",
    "(?i)\u017f",
    r"(?x) lazy \s dog",
    r"(a)?(?(1)b|dog)",
    r"[0-9]{3}(?:,[0-9]{3})*",
)


def agree(finder: perfkit.EarlyTerminationPatternFinder, text: str, names: list[str]) -> None:
    assert finder.find_first_matching_pattern(text, names) == find_first_reference(
        text, names, finder._patterns
    )


@given(text=TEXTS, names=st.permutations(NAMES))
def test_built_in_patterns_are_found_as_by_the_plain_loop(text, names):
    agree(perfkit.EarlyTerminationPatternFinder(), text, names)


@pytest.mark.parametrize("pattern", OWN)
@pytest.mark.parametrize("flags", [0, re.IGNORECASE, re.MULTILINE | re.DOTALL, re.ASCII])
@given(text=TEXTS)
def test_own_patterns_are_found_as_by_the_plain_loop(pattern, flags, text):
    finder = perfkit.EarlyTerminationPatternFinder()
    finder.register_pattern("own", pattern, flags)
    agree(finder, text, ["own"])


ATOMS = st.sampled_from(["a", "k", "S", "[0-9]", "[A-Z]", r"\w", r"\s", ".", "(?:a|K)", "(?i:s)"])
REPEATS = st.sampled_from(["", "?", "{2}", "{1,3}?"])


@given(
    parts=st.lists(st.tuples(ATOMS, REPEATS), min_size=1, max_size=4),
    last=st.sampled_from(["", "*", "+", "*?"]),
    flags=st.sampled_from([0, re.IGNORECASE, re.ASCII]),
    text=st.text("akKsS\u017f\u212a0 1Z\n", max_size=40),
)
def test_patterns_put_together_at_random_are_found_as_by_the_plain_loop(parts, last, flags, text):
    finder = perfkit.EarlyTerminationPatternFinder()
    own = "".join(atom + repeat for atom, repeat in parts)
    finder.register_pattern("own", own + (f"a{last}" if last else ""), flags)
    for whole in (text, PADDING + text, "x" * 2100 + text + "y" * 2100):
        agree(finder, whole, ["own"])


def test_the_first_name_in_the_given_order_wins():
    finder = perfkit.EarlyTerminationPatternFinder()
    text = "2.00 XS9826A"
    found = finder.find_first_matching_pattern(text, ["product_code_pattern", "price_pattern"])
    assert found == {
        "pattern_found": "product_code_pattern",
        "match_position": 5,
        "matched_text": "XS9826A",
    }


def test_where_none_matches_all_is_none():
    finder = perfkit.EarlyTerminationPatternFinder()
    found = finder.find_first_matching_pattern(PADDING, NAMES)
    assert set(found.values()) == {None}


def test_a_name_may_be_given_alone():
    finder = perfkit.EarlyTerminationPatternFinder()
    assert finder.find_first_matching_pattern("2.00", "price_pattern")["match_position"] == 0


def test_an_unknown_name_is_refused_and_the_nearest_named():
    finder = perfkit.EarlyTerminationPatternFinder()
    with pytest.raises(ParameterError, match="upc_pattern"):
        finder.find_first_matching_pattern("x", ["upc_patern"])


@pytest.mark.parametrize("pattern", ["(", b"bytes", 3, re.compile(b"x")])
def test_what_is_no_pattern_for_text_is_refused(pattern):
    with pytest.raises(ParameterError, match="own"):
        perfkit.EarlyTerminationPatternFinder().register_pattern("own", pattern)


def test_registered_names_are_listed():
    finder = perfkit.EarlyTerminationPatternFinder()
    finder.register_pattern("own", "x")
    assert finder.names == tuple(sorted([*NAMES, "own"]))


def test_a_pattern_of_several_words_is_ruled_out_though_they_are_in_the_text():
    finder = perfkit.EarlyTerminationPatternFinder()
    finder.register_pattern("count", r"[0-9]+ (?i:each|set|case|piece)(?![a-z])")
    text = "In each case a \u201cset\u201d of 2, each of one piece; " * 100
    for behind in ("", "24 EACH", "7 \u017fet, 3 piece", "3 p\u0130ece 7 case"):
        agree(finder, text + behind + PADDING, ["count"])


def test_letters_with_other_cases_beyond_ascii_are_those_that_re_knows():
    beyond = "".join(map(chr, range(128, 0x110000)))
    letters = {letter for letter in ascii_lowercase if re.search(letter, beyond, re.IGNORECASE)}
    assert set(map(ord, letters)) == _FOREIGN_CASES
