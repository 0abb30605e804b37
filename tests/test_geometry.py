"""Words are gathered into lines and cells by their places alone."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.geometry import Line, PageLines, group_lines, lines_of, segments
from perfkit.model import Ignored, Page, PlainWord, Word
from tests.pages import words_of

#: Words whose lower edges often meet, as those of one baseline do, in fonts of like sizes.
words = st.builds(
    lambda text, x0, bottom, width, size: Word(text, x0, bottom - size, x0 + width, bottom),
    st.text("abc019", min_size=1, max_size=4),
    st.integers(0, 600).map(float),
    st.integers(0, 12).map(lambda half: 100 + half / 2),
    st.integers(1, 80).map(float),
    st.sampled_from([6.0, 7.0, 7.5, 8.0]),
)

#: None begins where another one ends, as a raised word does.
apart = words.map(lambda word: word._replace(x0=word.x0 // 100 * 100, x1=word.x0 // 100 * 100 + 80))


def texts(lines: list[Line]) -> list[str]:
    return [line.text for line in lines]


@given(st.lists(words, max_size=40))
def test_every_word_of_usual_height_stands_on_exactly_one_line(found: list[Word]) -> None:
    found = [word._replace(text=f"{word.text}{k}") for k, word in enumerate(found)]
    lines = group_lines(found)
    assert sorted(word for line in lines for word in line.words) == sorted(found)


@given(st.lists(apart, max_size=40))
def test_lines_run_from_top_to_bottom_and_their_words_from_left_to_right(
    found: list[Word],
) -> None:
    lines = group_lines(found)
    lowest = [max(word[4] for word in line.words) for line in lines]
    highest = [min(word[4] for word in line.words) for line in lines]
    assert all(before < after for before, after in zip(lowest, highest[1:], strict=False))
    for line in lines:
        assert [word[1] for word in line.words] == sorted(word[1] for word in line.words)


#: Of a word drawn again on its own place one is left: here each says something else.
several = st.lists(words, max_size=12).map(
    lambda found: [word._replace(text=f"{word.text}{k}") for k, word in enumerate(found)]
)


@given(several.flatmap(lambda f: st.tuples(st.just(f), st.permutations(f))))
def test_the_order_in_which_words_are_drawn_says_nothing(
    drawn: tuple[list[Word], list[Word]],
) -> None:
    once, again = map(group_lines, drawn)
    assert [sorted(line.words) for line in once] == [sorted(line.words) for line in again]


def test_the_order_of_words_on_one_baseline_says_nothing() -> None:
    small, large = Word("small", 0, 94, 5, 100), Word("large", 10, 92, 15, 100)
    lower = Word("lower", 20, 94.5, 25, 102.5)
    assert texts(group_lines([small, large, lower])) == texts(group_lines([large, small, lower]))


def test_no_words_make_no_lines() -> None:
    assert group_lines([]) == []


def test_a_line_knows_its_text_and_its_height() -> None:
    (line,) = group_lines(reversed(words_of("XS9482  8.25 H   Wood", top=100)))
    assert line.text == "XS9482 8.25 H Wood"
    assert (line.top, line.bottom, line.height) == (100, 108, 8)


def test_cells_of_different_sizes_on_one_baseline_are_one_line() -> None:
    found = [Word("Code", 0, 92, 20, 100), Word("small", 30, 94.5, 45, 100.5)]
    assert texts(group_lines(found)) == ["Code small"]


def test_lines_that_overlap_by_half_are_two() -> None:
    found = [Word("middle", 50, 95, 80, 103), Word("over", 0, 91, 20, 99)]
    assert texts(group_lines(found)) == ["over", "middle"]


def test_a_watermark_across_the_page_stands_on_no_line() -> None:
    found = [*words_of("a b\nc d\ne f"), Word("COPY", 100, 20, 500, 75)]
    assert texts(group_lines(found)) == ["a b", "c d", "e f"]


def test_a_watermark_takes_no_words_with_it_wherever_it_is_drawn() -> None:
    watermark = Word("COPY", 100, 20, 500, 58)  # its lower edge is that of the second line
    small = words_of("a b\nc d\ne f")
    assert texts(group_lines([watermark, *small])) == texts(group_lines([*small, watermark]))
    assert "c d" in texts(group_lines([watermark, *small]))


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("alone", ["alone"]),
        ("one cell of words", ["one cell of words"]),
        ("first  second third      fourth", ["first", "second third", "fourth"]),
    ],
)
def test_a_line_falls_into_cells_at_its_wide_gaps(text: str, cells: list[str]) -> None:
    (line,) = group_lines(words_of(text))
    assert [" ".join(word[0] for word in cell) for cell in segments(line)] == cells


def test_a_line_is_as_high_as_its_words_though_it_begins_with_a_low_letter() -> None:
    """Fonts that say nothing of their height give each letter its own."""
    (line,) = group_lines([Word("x", 0, 24, 3, 28), Word("Paper", 6, 22.5, 30, 28)])
    assert line.height == 5.5


def test_words_drawn_again_a_little_further_are_bold_and_stand_on_their_line_once() -> None:
    once = words_of("XS9482  Wood Wood Shoe  12  33.60")
    again = [word._replace(x0=word.x0 + 0.4, x1=word.x1 + 0.4) for word in once[1:]]
    (line,) = group_lines([*once, *again])
    assert line.text == "XS9482 Wood Wood Shoe 12 33.60"


#: A page as an invoice's: 30 rows of a code, a text, and numbers that end at one edge.
ROWS = "\n".join(
    f"XS{1000 + 37 * k}   Wood Tray w/ Handles{', Natural' * (k % 3)}".ljust(60)
    + f"{k % 12:>4}  each  {7.5 + k:>8.2f}  {(k % 12) * (7.5 + k):>9.2f}"
    for k in range(30)
)


def page_of(words: Iterable[PlainWord]) -> Page:
    return Page(1, 612.0, 792.0, list(map(Word._make, words)))


def texts_of(page: PageLines) -> list[str]:
    return [line.text for line in page.lines]


def turned(words: Iterable[Word], degrees: float, *, around: bool = True) -> list[Word]:
    """Words of a page that is turned about its middle, with upright boxes around them.

    Without ``around`` the letters stay upright, and only their places are turned.
    """
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    found = []
    for text, x0, top, x1, bottom in words:
        x, y = (x0 + x1) / 2 - 306, (top + bottom) / 2 - 396
        x, y = 306 + x * cos - y * sin, 396 + x * sin + y * cos
        wide, high = x1 - x0, bottom - top
        if around:
            wide, high = wide * cos + high * abs(sin), wide * abs(sin) + high * cos
        found.append(Word(text, x - wide / 2, y - high / 2, x + wide / 2, y + high / 2))
    return found


@given(st.lists(apart, max_size=40))
def test_lines_are_those_of_a_plain_reading_of_the_words(found: list[Word]) -> None:
    """A slow reading that says in a few words what lines are, without superscripts."""
    found = [word._replace(text=f"{word.text}{k}") for k, word in enumerate(found)]
    lines: list[list[Word]] = []
    start = height = 0.0
    for bottom, row in itertools.groupby(sorted(found, key=itemgetter(4)), key=itemgetter(4)):
        level = list(row)
        own = max(word.bottom - word.top for word in level)
        if lines and bottom - start <= 0.38 * min(height, own):
            lines[-1] += level
        else:
            lines.append(level)
            start, height = bottom, own
    expected = [sorted(word.text for word in line) for line in lines]
    assert [sorted(word[0] for word in line.words) for line in group_lines(found)] == expected


@pytest.mark.parametrize("around", [True, False], ids=["turned letters", "upright letters"])
@pytest.mark.parametrize("degrees", [0.3, -0.4, 1.0, -2.0, 3.5, 5.0, -5.0])
def test_a_page_that_is_turned_a_little_has_the_lines_of_the_straight_one(
    degrees: float, around: bool
) -> None:
    straight = words_of(ROWS, pitch=16)
    drawn = turned(straight, degrees, around=around)
    random.Random(1).shuffle(drawn)
    found, expected = lines_of(page_of(drawn)), lines_of(page_of(straight))
    assert texts_of(found) == texts_of(expected)
    for line, other in zip(found.lines, expected.lines, strict=True):
        for word, same in zip(line.words, other.words, strict=True):
            assert word[1:] == pytest.approx(same[1:], abs=0.2)


@pytest.mark.parametrize("degrees", [0.3, -2.0, 5.0])
def test_boxes_that_are_not_exact_tell_the_angle_as_well(degrees: float) -> None:
    """As a service gives them: heights differ, places are off by a little."""
    chance = random.Random(2)
    straight = words_of(ROWS, pitch=16)
    shaken = [
        word._replace(
            top=word.top + chance.gauss(0, 0.3), bottom=word.bottom + chance.gauss(0, 0.3)
        )
        for word in turned(straight, degrees)
    ]
    assert texts_of(lines_of(page_of(shaken))) == texts_of(lines_of(page_of(straight)))


def test_a_straight_page_of_boxes_that_are_not_exact_stays_as_it_is() -> None:
    chance = random.Random(3)
    shaken = [
        word._replace(
            top=word.top + chance.gauss(0, 0.3), bottom=word.bottom + chance.gauss(0, 0.3)
        )
        for word in words_of(ROWS, pitch=16)
    ]
    found = {word for line in lines_of(page_of(shaken)).lines for word in line.words}
    assert found == set(shaken)


def test_values_that_stand_a_little_lower_than_their_labels_turn_no_page() -> None:
    found = [
        Word(text, x0, 20.0 * k + down, x0 + 40, 20.0 * k + down + 8)
        for k in range(20)
        for text, x0, down in ((f"label{k}", 40.0, 0.1 * (k % 3)), (f"value{k}", 110.0, 1.5))
    ]
    lines = lines_of(page_of(found)).lines
    assert {word for line in lines for word in line.words} == set(found)


def test_words_of_a_turned_page_that_were_torn_are_whole() -> None:
    """Of letters that are placed one by one, engines make words of their own."""
    straight = words_of(ROWS, pitch=16)
    torn = []
    for word in straight:
        if word.text == "Handles":
            middle = word.x0 + 4.0
            torn += [
                word._replace(text="H", x1=middle),
                word._replace(text="andles", x0=middle),
            ]
        else:
            torn.append(word)
    found = lines_of(page_of(turned(torn, 2.0)))
    assert texts_of(found) == texts_of(lines_of(page_of(straight)))


def test_words_printed_sideways_stand_on_no_line_and_are_told() -> None:
    upright = words_of(ROWS, pitch=16)
    stub = [  # runs up the left margin; the short words are told by those around them
        Word("REMITTANCE", 6, 400, 16, 458),
        Word("9", 6, 390, 16, 395),
        Word("of", 6, 378, 16, 386),
        Word("191009999990", 6, 310, 16, 370),
    ]
    found = lines_of(page_of([*upright[:40], *stub, *upright[40:]]))
    assert texts_of(found) == texts_of(lines_of(page_of(upright)))
    assert found.ignored == (Ignored("printed sideways", 4, "REMITTANCE"),)


def test_a_tall_heading_is_not_printed_sideways() -> None:
    heading = Word("illi", 20, 2, 36, 22)
    found = lines_of(page_of([heading, *words_of(ROWS, pitch=16)]))
    assert found.lines[0].text == "illi"
    assert found.ignored == ()


def test_giant_words_are_told() -> None:
    found = lines_of(page_of([*words_of(ROWS, pitch=16), Word("COPY", 100, 20, 500, 75)]))
    assert found.ignored == (Ignored("far taller than the rest", 1, "COPY"),)


def test_raised_figures_stand_on_the_line_of_those_they_touch() -> None:
    found = [
        Word("XS9482", 20, 90, 50, 100),
        Word("7", 80, 90, 85, 100),
        Word("50", 85.2, 88.5, 91, 94.5),
        Word("2", 120, 90, 125, 100),
        Word("3", 125.1, 96, 128, 102),
    ]
    assert texts(group_lines(found)) == ["XS9482 7 50 2 3"]


def test_small_lines_beside_a_tall_heading_stay_lines_of_their_own() -> None:
    found = [
        Word("Creative", 20, 80, 120, 100),
        Word("ORDER", 180, 80, 210, 88),
        Word("NO:", 212, 80, 225, 88),
        Word("DATE:", 211, 91, 230, 99),
    ]
    assert texts(group_lines(found)) == ["ORDER NO:", "Creative DATE:"]
