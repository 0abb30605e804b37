"""Documents that a reader of headings got wrong are read right by both engines, without a doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

import perfkit

FOLDER = Path(__file__).parent / "data" / "handed" / "reading"


@pytest.mark.parametrize("engine", ["pdfium", "pypdf"])
@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.pdf")))
def test_a_handed_document_is_read_right_and_without_a_doubt(name, engine):
    found = perfkit.extract(FOLDER / f"{name}.pdf", perfkit.Recipe(engine=engine))
    accuracy = perfkit.assess(found)
    assert accuracy.kind == "truth"
    assert (accuracy.recall, accuracy.precision) == (1.0, 1.0)
    assert accuracy.score is not None
    assert accuracy.score >= 0.995, accuracy.differences[:5]
    assert [doubt.message for doubt in found.ledger.doubts] == []
