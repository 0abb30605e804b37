"""A document read in pieces is the document read in one piece, whatever the pieces are."""

from __future__ import annotations

import contextlib
import marshal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit import pipeline, plugins
from perfkit.engines import pdfium
from perfkit.errors import DamagedPdfError, PageLostError, PerfkitError, WorkerLostError
from perfkit.executors import _pages, _results, inline
from perfkit.executors._choice import Choice
from perfkit.executors._frames import Frames, pack
from perfkit.executors._outcome import Outcome
from perfkit.executors._plan import plan
from perfkit.geometry import Line, PageLines, lines_of
from perfkit.model import Extraction, Ignored, LineItem, Page, Word
from perfkit.pipeline import extract, read
from perfkit.recipe import Recipe
from perfkit.source import Source, open_source
from tests.engines import TEXT_ENGINES

FOLDER = Path(__file__).parent.parent / "test_invoices"
NAMES = ("CS003837319", "CI004848705", "order_with_cover_letter", "other_vendor")


def pages_of(name: str) -> list[Page]:
    with pdfium.open_document(open_source(FOLDER / f"{name}.pdf")) as document:
        return list(document.pages(1, min(4, document.page_count)))


def without_headings(page: Page) -> Page:
    """The page as it is where a table goes on and its headings are not repeated."""
    for line in lines_of(page).lines:
        if "Description" in line.text:
            words = [w for w in page.words if w.bottom <= line.top or w.top >= line.bottom]
            return page._replace(words=words)
    return page


