"""Where pdfium's words begin and end, also where it sets no space, or one too many."""

from __future__ import annotations

import array
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.engines._pdfium_words import (
    are_torn,
    ends_of_words,
    has_gaps,
    have_steps,
    join_parted,
    long_words,
    look_over,
    place_words,
    words_of_characters,
)
from perfkit.engines._spaced_letters import join_spaced
from perfkit.model import Word

HYPHENS = "\ufffe\x02"
texts_of_pages = st.text("ab1-\u00e9\u4e00 \t\r\n\u00a0\ufffe\x02", max_size=30)


def row(*placed: tuple[str, float, float], top: float = 0.0, size: float = 10.0) -> list[Word]:
    """Words on one line, given as (text, left edge, right edge)."""
    return [Word(text, x0, top, x1, top + size) for text, x0, x1 in placed]


def letters(text: str, gap: float = 0.5, width: float = 5.0) -> list[Word]:
    """The characters of a text as they stand on a line, spaces left out."""
    step = width + gap
    return [
        Word(character, k * step, 0, k * step + width, 10)
        for k, character in enumerate(text)
        if character != " "
    ]


def texts(words: list[Word]) -> list[str]:
    return [word.text for word in words]


@pytest.mark.parametrize(
    ("text", "words", "ends"),
    [
        ("", [], []),
        ("   ", [], []),
        ("one", ["one"], [0, 2]),
        (" one  two ", ["one", "two"], [1, 3, 6, 8]),
        ("one\r\ntwo", ["one", "two"], [0, 2, 5, 7]),
        ("a\u00a0b", ["a", "b"], [0, 0, 2, 2]),
        ("24\u00a0 each", ["24", "each"], [0, 1, 4, 7]),
        ("hand\ufffemade one", ["hand-", "made", "one"], [0, 4, 5, 8, 10, 12]),
        ("hand\x02made", ["hand-", "made"], [0, 4, 5, 8]),
        ("hand\ufffe", ["hand-"], [0, 4]),
    ],
)
def test_words_are_told_from_the_text_with_their_first_and_last_character(
    text: str, words: list[str], ends: list[int]
) -> None:
    assert ends_of_words(text) == (words, ends)


@given(texts_of_pages)
def test_words_are_runs_without_space_that_end_behind_a_line_end_hyphen(text: str) -> None:
    plain = [  # a run is cut behind each of its hyphens
        (run.start() + cut.start(), cut[0])
        for run in re.finditer(r"\S+", text)
        for cut in re.finditer(f"[^{HYPHENS}]*[{HYPHENS}]|[^{HYPHENS}]+", run[0])
    ]
    words, ends = ends_of_words(text)
    assert list(zip(ends[::2], ends[1::2], strict=True)) == [
        (start, start + len(word) - 1) for start, word in plain
    ]
    assert words == [re.sub(f"[{HYPHENS}]", "-", word) for _, word in plain]


@pytest.mark.parametrize(
    ("word", "glued"),
    [
        (("each", 0, 20), False),
        (("i", 0, 2), False),
        (("WWWW", 0, 33), False),
        (("eachSet", 0, 200), True),
        (("12345678", 0, 4), True),
        (("abc", 50, 10), True),
    ],
)
def test_a_word_too_wide_or_narrow_for_its_letters_looks_glued(
    word: tuple[str, float, float], glued: bool
) -> None:
    assert look_over(row(("usual", 0, 25), word)).glued is glued


edges = st.floats(-20, 60, width=32)


@given(
    st.lists(st.tuples(st.sampled_from(["W", "of", "each", "12345678"]), edges, edges), max_size=4)
)
def test_words_look_glued_by_their_width_and_height_alone(
    placed: list[tuple[str, float, float]],
) -> None:
    def is_glued(word: Word) -> bool:
        share = (word.x1 - word.x0) / (word.bottom - word.top)
        letters = len(word.text)
        return letters > 1 and (share > 0.85 * letters or share < 0.15 * (letters - 2))

    words = row(*placed)
    assert look_over(words).glued is any(map(is_glued, words))


def test_a_word_of_one_letter_or_without_height_never_looks_glued() -> None:
    assert not look_over([Word("W", 0, 0, 90, 10), Word("flat", 0, 5, 90, 5)]).glued


