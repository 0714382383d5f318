"""What a page's markup costs a parser: bounds that a hostile page meets at once."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archiver.documents.burden import (
    MAX_ATTRIBUTES,
    MAX_COPIES,
    MAX_DEPTH,
    MAX_MARKUP,
    MAX_ROOTS,
    MAX_STEPS,
    MAX_TAGS,
    is_too_much,
)
from archiver.text import extract

MANY = 400_000
ATTRIBUTES = " ".join(f"a{place}" for place in range(MAX_ATTRIBUTES + 1))
FONTS = "".join(f"<font a{place}>" for place in range(500))
QUICK = 30  # seconds on a busy machine; a parser would take minutes, and memory

HOSTILE = {
    "longer than is read": "x" * (MAX_MARKUP + 1),
    "more tags than are read": "<p>" * (MAX_TAGS + 1),
    "deep": "<div>" * (MAX_DEPTH + 1),
    "deep, with ends of nothing between": "<div></x>" * (MAX_DEPTH + 1),
    "deep, by names that nobody has": "<a&>" * 50_000,
    "deep, in a drawing that is over": "<svg><p>" + "<g/>" * (MAX_DEPTH + 1),
    "deep, with what only looks ended": "<svg>" + "<g a=/>" * (MAX_DEPTH + 1),
    "wide below a deep place": "<div>" * 9000 + "</p>" * (MAX_STEPS // 9000 + 1),
    "lists in lists": "<ul><li>" * 4000 + "<li>x" * (MAX_STEPS // 4000),
    "a tag of too many attributes": f"<p {ATTRIBUTES}>",
    "and one between quotes": f'<p b="\'" {ATTRIBUTES} c=\'">',
    "and one behind a script": f'<script>a<b x="</script><p {ATTRIBUTES} ">',
    "and one in a style of a drawing": f"<svg><style><p a='</style>' {ATTRIBUTES}>",
    "attributes that all go to the body": "".join(
        f"<body a{place}>" for place in range(MAX_ROOTS + 1)
    ),
    "formatting that each paragraph opens again": (
        f"<p>{FONTS}</p>" + "<p>x</p>" * (MAX_COPIES // 500)
    ),
    "tags within tags": "<b x='" * MANY + '<b x="' * MANY,
    "values that never end": "<b x=" + "<b/x=" * MANY,
}
HONEST = {
    "icons": "<svg viewBox='0 0 1 1'><path d='M0'/><g><circle r=1 /></g></svg>"
    * 20_000,
    "anchors that nobody closed": "<a name=x><p>words" * 20_000,
    "bold that nobody closed": "<b>words<p>" * 9000,
    "line ends in capitals": "<BR>words" * 90_000,
    "links in lists": "<ul><li><a href='/x'><b>a</b></a></ul>" * 40_000,
    "a script with comparisons": "<script>"
    + "if(a<b&&c>d){e/f}" * 30_000
    + "</script>",
    "many attributes": "<p " + " ".join(f"a{n}=1" for n in range(MAX_ATTRIBUTES)) + ">",
    "a long address": f"<img src='data:image/png;base64,{'A/' * 1_000_000}'>",
    "words": "a < b, and b > c. " * 90_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_told_from_its_characters_and_at_once(name):
    began = time.process_time()
    assert is_too_much(HOSTILE[name])
    assert time.process_time() - began < QUICK


def test_what_is_too_much_has_no_text_layer():
    page = HOSTILE["a tag of too many attributes"].encode()
    assert extract(page, "text/html", "utf-8") is None


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_page_is_read_however_it_is_written(name):
    assert not is_too_much(HONEST[name])


def test_the_same_formatting_counts_as_often_as_a_parser_opens_it_again():
    page = "<b>" * 400 + "<p>x</p>" * 9000
    assert not is_too_much(page)
    assert len(LexborHTMLParser(page).css("b")) < MAX_COPIES


@given(st.text("<>/ ='\"abdfnopsv!-\n", max_size=200))
def test_any_markup_is_counted(markup):
    assert not is_too_much(markup)
