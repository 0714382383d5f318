"""What a person can do about a page that did not come as wished."""

from typing import get_args

import pytest

from archiver.advice import LATER, STATUS, advise
from archiver.failures import FailureKind
from archiver.labels.page import HINTS


@pytest.mark.parametrize(
    "word",
    [
        *get_args(FailureKind),
        *HINTS,
        *("cut", "malformed", STATUS, LATER, "logged-in", "secret"),
    ],
)
def test_there_is_something_to_do_about_whatever_is_not_as_wished(word):
    assert advise([word])
    assert advise([word, word]) == advise([word])


def test_where_nothing_is_known_nothing_is_said():
    assert advise([]) == advise(["error"]) == ""


def test_a_label_says_better_than_the_status_what_an_error_page_is():
    assert advise([STATUS, "bot-check"]) == HINTS["bot-check"]
    assert advise([LATER, "bot-check"]).endswith(f"; {HINTS['bot-check']}")
    assert advise(["cut", STATUS]).count(";") >= 1


@pytest.mark.parametrize("word", HINTS)
def test_whoever_used_a_browser_is_not_told_to_try_one(word):
    said = advise([word], in_browser=True)
    assert said
    assert "try --browser" not in said
    assert ("try --browser" in HINTS[word]) == (said != HINTS[word])
