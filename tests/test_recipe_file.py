"""A recipe can be kept in a TOML file, and what it cannot hold is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.errors import RecipeError
from perfkit.recipe import Recipe
from tests.command import perfkit


@given(engine=st.text(min_size=1), seconds=st.floats(0.001, 1e9), pages=st.integers(1, 10**6))
def test_a_recipe_comes_back_from_its_file_as_it_was(tmp_path_factory, engine, seconds, pages):
    recipe = Recipe(engine=engine, max_seconds=seconds, max_pages=pages)
    path = tmp_path_factory.mktemp("recipe") / "recipe.toml"
    path.write_text(recipe.to_toml(), encoding="utf-8", newline="")
    assert Recipe.from_toml(path) == recipe


def test_what_the_file_does_not_name_has_its_default(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text("# slow but plain\nengine = 'pypdf'\n", encoding="utf-8")
    assert Recipe.from_toml(path) == Recipe(engine="pypdf")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"engin = 'pypdf'", "no field 'engin'; did you mean 'engine'"),
        (b"workers = 'two'", "Recipe.workers must be a whole number"),
        (b"engine = [1]", "engine must be a text or a number"),
        (b"engine pypdf", "not TOML"),
        (b"\xff\xfe", "not TOML"),
        (b"#" * 70_000, "larger than 64 KiB"),
    ],
)
def test_a_file_that_is_no_recipe_is_refused_by_name(tmp_path, content, told):
    path = tmp_path / "recipe.toml"
    path.write_bytes(content)
    with pytest.raises(RecipeError, match=told):
        Recipe.from_toml(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RecipeError, match=r"none\.toml: the recipe cannot be read"):
        Recipe.from_toml(tmp_path / "none.toml")


def test_extract_takes_the_recipe_of_a_file_and_an_option_comes_before_it(repository, tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text("engine = 'pypdf'\nmax_pages = 1\n", encoding="utf-8")
    invoice = repository / "test_invoices/CI004848705.pdf"
    one = repository / "test_invoices/order_one_page.pdf"
    assert "the limit is 1" in perfkit("extract", invoice, "--recipe", path).err
    done = perfkit("extract", one, "--recipe", path, "--format", "json")
    assert '"engine": "pypdf"' in done.out
    done = perfkit("extract", one, "--recipe", path, "--engine", "pdfium", "--format", "json")
    assert '"engine": "pdfium"' in done.out


def test_a_recipe_that_cannot_be_read_is_wrong_usage(repository, tmp_path):
    one = repository / "test_invoices/order_one_page.pdf"
    done = perfkit("extract", one, "--recipe", tmp_path / "none.toml")
    assert done.code == 2
    assert "none.toml" in done.err