def test_characters_close_together_are_words() -> None:
    text = "6 Metal Shoe"
    places = [k for k, character in enumerate(text) if character != " "]
    words = words_of_characters(letters(text), places)
    assert texts(words) == ["6", "Metal", "Shoe"]
    assert (words[1].x0, words[1].x1) == (11.0, 11.0 + 4 * 5.5 + 5)


def test_glued_words_are_parted_where_their_characters_stand_apart() -> None:
    """pdfium sets no space between cells that are drawn far apart."""
    characters = [
        *letters("24"),
        *(c._replace(x0=c.x0 + 90, x1=c.x1 + 90) for c in letters("each")),
    ]
    assert texts(words_of_characters(characters, list(range(6)))) == ["24", "each"]


def test_glued_words_are_parted_where_the_second_stands_left_of_the_first() -> None:
    characters = [
        *(c._replace(x0=c.x0 + 90, x1=c.x1 + 90) for c in letters("24")),
        *letters("each"),
    ]
    assert texts(words_of_characters(characters, list(range(6)))) == ["24", "each"]


def test_glued_words_are_parted_where_the_line_changes() -> None:
    lower = [c._replace(x0=c.x0 + 11, x1=c.x1 + 11, top=12, bottom=22) for c in letters("be")]
    assert texts(words_of_characters([*letters("ab"), *lower], list(range(4)))) == ["ab", "be"]


def test_a_space_in_the_text_parts_words_however_close_they_stand() -> None:
    assert texts(words_of_characters(letters("abcd"), [0, 1, 3, 4])) == ["ab", "cd"]


@pytest.mark.parametrize("hyphen", HYPHENS)
def test_a_line_end_hyphen_ends_its_word_and_is_written_as_one(hyphen: str) -> None:
    assert texts(words_of_characters(letters(f"ab{hyphen}cd"), list(range(5)))) == ["ab-", "cd"]


def test_no_characters_are_no_words() -> None:
    assert words_of_characters([], []) == []
    assert join_parted([]) == []


@given(st.text("abcdefg \ufffe", min_size=1, max_size=20), st.floats(0, 8))
def test_no_character_is_lost_whatever_the_gaps(text: str, gap: float) -> None:
    places = [k for k, character in enumerate(text) if character != " "]
    words = words_of_characters(letters(text, gap=gap), places)
    assert "".join(texts(words)) == text.replace(" ", "").replace("\ufffe", "-")


def test_a_word_parted_at_a_ligature_is_joined() -> None:
    parted = row(("Re", 0, 10), ("fill", 10.2, 22), ("Set", 30, 40))
    assert look_over(parted).parted
    joined = join_parted(parted)
    assert texts(joined) == ["Refill", "Set"]
    assert (joined[0].x0, joined[0].x1) == (0, 22)


def test_a_word_parted_twice_is_joined_whole() -> None:
    assert texts(join_parted(row(("of", 0, 8), ("fi", 8, 14), ("ce", 14.1, 24)))) == ["office"]


def test_letters_drawn_over_each_other_by_kerning_are_joined() -> None:
    assert texts(join_parted(row(("V", 0, 7), ("A", 5, 12)))) == ["VA"]


@pytest.mark.parametrize(
    "words",
    [
        row(("Wood", 0, 20), ("Shoe", 22.5, 40)),
        [*row(("over", 0, 20)), *row(("under", 20, 40), top=12)],
        row(("right", 50, 70), ("left", 0, 50.2)),
        row(("far", 50, 70), ("back", 0, 20)),
    ],
    ids=["a space apart", "on two lines", "from right to left", "far back"],
)
def test_words_that_stand_apart_are_not_joined(words: list[Word]) -> None:
    assert join_parted(words) == words


@pytest.mark.parametrize(
    "words",
    [
        [],
        row(("Wood", 0, 20), ("Shoe", 22.5, 40)),
        [*row(("over", 0, 20)), *row(("under", 20, 40), top=12)],
        row(("far", 50, 70), ("back", 0, 20)),
    ],
    ids=["no words", "a space apart", "on two lines", "far back"],
)
def test_words_that_stand_apart_do_not_look_parted(words: list[Word]) -> None:
    assert not look_over(words).parted


