"""A recipe is plain and frozen, and refuses what cannot be."""

from __future__ import annotations

import dataclasses
import pickle

import pytest

from perfkit.errors import RecipeError
from perfkit.recipe import Recipe


def test_a_recipe_can_be_hashed_pickled_and_printed():
    recipe = Recipe(engine="pypdf", max_pages=20)
    assert {recipe: 1}[Recipe(engine="pypdf", max_pages=20)] == 1
    assert pickle.loads(pickle.dumps(recipe)) == recipe
    assert eval(repr(recipe)) == recipe


def test_a_recipe_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Recipe().engine = "pypdf"  # type: ignore[misc]


def test_a_copy_differs_in_what_was_named_only():
    recipe = Recipe(max_pages=20)
    other = recipe.with_(engine="pypdf")
    assert other == Recipe(engine="pypdf", max_pages=20)
    assert recipe == Recipe(max_pages=20)


def test_a_misspelt_field_names_the_nearest():
    with pytest.raises(RecipeError, match="no field 'engin'; did you mean 'engine'"):
        Recipe().with_(engin="pypdf")


@pytest.mark.parametrize("name", ["engine", "layout", "executor", "cache"])
@pytest.mark.parametrize("value", ["", None, 3, ["pdfium"]])
def test_a_plugin_is_given_by_its_name(name, value):
    with pytest.raises(RecipeError, match=f"Recipe.{name} must be a name"):
        Recipe(**{name: value})


@pytest.mark.parametrize("name", ["max_file_mb", "max_pages", "cache_ttl"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), "100", None])
def test_a_limit_is_a_number_above_zero(name, value):
    with pytest.raises(RecipeError, match=f"Recipe.{name} must be a number above 0"):
        Recipe(**{name: value})


def test_as_dict_has_every_field_and_makes_the_recipe_again():
    recipe = Recipe(layout="creative_coop_order", max_file_mb=1.5)
    assert Recipe(**recipe.as_dict()) == recipe
    assert list(recipe.as_dict()) == [field.name for field in dataclasses.fields(Recipe)]


def test_where_a_result_is_kept_is_no_part_of_its_key():
    fields = Recipe(engine="pypdf", cache="disk", cache_ttl=60).result_fields()
    assert fields == Recipe(engine="pypdf").result_fields()
    elsewhere = {"docai_answers", "docai_answers_days", "docai_price"}
    assert set(Recipe().as_dict()) - set(fields) == {"cache", "cache_ttl", *elsewhere}
