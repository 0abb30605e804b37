"""The corpus makes believable documents of exactly the size asked for, and knows their truth."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit import corpus
from perfkit.corpus import Style, build
from perfkit.corpus.content import Row, blocks, check_digit, head, totals
from perfkit.corpus.metrics import width, wrap
from perfkit.corpus.operations import Text
from perfkit.corpus.plan import plan
from perfkit.errors import CorpusError
from perfkit.model import ITEM_FIELDS

CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{4}[A-Z]?(?![A-Za-z0-9])", re.ASCII)
layouts = st.sampled_from(["order", "invoice"])
seeds = st.integers(0, 9_999_999)
styles = st.builds(
    Style,
    font=st.sampled_from(["helvetica", "times", "vera"]),
    wording=st.sampled_from(["printed", "plain"]),
    two_line_headings=st.just(True),
    description=st.sampled_from(["row", "under", "both"]),
    block=st.sampled_from(["stacked", "flow"]),
    align=st.sampled_from(["left", "center", "right"]),
    picture=st.sampled_from(["left", "under", "none"]),
    page_number=st.sampled_from(["header", "footer"]),
    surcharge_amount=st.sampled_from(["inline", "column"]),
    font_size=st.sampled_from([6.0, 7.0]),
).map(lambda style: style.with_(landscape=style.font == "vera"))  # too wide a font for portrait


def rows(layout: str, seed: int, count: int) -> list[Row]:
    return list(islice((b for b in blocks(layout, seed) if isinstance(b, Row)), count))


def page_texts(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        return ["".join(_text(page).split()) for page in document]
    finally:
        document.close()


def _text(page: Any) -> str:
    text_page = page.get_textpage()
    try:
        return str(text_page.get_text_range())
    finally:
        text_page.close()
        page.close()


def words_of(item: dict[str, Any]) -> Iterator[str]:
    yield from item["description"].split()
    for name in ("product_code", "upc", "unit"):
        yield item[name] or ""
    for name in ("list_price", "your_price", "extended_price"):
        yield f"{Decimal(item[name]):,.2f}"


@settings(max_examples=25)
@given(layouts, seeds)
def test_rows_are_sound_for_every_seed(layout: str, seed: int) -> None:
    for row in rows(layout, seed, 40):
        assert CODE.fullmatch(row.product_code)
        assert row.upc is None or row.upc[:6] == "191009"
        assert row.upc is None or check_digit(row.upc[:11]) == row.upc[11:]
        assert row.extended == row.shipped * row.your_price
        assert 0 <= row.shipped <= row.ordered
        assert 0 <= row.backordered <= row.ordered - row.shipped
        assert row.your_price <= row.list_price
        assert row.description == " ".join(row.description.split())
        assert not CODE.search(row.description)


def test_the_check_digit_is_that_of_a_known_upc() -> None:
    assert check_digit("19100972777") == "4"


def test_a_long_run_holds_every_oddity_of_a_real_document() -> None:
    long = rows("order", 1, 600)
    assert any(row.upc is None for row in long)
    assert any(row.allocated is None for row in long)
    assert any(row.extended == 0 for row in long)
    assert any(row.extended >= 1000 for row in long)
    assert any(row.backordered for row in long)
    assert {row.unit for row in long} == {"each", "Set", "case", "piece"}
    codes = [row.product_code for row in long]
    assert len(set(codes)) < len(codes)
    taxed = [row for row in long if row.surcharge]
    assert taxed
    for row in taxed:
        exact = row.extended * Decimal("0.15")
        assert row.surcharge == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_subtotal_is_the_sum_of_the_rows_and_total_adds_surcharges_and_freight() -> None:
    sold = rows("order", 3, 20)
    sums = totals(sold, Decimal("0.1"))
    assert sums.subtotal == sum(row.extended for row in sold)
    assert sums.total == sums.subtotal + sums.surcharges + sums.freight


def test_a_seed_of_seven_digits_is_the_number_of_the_document() -> None:
    assert head("order", 3837319).number == "CS003837319"
    assert head("invoice", 4848705).number == "CI004848705"


@settings(max_examples=20)
@given(layouts, st.integers(1, 6), seeds, styles)
def test_a_plan_has_exactly_the_pages_asked_for_and_nothing_leaves_the_paper(
    layout: str, pages: int, seed: int, style: Style
) -> None:
    planned = plan(layout, pages, seed, style)
    assert len(planned.sheets) == pages
    for drawing in planned.drawings():
        for op in drawing.operations:
            if isinstance(op, Text):
                length = width(op.text, style.font, op.size, op.bold)
                start = op.x - {"left": 0, "center": 0.5, "right": 1}[op.anchor] * length
                assert start >= 20
                assert start + length <= drawing.width - 20
                assert 10 <= op.y <= drawing.height - 10
    assert all(any(e.kind == "row" for e in sheet.entries) for sheet in planned.sheets)


@settings(max_examples=20)
@given(layouts, seeds, styles)
def test_no_two_texts_of_a_page_overlap(layout: str, seed: int, style: Style) -> None:
    (drawing,) = plan(layout, 1, seed, style).drawings()
    placed = []
    for op in drawing.operations:
        if isinstance(op, Text):
            length = width(op.text, style.font, op.size, op.bold)
            start = op.x - {"left": 0, "center": 0.5, "right": 1}[op.anchor] * length
            placed.append((op.y - op.size * 0.7, op.y, start, start + length, op.text))
    placed.sort()
    for nth, (top, bottom, x0, x1, text) in enumerate(placed):
        for other_top, other_bottom, other_x0, other_x1, other in placed[nth + 1 :]:
            apart = other_top >= bottom or other_x0 >= x1 or x0 >= other_x1
            assert apart or other_bottom <= top, (text, other)


@pytest.mark.parametrize("layout", ["order", "invoice"])
def test_every_word_of_a_true_row_stands_on_its_page(layout: str) -> None:
    data, truth = corpus.make_bytes(layout=layout, pages=4, seed=21)
    texts = [*page_texts(data), ""]
    assert len(texts) - 1 == truth["pages"] == 4
    for item in truth["line_items"]:
        here, following = texts[item["page"] - 1], texts[item["page"]]
        assert item["product_code"] in here
        assert all(word in here + following for word in words_of(item))


def test_the_same_arguments_give_the_same_bytes() -> None:
    once, again = (corpus.make_bytes(pages=2, seed=9) for _ in range(2))
    assert once == again
    assert once != corpus.make_bytes(pages=2, seed=10)


def test_a_longer_document_begins_with_the_rows_of_the_shorter_one() -> None:
    short = corpus.make_bytes(layout="invoice", pages=1, seed=2)[1]["line_items"]
    long = corpus.make_bytes(layout="invoice", pages=2, seed=2)[1]["line_items"]
    assert long[: len(short)] == short


@pytest.mark.parametrize("producer", ["fpdf2", "typst", "cairo"])
@pytest.mark.parametrize("layout", ["order", "invoice"])
def test_every_producer_draws_the_same_truth(producer: str, layout: str) -> None:
    if producer == "cairo":
        try:
            import cairocffi  # noqa: F401
        except (ImportError, OSError):
            pytest.skip("cairo is not installed here")
    style = Style(picture="none", font="times" if producer == "typst" else "")
    data, truth = corpus.make_bytes(layout=layout, pages=2, seed=4, producer=producer, style=style)
    texts = page_texts(data)
    assert len(texts) == 2
    assert all(word in "".join(texts) for item in truth["line_items"] for word in words_of(item))


def test_chromium_prints_as_many_pages_as_the_plan_has() -> None:
    try:
        data, truth = corpus.make_bytes(
            pages=2, seed=4, producer="chromium", style=Style(description="both", picture="none")
        )
    except CorpusError as error:
        pytest.skip(str(error))
    texts = page_texts(data)
    assert len(texts) == 2
    assert all(item["product_code"] in texts[item["page"] - 1] for item in truth["line_items"])


def test_making_writes_the_pdf_and_its_truth_and_nothing_else(tmp_path: Path) -> None:
    pages: list[int] = []
    truth = corpus.make(tmp_path / "a.pdf", pages=2, on_page=pages.append)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.pdf"]
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == truth
    assert pages == [1, 2]
    assert all(tuple(item) == ITEM_FIELDS for item in truth["line_items"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"pages": 0}, "give 1 to 1000"),
        ({"pages": 1001}, "give 1 to 1000"),
        ({"pages": 2.5}, "whole number"),
        ({"seed": "x"}, "whole number"),
        ({"layout": "ordr"}, "did you mean 'order'"),
        ({"producer": "reportlap"}, "did you mean 'reportlab'"),
        ({"producer": "typst", "style": Style(font="helvetica")}, "cannot draw with"),
        ({"variant": "rotated_91"}, "did you mean 'rotated_90'"),
        ({"style": Style(columns=("code",))}, "each of these once"),
        ({"style": Style(columns=("cod",))}, "did you mean 'code'"),
        ({"style": Style(wording="spelled", font="courier", font_size=9)}, "landscape=True"),
    ],
)
def test_a_wrong_argument_is_refused_with_its_remedy(arguments: Any, said: str) -> None:
    with pytest.raises(CorpusError, match=re.escape(said)):
        corpus.make_bytes(**{"pages": 1, **arguments})


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"rules": "zebr"}, "did you mean 'zebra'"),
        ({"font_size": 40}, "give 5 to 10"),
        ({"picture_count": 0}, "give 1 to 500"),
        ({"picture": "under", "under_at": "upc"}, "under_at='description'"),
    ],
)
def test_a_style_that_cannot_be_is_refused(field: Any, said: str) -> None:
    with pytest.raises(CorpusError, match=re.escape(said)):
        Style(**field)


def test_a_misspelt_style_field_names_its_nearest() -> None:
    with pytest.raises(CorpusError, match="did you mean 'font_size'"):
        Style().with_(font_sise=8)


@pytest.mark.parametrize(
    ("name", "said"),
    [("out.txt", "must end in .pdf"), ("no/such/out.pdf", "make it first"), (".", "end in .pdf")],
)
def test_a_path_that_cannot_be_written_is_refused(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(CorpusError, match=re.escape(said)):
        corpus.make(tmp_path / name, pages=1)


def test_a_folder_named_like_a_pdf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(CorpusError, match="this is a folder"):
        build.check_path(tmp_path / "folder.pdf")


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        build.save(tmp_path / "a.pdf", "no bytes", {})  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] in ([], ["a.json"])


def test_wrapping_keeps_every_word_and_the_room() -> None:
    text = 'S/3 28"L x 18"W Cotton Tea Towels with 12 Patterns'
    lines = wrap(text, "helvetica", 7, 0, 60)
    assert lines[0] == ""
    assert " ".join(lines).split() == text.split()
    assert all(width(line, "helvetica", 7) <= 60 for line in lines)


def test_importing_the_corpus_loads_no_pdf_library() -> None:
    code = (
        "import sys, perfkit.corpus; "
        "print([m for m in ('reportlab', 'fpdf', 'typst', 'PIL', 'pypdf') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_an_order_opens_with_pypdf_too() -> None:
    from pypdf import PdfReader

    data, _ = corpus.make_bytes(pages=1)
    assert len(PdfReader(io.BytesIO(data)).pages) == 1
