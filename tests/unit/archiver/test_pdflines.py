"""Glyphs with places become words, lines and blocks."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.documents.pdflines import Glyph, text_blocks

SIZE = 10


def row(text, x=0.0, y=100.0, step=5.0, turn=0):
    """Draw each letter of ``text`` beside the last one, as wide as the step."""
    return [
        Glyph(letter, x + i * step, y, x + i * step + abs(step), y + SIZE, turn)
        for i, letter in enumerate(text)
    ]


def blocks(*rows):
    return list(text_blocks([glyph for each in rows for glyph in each]))


def test_a_page_without_glyphs_has_no_text():
    assert blocks() == []
    assert blocks(row("  "), row("\t", y=10)) == []


def test_glyphs_side_by_side_are_a_word():
    assert blocks(row("word")) == ["word"]


def test_a_gap_is_a_space_and_a_wide_one_ends_the_line():
    assert blocks(row("ab"), row("cd", x=11)) == ["abcd"]
    assert blocks(row("ab"), row("cd", x=12)) == ["ab cd"]
    assert blocks(row("ab"), row("cd", x=29)) == ["ab cd"]
    assert blocks(row("ab"), row("cd", x=31)) == ["ab", "cd"]


def test_a_space_that_is_set_is_not_set_again():
    assert blocks(row("ab "), row("cd", x=19)) == ["ab cd"]
    assert blocks(row("ab"), row(" cd", x=14)) == ["ab cd"]


def test_lines_close_below_each_other_are_one_block():
    assert blocks(row("one"), row("two", y=85), row("three", y=50)) == [
        "one\ntwo",
        "three",
    ]


def test_a_line_above_or_beside_begins_another_block():
    assert blocks(row("low", y=50), row("high", y=70)) == ["low", "high"]
    assert blocks(row("left"), row("right", x=200, y=85)) == ["left", "right"]


def test_columns_come_as_they_are_drawn():
    left = [row("a1", y=100), row("a2", y=88)]
    right = [row("b1", x=300, y=100), row("b2", x=300, y=88)]
    assert blocks(*left, *right) == ["a1\na2", "b1\nb2"]


def test_a_raised_letter_stays_in_its_line_and_a_footnote_does_not():
    raised = [Glyph("2", 10, 104, 13, 110)]
    assert blocks(row("m5"), raised) == ["m5²"]
    assert blocks(row("m5"), [Glyph("2", 10, 130, 13, 136)]) == ["m5", "2"]


def small(text, x, y, size=6.0):
    """Draw letters of another size, three wide."""
    return [Glyph(c, x + 3 * i, y, x + 3 * i + 3, y + size) for i, c in enumerate(text)]


@pytest.mark.parametrize(
    ("before", "marks", "behind", "said"),
    [
        ("2020", small("2", 20, 106), row(" on", x=23), "2020² on"),
        ("2020", small("1,2", 20, 106), [], "2020¹,²"),
        ("10", small("-9", 10, 106), [], "10⁻⁹"),
        ("H", small("2", 5, 98), row("O", x=8), "H₂O"),
        ("1", small("er", 5, 106), [], "1er"),
        ("2020", small("2a", 20, 106), [], "2020 2a"),
        ("word", small("2a", 20, 106), [], "word2a"),
        ("20", small("26", 10, 100.8), [], "2026"),  # small figures, on the line
        ("20", small("26", 10, 103, size=10), [], "2026"),  # a line that is crooked
        ("in ", small("2", 15, 106), [], "in 2"),  # it stands on nothing
        ("2020", small("2", 22, 106), [], "2020 2"),
    ],
)
def test_a_number_that_is_raised_or_lowered_is_no_part_of_another(
    before, marks, behind, said
):
    assert blocks(row(before), marks, behind) == [said]


def test_a_space_on_which_the_next_letter_stands_is_none():
    drawn = [*row("un"), Glyph(" ", 10, 100, 15, 110), *row("ver", x=10)]
    assert blocks(drawn) == ["unver"]
    assert blocks(row("un ver")) == ["un ver"]


def test_words_that_are_turned_are_no_part_of_a_line():
    assert blocks(row("ab"), row("cd", x=10, turn=1)) == ["ab", "cd"]
    assert blocks(row("ab"), row("cd", y=88, turn=1)) == ["ab", "cd"]


def column(text, x=0.0, y=100.0, step=11.0):
    """Draw each letter of ``text`` under the last one."""
    return [
        Glyph(letter, x, y - i * step, x + SIZE, y - i * step + SIZE)
        for i, letter in enumerate(text)
    ]


def test_wide_letters_one_under_another_are_words_that_go_downwards():
    assert blocks(column("引き渡した。")) == ["引き渡した。"]
    two = blocks(column("月曜日の朝", x=50), column("警察は。", x=35))
    assert two == ["月曜日の朝\n警察は。"]
    sideways = [Glyph("26", -66.0, 0, -54.0, 10, 3)]
    assert blocks(column("西暦年の", y=100), sideways) == ["西暦年の26"]


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        (column("男女"), ["男\n女"]),  # too few to tell
        (column("男女男", step=20), ["男", "女", "男"]),  # rows of a table
        (column("abc"), ["a\nb\nc"]),
        (row("引き渡", step=10.0), ["引き渡"]),
        ([*row("引き", step=10.0), *row("渡し", y=88, step=10.0)], ["引き\n渡し"]),
        ([Glyph("引", 0, 100, 10, 110, 1), *column("き渡", y=89)], ["引", "き\n渡"]),
    ],
)
def test_letters_that_only_stand_in_lines_of_their_own_are_not_turned(drawn, said):
    assert blocks(drawn) == said


def test_words_that_look_as_drawn_are_put_in_the_order_of_reading():
    assert blocks(row("םולש 12")) == ["12 שלום"]
    assert blocks(row("שלום", step=-5.0)) == ["שלום"]
    assert blocks(row("ש")) == ["ש"]


def test_what_is_no_letter_does_not_come_out():
    assert blocks(row("a\x00b\x9fc\u00a0\u00add")) == ["a b c\u00a0\u00add"]
    assert blocks([Glyph("a\ud800", 0, 0, 5, 10)]) == ["a\N{REPLACEMENT CHARACTER}"]


ANY = st.floats() | st.integers(-50, 50).map(float)
GLYPHS = st.builds(
    Glyph, st.sampled_from(["a", "b", " ", "ש", "1"]), ANY, ANY, ANY, ANY, st.just(0)
)


@given(st.lists(GLYPHS, max_size=30))
def test_whatever_the_places_no_letter_is_lost(glyphs):
    found = blocks(glyphs)
    drawn = "".join(glyph.text for glyph in glyphs)
    words = normalize("NFKC", "".join(found))  # a raised number is its number
    assert sorted("".join(words.split())) == sorted("".join(drawn.split()))
    assert all(block.strip() for block in found)
    assert found == blocks(glyphs)