pairs = st.lists(
    st.tuples(st.floats(0, 90), st.floats(0, 40), st.sampled_from([0.0, 2.0, 12.0])), max_size=8
).map(lambda found: [Word("ab", x0, top, x0 + wide + 1, top + 10) for x0, wide, top in found])


@given(pairs)
def test_what_is_joined_was_seen_by_the_quick_look(words: list[Word]) -> None:
    """In the usual height of 10 points; the quick look only spares the exact one."""
    if len(join_parted(words)) < len(words):
        assert look_over(words).parted


BOX = (0.0, 792.0, 612.0, 0.0)
#: Left, top, right and bottom of a word's first and of its last character, in pdfium's axes.
UPRIGHT = (100.0, 700.0, 105.0, 690.0, 120.0, 700.0, 125.0, 690.0)


def placed(
    corners: tuple[float, ...],
    box: tuple[float, float, float, float] = BOX,
    turns: int = 0,
    words: tuple[str, ...] = ("word",),
) -> list[Word]:
    found = place_words(list(words), array.array("f", corners), box, turns)
    return list(map(Word._make, found))


def test_a_word_stands_where_its_first_and_last_characters_do() -> None:
    assert placed(UPRIGHT) == [Word("word", 100, 92, 125, 102)]


def test_a_words_place_is_counted_from_the_corner_of_its_page() -> None:
    assert placed(UPRIGHT, (50.0, 742.0, 562.0, -50.0)) == [Word("word", 50, 42, 75, 52)]


@pytest.mark.parametrize("apart", [0.0, 2.5], ids=["set tight", "set apart"])
def test_where_no_space_is_to_be_believed_wider_gaps_than_usual_part_words(apart: float) -> None:
    """Of a page that it takes for vertical pdfium gives every letter a line of its own."""
    characters, x0 = [], 0.0
    for letter in "Cast Metal Bowl":
        if letter != " ":
            characters.append(Word(letter, x0, 0.0, x0 + 4.0, 8.0))
        x0 += apart + (1.8 if letter == " " else 4.0)
    assert texts(words_of_characters(characters, None)) == ["Cast", "Metal", "Bowl"]


def test_words_of_single_letters_are_torn_and_rows_of_single_digits_are_not() -> None:
    assert are_torn([*"CastMetal", "12", "each"])
    assert not are_torn(["Cast", "Metal", *"1240012", "each", "w/", "&"])


def turned(turns: int) -> tuple[tuple[float, ...], tuple[float, float, float, float]]:
    """The upright word's corners on paper that has to be turned clockwise so often."""
    width, height = BOX[2], BOX[1]

    def corner(x: float, down: float) -> tuple[float, float]:
        """Where a reader's point stands on the unturned paper, y upwards."""
        return {
            1: (down, x),
            2: (width - x, down),
            3: (height - down, width - x),
        }[turns]

    flat: list[float] = []
    for x0, x1 in ((100, 105), (120, 125)):
        one, other = corner(x0, 92), corner(x1, 102)
        left, right = sorted((one[0], other[0]))
        bottom, top = sorted((one[1], other[1]))
        flat += (left, top, right, bottom)
    box = (0.0, width, height, 0.0) if turns % 2 else BOX
    return tuple(flat), box


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_word_of_a_turned_page_stands_where_a_reader_sees_it(turns: int) -> None:
    corners, box = turned(turns)
    assert placed(corners, box, turns) == [Word("word", 100, 92, 125, 102)]


def test_several_words_keep_their_order_and_texts() -> None:
    second = tuple(edge + 40 if k % 2 == 0 else edge for k, edge in enumerate(UPRIGHT))
    words = placed((*UPRIGHT, *second), words=("one", "two"))
    assert [(word.text, word.x0) for word in words] == [("one", 100), ("two", 140)]
    assert all(isinstance(word, Word) for word in words)


def test_no_words_have_no_places() -> None:
    assert placed((), words=()) == []


def test_words_that_are_set_apart_without_a_space_are_parted_by_their_gap() -> None:
    """As programs do that have no space character; letters that touch tell the gap of a word."""
    characters = [*letters("Handles,", gap=0.0), *letters("Antique", gap=-0.4)]
    shifted = [c._replace(x0=c.x0 + 42.5, x1=c.x1 + 42.5) for c in characters[8:]]
    found = words_of_characters([*characters[:8], *shifted], list(range(15)))
    assert texts(found) == ["Handles,", "Antique"]