PAGES = [page for name in NAMES for page in pages_of(name)]
PAGES += [without_headings(page) for page in PAGES]
PAGES += [page._replace(words=page.words[: len(page.words) // 3]) for page in PAGES[:2]]
PAGES += [PAGES[0]._replace(words=[]), PAGES[0]._replace(words=[], has_graphics=False)]


class Made:
    """An engine whose documents are made of the pages above; one of them may be damaged."""

    def __init__(self, places: list[int], damaged: int) -> None:
        self._places, self._damaged = places, damaged
        self.page_count = len(places)

    def open_document(self, *_given: object) -> Made:
        return self

    def pages(self, first: int = 1, last: int | None = None):
        for number in range(first, (last or self.page_count) + 1):
            if number == self._damaged:
                raise DamagedPdfError("made.pdf", number)
            yield PAGES[self._places[number - 1]]._replace(number=number)

    def close(self) -> None:
        pass

    def __enter__(self) -> Made:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def outcome_of(work: Callable[[], object]) -> object:
    """What it gives, or the error it ends with."""
    try:
        return work()
    except PerfkitError as error:
        return type(error), str(error), getattr(error, "page", None)


def in_pieces(recipe: Recipe, workers: int) -> Extraction:
    """Read apart, with calls that run here: every path but the one through a pipe."""
    source = Source("made.pdf", "made.pdf", None)
    choice = Choice("inline", workers, "")
    with pipeline._read_apart(source, recipe, "", None, choice) as reading:
        return reading.extract()


FLOATS = st.floats(-1e4, 1e4)
PLAIN_WORDS = st.lists(st.tuples(st.text(min_size=1), *[FLOATS] * 4), min_size=1, max_size=5)
LINES = st.builds(Line, FLOATS, FLOATS, PLAIN_WORDS)
IGNORED = st.lists(st.builds(Ignored, st.text(), st.integers(1, 99), st.text())).map(tuple)


@given(
    page=st.builds(
        PageLines,
        st.integers(1, 2000),
        FLOATS,
        FLOATS,
        st.lists(LINES),
        st.booleans(),
        st.none() | st.lists(FLOATS),
        st.lists(st.text()).map(tuple),
        IGNORED,
    )
)
def test_a_page_of_lines_is_the_same_after_its_way(page):
    """To the last bit, and of the same types."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(pack(_pages.to_plain(page)))
        frames = Frames()
        while (plain := frames.next()) is None:
            frames.feed(ours)
        found = _pages.from_plain(plain)
    assert repr(found) == repr(page)


@pytest.mark.parametrize("make", [tuple, Word._make])
@pytest.mark.parametrize("number", [float, type("Own", (float,), {})])
def test_words_of_any_kind_of_tuple_and_number_can_travel(make, number):
    """Some engines give named tuples, and floats of a library's own; geometry may mix them."""
    words = [("AB", 1.5, 2.5, 3.5, 4.5), ("C", 5.5, 2.5, 6.5, 4.5)]
    given = [make((text, *map(number, edges))) for text, *edges in words]
    for mixed in (given, [words[0], given[1]], [given[0], words[1]]):
        if number is not float and mixed[0] is words[0]:
            continue  # an engine gives one kind of number
        page = PageLines(1, number(9), number(9), [Line(number(2.5), number(4.5), mixed)])
        found = _pages.from_plain(marshal.loads(marshal.dumps(_pages.to_plain(page))))
        assert found.lines == [Line(2.5, 4.5, words)]


@settings(max_examples=150)
@given(
    places=st.lists(st.integers(0, len(PAGES) - 1), min_size=1, max_size=9),
    damaged=st.integers(0, 15),
    workers=st.integers(1, 5),
    chunk_pages=st.integers(0, 4),
    layout=st.sampled_from(["auto", "auto", "creative_coop_order"]),
)
def test_any_pages_in_any_pieces_give_the_same(places, damaged, workers, chunk_pages, layout):
    """Items, facts, totals, warnings and errors."""
    recipe = Recipe(chunk_pages=chunk_pages, layout=layout)
    with pytest.MonkeyPatch.context() as patch:
        load, made = plugins.load, Made(places, damaged)

        def load_made(folder, name):
            return made if folder == "engines" else load(folder, name)

        patch.setattr(plugins, "load", load_made)
        source = Source("made.pdf", None, b"")
        with contextlib.ExitStack() as stack:
            whole = outcome_of(lambda: stack.enter_context(read(source, recipe)).extract())
        assert outcome_of(lambda: in_pieces(recipe, workers)) == whole


@pytest.mark.parametrize("engine", TEXT_ENGINES)
@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("name", ["CS003837319", "order_with_cover_letter", "scan_order"])
def test_worker_processes_give_the_same(name, engine, workers):
    recipe = Recipe(engine=engine, chunk_pages=workers - 1)
    path = FOLDER / f"{name}.pdf"
    apart = recipe.with_(executor="processes", workers=workers)
    assert outcome_of(lambda: extract(path, apart)) == outcome_of(lambda: extract(path, recipe))


@pytest.mark.parametrize("executor", ["processes", "threads", "auto"])
def test_bytes_and_open_files_are_read_apart_too(executor):
    recipe = Recipe(executor=executor, workers=2)
    path = FOLDER / "CI004848705.pdf"
    expected = extract(path.read_bytes())
    assert extract(path.read_bytes(), recipe) == expected
    with path.open("rb") as file:
        assert extract(file, recipe).line_items == expected.line_items


def test_an_encrypted_document_is_opened_by_every_worker():
    import json

    path = FOLDER / "invoice_encrypted_aes256.pdf"
    password = json.loads(path.with_suffix(".json").read_text()).get("password", "creative")
    recipe = Recipe(executor="processes", workers=2, chunk_pages=1)
    in_one_piece = outcome_of(lambda: extract(path, Recipe(), password=password))
    assert outcome_of(lambda: extract(path, recipe, password=password)) == in_one_piece


def test_too_many_pages_are_refused_alike():
    path = FOLDER / "CS003837319.pdf"
    recipe = Recipe(max_pages=14)
    apart = recipe.with_(executor="processes", workers=2)
    assert outcome_of(lambda: extract(path, apart)) == outcome_of(lambda: extract(path, recipe))


@given(pages=st.integers(0, 500), workers=st.integers(1, 9), chunk_pages=st.integers(0, 40))
def test_a_plan_holds_every_page_once_and_in_order(pages, workers, chunk_pages):
    ranges = plan(pages, workers, chunk_pages)
    assert [n for first, last in ranges for n in range(first, last + 1)] == list(
        range(1, pages + 1)
    )


class Losing:
    """An executor whose workers are lost over certain pages, so many times."""

    def __init__(self, losses: dict[int, int]) -> None:
        self.losses = losses

    def ordered_map(self, function, calls, **options):
        arrived = options.pop("arrived")
        for call in calls:
            (outcome,) = inline.ordered_map(function, [call])
            if outcome.value is not None:
                numbers = [page[0] for page in outcome.value[1]]
                for number in numbers:
                    if self.losses.get(number, 0):
                        self.losses[number] -= 1
                        outcome = Outcome(None, WorkerLostError("it was killed"))
                        break
            if outcome.value is not None:
                arrived(outcome)
            yield outcome


@pytest.fixture
def losing(monkeypatch):
    executor, load = Losing({}), plugins.load
    monkeypatch.setattr(
        plugins,
        "load",
        lambda folder, name: executor if folder == "executors" else load(folder, name),
    )
    return executor


@pytest.mark.parametrize("page", [1, 2, 9, 15])
def test_pages_that_lost_their_worker_are_read_once_more(losing, page):
    losing.losses[page] = 1
    with read(FOLDER / "CS003837319.pdf", Recipe(executor="processes", workers=2)) as reading:
        found = reading.extract()
    assert found == extract(FOLDER / "CS003837319.pdf")
    assert len(reading.retried) == 1


@pytest.mark.parametrize("page", [2, 9, 15])
def test_a_page_that_loses_its_worker_again_is_named(losing, page):
    losing.losses[page] = 100
    items: list[LineItem] = []
    with (
        read(FOLDER / "CS003837319.pdf", Recipe(executor="processes", workers=2)) as reading,
        pytest.raises(PageLostError, match=f"page {page}: .*killed") as caught,
    ):
        items.extend(reading)
    assert caught.value.page == page
    before = [item for item in extract(FOLDER / "CS003837319.pdf").line_items if item.page < page]
    assert [item.product_code for item in items] == [item.product_code for item in before]


def test_a_document_that_cannot_even_be_opened_is_named(losing):
    losing.losses[1] = 100
    with pytest.raises(PageLostError, match=r"CS003837319\.pdf.*tried twice"):
        extract(FOLDER / "CS003837319.pdf", Recipe(executor="processes", workers=2))


def test_a_document_to_share_leaves_nothing_open():
    with _results.document_to_share(Source("<bytes>", None, b"%PDF-")) as shared:
        assert (Path(shared.path).read_bytes() if shared.path else shared.data) == b"%PDF-"
    assert not (shared.path and Path(shared.path).exists())
