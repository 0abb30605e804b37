"""A vendor is a TOML file: what it declares is read, and a mistake in it is named by its line."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from perfkit import IntelligentCachingSystem, plugins
from perfkit.corpus import Style, make_bytes
from perfkit.errors import RecipeError, UnknownVendorError
from perfkit.model import ITEM_FIELDS
from perfkit.pipeline import extract
from perfkit.recipe import Recipe
from perfkit.vendors import declaration
from perfkit.vendors.declaration import load_vendor, vendor_names, vendors_digest
from tests.command import perfkit
from tests.vendor_documents import PENS, VENDORS, Document

FOLDER = Path(__file__).parent / "data" / "vendors"
ORDER, _ = make_bytes(pages=1, seed=4, style=Style(picture="none"))
#: A vendor's file without a mistake; ``code`` and ``total`` stand in two tables each.
GOOD = """\
vendor = "Elm"
[document]
name = 'elm'
title = "invoice"
number_labels = ["invoice"]
[row]
code = '[A-Z]{3}'
fields = [
    "product_code", "description",
    "qty_shipped", "your_price", "extended_price",
]
[headings]
'code' = { product_code = 3 }
'amount' = { extended_price = 4 }
[totals]
total = '^sum'
[checks]
row = [
    "qty_shipped * your_price = extended_price",
]
document = ["sum extended_price = total"]
"""


def made(vendor: str, pen: str, rows: int, seed: int = 1) -> Document:
    return VENDORS[vendor](PENS[pen](), rows, seed)


@pytest.mark.parametrize("engine", ["pdfium", "pypdf"])
@pytest.mark.parametrize(
    ("pen", "rows", "seed"), [("reportlab", 4, 2), ("reportlab", 100, 3), ("fpdf2", 60, 4)]
)
@pytest.mark.parametrize("vendor", VENDORS)
def test_an_invented_vendors_documents_are_read_whole(vendor, pen, rows, seed, engine):
    document = made(vendor, pen, rows, seed)
    recipe = Recipe(engine=engine, layout=str(FOLDER / f"{vendor}.toml"))
    found = extract(document.data, recipe)
    assert found.line_items == document.items
    assert {name: getattr(found, name) for name in document.facts} == document.facts
    assert found.invoice_date == date(2025, 3, 14)
    assert found.warnings == ()
    assert not found.doubtful
    assert all(check.held and not check.failed for check in found.ledger.checks)
    assert len(found.ledger.checks) >= 3


def test_the_vendor_that_the_guide_shows_is_the_one_that_reads_documents_here():
    guide = (FOLDER.parent.parent.parent / "CONTRIBUTING.md").read_text("utf-8")
    (shown,) = re.findall(r"^```toml vendor\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    assert shown == (FOLDER / "nordlicht.toml").read_text("utf-8")


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_takes_60_lines_at_most(vendor):
    assert len((FOLDER / f"{vendor}.toml").read_text("utf-8").splitlines()) <= 60


def test_a_field_that_only_one_vendor_has_is_in_extra():
    item = extract(
        made("kestrel", "reportlab", 4).data, Recipe(layout=str(FOLDER / "kestrel.toml"))
    ).line_items[0]
    assert item.extra == (("discount", Decimal(33)),)
    assert hash(item)
    assert json.loads(json.dumps(item.as_dict()))["extra"] == {"discount": "33"}


def test_a_frame_has_a_column_for_extra():
    found = extract(
        made("kestrel", "reportlab", 4).data, Recipe(layout=str(FOLDER / "kestrel.toml"))
    )
    assert list(found.to_frame()["discount"]) == [item.extra[0][1] for item in found.line_items]


def test_extra_is_left_out_where_a_vendor_declares_none():
    item = extract(ORDER).line_items[0]
    assert item.extra == ()
    assert "extra" not in item.as_dict()


def test_extra_has_a_column_of_its_own_in_csv_and_in_the_table(tmp_path):
    pdf = tmp_path / "order.pdf"
    pdf.write_bytes(made("kestrel", "reportlab", 4).data)
    command = ("extract", "--layout", FOLDER / "kestrel.toml", pdf)
    head, first, *_ = perfkit(*command, "--format", "csv").out.splitlines()
    assert head.endswith(",page,discount")
    assert first.endswith(",1,33")
    lines = perfkit(*command).out.splitlines()
    assert lines[2].endswith("Page  Discount")
    assert lines[4].endswith("1        33")


def test_without_extra_csv_has_the_usual_columns_only(tmp_path):
    pdf = tmp_path / "order.pdf"
    pdf.write_bytes(ORDER)
    done = perfkit("extract", "--format", "csv", pdf)
    assert done.out.splitlines()[0] == f"source,invoice_number,{','.join(ITEM_FIELDS)}"


def declared(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "elm.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_without_a_mistake_is_taken(tmp_path):
    vendor = load_vendor(str(declared(tmp_path, GOOD)))
    assert (vendor.layout, vendor.vendor, vendor.decimal) == ("elm", "Elm", ".")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'title = "inv',
            'titel = "inv',
            "line 4, document.titel: there is no such key; did you mean 'title'?",
        ),
        ("[totals]", "[totels]", "line 15, totels: there is no such key; did you mean 'totals'?"),
        ('vendor = "Elm"', "", "vendor: this key is missing. Add it."),
        ("code = '[A-Z]{3}'\n", "", "line 6, row.code: this key is missing. Add it."),
        (
            '"invoice"\nnum',
            "5\nnum",
            "line 4, document.title: this must be a text in quotes, not 5.",
        ),
        (
            '["invoice"]',
            '"invoice"',
            "line 5, document.number_labels: this must be a list of texts in quotes.",
        ),
        ("'[A-Z]{3}'", "'[A-Z{3}'", "line 7, row.code: '[A-Z{3}' is not a regular expression: "),
        ("'amount'", "'amo(unt'", "line 14, headings: 'amo(unt' is not a regular expression: "),
        ("'^sum'", "'^su(m'", "line 16, totals.total: '^su(m' is not a regular expression: "),
        (
            "extended_price = 4",
            "extended = 4",
            "line 14, headings: 'amount': there is no field 'extended'; did you mean 'extended_p",
        ),
        (
            "extended_price = 4",
            'extended_price = "4"',
            "line 14, headings: 'amount': a weight is a number: { extended_price = 4 }.",
        ),
        (
            "{ extended_price = 4 }",
            "4",
            "line 14, headings: 'amount': give weights: { qty_shipped = 4 }.",
        ),
        (
            '"qty_shipped", "',
            '"qty_shiped", "',
            "line 10, row.fields: there is no field 'qty_shiped'; did you mean 'qty_shipped'?",
        ),
        (
            '"product_code", "desc',
            '"desc',
            "line 8, row.fields: 'product_code' is missing. Every row has one.",
        ),
        (
            "qty_shipped * your",
            "qty_shipped * you",
            "there is no field or total 'you_price'; did you mean 'your_price'?",
        ),
        (
            "qty_shipped * your",
            "qty_shipped x your",
            "line 19, checks.row: 'qty_shipped x your_price = extended_price' is none of: a",
        ),
        (
            "price = total",
            "price = totl",
            "line 21, checks.document: 'sum extended_price = totl': there is no field or total",
        ),
        (
            "total = '^sum'",
            "totl = '^sum'",
            "line 16, totals.totl: no check has it; did you mean 'total'?",
        ),
        (
            "[checks]\n",
            '[checks]\nweak = ["a <= b"]\n',
            "line 18, checks.weak: 'a <= b' is not one of checks.row; known are: qty_shipped",
        ),
        (
            'vendor = "Elm"',
            'vendor = "Elm"\ndecimal = ";"',
            'line 2, decimal: this must be "." or ",", not \';\'.',
        ),
        (
            '"Elm"\n[document]',
            '"Elm"\nwords = 5\n[document]',
            "line 2, words: this is a table: write [words].",
        ),
        (
            "[headings]",
            "[words]\npages = 'p ([0-9]+)'\n[headings]",
            "line 13, words.pages: it must have the groups (?P<page>...) and (?P<pages>...).",
        ),
        (
            "[headings]",
            '[words]\nunits = ["ea"]\n[headings]',
            "line 13, words.units: this must be a text in quotes, not ['ea'].",
        ),
        (
            "[row]",
            '[row]\nextra = { color = "date" }',
            'line 7, row.extra: color must be "quantity", "money", "number" or "text".',
        ),
        (
            "[row]",
            '[row]\nextra = { color = "number" }',
            "line 7, row.extra: 'color' is missing in row.fields.",
        ),
        (
            "[row]",
            "day_first = 1\n[row]",
            "line 6, document.day_first: this must be true or false, not 1.",
        ),
        (
            "[row]",
            '[row]\noptional = ["qty_shiped"]',
            "line 7, row.optional: 'qty_shiped' is not one of row.fields; did you mean 'qty_shi",
        ),
        ("[row]", "[row", ": this is not TOML: "),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(tmp_path, old, new, message):
    assert GOOD.count(old) == 1
    path = declared(tmp_path, GOOD.replace(old, new))
    with pytest.raises(RecipeError) as raised:
        load_vendor(str(path))
    told = str(raised.value)
    assert told.startswith(f"{path}")
    assert message in told.removeprefix(f"{path}, ")


def test_a_file_that_is_not_utf_8_is_named(tmp_path):
    path = tmp_path / "elm.toml"
    path.write_bytes(GOOD.replace("Elm", "Ölm").encode("latin-1"))
    with pytest.raises(RecipeError, match=r"elm\.toml: this is not UTF-8 text\. Save it as UTF-8"):
        load_vendor(str(path))


def test_a_layouts_file_that_is_not_there_is_named():
    with pytest.raises(RecipeError, match=r"nowhere\.toml: the layout's file cannot be read"):
        load_vendor("nowhere.toml")


def test_a_misspelt_layout_brings_up_the_nearest():
    with pytest.raises(RecipeError, match=r"did you mean 'creative_coop_order'\?"):
        load_vendor("creative_co_op_order")


def test_auto_reads_the_files_of_ones_own_folder_too(monkeypatch):
    document = made("kestrel", "fpdf2", 8)
    with pytest.raises(UnknownVendorError):
        extract(document.data)
    monkeypatch.setenv("PERFKIT_VENDORS", str(FOLDER))
    found = extract(document.data)
    assert (found.layout, found.line_items) == ("kestrel", document.items)
    assert {"kestrel", "creative_coop_order"} <= set(vendor_names())
    assert load_vendor("kestrel").vendor == "Kestrel Works"


def test_a_folder_of_ones_own_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("PERFKIT_VENDORS", "nowhere")
    with pytest.raises(RecipeError, match="PERFKIT_VENDORS: there is no folder 'nowhere'"):
        vendor_names()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages; a test writes the entry points."""
    (tmp_path / "elm_vendor.py").write_text(
        "from pathlib import Path\n"
        "PATH = Path(__file__).with_name('elm.toml')\n"
        "def path(): return str(PATH)\n"
        "def broken(): raise OSError('no disk')\n"
    )
    declared(tmp_path, GOOD)
    (tmp_path / "elm-1.0.dist-info").mkdir()
    (tmp_path / "elm-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: elm\nVersion: 1.0\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    forget()
    yield tmp_path
    forget()
    sys.modules.pop("elm_vendor", None)


def forget() -> None:
    plugins._third_party.cache_clear()
    declaration._installed.cache_clear()


def offer(installed: Path, value: str) -> None:
    entry = f"[perfkit.vendors]\nelm = {value}\n"
    (installed / "elm-1.0.dist-info" / "entry_points.txt").write_text(entry)


@pytest.mark.parametrize("value", ["elm_vendor:PATH", "elm_vendor:path"])
def test_an_installed_package_adds_a_vendor_by_a_path_or_a_function(installed, value):
    offer(installed, value)
    assert "elm" in vendor_names()
    assert load_vendor("elm").vendor == "Elm"
    assert "Elm" in {vendor.vendor for vendor in declaration.vendors_for("auto")}


@pytest.mark.parametrize("value", ["elm_vendor:broken", "elm_vendor:nothing", "elm_vendor"])
def test_an_installed_vendor_that_cannot_be_loaded_says_why(installed, value):
    offer(installed, value)
    with pytest.raises(RecipeError, match=rf"The vendor 'elm' \({value}\) cannot be loaded: "):
        vendor_names()


def test_a_changed_file_is_read_again_and_has_another_digest(tmp_path):
    path = declared(tmp_path, GOOD)
    before = vendors_digest(str(path))
    path.write_text(GOOD.replace('"Elm"', '"Elm & Sons"'))
    assert load_vendor(str(path)).vendor == "Elm & Sons"
    assert vendors_digest(str(path)) != before
    assert vendors_digest("auto") != vendors_digest("creative_coop_order")


def test_a_kept_result_is_not_served_after_the_vendors_file_has_changed(tmp_path):
    document = made("kestrel", "reportlab", 4)
    pdf = tmp_path / "order.pdf"
    pdf.write_bytes(document.data)
    toml = tmp_path / "kestrel.toml"
    text = (FOLDER / "kestrel.toml").read_text("utf-8")
    toml.write_text(text, encoding="utf-8")
    cache = IntelligentCachingSystem(recipe=Recipe(layout=str(toml)))
    assert cache.get_processed_data(pdf)["line_items"][0]["extra"] == {"discount": "33"}
    toml.write_text(text.replace("discount", "rebate"), encoding="utf-8")
    assert cache.get_processed_data(pdf)["line_items"][0]["extra"] == {"rebate": "33"}
