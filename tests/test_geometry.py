"""Words are gathered into lines and cells by their places alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.geometry import Line, group_lines, segments
from perfkit.model import Word
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


def texts(lines: list[Line]) -> list[str]:
    return [line.text for line in lines]


@given(st.lists(words, max_size=40))
def test_every_word_of_usual_height_stands_on_exactly_one_line(found: list[Word]) -> None:
    found = [word._replace(text=f"{word.text}{k}") for k, word in enumerate(found)]
    lines = group_lines(found)
    assert sorted(word for line in lines for word in line.words) == sorted(found)


@given(st.lists(words, max_size=40))
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
