"""The committed documents are complete, small, remakeable, and hold what is known of them."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from typer.testing import CliRunner

import perfkit.errors
from perfkit.cli.corpus import register
from perfkit.corpus import known
from perfkit.corpus.committed import COMMITTED

NAMES = [spec.name for spec in COMMITTED]


@pytest.fixture(scope="session")
def folder(repository: Path) -> Path:
    return repository / "test_invoices"


def truth_of(folder: Path, name: str) -> dict[str, Any]:
    said = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(said, dict)
    return said


def run(*arguments: str) -> Any:
    import typer

    app = typer.Typer(rich_markup_mode=None)
    app.callback()(lambda: None)
    register(app)
    return CliRunner().invoke(app, ["corpus", *arguments])


def test_the_folder_holds_exactly_the_committed_documents_and_their_truth(folder: Path) -> None:
    assert sorted(path.stem for path in folder.glob("*.pdf")) == sorted(NAMES)
    assert sorted(path.stem for path in folder.glob("*.json")) == sorted(NAMES)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 12_000_000


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_document_has_the_pages_and_sums_of_its_truth(folder: Path, name: str) -> None:
    said = truth_of(folder, name)
    document = pypdfium2.PdfDocument(folder / f"{name}.pdf")
    try:
        assert len(document) == said["pages"]
    finally:
        document.close()
    if said["line_items"]:
        sold = [Decimal(item["extended_price"]) for item in said["line_items"]]
        assert sum(sold) == Decimal(said["subtotal"])
        parts = (said["subtotal"], said["surcharges"], said["freight"])
        assert sum(map(Decimal, parts)) == Decimal(said["total"])
    for item in said["line_items"]:
        amount = item["qty_shipped"] * Decimal(item["your_price"])
        assert amount == Decimal(item["extended_price"])
        assert 1 <= item["page"] <= said["pages"]
    if "expected_error" in said:
        assert hasattr(perfkit.errors, said["expected_error"])


@pytest.mark.parametrize("name", NAMES)
def test_no_committed_file_names_a_path_of_the_machine_that_made_it(
    folder: Path, name: str
) -> None:
    for suffix in (".pdf", ".json"):
        data = (folder / f"{name}{suffix}").read_bytes()
        assert not any(trace in data for trace in (b"/tmp/", b"/work/", b"/home/", b"file://"))


@pytest.mark.parametrize("number", ["CS003837319", "CI004848705"])
def test_the_known_rows_stand_in_their_document(folder: Path, number: str) -> None:
    items = {item["product_code"]: item for item in truth_of(folder, number)["line_items"]}
    for code, upc, text, ordered, allocated, back, shipped, unit, lp, yp, _ in known.rows(
        number
    ).values():
        item = items[code]
        assert (item["upc"], item["description"], item["unit"]) == (upc, text, unit)
        assert (item["qty_shipped"], item["qty_backordered"]) == (shipped, back)
        assert (item["list_price"], item["your_price"]) == (lp, yp)
        if number.startswith("CS"):
            assert (item["qty_ordered"], item["qty_allocated"]) == (ordered, allocated)


def test_the_known_documents_have_their_known_sizes(folder: Path) -> None:
    order, invoice = truth_of(folder, "CS003837319"), truth_of(folder, "CI004848705")
    assert (order["pages"], order["invoice_date"]) == (15, "2025-01-17")
    assert len(order["line_items"]) >= 130
    assert invoice["pages"] == 3
    assert 45 <= len(invoice["line_items"]) <= 60


def test_some_description_goes_on_over_a_page_break() -> None:
    from perfkit.corpus.plan import plan

    specs = {spec.name: spec for spec in COMMITTED}
    spec = specs["CS003837319"]
    planned = plan(spec.layout, spec.pages, spec.seed, spec.style.with_(font="helvetica"))
    carried = [sheet.entries[0] for sheet in planned.sheets if sheet.entries[0].kind == "rest"]
    assert carried
    assert all(entry.lines for entry in carried)


@pytest.mark.parametrize(
    "name",
    [
        "order_one_page",
        "CI004848705",
        "order_object_streams",
        "order_with_cover_letter",
        "order_without_items",
        "order_fpdf2",
        "invoice_reportlab_one_page",
    ],
)
def test_remaking_a_document_gives_the_committed_truth(folder: Path, name: str) -> None:
    (spec,) = (spec for spec in COMMITTED if spec.name == name)
    assert spec.make()[1] == truth_of(folder, name)


def test_the_command_makes_a_document_and_says_what_it_made(tmp_path: Path) -> None:
    out = tmp_path / "a.pdf"
    ran = run("make", "--layout", "invoice", "--pages", "2", "--style", "font_size=8", str(out))
    assert ran.exit_code == 0
    assert "2 pages" in ran.output
    assert out.is_file()
    assert out.with_suffix(".json").is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--layout", "ordr"),
        ("--pages", "0"),
        ("--producer", "word"),
        ("--style", "font_size"),
        ("--style", "font_size=big"),
        ("--style", "split_rows=maybe"),
        ("--style", "colour=red"),
    ],
)
def test_wrong_usage_of_the_command_leaves_with_2(tmp_path: Path, arguments: Any) -> None:
    assert run("make", *arguments, str(tmp_path / "a.pdf")).exit_code == 2
    assert not list(tmp_path.iterdir())


def test_remake_makes_one_document_by_name(tmp_path: Path) -> None:
    ran = run("remake", "--out", str(tmp_path), "--only", "other_vendor")
    assert ran.exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["other_vendor.json", "other_vendor.pdf"]


def test_remake_leaves_a_document_alone_when_its_program_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PERFKIT_CHROMIUM", raising=False)
    ran = run(
        "remake", "--out", str(tmp_path), "--only", "order_chromium", "--only", "order_linearized"
    )
    assert ran.exit_code == 1
    assert "left as it is" in ran.output
    assert "apt install qpdf" in ran.output
    assert not list(tmp_path.iterdir())


def test_remake_refuses_a_name_it_does_not_know(tmp_path: Path) -> None:
    ran = run("remake", "--out", str(tmp_path), "--only", "order_typs")
    assert ran.exit_code == 2
    assert "order_typst" in ran.output
