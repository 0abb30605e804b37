"""How IntelligentCachingSystem finds a document, refuses a bad one, and knows its own version."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from perfkit import accuracy, pipeline
from perfkit.errors import (
    CacheError,
    DocumentNotFoundError,
    DocumentTooLargeError,
    EmptyFileError,
    NotAFileError,
    RecipeError,
    TruncatedPdfError,
)
from perfkit.model import Extraction
from perfkit.optimizers import _code
from perfkit.optimizers.cached import CacheCounts, IntelligentCachingSystem
from perfkit.recipe import Recipe

ROOT = Path(__file__).parent.parent
NUMBER = "CI004848705"


def work(_document: BinaryIO, _recipe: Recipe) -> Extraction:
    return Extraction("", "layout", "engine", 1, ())


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    path = tmp_path / "invoices" / f"{NUMBER}.pdf"
    path.parent.mkdir()
    path.write_bytes(b"%PDF-1.7 a document %%EOF")
    return path


@pytest.fixture
def system(invoice: Path) -> IntelligentCachingSystem:
    return IntelligentCachingSystem(invoices=invoice.parent, process=work)


def test_a_result_is_what_the_pipeline_gives_and_its_accuracy():
    path = ROOT / "test_invoices" / f"{NUMBER}.pdf"
    system = IntelligentCachingSystem(invoices=path.parent)
    found = pipeline.extract(path)
    truth = accuracy.assess(found)
    wanted = found.as_dict() | {"accuracy_score": truth.score, "accuracy_kind": truth.kind}
    wanted |= {"doubts": []}
    assert [system.get_processed_data(NUMBER) for _ in range(2)] == [wanted] * 2


def test_a_number_is_found_as_a_word_of_a_file_name_in_any_case(system, invoice):
    invoice.rename(invoice.with_name(f"Creative-Coop_{NUMBER}_copy.PDF"))
    assert system.get_processed_data(NUMBER.lower())["source"].endswith("_copy.PDF")
    with pytest.raises(DocumentNotFoundError):
        system.get_processed_data(NUMBER[:-1])


def test_an_exact_name_goes_before_others_and_others_must_be_unique(system, invoice):
    for name in ("a", "b"):
        shutil.copy(invoice, invoice.with_name(f"{name} {NUMBER}.pdf"))
    assert system.get_processed_data(NUMBER)["source"] == str(invoice)
    invoice.unlink()
    with pytest.raises(DocumentNotFoundError, match="2 documents"):
        system.get_processed_data(NUMBER)


def test_an_unknown_number_names_folder_and_nearest(system, invoice):
    with pytest.raises(DocumentNotFoundError) as caught:
        system.get_processed_data("CI004848706")
    assert str(invoice.parent) in str(caught.value)
    assert f"did you mean {NUMBER!r}?" in str(caught.value)
    assert system.counts == CacheCounts()


def test_a_missing_invoice_folder_is_said_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DocumentNotFoundError, match="no folder nowhere"):
        IntelligentCachingSystem(invoices="nowhere").get_processed_data(NUMBER)


def test_the_invoice_folder_is_found_from_a_folder_below(invoice, monkeypatch):
    below = invoice.parent.parent / "notebooks"
    below.mkdir()
    monkeypatch.chdir(below)
    again = IntelligentCachingSystem(invoices="invoices", process=work)
    assert again.get_processed_data(NUMBER)["source"] == str(invoice)


def test_bad_documents_are_named_as_the_pipeline_names_them(tmp_path):
    system = IntelligentCachingSystem(recipe=Recipe(max_file_mb=1))
    pipe, empty, cut, large = (tmp_path / f"{name}.pdf" for name in ("p", "e", "c", "l"))
    os.mkfifo(pipe)
    empty.touch()
    cut.write_bytes(b"%PDF-1.7 and no end")
    with large.open("wb") as file:
        file.truncate(2 << 20)
    for path, kind in (
        (pipe, NotAFileError),
        (tmp_path, NotAFileError),
        (empty, EmptyFileError),
        (cut, TruncatedPdfError),
        (large, DocumentTooLargeError),
        (tmp_path / "missing.pdf", DocumentNotFoundError),
    ):
        with pytest.raises(kind, match=path.name):
            system.get_processed_data(path)


@pytest.mark.parametrize("wrong", [{"cache_ttl": 0}, {"cache_ttl": float("nan")}, {"max_mb": -1}])
def test_a_bound_that_cannot_be_is_refused(wrong):
    with pytest.raises(CacheError, match="above 0"):
        IntelligentCachingSystem(**wrong)


def test_a_store_that_does_not_exist_names_the_nearest():
    with pytest.raises(RecipeError, match="did you mean 'disk'"):
        IntelligentCachingSystem(store="disc")


def test_a_directory_for_the_memory_store_is_a_mistake(tmp_path):
    with pytest.raises(CacheError, match="disk"):
        IntelligentCachingSystem(directory=tmp_path)


def test_another_version_of_the_pipeline_is_another_result(system, invoice, monkeypatch):
    first = system.serve(invoice)
    monkeypatch.setattr("perfkit.optimizers.cached.PIPELINE_VERSION", "next")
    again = IntelligentCachingSystem(process=work)
    again._store = system._store
    assert not again.serve(invoice).hit
    assert system.serve(invoice) == first._replace(hit=True)


def test_the_version_covers_every_module_that_an_extraction_loads():
    code = (
        "import sys\n"
        "from perfkit import plugins\n"
        "import perfkit.pipeline, perfkit.accuracy\n"
        "for folder in ('engines', 'layouts'):\n"
        "    for name in plugins.names(folder):\n"
        "        plugins.load(folder, name)\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'perfkit'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    covered = set(_code.code_files(str(ROOT / "perfkit")))
    assert set(done.stdout.split()) <= covered


def test_the_version_changes_with_code_and_with_installed_packages(tmp_path):
    code, packages = tmp_path / "code", tmp_path / "packages"
    code.mkdir()
    (code / "geometry.py").write_text("1", encoding="utf-8")
    (packages / "engine-1.0.dist-info").mkdir(parents=True)

    def version() -> str:
        return _code.pipeline_version(str(code), [str(packages), "nowhere"])

    first = version()
    assert version() == first
    (code / "geometry.py").write_text("2", encoding="utf-8")
    second = version()
    (code / "charts").mkdir()
    (code / "charts/bars.py").touch()
    assert version() == second
    (packages / "engine-1.0.dist-info").rename(packages / "engine-1.1.dist-info")
    assert len({first, second, version()}) == 3
