"""What the browser says of a visit and what the proxy had, put side by side."""

from datetime import UTC, datetime

from archiver.browser.ledger import LedgerEntry
from archiver.browser.tally import Tally
from archiver.browser.visit import Visited

NOW = datetime(2026, 2, 3, 9, tzinfo=UTC)
PAGE, PART, SERVICE = (
    "http://a.example/",
    "http://10.0.0.1/part",
    "https://update.googleapis.com:443/",
)


def tally(entries: list[LedgerEntry], *told: str) -> dict:
    visited = Visited()
    visited.account.requests += [{"method": "GET", "url": url} for url in told]
    return Tally(visited, entries).facts({})


def test_what_was_refused_is_not_said_to_be_recorded():
    facts = tally(
        [
            LedgerEntry("GET", PAGE, NOW, state="recorded"),
            LedgerEntry("POST", SERVICE, NOW, state="blocked", reason="its own"),
        ],
        PAGE,
    )
    assert (facts["requests"], facts["recorded"]) == (1, 1)
    assert (facts["onlyBrowser"], facts["onlyProxy"]) == ([], [])
    assert facts["blocked"] == [{"method": "POST", "url": SERVICE, "reason": "its own"}]


def test_what_the_page_asked_for_and_was_refused_is_named_once():
    blocked = LedgerEntry("GET", PART, NOW, state="blocked", reason="an inner address")
    facts = tally(
        [LedgerEntry("GET", PAGE, NOW, state="recorded"), blocked], PAGE, PART
    )
    assert (facts["onlyBrowser"], facts["onlyProxy"]) == ([], [])
    assert [each["url"] for each in facts["blocked"]] == [PART]


def test_what_one_list_alone_has_is_named():
    entries = [
        LedgerEntry("GET", PAGE, NOW, state="recorded"),
        LedgerEntry(
            "GET", f"{PAGE}failed", NOW, state="failed", reason="no connection"
        ),
    ]
    facts = tally(entries, f"{PAGE}cached")
    assert facts["onlyBrowser"] == [f"GET {PAGE}cached"]
    assert facts["onlyProxy"] == [f"GET {PAGE}", f"GET {PAGE}failed"]
