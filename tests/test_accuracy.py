"""A score is the share that is exactly right, and says what it was measured against."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.accuracy import assess, read_items, score, self_check
from perfkit.errors import TruthError
from perfkit.model import ITEM_FIELDS, CheckCount, Extraction, Ledger, LineItem
from perfkit.pipeline import extract
from perfkit.reading.ledger import Accounting
from perfkit.vendors.declaration import load_vendor

ROOT = Path(__file__).parent.parent
GOOD = sorted(
    path.with_suffix(".pdf")
    for path in (ROOT / "test_invoices").glob("*.json")
    if "expected_error" not in json.loads(path.read_text(encoding="utf-8"))
)

money = st.none() | st.decimals(min_value=0, max_value=10**6, places=2)
whole = st.none() | st.integers(min_value=0, max_value=999)
line_items = st.builds(
    LineItem,
    # Few codes, so that the same product often stands there more than once.
    product_code=st.sampled_from(["XS1111", "XS2222A", "CF3333", "DA4444"]),
    upc=st.none() | st.sampled_from(["191009727774", "191009727775"]),
    description=st.text("abc ", max_size=5),
    qty_ordered=whole,
    qty_allocated=whole,
    qty_shipped=whole,
    qty_backordered=whole,
    unit=st.none() | st.just("each"),
    list_price=money,
    your_price=money,
    extended_price=money,
    page=st.integers(min_value=1, max_value=9),
)
many = st.lists(line_items, max_size=12)


def item(code: str = "XS9826A", **values: Any) -> LineItem:
    """A right row, but for the values given."""
    whole = LineItem(
        code, "191009727774", "Ornament", 24, 0, 24, 0, "each",
        Decimal("2.00"), Decimal("1.60"), Decimal("38.40"), 1,
    )  # fmt: skip
    return dataclasses.replace(whole, **values)


def extraction(*items: LineItem, **values: Any) -> Extraction:
    return Extraction("a.pdf", "creative_coop_order", "pdfium", 1, items, **values)


@given(many)
def test_the_same_rows_score_one(items):
    result = score(items, [row.as_dict() for row in items])
    assert (result.score, result.recall, result.precision) == (1.0, 1.0, 1.0)
    assert result.differences == ()


@given(many, st.data())
def test_dropping_rows_lowers_recall_by_exactly_their_share(items, data):
    kept = [row for row in items if data.draw(st.booleans())]
    result = score(kept, items)
    assert result.recall == (len(kept) / len(items) if items else 1.0)
    assert result.precision == float(bool(kept) or not items)
    # What is kept is matched to the row it was, also among rows of the same product.
    assert result.held == sum(
        value is not None and bool(str(value).strip())
        for row in kept
        for value in (getattr(row, name) for name in ITEM_FIELDS)
    )


@given(many, many)
def test_rows_are_matched_in_order_and_as_many_as_possible(found, truth):
    a, b = ([row.product_code for row in rows] for rows in (found, truth))
    longest = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, one in enumerate(a):
        for j, other in enumerate(b):
            longest[i + 1][j + 1] = (
                longest[i][j] + 1 if one == other else max(longest[i][j + 1], longest[i + 1][j])
            )
    result = score(found, truth)
    assert round((result.recall or 0) * len(truth)) == (longest[-1][-1] if truth else 0)


@given(many, many)
def test_every_figure_is_a_share(found, truth):
    result = score(found, truth)
    for figure in (result.score, result.recall, result.precision):
        assert figure is not None
        assert 0 <= figure <= 1
    assert result.held <= result.checks


def test_a_wrong_field_costs_one_and_is_named():
    result = score([item(), item("CF2222", unit="Set")], [item(), item("CF2222")])
    assert (result.held, result.checks) == (23, 24)
    (difference,) = result.differences
    assert dataclasses.astuple(difference) == (2, "CF2222", "unit", "each", "Set")


def test_a_missing_row_costs_all_its_fields_and_one_too_many_none():
    result = score([item("AA1111")], [item("BB2222")])
    assert (result.score, result.recall, result.precision) == (0.0, 0.0, 0.0)
    assert [(each.field, each.found) for each in result.differences] == [
        ("row", None),
        ("row", "extra"),
    ]
    result = score([item(), item("AA1111")], [item()])
    assert (result.score, result.recall, result.precision) == (1.0, 1.0, 0.5)


def test_rows_in_another_order_do_not_all_match():
    assert score([item("AA1111"), item("BB2222")], [item("BB2222"), item("AA1111")]).recall == 0.5


def test_a_value_where_the_truth_has_none_is_wrong():
    result = score([item(qty_allocated=3)], [item(qty_allocated=None)])
    assert (result.held, result.checks) == (11, 12)


def test_what_the_truth_never_tells_is_not_compared():
    truth = [{"product_code": "XS9826A", "unit": "each"}]
    assert score([item(upc=None, page=7)], truth).checks == 2


def test_numbers_are_compared_by_amount_and_text_by_its_words():
    truth = {**item().as_dict(), "list_price": "$2", "extended_price": 38.4, "qty_shipped": "24"}
    assert score([item(description="Red  Fox ")], [{**truth, "description": "Red Fox"}]).score == 1
    assert score([item()], [{**item().as_dict(), "your_price": "on request"}]).score == 11 / 12
    assert score([item(list_price=Decimal(1234))], [item(list_price="1,234.00")]).score == 1


def test_where_nothing_is_true_nothing_is_right_but_nothing():
    assert (score([], []).score, score([], []).precision) == (1.0, 1.0)
    assert (score([item()], []).score, score([item()], []).precision) == (0.0, 0.0)
    assert (score([], [item()]).recall, score([], [item()]).precision) == (0.0, 0.0)


def checked(*checks: CheckCount) -> Extraction:
    return extraction(item(), ledger=Ledger(checks=checks))


def test_the_self_check_is_the_share_of_checks_that_hold():
    result = self_check(checked(CheckCount("upc", 2, 1, 0), CheckCount("sum", 0, 1, 0)))
    assert (result.kind, result.held, result.checks, result.score) == ("self-check", 2, 4, 0.5)


def test_a_check_that_lacks_a_declared_field_counts_as_one_that_failed():
    result = self_check(checked(CheckCount("arithmetic", 3, 0, 1)))
    assert (result.held, result.checks) == (3, 4)


def test_a_check_with_known_exceptions_has_no_part_in_the_self_check():
    result = self_check(
        checked(CheckCount("upc", 1, 0, 0), CheckCount("weak", 0, 5, 5, counts=False))
    )
    assert (result.held, result.checks) == (1, 1)


@pytest.mark.parametrize(
    ("subtotal", "holds"), [("38.40", True), ("44.16", True), ("38.41", False)]
)
def test_a_subtotal_is_the_sum_of_the_lines_with_or_without_surcharges(subtotal, holds):
    accounting = Accounting(load_vendor("creative_coop_order"))
    row = item()
    numbers = {name: Decimal(getattr(row, name)) for name in ITEM_FIELDS[3:7]}
    prices = {name: getattr(row, name) for name in ITEM_FIELDS[8:11]}
    accounting.add(row, numbers | prices)
    ledger = accounting.ledger(
        (), frozenset(), {"subtotal": Decimal(subtotal)}, Decimal("5.76"), (), (), 12
    )
    assert [doubt.kind for doubt in ledger.doubts] == ([] if holds else ["totals"])
    assert (self_check(extraction(row, ledger=ledger)).score == 1) is holds


def test_where_nothing_can_be_checked_no_score_is_made_up():
    result = self_check(extraction(item(upc=None, extended_price=None)))
    assert result.score is None
    assert "unknown" in str(result)


def test_a_result_says_which_of_the_two_it_is():
    found = checked(CheckCount("upc", 2, 0, 0))
    assert str(self_check(found)) == "self-check 1.0000 (2 of 2 checks hold)"
    assert str(score([item()], [item()])).endswith(
        "recall 1.0000, precision 1.0000 against the truth"
    )
    assert score([item()], [item()]).as_dict() == {
        "kind": "truth", "score": 1.0, "checks": 12, "held": 12, "recall": 1.0, "precision": 1.0,
    }  # fmt: skip


def write(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def test_a_truth_beside_the_document_is_used(tmp_path):
    found = dataclasses.replace(extraction(item()), source=str(tmp_path / "a.pdf"))
    assert assess(found).kind == "self-check"
    truth = [item().as_dict(), item("AA1111").as_dict()]
    write(tmp_path / "a.json", {"line_items": truth})
    assert (assess(found).kind, assess(found).recall) == ("truth", 0.5)


def test_a_result_beside_the_document_is_no_truth(tmp_path):
    found = dataclasses.replace(extraction(item()), source=str(tmp_path / "a.pdf"))
    write(tmp_path / "a.json", {"documents": [found.as_dict()], "failures": []})
    assert assess(found).kind == "self-check"


def test_bytes_have_nothing_beside_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "<bytes>.json", {"line_items": []})
    assert assess(dataclasses.replace(extraction(item()), source="<bytes>")).kind == "self-check"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("", "not JSON"),
        ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "not JSON"),
        ({"name": "package"}, "no line items"),
        ({"line_items": {"product_code": "XS1111"}}, "no line items"),
        ([{"upc": "1"}], "no line items"),
        (["XS1111"], "no line items"),
        ({"documents": []}, "no line items"),
        ({"documents": [{"line_items": []}, {"line_items": []}]}, "no line items"),
    ],
)
def test_what_is_no_truth_is_refused_by_name(tmp_path, content, words):
    path = write(tmp_path / "a.json", content)
    with pytest.raises(TruthError, match=words) as caught:
        read_items(path)
    assert str(path) in str(caught.value)
    found = dataclasses.replace(extraction(item()), source=str(tmp_path / "a.pdf"))
    if not isinstance(content, dict) or "documents" not in content:
        with pytest.raises(TruthError):
            assess(found)


def test_a_file_that_is_not_there_is_no_truth(tmp_path):
    with pytest.raises(TruthError, match="cannot be read"):
        read_items(tmp_path / "no.json")


def test_a_result_of_one_document_can_be_a_truth(tmp_path):
    path = write(tmp_path / "a.json", {"documents": [extraction(item()).as_dict()]})
    assert score([item()], read_items(path)).score == 1


def test_a_long_truth_is_not_held_beside_its_equals(tmp_path, monkeypatch):
    found = dataclasses.replace(extraction(item(), item("AA1111")), source=str(tmp_path / "a.pdf"))
    rows = [each.as_dict() for each in (item(), item("AA1111", page=2))]
    write(tmp_path / "a.json", {"line_items": rows})
    seen: list[Any] = []
    monkeypatch.setattr("perfkit.accuracy.score", lambda _found, truth: seen.extend(truth))
    assess(found)
    assert seen[0] is found.line_items[0]
    assert seen[1] == rows[1]


def test_the_names_of_fields_are_those_of_a_line_item():
    assert set(item().as_dict()) == set(ITEM_FIELDS)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_a_document_says_of_itself_is_read_as_its_truth_has_it(path):
    found, truth = extract(path), json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert assess(found).score == 1
    assert (found.layout, found.pages) == (truth["layout"], truth["pages"])
    assert (found.vendor, found.invoice_number) == (truth["vendor"], truth["invoice_number"])
    assert found.invoice_date == date.fromisoformat(truth["invoice_date"])
    sums = ("subtotal", "freight", "total", "surcharges")
    assert {name: getattr(found, name) for name in sums} == {
        name: Decimal(truth[name]) for name in sums
    }
