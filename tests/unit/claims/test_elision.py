"""Names that must not be published are found, and nothing else is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.elision import MARK, Elider

NAMES = ("Maria Petrova", "Мария Петрова", "Петрова", "王小明", "Ann", "Abd al-Rahman")
ELIDER = Elider(NAMES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("said Maria Petrova today", "said ▒▒▒▒▒▒▒▒▒▒▒▒▒ today"),
        ("MARIA  PETROVA", "▒" * 14),
        ("Mariá\u00a0Petrová", "▒" * 13),
        ("Ma\u00adria Petro\u200bva", "▒" * 15),
        ("by Maria\nPetrova's mother", "by ▒▒▒▒▒▒▒▒▒▒▒▒▒'s mother"),
        ("Марии Петровой", "Марии Петровой"),
        ("видели Петрову", "видели Петрову"),
        ("с Петровами", "с ▒▒▒▒▒▒▒▒▒"),
        ("他是王小明先生", "他是▒▒▒先生"),
        ("Ann and Annual, Joann", "▒▒▒ and Annual, Joann"),
        ("Abd al Rahman; Abd-al-Rahman", "▒▒▒▒▒▒▒▒▒▒▒▒▒; ▒▒▒▒▒▒▒▒▒▒▒▒▒"),
        ("nobody here", "nobody here"),
        ("", ""),
    ],
)
def test_a_name_is_taken_out_however_it_is_written(text, expected):
    assert ELIDER.elide(text) == expected
    assert ELIDER.is_named_in(text) is (expected != text)


def test_both_spellings_of_a_composed_letter_are_found():
    elider = Elider(["José Ñandú"])
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, "José Ñandú")
        assert elider.elide(text) == MARK * len(text)


def test_every_string_of_a_nested_value_is_cleaned_and_nothing_else():
    value = {"Ann": ["Ann", ("x Ann",)], "n": 3, "none": None, "flag": True}
    assert ELIDER.clean(value) == {
        "▒▒▒": ["▒▒▒", ["x ▒▒▒"]],
        "n": 3,
        "none": None,
        "flag": True,
    }


def test_without_names_every_text_stays_as_it_is():
    assert Elider([]).elide("Maria Petrova") == "Maria Petrova"
    assert Elider(["", " - "]).elide("a - b") == "a - b"


WORDS = st.text(alphabet="abcé Я王-\u00ad", max_size=12)


@given(WORDS, WORDS, st.sampled_from(NAMES))
def test_a_name_between_spaces_never_survives_and_the_length_stays(before, after, name):
    text = f"{before} {name} {after}"
    elided = ELIDER.elide(text)
    assert len(elided) == len(text)
    assert elided[len(before) + 1 :][: len(name)] == MARK * len(name)
    assert not ELIDER.is_named_in(elided)
