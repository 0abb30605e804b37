"""An extraction is a table in pandas, and readable and harmless in a notebook."""

from __future__ import annotations

import builtins
import dataclasses
import importlib
import subprocess
import sys
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest

from perfkit.errors import MissingExtraError
from perfkit.frames import extraction_html, items_frame
from perfkit.model import ITEM_FIELDS, CheckCount, Doubt, Extraction, Ledger, LineItem
from perfkit.report.sanitise import clean_html

ITEM = LineItem(
    "XS9826A", "191009727774", "Ornament", 24, None, 20, 4, "each",
    Decimal("2000.00"), Decimal("1.60"), Decimal("-32.00"), 1,
)  # fmt: skip
FOUND = Extraction(
    "orders/a.pdf", "creative_coop_order", "pdfium", 2, (ITEM,), "CS003837319",
    date(2025, 1, 17), "Creative Co-Op", Decimal("32.00"), None, Decimal("1234.50"),
    warnings=("page 2 is blank",), ledger=Ledger(checks=(CheckCount("upc", 1, 0, 0),)),
)  # fmt: skip
HOSTILE = "<script>alert(1)</script>\"'&\u202e\x1b[2J"


class Seen(HTMLParser):
    """Tags and text of a piece of HTML; every tag has to be closed in order."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(markup)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.tags.append(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + " "


def test_a_frame_has_a_row_an_item_and_a_column_a_field():
    frame = FOUND.to_frame()
    assert list(frame.columns) == list(ITEM_FIELDS)
    assert frame.shape == (1, 12)
    assert items_frame(dataclasses.replace(FOUND, line_items=())).shape == (0, 12)


def test_money_stays_exact_and_a_blank_is_missing_not_zero():
    frame = items_frame(dataclasses.replace(FOUND, line_items=(ITEM, ITEM)))
    assert frame["extended_price"].sum() == Decimal("-64.00")
    assert frame["qty_shipped"].sum() == 40
    assert frame["qty_allocated"].isna().all()
    assert str(frame["qty_allocated"].dtype) == "Int64"


def test_without_pandas_the_error_names_the_extra(monkeypatch):
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"perfkit\[workbench\]"):
        FOUND.to_frame()


def test_a_notebook_shows_facts_accuracy_and_items():
    seen = Seen(FOUND._repr_html_())
    for text in (
        "orders/a.pdf", "Creative Co-Op", "CS003837319", "2025-01-17", "2 pages", "1 line item",
        "subtotal 32.00", "total 1,234.50", "self-check", "page 2 is blank", "XS9826A", "2,000.00",
        "-32.00", "Extended",
    ):  # fmt: skip
        assert text in seen.text
    assert seen.tags.count("tr") == 2


def test_a_column_that_is_empty_in_every_row_is_left_out():
    assert "Allocated" not in extraction_html(FOUND)
    assert "Backordered" in extraction_html(FOUND)


def test_hostile_text_is_shown_and_never_runs():
    item = dataclasses.replace(ITEM, description=HOSTILE, unit=HOSTILE, product_code=HOSTILE)
    found = dataclasses.replace(
        FOUND, line_items=(item,), source=f"<{HOSTILE}", vendor=HOSTILE, invoice_number=HOSTILE,
        layout=HOSTILE, warnings=(HOSTILE,),
    )  # fmt: skip
    markup = extraction_html(found)
    seen = Seen(markup)
    assert "script" not in seen.tags
    assert "\u202e" not in markup
    assert "\x1b" not in markup
    assert seen.text.count("<script>alert(1)</script>") == 8


def test_a_long_document_is_cut_and_says_so():
    found = dataclasses.replace(FOUND, line_items=(ITEM,) * 61)
    assert Seen(extraction_html(found)).tags.count("tr") == 61
    assert "1 more line item;" in extraction_html(found)
    assert "more line item" not in extraction_html(
        dataclasses.replace(FOUND, line_items=(ITEM,) * 60)
    )


def test_no_colour_is_set_so_that_it_fits_light_and_dark():
    markup = extraction_html(FOUND)
    assert "currentColor" in markup
    assert "#" not in markup
    assert "rgb(" not in markup


def test_the_report_keeps_the_table_when_it_cleans_the_page():
    kept = clean_html(extraction_html(FOUND))
    assert Seen(kept).tags == [tag for tag in Seen(extraction_html(FOUND)).tags if tag != "style"]


def test_a_truth_that_cannot_be_read_leaves_the_self_check_and_a_warning(tmp_path):
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    markup = extraction_html(dataclasses.replace(FOUND, source=str(tmp_path / "a.pdf")))
    assert "self-check" in markup
    assert "not JSON" in markup


def test_the_columns_are_the_fields_of_a_line_item():
    frames = importlib.import_module("perfkit.frames")
    assert tuple(frames._COLUMNS) == ITEM_FIELDS


def test_a_notebook_needs_no_pandas():
    code = (
        "import sys; from perfkit.model import Extraction; "
        "Extraction('a.pdf', 'x', 'y', 1, ())._repr_html_(); sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_html_names_what_is_doubtful_once_and_how_often_checks_held():
    reason = "the UPC is missing in row 1 (XS9826A, page 1); <look> at it"
    ledger = Ledger(
        checks=(CheckCount("upc", 3, 1, 0), CheckCount("never made", 0, 0, 4, counts=False)),
        doubts=(Doubt("field_missing", reason, (1,), ("upc",), (1,)),),
    )
    found = dataclasses.replace(FOUND, ledger=ledger, warnings=("page 2 is blank", reason))
    text = Seen(extraction_html(found)).text
    assert text.count(reason) == 1
    assert "Doubtful:" in text
    assert "Checks: upc: 3 held, 1 failed " in text
    assert "never made" not in text
    assert "page 2 is blank" in text
    assert "Doubtful" not in Seen(extraction_html(FOUND)).text
