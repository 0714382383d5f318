"""Codes in plain words, and what may stand in an attribute of a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import words
from claims.ceilings import STRENGTHS


def test_every_strength_has_its_words():
    assert tuple(words.STRENGTHS) == STRENGTHS == tuple(words.NEEDS)


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("fr", "French"),
        ("zh-Hans", "Chinese"),
        ("und", "a language that nobody states"),
        ("xx", "xx"),
    ],
)
def test_languages_have_their_english_names(tag, name):
    assert words.language(tag) == name


@pytest.mark.parametrize(
    ("tag", "direction"),
    [
        ("ar", "rtl"),
        ("fa-IR", "rtl"),
        ("ur-Arab-PK", "rtl"),
        ("kk-Arab", "rtl"),
        ("uz-Latn", "ltr"),
        ("ar-Latn", "ltr"),
        ("fr", "ltr"),
        (None, "auto"),
        ("", "auto"),
        ("<script>", "auto"),
    ],
)
def test_a_language_is_written_in_its_direction(tag, direction):
    assert words.direction(tag) == direction


@given(st.text())
def test_only_a_language_tag_stands_in_lang(text):
    assert words.language_tag(text) in (text, "und")
    assert words.language_tag('" onload=x') == "und"
    assert words.language_tag(None) == "und"


@pytest.mark.parametrize(
    ("address", "is_link"),
    [
        ("https://a.example/b?c#d", True),
        ("HTTP://A.EXAMPLE", True),
        ("javascript:alert(1)", False),
        ("https:javascript", False),
        ("https:///x", False),
        ("data:text/html,x", False),
        (" https://a.example", False),
        ("https://a.example/\n", False),
        ("https://a.example\\@b", False),
        ("ftp://a.example", False),
        (None, False),
        (7, False),
    ],
)
def test_only_an_address_of_the_web_is_made_a_link(address, is_link):
    assert words.is_web_address(address) is is_link


def test_an_address_is_shown_with_its_letters():
    shown = words.readable_address
    assert shown("https://a.example/%D0%91") == "https://a.example/Б"
    assert shown("https://a.example/%FF") == "https://a.example/%FF"
    assert shown("https://a.example/%20b") == "https://a.example/%20b"
    assert shown("https://a.example/%E2%80%AE") == "https://a.example/%E2%80%AE"


def test_only_the_first_letter_is_changed():
    assert words.capitalize_first("somebody says SO") == "Somebody says SO"
    assert words.capitalize_first("e1: what X said") == "e1: what X said"
    assert words.capitalize_first("https://a.example/ is shut") == (
        "https://a.example/ is shut"
    )
    assert words.capitalize_first("") == ""
    assert words.lower_first("One quote of WARC") == "one quote of WARC"


def test_json_is_laid_out_for_the_eye():
    assert words.pretty_json('{"a":["é"]}') == '{\n  "a": [\n    "é"\n  ]\n}'
    assert words.pretty_json({"a": 1}) == '{\n  "a": 1\n}'
    assert words.pretty_json("no json") == "no json"


def test_a_query_keeps_its_other_fields():
    fields = {"person": "person/x", "q": "a b"}
    assert words.query_with(fields, "page", 2) == "?person=person%2Fx&q=a+b&page=2"
    assert words.query_with(fields, "person", None) == "?q=a+b"
    assert words.query_with({}, "page", None) == ""


def test_context_that_was_cut_begins_and_ends_with_a_whole_word():
    assert words.context_before("usse de la ville ", cut=True) == "… de la ville "
    assert words.context_before("\nDe la ville ", cut=False) == "De la ville "
    assert words.context_before("没有空格", cut=True) == "…没有空格"
    assert words.context_after(" de la vil", cut=True) == " de la …"
    assert words.context_after(" de la ville\n", cut=False) == " de la ville"
    assert words.context_after("没有空格", cut=True) == "没有空格…"
    assert words.short_hash("0123456789abcdef") == "0123456789ab"
