"""Characters that a reader does not see."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.characters import find_invisible, name_character


@pytest.mark.parametrize(
    "character",
    [
        "\u202e",  # right-to-left override
        "\u2066",  # left-to-right isolate
        "\u061c",  # Arabic letter mark
        "\u200b",  # zero-width space
        "\u2060",  # word joiner
        "\ufeff",  # byte order mark
        "\u00ad",  # soft hyphen
        "\u034f",  # combining grapheme joiner
        "\u3164",  # Hangul filler
        "\ufe0f",  # variation selector
        "\U000e0041",  # tag letter
        "\x00",
        "\x85",
        "\u2028",
        "\ue000",  # private use
        "\u200d",  # between Latin letters it is no spelling
    ],
)
def test_a_character_that_nobody_sees_is_found(character):
    assert find_invisible(f"ab{character}cd") == 2


@pytest.mark.parametrize(
    "text",
    [
        "plain\ttext\r\nof two lines",
        "l’été « à » – … “x” 12 %",
        "Бажуков, Қазақстан, ё",
        "日本語、中文 한국어",
        "\u0600123 \u06dd",  # Arabic number signs are seen
        "می\u200cرود",  # Persian
        "क्\u200dष",  # Hindi
        "\U0001f600",
    ],
)
def test_what_is_seen_or_is_spelling_is_let_through(text):
    assert find_invisible(text) == -1


@pytest.mark.parametrize("text", ["\u200cمی", "می\u200c", "a\u200cم", "م\u200c "])
def test_a_joiner_at_the_edge_of_a_word_is_no_spelling(text):
    assert find_invisible(text) == text.index("\u200c")


def test_the_search_goes_on_from_a_place():
    assert find_invisible("\u200ba\u200b", 1) == 2


@given(st.text(max_size=30))
def test_what_is_found_is_never_a_letter_or_a_digit(text):
    place = find_invisible(text)
    assert place == -1 or unicodedata.category(text[place])[0] in "CZML"
    assert place == -1 or find_invisible(text[:place]) in (-1, place - 1)


def test_a_character_is_named_by_code_point_and_name():
    assert name_character("\u202e") == "U+202E (RIGHT-TO-LEFT OVERRIDE)"
    assert name_character("\x00") == "U+0000 (a control character)"
