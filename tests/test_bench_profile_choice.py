"""A notebook's profile stands for the parameters that are left to it."""

import pytest

from perfkit.bench.profile_choice import chosen
from perfkit.errors import ParameterError


def test_a_profile_gives_what_is_not_given():
    assert chosen("quick", 0, quick=5, full=21) == 5
    assert chosen("full", 0, quick=5, full=21) == 21
    assert chosen("full", [], quick=[1], full=[1, 2]) == [1, 2]


def test_what_is_given_goes_before_the_profile():
    assert chosen("full", 9, quick=5, full=21) == 9


def test_an_unknown_profile_names_the_nearest():
    with pytest.raises(ParameterError, match="quick"):
        chosen("quik", 9, quick=5, full=21)
