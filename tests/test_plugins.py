"""A plugin is the file of its name, or an installed package's entry point."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfkit import engines, plugins
from perfkit.errors import RecipeError


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages: one offers an engine, one is broken, one no module."""
    (tmp_path / "foreign_engine.py").write_text("def open_document(source, password=''): ...\n")
    info = tmp_path / "foreign-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[perfkit.engines]\n"
        "foreign = foreign_engine\n"
        "broken = no_such_module_anywhere\n"
        "function = foreign_engine:open_document\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    plugins._third_party.cache_clear()
    yield tmp_path
    plugins._third_party.cache_clear()
    sys.modules.pop("foreign_engine", None)


def test_the_file_name_is_the_plugins_name():
    files = (Path(engines.__file__).parent).glob("[!_]*.py")
    assert plugins.names("engines") == sorted(file.stem for file in files)
    for name in plugins.names("engines"):
        assert plugins.load("engines", name).__name__ == f"perfkit.engines.{name}"


def test_an_unknown_plugin_names_the_nearest():
    with pytest.raises(RecipeError, match="no engine 'pdfum'; did you mean 'pdfium'"):
        plugins.load("engines", "pdfum")


def test_a_plugin_unlike_all_others_names_them_all():
    with pytest.raises(RecipeError, match="known are: disk, memory"):
        plugins.load("caches", "zzz")


@pytest.mark.parametrize("name", ["__init__", "_pdfium_words", "../errors", "", "pdfium.py"])
def test_what_is_no_plugin_is_not_loaded_as_one(name):
    with pytest.raises(RecipeError):
        plugins.load("engines", name)


def test_an_installed_package_adds_a_plugin(installed):
    assert "foreign" in plugins.names("engines")
    assert plugins.load("engines", "foreign").__file__ == str(installed / "foreign_engine.py")
    assert "foreign" not in plugins.names("layouts")


@pytest.mark.usefixtures("installed")
def test_a_plugin_that_cannot_be_loaded_says_why():
    with pytest.raises(RecipeError, match=r"no_such_module_anywhere.*cannot be loaded"):
        plugins.load("engines", "broken")


@pytest.mark.usefixtures("installed")
def test_an_entry_point_has_to_lead_to_a_module():
    with pytest.raises(RecipeError, match="is not a module"):
        plugins.load("engines", "function")


def test_an_archive_on_the_path_is_left_to_importlib(tmp_path, monkeypatch):
    archive = tmp_path / "packages.zip"
    archive.write_bytes(b"PK\x05\x06" + bytes(18))
    monkeypatch.syspath_prepend(archive)
    plugins._third_party.cache_clear()
    assert "pdfium" in plugins.names("engines")
    plugins._third_party.cache_clear()


def test_without_third_parties_the_slow_import_is_spared():
    code = (
        "import sys; from perfkit import plugins; plugins.names('layouts'); "
        "sys.exit('importlib.metadata' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-S", "-c", code], check=False).returncode == 0
