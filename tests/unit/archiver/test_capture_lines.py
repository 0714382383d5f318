"""What a person is told at once of a capture, and of what was tried in vain."""

from datetime import UTC, datetime

import pytest

from archiver.browser.brief import MOST, shorten
from archiver.capture_lines import print_tried, remarks_on
from archiver.errors import UnreachedError
from archiver.failures import Failure

NOW = datetime(2026, 2, 3, tzinfo=UTC)


def unreached(kind):
    failure = Failure(
        url="https://a.example/", kind=kind, reason="why", started=NOW, finished=NOW
    )
    error = UnreachedError("in vain", [failure])
    error.statement_id = "5a" * 32
    return error


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("dns", "attempt, no response"),
        ("service", "attempt, no memento"),  # it answered, and not with what was asked
        ("robots", "attempt, not asked for"),
    ],
)
def test_an_attempt_is_said_to_be_what_it_was(kind, said, capsys):
    print_tried(unreached(kind), "https://a.example/", as_json=False)
    assert capsys.readouterr().out == f"{'5a' * 32}  {said}  https://a.example/\n"


def test_of_a_page_in_a_browser_the_parts_that_did_not_come_are_said_at_once():
    assert remarks_on({}) == []
    assert remarks_on({"settled": True, "failed": [], "blocked": ["a service"]}) == []
    assert remarks_on(
        {
            "settled": False,
            "failed": ["a"],
            "cut": ["b", "c"],
            "onlyBrowser": ["d"],
            "onlyProxy": ["e", "f"],
            "notMade": ["the picture: it took too long"],
        }
    ) == [
        "it was still loading when it was taken",
        "1 part failed",
        "2 parts came cut",
        "1 request on the browser's list alone",
        "2 requests on the record alone",
        "1 view not made",
    ]


def test_of_more_parts_than_a_statement_names_all_are_counted():
    failed = shorten({"url": f"https://a.example/{n}"} for n in range(MOST + 500))
    assert remarks_on({"failed": failed}) == ["1,500 parts failed"]
