"""What a page's own markup hides, or sets apart as somebody else's words."""

import time

import pytest

from archiver.appearance import MOST_STYLED, read_appearance
from archiver.documents.burden import MAX_DEPTH
from archiver.text import extract_html

SHEET = """<style>/* .ok { display: none } */ @import "x.css";
@media print { p { display: none } } .gone, .off { DISPLAY : NONE } .ok { opacity: 0.5 }
.menu:hover { display: none } b[x=] { display: none } #faint { opacity : 0 }</style>"""


def appear(markup):
    return read_appearance(f"<!doctype html>{markup}".encode(), "utf-8")


@pytest.mark.parametrize(
    "markup",
    [
        "<p hidden>The words.",
        "<div hidden><p>The <b>words</b>.</div>",
        '<p style="display:none">The words.',
        '<p style="color: red; VISIBILITY : Hidden">The words.',
        '<p style="opacity: 0.0">The words.',
        '<p style="font-size:0px">The words.',
        '<p style="color:transparent">The words.',
        '<p style="position:absolute;left:-9999px">The words.',
        '<p style="text-indent: -10000em">The words.',
        '<p style="clip: rect(0, 0, 0, 0)">The words.',
        "<dialog>The words.</dialog>",
        "<div><noscript>The words.</noscript></div>",
        f"{SHEET}<p class=off>The words.",
        f"{SHEET}<p id=faint>The words.",
    ],
)
def test_what_the_markup_hides_is_not_shown(markup):
    found = appear(f"{markup}</p></div></dialog><p>Others.")
    assert (found.whole, found.shown) == ("The words.\n\nOthers.", "Others.")


@pytest.mark.parametrize(
    "markup",
    [
        "<p>The words.",
        '<p style="opacity:0.5; font-size: 0.9em; top: -10px">The words.',
        '<p style="display:block" title="display:none">The words.',
        '<p aria-hidden="true">The words.',  # hidden from those who do not see alone
        "<dialog open>The words.</dialog>",
        f"{SHEET}<p class='ok menu'>The words.",
        f"<style>{'i { opacity: 0 } ' * 200}p {{ opacity: 0 }}</style><p>The words.",
        f"{SHEET}<p class=off>The words.<p>{'x' * MOST_STYLED}",
    ],
)
def test_what_is_not_known_to_be_hidden_is_shown(markup):
    found = appear(markup)
    assert found.shown == found.own == found.whole
    assert found.whole.startswith("The words.")


def test_a_quotation_is_not_the_pages_own():
    found = appear("<p>He said <q>no</q>.<blockquote><p>Their words.</blockquote>")
    assert found.shown == "He said no.\n\nTheir words."
    assert found.own == "He said ."


def test_the_whole_is_what_quotes_anchor_in():
    page = f"<!doctype html><title>T</title>{SHEET}<h1>H</h1><p hidden>a<p>b".encode()
    assert read_appearance(page, "utf-8").whole == extract_html(page, "utf-8").text


@pytest.mark.parametrize(
    "sheet", ["/*", "a", "a{", "@", "@media{", "@media{a{b}", "}", "; ", "a{}", "/"]
)
def test_a_sheet_takes_no_square_of_time(sheet):
    before = time.process_time()
    found = appear(f"<style>{sheet * 300_000}</style><p>The words.")
    assert found.shown == "The words."
    assert time.process_time() - before < 5


def test_what_has_no_layer_has_no_appearance():
    assert appear("<b>" * (MAX_DEPTH + 1)) is None
