"""A reader's way through the pages: by sight, keyboard, on paper, without scripts."""

import json
import urllib.request

import pytest

from tests.publication_harbour import HARBOUR_QUOTE

pytestmark = pytest.mark.needs("chromium")


def test_no_page_asks_anything_of_another_host(open_page, names):
    for address in (
        "/",
        "/claim/c-har60001",
        f"/snapshot/{names['page']}",
        "/sourcebook/claims",
    ):
        page = open_page("/method")
        asked = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        faults = []
        page.on("console", lambda message, faults=faults: faults.append(message.text))
        page.on("pageerror", lambda error, faults=faults: faults.append(str(error)))
        page.goto(page.url.replace("/method", address))
        assert {url.split("/")[2] for url in asked} == {page.url.split("/")[2]}
        assert faults == []


def test_the_pages_need_no_script(open_page):
    page = open_page("/case/harbour", scripts=False)
    page.get_by_role("link", name="reported", exact=True).click()
    page.wait_for_url("**/*strength=reported*")
    page.locator(".claims h3 a").first.click()
    page.wait_for_url("**/claim/c-har6*")
    page.get_by_role("searchbox").fill("港务局")
    page.get_by_role("searchbox").press("Enter")
    assert page.locator(".results mark").first.inner_text() == "港务局"
    page.locator(".results h2 a").first.click()
    page.wait_for_url("**/source/org/harbour-office")


def test_the_first_stop_of_the_keyboard_skips_to_the_page(open_page):
    page = open_page("/claim/c-har60002")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to the page"
    assert skip.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_keyboard_goes_through_the_page_in_the_order_of_reading(open_page):
    page = open_page("/claim/c-har60002")
    places = []
    for _ in range(60):
        page.keyboard.press("Tab")
        place = page.evaluate(
            """() => {
                const all = [...document.querySelectorAll('*')];
                return document.activeElement === document.body
                    ? -1 : all.indexOf(document.activeElement);
            }"""
        )
        if place < 0:
            break
        places.append(place)
    assert len(places) > 20
    assert places == sorted(places)


def test_what_has_the_keyboard_is_seen_to_have_it(open_page):
    page = open_page("/claim/c-har60002")
    for _ in range(8):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            " return [s.outlineStyle, parseFloat(s.outlineWidth)]; }"
        )
        assert style[0] != "none"
        assert style[1] >= 2


def test_the_words_are_marked_in_their_context_and_their_direction(open_page):
    page = open_page("/claim/c-har60001")
    mark = page.locator("#e1 blockquote mark")
    assert mark.inner_text() == HARBOUR_QUOTE
    assert (
        page.locator("#e1 blockquote").evaluate(
            "node => getComputedStyle(node).direction"
        )
        == "rtl"
    )
    paper, colour = mark.evaluate(
        "node => [getComputedStyle(node.closest('.quote')).backgroundColor,"
        " getComputedStyle(node).backgroundColor]"
    )
    assert paper != colour


def test_in_hand_and_missing_differ_by_shape_and_by_word(open_shipped):
    page = open_shipped("/claim/c-aa9vzf4n")
    links = page.locator("#e1 ol.chain > li")
    assert links.count() == 3
    dots = [
        links.nth(place)
        .locator(".dot")
        .evaluate(
            "node => { const s = getComputedStyle(node);"
            " return [s.backgroundImage, s.borderTopStyle]; }"
        )
        for place in range(3)
    ]
    assert "gradient" in dots[0][0]
    assert dots[1][0] == dots[2][0] == "none"
    assert links.nth(0).locator(".holding").inner_text() == "In hand, as supplied"
    assert links.nth(1).locator(".holding").inner_text() == "Missing"
    heights = [links.nth(place).bounding_box()["y"] for place in range(3)]
    assert heights == sorted(heights)


def test_on_paper_everything_folded_away_is_there(open_page):
    page = open_page("/claim/c-har60001")
    page.emulate_media(media="print")
    assert page.locator("nav[aria-label='Site']").is_hidden()
    shown = page.evaluate(
        "() => [...document.querySelectorAll('details pre')]"
        ".every(node => node.getBoundingClientRect().height > 0)"
    )
    assert shown


def test_the_json_of_a_page_is_found_from_the_page(open_page):
    page = open_page("/claim/c-har60001")
    link = page.get_by_role("link", name="This page as JSON").get_attribute("href")
    address = page.url.replace("/claim/c-har60001", link)
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - loopback
        assert json.load(answer)["claim"]["id"] == "c-har60001"


def test_filters_of_a_table_are_sent_by_its_form(open_page):
    page = open_page("/sourcebook/claims", scripts=False)
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Column").select_option("kind")
    page.get_by_label("Value").fill("negative")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/claims?*kind__exact=negative*")  # and until it is all there
    assert page.locator("table.rows tbody tr").count() == 1
