"""A browser's account in a statement is the beginning of the one in the file."""

import pytest

from archiver.browser.brief import LONGEST, MOST
from archiver.redacting.urlsecrets import hide_secrets
from archiver.verifying.accounts import account_faults

HELD = "https://a.example/?token=s3cr3t-word"
ACCOUNT = {
    "product": "Chromium/156.0",
    "sandbox": True,
    "settled": True,
    "requests": [{"method": "GET", "url": "https://a.example/"}] * 2,
    "console": [
        {"type": "error", "text": "x" * 400, "url": "https://a.example/", "line": 3},
        {"type": "log", "text": "no error", "url": "", "line": 0},
    ],
    "pageErrors": [{"text": "thrown"}],
    "onlyBrowser": [{"method": "GET", "url": HELD}],
    "onlyProxy": [],
    "blocked": [{"method": "GET", "url": "https://b.example/", "reason": "inner"}],
    "failed": [{"method": "GET", "url": "https://c.example/", "reason": "refused"}],
    "unanswered": [{"method": "GET", "url": "https://d.example/", "reason": ""}],
    "cut": [],
    "notMade": {"pdf": "the page did not answer in time"},
}
SAID = {
    "name": "Chromium",
    "version": "156.0",
    "sandbox": True,
    "settled": True,
    "requests": 2,
    "recorded": 5,
    "onlyBrowser": [hide_secrets(f"GET {HELD}", prose=True)],
    "onlyProxy": [],
    "blocked": ACCOUNT["blocked"],
    "failed": [*ACCOUNT["failed"], *ACCOUNT["unanswered"]],
    "cut": [],
    "consoleErrors": [
        {"text": "x" * LONGEST, "url": "https://a.example/", "line": 3},
    ],
    "pageErrors": ["thrown"],
    "notMade": ["pdf: the page did not answer in time"],
}


def faults(said=SAID, account=ACCOUNT, recorded=5, *, redacted=False):
    return list(account_faults(said, account, recorded, redacted=redacted))


def test_what_is_signed_is_made_from_the_account():
    assert faults() == []
    assert "s3cr3t" not in str(SAID)


@pytest.mark.parametrize("key", sorted({*SAID} - {"recorded"}))
def test_each_fact_that_differs_is_told_by_its_name(key):
    value = SAID[key]
    other = [*value, "more"] if isinstance(value, list) else "other"
    (found,) = faults(SAID | {key: other})
    assert found.startswith(f"browser.{key} is")
    (found,) = faults(SAID | {key: other}, redacted=True)
    assert found.startswith(f"browser.{key} is")


def test_the_number_of_responses_is_counted_in_the_file():
    assert faults(SAID, recorded=4) == ["browser.recorded is 5, expected 4"]


def test_where_secrets_were_replaced_only_the_number_of_texts_counts():
    spelt = SAID | {"pageErrors": ["thrown otherwise"]}
    assert faults(spelt, redacted=True) == []
    assert len(faults(spelt)) == 1


def test_a_long_list_is_signed_by_its_beginning_and_its_length():
    account = ACCOUNT | {"pageErrors": [{"text": str(n)} for n in range(MOST + 7)]}
    texts = [str(n) for n in range(MOST)]
    more = SAID | {"pageErrors": [*texts, "and 7 more, which the file names"]}
    assert faults(more, account) == []
    assert len(faults(SAID, account)) == 1


def test_an_account_of_another_version_is_compared_as_far_as_it_goes():
    assert faults({"recorded": 5}, {}) == []
    assert faults(SAID, {"product": 7, "console": None, "notMade": []}) == []
    assert faults({"recorded": 5, "unheard": 1}, ACCOUNT) == []