def test_a_heading_whose_letters_are_set_apart_is_one_word() -> None:
    assert texts(words_of_characters(letters("QUANTITY", gap=2.5), list(range(8)))) == ["QUANTITY"]


@pytest.mark.parametrize("up", [True, False], ids=["up the page", "down the page"])
def test_letters_that_lie_on_their_side_are_words_too(up: bool) -> None:
    """Each stands over the next one, and is wider than high: as wide as its font is high."""
    characters = []
    for k, letter in enumerate("STUB XS99"):
        y = 400.0 - 5 * k if up else 100.0 + 5 * k
        characters.append(Word(letter, 10.0, y, 20.0, y + 5))
    found = words_of_characters([*characters[:4], *characters[5:]], [0, 1, 2, 3, 5, 6, 7, 8])
    assert texts(found) == ["STUB", "XS99"]
    assert (found[0].bottom - found[0].top, found[0].x0, found[0].x1) == (20, 10, 20)


def test_raised_small_figures_are_a_word_of_their_own() -> None:
    characters = [
        Word("4", 0, 0, 5, 10), Word("8", 5, 0, 10, 10),
        Word("0", 10, -1, 13, 5), Word("0", 13, -1, 16, 5),
    ]  # fmt: skip
    assert texts(words_of_characters(characters, [0, 1, 2, 3])) == ["48", "00"]


def test_some_long_words_with_letters_are_looked_at() -> None:
    text = "CreativeCo-Op a bc USA 191009700777"
    words, ends = ends_of_words(text)
    assert list(long_words(text, words, ends)) == [[16, 17], [19, 20, 21], list(range(13))]


def test_no_word_is_looked_at_where_words_are_as_short_as_usual() -> None:
    text = "Creative Co-Op a bc"
    assert list(long_words(text, *ends_of_words(text))) == []


def flat(*boxes: tuple[float, float, float, float]) -> array.array[float]:
    return array.array("f", [edge for box in boxes for edge in box])


@pytest.mark.parametrize(
    ("second", "gaps"),
    [
        ((5.0, 10.0, 11.0, 0.0), False),
        ((7.5, 10.0, 12.5, 0.0), True),
        ((90.0, 10.0, 95.0, 0.0), False),
        ((0.0, -2.0, 5.0, -12.0), False),
    ],
    ids=["touch", "a space apart", "cells", "the next line"],
)
def test_a_gap_between_two_letters_is_seen(
    second: tuple[float, float, float, float], gaps: bool
) -> None:
    assert has_gaps(flat((0.0, 10.0, 5.0, 0.0), second)) is gaps


@pytest.mark.parametrize(
    ("last", "steps"),
    [
        ((20.0, 10.0, 25.0, 0.0), False),
        ((20.0, 10.4, 25.0, 0.1), False),
        ((20.0, 30.0, 25.0, 20.0), True),
        ((20.0, 11.0, 23.0, 5.0), True),
    ],
    ids=["level", "another font", "another line", "raised and small"],
)
def test_a_word_that_ends_elsewhere_than_it_starts_is_looked_at(
    last: tuple[float, float, float, float], steps: bool
) -> None:
    assert have_steps(flat((0.0, 10.0, 5.0, 0.0), last)) is steps


def test_a_word_that_ends_higher_than_it_starts_has_a_box_around_all_of_it() -> None:
    ends_higher = (100.0, 700.0, 105.0, 690.0, 120.0, 703.0, 125.0, 693.0)
    assert placed(ends_higher) == [Word("word", 100, 89, 125, 102)]


def test_letters_of_a_heading_that_are_set_apart_are_words() -> None:
    drawn = [
        *(Word(letter, 8.0 * k, 0, 8.0 * k + 6, 10) for k, letter in enumerate("LIST")),
        *(Word(letter, 60 + 8.0 * k, 0, 66 + 8.0 * k, 10) for k, letter in enumerate("PRICE")),
        *(Word(letter, 9.0 * k, 100, 9.0 * k + 6, 110) for k, letter in enumerate("SML")),
    ]
    found = [word.text for word in join_spaced(drawn)]
    assert found == ["LIST", "PRICE", "S", "M", "L"]
