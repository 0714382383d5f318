"""The words of captures, whatever the statement of one holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.attempts import DRIVERS
from archiver.failures import FAILURES
from archiver.labels.page import LABELS
from claims import capture_words
from claims.capture_words import AGREES, UNSAID, account, label_name, memento, robots
from claims.holdings import NOT_THE_PAGE, PAYWALL

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda each: st.lists(each) | st.dictionaries(st.text(max_size=9), each),
    max_leaves=9,
)
KEYS = (
    *("name", "version", "settled", "requests", "recorded", "onlyBrowser", "blocked"),
    *("consoleErrors", "sameBody", "uri", "status", "allowedAddresses", "verdict"),
)


def test_every_label_failure_and_driver_has_words():
    assert set(LABELS) <= set(capture_words.LABELS)
    assert set(FAILURES) == set(capture_words.FAILURES)
    assert set(DRIVERS) == set(capture_words.DRIVERS)
    for word in (*NOT_THE_PAGE, PAYWALL):
        assert "not said to be absent" in capture_words.LABELS[word][2]
    capped = [word for word in LABELS if "reported" in capture_words.LABELS[word][2]]
    assert set(capped) == set(NOT_THE_PAGE)


def test_a_label_that_is_not_known_stands_for_itself():
    assert label_name("bot-check") == "a test, not the page"
    assert label_name("a-label-of-tomorrow") == "a-label-of-tomorrow"


def test_an_account_has_its_numbers_and_the_first_of_each_list():
    found = account(
        {
            "name": "Chromium",
            "version": "156",
            "settled": True,
            "requests": 4,
            "recorded": ["a", "b", "c"],
            "onlyBrowser": [["GET", "d"]],
            "onlyProxy": [],
            "blocked": 2,
            "consoleErrors": [{"line": 3, "text": "oh", "url": "x"}] * 80,
        }
    )
    assert (found["name"], found["settled"]) == ("Chromium 156", True)
    assert (found["requests"], found["recorded"]) == (4, 3)
    titles = {one["title"]: one for one in found["lists"]}
    assert len(titles) == 3
    assert titles["Asked for by the browser, and not recorded"]["entries"] == ["GET d"]
    errors = titles["Errors that the page reported"]
    assert (errors["count"], len(errors["entries"])) == (80, 50)
    assert errors["entries"][0] == "x, 3, oh"
    assert account(None) is None


def test_an_account_of_nothing_is_of_a_browser():
    found = account({})
    assert found["name"] == "a browser"
    assert found["lists"] == []
    assert found["requests"] is found["settled"] is None
    assert found["instead"] == UNSAID


def test_only_lists_that_are_there_and_empty_say_that_there_is_no_difference():
    empty = {key: [] for key in ("onlyBrowser", "onlyProxy", "consoleErrors")}
    assert account({**empty, "pageErrors": []})["instead"] == AGREES
    assert account({**empty, "pageErrors": "none"})["instead"] == UNSAID
    assert account({**empty, "pageErrors": [], "blocked": ["x"]})["instead"] == ""


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"verdict": "allowed"}, "It allows this page to be fetched."),
        ({"verdict": "of tomorrow"}, "of tomorrow"),
        ({}, "It was asked for; nothing is said of it."),
    ],
)
def test_a_verdict_of_robots_is_told(said, words):
    assert robots(said) == words


@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_whatever_a_statement_holds_can_be_shown(said):
    found = account(said)
    entries = [each for one in found["lists"] for each in one["entries"]]
    assert all(isinstance(each, str) for each in entries)
    assert isinstance(robots(said), str)
    told = memento(said)
    assert told["same"] in (True, False, None)
    assert isinstance(told["uri"], str)
    assert isinstance(told["allowed"], list)


def test_a_redirect_to_where_a_site_asks_not_to_be_fetched_is_told():
    said = {"verdict": "allowed", "redirects": [{"verdict": "allowed"}]}
    assert robots(said) == "It allows this page to be fetched."
    said["redirects"] += [None, {"verdict": "disallowed"}]
    assert robots(said) == (
        "It allows this page to be fetched."
        " A redirect led to where the robots.txt asks not to be fetched."
    )
    assert robots({"verdict": "absent", "redirects": 7}) == "The site has none."
