"""A line as it looks, from left to right, becomes the line as it is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.documents.visualorder import has_right_to_left, to_logical


@pytest.mark.parametrize(
    ("looks", "reads"),
    [
        ("", ""),
        ("Quai fermé, 12:30.", "Quai fermé, 12:30."),
        ("םולש", "שלום"),
        (".2026 רבוטקוא", "אוקטובר 2026."),
        ("12:30 העשב", "בשעה 12:30"),
        ("רראורבפב 2־ב", "ב־2 בפברוארר"),
        ("5 - 3 ןיב", "בין 3 - 5"),
        ("5- תולעמ", "מעלות -5"),
        ("Pier 2 לא ךלה", "הלך אל Pier 2"),
        ("They said םולש תוארתהל at once", "They said להתראות שלום at once"),
        ("all אב 2 גד but", "all דג 2 בא but"),
        ("ליגב 25", "25 בגיל"),
        ("٢٠٢٦ طابش ٢ يف", "في ٢ شباط ٢٠٢٦"),
        ("01-02 ماع", "عام 02-01"),
        ("2/2 ماع", "عام 2/2"),
    ],
)
def test_letters_that_are_read_to_the_left_are_turned_round(looks, reads):
    assert "".join(to_logical(list(looks))) == reads


def test_letters_that_are_drawn_as_one_stay_as_they_are():
    assert to_logical(["م", "لا", "س"]) == ["س", "لا", "م"]
    assert to_logical(["ب", "12"]) == ["12", "ب"]


@pytest.mark.parametrize(
    ("text", "found"),
    [("שלום", True), ("a ب", True), ("abc 123 ٢", False), ("", False), ("Ж", False)],
)
def test_a_line_with_letters_read_to_the_left_is_known(text, found):
    assert has_right_to_left(text) is found


@given(st.lists(st.sampled_from(list("abאבגب12٢.,:- +\u200f()")), max_size=30))
def test_no_letter_is_lost_or_made(glyphs):
    assert sorted(to_logical(glyphs)) == sorted(glyphs)


@given(st.text(max_size=30).filter(lambda text: not has_right_to_left(text)))
def test_a_line_without_such_letters_stays_as_it_is(text):
    assert to_logical(list(text)) == list(text) or not any(map(str.isalpha, text))
